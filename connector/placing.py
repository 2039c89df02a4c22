"""The groups follow what changed: new reports are placed, and nothing else is looked at.

The index of the groups is in the ledger. Reports are placed in the order of their creation as far
as they arrive in it; one that comes late is placed when it comes, and moves nobody. The index can
always be made again from the mirror's fingerprints, and is when this program's detector is another
than the one it was made with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from connector.core.grouping import Corrections, Grouper, Report, Verdict, Verdicts
from connector.core.grouping.index import month_of
from connector.core.grouping.parameters import shipped, shipped_version
from connector.core.model import NearTicket
from connector.core.triggers import FixedCameBack
from connector.ledger.rows import GroupRow, LabelRow, NearMissRow
from connector.ledger.sketches import SHAPE, readable, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import timedelta

    from connector.core.grouping import Fingerprint, Parameters, Placement
    from connector.core.model import Group
    from connector.ledger.rows import MirrorRow
    from connector.ledger.store import Transaction
    from connector.services import Services

NOT_OURS: Final = frozenset({"deleted"})
SHIFT: Final = "groups: shift"
_VERSION, _MONTH = "groups: version", "groups: month"
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK: Final = 250
_NEAR_MISSES: Final = 3


@dataclass
class GroupsUpdate:
    """`placed`: new reports; `rebuilt`: those of the whole window, when the index was made anew;
    `unread`: tickets whose words an older version kept in a form that this one cannot read.
    """

    placed: int = 0
    rebuilt: int = 0
    unread: int = 0
    dropped: int = 0


@dataclass
class _Work:
    """One transaction's part of it."""

    tx: Transaction
    grouper: Grouper
    corrections: Corrections
    verdicts: Verdicts
    found: GroupsUpdate
    touched: dict[str, None] = field(default_factory=dict)
    misses: list[NearMissRow] = field(default_factory=list)


def update_groups(services: Services) -> GroupsUpdate:
    """Takes in what waits to be looked at; costs what changed, whatever is in store."""
    found = GroupsUpdate()
    since = _retained(services)
    _forget_old(services, found, since)
    with services.ledger.snapshot() as tx:
        known = tx.cursor(_VERSION)
        waiting = tx.inbox.todo_ids(services.now)
        ids = [number for _, number in tx.mirror.reported(since, waiting)]
        gone = _gone(tx, waiting, ids)
        ids += [number for number in waiting if number in gone]
    if known == _version() or not waiting:
        _take_in(services, found, ids, {})
    else:
        _rebuild(services, found, since)
        if known is not None or found.placed > len(ids):  # else all of it is new
            found.rebuilt, found.placed = found.placed, 0
    return found


def group_parameters(tx: Transaction) -> Parameters:
    """The shipped ones, shifted by what `escalation group --learn` found."""
    learned = tx.cursor(SHIFT)
    return shipped().shifted(float(learned)) if learned else shipped()


def grouper_of(tx: Transaction, window: timedelta, verdicts: Iterable[Verdict] = ()) -> Grouper:
    return Grouper(group_parameters(tx), window=window, index=tx.reports, verdicts=verdicts)


def verdicts_around(tx: Transaction, tickets: Collection[int]) -> list[Verdict]:
    """What was said about these tickets, and what follows from it for them."""
    return [
        Verdict(first=row.first, second=row.second, says="same" if row.same else "different")
        for row in tx.groups.labels_around(tickets)
    ]


def explained(tx: Transaction, grouper: Grouper, group: str) -> Group | None:
    """A group with its reasons and its near misses; None with fewer than two reports."""
    found = grouper.group(group)
    if found is None:
        return None
    members = tx.reports.members(group)
    into = tx.groups.misses_at(group)[:_NEAR_MISSES]
    outside = {one.number: one for one in tx.reports.arrivals([miss.number for miss in into])}
    near = [
        NearTicket(ticket_id=outside[m.number].ticket_id, group=where, chance=m.chance)
        for m in into
        if m.number in outside and (where := tx.reports.group_of(m.number)) != group
    ]
    near += [
        NearTicket(ticket_id=miss.ticket_id, group=miss.group_id, chance=miss.chance)
        for miss in tx.groups.misses_of(members)
        if miss.group_id != group and tx.reports.members(miss.group_id)
    ]
    best = {miss.ticket_id: miss for miss in sorted(near, key=lambda miss: miss.chance)}
    nearest = sorted(best.values(), key=lambda miss: (-miss.chance, miss.ticket_id))
    return found.model_copy(update={"near": tuple(nearest[:_NEAR_MISSES])})


def at_least(customers: int) -> int:
    """A suggested group is shown from one customer below those that a sure one takes."""
    return max(2, customers - 1)


def put_lines(tx: Transaction, grouper: Grouper, groups: Iterable[str]) -> None:
    """The line that `list` and the sweep's report find a group by, for each that changed."""
    alone: list[str] = []
    for group in groups:
        members = tx.reports.arrivals(tx.reports.members(group))
        if len(members) < 2:  # noqa: PLR2004 - alone
            alone.append(group)
            continue
        tx.groups.put(
            GroupRow(
                id=group,
                strength=grouper.strength(group),
                tickets=len(members),
                customers=len({one.customer_key for one in members}),
                newest_at=max(one.created_at for one in members),
            )
        )
    tx.groups.drop(alone)


# --- taking in --------------------------------------------------------------------------------


def _take_in(
    services: Services, found: GroupsUpdate, ids: Sequence[int], held: dict[int, int]
) -> None:
    """In transactions of some hundred tickets. `held`: ticket -> the first one of its escalation,
    for a rebuild: what was escalated together stays together.
    """
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        with services.ledger.transaction() as tx:
            rows = tx.mirror.get(chunk)
            _note_problems(tx, rows.values(), services.now)
            said = verdicts_around(tx, chunk)
            said += [
                Verdict(first=held[number], second=number, says="same")
                for number in chunk
                if held.get(number, number) != number
            ]
            work = _Work(
                tx=tx,
                grouper=grouper_of(tx, services.window, said),
                corrections=Corrections(tx.reports, Verdicts(said)),
                verdicts=Verdicts(said),
                found=found,
            )
            tx.reports.expect(chunk)
            for number in chunk:
                _take(work, rows[number])
            tx.groups.put_misses(work.misses)
            put_lines(tx, work.grouper, work.touched)
            tx.reports.save()
        services.progress("tickets grouped", start + len(chunk), len(ids))


def _note_problems(tx: Transaction, rows: Iterable[MirrorRow], now: datetime) -> None:
    """Incidents that an agent linked to one problem are one issue, however they are worded; what
    an operator said of the pair stands.
    """
    for row in rows:
        if row.problem_id is not None and row.problem_id != row.ticket_id:
            first, second = sorted((row.problem_id, row.ticket_id))
            tx.groups.add_label(
                LabelRow(first=first, second=second, same=True, actor="zendesk", at=now)
            )


def _take(work: _Work, row: MirrorRow) -> None:
    index = work.tx.reports
    number = index.number_of(row.ticket_id)
    words = None if row.status in NOT_OURS else readable(row.fingerprint)
    if row.fingerprint is not None and words is None and row.status not in NOT_OURS:
        work.found.unread += 1
    if number is not None:
        work.touched[index.group_of(number)] = None
    if words is None:
        if number is not None:
            index.remove(number)
    elif number is None:
        _place(work, row, words)
    elif index.text_of(number) != text_of(words):
        _renew(work, row, words, kept=index.arrivals((number,))[0].kept)
    _bring_together(work, row.ticket_id)


def _place(work: _Work, row: MirrorRow, words: Fingerprint) -> None:
    placement = work.grouper.place(_report(row, words))
    if placement.compared is not None and row.problem_id is not None:
        work.tx.groups.set_chance(row.problem_id, row.ticket_id, placement.compared)
    work.found.placed += 1
    work.touched[placement.group] = None
    _keep_misses(work, placement)


def _renew(work: _Work, row: MirrorRow, words: Fingerprint, *, kept: bool) -> None:
    work.grouper.renew(_report(row, words))
    if kept:
        work.tx.reports.keep([row.ticket_id])


def _bring_together(work: _Work, ticket_id: int) -> None:
    """Agents may link tickets to a problem long after these were placed."""
    index = work.tx.reports
    friends = [ticket_id, *work.verdicts.together(ticket_id)]
    numbers = [number for friend in friends if (number := index.number_of(friend)) is not None]
    groups = dict.fromkeys(index.group_of(number) for number in numbers)
    if len(groups) > 1:
        work.touched |= groups
        work.corrections.unite(friends)
    if numbers and index.number_of(ticket_id) is not None:
        work.touched[index.group_of(numbers[0])] = None


def _keep_misses(work: _Work, placement: Placement) -> None:
    number = work.tx.reports.number_of(placement.ticket_id)
    if number is not None:
        work.misses += (
            NearMissRow(
                number=number, group_id=near.group, ticket_id=near.ticket_id, chance=near.chance
            )
            for near in placement.near_misses
        )


def _report(row: MirrorRow, words: Fingerprint) -> Report:
    return Report(
        ticket_id=row.ticket_id,
        customer_key=row.customer.key,
        customer_name=row.customer.name,
        created_at=row.created_at,
        fingerprint=words,
    )


def _gone(tx: Transaction, waiting: Collection[int], reported: Collection[int]) -> set[int]:
    """Tickets in store that changed and are not among those to be placed: deleted, or old."""
    others = set(waiting) - set(reported)
    tx.reports.look_up(others)
    return {number for number in others if tx.reports.number_of(number) is not None}


# --- making it anew, and forgetting -------------------------------------------------------------


def _rebuild(services: Services, found: GroupsUpdate, since: datetime) -> None:
    """From the mirror's fingerprints, those that an escalation holds first. Only a whole index
    bears the version: a run that dies half way is followed by one that begins again.
    """
    with services.ledger.transaction() as tx:
        before = tx.reports.grouped()
        tx.reports.clear()
        escalated = list(tx.links.held(services.now - _horizon(services)).values())
        first = {number: tickets[0] for tickets in escalated for number in tickets}
        held = [t for t in tx.mirror.reported(_BEGINNING, list(first)) if t[0] < since]
        others = tx.mirror.reported(since)
    for times in (held, others):
        _take_in(services, found, [number for _, number in times], first)
        with services.ledger.transaction() as tx:
            tx.reports.keep(first)
            _expire(services, tx, since)
    with services.ledger.transaction() as tx:
        changed = _name_as_before(tx, before)
        tx.groups.forget_misses(changed)
        put_lines(tx, grouper_of(tx, services.window), changed)
        tx.reports.save()
        tx.set_cursor(_VERSION, _version())


def _name_as_before(tx: Transaction, before: Mapping[int, str]) -> set[str]:
    """Groups take back the names that most of their tickets bore: people noted them. The names
    that another group has now, or had until now.
    """
    index = tx.reports
    groups = {group: index.members(group) for group in index.groups()}
    claims: list[tuple[int, str, str]] = []
    for group, numbers in groups.items():
        had = Counter(before.get(one.ticket_id) for one in index.arrivals(numbers))
        claims += [(-times, name, group) for name, times in had.items() if name]
    named: dict[str, str] = {}
    done: set[str] = set()
    for _, name, group in sorted(claims):
        if group not in done and name not in named:
            named[name] = group
            done.add(group)
    others = {name: group for name, group in named.items() if name != group}
    changed = {*others, *others.values()}
    for name, group in others.items():
        free = (other for k in count(2) if not index.members(other := f"{name}-{k}"))
        aside = next(other for other in free if other not in named)
        for number in index.members(name):
            index.assign(number, aside, index.chance_of(number))
            changed.add(aside)
        for number in groups[group]:
            index.assign(number, name, index.chance_of(number))
    return changed


def _forget_old(services: Services, found: GroupsUpdate, since: datetime) -> None:
    """Once a month: months that no window reaches any more. What another version left may not be
    readable, and goes when all is made anew.
    """
    month = str(month_of(since))
    with services.ledger.snapshot() as tx:
        ours = tx.cursor(_VERSION) in {None, _version()}
        known = tx.cursor(_MONTH)
    if ours and known != month:
        with services.ledger.transaction() as tx:
            found.dropped = _expire(services, tx, since)
            tx.set_cursor(_MONTH, month)


def _expire(services: Services, tx: Transaction, since: datetime) -> int:
    return tx.reports.expire(month_of(since), services.now - _horizon(services))


def _version() -> str:
    return f"{shipped_version()} {SHAPE}"


def _retained(services: Services) -> datetime:
    """The beginning of the month in which the window begins: months are kept whole."""
    first = (services.now - services.window).astimezone(UTC)
    return first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _horizon(services: Services) -> timedelta:
    """How long an issue that was fixed is known again."""
    triggers = services.mappings.triggers.triggers
    spans = [t.within.amount for t in triggers if isinstance(t, FixedCameBack)]
    return max([services.window, *spans])
