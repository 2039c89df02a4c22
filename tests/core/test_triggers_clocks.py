"""Time triggers: open beyond SLA, waiting too long, not progressing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import a_case, a_clock, a_comment, a_reply, a_ticket, case_of, days, hours

from connector.core.duration import Duration
from connector.core.model import Finding, NearMiss
from connector.core.triggers import NotProgressing, OpenBeyondSla, WaitingTooLong

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("waited", "answer"),
    [
        pytest.param(hours(24), NearMiss, id="exactly at the limit"),
        pytest.param(hours(24) + SECOND, Finding, id="one second past it"),
        pytest.param(hours(12), NearMiss, id="half of it"),
        pytest.param(hours(12) - SECOND, type(None), id="less than half"),
    ],
)
def test_waiting_too_long_fires_only_past_its_limit(waited: timedelta, answer: type) -> None:
    assert isinstance(WaitingTooLong().check(a_case(waited=waited)), answer)


def test_nobody_waits_after_a_public_reply() -> None:
    ticket = a_ticket(age=days(30))
    assert WaitingTooLong().check(case_of(ticket, a_reply("Done", age=days(20)))) is None


def test_waiting_starts_anew_when_the_customer_answers() -> None:
    ticket = a_ticket(age=days(30))
    reply, answer = a_reply("Done?", id=2, age=days(20)), a_comment("No.", id=3, age=days(10))
    finding = WaitingTooLong().check(case_of(ticket, reply, answer))
    assert isinstance(finding, Finding)
    assert finding.sources[0].comment_id == 3


def test_a_limit_in_plain_hours_counts_the_night_too() -> None:
    trigger = WaitingTooLong(after=Duration.parse("24 hours"))
    assert isinstance(trigger.check(case_of(a_ticket(age=hours(24) + SECOND))), Finding)
    assert isinstance(trigger.check(case_of(a_ticket(age=hours(24)))), NearMiss)


def test_the_reason_names_both_clocks() -> None:
    finding = WaitingTooLong().check(a_case(waited=hours(26.5)))
    assert isinstance(finding, Finding)
    assert "26 business hours 30 minutes" in finding.because
    assert "24 business hours" in finding.because


@pytest.mark.parametrize(
    ("left", "metric", "fires"),
    [
        (timedelta(0), "total_resolution_time", True),
        (SECOND, "total_resolution_time", False),
        (hours(-5), "agent_work_time", True),
        (hours(-5), "next_reply_time", False),
    ],
)
def test_open_beyond_sla_asks_targets_about_solving(
    left: timedelta, metric: str, *, fires: bool
) -> None:
    case = case_of(a_ticket(sla=(a_clock(left, metric=metric),)))
    assert isinstance(OpenBeyondSla().check(case), Finding) is fires


@pytest.mark.parametrize(("age", "fires"), [(days(30), False), (days(30) + SECOND, True)])
def test_an_account_without_sla_can_have_a_limit_of_its_own(age: timedelta, *, fires: bool) -> None:
    trigger = OpenBeyondSla(open_for=Duration.parse("30d"))
    assert isinstance(trigger.check(case_of(a_ticket(age=age))), Finding) is fires
    assert OpenBeyondSla().check(case_of(a_ticket(age=age))) is None


@pytest.mark.parametrize(
    ("moves", "reopens", "answer"),
    [
        (3, 0, Finding),
        (2, 0, NearMiss),
        (0, 2, Finding),
        (0, 1, NearMiss),
        (2, 1, NearMiss),
        (0, 0, type(None)),
        (None, None, type(None)),
    ],
)
def test_three_reassignments_or_two_reopens_are_no_progress(
    moves: int | None, reopens: int | None, answer: type
) -> None:
    case = a_case(reassignments=moves, reopens=reopens)
    assert isinstance(NotProgressing().check(case), answer)


def test_a_near_miss_says_how_far_it_was() -> None:
    missed = NotProgressing().check(a_case(reassignments=2, reopens=1))
    assert isinstance(missed, NearMiss)
    assert missed.because == "2 of 3 reassignments between groups, 1 of 2 reopens"


def test_a_skip_tag_and_the_switch_silence_a_trigger() -> None:
    waiting = a_case(waited=hours(99), ticket=a_ticket(tags=("internal",)))
    assert isinstance(WaitingTooLong().check(waiting), Finding)
    assert WaitingTooLong(skip_tags=("internal",)).check(waiting) is None
    assert WaitingTooLong(enabled=False).check(waiting) is None
