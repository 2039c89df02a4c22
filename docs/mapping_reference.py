"""The reference of every key of config.toml and mappings/, from the models that check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.schemas import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD = """\
# Reference of every key

From the models that check the files. Written by `python docs/generate.py`; do not edit.

What the files are for: [mappings](mappings.md). Time is text such as `"30d"`, `"90 minutes"` or
`"24 business hours"`. A key without a default may be left out unless it says "required". The
shipped files show every value that is used when a key is left out.
"""
_COMMON = ("enabled", "skip_tags", "kind")
"""Keys of every trigger and suppressor: told once."""


def reference() -> str:
    """The whole page."""
    parts = [_HEAD]
    for name, schema in schemas().items():
        parts.append(f"## {name}.toml\n")
        parts += _file(schema)
    return "\n".join(parts)


def _file(schema: Mapping[str, Any]) -> Iterator[str]:
    if "description" in schema and schema["title"] != "config.toml":
        yield f"{_prose(schema['description'])}\n"
    tables, keys = {}, {}
    for name, node in schema["properties"].items():
        below = _models(node, schema)
        if below:
            tables[name] = (node, below)
        else:
            keys[name] = node
    if keys:
        yield _table(keys, schema)
    for name, (node, below) in tables.items():
        yield from _section(name, node, below, schema)


def _section(
    name: str, node: Mapping[str, Any], models: list[Mapping[str, Any]], schema: Mapping[str, Any]
) -> Iterator[str]:
    shape = f"[[{name}]]" if node.get("type") == "array" else f"[{name}]"
    if "additionalProperties" in node:
        shape = f"[{name}.NAME]"
    yield f"### `{shape}`\n"
    if len(models) == 1:
        yield from _model(models[0], schema)
        return
    yield (
        "Every one has `kind`, `enabled` (true) and `skip_tags` (a list of tags whose tickets are "
        "left alone).\n"
    )
    for model in models:
        yield f"#### `{model['properties']['kind']['const']}`\n"
        yield from _model(model, schema, leave=_COMMON)


def _model(
    model: Mapping[str, Any], schema: Mapping[str, Any], leave: tuple[str, ...] = ()
) -> Iterator[str]:
    if "description" in model:
        yield f"{_prose(model['description'])}\n"
    keys = {key: node for key, node in model["properties"].items() if key not in leave}
    if keys:
        yield _table(keys, schema, set(model.get("required", ())))
    for key, node in keys.items():
        for below in _models(node, schema):
            yield f"`{key}`: {_prose(below.get('description', ''))}\n"
            yield _table(below["properties"], schema, set(below.get("required", ())))


def _table(
    keys: Mapping[str, Any], schema: Mapping[str, Any], required: set[str] | None = None
) -> str:
    lines = ["| key | takes | default |", "|---|---|---|"]
    for key, node in keys.items():
        default = "required" if key in (required or ()) else _default(node)
        lines.append(f"| `{key}` | {_takes(node, schema)} | {default} |")
    return "\n".join(lines) + "\n"


def _default(node: Mapping[str, Any]) -> str:
    if "default" not in node:
        return ""
    value = node["default"]
    shown = str(value).lower() if isinstance(value, bool) else str(value).replace("\n", " ")
    return f"`{shown.replace('|', chr(92) + '|')}`"


def _takes(node: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """In words: `one of a, b`, `list of text`, `whole number from 1 to 365`."""
    node = _resolved(node, schema)
    if "enum" in node:
        return f"one of {', '.join(f'`{value}`' for value in node['enum'])}"
    if "const" in node:
        return f"`{node['const']}`"
    if "anyOf" in node or "oneOf" in node:
        options = [one for one in node.get("anyOf", node.get("oneOf")) if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(_takes(one, schema) for one in options))
    kind = node.get("type")
    if kind == "array":
        return f"list of {_takes(node['items'], schema)}" if "items" in node else "list"
    if kind == "object":
        return "table"
    if kind in {"integer", "number"}:
        return f"{'whole number' if kind == 'integer' else 'number'}{_bounds(node)}"
    names = {"string": "text", "boolean": "true or false"}
    return names.get(str(kind), "text")


def _bounds(node: Mapping[str, Any]) -> str:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    more = "above" if "exclusiveMinimum" in node else "from"
    told = f" {more} {low}" if low is not None else ""
    return told + (f" to {high}" if high is not None else "")


def _models(node: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tables that may stand at this place, if it is a place for tables."""
    node = _resolved(node, schema)
    if "properties" in node:
        return [node]
    for inner in (node.get("items"), node.get("additionalProperties")):
        if isinstance(inner, dict):
            return _models(inner, schema)
    options = node.get("anyOf", node.get("oneOf", ()))
    return [model for option in options for model in _models(option, schema)]


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    found: Mapping[str, Any] = schema["definitions"][node["$ref"].rpartition("/")[2]]
    return found


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("None:", "left out:")
