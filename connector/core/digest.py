"""What a lead wants to know of all escalations at once: open, due, late, untold, and how long.

Values in, values out: `build_digest` counts and sorts what the ledger knows; nothing is judged here
that was not decided elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

from connector.core.model import Frozen, Severity, State, Target

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

HORIZON = timedelta(weeks=26)
"""How far back the pictures and the medians look."""

DUE_SOON = timedelta(hours=24)
"""What falls due within this counts as due; what has passed is late."""

_WORK = frozenset({State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS})
_DAILY = timedelta(days=31)
_WEEK = timedelta(days=7)

Clock = Literal["internal", "customer"]


class Tracked(Frozen):
    """One escalation, as far as a digest looks at it. Times are aware UTC, None: not (yet).

    `untold`: linked tickets whose customer has not heard of the end yet; `told_at`: when the last
    of them had. `triggers`: kinds, in the order of the assessment. `ended_at`: resolved or
    de-escalated.
    """

    id: str
    issue_key: str | None = None
    severity: Severity
    target: Target
    state: State
    summary: str = ""
    owner: str | None = None
    customers: tuple[str, ...] = ()
    tickets: tuple[int, ...] = ()
    untold: tuple[int, ...] = ()
    triggers: tuple[str, ...] = ()
    opened_at: datetime
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    told_at: datetime | None = None
    ended_at: datetime | None = None
    internal_due_at: datetime | None = None
    customer_due_at: datetime | None = None

    @property
    def name(self) -> str:
        """The Jira key where there is one."""
        return self.issue_key or self.id

    @property
    def at_work(self) -> bool:
        """Somebody has to do something about the issue itself."""
        return self.state in _WORK

    def dues(self) -> list[tuple[Clock, datetime]]:
        """The follow-ups that wait, the internal one first."""
        if not self.at_work:
            return []
        both: list[tuple[Clock, datetime | None]] = [
            ("internal", self.internal_due_at),
            ("customer", self.customer_due_at),
        ]
        return [(clock, at) for clock, at in both if at is not None]


class Due(Frozen):
    """A follow-up: the team is to be asked ("internal") or the customer told ("customer")."""

    escalation: Tracked
    clock: Clock
    at: datetime


class Typical(Frozen):
    """The median of `count` spans; None when there is none."""

    count: int = 0
    median: timedelta | None = None


class Times(Frozen):
    """Opened to acknowledged, opened to resolved, and resolved to the last customer told."""

    acknowledge: Typical = Typical()
    resolve: Typical = Typical()
    tell: Typical = Typical()


class Team(Frozen):
    """One target: what it has now, what came and went since, and its times over the horizon."""

    target: Target
    open: int = 0
    late: int = 0
    untold: int = 0
    opened: int = 0
    ended: int = 0
    times: Times = Times()


class Bar(Frozen):
    """Escalations opened in `days` days from `start` on (a date of the digest's zone)."""

    start: date
    days: int
    opened: Mapping[Severity, int]

    @property
    def total(self) -> int:
        return sum(self.opened.values())


class Resolved(Frozen):
    """How long one escalation took from its opening to its fix."""

    name: str
    severity: Severity
    took: timedelta


class Digest(Frozen):
    """The whole, as of `now`."""

    now: datetime
    since: datetime
    open: tuple[Tracked, ...] = ()
    late: tuple[Due, ...] = ()
    due: tuple[Due, ...] = ()
    untold: tuple[Tracked, ...] = ()
    opened: tuple[Tracked, ...] = ()
    ended: tuple[Tracked, ...] = ()
    times: Times = Times()
    teams: tuple[Team, ...] = ()
    over_time: tuple[Bar, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    triggered: tuple[tuple[str, int], ...] = ()


def build_digest(
    known: Iterable[Tracked],
    *,
    now: datetime,
    since: datetime,
    zone: ZoneInfo,
) -> Digest:
    """Everything about `known`: the live escalations, and those of the last `HORIZON`.

    `since` begins the period of "opened" and "ended"; days and weeks are counted in `zone`.
    """
    every = sorted(known, key=_urgency)
    dues = sorted(
        (Due(escalation=one, clock=clock, at=at) for one in every for clock, at in one.dues()),
        key=lambda due: (due.at, due.escalation.id, due.clock),
    )
    recent = [one for one in every if one.opened_at >= now - HORIZON]
    return Digest(
        now=now,
        since=since,
        open=tuple(one for one in every if one.at_work),
        late=tuple(due for due in dues if due.at < now),
        due=tuple(due for due in dues if now <= due.at <= now + DUE_SOON),
        untold=tuple(sorted(filter(_is_untold, every), key=_told_first)),
        opened=tuple(one for one in every if one.opened_at >= since),
        ended=tuple(one for one in every if one.ended_at is not None and one.ended_at >= since),
        times=_times(recent),
        teams=_teams(every, dues, now, since),
        over_time=_over_time(recent, now, zone),
        resolved=_resolved(recent),
        triggered=_triggered(recent),
    )


def _urgency(one: Tracked) -> tuple[int, datetime, str]:
    first = min((at for _, at in one.dues()), default=one.opened_at)
    return one.severity.rank, first, one.id


def _is_untold(one: Tracked) -> bool:
    return one.ended_at is not None and bool(one.untold)


def _told_first(one: Tracked) -> tuple[datetime, str]:
    return one.ended_at or one.opened_at, one.id


def _times(escalations: Iterable[Tracked]) -> Times:
    found = list(escalations)
    return Times(
        acknowledge=_typical((one.opened_at, one.acknowledged_at) for one in found),
        resolve=_typical((one.opened_at, one.resolved_at) for one in found),
        tell=_typical((one.ended_at, one.told_at) for one in found if not one.untold),
    )


def _typical(spans: Iterable[tuple[datetime | None, datetime | None]]) -> Typical:
    lengths = [
        max(end - start, timedelta(0))
        for start, end in spans
        if start is not None and end is not None
    ]
    return Typical(count=len(lengths), median=middle_of(lengths) if lengths else None)


def middle_of(lengths: Iterable[timedelta]) -> timedelta:
    """The median, which `statistics` does not take of spans. ValueError for none at all."""
    return timedelta(seconds=median(length.total_seconds() for length in lengths))


def _teams(
    every: Sequence[Tracked], dues: Sequence[Due], now: datetime, since: datetime
) -> tuple[Team, ...]:
    """Targets that have, or lately had, an escalation; in the order of the domain's tiers."""
    teams = []
    for target in Target:
        own = [one for one in every if one.target is target]
        if not own:
            continue
        late = {due.escalation.id for due in dues if due.at < now}
        teams.append(
            Team(
                target=target,
                open=sum(one.at_work for one in own),
                late=sum(one.id in late for one in own),
                untold=sum(map(_is_untold, own)),
                opened=sum(one.opened_at >= since for one in own),
                ended=sum(one.ended_at is not None and one.ended_at >= since for one in own),
                times=_times(one for one in own if one.opened_at >= now - HORIZON),
            )
        )
    return tuple(teams)


def _over_time(recent: Sequence[Tracked], now: datetime, zone: ZoneInfo) -> tuple[Bar, ...]:
    """Days while everything fits into a month, weeks (from Monday) after that; gaps included."""
    if not recent:
        return ()
    today = now.astimezone(zone).date()
    first = min(one.opened_at for one in recent).astimezone(zone).date()
    step = timedelta(days=1) if today - first <= _DAILY else _WEEK
    if step == _WEEK:
        first -= timedelta(days=first.weekday())
    counts = Counter(
        ((one.opened_at.astimezone(zone).date() - first) // step, one.severity) for one in recent
    )
    return tuple(
        Bar(
            start=first + number * step,
            days=step.days,
            opened={severity: counts[number, severity] for severity in Severity},
        )
        for number in range((today - first) // step + 1)
    )


def _resolved(recent: Iterable[Tracked]) -> tuple[Resolved, ...]:
    return tuple(
        Resolved(name=one.name, severity=one.severity, took=one.resolved_at - one.opened_at)
        for one in recent
        if one.resolved_at is not None
    )


def _triggered(recent: Iterable[Tracked]) -> tuple[tuple[str, int], ...]:
    """How many escalations each trigger had a part in, the most frequent first."""
    counts = Counter(kind for one in recent for kind in dict.fromkeys(one.triggers))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
