"""Ticket lines of a file -> a seed: what `escalation sandbox --load` serves."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Literal, cast, get_args

from connector.sandbox.seed import (
    Priority,
    Seed,
    SeedComment,
    SeedGroup,
    SeedOrganization,
    SeedStatus,
    SeedTicket,
    SeedUser,
    TicketType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.ticketfile import CommentLine, TicketLine

AGENT_DOMAIN = "support.example"
SPREAD_OVER = timedelta(days=7)
_APART = timedelta(minutes=7)
_REPLY_AFTER = timedelta(minutes=30)
_EXPORTED_AFTER = timedelta(minutes=2)
_LARGEST_ID = 2**53
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\Z")


def seed_from_lines(lines: Iterable[TicketLine], *, now: datetime) -> Seed:
    """Every line becomes a ticket. `now` is what the sandbox's clock will show, or a little after
    the file's latest time where that is later.

    A whole-number id is kept while it is free; any other becomes the ticket's `external_id`. A
    requester who is no e-mail address gets one, at a domain of the organization, or of their own
    where the line names none: so each stays the customer that the line says. Lines without a time
    are spread over the week before `now`, in the file's order.
    """
    read = list(lines)
    untimed = [line for line in read if line.created_at is None]
    step = min(_APART, SPREAD_OVER / (len(untimed) + 1))
    begin = now - step * (len(untimed) + 1)
    spread = {id(line): begin + step * place for place, line in enumerate(untimed, 1)}
    census = _Census(now)
    tickets = [census.ticket(line, line.created_at or spread[id(line)]) for line in read]
    latest = max((_last(ticket) for ticket in tickets), default=now)
    return Seed(
        organizations=tuple(SeedOrganization(name=name) for name in census.organizations),
        users=tuple(census.users.values()),
        groups=(SeedGroup(name="Support"), SeedGroup(name="L2 Support")),
        tickets=tuple(tickets),
        now=max(now, latest + _EXPORTED_AFTER),
    )


class _Census:
    """Who writes in the lines: each name becomes one user with one address."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ids: set[int] = set()
        self._nameless = 0
        self.organizations: dict[str, None] = {}
        self.users: dict[str, SeedUser] = {}

    def ticket(self, line: TicketLine, created: datetime) -> SeedTicket:
        if line.organization:
            self.organizations.setdefault(line.organization)
        requester = self._customer(line.requester, line.organization)
        kept = self._kept_id(line.id)
        return SeedTicket(
            id=kept,
            external_id=None if kept is not None else str(line.id),
            requester=requester,
            organization=line.organization,
            subject=line.subject,
            body=line.body,
            created_at=created,
            updated_at=line.updated_at,
            status=_status(line.status),
            priority=cast("Priority", line.priority) if _is(line.priority, Priority) else None,
            type=cast("TicketType", line.type) if _is(line.type, TicketType) else None,
            tags=tuple("_".join(tag.lower().split()) for tag in line.tags),
            comments=self._comments(line, requester, created),
        )

    def _kept_id(self, given: int | str) -> int | None:
        number = int(given) if isinstance(given, int) or given.isdecimal() else 0
        if not 0 < number < _LARGEST_ID or number in self._ids:
            return None
        self._ids.add(number)
        return number

    def _comments(
        self, line: TicketLine, requester: str, created: datetime
    ) -> tuple[SeedComment, ...]:
        made: list[SeedComment] = []
        at = created
        for said in line.comments:
            at = said.created_at or max(min(at + _REPLY_AFTER, self._now), at)
            author = self._author(said, requester, line.organization)
            made.append(
                SeedComment(author=author, public=said.public, created_at=at, body=said.body)
            )
        return tuple(made)

    def _author(self, said: CommentLine, requester: str, organization: str | None) -> str:
        if said.role in {"agent", "admin"}:
            return self._user(said.author or "agent", AGENT_DOMAIN, None, role="agent")
        if said.author is None:
            return requester
        return self._customer(said.author, organization)

    def _customer(self, name: str | None, organization: str | None) -> str:
        if name is None:
            self._nameless += 1
            name = f"customer {self._nameless}"
        home = _slug(organization or name)
        return self._user(name, f"{home}.example", organization)

    def _user(
        self,
        name: str,
        domain: str,
        organization: str | None,
        role: Literal["end-user", "agent"] = "end-user",
    ) -> str:
        email = name.lower() if _EMAIL.match(name) else f"{_slug(name)}@{domain}"
        if email not in self.users:
            self.users[email] = SeedUser(
                name=name, email=email, role=role, organization=organization
            )
        return email


def _last(ticket: SeedTicket) -> datetime:
    times = [ticket.created_at, *(said.created_at for said in ticket.comments)]
    return max([*times, *([ticket.updated_at] if ticket.updated_at else [])]).astimezone(UTC)


def _status(given: str) -> SeedStatus:
    return cast("SeedStatus", given) if _is(given, SeedStatus) else "open"


def _is(value: str | None, kind: object) -> bool:
    return value in get_args(kind)


def _slug(name: str) -> str:
    return _NOT_IN_NAMES.sub("-", name.lower()).strip("-")[:60] or "customer"
