"""Seed -> Store: the account as it is when the sandbox starts, with every ticket's past."""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from connector.sandbox.seed import SeedChange, SeedComment, SeedOrganization
from connector.sandbox.zendesk import sla
from connector.sandbox.zendesk.creation import NewTicket, create
from connector.sandbox.zendesk.updates import Update

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.seed import (
        Seed,
        SeedAttachment,
        SeedOrganizationFields,
        SeedSla,
        SeedTicket,
    )
    from connector.sandbox.zendesk.entities import (
        Attachment,
        Organization,
        SlaClock,
        Ticket,
        User,
    )
    from connector.sandbox.zendesk.store import Store

_YEAR = timedelta(days=365)
_DEFAULT_AGENT = "agent@sandbox.example"


def fill(store: Store, seed: Seed) -> None:
    """Puts everything of the seed into an empty store."""
    Builder(store).everything(seed)


class Builder:
    """Makes what a seed names, and makes up what it names without describing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._then = store.now() - _YEAR

    def everything(self, seed: Seed) -> None:
        for organization in seed.organizations:
            self._organization(organization)
        for user in seed.users:
            home = self.organization(user.organization) if user.organization else None
            self._store.add_user(
                user.name, user.email, role=user.role, verified=user.verified,
                organization_id=home.id if home else None, at=self._then,
            )  # fmt: skip
        for group in seed.groups:
            members = {self.user(email, staff=True).id for email in group.members}
            self._store.add_group(group.name, members, self._then)
        for field in seed.ticket_fields:
            self._store.add_field(field.title, field.type, field.options)
        ordered = sorted(seed.tickets, key=lambda ticket: ticket.created_at)
        numbered = [ticket for ticket in ordered if ticket.id is not None]
        others = [ticket for ticket in ordered if ticket.id is None]
        made = [self.ticket(ticket) for ticket in [*numbered, *others]]
        self._store.load(made)

    # --- people and places

    def _organization(self, seed: SeedOrganization) -> Organization:
        tags = [*seed.tags, *([seed.fields.tier] if seed.fields.tier else [])]
        return self._store.add_organization(
            seed.name, fields=organization_fields(seed.fields), domains=list(seed.domains),
            tags=sorted(set(tags)), at=self._then,
        )  # fmt: skip

    def organization(self, name: str) -> Organization:
        known = self._store.organizations_by_name.get(name)
        return known or self._organization(SeedOrganization(name=name))

    def user(self, email: str, *, staff: bool = False, organization: str | None = None) -> User:
        """The user with that address, made up when there is none."""
        known = self._store.users_by_email.get(email.lower())
        if known is not None:
            return known
        home = self.organization(organization) if organization else None
        name = email.partition("@")[0].replace(".", " ").replace("_", " ").title()
        return self._store.add_user(
            name, email, role="agent" if staff else "end-user",
            organization_id=home.id if home else None, at=self._then,
        )  # fmt: skip

    # --- tickets

    def ticket(self, seed: SeedTicket) -> Ticket:
        """The ticket with its whole past replayed; not yet in the store."""
        requester = self.user(seed.requester, organization=seed.organization)
        created = whole(seed.created_at)
        update = create(
            self._store,
            NewTicket(
                id=seed.id, requester=requester, submitter=requester, subject=seed.subject,
                body=seed.body, at=created, channel="email",
                attachments=[self._attach(known) for known in seed.attachments],
                attributes=self._first_attributes(seed),
                fields={self.field_id(title): _stored(value)
                        for title, value in seed.fields.items()},
            ),
        )  # fmt: skip
        update.commit_past()
        ticket = update.ticket
        self._store.tickets[ticket.id] = ticket
        latest = self._replay(seed, ticket, requester)
        self._finish(seed, ticket, latest)
        for clock in seed.sla:
            self.sla(ticket, clock)
        return ticket

    def _first_attributes(self, seed: SeedTicket) -> dict[str, Any]:
        """What the ticket had at first: what its first change changed, else what it has now."""
        found: dict[str, Any] = {
            "status": "new" if seed.status == "new" else "open",
            "type": seed.type,
            "priority": seed.priority,
            "group_id": self.group_id(seed.group),
            "assignee_id": self.agent_id(seed.assignee),
            "external_id": seed.external_id,
            "problem_id": seed.problem_id,
            "tags": sorted(set(seed.tags)),
        }
        if not seed.comments and not seed.changes and seed.status in {"pending", "hold"}:
            found["status"] = seed.status
        if seed.organization is not None:
            found["organization_id"] = self.organization(seed.organization).id
        if seed.satisfaction is not None:
            found["satisfaction"] = {"score": seed.satisfaction}
        for change in sorted(seed.changes, key=lambda known: known.at, reverse=True):
            if change.field in found and change.field not in {"tags", "satisfaction"}:
                found[change.field] = self._content(change.field, change.old)
        return found

    def _replay(self, seed: SeedTicket, ticket: Ticket, requester: User) -> datetime:
        """Comments and changes in order of time; one audit for what one person did at once."""
        steps = [
            (whole(step.created_at if isinstance(step, SeedComment) else step.at),
             self._actor(step, requester).id, step)
            for step in _steps(seed)
        ]  # fmt: skip
        steps.sort(key=lambda step: (step[0], step[1], isinstance(step[2], SeedChange)))
        latest = ticket.created_at
        for (at, actor_id), together in groupby(steps, key=lambda step: step[:2]):
            actor = self._store.users[actor_id]
            channel = "web" if actor.staff else "email"
            update = Update(self._store, ticket, actor, at=at, channel=channel)
            for _, _, step in together:
                self._step(update, step)
            if update.audit.events:
                update.commit_past()
            latest = max(latest, at)
        return latest

    def _actor(self, step: SeedComment | SeedChange, requester: User) -> User:
        email = step.author or _DEFAULT_AGENT
        return requester if email == requester.email else self.user(email, staff=True)

    def _step(self, update: Update, step: SeedComment | SeedChange) -> None:
        if isinstance(step, SeedComment):
            files = [self._attach(known) for known in step.attachments]
            update.comment(step.body, public=step.public, attachments=files)
        elif step.field in self._store.fields_by_title:
            update.set_field(self.field_id(step.field), step.new)
        elif step.field == "tags":
            update.set_tags((step.new or "").split())
        else:
            update.set(step.field, self._content(step.field, step.new))

    def _finish(self, seed: SeedTicket, ticket: Ticket, latest: datetime) -> None:
        """What the ticket is now, where its past does not already say so."""
        at = max(latest, whole(seed.updated_at)) if seed.updated_at else latest
        author = self.user(seed.assignee or _DEFAULT_AGENT, staff=True)
        update = Update(self._store, ticket, author, at=at, channel="web")
        update.set("group_id", self.group_id(seed.group))
        update.set("assignee_id", self.agent_id(seed.assignee))
        update.set("priority", seed.priority)
        update.set("type", seed.type)
        update.set("status", seed.status)
        if update.audit.events or seed.updated_at:
            update.commit_past()
        if seed.status == "deleted":
            ticket.deleted_at = at

    def sla(self, ticket: Ticket, seed: SeedSla) -> SlaClock:
        """One SLA clock as it stands now."""
        target = timedelta(minutes=seed.target_minutes)
        end = whole(seed.fulfilled_at) if seed.fulfilled_at else None
        due = whole(seed.breach_at) if seed.breach_at else None
        begun = due - target if due else ticket.created_at
        clock = sla.start(self._store, ticket, seed.metric, target, seed.policy, begun)
        clock.breach_at = due
        if end is not None:
            clock.stage = "achieved"
            sla.log(self._store, ticket, clock, "fulfill", end)
        elif due is None:
            clock.stage, clock.left = "paused", target
            sla.log(self._store, ticket, clock, "pause", begun)
        return clock

    def _attach(self, seed: SeedAttachment) -> Attachment:
        return self._store.attach(seed.name, seed.content_type, seed.content.encode())

    def _content(self, field: str, value: str | None) -> Any:
        if field == "group_id":
            return self.group_id(value)
        if field == "assignee_id":
            return self.agent_id(value)
        return value

    def group_id(self, name: str | None) -> int | None:
        if name is None:
            return None
        known = self._store.group_named(name)
        return (known or self._store.add_group(name, set(), self._then)).id

    def agent_id(self, email: str | None) -> int | None:
        return self.user(email, staff=True).id if email else None

    def field_id(self, title: str) -> int:
        known = self._store.fields_by_title.get(title)
        return (known or self._store.add_field(title, "text")).id


def _steps(seed: SeedTicket) -> list[SeedComment | SeedChange]:
    return [*seed.comments, *seed.changes]


def organization_fields(fields: SeedOrganizationFields) -> dict[str, Any]:
    """As Zendesk writes them: a date field is a midnight in UTC."""
    renewal = fields.renewal_date
    return {
        "arr": fields.arr,
        "tier": fields.tier,
        "renewal_date": f"{renewal.isoformat()}T00:00:00+00:00" if renewal else None,
        "reference_customer": fields.reference_customer,
    }


def whole(moment: datetime) -> datetime:
    """UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
