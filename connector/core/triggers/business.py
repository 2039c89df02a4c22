"""Business triggers: a high-value customer at risk, SLA breach, executives, legal and press."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from connector.core import vocabulary
from connector.core.duration import spell
from connector.core.model import Case, Category, Source
from connector.core.signals_text import Phrase  # noqa: TC001 - pydantic reads it
from connector.core.triggers.base import Answer, Trigger, WordsTrigger, told, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.core.cadence import BusinessHours
    from connector.core.model import Customer, SlaStatus
    from connector.core.signals import Hit


class CustomerAtRisk(WordsTrigger):
    """
    A high-value customer may leave: says so, or rated the ticket as bad.

    What high value means stands in triggers.toml under [value]. Where the value of the customer is
    not known the threat is shown to a person; a customer known to be smaller is a near miss.
    """

    category: ClassVar[Category] = "business"
    kind: Literal["customer-at-risk"] = "customer-at-risk"
    conditional: ClassVar[bool] = True
    words: tuple[Phrase, ...] = vocabulary.CHURN
    ratings: tuple[str, ...] = ("bad", "badwithcomment", "bad_with_comment")

    def judge(self, case: Case) -> Answer:
        hits = self.customer_said(case)
        rated = self._rating(case)
        if not hits and rated is None:
            return None
        sign = f"the customer says {told(hits)}" if hits else f"rated {rated}"
        sources = _sources(case, hits)
        if case.high_value:
            return self.found(f"{sign}; high value: {', '.join(case.high_value)}", sources=sources)
        if not hits:
            return self.missed(f"{sign}, but {value_of(case.customer)}")
        if _value_known(case.customer):
            return self.missed(f"{sign}, but {value_of(case.customer)}")
        return self.found(f"{sign}; {value_of(case.customer)}", sources=sources, sure=False)

    def _rating(self, case: Case) -> str | None:
        rating = (case.ticket.satisfaction or "").lower()
        return rating if rating in self.ratings else None


def _sources(case: Case, hits: tuple[Hit, ...]) -> list[Source]:
    return [hit.source for hit in hits] or [Source(ticket_id=case.ticket.id)]


def _value_known(customer: Customer) -> bool:
    return customer.arr is not None or customer.tier is not None


class SlaBreach(Trigger):
    """
    An SLA target is breached, or about to be (from when on: triggers.toml under [sla]).

    Only running clocks count; a paused one has no breach.
    """

    category: ClassVar[Category] = "business"
    kind: Literal["sla-breach"] = "sla-breach"

    def judge(self, case: Case) -> Answer:
        sla = case.sla
        if sla.breach_at is None or sla.state == "unknown":
            return None
        left = sla.breach_at - case.now
        source = Source(ticket_id=case.ticket.id)
        if sla.state == "breached":
            return self.found(f"SLA {sla.metric} breached {spell(left)} ago", sources=[source])
        minutes = int(left.total_seconds() // 60)
        if sla.state == "at_risk":
            return self.found(
                f"SLA {sla.metric} breaches in {minutes} minutes{_warning(sla)}", sources=[source]
            )
        return self.missed(f"SLA breaches in {minutes} minutes{_warning(sla)} ({sla.metric})")

    def moments(self, case: Case, hours: BusinessHours) -> Iterable[datetime]:
        """The warning, and the breach of every clock that runs."""
        del hours
        breaches = [
            clock.breach_at
            for clock in case.ticket.sla or ()
            if clock.stage == "active" and clock.breach_at
        ]
        return [*breaches, *([case.sla.warn_at] if case.sla.warn_at else [])]


def _warning(sla: SlaStatus) -> str:
    if sla.breach_at is None or sla.warn_at is None:
        return ""
    return f", warning at {int((sla.breach_at - sla.warn_at).total_seconds() // 60)}"


class ExecutiveInvolved(WordsTrigger):
    """An executive is involved or asked for: the customer's words, a note, a tag or a field."""

    category: ClassVar[Category] = "business"
    kind: Literal["executive-involved"] = "executive-involved"
    conditional: ClassVar[bool] = True
    tags: tuple[str, ...] = ("executive",)
    words: tuple[Phrase, ...] = vocabulary.EXECUTIVE

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.customer_said(case)
        return self.heard(hits, "an executive is involved or asked for") if hits else None


class LegalOrPress(WordsTrigger):
    """The customer speaks of lawyers, a claim, the press or a public post."""

    category: ClassVar[Category] = "business"
    kind: Literal["legal-or-press"] = "legal-or-press"
    conditional: ClassVar[bool] = True
    words: tuple[Phrase, ...] = vocabulary.LEGAL + vocabulary.PRESS

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.customer_said(case)
        return self.heard(hits, "legal or public consequences") if hits else None
