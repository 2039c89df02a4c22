"""What was tried, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.core.extraction import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.core.extraction.reader import Reading

_LONGEST: Final = 600
_SHORTEST: Final = 6
"""Characters of an action before "didn't help"; "It didn't help" names none."""

_LEADS: Final = " ,;:-–—>*•\t"


def attempts_of(readings: Sequence[Reading]) -> Iterator[tuple[str, str | None]]:
    """(action, result) in reading order; the result may stand in the sentence after the action."""
    for number, reading in enumerate(readings):
        if not _is_attempt(reading):
            continue
        action, result = _split(reading.piece.text[:_LONGEST])
        if result is None and number + 1 < len(readings):
            after = readings[number + 1].piece.text[:_LONGEST]
            if phrases.RESULT_START.search(after):
                result = after
        yield action, result


def _is_attempt(reading: Reading) -> bool:
    piece = reading.piece
    text = piece.text[:_LONGEST]
    if piece.kind in {"code", "heading"}:
        return False
    if piece.section == "tried" and piece.since > 0:
        return not phrases.RESULT_START.search(text)
    if piece.section == "S2R" or phrases.TRIED_WORDS.isdisjoint(reading.words):
        return False
    if phrases.NOT_TRIED.search(text):
        return False
    no_help = phrases.NO_HELP.search(text)
    return bool(phrases.TRIED.search(text) or (no_help and no_help.start() >= _SHORTEST))


def _split(text: str) -> tuple[str, str | None]:
    """A sentence cut where it turns from the action to its result."""
    for found in phrases.RESULT_SPLIT.finditer(text):
        action, result = text[: found.start()], text[found.end() :]
        if phrases.TRIED.search(action) and result.strip():
            kept = found.group().strip(_LEADS)
            lead = (
                f"{kept} " if kept.lower().startswith(("still", "nothing", "without", "no")) else ""
            )
            return action.strip(_LEADS), (lead + result).strip(_LEADS)
    no_help = phrases.NO_HELP.search(text)
    if no_help and no_help.start() >= _SHORTEST:
        return text[: no_help.start()].strip(_LEADS), text[no_help.start() :].strip(_LEADS)
    return text.strip(_LEADS), None
