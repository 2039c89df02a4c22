"""Reads of tickets: one, many, lists, comments, audits, metrics, SLA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.zendesk.desk import ids_of, no_endpoint, not_found
from connector.sandbox.zendesk.exports import nested, sideloads
from connector.sandbox.zendesk.paging import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Ticket

_CURSOR_SORTS = frozenset({"updated_at", "id", "status"})
_OFFSET_SORTS = frozenset({"created_at", "id", "updated_at", "status", "priority", "subject"})


def count(visit: Visit) -> Response:
    """GET /tickets/count"""
    value = len(_living(visit))
    refreshed = visit.desk.world.now().isoformat(timespec="seconds")
    return JsonAnswer({"count": {"value": value, "refreshed_at": refreshed}})


def listed(visit: Visit) -> Response:
    """GET /tickets"""
    tickets = _living(visit)
    external = visit.query.get("external_id")
    if external is not None:
        tickets = [ticket for ticket in tickets if ticket.external_id == external]
    return _tickets(visit, _sorted(visit, tickets))


def shown(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}"""
    ticket = visit.ticket()
    told = {**visit.shapes.ticket(ticket), **nested(visit, ticket)}
    return JsonAnswer({"ticket": told, **sideloads(visit, [ticket])})


def shown_many(visit: Visit) -> Response:
    """GET /tickets/show_many: those that exist, at most a hundred."""
    wanted = dict.fromkeys(ids_of(visit.query))
    known = [visit.store.tickets.get(id_) for id_ in wanted]
    found = [ticket for ticket in known if ticket is not None and ticket.status != "deleted"]
    told = [{**visit.shapes.ticket(ticket), **nested(visit, ticket)} for ticket in found]
    beside = {"next_page": None, "previous_page": None, "count": len(found)}
    return JsonAnswer({"tickets": told, **sideloads(visit, found), **beside})


def incidents(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/incidents"""
    problem = visit.ticket()
    return _tickets(visit, [known for known in _living(visit) if known.problem_id == problem.id])


def problems(visit: Visit) -> Response:
    """GET /problems"""
    return _tickets(visit, [known for known in _living(visit) if known.type == "problem"])


def related(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/related"""
    ticket, store = visit.ticket(), visit.store
    linked = [link for link in store.links.values() if link.ticket_id == str(ticket.id)]
    return JsonAnswer(
        {
            "topic_id": None,
            "jira_issue_ids": [link.issue_id for link in linked],
            "followup_source_ids": [str(ticket.follows)] if ticket.follows else [],
            "from_archive": False,
            "incidents": sum(known.problem_id == ticket.id for known in store.tickets.values()),
        }
    )


def comments(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/comments"""
    ticket = visit.ticket()
    newest_first = visit.query.get("sort") == "-created_at" or (
        visit.query.get("sort_order") == "desc" and "page[size]" not in visit.query
    )
    ordered = ticket.comments[::-1] if newest_first else ticket.comments
    part, beside = page(visit, ordered)
    audits = visit.store.audits
    told = [visit.shapes.comment(comment, audits[comment.audit_id]) for comment in part]
    if "users" in visit.includes:
        ids = sorted({comment.author_id for comment in part})
        beside["users"] = [visit.shapes.user(visit.store.users[id_]) for id_ in ids]
    return JsonAnswer({"comments": told, **beside})


def audits(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/audits"""
    ticket = visit.ticket()
    found = ticket.audits
    kinds = set(visit.query.getlist("filter_events[]"))
    if kinds:
        found = [
            audit for audit in found if any(event.kind in kinds for event in audit.events)
        ]  # fmt: skip
    if visit.query.get("sort") == "-created_at" or visit.query.get("sort_order") == "desc":
        found = found[::-1]
    part, beside = page(visit, found)
    return JsonAnswer({"audits": [visit.shapes.audit(audit) for audit in part], **beside})


def metrics(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/metrics"""
    return JsonAnswer({"ticket_metric": visit.shapes.metrics(visit.ticket())})


def all_metrics(visit: Visit) -> Response:
    """GET /ticket_metrics"""
    part, beside = page(visit, _living(visit))
    return JsonAnswer({"ticket_metrics": [visit.shapes.metrics(known) for known in part], **beside})


def policy_metrics(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/slas/policy_metrics: 404 for a ticket without an SLA."""
    if not visit.desk.world.options.slas_endpoint:
        raise no_endpoint()
    ticket = visit.ticket()
    if not ticket.slas:
        raise not_found()
    return JsonAnswer(visit.shapes.slas(ticket))


def tags(visit: Visit) -> Response:
    """GET /tickets/{ticket_id}/tags"""
    return JsonAnswer({"tags": visit.ticket().tags})


def _living(visit: Visit) -> list[Ticket]:
    known = visit.store.tickets
    return [known[id_] for id_ in sorted(known) if known[id_].status != "deleted"]


def _tickets(visit: Visit, tickets: list[Ticket]) -> Response:
    part, beside = page(visit, tickets)
    bare = "meta" in beside
    told = [{**visit.shapes.ticket(known, bare=bare), **nested(visit, known)} for known in part]
    return JsonAnswer({"tickets": told, **sideloads(visit, list(part)), **beside})


def _sorted(visit: Visit, tickets: list[Ticket]) -> list[Ticket]:
    """Cursor lists know `sort`; with them `sort_by` is passed over without a word."""
    if "page[size]" in visit.query or "page[after]" in visit.query:
        name = visit.query.get("sort", "id")
        if name.removeprefix("-") not in _CURSOR_SORTS:
            title = "sort is not valid"
            problem = {"code": "InvalidPaginationParameter", "title": title, "detail": title}
            raise Refusal(400, {"errors": [problem]})
        return _ordered(tickets, name.removeprefix("-"), downward=name.startswith("-"))
    name = visit.query.get("sort_by", "id")
    downward = visit.query.get("sort_order") == "desc"
    return _ordered(tickets, name if name in _OFFSET_SORTS else "id", downward=downward)


def _ordered(tickets: list[Ticket], name: str, *, downward: bool) -> list[Ticket]:
    def key(ticket: Ticket) -> tuple[Any, int]:
        value = getattr(ticket, name)
        return ("" if value is None else value, ticket.id)

    return sorted(tickets, key=key, reverse=downward)
