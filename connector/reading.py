"""The first half of a sweep: what changed in Zendesk, mirrored page by page.

A page's cursor is committed together with every ticket of that page, so a crash loses nothing;
events are read before tickets, with the same lower bound, and their position is kept only after
both were read. A first run reads what changed within the window, and of what is older only the
open tickets: no decision rests on anything else.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from connector.core.assessment import anything_found, assess
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
from connector.errors import one_of_ours
from connector.heard import Heard
from connector.ledger.rows import AsideRow, InboxRow, MirrorRow
from connector.ports import Rejected
from connector.report import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.core.mapping import Mappings
    from connector.meaning import Meaning
    from connector.ports import TicketPage
    from connector.services import Services

TICKETS, COMMENTS, BACKLOG = "zendesk.tickets", "zendesk.comments", "zendesk.backlog"
_ALL_READ = "all read"
_OVERLAP = timedelta(seconds=120)
_TAKEN_OUT = re.compile(r"\[redacted: [^\]\n]{1,40}\]")
_EXPORT_LAG = timedelta(minutes=15)
_AT_ONCE = 1_000
_SECURITY_FIRST = 1_000_000.0


@dataclass
class Read:
    """What was read: counts, and what could not be read or was cut."""

    begun: bool = False
    tickets: int = 0
    comments: int = 0
    set_aside: list[SetAside] = field(default_factory=list)


def read_changes(services: Services, read: Read, *, full: bool = False) -> None:
    """Mirrors every ticket that changed since the last sweep.

    `full`, and a first run: every ticket that changed within the window, and every open one.
    `read` says how far it came, also when an error ends it.
    """
    with services.ledger.transaction() as tx:
        cursor = None if full else tx.cursor(TICKETS)
        comments_since = tx.cursor(COMMENTS)
        old = "" if full else tx.cursor(BACKLOG) or ""
    window = since = services.now - services.window
    if comments_since is not None and not full:
        since = datetime.fromisoformat(comments_since)
    with closing(Heard()) as heard:
        until = _comments(services, since, heard, read)
        if cursor is None and old != _ALL_READ:
            _backlog(services, window, old, heard, read)
        for page in services.desk.changed_tickets(cursor=cursor, since=window):
            _keep_page(services, page, heard, read, TICKETS)
            del page  # else two are held while the next one is read
        _keep_rest(services, heard)
        if until is not None:
            with services.ledger.transaction() as tx:
                tx.set_cursor(COMMENTS, _comments_from(until, heard.oldest()).isoformat())


def _comments_from(until: datetime, unmatched: datetime | None) -> datetime:
    """Where the next sweep begins to read comments: with an overlap, and again with those whose
    ticket the export has not shown yet, as long as it may still come.
    """
    begin = until - _OVERLAP
    return max(min(begin, unmatched or begin), until - _EXPORT_LAG)


def _comments(services: Services, since: datetime, heard: Heard, read: Read) -> datetime | None:
    """How far the comments were read; they wait for their tickets."""
    until: datetime | None = None
    for page in services.desk.changed_comments(since=since):
        read.begun = True
        heard.add(page.comments)
        read.comments += len(page.comments)
        read.set_aside += [_told(item) for item in page.rejected]
        until = page.until
        del page  # else two are held while the next one is read
        services.progress("comments read", read.comments)
    return until


def _backlog(services: Services, window: datetime, old: str, heard: Heard, read: Read) -> None:
    """The open tickets that nothing happened to within the window; taken up where it ended."""
    for page in services.desk.open_tickets(unchanged_since=window, position=old):
        _keep_page(services, page, heard, read, BACKLOG)
    with services.ledger.transaction() as tx:
        tx.set_cursor(BACKLOG, _ALL_READ)


def _keep_page(services: Services, page: TicketPage, heard: Heard, read: Read, cursor: str) -> None:
    """One transaction: the page's tickets, what of it is set aside, and the cursor."""
    said = _signed(services, heard.take(ticket.id for ticket in page.tickets))
    with services.ledger.transaction() as tx:
        before = tx.mirror.get([ticket.id for ticket in page.tickets])
        rows, broken = _mirrored(services, page.tickets, said, before)
        tx.mirror.put(rows)
        tx.inbox.put(_changed(rows, before))
        tx.aside.drop(*(f"ticket:{ticket.id}" for ticket in page.tickets))
        for item in (*page.rejected, *broken):
            tx.aside.put(_aside(item, services.now))
        tx.set_cursor(cursor, page.cursor)
    read.tickets += len(page.tickets)
    read.set_aside += [_told(item) for item in (*page.rejected, *broken, *page.notices)]
    services.progress("tickets read", read.tickets)


def _mirrored(
    services: Services,
    tickets: Sequence[Ticket],
    said: Mapping[int, Sequence[Comment]],
    before: Mapping[int, MirrorRow],
) -> tuple[list[MirrorRow], list[Rejected]]:
    """Every ticket of a page as a row; those that a bug of ours trips over are told apart."""
    rows: list[MirrorRow] = []
    broken: list[Rejected] = []
    for ticket in tickets:
        try:
            news = said.get(ticket.id, [])
            rows.append(mirror_row(ticket, news, before.get(ticket.id), services))
        except Exception as error:  # noqa: BLE001 - one bad ticket does not stop the others
            reason = str(one_of_ours(error))
            broken.append(Rejected(place=f"ticket {ticket.id}", reason=reason, ticket_id=ticket.id))
    return rows, broken


def _signed(services: Services, said: dict[int, list[Comment]]) -> dict[int, list[Comment]]:
    """The same comments, with who wrote them: looked up for a whole page at once."""
    signed: dict[int, list[Comment]] = {ticket_id: [] for ticket_id in said}
    for comment in services.desk.signed([one for several in said.values() for one in several]):
        signed[comment.ticket_id].append(comment)
    return signed


def _keep_rest(services: Services, heard: Heard) -> None:
    """Comments of tickets that the export has not shown yet: their turn is known already."""
    waiting = heard.tickets()
    for begin in range(0, len(waiting), _AT_ONCE):
        some = waiting[begin : begin + _AT_ONCE]
        with services.ledger.snapshot() as tx:
            before = tx.mirror.get(some)
        news = {one: _news(said, before[one]) for one, said in heard.peek(before).items()}
        said = _signed(services, {one: several for one, several in news.items() if several})
        if not said:
            continue
        with services.ledger.transaction() as tx:
            rows = [_with_comments(before[one], said[one], services.now) for one in said]
            tx.mirror.put(rows)
            tx.inbox.put(_changed(rows, before))


def _news(said: Sequence[Comment], row: MirrorRow) -> list[Comment]:
    """Without what an earlier sweep read: the overlap brings it again, and needs no look-up."""
    known = row.last_comment_id or 0
    return [comment for comment in said if comment.id > known]


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
    found = opened and anything_found(case, mappings)
    seen = assess([case], mappings, now=services.now) if found else None
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
        fingerprint=_fingerprint(ticket, case.product_area, services.meaning),
        signals=seen.findings if seen else (before.signals if before and opened else ()),
        urgency=_urgency(seen, before if opened else None),
        decided=before.decided if before else None,
        look_at=look_at(case, mappings) if opened else None,
    )


def _fingerprint(
    ticket: Ticket, product_area: str | None, meaning: Meaning | None
) -> dict[str, Any]:
    subject, description = without_secrets(ticket.subject), without_secrets(ticket.description)
    vector = meaning.vectors([(subject, description)])[0] if meaning else ""
    found = fingerprint(subject, description, product_area=product_area, vector=vector)
    return found.model_dump(mode="json")


def without_secrets(text: str) -> str:
    """The text as the store may hold words of it: nothing secret or personal, and no sign of it."""
    return _TAKEN_OUT.sub(" ", redact(text).text)


def _urgency(seen: Assessment | None, before: MirrorRow | None) -> float:
    """The rank of what was found; what was found before still stands where nothing new was."""
    if seen is None:
        return before.urgency if before is not None else 0.0
    return seen.score + (_SECURITY_FIRST if seen.target is Target.SECURITY else 0.0)


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
