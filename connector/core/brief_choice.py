"""Which of the observations says most plainly what fails: what the brief's sentences stand on."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.brief_clause import clause
from connector.core.brief_plainness import plainness, signs_of
from connector.core.grouping.codes import product_codes
from connector.core.grouping.signatures import signatures
from connector.core.grouping.stopwords import STOP
from connector.core.grouping.text import bare_subject
from connector.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.core.extraction import Extract, Statement
    from connector.core.model import Case, Source

Stems = frozenset[str]

_CONFIRMED = re.compile(
    r"\b(?:reproduced?|confirmed|happens for (?:me|us) (?:too|as well))\b", re.IGNORECASE
)
_FIGURE = re.compile(r"(?<![\w.,-])\d{1,6}(?![\w-])")
"""A day or an amount: of several reports, one has it."""

_LONG_WORD = re.compile(r"[^\W_]{4,40}")
_REPORT: Final = 8_000
_MOST_TOPIC: Final = 8
_MOST_SCORE: Final = 2.0
_TO_THE_POINT: Final = 1.75
"""Below this a statement is not worth a sentence of its own."""


class Choice(NamedTuple):
    """What a summary may say of the failure, and how plain that is."""

    words: str
    points: float

    @property
    def to_the_point(self) -> bool:
        """Whether it is worth a sentence of its own."""
        return self.points >= _TO_THE_POINT


def plainest_words(
    extract: Extract, cases: Sequence[Case], *, personal: Collection[str]
) -> Choice | None:
    """The words that say most plainly what fails, shortened: an observation's or a subject's.

    A subject is evidence like any other sentence: it is chosen where nobody says it as plainly.
    Earlier ones win ties, and observations win them over subjects.
    """
    rating = _Rating(extract, cases)
    told = [Choice(clause(one.text), rating.of(one)) for one in _whole_ones(extract)]
    for case in cases:
        subject = redact(bare_subject(case.ticket.subject), personal=personal).text
        if words := clause(subject):
            told.append(Choice(words, rating.of_subject(subject, case.ticket.id)))
    return max(told, key=lambda choice: choice.points, default=None)


def plainest_first(
    extract: Extract, cases: Sequence[Case] = (), *, least: float = float("-inf")
) -> list[Statement]:
    """Whole observations, those that say most plainly what fails in front; earlier ones win ties.

    `least`: without those that say less, as long as one is left.
    """
    rating = _Rating(extract, cases)
    ranked = sorted(
        ((rating.of(one), one) for one in _whole_ones(extract)), key=lambda pair: -pair[0]
    )
    return [one for place, (points, one) in enumerate(ranked) if points >= least or not place]


def _whole_ones(extract: Extract) -> list[Statement]:
    return [one for one in extract.observed if not one.text.rstrip().endswith(("?", ":"))]


class _Rating:
    """Rates what is said of one issue: how plainly, and whether it is to the point.

    A statement about the subject's matter is to the point; and where several customers report one
    issue, so is one about what they have in common.
    """

    def __init__(self, extract: Extract, cases: Sequence[Case]) -> None:
        self._topics = {case.ticket.id: _stems(bare_subject(case.ticket.subject)) for case in cases}
        self._shared = _shared(cases)
        self._reports = {one.source.ticket_id: one.source for one in reversed(extract.observed)}

    def of(self, one: Statement) -> float:
        """A statement's points; the model's score counts, within bounds."""
        source = one.source
        by_customer = one.role == "end-user"
        told = one.role == "agent" and not _CONFIRMED.search(one.text)
        signs = self._signs(one.text, source.ticket_id) | {
            "score": min(max(one.score, -_MOST_SCORE), _MOST_SCORE),
            "heading": float("under a heading OB" in one.cues),
            "support": float(told),
            "first report": float(
                by_customer and _same_place(source, self._reports[source.ticket_id])
            ),
        }
        return plainness(signs)

    def of_subject(self, subject: str, ticket_id: int) -> float:
        """A subject's points: the same, but nobody has read it for what it says."""
        return plainness(self._signs(subject, ticket_id) | {"subject": 1.0, "fragment": 0.0})

    def _signs(self, text: str, ticket_id: int) -> dict[str, float]:
        stems = _stems(text)
        topic = self._topics.get(ticket_id, frozenset())
        return signs_of(text, clause(text)) | {
            "topic": len(stems & topic) / max(min(len(topic), _MOST_TOPIC), 2),
            "shared": _weight(stems, self._shared),
            "particular": float(bool(self._shared and _FIGURE.search(text))),
        }


def telling(extract: Extract, cases: Sequence[Case] = ()) -> list[Statement]:
    """The observations that are to the point, the plainest first; at least one if there are any."""
    return plainest_first(extract, cases, least=_TO_THE_POINT)


def on_topic(statement: Statement, cases: Sequence[Case]) -> int:
    """How many of the subject's words it takes up."""
    subjects = (c.ticket.subject for c in cases if c.ticket.id == statement.source.ticket_id)
    topic = frozenset[str]().union(*(_stems(bare_subject(subject)) for subject in subjects))
    return len(topic & _stems(statement.text))


def to_the_point(statements: Sequence[Statement], cases: Sequence[Case]) -> list[Statement]:
    """Those that take up the subject's words, most of them in front; all where none does."""
    rated = sorted(statements, key=lambda one: -on_topic(one, cases))
    return [one for one in rated if on_topic(one, cases)] or rated


def named_code(cases: Sequence[Case]) -> str:
    """The product's own error code that most of the reports name, as they write it; else "".

    It is what people search for, however the failure is worded.
    """
    spoken: Counter[str] = Counter()
    for case in cases:
        title, report = bare_subject(case.ticket.subject), _report_of(case)
        codes = product_codes(signatures(title, report.splitlines()))
        names = {code.removeprefix("code:").upper() for code in codes}
        spoken.update(name for name in names if _whole(name, f"{title}\n{report}"))
    code, number = max(spoken.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return code if 2 * number > len(cases) else ""


def _whole(code: str, text: str) -> bool:
    """Not the beginning of a longer number: that of one document says nothing of a failure."""
    return re.search(rf"\b{re.escape(code)}(?![-/.]?\d)", text, re.IGNORECASE) is not None


def _shared(cases: Sequence[Case]) -> Mapping[str, float]:
    """By word: the share of the other tickets that use it; nothing where there is one ticket."""
    told = [stems for case in cases if (stems := _reported(case))]
    if len(told) < 2:  # noqa: PLR2004 - one ticket shares nothing with itself
        return {}
    counts: dict[str, int] = {}
    for stems in told:
        for stem in stems:
            counts[stem] = counts.get(stem, 0) + 1
    return {stem: (n - 1) / (len(told) - 1) for stem, n in counts.items() if n > 1}


def _reported(case: Case) -> Stems:
    """The words of the report itself, and of its subject."""
    return _stems(f"{bare_subject(case.ticket.subject)} {_report_of(case)}")


def _report_of(case: Case) -> str:
    first = next((c.body for c in case.thread.comments if c.role == "end-user"), "")
    return (first or case.ticket.description)[:_REPORT]


def _weight(stems: Stems, shared: Mapping[str, float]) -> float:
    """0 to 1: what the tickets have in common, gathered in one statement."""
    best = sum(sorted(shared.values(), reverse=True)[:5])
    return min(sum(shared.get(stem, 0.0) for stem in stems) / best, 1.0) if best else 0.0


def _same_place(one: Source, other: Source) -> bool:
    return (one.ticket_id, one.comment_id) == (other.ticket_id, other.comment_id)


def _stems(text: str) -> Stems:
    """The longer words that mean something, cut to their stem's length."""
    words = _LONG_WORD.findall(text.lower())
    return frozenset(word[:6] for word in words if word not in STOP)
