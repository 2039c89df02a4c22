"""What pydantic found wrong with a file or a variable, as lines that a person can act on.

A line names the place, the value where it may be shown, what is allowed and the nearest match.
What is allowed is read from the model's JSON schema, at the very place of the mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from connector.core.names import UnknownNameError
from connector.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from connector.core.model import Json

Loc = tuple[int | str, ...]

_LONGEST_LIST = 40
_LONGEST_VALUE = 60
_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
    "mapping": "a table",
    "date": "a date such as 2026-12-24",
    "path": "a path",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


class Spot(NamedTuple):
    """A place as people read it ("rules[2].state"), and the schema of what may stand there."""

    path: str
    schema: Mapping[str, Json]


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    *,
    name: Callable[[Loc, str], str],
    may_show: Callable[[Loc], bool] = lambda _: True,
) -> list[str]:
    """One line for each mistake, in the order of the file.

    `name` turns a place (location and path) into what its line begins with. Values are shown only
    where `may_show` agrees, and never those of unknown keys.
    """
    schema = model.model_json_schema()
    lines = []
    for detail in error.errors(include_url=False):
        loc = tuple(part for part in detail["loc"] if part != "[key]")
        spot, parent = spot_at(schema, loc), spot_at(schema, loc[:-1])
        place = name(loc, spot.path)
        if detail["type"] == "extra_forbidden":
            lines.append(unknown_key(place, str(loc[-1]), parent.schema.get("properties", {})))
        elif detail["loc"][-1:] == ("[key]",):
            names = _names(_resolved(schema, parent.schema.get("propertyNames", {})))
            lines.append(unknown_key(place, str(loc[-1]), names))
        else:
            lines.append(_said(detail, spot.schema, place, shown=may_show(loc)))
    return list(dict.fromkeys(lines))


def unknown_key(place: str, key: str, known: Collection[str]) -> str:
    """The line about a key that means nothing here."""
    return f"{place} is no key here.{_allowed(known, 'Known')}{did_you_mean(key, known)}"


def spot_at(schema: Mapping[str, Json], loc: Loc) -> Spot:
    """Follows a location through a schema; the tag of a union is no part of the path."""
    path, here = "", _resolved(schema, schema)
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
            here = _resolved(schema, here.get("items", {}))
            continue
        tags = here.get("discriminator", {}).get("mapping", {})
        if part in tags:
            here = _resolved(schema, {"$ref": tags[part]})
            continue
        path += f".{part}" if path else part
        by_pattern = (s for p, s in here.get("patternProperties", {}).items() if re.search(p, part))
        below = here.get("properties", {}).get(part) or here.get("additionalProperties")
        below = below if isinstance(below, dict) else next(by_pattern, None)
        here = _resolved(schema, below) if isinstance(below, dict) else {}
    return Spot(path, here)


def _resolved(root: Mapping[str, Json], node: Mapping[str, Json]) -> Mapping[str, Json]:
    """The schema itself: references followed, "or nothing" left out."""
    while True:
        if "$ref" in node:
            node = root["$defs"][str(node["$ref"]).rpartition("/")[2]]
        elif "anyOf" in node:
            real = [option for option in node["anyOf"] if option.get("type") != "null"]
            node = real[0] if len(real) == 1 else {}
        else:
            return node


def _said(detail: ErrorDetails, schema: Mapping[str, Json], place: str, *, shown: bool) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "missing":
        return f"{place} is missing.{_allowed(_names(schema))}"
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _wrong_tag(place, context, schema)
    is_value = f"{place} is {_short(value)}" if shown else f"{place} (its value is not shown)"
    cause = context.get("error")
    if kind in {"literal_error", "enum"}:
        names = _names(schema)
        near = did_you_mean(str(value), names) if shown else ""
        return f"{is_value}.{_allowed(names)}{near}"
    if isinstance(cause, UnknownNameError):
        near = did_you_mean(str(value), cause.known) if shown else ""
        return f"{is_value}, which is no {cause.what}.{_allowed(cause.known)}{near}"
    if kind == "value_error":
        said = str(cause)
        stop = "" if said.endswith((".", "?")) else "."
        return f"{place if isinstance(value, dict | list) else is_value}: {said}{stop}"
    return f"{is_value}: expected {_expected(kind, context, detail['msg'])}."


def _wrong_tag(place: str, context: Mapping[str, Json], schema: Mapping[str, Json]) -> str:
    """A table of a list whose `kind` is missing, or is none that exists."""
    known = list(schema.get("discriminator", {}).get("mapping", {}))
    key = f"{place}.{str(context['discriminator']).strip(chr(39))}"
    if "tag" not in context:
        return f"{key} is missing.{_allowed(known)}"
    tag = str(context["tag"])
    return f"{key} is {tag!r}.{_allowed(known)}{did_you_mean(tag, known)}"


def _expected(kind: str, context: Mapping[str, Json], message: str) -> str:
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"{words} {context[key]}"
    if kind == "string_pattern_mismatch":
        return f"text like {context['pattern']}"
    if kind == "string_too_short":
        return f"at least {context['min_length']} characters"
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    if kind == "too_short":
        return f"at least {context['min_length']} of them"
    subject = kind.removesuffix("_type").removesuffix("_parsing")
    return _EXPECTED.get(subject, f"something else ({message[0].lower()}{message[1:]})")


def _names(schema: Mapping[str, Json]) -> list[str]:
    """The values that a schema lists, if it lists any."""
    return [
        str(value) for value in schema.get("enum", [schema["const"]] if "const" in schema else ())
    ]


def _allowed(names: Collection[str], word: str = "Allowed") -> str:
    return f" {word}: {', '.join(names)}." if 0 < len(names) <= _LONGEST_LIST else ""


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
