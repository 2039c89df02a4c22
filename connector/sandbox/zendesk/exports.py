"""The incremental exports: tickets by cursor and by time, ticket events, metric events, and
organizations. The newest minute is never in them.
"""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.zendesk import sla
from connector.sandbox.zendesk.paging import invalid_parameter, url, whole
from connector.sandbox.zendesk.sla import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.responses import Response

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Organization, Ticket
    from connector.sandbox.zendesk.store import MetricEvent

PAGE = 1000
WITHHELD_SECONDS = 60
Row = TypeVar("Row")


def tickets_by_cursor(visit: Visit) -> Response:
    """GET /incremental/tickets/cursor"""
    visit.store.scrub_deleted()
    after = _start(visit)
    size = min(whole(visit, "per_page", PAGE), PAGE)
    last = _last_second(visit)
    wanted = (
        ticket
        for ticket in visit.store.exported(after)
        if ticket.generated <= last and _wanted(visit, ticket)
    )
    found = list(islice(wanted, size + 1))
    shown, more = found[:size], len(found) > size
    at = (shown[-1].generated, shown[-1].id) if shown else after
    cursor = write_cursor(*at)
    following = url(visit, cursor=cursor, start_time=None, include=None)
    return JsonAnswer(
        {
            "tickets": [_exported(visit, ticket) for ticket in shown],
            **sideloads(visit, shown),
            "after_url": following,
            "before_url": None,
            "after_cursor": cursor,
            "before_cursor": None,
            "end_of_stream": not more,
        }
    )


def tickets_by_time(visit: Visit) -> Response:
    """GET /incremental/tickets"""
    visit.store.scrub_deleted()
    start = _start_time(visit)
    last = _last_second(visit)
    rows = (
        ticket
        for ticket in visit.store.exported((start, -1))
        if ticket.generated <= last and _wanted(visit, ticket)
    )
    shown, beside = _by_time(visit, rows, lambda ticket: ticket.generated, start)
    told = [_exported(visit, ticket) for ticket in shown]
    return JsonAnswer({"tickets": told, **sideloads(visit, shown), **beside})


def ticket_events(visit: Visit) -> Response:
    """GET /incremental/ticket_events"""
    start, last = _start_time(visit), _last_second(visit)
    audits = (
        audit
        for audit in visit.store.audited(start)
        if audit.created_at.timestamp() <= last
    )  # fmt: skip
    shown, beside = _by_time(visit, audits, lambda row: int(row.created_at.timestamp()), start)
    comments = "comment_events" in visit.includes
    told = [visit.shapes.ticket_event(audit, comments=comments) for audit in shown]
    return JsonAnswer({"ticket_events": told, **beside})


def metric_events(visit: Visit) -> Response:
    """GET /incremental/ticket_metric_events"""
    start, last = _start_time(visit), _last_second(visit)
    sla.note_breaches(visit.store)
    events = (
        event
        for event in visit.store.metric_events_since(start)
        if event.time.timestamp() <= last
    )  # fmt: skip
    shown, beside = _by_time(visit, events, lambda row: int(row.time.timestamp()), start)
    return JsonAnswer({"ticket_metric_events": [_metric_event(row) for row in shown], **beside})


def organizations(visit: Visit) -> Response:
    """GET /incremental/organizations"""
    start, last = _start_time(visit), _last_second(visit)

    def second(organization: Organization) -> int:
        return int(organization.updated_at.timestamp())

    rows = sorted(visit.store.organizations.values(), key=lambda row: (second(row), row.id))
    wanted = (row for row in rows if start <= second(row) <= last)
    shown, beside = _by_time(visit, wanted, second, start)
    told = [visit.shapes.organization(row) for row in shown]
    return JsonAnswer({"organizations": told, **beside})


def sideloads(
    visit: Visit, tickets: Sequence[Ticket], asked: frozenset[str] | None = None
) -> dict[str, Any]:
    """The sibling arrays that `include` asks for; what hangs in the ticket is not here."""
    store, shapes = visit.store, visit.shapes
    asked = visit.includes if asked is None else asked
    beside: dict[str, Any] = {}
    if "users" in asked:
        ids = {id_ for ticket in tickets for id_ in _people(ticket) if id_ is not None}
        beside["users"] = [shapes.user(store.users[id_]) for id_ in sorted(ids)]
    if "organizations" in asked:
        ids = {ticket.organization_id for ticket in tickets if ticket.organization_id}
        beside["organizations"] = [
            shapes.organization(store.organizations[id_]) for id_ in sorted(ids)
        ]
    if "groups" in asked:
        ids = {ticket.group_id for ticket in tickets if ticket.group_id}
        beside["groups"] = [shapes.group(store.groups[id_]) for id_ in sorted(ids)]
    return beside


def nested(visit: Visit, ticket: Ticket, asked: frozenset[str] | None = None) -> dict[str, Any]:
    """What `include` adds to the ticket itself. The account may not offer `slas`."""
    names = visit.includes if asked is None else asked
    added: dict[str, Any] = {}
    if "comment_count" in names:
        added["comment_count"] = len(ticket.comments)
    if "metric_sets" in names:
        added["metric_set"] = visit.shapes.metrics(ticket)
    if "slas" in names and visit.desk.world.options.slas_sideload:
        added["slas"] = visit.shapes.slas(ticket)
    return added


def _exported(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    return {**visit.shapes.ticket(ticket, generated=True), **nested(visit, ticket)}


def _people(ticket: Ticket) -> tuple[int | None, ...]:
    return (ticket.requester_id, ticket.submitter_id, ticket.assignee_id)


def _wanted(visit: Visit, ticket: Ticket) -> bool:
    hidden = visit.query.get("exclude_deleted") == "true" and ticket.status == "deleted"
    return not hidden


def _last_second(visit: Visit) -> int:
    """The newest second that an export shows."""
    return int(visit.desk.world.now().timestamp()) - WITHHELD_SECONDS


def _start(visit: Visit) -> tuple[int, int]:
    """The position to read after: of the cursor, else of `start_time`."""
    given = visit.query.get("cursor")
    if given:
        return read_cursor(given)
    return (_start_time(visit), -1)


def _start_time(visit: Visit) -> int:
    given = visit.query.get("start_time", "")
    if not given.isdigit():
        raise invalid_parameter("start_time", "must be an integer")
    if int(given) > _last_second(visit):
        description = "Too recent start_time. Use a start_time older than 60 seconds"
        raise Refusal(422, {"error": "InvalidValue", "description": description})
    return int(given)


def write_cursor(generated: int, ticket_id: int) -> str:
    """Opaque to clients: base64 of "generated_timestamp||id|", as recorded."""
    return base64.b64encode(f"{generated}.0||{max(ticket_id, 0)}|".encode()).decode()


def read_cursor(cursor: str) -> tuple[int, int]:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        generated, _, rest = text.partition("||")
        return int(float(generated)), int(rest.removesuffix("|")) or -1
    except (ValueError, binascii.Error):
        raise invalid_parameter("cursor", "is not a valid cursor") from None


def _by_time(
    visit: Visit, rows: Iterable[Row], second: Callable[[Row], int], start: int
) -> tuple[list[Row], dict[str, Any]]:
    """One page from `start` on (inclusive). Rows of the page's last second come all together,
    up to a thousand: more than a page within one second repeats for ever, as on the real thing.
    """
    size = min(whole(visit, "per_page", PAGE), PAGE)
    found = list(islice(rows, PAGE + 1))
    end = min(size, len(found))
    while 0 < end < min(len(found), PAGE) and second(found[end]) == second(found[end - 1]):
        end += 1
    shown, more = found[:end], end < len(found)
    ends_with = found[end] if more else (shown[-1] if shown else None)
    end_time = start if ends_with is None else second(ends_with)
    beside = {
        "count": len(shown),
        "end_of_stream": not more,
        "next_page": url(visit, start_time=end_time),
        "end_time": end_time,
    }
    return shown, beside


def _metric_event(event: MetricEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "ticket_id": event.ticket_id,
        "metric": event.metric,
        "instance_id": event.instance_id,
        "type": event.type,
        "time": stamp(event.time),
        **event.extra,
    }
