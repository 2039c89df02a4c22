"""The demo week can end at any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.sandbox.demo import demo_seed
from connector.sandbox.moving import moved_to

LATER = datetime(2031, 2, 3, 4, 5, tzinfo=UTC)


def test_every_time_of_the_week_moves_by_the_same_span() -> None:
    week = demo_seed()
    moved = moved_to(week, LATER)
    by = LATER - datetime(2026, 6, 17, 10, tzinfo=UTC)
    assert moved.now == LATER
    assert [ticket.created_at for ticket in moved.tickets] == [
        ticket.created_at + by for ticket in week.tickets
    ]
    clocks = [clock.breach_at for ticket in moved.tickets for clock in ticket.sla]
    before = [clock.breach_at for ticket in week.tickets for clock in ticket.sla]
    assert clocks == [at and at + by for at in before]
    renewals = [one.fields.renewal_date for one in moved.organizations]
    assert renewals == [
        day and day + timedelta(days=by.days)
        for day in (one.fields.renewal_date for one in week.organizations)
    ]


def test_nothing_but_times_changes_and_the_week_itself_stays() -> None:
    week = demo_seed()
    moved = moved_to(week, LATER)
    assert [ticket.body for ticket in moved.tickets] == [ticket.body for ticket in week.tickets]
    assert moved.users == week.users
    assert demo_seed().now == datetime(2026, 6, 17, 10, tzinfo=UTC)
