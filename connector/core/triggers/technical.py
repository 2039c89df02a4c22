"""Technical triggers: a confirmed bug, infrastructure to investigate, data corruption or loss."""

from __future__ import annotations

from typing import ClassVar, Literal

from connector.core import vocabulary
from connector.core.model import Case, Category, Source
from connector.core.signals_text import Phrase  # noqa: TC001 - pydantic reads it
from connector.core.triggers.base import Answer, WordsTrigger


class ConfirmedBug(WordsTrigger):
    """
    Somebody on our side has confirmed a bug that needs a code fix.

    Told by a tag or field, by an agent's internal note ("reproduced", "confirmed bug"), or by the
    ticket type "problem", which in Zendesk stands for one cause behind many incidents.
    """

    category: ClassVar[Category] = "technical"
    kind: Literal["confirmed-bug"] = "confirmed-bug"
    tags: tuple[str, ...] = ("bug_confirmed",)
    types: tuple[str, ...] = ("problem",)
    words: tuple[Phrase, ...] = vocabulary.CONFIRMED_BUG

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.agents_said(case)
        if hits:
            return self.heard(hits, "an internal note says")
        if case.ticket.type in self.types:
            source = Source(ticket_id=case.ticket.id)
            return self.found(f"the ticket's type is {case.ticket.type}", sources=[source])
        return None


class Infrastructure(WordsTrigger):
    """
    Something in the infrastructure wants investigating.

    An agent's internal note, a tag or a field is enough. An error signature in one customer's own
    words ("502 Bad Gateway") may have been a moment's trouble: it is shown to a person.
    """

    category: ClassVar[Category] = "technical"
    kind: Literal["infrastructure"] = "infrastructure"
    words: tuple[Phrase, ...] = vocabulary.INFRASTRUCTURE

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.agents_said(case)
        if hits:
            return self.heard(hits, "an internal note says")
        hits = self.customer_said(case)
        if hits:
            return self.heard(hits, "an error signature in the customer's words").model_copy(
                update={"sure": False}
            )
        return None


class DataLoss(WordsTrigger):
    """Data is corrupted or lost: the customer or an internal note says so, or a tag or field."""

    category: ClassVar[Category] = "technical"
    kind: Literal["data-loss"] = "data-loss"
    words: tuple[Phrase, ...] = vocabulary.DATA_LOSS

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = (*self.customer_said(case), *self.agents_said(case))
        return self.heard(hits, "data is reported lost or corrupted") if hits else None
