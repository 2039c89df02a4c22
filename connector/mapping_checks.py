"""What must fit between the files of mappings/: names that one file uses and another defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.fields import FieldsMapping
from connector.core.routing import RoutingMapping
from connector.core.severity import SeverityMapping
from connector.core.status import StatusMapping
from connector.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel


def contradictions(parts: Mapping[str, BaseModel | None], files: Mapping[str, str]) -> list[str]:
    """One line for each. `files` are the names to show; parts that are wrong themselves are None.

    A product area that nothing defines is a rule that never holds; a field value that no field
    takes is one that nobody ever sees.
    """
    fields, status = parts.get("fields"), parts.get("status")
    if not isinstance(fields, FieldsMapping):
        return []
    found = [
        f"{files[name]}: {path} is {area!r}, {wrong}"
        for name, path, area in _areas(parts)
        if (wrong := _wrong_area(area, fields, files["fields"]))
    ]
    if isinstance(status, StatusMapping) and fields.ticket.state is None:
        found += [
            f"{files['status']}: rules[{number}].field is {rule.field!r}, "
            f"but {files['fields']} names no ticket.state to write it to."
            for number, rule in enumerate(status.rules)
            if rule.field is not None
        ]
    return found


def _wrong_area(area: str, fields: FieldsMapping, file: str) -> str | None:
    """What is wrong with a product area's name. A field without named areas may hold any value."""
    if area in fields.product_areas:
        return None
    if fields.product_areas:
        known = list(fields.product_areas)
        return (
            f"which {file} does not list under product_areas. Known: {', '.join(known)}."
            f"{did_you_mean(area, known)}"
        )
    if fields.ticket.product_area is None:
        return f"but {file} has neither ticket.product_area nor product_areas, so it never holds."
    return None


def _areas(parts: Mapping[str, BaseModel | None]) -> Iterator[tuple[str, str, str]]:
    """Every product area that a rule names: its file, its path, the area."""
    severity, routing = parts.get("severity"), parts.get("routing")
    if isinstance(severity, SeverityMapping):
        for number, rule in enumerate(severity.rules):
            yield from _listed("severity", f"rules[{number}]", rule.when.product_area)
    if isinstance(routing, RoutingMapping):
        for key in ("targets", "notify", "routes"):
            for number, rule in enumerate(getattr(routing, key)):
                yield from _listed("routing", f"{key}[{number}]", rule.when.product_area)


def _listed(name: str, path: str, areas: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for place, area in enumerate(areas):
        yield name, f"{path}.when.product_area[{place}]", area
