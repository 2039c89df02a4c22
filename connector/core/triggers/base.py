"""What every trigger and suppressor has: a switch, tags that skip it, words, and its answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from pydantic import Field

from connector.core.model import (
    OPEN_STATUSES,
    Case,
    Category,
    Customer,
    FieldValue,
    Finding,
    Frozen,
    NearMiss,
    Passage,
    Source,
)
from connector.core.signals import Hit, asserted, standing_words
from connector.core.signals_text import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.core.cadence import BusinessHours

MOST_SOURCES = 5
"""How many places a finding names; more of them add nothing to the reason."""

Answer: TypeAlias = Finding | NearMiss | None


class Question(Frozen, ABC):
    """A question to a case. Its parameters are the keys of its table in triggers.toml."""

    reads_solved: ClassVar[bool] = False
    """Whether a solved or closed ticket still answers it."""

    kind: str
    enabled: bool = True
    skip_tags: tuple[str, ...] = ()

    def check(self, case: Case) -> Answer:
        """The finding with its evidence, how far it was from one, or None."""
        if not self.enabled or set(self.skip_tags) & set(case.ticket.tags):
            return None
        if case.ticket.status not in OPEN_STATUSES and not self.reads_solved:
            return None
        if case.ticket.status == "deleted":
            return None
        return self.judge(case)

    @abstractmethod
    def judge(self, case: Case) -> Answer:
        """The answer for an open ticket that no tag skips."""

    def missed(self, because: str) -> NearMiss:
        return NearMiss(kind=self.kind, because=because)


class Trigger(Question, ABC):
    """A question that may escalate. What an unverified requester tells is labelled so."""

    category: ClassVar[Category]

    def check(self, case: Case) -> Answer:
        answer = super().check(case)
        if isinstance(answer, Finding) and not case.customer.verified:
            because = f"{answer.because} [requester not verified]"
            return answer.model_copy(update={"because": because})
        return answer

    def found(self, because: str, *, sources: Iterable[Source] = (), sure: bool = True) -> Finding:
        return Finding(
            kind=self.kind,
            category=self.category,
            because=because,
            sources=tuple(dict.fromkeys(sources))[:MOST_SOURCES],
            sure=sure,
        )

    def moments(self, case: Case, hours: BusinessHours) -> Iterable[datetime]:
        """When time alone may change the answer, in UTC; past moments do not matter."""
        del case, hours
        return ()


class WordsTrigger(Trigger, ABC):
    """A trigger that listens to words and reads tags and fields.

    `words` replaces the shipped phrases, `more_words` adds to them. `fields` are ticket field ids
    with the values that count.
    """

    words: tuple[Phrase, ...] = ()
    more_words: tuple[Phrase, ...] = ()
    tags: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    conditional: ClassVar[bool] = False

    def said(self, passages: Sequence[Passage]) -> tuple[Hit, ...]:
        return asserted(passages, (*self.words, *self.more_words), conditional=self.conditional)

    def customer_said(self, case: Case) -> tuple[Hit, ...]:
        """What still stands of the customer's own words."""
        return self.said(standing_words(case))

    def agents_said(self, case: Case) -> tuple[Hit, ...]:
        """In internal notes, newest first."""
        return self.said(tuple(reversed(case.agent_notes)))

    def heard(self, hits: Sequence[Hit], who: str) -> Finding:
        """The finding from words; the newest of them are named."""
        return self.found(f"{who}: {told(hits)}", sources=[hit.source for hit in hits])

    def marked(self, case: Case) -> Finding | None:
        """The finding from a tag or a field, when one says it."""
        mark = mark_of(case, self.tags, self.fields)
        return self.found(mark, sources=[Source(ticket_id=case.ticket.id)]) if mark else None


def mark_of(case: Case, tags: Sequence[str], fields: Mapping[str, Sequence[str]]) -> str | None:
    """Which of the tags or fields the ticket carries, in words."""
    carried = [tag for tag in tags if tag in case.ticket.tags]
    if carried:
        return f"tag {carried[0]}"
    for field, wanted in fields.items():
        for value in _values(case.ticket.fields.get(field)):
            if value in wanted:
                return f"field {field} is {value}"
    return None


def _values(value: FieldValue) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return () if value is None else (str(value),)


def told(hits: Sequence[Hit]) -> str:
    """The first quotes, and how many more there are."""
    shown = "; ".join(f"“{hit.quote}” ({place(hit.source)})" for hit in hits[:2])
    more = len(hits) - 2
    return shown + (f"; and {more} more" if more > 0 else "")


def place(source: Source) -> str:
    """`ticket 7, comment 2`."""
    comment = f", comment {source.comment_id}" if source.comment_id is not None else ""
    return f"ticket {source.ticket_id}{comment}"


def counted(count: float, one: str, many: str | None = None) -> str:
    """`1 customer`, `3 customers`."""
    return f"{count:g} {one if count == 1 else many or one + 's'}"


def value_of(customer: Customer) -> str:
    """What is known of the customer's value, in words."""
    known = []
    if customer.arr is not None:
        known.append(f"ARR {customer.arr:,.0f}")
    if customer.tier is not None:
        known.append(f"tier {customer.tier}")
    if customer.renewal_date is not None:
        known.append(f"renewal {customer.renewal_date.isoformat()}")
    return f"not high value ({', '.join(known)})" if known else "the customer's value is unknown"
