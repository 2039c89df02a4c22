"""What a Zendesk account holds. Times are aware UTC with whole seconds, as Zendesk keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, timedelta

Id = int
FieldContent = Any
CLOSED_FOR_WRITES = frozenset({"closed", "deleted"})
UNSOLVED = frozenset({"new", "open", "pending", "hold"})


@dataclass(slots=True)
class User:
    id: Id
    name: str
    email: str
    role: str
    organization_id: Id | None
    verified: bool
    created_at: datetime
    updated_at: datetime

    @property
    def staff(self) -> bool:
        return self.role in {"agent", "admin"}


@dataclass(slots=True)
class Organization:
    id: Id
    name: str
    fields: dict[str, Any]
    domains: list[str]
    tags: list[str]
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Group:
    id: Id
    name: str
    members: set[Id]
    created_at: datetime


@dataclass(slots=True)
class TicketField:
    """`options` are the tags of a tagger or multiselect."""

    id: Id
    title: str
    type: str
    options: tuple[str, ...]
    custom: bool
    created_at: datetime


@dataclass(slots=True)
class Policy:
    """An SLA policy: targets in minutes by metric."""

    id: Id
    title: str
    targets: dict[str, int]
    created_at: datetime


@dataclass(slots=True)
class Attachment:
    id: Id
    name: str
    content_type: str
    content: bytes
    token: str


@dataclass(slots=True)
class Comment:
    id: Id
    ticket_id: Id
    audit_id: Id
    author_id: Id
    body: str
    html: str | None
    public: bool
    created_at: datetime
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """One event of an audit: a Create or Change of `name`, a Comment, or a Notification."""

    id: Id
    kind: str
    name: str = ""
    value: Any = None
    previous: Any = None
    comment: Comment | None = None


@dataclass(slots=True)
class Audit:
    """`custom` is the update's metadata; `source` Zendesk's `via.source`."""

    id: Id
    ticket_id: Id
    created_at: datetime
    author_id: Id
    channel: str
    source: dict[str, Any]
    custom: dict[str, Any]
    events: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class Stations:
    """What ticket metrics count. `spent` is by status, up to `status_since`."""

    id: Id
    status_since: datetime
    reopens: int = 0
    replies: int = 0
    groups: int = 0
    assignees: int = 0
    first_reply_at: datetime | None = None
    first_solved_at: datetime | None = None
    solved_at: datetime | None = None
    assigned_at: datetime | None = None
    initially_assigned_at: datetime | None = None
    requester_updated_at: datetime | None = None
    assignee_updated_at: datetime | None = None
    latest_comment_at: datetime | None = None
    spent: dict[str, timedelta] = field(default_factory=dict)


@dataclass(slots=True)
class SlaClock:
    """One running, paused or finished target of a ticket.

    `breach_at` is set while it runs (stage "active") and after it was fulfilled late; `left` is
    what a paused clock has left.
    """

    metric: str
    policy_id: Id
    target: timedelta
    stage: str
    breach_at: datetime | None
    left: timedelta | None = None
    instance: int = 1
    breached: bool = False


@dataclass(slots=True)
class Ticket:
    """`generated` is the export's position in seconds; `fields` are custom field values by id."""

    id: Id
    subject: str
    description: str
    status: str
    requester_id: Id
    submitter_id: Id
    created_at: datetime
    updated_at: datetime
    generated: int
    stations: Stations
    channel: str = "web"
    custom_status_id: Id = 0
    type: str | None = None
    priority: str | None = None
    assignee_id: Id | None = None
    organization_id: Id | None = None
    group_id: Id | None = None
    problem_id: Id | None = None
    external_id: str | None = None
    due_at: str | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[Id, FieldContent] = field(default_factory=dict)
    satisfaction: dict[str, Any] | None = None
    followup_ids: list[Id] = field(default_factory=list)
    follows: Id | None = None
    comments: list[Comment] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    slas: list[SlaClock] = field(default_factory=list)
    deleted_at: datetime | None = None

    @property
    def is_public(self) -> bool:
        return any(comment.public for comment in self.comments)


@dataclass(slots=True)
class Job:
    """A background job. Its work is done when it is made; what it tells comes poll by poll."""

    id: str
    kind: str
    verb: str
    results: list[dict[str, Any]]
    made_at: datetime
    polls: int = 0


@dataclass(slots=True)
class JiraLink:
    id: Id
    ticket_id: str
    issue_id: str
    issue_key: str
    created_at: datetime
