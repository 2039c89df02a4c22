"""The first half of a sweep: what changed in Zendesk, mirrored page by page.

A page's cursor is committed together with every ticket of that page, so a crash loses nothing;
events are read before tickets, with the same lower bound, and their position is kept only after
both were read (zendesk-api 12a).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from connector.core.assessment import assess
from connector.core.facts import build_case, customer_of, look_at
from connector.core.grouping import fingerprint
from connector.core.model import (
    OPEN_STATUSES,
    Assessment,
    Case,
    Comment,
    Source,
    Target,
    Thread,
    Ticket,
)
from connector.core.plan import our_tag
from connector.core.redact import redact
from connector.core.turns import Turns, first_turns, foreign, next_turns
from connector.ledger.rows import AsideRow, InboxRow, MirrorRow
from connector.report import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.core.mapping import Mappings
    from connector.ports import Rejected, TicketPage
    from connector.services import Services

TICKETS, COMMENTS = "zendesk.tickets", "zendesk.comments"
_OVERLAP = timedelta(seconds=120)
_TAKEN_OUT = re.compile(r"\[redacted: [^\]\n]{1,40}\]")
_EXPORT_LAG = timedelta(minutes=15)
_SECURITY_FIRST = 1_000_000.0
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Read:
    """What was read: counts, and what could not be read or was cut."""

    tickets: int = 0
    comments: int = 0
    set_aside: list[SetAside] = field(default_factory=list)


def read_changes(services: Services, read: Read, *, full: bool = False) -> None:
    """Mirrors every ticket that changed since the last sweep (`full`: every ticket there is).

    `read` says how far it came, also when an error ends it.
    """
    with services.ledger.transaction() as tx:
        cursor = None if full else tx.cursor(TICKETS)
        comments_since = tx.cursor(COMMENTS)
    since = services.now - services.window
    if comments_since is not None and not full:
        since = datetime.fromisoformat(comments_since)
    said, until = _comments(services, since, read)
    for page in services.desk.changed_tickets(cursor=cursor, since=_BEGINNING):
        _keep_page(services, page, said, read)
        services.progress("tickets read", read.tickets)
    _keep_rest(services, said)
    if until is not None:
        with services.ledger.transaction() as tx:
            tx.set_cursor(COMMENTS, _comments_from(until, said).isoformat())


def _comments_from(until: datetime, said: Mapping[int, Sequence[Comment]]) -> datetime:
    """Where the next sweep begins to read comments: with an overlap, and again with those whose
    ticket the export has not shown yet, as long as it may still come.
    """
    unmatched = [comment.created_at for comments in said.values() for comment in comments]
    return max(min([until - _OVERLAP, *unmatched]), until - _EXPORT_LAG)


def _comments(
    services: Services, since: datetime, read: Read
) -> tuple[dict[int, list[Comment]], datetime | None]:
    said: dict[int, list[Comment]] = defaultdict(list)
    until: datetime | None = None
    for page in services.desk.changed_comments(since=since):
        for comment in page.comments:
            said[comment.ticket_id].append(comment)
        read.comments += len(page.comments)
        read.set_aside += [_told(item) for item in page.rejected]
        until = page.until
        services.progress("comments read", read.comments)
    return said, until


def _keep_page(
    services: Services, page: TicketPage, said: dict[int, list[Comment]], read: Read
) -> None:
    """One transaction: the page's tickets, what of it is set aside, and the cursor."""
    with services.ledger.transaction() as tx:
        before = tx.mirror.get([ticket.id for ticket in page.tickets])
        rows = [
            mirror_row(ticket, said.pop(ticket.id, []), before.get(ticket.id), services)
            for ticket in page.tickets
        ]
        tx.mirror.put(rows)
        tx.inbox.put(_changed(rows, before))
        tx.aside.drop(*(f"ticket:{ticket.id}" for ticket in page.tickets))
        for item in page.rejected:
            tx.aside.put(_aside(item, services.now))
        tx.set_cursor(TICKETS, page.cursor)
    read.tickets += len(page.tickets)
    read.set_aside += [_told(item) for item in (*page.rejected, *page.notices)]


def _keep_rest(services: Services, said: Mapping[int, Sequence[Comment]]) -> None:
    """Comments of tickets that the export has not shown yet: their turn is known already."""
    if not said:
        return
    with services.ledger.transaction() as tx:
        before = tx.mirror.get(list(said))
        rows = [
            _with_comments(row, said[ticket_id], services.now) for ticket_id, row in before.items()
        ]
        tx.mirror.put(rows)
        tx.inbox.put(_changed(rows, before))


def _changed(rows: Iterable[MirrorRow], before: Mapping[int, MirrorRow]) -> list[InboxRow]:
    return [
        InboxRow(ticket_id=row.ticket_id, exported_at=row.exported_at)
        for row in rows
        if row.ticket_id not in before or before[row.ticket_id].content_hash != row.content_hash
    ]


def mirror_row(
    ticket: Ticket, comments: Sequence[Comment], before: MirrorRow | None, services: Services
) -> MirrorRow:
    """The ticket's facts as kept. Its words are read once, here, and not kept."""
    mappings = services.mappings
    turns = next_turns(_turns(before) if before else first_turns(ticket), comments)
    case = _first_look(ticket, comments, turns, services)
    opened = ticket.status in OPEN_STATUSES
    seen = assess([case], mappings, now=services.now) if opened else None
    fresh = seen.findings if seen else ()
    return MirrorRow(
        ticket_id=ticket.id,
        exported_at=ticket.exported_at or ticket.updated_at,
        content_hash=_content_hash(ticket, turns, mappings),
        status=ticket.status,
        type=ticket.type,
        priority=ticket.priority,
        tags=ticket.tags,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        customer=customer_of(ticket, mappings.fields),
        requester_id=ticket.requester.id if ticket.requester else None,
        assignee_id=ticket.assignee_id,
        group_id=ticket.group_id,
        problem_id=ticket.problem_id,
        product_area=case.product_area,
        breach_at=case.sla.breach_at,
        unanswered_since=turns.unanswered_since,
        last_customer_at=turns.last_customer_at,
        last_public_reply_at=turns.last_public_reply_at,
        last_comment_id=turns.last_comment_id,
        reopens=ticket.metrics.reopens if ticket.metrics else None,
        group_stations=ticket.metrics.group_stations if ticket.metrics else None,
        fingerprint=fingerprint(
            without_secrets(ticket.subject),
            without_secrets(ticket.description),
            product_area=case.product_area,
        ).model_dump(mode="json"),
        signals=fresh or (before.signals if before and opened else ()),
        urgency=_urgency(seen, before if opened else None),
        decided=before.decided if before else None,
        look_at=look_at(case, mappings) if opened else None,
    )


def without_secrets(text: str) -> str:
    """The text as the store may hold words of it: nothing secret or personal, and no sign of it."""
    return _TAKEN_OUT.sub(" ", redact(text).text)


def _urgency(seen: Assessment | None, before: MirrorRow | None) -> float:
    """The rank of what was found; what was found before still stands where nothing new was."""
    if seen is None:
        return 0.0
    if seen.findings or before is None:
        return seen.score + (_SECURITY_FIRST if seen.target is Target.SECURITY else 0.0)
    return before.urgency


def _first_look(
    ticket: Ticket, comments: Sequence[Comment], turns: Turns, services: Services
) -> Case:
    """A case from the report and what is new, with the turns known from before: enough to see
    whether a closer look is due.
    """
    thread = Thread(ticket_id=ticket.id, comments=tuple(foreign(comments)))
    case = build_case(ticket, thread, now=services.now, mappings=services.mappings)
    since = turns.unanswered_since
    hours = services.mappings.cadence.business_hours
    return case.model_copy(
        update={
            "unanswered": (case.unanswered or Source(ticket_id=ticket.id)) if since else None,
            "unanswered_since": since,
            "waited": hours.elapsed(since, services.now) if since else timedelta(0),
        }
    )


def _with_comments(row: MirrorRow, comments: Sequence[Comment], now: datetime) -> MirrorRow:
    turns = next_turns(_turns(row), comments)
    if turns == _turns(row):
        return row
    seen = hashlib.sha256(f"{row.content_hash}|{turns.model_dump_json()}".encode()).hexdigest()[:20]
    return row.model_copy(update=turns.model_dump() | {"content_hash": seen, "exported_at": now})


def _turns(row: MirrorRow) -> Turns:
    return Turns(
        unanswered_since=row.unanswered_since,
        last_customer_at=row.last_customer_at,
        last_public_reply_at=row.last_public_reply_at,
        last_comment_id=row.last_comment_id,
    )


def _content_hash(ticket: Ticket, turns: Turns, mappings: Mappings) -> str:
    """Changes when anything changes that a decision may rest on, and not by our own writes."""
    ours = mappings.fields.written_field_ids
    facts = {
        "ticket": ticket.model_dump(
            mode="json",
            include={"id", "subject", "description", "status", "type", "priority"}
            | {"assignee_id", "group_id", "satisfaction", "problem_id", "merged_into", "sla"},
        ),
        "tags": sorted(tag for tag in ticket.tags if not our_tag(tag)),
        "fields": {name: value for name, value in ticket.fields.items() if name not in ours},
        "organization": ticket.organization.model_dump(mode="json")
        if ticket.organization
        else None,
        "reopens": ticket.metrics.reopens if ticket.metrics else None,
        "turns": turns.model_dump(mode="json"),
    }
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]


def _aside(item: Rejected, now: datetime) -> AsideRow:
    known = item.ticket_id is not None
    return AsideRow(
        key=f"ticket:{item.ticket_id}" if known else f"place:{item.place}",
        kind="ticket" if known else "place",
        reason=f"{item.place}: {item.reason}",
        error="DriftError",
        since=now,
        ticket_id=item.ticket_id,
    )


def _told(item: Rejected) -> SetAside:
    if item.ticket_id is None:
        return SetAside(what=item.place, reason=item.reason)
    what = f"ticket {item.ticket_id}"
    return SetAside(what=what, reason=item.reason, ticket_id=item.ticket_id)
