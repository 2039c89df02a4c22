"""How a ticket comes into being: by a customer, an agent, the API, or as part of a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk.entities import Stations, Ticket
from connector.sandbox.zendesk.updates import Update

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.zendesk.entities import Attachment, Id, User
    from connector.sandbox.zendesk.store import Store


@dataclass(slots=True, kw_only=True)
class NewTicket:
    """What a new ticket starts with. `attributes` are attributes of `Ticket` by name."""

    requester: User
    submitter: User
    subject: str
    body: str
    at: datetime
    id: Id | None = None
    public: bool = True
    html: str | None = None
    channel: str = "web"
    source: dict[str, Any] | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    fields: dict[Id, Any] = field(default_factory=dict)


def create(store: Store, new: NewTicket) -> Update:
    """The ticket (`update.ticket`) with its first comment; not yet committed."""
    counts = Stations(store.new_id(), new.at)
    id_ = store.reserve_ticket_id(new.id)
    ticket = Ticket(
        id_, new.subject, new.body, "new", new.requester.id, new.submitter.id,
        new.at, new.at, int(new.at.timestamp()), counts, new.channel,
    )  # fmt: skip
    ticket.organization_id = new.requester.organization_id
    for name, value in new.attributes.items():
        setattr(ticket, name, value)
    if ticket.assignee_id is not None and ticket.status == "new":
        ticket.status = "open"
    ticket.custom_status_id = store.statuses.get(ticket.status, store.statuses["solved"])
    ticket.fields = dict(new.fields)
    ticket.tags = sorted({*ticket.tags, *_field_tags(store, ticket)})
    _first_stations(ticket)
    update = Update(
        store, ticket, new.submitter, at=new.at, channel=new.channel, source=new.source,
        custom=new.custom, creating=True,
    )  # fmt: skip
    update.comment(
        new.body, public=new.public, author=new.requester, html=new.html,
        attachments=new.attachments,
    )  # fmt: skip
    _tell_all(store, ticket, update)
    return update


def _field_tags(store: Store, ticket: Ticket) -> set[str]:
    tags: set[str] = set()
    for id_, value in ticket.fields.items():
        if value and store.fields[id_].type in {"tagger", "multiselect"}:
            tags.update([value] if isinstance(value, str) else value)
    return tags


def _first_stations(ticket: Ticket) -> None:
    counts = ticket.stations
    counts.requester_updated_at = ticket.created_at
    if ticket.group_id is not None:
        counts.groups = 1
    if ticket.assignee_id is not None:
        counts.assignees = 1
        counts.assigned_at = counts.initially_assigned_at = ticket.created_at
    if ticket.status == "solved":
        counts.solved_at = counts.first_solved_at = ticket.created_at


def _tell_all(store: Store, ticket: Ticket, update: Update) -> None:
    told: dict[str, Any] = {
        "subject": ticket.subject,
        "requester_id": ticket.requester_id,
        "priority": ticket.priority,
        "type": ticket.type,
        "status": ticket.status,
        "organization_id": ticket.organization_id,
        "group_id": ticket.group_id,
        "assignee_id": ticket.assignee_id,
        "tags": ticket.tags or None,
        "brand_id": store.brand_id,
        "ticket_form_id": store.form_id,
        "custom_status_id": ticket.custom_status_id,
    }
    always = {"subject", "requester_id", "priority", "type", "status"}
    for name, value in told.items():
        if value is not None or name in always:
            update.created_with(name, value)
    for id_, value in ticket.fields.items():
        if value is not None:
            update.created_with(str(id_), value)
