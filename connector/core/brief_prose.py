"""The brief's prose: its one-line summary, its description and its ask.

The one place where sentences are made from facts, so that another writer of prose can be put here
without touching anything else. Every sentence is built from statements that have a source.
"""

# ruff: noqa: E501 - lists of words read better unbroken
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.brief_choice import (
    named_code,
    on_topic,
    plainest_first,
    plainest_words,
    telling,
)
from connector.core.brief_clause import CLAUSE_LIMIT, clause, clause_end
from connector.core.brief_plainness import FAILS, says_failure
from connector.core.brief_values import Said
from connector.core.clean import one_line
from connector.core.extraction.phrases import FIRST_SEEN
from connector.core.model import Target
from connector.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from connector.core.extraction import EnvironmentFact, ErrorText, Extract, Statement
    from connector.core.model import Assessment, Case, Finding

SUMMARY_LIMIT: Final = 240
_SCOPE_NAMES: Final = 2
_QUOTE_LIMIT: Final = 300

_BUSINESS: Final = {
    "customer-at-risk": "Customer may leave",
    "legal-or-press": "Legal action or press is mentioned",
    "executive-involved": "An executive is involved",
}
"""What fails in the eyes of Leadership: the business, by the trigger that saw it."""

_SECURITY: Final = {
    "security-breach": "Possible exposure or unauthorized access",
    "security-report": "Possible vulnerability or compliance concern",
}
_QUOTED = re.compile(r"“([^“”]{12,200})”")

_WANTS = re.compile(
    r"\b(?:no (?:option|way|possibility|limit|setting)|not possible|cannot|can't|could|would (?:be|like)|should|needs?|requires?|missing|lacks?|allow|support)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"\b(?:(?:there is|has|have|with) no|no (?:option|way|possibility|limit|setting)|not possible|cannot|can't|missing|lacks?)\b",
    re.IGNORECASE,
)

_LOGGED: Final = re.compile(
    r"^(?:\[[^\]]{0,60}\]\s{0,3}|\d[\d:/.,TZ+ -]{5,40}\s|(?:ERROR|FATAL|SEVERE|CRITICAL)\b[:\s]{0,3}){1,6}"
)
"""What a log writes in front of each line."""


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
    assessment: Assessment,
    *,
    scope: Scope,
    personal: Collection[str],
    known_as: str = "",
) -> Prose:
    """All sentences of a brief that are not taken over as they are.

    `known_as`: what an earlier brief of the same issue said that fails; people know it by that.
    """
    target = assessment.target or Target.L2
    wanted = _wanted(extract, cases) if target is Target.PRODUCT else None
    best = wanted or next(iter(plainest_first(extract, cases)), None)
    business = _business(assessment, personal) if target is Target.LEADERSHIP else None
    description = _description(extract, cases, best, scope, target=target, business=business)
    failure, where = known_as, ""
    if target is Target.SECURITY:
        failure = failure or _security(assessment)
    elif business is not None:
        failure = failure or business.failure
        where = business.at_stake
    else:
        failure = failure or (
            clause(wanted.text) if wanted else _failure(extract, cases, personal=personal)
        )
        where = _where(extract, cases, failure)
    return Prose(failure, summary_line(failure, where, scope), description)


class _Business(NamedTuple):
    """Why Leadership is asked: by which finding, and what is at stake."""

    failure: str
    at_stake: str
    finding: Finding
    told: str


def _business(assessment: Assessment, personal: Collection[str]) -> _Business | None:
    finding = next((one for one in assessment.findings if one.kind in _BUSINESS), None)
    if finding is None:
        return None
    told = redact(one_line(finding.because, 400), personal=personal).text
    quotes = sorted((clause(quote) for quote in _QUOTED.findall(told)), key=len)
    words = f": “{quotes[0]}”" if quotes else ""
    arr = assessment.impact.arr_at_risk if assessment.impact else None
    return _Business(
        failure=f"{_BUSINESS[finding.kind]}{words}",
        at_stake=f"{arr:,.0f} ARR at risk" if arr else "",
        finding=finding,
        told=told,
    )


def _security(assessment: Assessment) -> str:
    """In our words only: the open text holds none of the customer's."""
    kinds = [finding.kind for finding in assessment.findings]
    return next((_SECURITY[kind] for kind in kinds if kind in _SECURITY), "Possible security issue")


def _wanted(extract: Extract, cases: Sequence[Case]) -> Statement | None:
    """What a customer wants of the product: best what it lacks, told to the point."""
    told = (*extract.observed, *extract.use_case, *extract.expected)
    asked = [one for one in told if one.role == "end-user" and _WANTS.search(one.text)]
    return max(
        asked,
        key=lambda one: on_topic(one, cases) + (2 if _LACKS.search(one.text) else 0),
        default=None,
    )


def _failure(extract: Extract, cases: Sequence[Case], *, personal: Collection[str]) -> str:
    """What fails, as one clause; an error's own line only where nobody says it in words."""
    choice = plainest_words(extract, cases, personal=personal)
    if choice is not None and (choice.to_the_point or says_failure(choice.words)):
        return choice.words
    shown = next((line for line in map(_telling_line, extract.errors) if FAILS.search(line)), "")
    if shown:
        return one_line(_LOGGED.sub("", shown, count=1) or shown, CLAUSE_LIMIT)
    return choice.words if choice is not None else "Not described in the ticket"


def _where(extract: Extract, cases: Sequence[Case], failure: str) -> str:
    """Error code, product area, version, system: the newest and most often named that the failure
    omits.
    """
    code = named_code(cases)
    parts = [code] if code and code not in failure.upper() else []
    area = next((case.product_area for case in cases if case.product_area), None)
    if area:
        parts.append(one_line(area.replace("_", " "), 40))
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
    extract: Extract,
    cases: Sequence[Case],
    best: Statement | None,
    scope: Scope,
    *,
    target: Target,
    business: _Business | None,
) -> tuple[Said, ...]:
    """What happens, since when, how it shows, scope: three to five sentences."""
    thin = target is Target.SECURITY
    lines: list[Said] = []
    if business is not None:
        sources = business.finding.sources
        lines.append(Said(text=f"What happens: {business.told}", sources=sources[:3], quoted=True))
    elif best is not None:
        lines.append(_quoted("What happens:", best))
    else:
        lines.append(Said(text="What happens: nobody says it in the tickets."))
    second = None if thin else _second(extract, cases, best if business is None else None)
    if second is not None:
        lines.append(_quoted("Also:", second))
    if extract.first_seen and not thin:
        lines.append(_since(extract.first_seen[0]))
    else:
        lines.append(
            Said(text=f"Since when: first reported {scope.first_report:%Y-%m-%d %H:%M} UTC.")
        )
    if not thin and business is None:
        lines.append(_shows(extract, best))
    lines.append(Said(text=f"Scope: {scope.words()}{_spread(extract)}."))
    return tuple(lines)


def _since(statement: Statement) -> Said:
    """The words that tell the time, to the end of their clause."""
    found = FIRST_SEEN.search(statement.text)
    words = statement.text[found.start() :] if found else statement.text
    end = clause_end(words, min(found.end() - found.start() if found else 0, len(words)))
    words = one_line(words[:end], CLAUSE_LIMIT).rstrip(" .,")
    return Said(text=f"Since when: “{words}”", sources=(statement.source,), quoted=True)


def _second(extract: Extract, cases: Sequence[Case], best: Statement | None) -> Statement | None:
    """Another observation that tells of a failure; none is better than one beside the point."""
    return next(
        (
            one
            for one in telling(extract, cases)
            if one is not best
            and one.role == "end-user"
            and says_failure(one.text)
            and (best is None or one.text.lower() not in best.text.lower())
        ),
        None,
    )


def _shows(extract: Extract, best: Statement | None) -> Said:
    if not extract.errors:
        return Said(text="How it shows: no error message or log was given.")
    error = next((one for one in extract.errors if FAILS.search(one.text)), extract.errors[0])
    line = one_line(_telling_line(error), _QUOTE_LIMIT)
    if best is not None and line in one_line(best.text, _QUOTE_LIMIT):
        return Said(text="How it shows: by that error, quoted below.", sources=error.sources[:3])
    seen = f" (in {len(error.tickets)} tickets)" if len(error.tickets) > 1 else ""
    return Said(text=f"How it shows{seen}: “{line}”", sources=error.sources[:3], quoted=True)


def _telling_line(error: ErrorText) -> str:
    """The line that names the failure; the first where none does."""
    lines = [line for line in error.text.split("\n") if line.strip()]
    return next((line for line in lines if FAILS.search(line)), lines[0] if lines else "")


def _spread(extract: Extract) -> str:
    fact = next((fact for fact in extract.environment if fact.name == "version"), None)
    return f"; {counted(fact)}" if fact and fact.of > 1 else ""


def counted(fact: EnvironmentFact) -> str:
    """`5 of 7 on 4.2.1`."""
    return f"{len(fact.tickets)} of {fact.of} on {fact.value}"


def _quoted(lead: str, statement: Statement) -> Said:
    words = one_line(statement.text, _QUOTE_LIMIT)
    return Said(text=f"{lead} “{words}”", sources=(statement.source,), quoted=True)
