"""Complexity triggers: beyond support's diagnosis, access that it lacks, custom implementations."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import PositiveInt  # noqa: TC002 - read at run time

from connector.core import vocabulary
from connector.core.model import Case, Category, Source
from connector.core.signals_text import Phrase  # noqa: TC001 - pydantic reads it
from connector.core.triggers.base import Answer, WordsTrigger, counted


class BeyondDiagnosis(WordsTrigger):
    """
    Support cannot find out what is wrong.

    Told by an internal note or a tag, or by `replies` public replies without a solution while
    `reassignments` or `reopens` show that the ticket is not on its way either.
    """

    category: ClassVar[Category] = "complexity"
    kind: Literal["beyond-diagnosis"] = "beyond-diagnosis"
    words: tuple[Phrase, ...] = vocabulary.BEYOND_DIAGNOSIS
    replies: PositiveInt = 6
    reassignments: PositiveInt = 2
    reopens: PositiveInt = 1

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.agents_said(case)
        if hits:
            return self.heard(hits, "an internal note says")
        moved = (case.reassignments or 0) >= self.reassignments
        reopened = (case.reopens or 0) >= self.reopens
        replies = (
            f"{counted(case.public_replies, 'public reply', 'public replies')} without a solution"
        )
        if case.public_replies >= self.replies and (moved or reopened):
            return self.found(
                f"{replies}, {counted(case.reassignments or 0, 'reassignment')} and "
                f"{counted(case.reopens or 0, 'reopen')}",
                sources=[Source(ticket_id=case.ticket.id)],
            )
        if case.public_replies >= self.replies - 1:
            return self.missed(
                f"{replies}; it takes {self.replies}, and {self.reassignments} reassignments or "
                f"{counted(self.reopens, 'reopen')}"
            )
        return None


class NeedsAccess(WordsTrigger):
    """The diagnosis needs access that support lacks: a tag, a field or an internal note says so."""

    category: ClassVar[Category] = "complexity"
    kind: Literal["needs-access"] = "needs-access"
    tags: tuple[str, ...] = ("needs_access",)
    words: tuple[Phrase, ...] = vocabulary.NEEDS_ACCESS

    def judge(self, case: Case) -> Answer:
        hits = self.agents_said(case)
        marked = self.marked(case)
        return marked or (self.heard(hits, "an internal note says") if hits else None)


class CustomImplementation(WordsTrigger):
    """A custom implementation is involved: a tag, a field or an internal note says so."""

    category: ClassVar[Category] = "complexity"
    kind: Literal["custom-implementation"] = "custom-implementation"
    tags: tuple[str, ...] = ("custom_implementation",)
    words: tuple[Phrase, ...] = vocabulary.CUSTOM_IMPLEMENTATION

    def judge(self, case: Case) -> Answer:
        hits = self.agents_said(case)
        marked = self.marked(case)
        return marked or (self.heard(hits, "an internal note says") if hits else None)
