"""Which tickets deserve a closer look, from the ledger alone: no call is made here.

A ticket is a candidate when it changed and something in it fired, when time alone makes it one, or
when a new report joined a sure group of it.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from connector.core.model import OPEN_STATUSES, State
from connector.ledger.repository import chunks
from connector.placing import NOT_OURS, at_least, explained, grouper_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from connector.core.model import Group
    from connector.ledger.rows import EscalationRow, Glance
    from connector.ledger.store import Transaction
    from connector.services import Services

_GROUPS_FIRST = 100_000.0
"""Added to the urgency of a sure group of enough customers: more than single tickets reach, but
for Security's.
"""

Rank: TypeAlias = "tuple[bool, float, tuple[int, ...]]"
"""Whether it is new, its urgency from above, and its tickets."""

_LOOKS_AT_LEAST = 40
_LOOKS_PER_ESCALATION = 4
"""How many candidates one sweep looks at closely for each escalation that it may open: a closer
look costs a call, and a first sweep over a backlog finds many candidates."""

_SUGGESTED = 100
"""Groups for a person to decide about that a sweep shows; `escalation list` has the others too."""

T = TypeVar("T")


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
    def customers(self) -> frozenset[str]:
        """Keys of the customers whose tickets are decided about."""
        members, ids = self.group.members if self.group else (), set(self.ids)
        return frozenset(one.customer_key for one in members if one.ticket_id in ids)

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
    """`units`: the most urgent first. `waiting`: tickets due too, and left to the next sweep.

    `suggested`: of the groups that a person decides about those of most customers; `not_shown`: the
    ids of the others. `quiet`: changed tickets in which nothing fired; `settled`: decided before,
    same facts; `backlog`: tickets in which nothing happened within the window, which are only
    mirrored; `expired`: those of them that time alone had brought up.
    """

    units: tuple[Unit, ...]
    waiting: tuple[int, ...]
    backlog: tuple[int, ...]
    expired: tuple[int, ...]
    suggested: tuple[Group, ...]
    not_shown: frozenset[str]
    quiet: tuple[int, ...]
    settled: tuple[int, ...]


def find_candidates(services: Services) -> Candidates:
    """Everything that waits to be looked at.

    Of the groups only those that a waiting ticket is in.
    """
    with services.ledger.snapshot() as tx:
        waiting = set(tx.inbox.todo_ids(services.now))
        due = frozenset(tx.mirror.due_ids(services.now))
        looked_at = waiting | due
        sorting = _Sorting(services, due)
        seen: set[int] = set()
        for group in groups_with(tx, services.window, looked_at):
            rows = tx.mirror.glances([member.ticket_id for member in group.members])
            members = [
                member.ticket_id
                for member in group.members
                if member.ticket_id in rows and rows[member.ticket_id].status not in NOT_OURS
            ]
            here = looked_at.intersection(members)
            if group.strength == "sure":
                seen |= set(members)
                if here:
                    sorting.take(_unit(services, tx, members, looked_at, group, rows), rows)
                continue
            seen |= here
            _one_by_one(services, tx, sorting, group, {one: rows[one] for one in sorted(here)})
            enough = len(group.customers) >= at_least(services.min_customers)
            opened = any(rows[number].status in OPEN_STATUSES for number in members)
            if enough and opened and waiting & set(members):
                sorting.suggest(group)
        for some in chunks(sorted(looked_at - seen)):
            _one_by_one(services, tx, sorting, None, tx.mirror.glances(some))
    return sorting.candidates()


def _one_by_one(
    services: Services,
    tx: Transaction,
    sorting: _Sorting,
    group: Group | None,
    rows: Mapping[int, Glance],
) -> None:
    """Tickets that are decided about alone; the group that they are perhaps in is a fact of it."""
    escalated = tx.escalations.tickets_among(rows)
    for one, row in rows.items():
        if row.found or one in sorting.due or one in escalated:
            sorting.take(_unit(services, tx, [one], {one}, group, rows), rows)
        else:
            sorting.pass_by(one, row, _decision_key([one], group, rows))


class _Sorting:
    """What becomes of each ticket. Of each kind of unit no more are kept than one sweep can look
    at, the most urgent ones; of all others, nearly the whole of a large sweep, their numbers.
    """

    def __init__(self, services: Services, due: frozenset[int]) -> None:
        self.due = due
        self._now, self._since = services.now, services.now - services.window
        self._looks = max(_LOOKS_AT_LEAST, _LOOKS_PER_ESCALATION * services.max_new)
        self._enough = services.min_customers
        self._live: _Best[Unit] = _Best(self._looks)
        self._crowds: _Best[Unit] = _Best(self._looks)
        self._others: _Best[Unit] = _Best(self._looks)
        self._suggested: _Best[Group] = _Best(_SUGGESTED)
        self._not_shown: list[str] = []
        self._waiting: list[int] = []
        self._settled: list[int] = []
        self._backlog: list[int] = []
        self._quiet: list[int] = []

    def pass_by(self, ticket_id: int, row: Glance, key: str) -> None:
        """A ticket in which nothing fired, nothing is due, and that no escalation knows."""
        if row.decided == key:
            self._settled.append(ticket_id)
        elif _last_news(row, self._now) < self._since:
            self._backlog.append(ticket_id)
        else:
            self._quiet.append(ticket_id)

    def take(self, unit: Unit, rows: Mapping[int, Glance]) -> None:
        timely = not self.due.isdisjoint(unit.ids)
        old = all(_last_news(rows[i], self._now) < self._since for i in unit.ids)
        if not timely and all(rows[i].decided == unit.key for i in unit.changed):
            self._settled += unit.changed
        elif unit.live is None and old:
            self._backlog += unit.changed
        elif timely or unit.sure or unit.live or any(rows[i].found for i in unit.ids):
            crowd = unit.sure and len(unit.customers) >= self._enough
            best = self._live if unit.live else self._crowds if crowd else self._others
            if (dropped := best.add(_rank(unit, rows, crowd=crowd), unit)) is not None:
                self._waiting += dropped.ids
        else:
            self._quiet += unit.changed

    def suggest(self, group: Group) -> None:
        """A group that waits for a person's word."""
        rank = (False, -float(len(group.customers)), (group.members[0].ticket_id,))
        if (dropped := self._suggested.add(rank, group)) is not None:
            self._not_shown.append(dropped.id)

    def _units(self) -> tuple[list[Unit], list[Unit]]:
        """Those that are looked at, and those that wait.

        What is live goes first. Half of the other looks are for groups of enough customers, as far
        as there are so many: what single tickets seem to say, however urgent, must not keep them
        waiting, nor may groups keep single tickets waiting.
        """
        live, crowds, others = self._live.kept, self._crowds.kept, self._others.kept
        left = self._looks - len(live)
        for_crowds = max(left // 2, left - len(others))
        for_others = left - min(len(crowds), for_crowds)
        chosen = [*live, *crowds[:for_crowds], *others[:for_others]]
        rest = [*crowds[for_crowds:], *others[for_others:]]
        return [one for _, one in sorted(chosen, key=itemgetter(0))], [one for _, one in rest]

    def candidates(self) -> Candidates:
        units, rest = self._units()
        waiting = chain(self._waiting, chain.from_iterable(unit.ids for unit in rest))
        return Candidates(
            units=tuple(units),
            waiting=tuple(sorted(waiting)),
            backlog=tuple(self._backlog),
            expired=tuple(one for one in self._backlog if one in self.due),
            suggested=tuple(group for _, group in self._suggested.kept),
            not_shown=frozenset(self._not_shown),
            quiet=tuple(self._quiet),
            settled=tuple(self._settled),
        )


class _Best(Generic[T]):
    """The first so many by rank of all that were added."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.kept: list[tuple[Rank, T]] = []

    def add(self, rank: Rank, one: T) -> T | None:
        """The one that is not among the first any more, if there is one."""
        insort(self.kept, (rank, one), key=itemgetter(0))
        return self.kept.pop()[1] if len(self.kept) > self._most else None


def groups_with(tx: Transaction, window: timedelta, tickets: Iterable[int]) -> Iterator[Group]:
    """The groups that these tickets are in, as the last sweep left them; the oldest first."""
    grouper = grouper_of(tx, window)
    found = (explained(tx, grouper, group) for group in tx.groups.of_tickets(sorted(tickets)))
    return (group for group in found if group is not None)


def _unit(
    services: Services,
    tx: Transaction,
    members: Sequence[int],
    changed: set[int],
    group: Group | None,
    rows: Mapping[int, Glance],
) -> Unit:
    """Of a group's tickets those of the window, and those that its live escalation holds; older
    ones are known by the escalation that was theirs.
    """
    known = tx.escalations.by_tickets(members)
    live = next((row for row in known if row.state.live), None)
    over = [row for row in known if not row.state.live]
    linked = frozenset(link.ticket_id for link in tx.links.of(live.id)) if live else frozenset()
    since = services.now - services.window
    ids = [i for i in members if i in linked or rows[i].created_at > since or i in changed]
    if live is not None and _came_back(live, ids, linked, rows):
        over.append(live)
        live, linked = None, frozenset()
    held = frozenset(link.ticket_id for row in _ids_of(over) for link in tx.links.of(row))
    here = [one for one in ids if one in linked or _reports(one, held, rows)] or ids
    return Unit(
        ids=tuple(here),
        changed=tuple(sorted(changed & set(ids))),
        group=group,
        live=live,
        earlier=max(over, key=lambda row: row.episode, default=None),
        linked=linked,
        key=_decision_key(here, group, rows),
    )


def _ids_of(rows: Iterable[EscalationRow]) -> list[str]:
    return list(dict.fromkeys(row.id for row in rows))


def _reports(ticket_id: int, held: frozenset[int], rows: Mapping[int, Glance]) -> bool:
    """Whether a ticket speaks for the issue now: what an earlier episode settled does not."""
    return ticket_id not in held or rows[ticket_id].status in OPEN_STATUSES


def _came_back(
    live: EscalationRow, ids: Sequence[int], linked: frozenset[int], rows: Mapping[int, Glance]
) -> bool:
    """Whether a ticket that was made after the fix reports the issue: a new episode."""
    if live.state is not State.RESOLVED or live.ended_at is None:
        return False
    return any(one not in linked and rows[one].created_at > live.ended_at for one in ids)


def _decision_key(ids: Sequence[int], group: Group | None, rows: Mapping[int, Glance]) -> str:
    facts = [f"{ticket_id}:{rows[ticket_id].content_hash}" for ticket_id in sorted(ids)]
    strength = f"{group.id}:{group.strength}" if group else ""
    return hashlib.sha256("|".join([*facts, strength]).encode()).hexdigest()[:20]


def _last_news(row: Glance, now: datetime) -> datetime:
    """When something last happened to the ticket; an SLA breach is news too, or is about to be."""
    breach = min(row.breach_at, now) if row.breach_at is not None else row.updated_at
    return max(row.updated_at, breach)


def _rank(unit: Unit, rows: Mapping[int, Glance], *, crowd: bool) -> Rank:
    """Live escalations first, then Security, then groups of enough customers, then by what was
    found; groups count all of it. Their tickets may be quiet, each alone, and yet wait for nobody.
    """
    urgency = sum(rows[ticket_id].urgency for ticket_id in unit.ids)
    return (unit.live is None, -urgency - (_GROUPS_FIRST if crowd else 0.0), unit.ids)
