"""Zendesk's side of the sandbox as one ASGI application: which path is answered by what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from connector.sandbox.frame import Call, Front, Refusal, route
from connector.sandbox.zendesk import (
    directory,
    exports,
    jobs,
    limits,
    links,
    pages,
    reads,
    search,
    writes,
)
from connector.sandbox.zendesk.access import Access, unauthenticated
from connector.sandbox.zendesk.actions import action_routes
from connector.sandbox.zendesk.build import fill
from connector.sandbox.zendesk.desk import Desk, Visit, no_endpoint
from connector.sandbox.zendesk.limits import Bucket, Limits
from connector.sandbox.zendesk.shapes import Shapes
from connector.sandbox.zendesk.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.routing import BaseRoute

    from connector.sandbox.seed import Seed
    from connector.sandbox.world import Entry, World

_T = "/api/v2/tickets"
_TICKET = f"{_T}/{{ticket_id:int}}"
_READS: tuple[tuple[str, Any, tuple[Bucket, ...]], ...] = (
    ("/api/v2/incremental/tickets/cursor", exports.tickets_by_cursor,
     (limits.EXPORTS, limits.CURSOR_EXPORTS)),
    ("/api/v2/incremental/tickets", exports.tickets_by_time, (limits.EXPORTS,)),
    ("/api/v2/incremental/ticket_events", exports.ticket_events, (limits.EXPORTS,)),
    ("/api/v2/incremental/ticket_metric_events", exports.metric_events, (limits.EXPORTS,)),
    ("/api/v2/incremental/organizations", exports.organizations, (limits.EXPORTS,)),
    (f"{_T}/count", reads.count, ()),
    (f"{_T}/show_many", reads.shown_many, ()),
    (_T, reads.listed, (limits.TICKETS_INDEX,)),
    (_TICKET, reads.shown, ()),
    (f"{_TICKET}/comments", reads.comments, ()),
    (f"{_TICKET}/audits", reads.audits, (limits.AUDITS,)),
    (f"{_TICKET}/metrics", reads.metrics, ()),
    (f"{_TICKET}/related", reads.related, ()),
    (f"{_TICKET}/incidents", reads.incidents, ()),
    (f"{_TICKET}/tags", reads.tags, ()),
    (f"{_TICKET}/slas/policy_metrics", reads.policy_metrics, ()),
    ("/api/v2/problems", reads.problems, ()),
    ("/api/v2/ticket_metrics", reads.all_metrics, ()),
    ("/api/v2/search", search.results, (limits.SEARCH,)),
    ("/api/v2/search/count", search.count, (limits.SEARCH,)),
    ("/api/v2/search/export", search.export, (limits.SEARCH_EXPORT,)),
    ("/api/v2/users", directory.users, ()),
    ("/api/v2/users/show_many", directory.users_many, ()),
    ("/api/v2/users/{id:int}", directory.user, ()),
    ("/api/v2/organizations", directory.organizations, ()),
    ("/api/v2/organizations/show_many", directory.organizations_many, ()),
    ("/api/v2/organizations/{id:int}", directory.organization, ()),
    ("/api/v2/groups", directory.groups, ()),
    ("/api/v2/ticket_fields", directory.ticket_fields, ()),
    ("/api/v2/organization_fields", directory.organization_fields, ()),
    ("/api/v2/custom_statuses", directory.custom_statuses, ()),
    ("/api/v2/slas/policies", directory.policies, ()),
    ("/api/v2/job_statuses/show_many", jobs.status_many, ()),
    ("/api/v2/job_statuses/{id}", jobs.status, ()),
    ("/api/v2/jira/links", links.listed, ()),
    ("/api/services/jira/links", links.listed, ()),
)  # fmt: skip
_PER_TICKET = (limits.PER_TICKET,)
_WRITES: tuple[tuple[str, str, Any, tuple[Bucket, ...]], ...] = (
    ("PUT", f"{_T}/update_many", jobs.update_many, ()),
    ("POST", f"{_T}/update_many", jobs.update_many, ()),
    ("POST", f"{_T}/create_many", jobs.create_many, ()),
    ("POST", _T, writes.create_one, ()),
    ("PUT", _TICKET, writes.update, (limits.UPDATES, *_PER_TICKET)),
    ("DELETE", _TICKET, writes.delete, ()),
    ("PUT", f"{_TICKET}/tags", writes.add_tags, (limits.UPDATES, *_PER_TICKET)),
    ("POST", f"{_TICKET}/tags", writes.set_tags, _PER_TICKET),
    ("DELETE", f"{_TICKET}/tags", writes.remove_tags, _PER_TICKET),
    ("POST", f"{_TICKET}/merge", jobs.merge, ()),
    ("PUT", f"{_TICKET}/comments/{{comment_id:int}}/make_private", writes.make_comment_private,
     _PER_TICKET),
    ("PUT", f"{_TICKET}/audits/{{audit_id:int}}/make_private", writes.make_audit_private,
     _PER_TICKET),
    ("POST", "/api/v2/jira/links", links.create, ()),
    ("POST", "/api/services/jira/links", links.create, ()),
    ("DELETE", "/api/v2/jira/links/{id:int}", links.delete, ()),
    ("DELETE", "/api/services/jira/links/{id:int}", links.delete, ()),
)  # fmt: skip


def zendesk_front(world: World, seed: Seed, controls: Sequence[BaseRoute]) -> Front:
    """The account of the seed, behind its limits; `controls` are served beside it."""
    store = Store(world)
    fill(store, seed)
    desk = Desk(
        world, store, Shapes(store), Access(store), Limits(lambda: world.options.limits)
    )  # fmt: skip
    world.summaries["zendesk"] = lambda: _summary(store)
    routes = [*controls, *action_routes(desk), *pages.page_routes(desk), *_api_routes(desk)]
    return Front(world, "zendesk", routes, suffix=".json", missing=_missing, headers=_headers)


def _api_routes(desk: Desk) -> list[BaseRoute]:
    reading = [
        route("GET", path, _guarded(desk, handler, buckets), world=desk.world)
        for path, handler, buckets in _READS
    ]
    writing = [
        route(method, path, _guarded(desk, handler, buckets), world=desk.world)
        for method, path, handler, buckets in _WRITES
    ]
    who = route("GET", "/api/v2/users/me", _who(desk), world=desk.world)
    tokens = route("POST", "/oauth/tokens", desk.access.grant, world=desk.world, write=False)
    return [who, tokens, *reading, *writing]


def _guarded(
    desk: Desk, handler: Callable[[Visit], Response], buckets: tuple[Bucket, ...]
) -> Callable[[Call], Response]:
    """Credentials first, then the limits, then the handler; every answer tells the limits."""

    def answer(call: Call) -> Response:
        user = desk.access.user(call)
        if user is None:
            raise unauthenticated()
        keyed = [(bucket, _key(bucket, call, user.id)) for bucket in buckets]
        visit = Visit(desk, call, user, headers=desk.limits.take(keyed))
        try:
            response = handler(visit)
        except Refusal as refusal:
            response = refusal.answer()
        for name, value in visit.headers.items():
            response.headers[name] = value
        return response

    return answer


def _key(bucket: Bucket, call: Call, user_id: int) -> str:
    return f"{user_id} {call.path['ticket_id']}" if bucket is limits.PER_TICKET else ""


def _who(desk: Desk) -> Callable[[Call], Response]:
    guarded = _guarded(desk, directory.me, ())

    def answer(call: Call) -> Response:
        return directory.anonymous() if desk.access.user(call) is None else guarded(call)

    return answer


def _missing(path: str) -> Response:
    if path.startswith("/api/"):
        return no_endpoint().answer()
    return Response("<html><body>Not found</body></html>", 404, media_type="text/html")


def _headers(entry: Entry) -> dict[str, str]:
    return {
        "x-request-id": f"{entry.n:016x}-SBX",
        "x-zendesk-api-version": "v2",
        "x-zendesk-api-gateway": "yes",
    }


def _summary(store: Store) -> dict[str, Any]:
    comments = [said for ticket in store.tickets.values() for said in ticket.comments]
    return {
        "tickets": len(store.tickets),
        "by_status": dict(Counter(ticket.status for ticket in store.tickets.values())),
        "comments": len(comments),
        "internal_notes": sum(not said.public for said in comments),
        "users": len(store.users),
        "organizations": len(store.organizations),
        "jira_links": len(store.links),
        "jobs": len(store.jobs),
    }
