"""An update in the making: what changes, the audit that tells of it, and what follows from it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.core.markers import AUDIT_KEY
from connector.sandbox.zendesk import sla
from connector.sandbox.zendesk.entities import (
    UNSOLVED,
    Attachment,
    Audit,
    Comment,
    Event,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from connector.sandbox.zendesk.entities import Id, Ticket, User
    from connector.sandbox.zendesk.store import Store

MAX_COMMENTS = 5000
MAX_BODY = 65_535
_WAITS_FOR_CUSTOMER = frozenset({"pending", "hold", "solved"})
_NO_SOURCE: dict[str, Any] = {"from": {}, "to": {}, "rel": None}
_AS_TEXT = frozenset(
    {"group_id", "assignee_id", "requester_id", "organization_id", "problem_id",
     "custom_status_id", "brand_id", "ticket_form_id"}
)  # fmt: skip


class Update:
    """One update of a ticket by one author; `commit` makes it one audit.

    It changes the ticket at once, so whatever may be refused is checked before the first change.
    Setting what is already so records nothing.
    """

    def __init__(
        self,
        store: Store,
        ticket: Ticket,
        author: User,
        *,
        at: datetime | None = None,
        channel: str = "api",
        source: dict[str, Any] | None = None,
        custom: dict[str, Any] | None = None,
        creating: bool = False,
    ) -> None:
        self.store = store
        self.ticket = ticket
        self.author = author
        self.at = at or store.now()
        self._kind = "Create" if creating else "Change"
        self._creating = creating
        self._old_status = ticket.status
        store.before_change(ticket)
        self.audit = Audit(
            store.new_id(), ticket.id, self.at, author.id, channel, source or _NO_SOURCE,
            custom or {},
        )  # fmt: skip

    def _event(self, name: str, value: Any, previous: Any) -> None:
        if name in _AS_TEXT:
            value, previous = _text(value), _text(previous)
        event = Event(self.store.new_id(), self._kind, name, value, previous)
        self.audit.events.append(event)

    def created_with(self, name: str, value: Any) -> None:
        """A Create event for what the new ticket already holds."""
        self._event(name, value, None)

    def set(self, name: str, value: Any) -> None:
        """One of the plain attributes, or `group_id`, `assignee_id`, `status`."""
        previous = getattr(self.ticket, name)
        if previous == value:
            return
        setattr(self.ticket, name, value)
        self._event(name, value, previous)
        if name == "group_id":
            self._group_changed()
        elif name == "assignee_id":
            self._assignee_changed()
        elif name == "status":
            self._status_changed(previous)

    def set_tags(self, tags: Iterable[str]) -> None:
        """The whole set; a tagger's or checkbox's value that lost its tag is emptied."""
        wanted = sorted(dict.fromkeys(tags))
        if wanted == self.ticket.tags:
            return
        previous, self.ticket.tags = self.ticket.tags, wanted
        self._event("tags", wanted, previous)
        for known in self.store.custom_fields():
            held = self.ticket.fields.get(known.id)
            if known.type == "tagger" and held and held not in wanted:
                self._hold(known.id, None)

    def set_field(self, field_id: Id, value: Any) -> None:
        """A custom field. A tagger's value is also a tag, and takes its old value's tag away."""
        previous = self.ticket.fields.get(field_id)
        if previous == value:
            return
        self._hold(field_id, value)
        known = self.store.fields[field_id]
        if known.type not in {"tagger", "multiselect"}:
            return
        gone, come = set(_values(previous)), set(_values(value))
        tags = [tag for tag in self.ticket.tags if tag not in gone - come]
        self.set_tags([*tags, *come])

    def _hold(self, field_id: Id, value: Any) -> None:
        previous = self.ticket.fields.get(field_id)
        self.ticket.fields = {**self.ticket.fields, field_id: value}
        self._event(str(field_id), value, previous)

    def comment(
        self,
        body: str,
        *,
        public: bool | None,
        author: User | None = None,
        html: str | None = None,
        attachments: list[Attachment] | None = None,
    ) -> Comment:
        """Adds a comment. `public` None: as the ticket's first comment, so often public."""
        if public is None:
            public = self.ticket.comments[0].public if self.ticket.comments else True
        writer = author or self.author
        made = Comment(
            self.store.new_id(), self.ticket.id, self.audit.id, writer.id, body, html, public,
            self.at, attachments or [],
        )  # fmt: skip
        self.ticket.comments = [*self.ticket.comments, made]
        self.audit.events.insert(0, Event(made.id, "Comment", comment=made))
        self._commented(writer, public=public)
        return made

    def _commented(self, writer: User, *, public: bool) -> None:
        ticket, counts = self.ticket, self.ticket.stations
        counts.latest_comment_at = self.at
        if writer.id == ticket.requester_id and not self._creating:
            self._customer_wrote()
        elif writer.staff and public and not self._creating:
            counts.replies += 1
            counts.first_reply_at = counts.first_reply_at or self.at
            sla.on_reply(self.store, ticket, self.at)
        if public and writer.id != ticket.requester_id:
            notice = {"recipients": [ticket.requester_id], "subject": ticket.subject}
            event = Event(self.store.new_id(), "Notification", value=notice)
            self.audit.events.append(event)

    def _customer_wrote(self) -> None:
        if self.ticket.status in _WAITS_FOR_CUSTOMER:
            self.set("status", "open")
        sla.on_customer(self.store, self.ticket, self.at)

    def _group_changed(self) -> None:
        self.ticket.stations.groups += 1
        group = self.store.groups.get(self.ticket.group_id or 0)
        if group is not None and group.members and self.ticket.assignee_id not in group.members:
            self.set("assignee_id", None)

    def _assignee_changed(self) -> None:
        if self.ticket.assignee_id is None:
            return
        counts = self.ticket.stations
        counts.assignees += 1
        counts.assigned_at = self.at
        counts.initially_assigned_at = counts.initially_assigned_at or self.at
        if self.ticket.status == "new":
            self.set("status", "open")

    def _status_changed(self, previous: str) -> None:
        ticket, counts = self.ticket, self.ticket.stations
        counts.spent[previous] = counts.spent.get(previous, timedelta(0)) + (
            self.at - counts.status_since
        )
        counts.status_since = self.at
        if ticket.status == "solved":
            counts.solved_at = self.at
            counts.first_solved_at = counts.first_solved_at or self.at
        elif previous == "solved" and ticket.status in UNSOLVED:
            counts.reopens += 1
            counts.solved_at = None
        if ticket.status in self.store.statuses:
            self.set("custom_status_id", self.store.statuses[ticket.status])
        sla.on_status(self.store, ticket, self.at)

    def commit(self, tell: Callable[..., None] | None = None) -> Audit:
        """Makes the update visible. An update without any event and metadata changes nothing.

        `tell(kind, **details)` learns of each thing that changed (`Call.effect`).
        """
        if not self.audit.events and not self.audit.custom:
            return self.audit
        ticket, counts = self.ticket, self.ticket.stations
        ticket.updated_at = self.at
        if self.author.id == ticket.requester_id:
            counts.requester_updated_at = self.at
        if self.author.id == ticket.assignee_id:
            counts.assignee_updated_at = self.at
        ticket.audits = [*ticket.audits, self.audit]
        self.store.changed(ticket, self.audit)
        if tell is not None:
            for event in self.audit.events:
                tell(**told(self.audit, event))
        return self.audit

    def commit_past(self) -> None:
        """As `commit`, for a ticket that is still being seeded."""
        self.ticket.updated_at = self.at
        counts = self.ticket.stations
        if self.author.id == self.ticket.requester_id:
            counts.requester_updated_at = self.at
        if self.author.id == self.ticket.assignee_id:
            counts.assignee_updated_at = self.at
        self.ticket.generated = int(self.at.timestamp())
        self.ticket.audits.append(self.audit)


def told(audit: Audit, event: Event) -> dict[str, Any]:
    """What the journal says of an event: enough for a judge, texts as digests only."""
    intent = audit.custom.get(AUDIT_KEY)
    known = {"ticket": audit.ticket_id, "audit": audit.id, "author": audit.author_id}
    if event.comment is not None:
        return {
            "kind": "comment",
            **known,
            "comment": event.comment.id,
            "public": event.comment.public,
            "body_sha": hashlib.sha256(event.comment.body.encode()).hexdigest()[:20],
            "intent": intent,
        }
    if event.kind == "Notification":
        return {"kind": "mail", **known, "to": event.value["recipients"]}
    if event.name == "tags":
        old, new = set(event.previous or ()), set(event.value)
        moved = {"added": sorted(new - old), "removed": sorted(old - new)}
        return {"kind": "tags", **known, **moved, "intent": intent}
    return {
        "kind": "field",
        **known,
        "field": event.name,
        "old": event.previous,
        "new": event.value,
        "intent": intent,
    }


def _text(value: Any) -> Any:
    return str(value) if value is not None else None


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
