"""The state of the Zendesk account, with the orders that its exports read in."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections import deque
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk.entities import (
    Attachment,
    Audit,
    Group,
    Id,
    JiraLink,
    Job,
    Organization,
    Policy,
    Ticket,
    TicketField,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.sandbox.world import World

STATUSES = ("new", "open", "pending", "hold", "solved")
SYSTEM_FIELDS = {
    "Subject": "subject",
    "Description": "description",
    "Status": "status",
    "Type": "tickettype",
    "Priority": "priority",
    "Group": "group",
    "Assignee": "assignee",
    "Ticket status": "custom_status",
}
SCRUB_AFTER = timedelta(days=30)
_FIRST_ID = 31_000_000_000_001
_ID_STEP = 128
SERVICE_NAME = "Escalation Connector"
SERVICE_EMAIL = "connector@sandbox.example"


@dataclass(slots=True, frozen=True)
class MetricEvent:
    """One row of the metric event export; `extra` holds what only some types have."""

    time: datetime
    id: Id
    ticket_id: Id
    metric: str
    instance_id: int
    type: str
    extra: dict[str, Any]


class Store:
    """One account. Nothing here checks permissions, limits or input: that is the handlers' part."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._next_id = _FIRST_ID
        now = self.now()
        self.users: dict[Id, User] = {}
        self.users_by_email: dict[str, User] = {}
        self.organizations: dict[Id, Organization] = {}
        self.organizations_by_name: dict[str, Organization] = {}
        self.groups: dict[Id, Group] = {}
        self.policies: dict[str, Policy] = {}
        self.tickets: dict[Id, Ticket] = {}
        self.audits: dict[Id, Audit] = {}
        self.attachments: dict[str, Attachment] = {}
        self.jobs: dict[str, Job] = {}
        self.links: dict[Id, JiraLink] = {}
        self.idempotent: dict[str, tuple[datetime, bytes, bytes]] = {}
        self.metric_events: list[MetricEvent] = []
        self._metrics_sorted = True
        self.fields: dict[Id, TicketField] = {}
        self.fields_by_title: dict[str, TicketField] = {}
        self.brand_id, self.form_id, self.account_id = self.new_id(), self.new_id(), 18_000_001
        self.statuses = {status: self.new_id() for status in STATUSES}
        for title, kind in SYSTEM_FIELDS.items():
            self.add_field(title, kind, custom=False)
        self.service = self.add_user(SERVICE_NAME, SERVICE_EMAIL, role="admin", at=now)
        self._exported: list[tuple[int, Id]] = []
        self._audited: list[tuple[int, Id]] = []
        self._unindexed: dict[Id, tuple[datetime, Ticket | None]] = {}
        self._to_scrub: deque[tuple[datetime, Id]] = deque()
        self._next_ticket = 1
        self._loaded = False

    def now(self) -> datetime:
        return self.world.now().replace(microsecond=0)

    def new_id(self) -> Id:
        self._next_id += _ID_STEP
        return self._next_id

    # --- people and places

    def add_user(
        self,
        name: str,
        email: str,
        *,
        role: str = "end-user",
        organization_id: Id | None = None,
        verified: bool = True,
        at: datetime,
    ) -> User:
        user = User(self.new_id(), name, email, role, organization_id, verified, at, at)
        self.users[user.id] = user
        self.users_by_email[email.lower()] = user
        return user

    def add_organization(
        self,
        name: str,
        *,
        fields: dict[str, Any],
        domains: list[str],
        tags: list[str],
        at: datetime,
    ) -> Organization:
        made = Organization(self.new_id(), name, fields, domains, tags, at, at)
        self.organizations[made.id] = made
        self.organizations_by_name[name] = made
        return made

    def add_group(self, name: str, members: set[Id], at: datetime) -> Group:
        group = Group(self.new_id(), name, members, at)
        self.groups[group.id] = group
        return group

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self.groups.values() if group.name == name), None)

    def add_field(
        self, title: str, kind: str, options: tuple[str, ...] = (), *, custom: bool = True
    ) -> TicketField:
        made = TicketField(self.new_id(), title, kind, options, custom, self.now())
        self.fields[made.id] = made
        self.fields_by_title[title] = made
        return made

    def custom_fields(self) -> list[TicketField]:
        return [known for known in self.fields.values() if known.custom]

    def policy(self, title: str) -> Policy:
        """The SLA policy of that name, made when it is new."""
        if title not in self.policies:
            self.policies[title] = Policy(self.new_id(), title, {}, self.now())
        return self.policies[title]

    def attach(self, name: str, content_type: str, content: bytes) -> Attachment:
        number = self.new_id()
        token = hashlib.sha256(f"attachment {number}".encode()).hexdigest()[:24]
        made = Attachment(number, name, content_type, content, token)
        self.attachments[token] = made
        return made

    # --- tickets

    def reserve_ticket_id(self, wanted: Id | None = None) -> Id:
        """`wanted` if it is free, else the next free one, which is above all that were wanted."""
        if wanted is not None and wanted > 0 and wanted not in self.tickets:
            self._next_ticket = max(self._next_ticket, wanted + 1)
            return wanted
        while self._next_ticket in self.tickets:
            self._next_ticket += 1
        return self._next_ticket

    def load(self, tickets: list[Ticket]) -> None:
        """Tickets with their past, at the start: each keeps the export position it has."""
        for ticket in tickets:
            self.tickets[ticket.id] = ticket
            self._exported.append((ticket.generated, ticket.id))
            for audit in ticket.audits:
                self.audits[audit.id] = audit
                self._audited.append((_seconds(audit.created_at), audit.id))
            if ticket.deleted_at is not None:
                self._to_scrub.append((ticket.deleted_at + SCRUB_AFTER, ticket.id))
        self._exported.sort()
        self._audited.sort()
        self._to_scrub = deque(sorted(self._to_scrub))
        self._loaded = True

    def adopt(self, ticket: Ticket) -> None:
        """A ticket with its past that comes in later: exported now, its audits as of their time."""
        self.tickets.pop(ticket.id, None)
        for audit in ticket.audits:
            self.audits[audit.id] = audit
            insort(self._audited, (_seconds(audit.created_at), audit.id))
        self.changed(ticket, None)

    def before_change(self, ticket: Ticket) -> None:
        """What searches may still see of the ticket, until the index knows better."""
        lag = self.world.options.search_lag
        if lag and self._loaded and ticket.id not in self._unindexed:
            due = self.world.now() + timedelta(seconds=lag)
            old = copy(ticket) if ticket.id in self.tickets else None
            self._unindexed[ticket.id] = (due, old)

    def changed(self, ticket: Ticket, audit: Audit | None) -> None:
        """The ticket moves to the end of the export; the audit joins the events."""
        if ticket.id in self.tickets:
            self._forget_position(ticket)
        self.tickets[ticket.id] = ticket
        last = self._exported[-1][0] if self._exported else 0
        ticket.generated = max(_seconds(self.now()), last)
        self._exported.append((ticket.generated, ticket.id))
        if len(self._exported) > 1 and self._exported[-2] > self._exported[-1]:
            insort(self._exported, self._exported.pop())
        if audit is not None:
            self.audits[audit.id] = audit
            insort(self._audited, (_seconds(audit.created_at), audit.id))
        if ticket.deleted_at is not None:
            self._to_scrub.append((ticket.deleted_at + SCRUB_AFTER, ticket.id))

    def _forget_position(self, ticket: Ticket) -> None:
        key = (ticket.generated, ticket.id)
        at = bisect_left(self._exported, key)
        if at < len(self._exported) and self._exported[at] == key:
            del self._exported[at]

    def exported(self, after: tuple[int, Id]) -> Iterator[Ticket]:
        """Tickets whose (generated timestamp, id) is greater than `after`, in that order."""
        start = bisect_left(self._exported, (after[0], after[1] + 1))
        return (self.tickets[id_] for _, id_ in self._exported[start:])

    def audited(self, since: int) -> Iterator[Audit]:
        """Audits made at or after `since` seconds, oldest first."""
        start = bisect_left(self._audited, (since, 0))
        return (self.audits[id_] for _, id_ in self._audited[start:])

    def log_metric(
        self, ticket_id: Id, metric: str, instance: int, type_: str, at: datetime, **extra: Any
    ) -> None:
        event = MetricEvent(at, self.new_id(), ticket_id, metric, instance, type_, extra)
        self.metric_events.append(event)
        self._metrics_sorted = False

    def metric_events_since(self, since: int) -> list[MetricEvent]:
        """Metric events at or after `since` seconds, oldest first."""
        if not self._metrics_sorted:
            self.metric_events.sort(key=lambda event: (event.time, event.id))
            self._metrics_sorted = True
        start = bisect_left(self.metric_events, since, key=lambda event: _seconds(event.time))
        return self.metric_events[start:]

    def scrub_deleted(self) -> None:
        """Deleted tickets lose their texts after thirty days, which moves them in the export."""
        while self._to_scrub and self._to_scrub[0][0] <= self.now():
            _, id_ = self._to_scrub.popleft()
            ticket = self.tickets[id_]
            ticket.subject, ticket.description = "SCRUBBED", "X"
            ticket.tags, ticket.fields, ticket.comments = [], {}, []
            ticket.deleted_at = None
            self.changed(ticket, None)

    def indexed(self) -> Iterator[Ticket]:
        """Every ticket as the search index knows it; deleted ones are not in it."""
        now = self.world.now()
        for id_, (due, _) in list(self._unindexed.items()):
            if due <= now:
                del self._unindexed[id_]
        for ticket in self.tickets.values():
            known = self._unindexed.get(ticket.id, (now, ticket))[1]
            if known is not None and known.status != "deleted":
                yield known


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
