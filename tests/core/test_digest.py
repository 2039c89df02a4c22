"""The digest counts what the ledger knows: open, due, late, untold, and how long it took."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, days, hours
from hypothesis import given
from hypothesis import strategies as st

from connector.core.digest import DUE_SOON, HORIZON, Digest, Tracked, build_digest
from connector.core.model import Severity, State, Target

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


def tracked(id: str = "e1", **facts: Any) -> Tracked:  # noqa: A002 - the field's own name
    given_: dict[str, Any] = {
        "severity": Severity.HIGH,
        "target": Target.ENGINEERING,
        "state": State.OPEN,
        "opened_at": NOON - days(2),
    }
    return Tracked(id=id, **{**given_, **facts})


def digest(*known: Tracked, zone: ZoneInfo = UTC) -> Digest:
    return build_digest(known, now=NOON, since=NOON - days(1), zone=zone)


def names(found: tuple[Tracked, ...]) -> list[str]:
    return [one.id for one in found]


def test_the_most_severe_stand_first_then_what_is_due_first() -> None:
    found = digest(
        tracked("late", internal_due_at=NOON + hours(2)),
        tracked("soon", internal_due_at=NOON + hours(1)),
        tracked("worst", severity=Severity.CRITICAL, internal_due_at=NOON + hours(9)),
    )
    assert names(found.open) == ["worst", "soon", "late"]


@pytest.mark.parametrize(
    ("due_in", "late", "due"),
    [
        pytest.param(timedelta(seconds=-1), 1, 0, id="a second past"),
        pytest.param(timedelta(0), 0, 1, id="right now"),
        pytest.param(DUE_SOON, 0, 1, id="exactly within"),
        pytest.param(DUE_SOON + timedelta(seconds=1), 0, 0, id="a second beyond"),
    ],
)
def test_a_follow_up_is_late_once_its_time_has_passed(
    due_in: timedelta, late: int, due: int
) -> None:
    found = digest(tracked(customer_due_at=NOON + due_in))
    assert (len(found.late), len(found.due)) == (late, due)


def test_a_resolved_escalation_has_no_follow_ups_left() -> None:
    found = digest(tracked(state=State.RESOLVED, internal_due_at=NOON - hours(1)))
    assert found.late == ()
    assert found.open == ()


def test_untold_customers_stand_by_how_long_they_have_waited() -> None:
    found = digest(
        tracked("new", state=State.RESOLVED, ended_at=NOON - hours(1), untold=(1,)),
        tracked("old", state=State.DE_ESCALATED, ended_at=NOON - hours(5), untold=(2, 3)),
        tracked("told", state=State.RESOLVED, ended_at=NOON - hours(9)),
    )
    assert names(found.untold) == ["old", "new"]


def test_opened_and_ended_are_those_of_the_period() -> None:
    found = digest(
        tracked("before", opened_at=NOON - days(1) - timedelta(seconds=1)),
        tracked("on the edge", opened_at=NOON - days(1)),
        tracked("ended", state=State.CONFIRMED, ended_at=NOON - hours(3)),
    )
    assert names(found.opened) == ["on the edge"]
    assert names(found.ended) == ["ended"]


def test_times_are_medians_and_a_half_told_escalation_is_not_told() -> None:
    def done(id: str, acknowledge: int, resolve: int, **facts: Any) -> Tracked:  # noqa: A002 - as above
        start = NOON - days(9)
        return tracked(
            id,
            state=State.CONFIRMED,
            opened_at=start,
            acknowledged_at=start + hours(acknowledge),
            resolved_at=start + hours(resolve),
            ended_at=start + hours(resolve),
            told_at=start + hours(resolve + 2),
            **facts,
        )

    times = digest(done("a", 1, 10), done("b", 2, 20), done("c", 9, 90, untold=(7,))).times
    assert times.acknowledge.median == hours(2)
    assert times.resolve.median == hours(20)
    assert (times.tell.median, times.tell.count) == (hours(2), 2)


def test_teams_are_told_apart() -> None:
    teams = digest(
        tracked("a", internal_due_at=NOON - hours(1), customer_due_at=NOON - hours(2)),
        tracked("b", target=Target.SECURITY, state=State.RESOLVED, ended_at=NOON, untold=(1,)),
    ).teams
    assert [(t.target, t.open, t.late, t.untold) for t in teams] == [
        (Target.ENGINEERING, 1, 1, 0),
        (Target.SECURITY, 0, 0, 1),
    ]


def test_a_month_is_shown_by_days_of_the_configured_zone() -> None:
    midnight_in_berlin = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    (bar,) = digest(tracked(opened_at=midnight_in_berlin), zone=BERLIN).over_time
    assert (bar.start, bar.days, bar.total) == (date(2026, 11, 18), 1, 1)


def test_more_than_a_month_is_shown_by_weeks_from_monday_without_gaps() -> None:
    bars = digest(tracked("a", opened_at=NOON - days(40)), tracked("b", opened_at=NOON)).over_time
    assert {bar.days for bar in bars} == {7}
    assert {bar.start.weekday() for bar in bars} == {0}
    assert [bar.total for bar in bars] == [1, 0, 0, 0, 0, 0, 1]


def test_what_is_older_than_the_horizon_is_in_no_picture_but_still_open() -> None:
    found = digest(tracked(opened_at=NOON - HORIZON - hours(1), triggers=("same-issue",)))
    assert (found.over_time, found.triggered) == ((), ())
    assert names(found.open) == ["e1"]


def test_a_trigger_counts_once_for_an_escalation() -> None:
    found = digest(tracked("a", triggers=("vip", "vip", "churn")), tracked("b", triggers=("vip",)))
    assert found.triggered == (("vip", 2), ("churn", 1))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 24 * 200), st.sampled_from(Severity), st.sampled_from(list(State))
        ),
        max_size=30,
    ),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_every_recent_escalation_is_in_exactly_one_bar(
    spans: list[tuple[int, Severity, State]], zone: str
) -> None:
    known = [
        tracked(f"e{n}", opened_at=NOON - hours(age), severity=severity, state=state)
        for n, (age, severity, state) in enumerate(spans)
    ]
    found = digest(*known, zone=ZoneInfo(zone))
    recent = [one for one in known if one.opened_at >= NOON - HORIZON]
    assert sum(bar.total for bar in found.over_time) == len(recent)
    starts = [bar.start for bar in found.over_time]
    assert starts == sorted(set(starts))
