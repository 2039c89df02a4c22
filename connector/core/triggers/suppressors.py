"""Suppressors: why a ticket stays in support. None of them ever stops a Security escalation."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from connector.core import vocabulary
from connector.core.model import Case, Finding, Severity, Source
from connector.core.signals import Hit, asserted, hits
from connector.core.signals_text import Phrase  # noqa: TC001 - pydantic reads it
from connector.core.triggers.base import Answer, Question, mark_of, told

Effect = Literal["stop", "lower"]


class Suppressor(Question, ABC):
    """
    A question that may hold an escalation back.

    `effect` "stop" leaves the ticket in support; "lower" takes one step off the severity, and
    leaves a Medium one to a person. A stop holds up to the severity `up_to`; what is worse is only
    lowered.
    """

    reads_solved: ClassVar[bool] = True
    effect: Effect = "stop"
    up_to: Severity = Severity.HIGH

    def held(self, because: str, *sources: Source) -> Finding:
        return Finding(kind=self.kind, because=because, sources=sources, effect=self.effect)


class _Marked(Suppressor, ABC):
    """Told by a tag, a field, or an agent's words."""

    tags: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    words: tuple[Phrase, ...] = ()
    more_words: tuple[Phrase, ...] = ()

    def judge(self, case: Case) -> Answer:
        mark = mark_of(case, self.tags, self.fields)
        if mark:
            return self.held(mark, Source(ticket_id=case.ticket.id))
        said = self.agents_said(case)
        return (
            self.held(f"an agent says: {told(said)}", *[hit.source for hit in said[:3]])
            if said
            else None
        )

    def agents_said(self, case: Case) -> tuple[Hit, ...]:
        return asserted(tuple(reversed(case.agent_notes)), (*self.words, *self.more_words))


class NoEscalation(_Marked):
    """A person said so: the tag keeps everything but Security in support."""

    kind: Literal["no-escalation"] = "no-escalation"
    tags: tuple[str, ...] = ("no_escalation",)
    up_to: Severity = Severity.CRITICAL


class KnownSolution(_Marked):
    """A documented solution or workaround exists: it is less severe than it looks."""

    kind: Literal["known-solution"] = "known-solution"
    effect: Effect = "lower"
    tags: tuple[str, ...] = ("workaround_available",)
    words: tuple[Phrase, ...] = vocabulary.WORKAROUND


class SettingUp(_Marked):
    """A matter of set-up or configuration that support can resolve."""

    kind: Literal["setting-up"] = "setting-up"
    tags: tuple[str, ...] = ("configuration", "setup")
    words: tuple[Phrase, ...] = vocabulary.SETTING_UP


class NeedsGuidance(_Marked):
    """
    Guidance or training is asked for.

    A tag says so, or the customer only asks how something is done and reports no trouble: that only
    lowers. An unverified requester's question holds nothing back.
    """

    kind: Literal["needs-guidance"] = "needs-guidance"
    tags: tuple[str, ...] = ("how_to", "training")
    words: tuple[Phrase, ...] = vocabulary.HOW_TO
    trouble: tuple[Phrase, ...] = vocabulary.TROUBLE

    def judge(self, case: Case) -> Answer:
        mark = mark_of(case, self.tags, self.fields)
        if mark:
            return self.held(mark, Source(ticket_id=case.ticket.id))
        if not case.customer.verified or not case.customer_words:
            return None
        asked = list(hits(case.customer_words, (*self.words, *self.more_words)))
        if not asked or asserted(case.customer_words, self.trouble):
            return None
        finding = self.held(f"the customer only asks how: {told(asked[:1])}", asked[0].source)
        return finding.model_copy(update={"effect": "lower"})


class KnownLimitation(_Marked):
    """
    A known limitation with a documented alternative.

    Where only the limitation is known (`alternative_tags` are missing) it is lowered, not stopped.
    """

    kind: Literal["known-limitation"] = "known-limitation"
    tags: tuple[str, ...] = ("known_issue",)
    words: tuple[Phrase, ...] = vocabulary.KNOWN_LIMITATION
    alternative_tags: tuple[str, ...] = ("workaround_available",)

    def judge(self, case: Case) -> Answer:
        finding = super().judge(case)
        if not isinstance(finding, Finding):
            return finding
        if set(self.alternative_tags) & set(case.ticket.tags) or self._alternative_said(case):
            return finding.model_copy(update={"because": f"{finding.because}, with an alternative"})
        return finding.model_copy(
            update={"because": f"{finding.because}; no alternative is named", "effect": "lower"}
        )

    def _alternative_said(self, case: Case) -> bool:
        return bool(asserted(case.agent_notes, vocabulary.WORKAROUND))


class SolvedAlikeBefore(Suppressor):
    """
    Support has solved tickets like this one without escalating: learned from the ledger.

    `tickets` of them with at least `similarity`.
    """

    kind: Literal["solved-alike"] = "solved-alike"
    effect: Effect = "lower"
    tickets: PositiveInt = 2
    similarity: float = Field(default=0.7, ge=0, le=1)

    def judge(self, case: Case) -> Answer:
        alike = [a for a in case.solved_alike if a.similarity >= self.similarity]
        if not alike:
            return None
        names = ", ".join(f"{a.ticket_id} ({a.similarity:.2f})" for a in alike[:5])
        if len(alike) < self.tickets:
            return self.missed(
                f"{len(alike)} of {self.tickets} tickets like it were solved: {names}"
            )
        return self.held(
            f"support solved {len(alike)} tickets like it without escalating: {names}",
            *[Source(ticket_id=a.ticket_id) for a in alike[:5]],
        )
