"""What changed between two briefs of one escalation: the lines of a quiet comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.core.brief_values import SPOKEN, Brief
from connector.core.clean import one_line

if TYPE_CHECKING:
    from connector.core.brief_values import Entry
    from connector.core.model import Json

_NAMES: Final = 10
_LINE: Final = 160
_WATCHED: Final = {
    ("impact", "workflow"): "Workflow impact",
    ("impact", "revenue"): "Revenue at risk",
    ("reproduction", "steps"): "Reproduction steps",
    ("reproduction", "expected"): "Expected result",
    ("reproduction", "environment"): "Environment",
    ("reproduction", "frequency"): "Frequency",
    ("reproduction", "errors-0"): "Error",
    ("tried", "tried"): "What has been tried",
    ("tried", "workaround"): "Workaround",
    ("communication", "promised"): "Promised to the customer",
    ("communication", "expects"): "What the customer expects",
    ("context", "attachments"): "Logs and screenshots",
}
"""Entries whose words matter. Clocks and counts of days are not among them: they never rest."""


def changes_between(old: Json, new: Brief) -> tuple[str, ...]:
    """One line a change; empty when nothing changed that a reader cares about.

    `old` is a brief's JSON as stored; one that cannot be read any more is one change of its own.
    """
    try:
        before = Brief.model_validate(old)
    except ValueError:
        return ("The brief was written anew.",)
    lines = [
        f"{what}: {was} → {now}"
        for what, was, now in (
            ("Severity", before.severity.value, new.severity.value),
            ("Target", before.target.value, new.target.value),
            ("Ask", before.need.ask.value, new.need.ask.value),
            ("SLA status", _sla(before), _sla(new)),
            ("Needed by", _deadline(before), _deadline(new)),
        )
        if was != now
    ]
    still = {gap.item for gap in new.missing}
    known = [f"Now known: {SPOKEN[gap.item]}" for gap in before.missing if gap.item not in still]
    return (*lines, *_growth(before, new), *known, *_changed_entries(before, new))


def _sla(brief: Brief) -> str:
    """Within, at risk or breached, without its clock."""
    entry = brief.entry("impact", "sla")
    return entry.lines[0].text.partition(":")[0] if entry and entry.lines else ""


def _deadline(brief: Brief) -> str:
    entry = brief.entry("needed", "deadline")
    return entry.lines[0].text if entry and entry.lines else ""


def _growth(before: Brief, new: Brief) -> list[str]:
    lines = []
    tickets = [str(ticket) for ticket in new.tickets if ticket not in before.tickets]
    if tickets:
        lines.append(f"New tickets ({len(new.tickets)} in all): {_listed(tickets)}")
    customers = [name for name in new.customers if name not in before.customers]
    if customers:
        lines.append(f"New customers ({len(new.customers)} in all): {_listed(customers)}")
    return lines


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMES]) + (", …" if len(names) > _NAMES else "")


def _changed_entries(before: Brief, new: Brief) -> list[str]:
    lines = []
    for (part, key), name in _WATCHED.items():
        was, now = before.entry(part, key), new.entry(part, key)
        if now is None or now.missing or was is None:
            continue
        fresh = _first_new(was, now)
        if fresh is not None:
            lines.append(f"{name}: {one_line(fresh, _LINE)}")
    return lines


def _first_new(was: Entry, now: Entry) -> str | None:
    """The first line that was not there; an order or a line less is no news."""
    known = {said.text for said in was.lines}
    return next((said.text for said in now.lines if said.text not in known), None)
