"""How to make it happen, and what was seen: the section REPRODUCTION STEPS of a brief."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.core.brief_choice import telling
from connector.core.brief_facts import Facts, entry_of, gap_entry, quotes, spoken
from connector.core.brief_values import Entry, Part, Said
from connector.core.model import Target

if TYPE_CHECKING:
    from connector.core.extraction import Extract, Statement

_LISTED: Final = frozenset({"kind step", "section S2R", "under a heading S2R"})
_CLEARLY: Final = 1.5
_BUGS: Final = frozenset({Target.ENGINEERING, Target.L2})


def reproduction(facts: Facts) -> Part:
    title = "Reproduction steps"
    extract = facts.extract
    if facts.thin:
        text = "Left out of the open text: they are in the ticket, for those who may read it."
        return Part(key="reproduction", title=title, entries=(entry_of("steps", "Steps", text),))
    steps = _steps(facts)
    if facts.target not in _BUGS and steps.missing and not extract.errors:
        text = "None given. This is not escalated as a bug."
        return Part(key="reproduction", title=title, entries=(entry_of("steps", "Steps", text),))
    entries = [
        steps,
        quotes(
            "expected", "Expected", _outright(extract.expected), facts.gap("expected_result"), 3
        ),
        quotes("actual", "Actual", _actual(facts), facts.gap("actual_result"), 4),
        _environment(facts),
        quotes(
            "frequency",
            "Frequency",
            extract.frequency,
            facts.mapping.wording.unknown,
            2,
        ),
        quotes("ruled_out", "Ruled out", extract.ruled_out, facts.mapping.wording.unknown, 4),
        *_errors(facts),
    ]
    return Part(key="reproduction", title=title, entries=tuple(entries))


def _outright(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Those under a heading that says what they are, where there are any."""
    said = tuple(one for one in statements if "under a heading EB" in one.cues)
    return said or statements


def _actual(facts: Facts) -> tuple[Statement, ...]:
    """The plainest observations, in the order in which they were told."""
    best = telling(facts.extract, facts.cases)[:4]
    return tuple(one for one in facts.extract.observed if one in best)


def _steps(facts: Facts) -> Entry:
    """The steps of the one comment that tells most of them: mixed lists lead nowhere."""
    steps = told_steps(facts.extract)
    if not steps:
        return gap_entry("steps", "Steps", facts.gap("reproduction_steps"))
    lines = tuple(
        Said(
            text=_without_number(step.text),
            sources=(step.source,) if number == 0 else (),
            quoted=True,
        )
        for number, step in enumerate(steps[:20])
    )
    return Entry(key="steps", label="Steps", lines=lines, numbered=True)


def told_steps(extract: Extract) -> list[Statement]:
    """What somebody may follow: of a list its items, of prose only what is clearly a step. A story
    of how it was noticed would pass for steps, and nobody would be asked for them.
    """
    by_source: dict[tuple[int, int | None], list[Statement]] = {}
    for step in extract.steps:
        if _LISTED.intersection(step.cues) or step.score >= _CLEARLY:
            place = (step.source.ticket_id, step.source.comment_id)
            by_source.setdefault(place, []).append(step)
    if not by_source:
        return []
    told = max(
        by_source.values(), key=lambda steps: (min(len(steps), 12), steps[0].role == "agent")
    )
    listed = [step for step in told if _LISTED.intersection(step.cues)]
    return listed or told


def _without_number(text: str) -> str:
    """The list gets numbers of its own."""
    return _NUMBER.sub("", text, count=1) or text


_NUMBER = re.compile(
    r"^(?:step\s?)?[(\[]?\d{1,2}\s?[.):\]>-]{0,2}\s{0,4}(?=[^\d\s.:)])|^[-*•#–]{1,3}\s{1,4}",
    re.IGNORECASE,
)


def _environment(facts: Facts) -> Entry:
    names: dict[str, list[Said]] = {}
    for fact in facts.extract.environment:
        text = (
            f"{fact.value} ({len(fact.tickets)} of {fact.of} tickets)"
            if fact.of > 1
            else fact.value
        )
        names.setdefault(fact.name, []).append(
            Said(text=text, sources=fact.sources[:3], quoted=True)
        )
    if not names:
        return gap_entry("environment", "Environment", facts.gap("environment"))
    lines = []
    for name, values in sorted(names.items(), key=lambda one: _ENVIRONMENT_ORDER.get(one[0], 9)):
        sources = tuple(dict.fromkeys(source for value in values[:4] for source in value.sources))
        told = "; ".join(value.text for value in values[:4])
        differs = " (tickets differ)" if _differs(facts.extract, name) else ""
        lines.append(Said(text=f"{name}: {told}{differs}", sources=sources[:3], quoted=True))
    return Entry(key="environment", label="Environment", lines=tuple(lines[:10]))


_ENVIRONMENT_ORDER: Final = {
    "version": 0,
    "environment": 1,
    "OS": 2,
    "browser": 3,
    "device": 4,
    "plan": 5,
}


def _differs(extract: Extract, name: str) -> bool:
    """Whether two tickets name different values and none names both."""
    facts = [fact for fact in extract.environment if fact.name == name]
    tickets = [set(fact.tickets) for fact in facts]
    return len(tickets) > 1 and any(not one & other for one in tickets for other in tickets)


def _errors(facts: Facts) -> list[Entry]:
    extract = facts.extract
    told = [error for error in extract.errors if spoken(error.text)]
    if not told:
        return [gap_entry("errors", "Errors and logs", facts.gap("logs_or_errors"))]
    entries = []
    most = facts.mapping.limits.error_lines
    for number, error in enumerate(told[: facts.mapping.limits.errors]):
        lines = error.text.split("\n")
        cut = [*lines[:most], "… (cut, see ticket)"] if len(lines) > most else lines
        seen = f"in {len(error.tickets)} tickets, " if len(error.tickets) > 1 else ""
        said = Said(text="\n".join(cut), sources=error.sources[:3], quoted=True)
        label = (
            f"Error {number + 1} ({seen}as pasted)" if len(told) > 1 else f"Error ({seen}as pasted)"
        )
        entries.append(Entry(key=f"errors-{number}", label=label, lines=(said,), verbatim=True))
    left = len(told) - len(entries)
    if left > 0:
        entries.append(entry_of("more_errors", "Errors", f"and {left} more in the tickets"))
    return entries
