"""What a Zendesk account has, for `escalation check`: reads only, none of them in a sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ValidationError

from connector.clients.line import next_cursor, rows
from connector.clients.wire import Listed, Wire, name_of
from connector.errors import GoneError, RefusedError
from connector.ports import DeskFacts, FieldFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.clients.line import Line

_MOST_PAGES = 50
_UNAUTHENTICATED = 401
_LINK_PATHS = ("jira/links", "/api/services/jira/links")


class WireOption(Wire):
    value: str | None = None


class WireCustomStatus(Wire):
    status_category: str
    agent_label: str | None = None
    active: bool = True


class WireFieldFacts(Wire):
    id: int
    key: str | None = None
    title: str | None = None
    type: str = "unknown"
    active: bool = True
    required: bool = False
    custom_field_options: Annotated[tuple[WireOption, ...], Listed] = ()


def desk_facts(line: Line, groups: Mapping[str, int]) -> DeskFacts:
    """Everything that a mapping may name, and whether exports and native links answer."""
    start = int((line.now() - timedelta(minutes=5)).timestamp())
    export = ("incremental/tickets/cursor.json", {"start_time": start, "per_page": 1})
    return DeskFacts(
        groups=groups,
        ticket_fields=_fields(line, "ticket_fields"),
        organization_fields=_fields(line, "organization_fields"),
        statuses=_statuses(line),
        exports=_answers(line, *export),
        native_links=any(_answers(line, path, {"page[size]": 1}) for path in _LINK_PATHS),
    )


def _statuses(line: Line) -> dict[str, tuple[str, ...]]:
    """Labels by category; none where the account or our role does not show them."""
    try:
        raws = line.get("custom_statuses.json").get("custom_statuses")
    except (GoneError, RefusedError) as error:
        _let_pass(error)
        return {}
    found: dict[str, list[str]] = {}
    for raw in raws if isinstance(raws, list) else []:
        try:
            wire = WireCustomStatus.model_validate(raw)
        except ValidationError:
            continue
        if wire.active:
            found.setdefault(wire.status_category, []).append(name_of(wire.agent_label))
    return {category: tuple(labels) for category, labels in found.items()}


def _fields(line: Line, name: str) -> tuple[FieldFacts, ...] | None:
    """The active fields; None when the account or our role does not show them."""
    found: list[FieldFacts] = []
    query: dict[str, Any] = {"page[size]": 100}
    for _ in range(_MOST_PAGES):
        try:
            document = line.get(f"{name}.json", query)
        except (GoneError, RefusedError) as error:
            _let_pass(error)
            return None
        by_id = name == "ticket_fields"
        raws = rows(document, name, f"zendesk: {name}")
        found += [fact for raw in raws if (fact := _fact(raw, by_id=by_id))]
        after = next_cursor(document)
        if after is None or after == query.get("page[after]"):
            break
        query["page[after]"] = after
    return tuple(found)


def _fact(raw: Any, *, by_id: bool) -> FieldFacts | None:
    try:
        wire = WireFieldFacts.model_validate(raw)
    except ValidationError:
        return None
    if not wire.active:
        return None
    return FieldFacts(
        key=str(wire.id) if by_id else wire.key or str(wire.id),
        name=name_of(wire.title),
        kind=wire.type,
        required=wire.required,
        options=tuple(one.value for one in wire.custom_field_options if one.value),
    )


def _answers(line: Line, path: str, query: Mapping[str, Any]) -> bool:
    try:
        line.get(path, query)
    except (GoneError, RefusedError) as error:
        _let_pass(error)
        return False
    return True


def _let_pass(error: GoneError | RefusedError) -> None:
    """A credential that is refused is no missing feature."""
    if isinstance(error, RefusedError) and error.status == _UNAUTHENTICATED:
        raise error
