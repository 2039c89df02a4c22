"""Impact triggers: several customers, production down, data integrity, security."""

from __future__ import annotations

import re
from abc import ABC
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveInt

from connector.core import vocabulary
from connector.core.duration import Duration
from connector.core.model import Case, Category, Finding, Source
from connector.core.security import score_words
from connector.core.signals import quote, stance, standing_words, without_questions
from connector.core.signals_text import Phrase, sentences
from connector.core.triggers.base import Answer, WordsTrigger, counted, place, told, value_of
from connector.core.triggers.pattern import customer_weight, recent_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.core.signals_text import Sentence

_NUMBER = re.compile(r"[0-9]{1,7}")


class SeveralCustomers(WordsTrigger):
    """
    Several customers, or many people of one, are affected.

    `customers` distinct customers in the ticket's group `within` a span (unverified ones count
    half), or the customer's own words: a count of at least `people` ("120 users cannot log in") or
    "all our users are affected".
    """

    category: ClassVar[Category] = "impact"
    kind: Literal["several-customers"] = "several-customers"
    customers: PositiveInt = 3
    within: Duration = Duration.parse("30d")
    people: PositiveInt = 20
    words: tuple[Phrase, ...] = vocabulary.MANY_AFFECTED

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        group, people = self._judge_group(case), self._judge_people(case)
        return (
            people if group is None or (isinstance(people, Finding) and not group.sure) else group
        )

    def _judge_group(self, case: Case) -> Finding | None:
        if case.group is None:
            return None
        members = recent_members(case.group, case.now, self.within.amount)
        if customer_weight(members) < self.customers:
            return None
        distinct = len({member.customer_key for member in members})
        return self.found(
            f"{counted(distinct, 'customer')} are affected by the same issue",
            sources=[Source(ticket_id=member.ticket_id) for member in members],
            sure=case.group.strength == "sure",
        )

    def _judge_people(self, case: Case) -> Answer:
        count, source = people_affected(case)
        if count >= self.people and source is not None:
            return self.found(
                f"{count} people affected: “{source.quote}” ({place(source)})", sources=[source]
            )
        hits = self.customer_said(case)
        if hits:
            return self.heard(hits, "the customer says that many are affected")
        if count and source is not None:
            return self.missed(f"{count} of {self.people} people affected ({place(source)})")
        return None


def people_affected(case: Case) -> tuple[int, Source | None]:
    """The largest number of people that the customer's standing words say are affected, and where.

    0 and None where no words say a number.
    """
    most: tuple[int, Source | None] = (0, None)
    for passage in standing_words(case):
        for sentence in sentences(passage.text):
            for count, at in _people_in(sentence):
                if count > most[0] and stance(sentence, at, at) == "asserted":
                    said = quote(passage.text, sentence, at)
                    most = (count, passage.source.model_copy(update={"quote": said}))
    return most


def _people_in(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Numbers within two words of people, and their places, where something is said to be wrong."""
    if not vocabulary.AFFECTED & sentence.vocabulary.words:
        return
    words = [word.text for word in sentence.words]
    for at, word in enumerate(words):
        digits = word.replace(",", "").replace(".", "")
        near = vocabulary.PEOPLE.intersection(words[at + 1 : at + 4])
        if near and _NUMBER.fullmatch(digits):
            yield int(digits), at


class ProductionDown(WordsTrigger):
    """
    Production is down: the customer's own words, an internal note, a tag or a field say so.

    Weaker words (`if_urgent`: "cannot log in") count where the ticket's priority is one of
    `priorities`; the priority is a person's or the plan's, never guessed from text.
    """

    category: ClassVar[Category] = "impact"
    kind: Literal["production-down"] = "production-down"
    words: tuple[Phrase, ...] = vocabulary.PRODUCTION_DOWN
    priorities: tuple[str, ...] = ("urgent",)
    if_urgent: tuple[Phrase, ...] = vocabulary.DOWN_IF_URGENT

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = (*self.customer_said(case), *self.agents_said(case))
        if hits:
            return self.heard(hits, "production is reported down")
        return self._judge_weaker_words(case)

    def _judge_weaker_words(self, case: Case) -> Answer:
        weaker = self.model_copy(update={"words": self.if_urgent, "more_words": ()})
        hits = weaker.customer_said(case)
        if not hits:
            return None
        if case.ticket.priority in self.priorities:
            return self.heard(hits, f"priority {case.ticket.priority}, and the customer says")
        return self.missed(
            f"the customer says “{hits[0].quote}” ({place(hits[0].source)}), but the priority is "
            f"{case.ticket.priority or 'not set'}, not {' or '.join(self.priorities) or 'any'}"
        )


class KeyCustomerBlocked(WordsTrigger):
    """A high-value customer cannot work (what high value means: triggers.toml, [value])."""

    category: ClassVar[Category] = "impact"
    kind: Literal["key-customer-blocked"] = "key-customer-blocked"
    words: tuple[Phrase, ...] = vocabulary.BLOCKED

    def judge(self, case: Case) -> Answer:
        hits = self.customer_said(case)
        if not hits:
            return None
        if not case.high_value:
            return self.missed(f"the customer says {told(hits)}, but {value_of(case.customer)}")
        said = self.heard(hits, "the customer is blocked")
        because = f"{said.because}; high value: {', '.join(case.high_value)}"
        return said.model_copy(update={"because": because})


class DataIntegrity(WordsTrigger):
    """Data is at risk or wrong: the customer, an internal note, a tag or a field says so."""

    category: ClassVar[Category] = "impact"
    kind: Literal["data-integrity"] = "data-integrity"
    words: tuple[Phrase, ...] = vocabulary.DATA_INTEGRITY

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = (*self.customer_said(case), *self.agents_said(case))
        return self.heard(hits, "data is reported wrong or at risk") if hits else None


class _Security(WordsTrigger, ABC):
    """
    A security matter: sure in the customer's own words or by a tag or field.

    In an agent's note the words may as well be about a question or another case: a hint. Nothing
    said later takes a report back, and a solved ticket is still read.
    """

    category: ClassVar[Category] = "impact"
    reads_solved: ClassVar[bool] = True
    conditional: ClassVar[bool] = True
    told_as: ClassVar[str]

    def judge(self, case: Case) -> Answer:
        marked = self.marked(case)
        if marked:
            return marked
        hits = self.said(tuple(reversed(case.customer_words)))
        if hits:
            return self.heard(hits, f"{self.told_as} is reported")
        hits = self.agents_said(case)
        if hits:
            noted = self.heard(hits, f"an internal note speaks of {self.told_as}")
            return noted.model_copy(update={"sure": False})
        return None


class SecurityBreach(_Security):
    """Data exposed, or somebody in who should not be. No suppressor stops it."""

    kind: Literal["security-breach"] = "security-breach"
    told_as: ClassVar[str] = "exposure or unauthorized access"
    tags: tuple[str, ...] = ("security_incident", "data_breach")
    words: tuple[Phrase, ...] = vocabulary.SECURITY_BREACH


class SecurityReport(_Security):
    """
    A vulnerability or a compliance concern. No suppressor stops it.

    Beside the words there is the score of the report (`connector.core.security`): from `threshold`
    on it is shown to a person.
    """

    kind: Literal["security-report"] = "security-report"
    told_as: ClassVar[str] = "a vulnerability or compliance concern"
    words: tuple[Phrase, ...] = vocabulary.SECURITY_REPORT
    threshold: float = Field(default=0.5, ge=0, le=1)

    def judge(self, case: Case) -> Answer:
        return super().judge(case) or self._judge_score(case)

    def _judge_score(self, case: Case) -> Answer:
        said = [without_questions(passage.text) for passage in case.customer_words]
        reading = score_words(without_questions(case.ticket.subject), "\n".join(said))
        if reading.score < self.threshold or not reading.cues:
            return None
        return self.found(
            f"possible security report: score {reading.score:.2f}, threshold {self.threshold:g}, "
            f"because of {', '.join(reading.cues[:4])}",
            sources=[Source(ticket_id=case.ticket.id)],
            sure=False,
        )
