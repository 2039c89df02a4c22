"""Search: a useful part of Zendesk's query language over the index, which may lag.

Words of a query are joined by AND; several of one key (`tags:a tags:b`) by OR, as Zendesk does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.zendesk.exports import nested, sideloads
from connector.sandbox.zendesk.paging import PAGE, invalid_parameter, page, url, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.responses import Response

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Ticket

MOST_RESULTS = 1000
_TERM = re.compile(
    r"""(?P<minus>-?)(?:(?P<key>[a-z_][a-z_0-9]{0,60})(?P<op>:|>=|<=|>|<))?(?P<value>"[^"]{0,500}"|\S{1,500})""",
    re.VERBOSE | re.IGNORECASE,
)
_ORDERED = {
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "priority": ("", "low", "normal", "high", "urgent"),
}
_DATES = {
    "created": "created_at",
    "created_at": "created_at",
    "updated": "updated_at",
    "updated_at": "updated_at",
}
_AGO = re.compile(r"(?P<count>\d{1,6})(?P<unit>hours?|minutes?|days?|weeks?)\Z")
_INCLUDE = re.compile(r"tickets\((?P<names>[a-z_,]{0,200})\)")


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    op: str
    value: str
    negated: bool


def results(visit: Visit) -> Response:
    """GET /search: offset pages only, and nothing past the thousandth result."""
    if "page[size]" in visit.query:
        raise invalid_parameter("page", "must be an integer")
    number, size = whole(visit, "page", 1), min(whole(visit, "per_page", PAGE), PAGE)
    if number * size > MOST_RESULTS:
        text = "Invalid search: Requested response size was greater than Search Response Limits"
        raise Refusal(422, {"error": "invalid", "description": text})
    found = _sorted(visit, _found(visit))
    begin = (number - 1) * size
    more = begin + size < len(found)
    part = found[begin : begin + size]
    return JsonAnswer(
        {
            "results": [_result(visit, ticket) for ticket in part],
            **_beside(visit, part),
            "facets": None,
            "next_page": url(visit, page=number + 1) if more else None,
            "previous_page": url(visit, page=number - 1) if number > 1 else None,
            "count": len(found),
        }
    )


def count(visit: Visit) -> Response:
    """GET /search/count"""
    return JsonAnswer({"count": len(_found(visit))})


def export(visit: Visit) -> Response:
    """GET /search/export: cursor pages, oldest first, without a count."""
    found = sorted(_found(visit), key=lambda ticket: (ticket.created_at, ticket.id))
    if "page[size]" not in visit.query:
        part, beside = found[:PAGE], {"meta": {"has_more": False}, "links": {"next": None}}
    else:
        shown, beside = page(visit, found)
        part = list(shown)
    told = [_result(visit, ticket) for ticket in part]
    return JsonAnswer({"results": told, "facets": None, **beside})


def parse(query: str) -> list[Term]:
    """The terms of a query; a word without a key has the key "text"."""
    terms = []
    for match in _TERM.finditer(query):
        value = match["value"].strip('"')
        key = (match["key"] or "text").lower()
        terms.append(Term(key, match["op"] or ":", value, match["minus"] == "-"))
    return terms


def _found(visit: Visit) -> list[Ticket]:
    query = visit.query.get("query")
    if query is None:
        raise invalid_parameter("query", "is required")
    terms = parse(query)
    kinds = {term.value for term in terms if term.key == "type"}
    kinds = kinds or {visit.query.get("filter[type]", "ticket")}
    if "ticket" not in kinds:
        return []
    wanted = _grouped(visit, [term for term in terms if term.key != "type"])
    return [ticket for ticket in visit.store.indexed() if all(test(ticket) for test in wanted)]


def _grouped(visit: Visit, terms: Iterable[Term]) -> list[Callable[[Ticket], bool]]:
    """One test for each key and sign: equalities of one key are alternatives."""
    single: list[list[Term]] = []
    alike: dict[str, list[Term]] = {}
    for term in terms:
        if term.op == ":" and not term.negated and term.key != "text":
            alike.setdefault(term.key, []).append(term)
        else:
            single.append([term])
    return [partial(_any_matches, visit, together) for together in [*single, *alike.values()]]


def _any_matches(visit: Visit, terms: list[Term], ticket: Ticket) -> bool:
    return any(_matches(visit, ticket, term) for term in terms)


def _matches(visit: Visit, ticket: Ticket, term: Term) -> bool:
    return _holds(visit, ticket, term) is not term.negated


def _holds(visit: Visit, ticket: Ticket, term: Term) -> bool:
    if term.key in _ORDERED:
        order = _ORDERED[term.key]
        if term.value not in order:
            return False
        held = getattr(ticket, term.key) or ""
        return _compare(order.index(held), term.op, order.index(term.value))
    if term.key in _DATES:
        return _dated(getattr(ticket, _DATES[term.key]), term, visit.desk.world.now())
    if term.key == "text":
        return term.value.lower() in f"{ticket.subject}\n{ticket.description}".lower()
    return term.value.lower() in _names(visit, ticket, term.key)


def _names(visit: Visit, ticket: Ticket, key: str) -> set[str]:
    """What `key:value` may say of this ticket, in lower case."""
    store = visit.store
    names: list[Any] = []
    if key in {"tags", "tag"}:
        names = list(ticket.tags)
    elif key == "organization" and ticket.organization_id:
        names = [store.organizations[ticket.organization_id].name, ticket.organization_id]
    elif key == "requester":
        user = store.users[ticket.requester_id]
        names = [user.name, user.email, user.id]
    elif key == "group" and ticket.group_id:
        names = [store.groups[ticket.group_id].name, ticket.group_id]
    elif key == "assignee":
        assignee = store.users.get(ticket.assignee_id or 0)
        names = [assignee.name, assignee.email, assignee.id] if assignee else ["none"]
    elif key == "ticket_type":
        names = [ticket.type]
    elif key == "external_id":
        names = [ticket.external_id]
    elif key.startswith("custom_field_"):
        names = [ticket.fields.get(int(key.rpartition("_")[2] or 0))]
    return {str(name).lower() for name in names if name is not None}


def _compare(left: Any, op: str, right: Any) -> bool:
    if op == ":":
        return bool(left == right)
    if op == "<":
        return bool(left < right)
    if op == ">":
        return bool(left > right)
    return bool(left <= right) if op == "<=" else bool(left >= right)


def _dated(moment: datetime, term: Term, now: datetime) -> bool:
    ago = _AGO.match(term.value)
    if ago is not None:
        unit = ago["unit"].rstrip("s") + "s"
        limit = now - timedelta(**{unit: int(ago["count"])})
        return _compare(moment, term.op, limit)
    try:
        limit = datetime.fromisoformat(term.value)
    except ValueError:
        return False
    limit = limit if limit.tzinfo else limit.replace(tzinfo=UTC)
    if term.op == ":" and len(term.value) == len("2026-01-31"):
        return limit <= moment < limit + timedelta(days=1)
    return _compare(moment, term.op, limit)


def _sorted(visit: Visit, tickets: list[Ticket]) -> list[Ticket]:
    name = visit.query.get("sort_by", "")
    downward = visit.query.get("sort_order", "desc") == "desc"
    if name in _DATES:
        return sorted(tickets, key=lambda one: (getattr(one, _DATES[name]), one.id),
                      reverse=downward)  # fmt: skip
    if name in _ORDERED:
        order = _ORDERED[name]
        return sorted(tickets, key=lambda one: (order.index(getattr(one, name) or ""), one.id),
                      reverse=downward)  # fmt: skip
    return sorted(tickets, key=lambda one: one.id, reverse=True)


def _nested_names(visit: Visit) -> frozenset[str]:
    match = _INCLUDE.search(visit.query.get("include", ""))
    return frozenset(match["names"].split(",")) if match else frozenset()


def _result(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    """A result is the ticket as it is now: only finding it depends on the index."""
    current = visit.store.tickets[ticket.id]
    added = nested(visit, current, _nested_names(visit))
    return {**visit.shapes.ticket(current), **added, "result_type": "ticket"}


def _beside(visit: Visit, tickets: list[Ticket]) -> dict[str, Any]:
    names = _nested_names(visit)
    return sideloads(visit, tickets, names) if names else {}
