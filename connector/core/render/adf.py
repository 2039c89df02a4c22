"""Jira Cloud's document format. Text nodes are inert, so foreign words go nowhere else.

Injection is possible only through node types and `href`: nodes come from the constructors here,
links only from `Run.href`, and those must be https (or http on loopback, for the sandbox).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.core.clean import clean_text
from connector.core.document import BLOCK_BEGINS, Items, Paragraph, Verbatim, end_line
from connector.core.render.fit import code_units, fit

if TYPE_CHECKING:
    from connector.core.document import Block, Document, Run, Runs, Section
    from connector.core.model import Json

Node = dict[str, "Json"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def adf(document: Document, limit: int = 32_000) -> Node:
    """The document as an ADF root node whose JSON is at most `limit` characters long."""
    return fit(document, _root, adf_size, limit)


def adf_size(root: Json) -> int:
    """Characters of the serialized form, as Jira counts them."""
    return code_units(json.dumps(root, ensure_ascii=False, separators=(",", ":")))


def words_of(node: Json) -> str:
    """All text in a node, however deep."""
    if not isinstance(node, dict):
        return ""
    inner = node.get("content")
    below = "".join(words_of(child) for child in inner) if isinstance(inner, list) else ""
    return str(node.get("text", "")) + below


def safe_link(href: str | None) -> str | None:
    """The address when it may stand in a link: https, or http on loopback; else None."""
    if not href or any(char.isspace() or char in '|[]{}<>"\\^`' for char in href):
        return None
    try:
        parts = urlsplit(href)
        host = parts.hostname
    except ValueError:
        return None
    if not href.isascii() or host is None:
        return None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return href if safe else None


def _root(document: Document) -> Node:
    content: list[Node] = []
    if document.title:
        content.append(_heading(2, document.title))
    content.extend(_block(block) for block in document.head)
    for section in document.sections:
        content.extend(_section(section))
    if document.marked:
        ends = end_line("".join(words_of(node) for node in content))
        content = [_paragraph_of(BLOCK_BEGINS), *content, _paragraph_of(ends)]
    return {"type": "doc", "version": 1, "content": content}


def _section(section: Section) -> list[Node]:
    title = [_heading(3, section.title)] if section.title else []
    return [*title, *(_block(block) for block in section.blocks)]


def _block(block: Block) -> Node:
    if isinstance(block, Verbatim):
        text = clean_text(block.text)
        node: Node = {"type": "codeBlock"}
        if text:
            node["content"] = [{"type": "text", "text": text}]
        return node
    if isinstance(block, Paragraph):
        return _paragraph(block.runs)
    return _list(block)


def _list(block: Items) -> Node:
    items = [{"type": "listItem", "content": [_paragraph(item)]} for item in block.items]
    if not items:
        return {"type": "paragraph"}
    return {"type": "orderedList" if block.numbered else "bulletList", "content": items}


def _heading(level: int, text: str) -> Node:
    node: Node = {"type": "heading", "attrs": {"level": level}}
    words = " ".join(clean_text(text).split())
    if words:
        node["content"] = [{"type": "text", "text": words}]
    return node


def _paragraph_of(text: str) -> Node:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def _paragraph(runs: Runs) -> Node:
    content = [node for run in runs for node in _inline(run)]
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _inline(run: Run) -> list[Node]:
    marks: list[Node] = []
    if run.strong:
        marks.append({"type": "strong"})
    if href := safe_link(run.href):
        marks.append({"type": "link", "attrs": {"href": href}})
    nodes: list[Node] = []
    for number, line in enumerate(clean_text(run.text).split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            text: Node = {"type": "text", "text": line}
            nodes.append({**text, "marks": list(marks)} if marks else text)
    return nodes
