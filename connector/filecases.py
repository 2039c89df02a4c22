"""Tickets of a file as the thinking part wants them: no account, no call."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

from connector.core.clean import clean_text
from connector.core.model import Comment, Organization, Person, Role, Status, Thread, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.ticketfile import CommentLine, TicketLine

_ROLES: frozenset[str] = frozenset(get_args(Role))
_STATUSES: frozenset[str] = frozenset(get_args(Status))
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FileTicket:
    """`given_id` is the id as it stands in the file; `ticket.id` is a number in any case."""

    given_id: int | str
    ticket: Ticket
    thread: Thread


def file_tickets(
    lines: Iterable[TicketLine], *, undated: datetime | None = None
) -> Iterator[FileTicket]:
    """Each line as a ticket with its thread. One without a time gets `undated`, so that no clock
    makes up a wait; without that the time of the line before, which keeps the file's order.

    Text ids get the line's number, negative, so that they cannot meet a number of the file.
    """
    before = _LONG_AGO
    for line in lines:
        before = line.created_at or before
        ticket = _ticket(line, line.created_at or undated or before)
        yield FileTicket(given_id=line.id, ticket=ticket, thread=_thread(line, ticket))


def _ticket(line: TicketLine, created_at: datetime) -> Ticket:
    times = [comment.created_at for comment in line.comments if comment.created_at]
    requester = line.requester or f"requester of line {line.line}"
    return Ticket(
        id=line.id if isinstance(line.id, int) else -line.line,
        subject=clean_text(line.subject),
        description=clean_text(line.body),
        status=_status(line.status),
        type=line.type,
        priority=line.priority,
        tags=line.tags,
        requester=Person(
            id=_number(requester), name=requester, email=requester if "@" in requester else None
        ),
        organization=(
            Organization(id=_number(line.organization), name=line.organization)
            if line.organization
            else None
        ),
        dated=line.created_at is not None,
        created_at=created_at,
        updated_at=max([created_at, *times, *([line.updated_at] if line.updated_at else [])]),
    )


def _thread(line: TicketLine, ticket: Ticket) -> Thread:
    report = Comment(
        id=0,
        ticket_id=ticket.id,
        author_id=ticket.requester.id if ticket.requester else None,
        role="end-user",
        public=True,
        created_at=ticket.created_at,
        body=ticket.description,
    )
    said = [_comment(item, ticket, number) for number, item in enumerate(line.comments, 1)]
    return Thread(ticket_id=ticket.id, comments=(report, *said))


def _comment(item: CommentLine, ticket: Ticket, number: int) -> Comment:
    role: Role = "agent"
    if item.role in _ROLES:
        role = item.role  # type: ignore[assignment]  # just checked against Role's own values
    return Comment(
        id=number,
        ticket_id=ticket.id,
        author_id=_number(item.author) if item.author else None,
        author_name=item.author or "",
        role=role,
        public=item.public,
        created_at=item.created_at or ticket.created_at,
        body=clean_text(item.body),
    )


def _status(value: str) -> Status:
    return value if value in _STATUSES else "open"  # type: ignore[return-value]  # just checked


def _number(name: str) -> int:
    """A number for a name, the same each time: ids are what the desk has, a file has names."""
    return zlib.crc32(name.casefold().encode()) or 1
