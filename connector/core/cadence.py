"""Opening hours on a real calendar: zones, daylight saving and holidays included.

Instants are compared and added in UTC; only the opening hours themselves are wall-clock times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

Span = tuple[time, time]
"""Opening and closing wall-clock time of one day; a closing time of 00:00 is the day's end."""

_DAY = timedelta(days=1)
_ZERO = timedelta(0)
_HORIZON = timedelta(days=3660)
"""How far back or ahead hours are counted. A wrong date must not cost minutes of counting."""


@dataclass(frozen=True, eq=False)
class BusinessHours:
    """When somebody is at work: spans per weekday (0 is Monday) in one zone, minus holidays.

    A wall-clock time that a change of clocks repeats means its first pass; one that it skips means
    the moment of the change. Raises ValueError for spans that overlap, are out of order or
    backwards, and where no day has any.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[Span]]
    holidays: Container[date] = frozenset()
    _known: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        if not set(self.hours) <= set(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
        if not any(self.hours.values()):
            raise ValueError("no opening hours on any day of the week")
        for spans in self.hours.values():
            closed_at = _ZERO
            for start, end in spans:
                if _since_midnight(start) < closed_at or _length(start, end) <= _ZERO:
                    raise ValueError(f"{start:%H:%M}-{end:%H:%M} overlaps or ends before it starts")
                closed_at = _since_midnight(start) + _length(start, end)

    @property
    def day(self) -> timedelta:
        """The opening hours of one business day: the length most open weekdays have."""
        lengths = [
            sum((_length(start, end) for start, end in spans), _ZERO)
            for spans in self.hours.values()
            if spans
        ]
        return max(lengths, key=lambda length: (lengths.count(length), length))

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at work at this moment (the closing moment is closed)."""
        moment = _utc(at)
        first = self._local_day(moment) - _DAY
        return any(
            start <= moment < end
            for offset in range(3)
            for start, end in self._openings(first + offset * _DAY)
        )

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Opening time between two moments; zero when `end` is not after `start`.

        Counts at most the ten years before `end`.
        """
        last = _utc(end)
        first = max(_utc(start), last - min(_HORIZON, last - _EARLIEST))
        overlaps = (
            min(closes, last) - max(opens, first) for opens, closes in self._spans(first, last)
        )
        return sum((overlap for overlap in overlaps if overlap > _ZERO), _ZERO)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment (UTC) at which `amount` of opening time has passed since `start`.

        Raises ValueError for a negative amount, and when ten years have not enough open hours.
        """
        if amount < _ZERO:
            raise ValueError("cannot go back in opening hours")
        moment = _utc(start)
        if amount == _ZERO:
            return moment
        left = amount
        for opens, closes in self._spans(moment, moment + min(_HORIZON, _LATEST - moment)):
            here = closes - max(opens, moment)
            if here >= left:
                return max(opens, moment) + left
            left -= max(here, _ZERO)
        raise ValueError("not enough opening hours within ten years")

    def next_open(self, at: datetime) -> datetime:
        """`at` itself (UTC) when open, else the next opening."""
        if self.is_open(at):
            return _utc(at)
        instant = timedelta(microseconds=1)
        return self.add(at, instant) - instant

    def _spans(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Openings in order, from the day before `first` to the day after `last`."""
        day, stop = self._local_day(first) - _DAY, self._local_day(last) + _DAY
        while day <= stop:
            yield from self._openings(day)
            day += _DAY

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _openings(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Openings of one local day as UTC instants."""
        if day not in self._known:
            spans = () if day in self.holidays else self.hours.get(day.weekday(), ())
            self._known[day] = tuple(
                (
                    first_pass(day, start, self.zone),
                    first_pass(day if end > start else day + _DAY, end, self.zone),
                )
                for start, end in spans
            )
        return self._known[day]


_EARLIEST = datetime(1, 1, 4, tzinfo=UTC)
_LATEST = datetime(9999, 12, 28, tzinfo=UTC)


def first_pass(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a wall clock first shows `wall` on `day`.

    Where the clocks jump over that time: the moment of the jump.
    """
    local = datetime.combine(day, wall.replace(tzinfo=zone, fold=0))
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    before, after = local.replace(fold=1).astimezone(UTC), instant
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _utc(at: datetime) -> datetime:
    """Refuses a time without zone: guessing one would shift every clock."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone")
    return min(max(at.astimezone(UTC), _EARLIEST), _LATEST)


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)


def _length(start: time, end: time) -> timedelta:
    """Of a span on an ordinary day; an end of 00:00 is the day's end."""
    return (_since_midnight(end) or _DAY) - _since_midnight(start)
