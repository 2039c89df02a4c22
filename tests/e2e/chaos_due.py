"""How many follow-ups can be due at most, by when the command ran: the model's own count.

Nothing of the product is asked. The figures are those of the mappings that come with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MONDAY = datetime(2026, 6, 15, tzinfo=UTC)
_OPENS, _SHUTS = timedelta(hours=9), timedelta(hours=17)
_DAY, _WORKDAYS = timedelta(days=1), 5


def _passed(at: datetime) -> timedelta:
    return at - _MONDAY


def _opened(at: datetime) -> timedelta:
    """Opening hours since that Monday: Monday to Friday, nine to five, UTC."""
    days, today = divmod(at - _MONDAY, _DAY)
    whole = days - 2 * (days // 7) - max(0, days % 7 - _WORKDAYS)
    open_today = min(max(today, _OPENS), _SHUTS) - _OPENS if days % 7 < _WORKDAYS else timedelta()
    return whole * (_SHUTS - _OPENS) + open_today


@dataclass(frozen=True)
class Rhythm:
    """While nobody does anything: the team is asked, and a ticket's agent reminded, so often."""

    team: timedelta
    customer: timedelta
    clock: Callable[[datetime], timedelta]

    def questions(self, runs: Iterable[datetime], since: datetime) -> int:
        return _most(self.team, [self.clock(at) for at in runs], self.clock(since))

    def reminders(self, runs: Iterable[datetime], since: datetime) -> int:
        return _most(self.customer, [self.clock(at) for at in runs], self.clock(since))


def _most(every: timedelta, runs: Iterable[timedelta], since: timedelta) -> int:
    """A run makes up for missed slots with one follow-up, for the newest of them.

    What people do meanwhile starts a clock anew, so that a slot may lie anywhere in the interval
    before a run, and one interval at least after the last one.
    """
    served, last = 0, since
    for run in sorted(runs):
        if run - last >= every:
            served += 1
            last = max(last + every, run - every)
    return served


CRITICAL = Rhythm(timedelta(hours=2), timedelta(hours=4), _passed)
HIGH = Rhythm(timedelta(hours=4), timedelta(hours=8), _opened)
