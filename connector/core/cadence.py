"""cadence.toml: opening hours on a real calendar, and when the next follow-up is due.

Instants are compared and added in UTC; only opening hours and daily rhythms are wall-clock times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from connector.core.duration import BUSINESS_DAY, Duration
from connector.core.marks import Letters, Marks
from connector.core.model import Frozen, Severity
from connector.core.names import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

Span = tuple[time, time]
"""Opening and closing wall-clock time of one day; a closing time of 00:00 is the day's end."""

_DAY = timedelta(days=1)
_ZERO = timedelta(0)
_HORIZON = timedelta(days=3660)
"""How far back or ahead hours are counted. A wrong date must not cost minutes of counting."""


@dataclass(frozen=True)
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
        default_factory=dict, init=False, repr=False, compare=False
    )
    _months: dict[date, timedelta] = field(
        default_factory=dict, init=False, repr=False, compare=False
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
        moment = utc(at)
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
        last = utc(end)
        first = max(utc(start), last - min(_HORIZON, last - _EARLIEST))
        begin, stop = self._local_day(first), self._local_day(last)
        day, total = begin - _DAY, _ZERO
        while day <= stop + _DAY:
            whole = day.day == 1 and day > begin + _DAY and stop - day > 31 * _DAY
            if whole:
                total += self._month(day)
                day = _next_month(day)
                continue
            for opens, closes in self._openings(day):
                total += max(min(closes, last) - max(opens, first), _ZERO)
            day += _DAY
        return total

    def _month(self, first_day: date) -> timedelta:
        """All opening time of a month. Kept: a long wait is counted by months, not by days."""
        if first_day not in self._months:
            days = range((_next_month(first_day) - first_day).days)
            self._months[first_day] = sum(
                (
                    closes - opens
                    for offset in days
                    for opens, closes in self._openings(first_day + offset * _DAY)
                ),
                _ZERO,
            )
        return self._months[first_day]

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment (UTC) at which `amount` of opening time has passed since `start`.

        Raises ValueError for a negative amount, and when ten years have not enough open hours.
        """
        if amount < _ZERO:
            raise ValueError("cannot go back in opening hours")
        moment = utc(start)
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
            return utc(at)
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


def _next_month(first_day: date) -> date:
    return (first_day + 31 * _DAY).replace(day=1)


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


def utc(at: datetime) -> datetime:
    """Refuses a time without zone: guessing one would shift every clock."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no zone")
    return min(max(at.astimezone(UTC), _EARLIEST), _LATEST)


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)


def _length(start: time, end: time) -> timedelta:
    """Of a span on an ordinary day; an end of 00:00 is the day's end."""
    return (_since_midnight(end) or _DAY) - _since_midnight(start)


# --- the mapping -----------------------------------------------------------------------------

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?- ?([01][0-9]|2[0-4]):([0-5][0-9])")


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise ValueError("expected opening and closing time: '09:00-17:00', '00:00-24:00'")
    start, end = time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))
    if _length(start, end) <= _ZERO:
        raise ValueError("it closes before it opens; a night is two spans, one on each day")
    return start, end


def _checked_span(text: str) -> str:
    _span(text)
    return text


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise UnknownNameError("time zone", sorted(available_timezones()))
    return name


def _positive(interval: Duration) -> Duration:
    if interval.amount <= _ZERO:
        raise ValueError("expected more than nothing: this would never stop")
    return interval


Opening = Annotated[str, AfterValidator(_checked_span)]
Interval = Annotated[Duration, AfterValidator(_positive)]


class WeekHours(Frozen):
    """Opening hours as "09:00-17:00", any number a day, in order; none: closed."""

    monday: tuple[Opening, ...] = ()
    tuesday: tuple[Opening, ...] = ()
    wednesday: tuple[Opening, ...] = ()
    thursday: tuple[Opening, ...] = ()
    friday: tuple[Opening, ...] = ()
    saturday: tuple[Opening, ...] = ()
    sunday: tuple[Opening, ...] = ()

    @property
    def spans(self) -> dict[int, tuple[Span, ...]]:
        """By weekday, 0 is Monday."""
        days = (getattr(self, name) for name in WeekHours.model_fields)
        return {number: tuple(map(_span, day)) for number, day in enumerate(days)}


class Holidays(Frozen):
    """Public holidays by country and subdivision (ISO 3166 codes), and days of your own."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")] | None = None
    subdivision: Annotated[str, StringConstraints(min_length=1)] | None = None
    also: tuple[date, ...] = ()


class Schedule(Frozen):
    """How often the receiving team is asked, and the customer told, while nothing else happens."""

    internal: Interval
    customer: Interval


class CadenceMapping(Frozen):
    """Intervals per severity, and whose hours a "business hour" means.

    Public holidays come through pydantic's validation context, since only the shell may look them
    up: `days_off`, a function from `Holidays` to a container of dates.
    """

    zone: Annotated[str, AfterValidator(_zone)]
    hours: WeekHours
    holidays: Holidays = Holidays()
    severity: Mapping[Severity, Schedule] = Field(json_schema_extra={"required": list(Severity)})
    marks: Marks = Marks()
    letters: Letters = Letters()
    _business_hours: BusinessHours | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _open_sometimes(self, info: ValidationInfo) -> CadenceMapping:
        missing = [severity for severity in Severity if severity not in self.severity]
        if missing:
            raise ValueError(f"severity.{missing[0]} is missing; each severity needs its intervals")
        if self._business_hours is None:  # set already when it becomes part of another value
            look_up = (info.context or {}).get("days_off", _no_days_off)
            days_off = _Either((frozenset(self.holidays.also), look_up(self.holidays)))
            self._business_hours = BusinessHours(ZoneInfo(self.zone), self.hours.spans, days_off)
        return self

    @property
    def business_hours(self) -> BusinessHours:
        if self._business_hours is None:
            raise ValueError("made without validation, so the hours are not known")
        return self._business_hours

    def schedule(self, severity: Severity) -> Schedule:
        return self.severity[severity]


@dataclass(frozen=True)
class _Either:
    parts: tuple[Container[date], ...]

    def __contains__(self, day: object) -> bool:
        return any(day in part for part in self.parts)


def _no_days_off(holidays: Holidays) -> Container[date]:
    del holidays
    return frozenset()


def business_day_of(content: Mapping[str, Any]) -> timedelta:
    """How long a business day is by cadence.toml's content, which may still be wrong elsewhere."""
    try:
        hours = WeekHours.model_validate(content.get("hours"))
        return BusinessHours(ZoneInfo("UTC"), hours.spans).day
    except (ValidationError, ValueError):
        return BUSINESS_DAY
