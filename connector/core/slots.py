"""When the next follow-up is due: slots one interval apart, each known by its moment for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.cadence import BusinessHours, first_pass, utc
from connector.core.model import Frozen

if TYPE_CHECKING:
    from connector.core.duration import Duration

_DAY = timedelta(days=1)
_ZERO = timedelta(0)


class FollowUp(Frozen):
    """The slot (UTC) of a follow-up, by which it is known for ever.

    `due`: it is time. `late`: since the first slot that this one makes up for. `missed`: how many
    slots before this one nobody served; they are not made up for one by one.
    """

    slot: datetime
    due: bool
    late: timedelta = _ZERO
    missed: int = 0


def next_due(
    interval: Duration,
    hours: BusinessHours,
    *,
    last_activity: datetime,
    now: datetime,
    done: datetime | None = None,
) -> FollowUp:
    """The one follow-up to make now, or else the next one to come.

    Slots lie one interval apart from the last real activity on; `done` is the last slot that was
    served. Business intervals count opening hours; whole days keep the time of day in the zone of
    `hours`, whatever the clocks do; everything else is time that really passes. After missed
    slots only the newest is due. The same facts always give the same slot.
    """
    slots = _Slots(last_activity, interval, hours)
    served = slots.count(done) if done is not None else 0
    passed = slots.count(now)
    if passed <= served:
        return FollowUp(slot=slots.at(served + 1), due=False)
    return FollowUp(
        slot=slots.at(passed),
        due=True,
        late=utc(now) - slots.at(served + 1),
        missed=passed - served - 1,
    )


class _Slots:
    """The n-th moment of a rhythm, n from 1 on, and how many had come by a moment."""

    def __init__(self, start: datetime, interval: Duration, hours: BusinessHours) -> None:
        self.start, self.hours, self.step = utc(start), hours, interval.amount
        self.business = interval.business
        self.daily = not interval.business and not interval.amount % _DAY
        self.local = self.start.astimezone(hours.zone)

    def at(self, number: int) -> datetime:
        if self.business:
            return self.hours.add(self.start, number * self.step)
        if not self.daily:
            return self.start + number * self.step
        day = self.local.date() + number * self.step
        return first_pass(day, self.local.time(), self.hours.zone)

    def count(self, moment: datetime) -> int:
        until = utc(moment)
        if until <= self.start:
            return 0
        if self.business:
            return self.hours.elapsed(self.start, until) // self.step
        near = (until - self.start) // self.step
        if not self.daily:
            return near
        return next(n for n in (near + 1, near, near - 1) if n <= 0 or self.at(n) <= until)


def after(start: datetime, interval: Duration, hours: BusinessHours) -> datetime:
    """One interval after `start`, in opening hours where it says so. UTC."""
    return _Slots(start, interval, hours).at(1)


def next_loud(
    interval: Duration,
    hours: BusinessHours,
    *,
    last_activity: datetime,
    now: datetime,
    done: datetime | None = None,
    quiet_until: datetime | None = None,
) -> FollowUp:
    """`next_due` for a clock that somebody may have silenced.

    The moment the quiet ends is a slot of its own, and the rhythm begins anew there.
    """
    if quiet_until is None or utc(quiet_until) <= utc(last_activity):
        return next_due(interval, hours, last_activity=last_activity, now=now, done=done)
    ends = utc(quiet_until)
    if utc(now) < ends:
        return FollowUp(slot=ends, due=False)
    later = next_due(interval, hours, last_activity=ends, now=now, done=done)
    if done is not None and utc(done) >= ends:
        return later
    if later.due:
        return later.model_copy(update={"late": utc(now) - ends, "missed": later.missed + 1})
    return FollowUp(slot=ends, due=True, late=utc(now) - ends)
