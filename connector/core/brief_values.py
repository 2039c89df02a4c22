"""What a brief is: fixed parts in fixed order, each line with its sources, gaps named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from connector.core.brief_mapping import Item
from connector.core.model import Frozen, Need, Severity, Source, Target

SPOKEN: Final[dict[Item, str]] = {
    "ticket_summary": "what is wrong",
    "steps_tried": "what has been tried",
    "customer_context": "customer context",
    "reproduction_steps": "reproduction steps",
    "expected_result": "expected result",
    "actual_result": "actual result",
    "environment": "environment",
    "logs_or_errors": "error messages or logs",
    "business_impact": "business impact",
    "customer_timeline": "customer timeline",
    "use_case": "use case",
    "request_frequency": "how many ask for it",
    "competitive_pressure": "competitive pressure",
    "observed": "what was observed",
    "affected": "who or what is affected",
    "containment": "containment steps taken",
    "urgency": "whether it is going on now",
    "business_context": "business context",
    "revenue_at_risk": "revenue at risk",
    "decision_needed": "the decision needed",
    "deadline": "deadline",
}
"""How a required item is called in the brief."""


class Links(Frozen):
    """How to point at things: `desk_url` is the desk's own address, without a path."""

    desk_url: str = ""

    def ticket(self, ticket_id: int) -> str | None:
        """The agent's page of a ticket; None where no desk is known (a file of tickets)."""
        base = self.desk_url.rstrip("/")
        return f"{base}/agent/tickets/{quote(str(ticket_id))}" if base else None


class Said(Frozen):
    """One line of a brief. `quoted`: somebody's own words; else ours."""

    text: str
    sources: tuple[Source, ...] = ()
    quoted: bool = False


class Entry(Frozen):
    """A labelled set of lines. `missing`: nothing is known, and the line says so.

    `verbatim`: logs and traces, shown as they were pasted.
    """

    key: str
    label: str = ""
    lines: tuple[Said, ...] = ()
    numbered: bool = False
    verbatim: bool = False
    missing: bool = False


class Part(Frozen):
    """One of the fixed sections."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()


class Gap(Frozen):
    """A required item that nobody has told, and what an agent is asked to fill it."""

    item: Item
    question: str


class Brief(Frozen):
    """What the receiver reads. A value: it round-trips through JSON and compares as a whole.

    `required` are the items that the target must be told, `missing` those nobody has said.
    `redacted` counts what was taken out, by kind; `hidden` characters that were made visible;
    `left_out` comments that the limits kept from being read. `failure` is the clause that the
    summary begins with. `need_given`: the ask was worded by a person.
    """

    written_at: datetime
    summary: str
    failure: str = ""
    severity: Severity
    target: Target
    need: Need
    need_given: bool = False
    zone: str = "UTC"
    tickets: tuple[int, ...]
    customers: tuple[str, ...] = ()
    arr_at_risk: float | None = None
    parts: tuple[Part, ...] = ()
    required: tuple[Item, ...] = ()
    missing: tuple[Gap, ...] = ()
    redacted: Mapping[str, int] = {}
    hidden: int = 0
    left_out: int = 0
    links: Links = Links()

    @property
    def completeness(self) -> str:
        """`7 of 9; missing: environment, expected result`."""
        there = len(self.required) - len(self.missing)
        gaps = ", ".join(SPOKEN[gap.item] for gap in self.missing)
        return f"{there} of {len(self.required)}" + (f"; missing: {gaps}" if gaps else "")

    def entry(self, part: str, key: str) -> Entry | None:
        """One entry by its part's and its own key."""
        return next(
            (
                entry
                for one in self.parts
                if one.key == part
                for entry in one.entries
                if entry.key == key
            ),
            None,
        )
