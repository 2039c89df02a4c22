"""Putting a new brief where the old one stands, without touching what people wrote beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.document import BLOCK_BEGINS, BLOCK_ENDS
from connector.core.render.wiki import escaped_marker

if TYPE_CHECKING:
    from connector.core.model import Json


def replace_block(current: Json, new: Json) -> Json | None:
    """A description with its brief replaced; None when the old brief cannot be told apart.

    Both are ADF root nodes, or both wiki text. A description without any of our marker lines gets
    the brief on top. None (one marker gone, or doubled) means: somebody edited the block, so leave
    the description alone and only comment.
    """
    if not current:
        return new
    if isinstance(current, dict) and isinstance(new, dict):
        old = list(current.get("content") or ())
        content = _spliced(old, list(new["content"]), [_node_text(node) for node in old])
        return None if content is None else {**new, "content": content}
    if isinstance(current, str) and isinstance(new, str):
        lines = current.replace("\r\n", "\n").split("\n")
        spliced = _spliced(lines, new.split("\n"), [line.strip() for line in lines])
        return None if spliced is None else "\n".join(spliced)
    return None


def _spliced(old: list[Json], new: list[Json], texts: list[str]) -> list[Json] | None:
    begins = [number for number, text in enumerate(texts) if text in _BEGINS]
    ends = [number for number, text in enumerate(texts) if text in _ENDS]
    if not begins and not ends:
        return [*new, *([""] if isinstance(new[0], str) else []), *old]
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        return None
    return [*old[: begins[0]], *new, *old[ends[0] + 1 :]]


_BEGINS = frozenset({BLOCK_BEGINS, escaped_marker(BLOCK_BEGINS)})
_ENDS = frozenset({BLOCK_ENDS, escaped_marker(BLOCK_ENDS)})


def _node_text(node: Json) -> str:
    """The text of a top-level paragraph; other nodes are never markers."""
    if not isinstance(node, dict) or node.get("type") != "paragraph":
        return ""
    parts = node.get("content") or ()
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict)).strip()
