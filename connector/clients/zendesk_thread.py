"""A ticket's audits and comment events as comments and changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AwareDatetime, ValidationError

from connector.clients.wire import TEXT_LIMIT, Listed, Wire, name_of
from connector.clients.zendesk_wire import WireVia, field_value, refuse_drift, rejected
from connector.core.clean import clean_text
from connector.core.markers import AUDIT_KEY
from connector.core.model import Attachment, Change, Comment
from connector.ports import Audit, Rejected

if TYPE_CHECKING:
    from datetime import datetime

    from connector.core.model import Person, Role

MOST_COMMENTS = 200
MOST_TEXT = 1024 * 1024
# A tuple, since any JSON is compared with these.
_SPOKEN = ("Comment", "VoiceComment", "FacebookComment", "ChatComment")
_ID_LIMIT = 64


class WireAttachment(Wire):
    file_name: str | None = None
    content_url: str | None = None
    size: int | None = None
    content_type: str | None = None


class WireEvent(Wire):
    """An event of an audit, or a child event of the export (which calls its kind event_type)."""

    id: int
    type: str | None = None
    event_type: str | None = None
    author_id: int | None = None
    body: str | None = None
    plain_body: str | None = None
    public: bool | None = None
    attachments: Annotated[tuple[WireAttachment, ...], Listed] = ()
    created_at: AwareDatetime | None = None
    field_name: str | None = None
    value: Any = None
    previous_value: Any = None

    @property
    def spoken(self) -> bool:
        """Whether this is something that somebody said."""
        return (self.type or self.event_type) in _SPOKEN and self.public is not None


class WireAudit(Wire):
    id: int
    created_at: AwareDatetime
    author_id: int | None = None
    metadata: dict[str, Any] | None = None
    via: WireVia | None = None
    events: Annotated[tuple[WireEvent, ...], Listed] = ()


class WireTicketEvent(Wire):
    """A row of the ticket event export: one audit, with `child_events`."""

    id: int
    ticket_id: int
    created_at: AwareDatetime
    updater_id: int | None = None
    metadata: dict[str, Any] | None = None
    child_events: Annotated[tuple[dict[str, Any], ...], Listed] = ()


class WireComment(Wire):
    """A comment as `GET /tickets/{id}/comments` lists it."""

    id: int
    author_id: int | None = None
    body: str | None = None
    plain_body: str | None = None
    public: bool
    created_at: AwareDatetime
    metadata: dict[str, Any] | None = None
    attachments: Annotated[tuple[WireAttachment, ...], Listed] = ()


class Kept:
    """Comments within the limits: the first, and as many of the newest as fit; others counted."""

    def __init__(self) -> None:
        self._first: Comment | None = None
        self._newest: deque[Comment] = deque()
        self._size = 0
        self.cut = 0

    def add(self, comment: Comment) -> None:
        """In the order they were written."""
        if self._first is None:
            self._first = comment
            self._size += len(comment.body)
            return
        self._newest.append(comment)
        self._size += len(comment.body)
        while len(self._newest) >= MOST_COMMENTS or (
            self._size > MOST_TEXT and len(self._newest) > 1
        ):
            self._size -= len(self._newest.popleft().body)
            self.cut += 1

    def all(self) -> tuple[Comment, ...]:
        return (self._first, *self._newest) if self._first else ()


@dataclass
class Told:
    """What a ticket's audits tell, oldest first; who the authors are is not in them."""

    kept: Kept = field(default_factory=Kept)
    changes: list[Change] = field(default_factory=list)
    requester_id: int | None = None

    def read(self, ticket_id: int, audits: Iterable[WireAudit]) -> None:
        """Takes in audits, in the order they were made."""
        for audit in audits:
            for event in audit.events:
                if event.spoken:
                    self.kept.add(_comment(event, ticket_id, audit))
                elif event.field_name is not None:
                    self._read_change(event, audit)

    def _read_change(self, event: WireEvent, audit: WireAudit) -> None:
        if event.field_name == "requester_id" and str(event.value).isdecimal():
            self.requester_id = int(event.value)
        if event.type == "Change":
            self.changes.append(_change(event, audit))


def authors_of(comments: Iterable[Comment]) -> set[int]:
    """The users who wrote these; machines have no user."""
    return {one.author_id for one in comments if one.author_id is not None and one.author_id > 0}


def signed(
    comments: Iterable[Comment], people: Mapping[int, Person], requester_id: int | None = None
) -> tuple[Comment, ...]:
    """The comments with their authors' names and roles.

    A ticket's requester is a customer whatever else; whoever is unknown counts as one too.
    """
    return tuple(_signed(comment, people, requester_id) for comment in comments)


def _signed(comment: Comment, people: Mapping[int, Person], requester_id: int | None) -> Comment:
    author = people.get(comment.author_id or 0)
    role: Role = author.role if author else "end-user"
    if comment.author_id is None or comment.author_id <= 0:
        role = "system"
    elif comment.author_id == requester_id:
        role = "end-user"
    return comment.model_copy(update={"role": role, "author_name": author.name if author else ""})


def listed_comment(ticket_id: int, wire: WireComment) -> Comment:
    """A comment as the comment list has it, unsigned."""
    intent = intent_of(wire.metadata)
    return _said(wire.id, ticket_id, wire.author_id, wire.created_at, wire, intent)


def audit_of(wire: WireAudit) -> Audit:
    """Enough of an audit to know our own writes by."""
    spoken = [event for event in wire.events if event.spoken]
    return Audit(
        id=wire.id,
        at=wire.created_at,
        author_id=wire.author_id,
        intent_id=intent_of(wire.metadata),
        public=any(event.public for event in spoken) if spoken else None,
        text=clean_text("\n".join(event.body or "" for event in spoken), TEXT_LIMIT),
    )


def merged_into(audits: Iterable[WireAudit]) -> int | None:
    """The ticket into which this one was merged: named by the audit that closed it."""
    return next(
        (
            audit.via.merged_with
            for audit in audits
            if audit.via is not None
            and audit.via.merged_with is not None
            and any(
                event.field_name == "status" and event.value == "closed" for event in audit.events
            )
        ),
        None,
    )


def intent_of(metadata: Mapping[str, Any] | None) -> str | None:
    """The intent id that one of our updates carried, else None.

    Audits have it under `metadata.custom`; exported events may have it in `metadata` itself.
    """
    custom = (metadata or {}).get("custom")
    for place in (custom, metadata):
        found = place.get(AUDIT_KEY) if isinstance(place, Mapping) else None
        if isinstance(found, str) and len(found) <= _ID_LIMIT:
            return found
    return None


class Events:
    """One page of the event export, read as far as it goes. `seconds`: when each event was."""

    def __init__(self, raws: Iterable[Any], place: str) -> None:
        self.rejected: list[Rejected] = []
        self.seconds: dict[int, int] = {}
        self._spoken: list[tuple[WireTicketEvent, WireEvent]] = []
        count = 0
        for count, raw in enumerate(raws, start=1):
            try:
                self._read(raw)
            except ValidationError as error:
                known = {"id": raw.get("ticket_id")} if isinstance(raw, dict) else raw
                where = f"{place}, event {count} of the page"
                self.rejected.append(rejected(known, where, error))
        refuse_drift(len(self.rejected), count, place, self.rejected)

    def _read(self, raw: Any) -> None:
        row = WireTicketEvent.model_validate(raw)
        spoken = [WireEvent.model_validate(child) for child in row.child_events if _says(child)]
        self.seconds[row.id] = int(row.created_at.timestamp())
        self._spoken += [(row, event) for event in spoken if event.spoken]

    def comments(self, seen: set[int]) -> Iterator[Comment]:
        """The comments of events that were not on an earlier page, unsigned."""
        for row, event in self._spoken:
            if row.id not in seen:
                author = event.author_id if event.author_id is not None else row.updater_id
                at, intent = event.created_at or row.created_at, intent_of(row.metadata)
                yield _said(event.id, row.ticket_id, author, at, event, intent)


def _says(child: Mapping[str, Any]) -> bool:
    return (child.get("type") or child.get("event_type")) in _SPOKEN and "public" in child


def _comment(event: WireEvent, ticket_id: int, audit: WireAudit) -> Comment:
    author = event.author_id if event.author_id is not None else audit.author_id
    at = event.created_at or audit.created_at
    return _said(event.id, ticket_id, author, at, event, intent_of(audit.metadata))


def _said(
    comment_id: int,
    ticket_id: int,
    author_id: int | None,
    at: datetime,
    wire: WireEvent | WireComment,
    intent_id: str | None,
) -> Comment:
    return Comment(
        id=comment_id,
        ticket_id=ticket_id,
        author_id=author_id,
        public=bool(wire.public),
        created_at=at,
        body=clean_text(wire.body or wire.plain_body or "", TEXT_LIMIT),
        attachments=tuple(_attachment(one) for one in wire.attachments),
        intent_id=intent_id,
    )


def _attachment(wire: WireAttachment) -> Attachment:
    return Attachment(
        name=name_of(wire.file_name),
        url=wire.content_url or "",
        size=wire.size,
        content_type=name_of(wire.content_type) or None,
    )


def _change(event: WireEvent, audit: WireAudit) -> Change:
    return Change(
        at=audit.created_at,
        author_id=audit.author_id,
        field=name_of(event.field_name),
        old=field_value(event.previous_value),
        new=field_value(event.value),
    )
