"""Readers of what was rendered: ADF as a tree, and wiki markup as pandoc understands it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED_NODES = {
    "doc",
    "paragraph",
    "heading",
    "text",
    "hardBreak",
    "bulletList",
    "orderedList",
    "listItem",
    "codeBlock",
}
INERT = {"Str", "Space", "SoftBreak", "LineBreak", "Para", "Plain", "BulletList", "CodeBlock"}
INERT |= {"OrderedList", "Decimal", "Period", "DefaultStyle", "DefaultDelim", "Header", "Strong"}


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """An ADF node and all below it."""
    yield node
    for child in node.get("content", ()):
        yield from nodes(child)


def parsed_wiki(text: str) -> Any:
    """The text as pandoc's reader of Jira markup understands it."""
    pypandoc = pytest.importorskip("pypandoc", reason="pandoc is not installed: wiki is not parsed")
    try:
        return json.loads(pypandoc.convert_text(text, "json", format="jira"))
    except OSError:
        pytest.skip("pandoc is not installed: wiki markup is not parsed back")


def elements(node: Any) -> Iterator[dict[str, Any]]:
    """Every element below a part of pandoc's tree."""
    if isinstance(node, dict):
        if "t" in node:
            yield node
        for child in node.values():
            yield from elements(child)
    elif isinstance(node, list):
        for child in node:
            yield from elements(child)
