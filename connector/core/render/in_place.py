"""Putting a new brief where the old one stands, without touching what people wrote beside it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from connector.core.document import BLOCK_BEGINS, BLOCK_ENDS, end_line
from connector.core.render.adf import adf, adf_size, words_of
from connector.core.render.fit import code_units
from connector.core.render.wiki import wiki

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.core.document import Document
    from connector.core.model import Json


def in_place(current: Json, document: Document, limit: int) -> Json:
    """A description with its brief replaced by this document, at most `limit` characters long.

    ADF or wiki text, as `current` is. None means: leave it alone and only comment. Somebody edited
    the old brief, took it away, doubled it, or wrote so much that no room is left for it.
    """
    if isinstance(current, dict):
        nodes = current.get("content")
        old = nodes if isinstance(nodes, list) else []
        span = _block(
            [words_of(node) if _is_paragraph(node) else "" for node in old],
            [words_of(node) for node in old],
        )
        if span is None:
            return None
        above, below = old[: span[0]], old[span[1] + 1 :]
        room = limit - adf_size([*above, *below])
        new = _fitted(lambda: adf(document, room)["content"])
        return None if new is None else {**current, "content": [*above, *new, *below]}
    if isinstance(current, str):
        lines = current.replace("\r\n", "\n").split("\n")
        span = _block([_marker_shown(line) for line in lines], [f"{line}\n" for line in lines])
        if span is None:
            return None
        above, below = lines[: span[0]], lines[span[1] + 1 :]
        room = limit - sum(code_units(line) + 1 for line in (*above, *below))
        new = _fitted(lambda: wiki(document, room).split("\n"))
        return None if new is None else "\n".join([*above, *new, *below])
    return None


def _block(lines: Sequence[str], words: Sequence[str]) -> tuple[int, int] | None:
    """Where our block begins and ends; None when it is not there once, whole and as we wrote it.

    `lines` are what may be a marker, `words` what the same places say.
    """
    shown = [" ".join(line.split()) for line in lines]
    begins = [at for at, line in enumerate(shown) if line == BLOCK_BEGINS]
    ends = [at for at, line in enumerate(shown) if line.startswith(BLOCK_ENDS)]
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        return None
    untouched = end_line("".join(words[begins[0] + 1 : ends[0]])) == shown[ends[0]]
    return (begins[0], ends[0]) if untouched else None


def _marker_shown(line: str) -> str:
    """A marker's words; the same words quoted from a ticket have no bare triangle in front."""
    bare = line.lstrip()[:1] in {BLOCK_BEGINS[0], BLOCK_ENDS[0]}
    return html.unescape(line).replace("\\", "") if bare else ""


def _is_paragraph(node: Json) -> bool:
    """Markers are paragraphs; in any other node the same words are somebody's own."""
    return isinstance(node, dict) and node.get("type") == "paragraph"


def _fitted(render: Callable[[], list[Json]]) -> list[Json] | None:
    try:
        return render()
    except ValueError:
        return None
