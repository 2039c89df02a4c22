"""A comment's own lines, as they were typed: no quoted mail, greeting, signature or notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.core.extraction.headings import heading_of
from connector.core.grouping.text import own_lines, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.model import Comment

_AHEAD: Final = 3
"""Own lines that may be passed over to find a typed line again."""

_FEWEST: Final = 8
_MOST_COMMENTS: Final = 200
_MOST_CHARACTERS: Final = 1_048_576


def own_text(body: str) -> str:
    """The writer's own lines with their indentation and blank lines, and the headings above them.

    Own lines come in the order of the typed ones; a greeting in front of one is left out. Where
    most cannot be found again (HTML), the readable lines stand for the typed ones.
    """
    own = own_lines(readable(body))
    kept: list[str] = []
    waiting: list[str] = []
    at = 0
    for line in body.split("\n"):
        found = _own_part(line, own[at : at + _AHEAD])
        if found is None:
            if not line.strip() or heading_of(line.strip()) is not None:
                waiting.append(line.rstrip())
            continue
        text, skipped = found
        at += skipped + 1
        kept += [*waiting, text]
        waiting.clear()
    if at * 4 < len(own) * 3:
        return "\n".join(own)
    return "\n".join(kept).strip("\n")


def _own_part(line: str, own: Sequence[str]) -> tuple[str, int] | None:
    """What of a typed line is its writer's, and how many own lines were passed over."""
    normal = _normal(line)
    if not normal:
        return None
    for bare in (normal, None):
        shown = bare if bare is not None else _normal(readable(line))
        for skipped, wanted in enumerate(own):
            mine = _normal(wanted)
            if shown == mine:
                return line.rstrip(), skipped
            if skipped == 0 and len(mine) > _FEWEST and shown.endswith(mine):
                return wanted, skipped
    return None


def within_limits(comments: Sequence[Comment]) -> tuple[tuple[Comment, ...], int]:
    """The first comment and the newest ones, and how many were left out in between."""
    chosen: list[Comment] = []
    size = 0
    for comment in [*comments[:1], *reversed(comments[1:])]:
        size += len(comment.body)
        if chosen and (len(chosen) >= _MOST_COMMENTS or size > _MOST_CHARACTERS):
            break
        chosen.append(comment)
    chosen.sort(key=lambda comment: (comment.created_at, comment.id))
    return tuple(chosen), len(comments) - len(chosen)


def _normal(line: str) -> str:
    return " ".join(line.split())
