"""What a sandbox holds at its start, as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from connector.core.model import FieldValue, Frozen

SeedStatus = Literal["new", "open", "pending", "hold", "solved", "closed", "deleted"]
Priority = Literal["low", "normal", "high", "urgent"]
TicketType = Literal["question", "incident", "problem", "task"]


class SeedOrganizationFields(Frozen):
    """The organization fields of the shipped mappings."""

    arr: float | None = None
    tier: Literal["enterprise", "business", "standard"] | None = None
    renewal_date: date | None = None
    reference_customer: bool = False


class SeedOrganization(Frozen):
    name: str
    fields: SeedOrganizationFields = SeedOrganizationFields()
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class SeedUser(Frozen):
    """`organization` is an organization's name. `email` is how everything else names a user."""

    name: str
    email: str
    role: Literal["end-user", "agent", "admin"] = "end-user"
    organization: str | None = None
    verified: bool = True


class SeedGroup(Frozen):
    """`members` are agents' e-mail addresses."""

    name: str
    members: tuple[str, ...] = ()


class SeedField(Frozen):
    """A custom ticket field. `options` are the tags of a tagger or multiselect."""

    title: str
    type: Literal[
        "text", "textarea", "checkbox", "tagger", "multiselect", "integer", "decimal", "date"
    ] = "text"
    options: tuple[str, ...] = ()


class SeedAttachment(Frozen):
    name: str
    content_type: str = "text/plain"
    content: str = ""


class SeedComment(Frozen):
    """`author` is a user's e-mail address."""

    author: str
    public: bool = True
    created_at: datetime
    body: str
    attachments: tuple[SeedAttachment, ...] = ()


class SeedSla(Frozen):
    """One SLA clock. `fulfilled_at` None: still running (or paused, when `breach_at` is None)."""

    metric: str = "first_reply_time"
    breach_at: datetime | None = None
    target_minutes: int = 480
    fulfilled_at: datetime | None = None
    policy: str = "Support"


class SeedChange(Frozen):
    """A field change of the past, for the audits. `field` as Zendesk names it.

    `group_id` and `assignee_id` take a group's name and an agent's e-mail address. `author` None:
    an agent.
    """

    at: datetime
    field: str
    old: str | None = None
    new: str | None = None
    author: str | None = None


class SeedTicket(Frozen):
    """A ticket with its whole past.

    `id` None: the next free one. `requester`, `assignee` are e-mail addresses, `organization` a
    name (None: the requester's). `fields` are custom fields by title. `body` is the first, public
    comment; `comments` are the later ones, oldest first.
    """

    id: int | None = None
    requester: str
    organization: str | None = None
    subject: str
    body: str
    attachments: tuple[SeedAttachment, ...] = ()
    created_at: datetime
    updated_at: datetime | None = None
    status: SeedStatus = "open"
    type: TicketType | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = {}
    comments: tuple[SeedComment, ...] = ()
    sla: tuple[SeedSla, ...] = ()
    group: str | None = None
    assignee: str | None = None
    changes: tuple[SeedChange, ...] = ()
    satisfaction: Literal["good", "bad", "offered"] | None = None
    problem_id: int | None = None
    external_id: str | None = None


class Seed(Frozen):
    """`now` is what the sandbox's clock shows at the start; None: the real time.

    Users, organizations and groups that a ticket names but the seed lacks are made up.
    """

    organizations: tuple[SeedOrganization, ...] = ()
    users: tuple[SeedUser, ...] = ()
    groups: tuple[SeedGroup, ...] = (SeedGroup(name="Support"), SeedGroup(name="L2 Support"))
    ticket_fields: tuple[SeedField, ...] = ()
    tickets: tuple[SeedTicket, ...] = ()
    now: datetime | None = None
