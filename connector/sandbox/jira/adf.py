"""Whether a value is an Atlassian document (ADF) that Jira Cloud accepts, and its plain text.

Only the nodes and marks that a text document needs are known; media, extensions, layouts, tasks
and decisions are refused like any unknown node. Source of the nesting rules: Atlassian's ADF
schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LIMIT = 32_767
"""Characters that a description or comment may have."""

_DEEPEST = 60

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _widths(value: Any) -> bool:
    return isinstance(value, list) and all(_number(width) for width in value)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _one_of(*allowed: Any) -> Check:
    return lambda value: any(value == one and type(value) is type(one) for one in allowed)


@dataclass(frozen=True)
class _Kind:
    """What one node or mark type may hold. `needed`, `optional`: attributes and their checks."""

    content: frozenset[str] = frozenset()
    at_least: int = 0
    needed: tuple[tuple[str, Check], ...] = ()
    optional: tuple[tuple[str, Check], ...] = ()
    first: frozenset[str] | None = None

    def attribute(self, name: str) -> Check | None:
        return dict(self.needed + self.optional).get(name)


_LOCAL = (("localId", _text),)
_INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"})
_LISTS = frozenset({"bulletList", "orderedList"})
_IN_ITEM = frozenset({"paragraph", "codeBlock"}) | _LISTS
_IN_PANEL = frozenset({"paragraph", "heading", "codeBlock", "rule", "blockCard"}) | _LISTS
_IN_NESTED = _IN_PANEL - {"blockCard"} | {"panel", "blockquote"}
_IN_CELL = _IN_PANEL | {"panel", "blockquote", "nestedExpand"}
_IN_EXPAND = _IN_PANEL | {"panel", "blockquote", "table", "nestedExpand"}
_IN_DOC = _IN_PANEL | {"panel", "blockquote", "table", "expand"}
_CELL = _Kind(
    _IN_CELL,
    at_least=1,
    optional=(
        ("colspan", _number),
        ("rowspan", _number),
        ("colwidth", _widths),
        ("background", _text),
        *_LOCAL,
    ),
)
_PANELS = _one_of("info", "note", "tip", "warning", "error", "success", "custom")
_COLOURS = _one_of("neutral", "purple", "blue", "red", "yellow", "green")

_NODES: dict[str, _Kind] = {
    "paragraph": _Kind(_INLINE, optional=_LOCAL),
    "heading": _Kind(_INLINE, needed=(("level", _one_of(1, 2, 3, 4, 5, 6)),), optional=_LOCAL),
    "text": _Kind(),
    "hardBreak": _Kind(optional=(("text", _one_of("\n")), *_LOCAL)),
    "bulletList": _Kind(frozenset({"listItem"}), at_least=1, optional=_LOCAL),
    "orderedList": _Kind(
        frozenset({"listItem"}), at_least=1, optional=(("order", _number), *_LOCAL)
    ),
    "listItem": _Kind(
        _IN_ITEM, at_least=1, optional=_LOCAL, first=frozenset({"paragraph", "codeBlock"})
    ),
    "blockquote": _Kind(_IN_ITEM, at_least=1, optional=_LOCAL),
    "panel": _Kind(
        _IN_PANEL,
        at_least=1,
        needed=(("panelType", _PANELS),),
        optional=(
            ("panelIcon", _text),
            ("panelIconId", _text),
            ("panelIconText", _text),
            ("panelColor", _text),
            *_LOCAL,
        ),
    ),
    "codeBlock": _Kind(
        frozenset({"text"}), optional=(("language", _text), ("uniqueId", _text), *_LOCAL)
    ),
    "rule": _Kind(optional=_LOCAL),
    "table": _Kind(
        frozenset({"tableRow"}),
        at_least=1,
        optional=(
            ("isNumberColumnEnabled", _flag),
            ("layout", _text),
            ("displayMode", _one_of("default", "fixed")),
            ("width", _number),
            *_LOCAL,
        ),
    ),
    "tableRow": _Kind(frozenset({"tableCell", "tableHeader"}), optional=_LOCAL),
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "expand": _Kind(_IN_EXPAND, at_least=1, optional=(("title", _text), *_LOCAL)),
    "nestedExpand": _Kind(_IN_NESTED, at_least=1, optional=(("title", _text), *_LOCAL)),
    "mention": _Kind(
        needed=(("id", _text),),
        optional=(("text", _text), ("accessLevel", _text), ("userType", _text), *_LOCAL),
    ),
    "emoji": _Kind(
        needed=(("shortName", _text),), optional=(("id", _text), ("text", _text), *_LOCAL)
    ),
    "date": _Kind(needed=(("timestamp", _filled),), optional=_LOCAL),
    "status": _Kind(
        needed=(("text", _filled), ("color", _COLOURS)), optional=(("style", _text), *_LOCAL)
    ),
    "inlineCard": _Kind(optional=(("url", _text), ("data", _object), *_LOCAL)),
    "blockCard": _Kind(optional=(("url", _text), ("data", _object), *_LOCAL)),
}

_MARKS: dict[str, _Kind] = {
    "strong": _Kind(),
    "em": _Kind(),
    "underline": _Kind(),
    "strike": _Kind(),
    "code": _Kind(),
    "subsup": _Kind(needed=(("type", _one_of("sub", "sup")),)),
    "textColor": _Kind(needed=(("color", _text),)),
    "backgroundColor": _Kind(needed=(("color", _text),)),
    "link": _Kind(
        needed=(("href", _text),),
        optional=(("title", _text), ("id", _text), ("collection", _text)),
    ),
}

NODES = frozenset(_NODES)
"""The names of the node types that are accepted below `doc`."""


def problem(document: Any) -> str | None:
    """Why `document` is refused, with the place; None when it is a valid document."""
    if not isinstance(document, dict) or document.get("type") != "doc":
        return "doc: the root is not a doc node"
    if document.get("version") != 1 or isinstance(document.get("version"), bool):
        return "doc: version is not 1"
    if set(document) != {"type", "version", "content"}:
        return "doc: the root has exactly type, version and content"
    return _content(document["content"], _IN_DOC, "doc", 1)


def _content(content: Any, allowed: frozenset[str], where: str, depth: int) -> str | None:
    if not isinstance(content, list):
        return f"{where}: content is not a list"
    if depth > _DEEPEST:
        return f"{where}: nested too deep"
    for index, node in enumerate(content):
        found = _node(node, allowed, f"{where}.content[{index}]", depth)
        if found is not None:
            return found
    return None


def _node(node: Any, allowed: frozenset[str], where: str, depth: int) -> str | None:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return f"{where}: not a node"
    name = node["type"]
    if name not in allowed:
        return f"{where}: {name!r} is not allowed here"
    kind = _NODES[name]
    where = f"{where}.{name}"
    known = {"type", "attrs", "content"} | ({"text", "marks"} if name == "text" else set())
    if not set(node) <= known:
        return f"{where}: unknown key {min(set(node) - known)!r}"
    if name == "text":
        return _text_node(node, where)
    return _attributes(kind, node, where) or _children(kind, node, where, depth)


def _children(kind: _Kind, node: dict[str, Any], where: str, depth: int) -> str | None:
    if not kind.content:
        return f"{where}: holds no content" if "content" in node else None
    children = node.get("content", [])
    if isinstance(children, list) and len(children) < kind.at_least:
        return f"{where}: needs content"
    found = _content(children, kind.content, where, depth + 1)
    if found is None and kind.first is not None and children[0]["type"] not in kind.first:
        return f"{where}: may not begin with {children[0]['type']!r}"
    if found is None and node["type"] == "codeBlock" and any(c.get("marks") for c in children):
        return f"{where}: text in a codeBlock has no marks"
    return found


def _attributes(kind: _Kind, node: dict[str, Any], where: str) -> str | None:
    attributes = node.get("attrs", {})
    if not isinstance(attributes, dict):
        return f"{where}: attrs is not an object"
    for name, _ in kind.needed:
        if name not in attributes:
            return f"{where}: attribute {name!r} is missing"
    for name, value in attributes.items():
        check = kind.attribute(name)
        if check is None:
            return f"{where}: unknown attribute {name!r}"
        if not check(value):
            return f"{where}: attribute {name!r} has a wrong value"
    return None


def _text_node(node: dict[str, Any], where: str) -> str | None:
    if "content" in node or "attrs" in node:
        return f"{where}: a text node has text and marks only"
    if not _filled(node.get("text")):
        return f"{where}: the text is empty"
    marks = node.get("marks", [])
    if not isinstance(marks, list):
        return f"{where}: marks is not a list"
    names: list[str] = []
    for index, mark in enumerate(marks):
        found = _mark(mark, f"{where}.marks[{index}]")
        if found is not None:
            return found
        names.append(mark["type"])
    if len(set(names)) != len(names):
        return f"{where}: a mark is repeated"
    if "code" in names and not set(names) <= {"code", "link"}:
        return f"{where}: code combines with link only"
    return None


def _mark(mark: Any, where: str) -> str | None:
    if not isinstance(mark, dict) or mark.get("type") not in _MARKS:
        return f"{where}: no known mark"
    if not set(mark) <= {"type", "attrs"}:
        return f"{where}: unknown key"
    return _attributes(_MARKS[mark["type"]], mark, where)


def plain(document: Any) -> str:
    """The text of a document (or of a plain string): a line for each block and hard break."""
    if isinstance(document, str):
        return document
    return "\n".join(_lines(document)) if isinstance(document, dict) else ""


_BLOCKS_OF_INLINE = frozenset({"paragraph", "heading", "codeBlock"})


def _lines(node: dict[str, Any]) -> list[str]:
    if node.get("type") in _BLOCKS_OF_INLINE:
        return "".join(map(_inline, node.get("content", []))).split("\n")
    title = node.get("attrs", {}).get("title")
    lines = [title] if isinstance(title, str) and title else []
    for child in node.get("content", []):
        lines += _lines(child)
    return lines


def _inline(node: dict[str, Any]) -> str:
    if node.get("type") == "hardBreak":
        return "\n"
    attributes = node.get("attrs", {})
    shown = node.get("text") or attributes.get("text") or attributes.get("url")
    return str(shown or attributes.get("shortName") or attributes.get("timestamp") or "")


def document_of(text: str) -> dict[str, Any]:
    """Plain text as a document: what Cloud makes of a v2 string without markup."""
    paragraphs = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}]}
        if line
        else {"type": "paragraph"}
        for line in text.split("\n")
    ]
    return {"type": "doc", "version": 1, "content": paragraphs if text else []}
