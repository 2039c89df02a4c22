"""Which tickets deserve a closer look, from the ledger alone: no call is made here.

A ticket is a candidate when it changed and something in it fired, when time alone makes it one, or
when a new report joined a sure group of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.core.grouping import Fingerprint, Grouper, Report, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from connector.core.model import Group
    from connector.ledger.rows import EscalationRow, MirrorRow
    from connector.ledger.store import Transaction
    from connector.services import Services

NOT_OURS = frozenset({"deleted"})
_LOOKS_AT_LEAST = 40
_LOOKS_PER_ESCALATION = 4
"""How many candidates one sweep looks at closely for each escalation that it may open: a closer
look costs a call, and a first sweep over a backlog finds many candidates."""


@dataclass(frozen=True)
class Unit:
    """Tickets that are decided about together: a sure group, or one ticket.

    `live` is the escalation that some of them belong to already, `earlier` the newest one that is
    over; `key` is a hash of the facts that a decision would be made from.
    """

    ids: tuple[int, ...]
    changed: tuple[int, ...]
    group: Group | None
    live: EscalationRow | None
    earlier: EscalationRow | None
    linked: frozenset[int]
    key: str

    @property
    def sure(self) -> bool:
        """Whether it is a group that is decided about as a whole."""
        return self.group is not None and self.group.strength == "sure"

    @property
    def all_ids(self) -> frozenset[int]:
        """With those that its live escalation holds already."""
        return self.linked.union(self.ids)

    @property
    def new_ids(self) -> tuple[int, ...]:
        """Tickets that no live escalation holds yet."""
        return tuple(ticket for ticket in self.ids if ticket not in self.linked)


@dataclass(frozen=True)
class Candidates:
    """`units`: the most urgent first. `waiting`: due too, and left to the next sweep.

    `quiet`: changed tickets in which nothing fired; `settled`: decided before, same facts;
    `backlog`: tickets in which nothing happened within the window, which are only mirrored;
    `expired`: those of them that time alone had brought up.
    """

    units: tuple[Unit, ...]
    waiting: tuple[Unit, ...]
    backlog: tuple[int, ...]
    expired: tuple[int, ...]
    suggested: tuple[Group, ...]
    quiet: tuple[int, ...]
    settled: tuple[int, ...]


def find_candidates(services: Services) -> Candidates:
    """Everything that waits to be looked at, in the order of the tickets' ids."""
    with services.ledger.snapshot() as tx:
        waiting = {row.ticket_id for row in tx.inbox.todo(services.now)}
        due = {row.ticket_id: row for row in tx.mirror.due(services.now)}
        groups = current_groups(tx, services.now - services.window, services.window)
        rows = tx.mirror.get(sorted(waiting | set(due) | _members(groups)))
        units, suggested, seen = [], [], set()
        perhaps: dict[int, Group] = {}
        for group in groups:
            members = tuple(
                member.ticket_id
                for member in group.members
                if member.ticket_id in rows and rows[member.ticket_id].status not in NOT_OURS
            )
            if group.strength == "suggested":
                perhaps |= dict.fromkeys(members, group)
                if len(group.customers) >= services.min_customers and waiting & set(members):
                    suggested.append(group)
                continue
            seen |= set(members)
            if (waiting | set(due)) & set(members):
                units.append(_unit(tx, members, waiting | set(due), group, rows))
        alone = sorted(ticket_id for ticket_id in (waiting | set(due)) - seen if ticket_id in rows)
        units += [_unit(tx, (one,), {one}, perhaps.get(one), rows) for one in alone]
    return _sorted_out(services, units, suggested, rows, due)


def current_groups(tx: Transaction, since: datetime, window: timedelta) -> tuple[Group, ...]:
    """Groups of the tickets created since; the same tickets give the same groups every time."""
    reports: list[Report] = []
    problems: list[Verdict] = []
    for row in tx.mirror.since(since):
        if row.fingerprint is None or row.status in NOT_OURS:
            continue
        if row.problem_id is not None:
            problems.append(Verdict(first=row.problem_id, second=row.ticket_id, says="same"))
        reports.append(
            Report(
                ticket_id=row.ticket_id,
                customer_key=row.customer.key,
                customer_name=row.customer.name,
                created_at=row.created_at,
                fingerprint=Fingerprint.model_validate(row.fingerprint),
            )
        )
    return group_reports(reports, window, problems)


def group_reports(
    reports: Iterable[Report], window: timedelta, verdicts: Iterable[Verdict] = ()
) -> tuple[Group, ...]:
    """Groups of reports that come ordered by time, then id.

    `verdicts` are people's words about pairs: incidents that an agent linked to one problem are
    one issue, however they are worded.
    """
    grouper = Grouper(window=window, verdicts=verdicts)
    for report in reports:
        grouper.place(report)
    return grouper.groups()


def _members(groups: Iterable[Group]) -> set[int]:
    return {member.ticket_id for group in groups for member in group.members}


def _unit(
    tx: Transaction,
    ids: Sequence[int],
    changed: Iterable[int],
    group: Group | None,
    rows: Mapping[int, MirrorRow],
) -> Unit:
    known = [row for ticket_id in ids for row in tx.escalations.by_ticket(ticket_id)]
    live = next((row for row in known if row.state.live), None)
    over = [row for row in known if not row.state.live]
    linked = frozenset(link.ticket_id for link in tx.links.of(live.id)) if live else frozenset()
    return Unit(
        ids=tuple(ids),
        changed=tuple(sorted(set(changed) & set(ids))),
        group=group,
        live=live,
        earlier=max(over, key=lambda row: row.episode, default=None),
        linked=linked,
        key=_decision_key(ids, group, rows),
    )


def _decision_key(ids: Sequence[int], group: Group | None, rows: Mapping[int, MirrorRow]) -> str:
    facts = [f"{ticket_id}:{rows[ticket_id].content_hash}" for ticket_id in sorted(ids)]
    strength = f"{group.id}:{group.strength}" if group else ""
    return hashlib.sha256("|".join([*facts, strength]).encode()).hexdigest()[:20]


def _sorted_out(
    services: Services,
    units: Iterable[Unit],
    suggested: Sequence[Group],
    rows: Mapping[int, MirrorRow],
    due: Mapping[int, MirrorRow],
) -> Candidates:
    chosen: list[Unit] = []
    quiet: list[int] = []
    settled: list[int] = []
    backlog: list[int] = []
    since = services.now - services.window
    for unit in units:
        timely = any(ticket_id in due for ticket_id in unit.ids)
        if not timely and all(rows[ticket_id].decided == unit.key for ticket_id in unit.changed):
            settled += unit.changed
        elif unit.live is None and all(_last_news(rows[i], services.now) < since for i in unit.ids):
            backlog += unit.changed
        elif timely or unit.sure or unit.live or any(rows[i].signals for i in unit.ids):
            chosen.append(unit)
        else:
            quiet += unit.changed
    chosen.sort(key=lambda unit: _rank(unit, rows))
    looks = max(_LOOKS_AT_LEAST, _LOOKS_PER_ESCALATION * services.max_new)
    return Candidates(
        units=tuple(chosen[:looks]),
        waiting=tuple(chosen[looks:]),
        backlog=tuple(backlog),
        expired=tuple(ticket_id for ticket_id in backlog if ticket_id in due),
        suggested=tuple(suggested),
        quiet=tuple(quiet),
        settled=tuple(settled),
    )


def _last_news(row: MirrorRow, now: datetime) -> datetime:
    """When something last happened to the ticket; an SLA breach is news too, or is about to be."""
    breach = min(row.breach_at, now) if row.breach_at is not None else row.updated_at
    return max(row.updated_at, breach)


def _rank(unit: Unit, rows: Mapping[int, MirrorRow]) -> tuple[bool, float, tuple[int, ...]]:
    """Live escalations and Security first, then by what was found; groups count all of it."""
    urgency = sum(rows[ticket_id].urgency for ticket_id in unit.ids)
    return (unit.live is None, -urgency, unit.ids)
