from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.core.cadence import (
    BusinessHours,
    CadenceMapping,
    Schedule,
    Span,
    business_day_of,
    first_pass,
)
from connector.core.duration import Duration
from connector.core.model import Severity
from connector.core.slots import FollowUp, after, next_due, next_loud
from connector.mapping_files import load_mappings

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE: list[Span] = [(time(9), time(17))]
ROUND_THE_CLOCK: list[Span] = [(time(0), time(0))]
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # moves by half an hour
    "America/Havana",  # moves at midnight
    "Pacific/Apia",  # dropped a whole day in 2011
)


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]  # date parts


def weekdays(spans: list[Span] = NINE_TO_FIVE) -> dict[int, list[Span]]:
    return dict.fromkeys(range(5), spans)


@pytest.fixture
def office() -> BusinessHours:
    return BusinessHours(BERLIN, weekdays(), holidays={date(2026, 5, 1)})


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(berlin(2026, 3, 9, 10), berlin(2026, 3, 9, 12), 2, id="within a day"),
        pytest.param(berlin(2026, 3, 9, 16), berlin(2026, 3, 10, 10), 2, id="over a night"),
        pytest.param(berlin(2026, 3, 6, 16), berlin(2026, 3, 9, 10), 2, id="over a weekend"),
        pytest.param(berlin(2026, 3, 7, 1), berlin(2026, 3, 8, 23), 0, id="a weekend alone"),
        pytest.param(berlin(2026, 4, 30, 16), berlin(2026, 5, 4, 10), 2, id="a holiday on Friday"),
        pytest.param(berlin(2026, 3, 9, 12), berlin(2026, 3, 9, 10), 0, id="backwards"),
        pytest.param(berlin(2026, 3, 9, 17), berlin(2026, 3, 10, 9), 0, id="closing to opening"),
    ],
)
def test_only_opening_hours_pass(
    office: BusinessHours, start: datetime, end: datetime, expected: int
) -> None:
    assert office.elapsed(start, end) == timedelta(hours=expected)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param(berlin(2026, 3, 9, 10), 2, berlin(2026, 3, 9, 12), id="the same day"),
        pytest.param(berlin(2026, 3, 9, 16), 2, berlin(2026, 3, 10, 10), id="the next day"),
        pytest.param(berlin(2026, 3, 9, 16), 1, berlin(2026, 3, 9, 17), id="exactly at closing"),
        pytest.param(berlin(2026, 3, 7, 3), 1, berlin(2026, 3, 9, 10), id="from a weekend"),
        pytest.param(berlin(2026, 4, 30, 16), 2, berlin(2026, 5, 4, 10), id="over a holiday"),
        pytest.param(berlin(2026, 3, 7, 3), 0, berlin(2026, 3, 7, 3), id="nothing to add"),
    ],
)
def test_adding_opening_hours_lands_in_opening_hours(
    office: BusinessHours, start: datetime, amount: int, expected: datetime
) -> None:
    assert office.add(start, timedelta(hours=amount)) == expected.astimezone(UTC)


def test_the_night_the_clocks_change_is_as_long_as_it_was() -> None:
    always = BusinessHours(BERLIN, dict.fromkeys(range(7), ROUND_THE_CLOCK))
    short = always.elapsed(berlin(2026, 3, 29), berlin(2026, 3, 30))
    long = always.elapsed(berlin(2026, 10, 25), berlin(2026, 10, 26))
    assert (short, long) == (timedelta(hours=23), timedelta(hours=25))


def test_an_office_that_opens_in_the_skipped_hour_opens_at_the_jump() -> None:
    early = BusinessHours(BERLIN, {6: [(time(2, 30), time(5))]})
    assert early.elapsed(berlin(2026, 3, 29), berlin(2026, 3, 30)) == timedelta(hours=2)
    assert early.next_open(berlin(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_repeated_hour_counts_once_for_who_closes_in_it_and_twice_for_who_works_through() -> None:
    night = BusinessHours(BERLIN, {6: [(time(1), time(2, 30))]})
    through = BusinessHours(BERLIN, {6: [(time(1), time(4))]})
    day = (berlin(2026, 10, 25), berlin(2026, 10, 26))
    assert night.elapsed(*day) == timedelta(minutes=90)
    assert through.elapsed(*day) == timedelta(hours=4)


def test_adjacent_spans_neither_overlap_nor_leave_a_hole_when_the_clocks_change() -> None:
    split: list[Span] = [(time(0), time(2, 30)), (time(2, 30), time(0))]
    halves = BusinessHours(BERLIN, dict.fromkeys(range(7), split))
    for day, length in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        start = datetime.combine(day, time(0), BERLIN)
        end = datetime.combine(day + timedelta(days=1), time(0), BERLIN)
        assert halves.elapsed(start, end) == timedelta(hours=length)


def test_a_day_that_a_country_left_out_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")
    office = BusinessHours(apia, weekdays())  # 2011-12-30, a Friday, never happened there
    thursday = datetime(2011, 12, 29, 16, tzinfo=apia)
    assert office.add(thursday, timedelta(hours=2)) == datetime(
        2012, 1, 2, 10, tzinfo=apia
    ).astimezone(UTC)


def test_open_and_closed_are_told_apart_at_the_edges(office: BusinessHours) -> None:
    edges = [berlin(2026, 3, 9, 8, 59), berlin(2026, 3, 9, 9), berlin(2026, 3, 9, 16, 59)]
    assert [office.is_open(at) for at in edges] == [False, True, True]
    assert not office.is_open(berlin(2026, 3, 9, 17))
    assert not office.is_open(berlin(2026, 5, 1, 12))


def test_open_hours_are_asked_from_any_zone(office: BusinessHours) -> None:
    assert office.is_open(datetime(2026, 3, 9, 4, 30, tzinfo=ZoneInfo("America/New_York")))
    assert not office.is_open(datetime(2026, 3, 9, 7, 59, tzinfo=UTC))


def test_the_next_opening_is_now_or_the_next_morning(office: BusinessHours) -> None:
    assert office.next_open(berlin(2026, 3, 9, 12)) == berlin(2026, 3, 9, 12)
    assert office.next_open(berlin(2026, 3, 6, 18)) == berlin(2026, 3, 9, 9)


def test_a_business_day_is_the_length_that_most_days_have() -> None:
    short_friday = weekdays() | {4: [(time(9), time(12)), (time(13), time(15))]}
    assert BusinessHours(BERLIN, short_friday).day == timedelta(hours=8)
    assert BusinessHours(BERLIN, dict.fromkeys(range(7), ROUND_THE_CLOCK)).day == timedelta(days=1)


@pytest.mark.parametrize(
    "spans",
    [
        {},
        {0: []},
        {7: NINE_TO_FIVE},
        {0: [(time(17), time(9))]},
        {0: [(time(9), time(9))]},
        {0: [(time(9), time(13)), (time(12), time(17))]},
        {0: [(time(13), time(17)), (time(9), time(12))]},
        {0: [(time(9), time(0)), (time(9), time(12))]},
    ],
)
def test_impossible_hours_are_refused(spans: dict[int, list[Span]]) -> None:
    with pytest.raises(ValueError, match=r"weekdays|no opening hours|overlaps or ends"):
        BusinessHours(BERLIN, spans)


def test_a_time_without_zone_is_refused(office: BusinessHours) -> None:
    naive = datetime(2026, 3, 9, 12)  # noqa: DTZ001 - the mistake under test
    for ask in (
        office.is_open,
        office.next_open,
        lambda at: office.elapsed(at, berlin(2026, 3, 9)),
    ):
        with pytest.raises(ValueError, match="has no zone"):
            ask(naive)


def test_a_calendar_of_nothing_but_holidays_ends_in_an_error_not_a_hang() -> None:
    class Always:
        def __contains__(self, day: object) -> bool:
            return True

    with pytest.raises(ValueError, match="within ten years"):
        BusinessHours(BERLIN, weekdays(), Always()).add(berlin(2026, 3, 9), timedelta(hours=1))


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_do_no_harm(office: BusinessHours, year: int) -> None:
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime.max.replace(tzinfo=UTC)
    now = berlin(2026, 3, 9, 12)
    assert timedelta(0) <= office.elapsed(min(edge, now), max(edge, now)) < timedelta(days=3660)
    assert not office.is_open(datetime(1, 1, 6, 3, tzinfo=UTC))


instants = st.datetimes(
    datetime(2010, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2028, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
short = st.timedeltas(timedelta(0), timedelta(days=60))


@st.composite
def calendars(draw: st.DrawFn) -> BusinessHours:
    def one_day() -> list[Span]:
        halves = draw(st.lists(st.integers(0, 48), max_size=6, unique=True))
        edges = [time(half // 2 % 24, half % 2 * 30) for half in sorted(halves)]
        return list(zip(edges[::2], edges[1::2], strict=False))

    week = {day: one_day() for day in draw(st.sets(st.integers(0, 6), min_size=1))}
    if not any(week.values()):
        week[0] = NINE_TO_FIVE
    off = draw(st.sets(st.dates(date(2010, 1, 1), date(2027, 12, 31)), max_size=5))
    return BusinessHours(ZoneInfo(draw(st.sampled_from(ZONES))), week, off)


@given(calendars(), instants, st.timedeltas(timedelta(0), timedelta(hours=12)))
def test_what_is_added_has_elapsed(
    calendar: BusinessHours, start: datetime, amount: timedelta
) -> None:
    assert calendar.elapsed(start, calendar.add(start, amount)) == amount


@given(calendars(), instants, short, short)
def test_elapsed_time_adds_up(
    calendar: BusinessHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    whole = calendar.elapsed(start, end)
    assert whole == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)
    assert timedelta(0) <= whole <= end - start


@given(calendars(), instants, short, short)
def test_a_later_start_or_a_larger_amount_never_ends_earlier(
    calendar: BusinessHours, start: datetime, later: timedelta, amount: timedelta
) -> None:
    some, more = amount / 200, amount / 100
    assert calendar.add(start, some) <= calendar.add(start, more)
    if some:
        assert calendar.add(start, some) <= calendar.add(start + later, some)


@given(calendars(), instants)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(
    calendar: BusinessHours, at: datetime
) -> None:
    opening = calendar.next_open(at)
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == timedelta(0)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2010, 1, 1), date(2027, 12, 31)),
    st.times(),
    st.times(),
)
def test_a_wall_clock_is_read_in_order_whatever_the_clocks_do(
    zone: str, day: date, one: time, other: time
) -> None:
    early, late = sorted((one, other))
    place = ZoneInfo(zone)
    assert first_pass(day, early, place) <= first_pass(day, late, place)
    assert first_pass(day, late, place) <= first_pass(day + timedelta(days=1), time(0), place)


# --- follow-ups ----------------------------------------------------------------------------------

TWO_HOURS = Duration.parse("2 hours")
FOUR_BUSINESS_HOURS = Duration.parse("4 business hours")
DAILY = Duration.parse("1 day")


def test_a_follow_up_is_due_from_its_slot_on_and_not_before(office: BusinessHours) -> None:
    start = berlin(2026, 3, 9, 10)
    ask = partial(next_due, TWO_HOURS, office, last_activity=start)
    early = ask(now=start + timedelta(hours=1, minutes=59))
    exact = ask(now=start + timedelta(hours=2))
    slot = start.astimezone(UTC) + timedelta(hours=2)
    assert early == FollowUp(slot=slot, due=False)
    assert exact == FollowUp(slot=slot, due=True)


def test_a_served_slot_is_not_served_again_and_the_next_one_follows(office: BusinessHours) -> None:
    start = berlin(2026, 3, 9, 10)
    first = start.astimezone(UTC) + timedelta(hours=2)
    for minutes in (0, 5, 119):
        now = first + timedelta(minutes=minutes)
        found = next_due(TWO_HOURS, office, last_activity=start, now=now, done=first)
        assert found == FollowUp(slot=first + timedelta(hours=2), due=False)


def test_after_a_gap_one_follow_up_makes_up_for_all_and_says_how_late(
    office: BusinessHours,
) -> None:
    start = berlin(2026, 3, 9, 10)
    now = start + timedelta(hours=9, minutes=10)
    found = next_due(TWO_HOURS, office, last_activity=start, now=now)
    assert found == FollowUp(
        slot=start.astimezone(UTC) + timedelta(hours=8),
        due=True,
        late=timedelta(hours=7, minutes=10),
        missed=3,
    )
    after = next_due(TWO_HOURS, office, last_activity=start, now=now, done=found.slot)
    assert after == FollowUp(slot=found.slot + timedelta(hours=2), due=False)


def test_activity_starts_the_clock_anew(office: BusinessHours) -> None:
    start, now = berlin(2026, 3, 9, 10), berlin(2026, 3, 9, 13)
    served = start.astimezone(UTC) + timedelta(hours=2)
    fresh = now - timedelta(minutes=1)
    found = next_due(TWO_HOURS, office, last_activity=fresh, now=now, done=served)
    assert found == FollowUp(slot=fresh.astimezone(UTC) + timedelta(hours=2), due=False)


def test_business_intervals_wait_for_opening_hours_and_holidays(office: BusinessHours) -> None:
    thursday = berlin(2026, 4, 30, 15)
    ask = partial(next_due, FOUR_BUSINESS_HOURS, office, last_activity=thursday)
    monday = berlin(2026, 5, 4, 11).astimezone(UTC)
    assert ask(now=berlin(2026, 5, 3, 20)) == FollowUp(slot=monday, due=False)
    assert ask(now=berlin(2026, 5, 4, 11)) == FollowUp(slot=monday, due=True)


def test_a_daily_rhythm_keeps_its_time_of_day_when_the_clocks_change(
    office: BusinessHours,
) -> None:
    saturday = berlin(2026, 3, 28, 9)
    found = next_due(DAILY, office, last_activity=saturday, now=berlin(2026, 3, 30, 8))
    assert found.slot == berlin(2026, 3, 29, 9).astimezone(UTC)
    assert found.slot - saturday.astimezone(UTC) == timedelta(hours=23)


def test_a_skipped_hour_does_not_swallow_a_follow_up(office: BusinessHours) -> None:
    saturday = berlin(2026, 3, 28, 2, 30)
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    ask = partial(next_due, DAILY, office, last_activity=saturday)
    assert not ask(now=jump - timedelta(seconds=1)).due
    assert ask(now=jump) == FollowUp(slot=jump, due=True)
    assert ask(now=jump, done=jump).slot == berlin(2026, 3, 30, 2, 30).astimezone(UTC)


def test_a_repeated_hour_does_not_fire_twice(office: BusinessHours) -> None:
    saturday = berlin(2026, 10, 24, 2, 30)
    first = berlin(2026, 10, 25, 2, 30, fold=0).astimezone(UTC)
    second = berlin(2026, 10, 25, 2, 30, fold=1).astimezone(UTC)
    assert second - first == timedelta(hours=1)
    assert next_due(DAILY, office, last_activity=saturday, now=first).slot == first
    again = next_due(DAILY, office, last_activity=saturday, now=second, done=first)
    assert again == FollowUp(slot=berlin(2026, 10, 26, 2, 30).astimezone(UTC), due=False)


def test_a_clock_that_runs_backwards_repeats_nothing(office: BusinessHours) -> None:
    start = berlin(2026, 3, 9, 10)
    served = start.astimezone(UTC) + timedelta(hours=4)
    for now in (start, start - timedelta(hours=1), served - timedelta(minutes=10)):
        found = next_due(TWO_HOURS, office, last_activity=start, now=now, done=served)
        assert found == FollowUp(slot=served + timedelta(hours=2), due=False)


intervals = st.sampled_from(
    [Duration.parse(text) for text in ("2 hours", "1 day", "4 business hours", "3 days", "45 m")]
)


@given(intervals, calendars(), instants, st.lists(st.integers(1, 900), min_size=1, max_size=30))
def test_whatever_the_rhythm_of_the_runs_no_slot_is_served_twice_or_out_of_order(
    interval: Duration, calendar: BusinessHours, start: datetime, steps: list[int]
) -> None:
    served: list[datetime] = []
    now = start
    for minutes in steps:
        now += timedelta(minutes=minutes)
        found = next_due(
            interval, calendar, last_activity=start, now=now, done=served[-1] if served else None
        )
        assert found.due is (found.slot <= now)
        assert found.late <= now - start
        if found.due:
            served.append(found.slot)
    assert served == sorted(set(served))
    assert all(start < slot <= now for slot in served)


@given(intervals, calendars(), instants, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_run_at_every_slot_is_never_late_and_misses_nothing(
    interval: Duration, calendar: BusinessHours, start: datetime, until: timedelta
) -> None:
    done, end = None, start + min(until, 20 * interval.amount)
    while True:
        found = next_due(interval, calendar, last_activity=start, now=done or start, done=done)
        if found.slot > end:
            break
        exact = next_due(interval, calendar, last_activity=start, now=found.slot, done=done)
        assert exact == FollowUp(slot=found.slot, due=True)
        done = found.slot


# --- the mapping ---------------------------------------------------------------------------------


def a_mapping(**parts: Any) -> CadenceMapping:
    every = {"internal": "2 hours", "customer": "4 hours"}
    content = {
        "zone": "Europe/Berlin",
        "hours": {"monday": ["09:00-12:00", "13:00-17:00"], "friday": ["00:00-24:00"]},
        "severity": {"Critical": every, "High": every, "Medium": every},
    }
    return CadenceMapping.model_validate(content | parts)


def test_hours_are_read_as_people_write_them() -> None:
    spans = a_mapping().hours.spans
    assert spans[0] == ((time(9), time(12)), (time(13), time(17)))
    assert spans[4] == ((time(0), time(0)),)
    assert spans[1] == ()
    hours = a_mapping().business_hours
    assert hours.elapsed(berlin(2026, 3, 9), berlin(2026, 3, 14)) == timedelta(hours=31)


def test_days_of_your_own_and_public_ones_are_off() -> None:
    own = a_mapping(holidays={"also": [date(2026, 3, 9)]})
    assert not own.business_hours.is_open(berlin(2026, 3, 9, 10))
    public = CadenceMapping.model_validate(
        own.model_dump(), context={"days_off": lambda _: {date(2026, 3, 13)}}
    )
    assert not public.business_hours.is_open(berlin(2026, 3, 9, 10))
    assert not public.business_hours.is_open(berlin(2026, 3, 13, 10))
    assert public.business_hours.is_open(berlin(2026, 3, 16, 10))


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("4 hours", berlin(2026, 3, 9, 20)),
        ("2 business hours", berlin(2026, 3, 13, 1)),
        ("1 day", berlin(2026, 3, 10, 16)),
    ],
)
def test_a_deadline_counts_what_its_duration_says(duration: str, expected: datetime) -> None:
    found = after(berlin(2026, 3, 9, 16), Duration.parse(duration), a_mapping().business_hours)
    assert found == expected.astimezone(UTC)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"zone": "Europe/Berln"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "no time zone"),
        ({"hours": {}}, "no opening hours"),
        ({"hours": {"monday": ["9-17"]}}, "expected opening and closing time"),
        ({"hours": {"monday": ["17:00-09:00"]}}, "closes before it opens"),
        ({"hours": {"monday": ["09:00-24:30"]}}, "expected opening and closing time"),
        ({"hours": {"monday": ["09:00-12:00", "11:00-13:00"]}}, "overlaps"),
        ({"severity": {}}, r"severity\.Critical is missing"),
        ({"severity": {"Hgih": {}}}, "Input should be 'Critical'"),
    ],
)
def test_a_cadence_that_makes_no_sense_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_mapping(**parts)


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="this would never stop"):
        Schedule.model_validate({"internal": "0 hours", "customer": "1 hour"})


def test_a_business_day_is_read_from_hours_even_when_the_rest_is_wrong() -> None:
    content = {"zone": "nowhere", "hours": {"monday": ["08:00-18:00"]}}
    assert business_day_of(content) == timedelta(hours=10)
    assert business_day_of({"hours": {"monday": ["x"]}}) == timedelta(hours=8)
    assert business_day_of({}) == timedelta(hours=8)


@pytest.mark.parametrize(
    ("severity", "internal", "customer"),
    [
        (Severity.CRITICAL, "2 hours", "4 hours"),
        (Severity.HIGH, "4 business hours", "8 business hours"),
        (Severity.MEDIUM, "1 business day", "2 business days"),
    ],
)
def test_the_shipped_cadence_is_the_domain_s(
    severity: Severity, internal: str, customer: str
) -> None:
    assert load_mappings(None).cadence.schedule(severity) == Schedule(
        internal=Duration.parse(internal), customer=Duration.parse(customer)
    )


@given(offset=st.integers(0, 2_000_000), days=st.integers(0, 900), minutes=st.integers(0, 1440))
def test_a_long_wait_is_the_sum_of_its_days(offset: int, days: int, minutes: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    hours = BusinessHours(
        ZoneInfo("Europe/Berlin"),
        {0: [(time(9), time(17))], 5: [(time(22), time(0))], 6: [(time(0), time(3))]},
        {date(2022, 12, 26)},
    )
    end = start + timedelta(days=days, minutes=minutes)
    edges = [start + timedelta(days=number) for number in range(days + 1)] + [end]
    parts = [hours.elapsed(one, two) for one, two in pairwise(edges)]
    assert hours.elapsed(start, end) == sum(parts, timedelta(0))


# --- a clock that somebody silenced ---------------------------------------------------------------


@given(st.integers(0, 4000), st.integers(1, 4000))
def test_a_silenced_clock_never_strikes_before_its_time_and_always_at_it(
    quiet_for: int, later: int
) -> None:
    office, start = BusinessHours(ZoneInfo("UTC"), weekdays()), datetime(2026, 3, 2, 9, tzinfo=UTC)
    until = start + timedelta(minutes=quiet_for + 1)
    ask = partial(next_loud, TWO_HOURS, office, last_activity=start, quiet_until=until)
    assert not ask(now=until - timedelta(seconds=1)).due
    assert ask(now=until) == FollowUp(slot=until, due=True)
    served = ask(now=until).slot
    assert ask(now=until, done=served).slot == until + timedelta(hours=2)
    found = ask(now=until + timedelta(minutes=later))
    assert found.due
    assert found.late == timedelta(minutes=later)
    assert not ask(now=until + timedelta(minutes=later), done=found.slot).due
