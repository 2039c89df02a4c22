"""The brief's prose: its one-line summary, its description and its ask.

The one place where sentences are made from facts, so that another writer of prose can be put here
without touching anything else. Every sentence is built from statements that have a source.
"""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.brief_values import Said
from connector.core.clean import one_line
from connector.core.extraction.phrases import FAILS_OUTRIGHT, FIRST_SEEN
from connector.core.grouping.text import bare_subject
from connector.core.model import Target
from connector.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from connector.core.extraction import EnvironmentFact, Extract, Statement
    from connector.core.model import Case, Source

SUMMARY_LIMIT: Final = 240
_FAILURE_LIMIT: Final = 120
_SHORTEST: Final = 20
_SCOPE_NAMES: Final = 2
_QUOTE_LIMIT: Final = 300
_SECURITY: Final = "Possible security issue"

_FAILS = re.compile(
    r"\b(?:not|n't|cannot|can't|fail|fails|failed|failing|error|errors|crash\w{0,4}|exception|broken|wrong|missing|"
    r"unable|stuck|hang\w{0,3}|freez\w{1,4}|slow|timeout|timed out|time out|lost|empty|blank|duplicate\w?|stop\w{0,4}|down|"
    r"nothing|no longer|never|incorrect\w{0,2}|unexpected\w{0,2}|instead|500|502|503|504|denied|rejected|fehler|nicht|kein\w?)\b",
    re.IGNORECASE,
)
_NO_FAILURE = re.compile(
    r"\b(?:no (?:error|issue|problem|warning|exception)s?\b|not? get (?:an |any )?error|n't get (?:an |any )?error|works? (?:fine|ok|well|correctly|as expected)|"
    r"worked (?:fine|before)|patch|workaround|i (?:think|guess|suspect|believe|assume)|i've (?:attached|looked)|does this mean|how (?:do|can|should)|what (?:should|can)|is (?:it|there) (?:a|any)|"
    r"see (?:the )?(?:attach\w*|screenshot)|would (?:like|be)|should)\b",
    re.IGNORECASE,
)
_ABOUT_ME = re.compile(
    r"\bI(?:'m|'d| am| find| have| can't| could|'ll| will)\b|\bour line\b|\bodd one\b|\bfor us to do\b|^example\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:no (?:option|way|possibility|limit|setting)|not possible|cannot|can't|could|would (?:be|like)|should|needs?|requires?|missing|lacks?|allow|support)\b",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"[^\W_]{4,40}")
_PARTS = re.compile(r",\s|;\s|\s(?:but|however|although|whereas|while|then)\s")
_READABLE: Final = range(5, 31)
_ASIDE = re.compile(
    r"^(?:(?:hi|hello|dear|hey|thanks|thank you|please|hallo|guten)\b[^,.!]{0,40}[,.!]\s{0,3}|"
    r"(?:and|but|so|also|however|unfortunately|now|then|basically|actually|well|it seems (?:that|like)|it looks like|"
    r"i noticed (?:that)?|we noticed (?:that)?|i (?:see|saw) that|we (?:see|saw) that|the (?:problem|issue|bug) is(?: that)?|"
    r"actual(?: results?| behaviou?r)?\s?:|observed(?: behaviou?r)?\s?:|result\s?:)\s{0,3},?\s{0,3}|\W{1,6})",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;!?](?:\s|$)|\s[–—-]\s|,\s(?:which|so|and i|and we|because|therefore|please)\b|\s\((?=[^()]{12})"
)


class Prose(NamedTuple):
    """`failure` is the clause that says what fails; the description's lines carry their sources."""

    failure: str
    summary: str
    description: tuple[Said, ...]


class Scope(NamedTuple):
    """How far it reaches, counted over the tickets: names in order of their first report."""

    customers: tuple[str, ...]
    customer_count: int
    tickets: int
    first_report: datetime

    def words(self) -> str:
        """`5 customers (Acme, Globex, …), 7 tickets`."""
        named = ", ".join(self.customers[:_SCOPE_NAMES])
        if self.customer_count == 1:
            who = f"1 customer ({one_line(named, 40)})" if named else "1 customer"
        else:
            more = ", …" if self.customer_count > _SCOPE_NAMES else ""
            who = f"{self.customer_count} customers ({one_line(named, 60)}{more})"
        return f"{who}, {self.tickets} tickets" if self.tickets > 1 else who

    def whom(self) -> str:
        """`the customer`, `the 5 customers`."""
        return (
            "the customer" if self.customer_count == 1 else f"the {self.customer_count} customers"
        )


def write_prose(
    extract: Extract,
    cases: Sequence[Case],
    *,
    target: Target,
    scope: Scope,
    personal: Collection[str],
    known_as: str = "",
) -> Prose:
    """All sentences of a brief that are not taken over as they are.

    `known_as`: what an earlier brief of the same issue said that fails; people know it by that.
    """
    best = best_observation(extract, cases)
    if target is Target.PRODUCT:
        best = _wanted(extract, cases) or best
    failure = known_as or _failure(best, extract, cases, personal=personal)
    where = _where(extract, cases, failure)
    description = _description(extract, best, scope, target=target)
    if target is Target.SECURITY:
        return Prose("What was reported", summary_line(_SECURITY, where, scope), description)
    return Prose(failure, summary_line(failure, where, scope), description)


def best_observation(extract: Extract, cases: Sequence[Case] = ()) -> Statement | None:
    """The statement that says most plainly what fails; earlier ones win ties."""
    return next(iter(plainest_first(extract, cases)), None)


def plainest_first(extract: Extract, cases: Sequence[Case] = ()) -> list[Statement]:
    """Whole observations, those that say most plainly what fails in front.

    Subjects are not quoted, but a statement about the subject's matter is to the point.
    """
    topics = {case.ticket.id: _topic(case.ticket.subject) for case in cases}
    reports = {one.source.ticket_id: one.source for one in reversed(extract.observed)}
    whole = [one for one in extract.observed if not one.text.rstrip().endswith(("?", ":"))]

    def fitness(one: Statement) -> float:
        on_topic = topics.get(one.source.ticket_id, frozenset()) & _topic(one.text)
        first = one.role == "end-user" and _same_place(one.source, reports[one.source.ticket_id])
        return _plainness(one) + min(len(on_topic), 3) * 0.7 + (1.0 if first else 0.0)

    return sorted(whole, key=fitness, reverse=True)


def _wanted(extract: Extract, cases: Sequence[Case]) -> Statement | None:
    """What a customer wants of the product, told most to the point."""
    topics = {case.ticket.id: _topic(case.ticket.subject) for case in cases}
    told = (*extract.use_case, *extract.expected, *extract.observed)
    asked = [one for one in told if one.role == "end-user" and _WANTS.search(one.text)]

    def to_the_point(one: Statement) -> int:
        return len(topics.get(one.source.ticket_id, frozenset()) & _topic(one.text))

    return max(asked, key=to_the_point, default=None)


def _same_place(one: Source, other: Source) -> bool:
    return (one.ticket_id, one.comment_id) == (other.ticket_id, other.comment_id)


def _topic(text: str) -> frozenset[str]:
    """The longer words, cut to their stem's length."""
    return frozenset(word[:6] for word in _LONG_WORD.findall(text.lower()))


def _plainness(statement: Statement) -> float:
    """By what it says, whatever it is about. The model's score counts, within bounds."""
    text = statement.text
    points = min(max(statement.score, -2.0), 2.0)
    points += 1.0 if len(text.split()) in _READABLE else 0.0
    points += 1.5 if _FAILS.search(text) else 0.0
    points += 1.0 if FAILS_OUTRIGHT.search(text) else 0.0
    points += 1.0 if "under a heading OB" in statement.cues else 0.0
    points += 0.5 if text[:1].isupper() else 0.0
    points -= 1.0 if _ABOUT_ME.search(text) else 0.0
    return points - (2.0 if _NO_FAILURE.search(text) else 0.0)


def _failure(
    best: Statement | None, extract: Extract, cases: Sequence[Case], *, personal: Collection[str]
) -> str:
    """What fails, as one clause. The subject is only used where nobody says it otherwise."""
    if best is not None:
        return clause(best.text)
    if extract.errors:
        return one_line(extract.errors[0].text.split("\n")[0], _FAILURE_LIMIT)
    subjects = (bare_subject(case.ticket.subject) for case in cases)
    subject = next((words for words in subjects if words), "")
    return clause(redact(subject, personal=personal).text) or "Not described in the ticket"


def clause(text: str) -> str:
    """The first clause that says something, without greetings and fillers, its letter raised."""
    words = one_line(text, 600).strip("*_`#> ")
    for _ in range(4):
        shorter = _ASIDE.sub("", words, count=1)
        if shorter == words or not shorter:
            break
        words = shorter
    if len(words) > _FAILURE_LIMIT:
        words = _failing_part(words)
    end = next(
        (found.start() for found in _CLAUSE_END.finditer(words) if found.start() >= _SHORTEST),
        len(words),
    )
    words = one_line(words[:end].rstrip(" .,:;!"), _FAILURE_LIMIT)
    return words[:1].upper() + words[1:]


def _failing_part(words: str) -> str:
    """Of a long sentence the part that says what fails."""
    parts = [part for part in _PARTS.split(words) if len(part) >= _SHORTEST]
    return next((part for part in parts if _FAILS.search(part)), words)


def _where(extract: Extract, cases: Sequence[Case], failure: str) -> str:
    """Product area, version, system: the newest and most often named that the failure omits."""
    area = next((case.product_area for case in cases if case.product_area), None)
    parts = [one_line(area.replace("_", " "), 40)] if area else []
    for name in ("version", "browser", "OS", "device"):
        fact = next((fact for fact in extract.environment if fact.name == name), None)
        if fact and fact.value.lower() not in failure.lower():
            parts.append(f"version {fact.value}" if name == "version" else fact.value)
    if len(parts) < 2:  # noqa: PLR2004 - software is named only where nothing better is
        parts += [
            f"{fact.name} {fact.value}"
            for fact in extract.environment
            if fact.name[:1].isupper() and fact.name != "OS" and fact.value not in failure
        ][:1]
    return one_line(", ".join(parts[:3]), 80)


def _in(where: str) -> str:
    return f" [{where}]" if where else ""


def summary_line(failure: str, where: str, scope: Scope) -> str:
    """Failure, where and scope on one line of at most 240 characters."""
    tail = f"{_in(where)}: {scope.words()}"
    return one_line(f"{one_line(failure, max(SUMMARY_LIMIT - len(tail), 60))}{tail}", SUMMARY_LIMIT)


def _description(
    extract: Extract, best: Statement | None, scope: Scope, *, target: Target
) -> tuple[Said, ...]:
    """What happens, since when, how it shows, scope: three to five sentences."""
    lines: list[Said] = []
    if best is not None:
        lines.append(_quoted("What happens:", best))
        second = _second_observation(extract, best)
        if second is not None and target is not Target.SECURITY:
            lines.append(_quoted("Also:", second))
    else:
        lines.append(Said(text="What happens: nobody says it in the tickets."))
    if extract.first_seen and target is not Target.SECURITY:
        lines.append(_since(extract.first_seen[0]))
    else:
        lines.append(
            Said(text=f"Since when: first reported {scope.first_report:%Y-%m-%d %H:%M} UTC.")
        )
    if target is not Target.SECURITY:
        lines.append(_shows(extract))
    lines.append(Said(text=f"Scope: {scope.words()}{_spread(extract)}."))
    return tuple(lines)


def _since(statement: Statement) -> Said:
    """The words that tell the time, to the end of their clause."""
    found = FIRST_SEEN.search(statement.text)
    words = statement.text[found.start() :] if found else statement.text
    end = _CLAUSE_END.search(words, min(found.end() - found.start() if found else 0, len(words)))
    words = one_line(words[: end.start()] if end else words, _FAILURE_LIMIT).rstrip(" .,")
    return Said(text=f"Since when: “{words}”", sources=(statement.source,), quoted=True)


def _second_observation(extract: Extract, best: Statement) -> Statement | None:
    others = [
        one
        for one in extract.observed
        if one is not best
        and _FAILS.search(one.text)
        and len(one.text.split()) in _READABLE
        and not _NO_FAILURE.search(one.text)
        and one.text.lower() not in best.text.lower()
    ]
    return max(others, key=_plainness, default=None)


def _shows(extract: Extract) -> Said:
    if not extract.errors:
        return Said(text="How it shows: no error message or log was given.")
    error = extract.errors[0]
    line = one_line(error.text.split("\n")[0], _QUOTE_LIMIT)
    seen = f" (in {len(error.tickets)} tickets)" if len(error.tickets) > 1 else ""
    return Said(text=f"How it shows{seen}: “{line}”", sources=error.sources[:3], quoted=True)


def _spread(extract: Extract) -> str:
    fact = next((fact for fact in extract.environment if fact.name == "version"), None)
    return f"; {counted(fact)}" if fact and fact.of > 1 else ""


def counted(fact: EnvironmentFact) -> str:
    """`5 of 7 on 4.2.1`."""
    return f"{len(fact.tickets)} of {fact.of} on {fact.value}"


def _quoted(lead: str, statement: Statement) -> Said:
    words = one_line(statement.text, _QUOTE_LIMIT)
    return Said(text=f"{lead} “{words}”", sources=(statement.source,), quoted=True)
