"""A comment's own lines, as they were typed: no quoted mail, greeting, signature or notice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from connector.core.grouping.text import own_lines, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.model import Comment

_MOST_COMMENTS: Final = 200
_MOST_CHARACTERS: Final = 1_048_576


def own_text(body: str) -> str:
    """The writer's own lines with their indentation and blank lines.

    Where the body is HTML or other markup, the readable lines instead of the typed ones.
    """
    own = own_lines(readable(body))
    wanted = Counter(map(_normal, own))
    kept: list[str] = []
    for line in body.split("\n"):
        normal = _normal(line)
        if not normal:
            kept.append("")
        elif wanted[normal] > 0:
            wanted[normal] -= 1
            kept.append(line.rstrip())
    if sum(wanted.values()) * 4 > len(own):
        return "\n".join(own)
    return "\n".join(kept).strip("\n")


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
