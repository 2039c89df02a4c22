from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.cadence import BusinessHours, Span, first_pass

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
