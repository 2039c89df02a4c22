"""`escalation extract`: what a brief takes from each report of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.core.clean import clean_text, one_line
from connector.core.extraction import phrases
from connector.core.extraction.attempts import attempts_of
from connector.core.extraction.environment import environment_of
from connector.core.extraction.errors import errors_of
from connector.core.extraction.reader import read_report
from connector.core.security import security_score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connector.core.extraction.reader import Reading
    from connector.ticketfile import TicketLine

_MOST: Final = 20
_LONGEST: Final = 600


def extract_file(lines: Iterable[TicketLine]) -> Iterator[dict[str, object]]:
    """One answer for each report, in the contract's format, in the order of the lines."""
    return (extract_report(line) for line in lines)


def extract_report(line: TicketLine) -> dict[str, object]:
    """The labelled sentences of subject, body and the customer's comments, and what they hold."""
    title, body = _whole(line.subject), _whole(line.body)
    readings = list(read_report(title, body))
    for comment in line.comments:
        if comment.role == "end-user" or not comment.public:
            readings += read_report("", _whole(comment.body))
    security = security_score(title, body)
    return {
        "id": line.id,
        "sentences": [
            {"text": reading.piece.text, "labels": list(reading.labels)}
            for reading in readings
            if reading.labels
        ],
        "environment": _environment(readings),
        "errors": list(dict.fromkeys(found.text for found in errors_of(readings)))[:_MOST],
        "tried": [
            {"action": one_line(action, _LONGEST), "result": result and one_line(result, _LONGEST)}
            for action, result in list(attempts_of(readings))[:_MOST]
        ],
        "impact": _impact(readings),
        "security": security.sure or security.hint,
        "security_score": round(min(max(security.score, 0.0), 1.0), 4),
    }


def _whole(text: str) -> str:
    """The text as it came; cleaned only where it could not be written out again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return clean_text(text, max(len(text), 1))
    return text


def _environment(readings: Sequence[Reading]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for fact in environment_of(readings):
        found.setdefault(fact.name, {}).setdefault(fact.value)
    return {name: list(values)[:_MOST] for name, values in found.items()}


def _impact(readings: Sequence[Reading]) -> list[str]:
    found = (
        reading.piece.text[:_LONGEST]
        for reading in readings
        if reading.piece.kind not in {"code", "heading"} and _tells_impact(reading)
    )
    return list(dict.fromkeys(found))[:_MOST]


def _tells_impact(reading: Reading) -> bool:
    text = reading.piece.text[:_LONGEST]
    if phrases.IMPACT_WORDS.isdisjoint(reading.words) and not (
        any(sign in text for sign in phrases.IMPACT_SIGNS)
        or any(word.startswith(phrases.IMPACT_BEGINNINGS) for word in reading.words)
    ):
        return False
    return bool(phrases.IMPACT.search(text)) and not phrases.NO_IMPACT.search(text)
