"""Facts first: what a ticket, its thread and its organization tell as of now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders import (
    NOON,
    a_change,
    a_clock,
    a_comment,
    a_note,
    a_person,
    a_reply,
    a_ticket,
    an_organization,
    case_of,
    days,
    hours,
    minutes,
    the_mappings,
)
from hypothesis import given
from hypothesis import strategies as st

from connector.core.facts import customer_of, look_at, sla_status
from connector.core.model import Customer, Metrics, SlaClock, Ticket
from connector.core.triggers import SlaWarning, TriggersMapping

FIELDS = the_mappings().fields
AUTUMN = datetime(2026, 10, 23, 14, tzinfo=UTC)
SPRING = datetime(2026, 3, 27, 15, tzinfo=UTC)
"""Fridays, 16:00 in Berlin, before a change of clocks."""


# --- who the customer is ---------------------------------------------------------------------


def test_a_customer_is_the_organization_where_there_is_one() -> None:
    customer = customer_of(a_ticket(organization=an_organization(8, name="Acme")), FIELDS)
    assert (customer.key, customer.name, customer.organization_id) == ("organization:8", "Acme", 8)


def test_a_customer_without_organization_is_the_mail_domain() -> None:
    ticket = a_ticket(requester=a_person(5, email="Ann@Acme.Example"))
    assert customer_of(ticket, FIELDS).key == "domain:acme.example"


def test_a_public_mail_provider_is_nobodys_domain() -> None:
    ticket = a_ticket(requester=a_person(5, name="Ann", email="ann@gmail.com"))
    customer = customer_of(ticket, FIELDS)
    assert (customer.key, customer.name) == ("requester:5", "Ann")


def test_a_ticket_without_requester_is_a_customer_of_its_own() -> None:
    one, two = (customer_of(a_ticket(n, requester=None), FIELDS) for n in (1, 2))
    assert one.key != two.key


def test_the_organization_tells_the_customers_value() -> None:
    organization = an_organization(
        arr="250,000", tier="Enterprise", renewal_date="2027-01-05", reference_customer=True
    )
    customer = customer_of(a_ticket(organization=organization), FIELDS)
    assert (customer.arr, customer.tier) == (250_000, "enterprise")
    assert (customer.renewal_date, customer.reference) == (date(2027, 1, 5), True)


@pytest.mark.parametrize("arr", [None, "a lot", True, "", "-5", "inf", "nan"])
def test_an_arr_that_is_no_amount_is_unknown(arr: object) -> None:
    customer = customer_of(a_ticket(organization=an_organization(arr=arr)), FIELDS)
    assert customer.arr is None


@pytest.mark.parametrize(("told", "verified"), [(True, True), (None, True), (False, False)])
def test_only_what_the_desk_says_makes_a_requester_unverified(
    *, told: bool | None, verified: bool
) -> None:
    ticket = a_ticket(requester=a_person(5, verified=told))
    assert customer_of(ticket, FIELDS).verified is verified


# --- high value: ARR from 100,000, or tier enterprise, or a renewal within 60 days -------------


@pytest.mark.parametrize(
    ("facts", "high"),
    [
        ({"arr": 100_000}, True),
        ({"arr": 99_999.99}, False),
        ({"tier": "enterprise"}, True),
        ({"tier": "Enterprise"}, True),
        ({"tier": "business"}, False),
        ({"renewal_date": "2027-01-17"}, True),
        ({"renewal_date": "2027-01-18"}, False),
        ({"renewal_date": "2026-11-18"}, True),
        ({"renewal_date": "2026-11-17"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_high_value_has_three_reasons_with_sharp_edges(
    facts: dict[str, Any], *, high: bool
) -> None:
    case = case_of(a_ticket(organization=an_organization(**facts)))
    assert bool(case.high_value) is high


# --- who waits for whom ----------------------------------------------------------------------


def test_the_clock_starts_with_the_oldest_comment_that_has_no_reply() -> None:
    case = case_of(
        a_ticket(age=hours(50)),
        a_reply("Looking into it", id=2, age=hours(40)),
        a_comment("Any news?", id=3, age=hours(3)),
        a_comment("Hello?", id=4, age=hours(1)),
    )
    assert case.unanswered is not None
    assert case.unanswered.comment_id == 3
    assert case.unanswered_since == NOON - hours(3)
    assert (case.last_speaker, case.turn, case.public_replies) == ("customer", "agent", 1)


def test_an_internal_note_is_no_reply() -> None:
    case = case_of(a_ticket(age=hours(5)), a_note("I look", age=hours(4)))
    assert case.unanswered_since == NOON - hours(5)


def test_our_own_comments_and_machines_are_neither_side() -> None:
    case = case_of(
        a_ticket(age=hours(5)),
        a_reply("escalated", age=hours(4), intent_id="i1"),
        a_comment("Our data is lost", id=3, role="system", age=hours(3)),
    )
    assert case.unanswered_since == NOON - hours(5)
    assert all("lost" not in passage.text for passage in case.customer_words)


def test_after_a_public_reply_nobody_waits_for_us() -> None:
    case = case_of(a_ticket(age=hours(5)), a_reply("Please try this", age=hours(1)))
    assert case.unanswered is None
    assert case.waited == timedelta(0)
    assert (case.last_speaker, case.turn) == ("agent", "customer")
    assert case.last_public_reply == NOON - hours(1)


def test_nobody_waits_in_a_solved_ticket() -> None:
    case = case_of(a_ticket(age=hours(5), status="solved"))
    assert case.unanswered is None
    assert case.turn is None


def test_a_requester_speaks_as_a_customer_whatever_their_role() -> None:
    person = a_person(9, role="agent")
    comment = a_comment("Broken for me", role="agent", author_id=9)
    case = case_of(a_ticket(age=hours(5), requester=person), comment)
    assert case.last_speaker == "customer"


def test_a_comment_of_the_future_is_not_known_yet() -> None:
    case = case_of(a_ticket(age=hours(5)), a_reply("Later", age=hours(-1)))
    assert case.unanswered_since == NOON - hours(5)


@pytest.mark.parametrize(
    ("asked", "now", "waited"),
    [
        pytest.param((2026, 11, 20, 16), (2026, 11, 23, 10), hours(2), id="over a weekend"),
        pytest.param((2026, 11, 18, 17), (2026, 11, 19, 9), hours(0), id="closed all the time"),
        pytest.param((2026, 11, 18, 16, 59), (2026, 11, 19, 9, 1), minutes(2), id="both edges"),
    ],
)
def test_waiting_counts_opening_hours_only(
    asked: tuple[int, ...], now: tuple[int, ...], waited: timedelta
) -> None:
    at, moment = datetime(*asked, tzinfo=UTC), datetime(*now, tzinfo=UTC)  # type: ignore[misc,arg-type]
    ticket = a_ticket(created_at=at, updated_at=at)
    assert case_of(ticket, now=moment).waited == waited


@pytest.mark.parametrize(
    ("asked", "now"),
    [
        pytest.param(AUTUMN, AUTUMN + hours(67), id="autumn, an hour more"),
        pytest.param(SPRING, SPRING + hours(65), id="spring, an hour less"),
    ],
)
def test_a_change_of_clocks_adds_and_takes_no_opening_hours(asked: datetime, now: datetime) -> None:
    """From Friday 16:00 to Monday 10:00 is 2 hours, whatever the clocks do in between."""
    raw = the_mappings().cadence.model_dump(mode="json")
    cadence = type(the_mappings().cadence).model_validate({**raw, "zone": "Europe/Berlin"})
    ticket = a_ticket(created_at=asked, updated_at=asked)
    assert case_of(ticket, now=now, mappings=the_mappings(cadence=cadence)).waited == hours(2)


# --- words -----------------------------------------------------------------------------------


def test_the_subject_and_the_description_are_the_customers_words() -> None:
    case = case_of(a_ticket(subject="Site down", description="Since nine."))
    assert [passage.text for passage in case.customer_words] == ["Site down", "Since nine."]


def test_the_description_is_not_told_twice_when_the_thread_has_it() -> None:
    ticket = a_ticket(age=hours(5), description="Since nine.")
    case = case_of(ticket, a_comment("Since nine.", id=1, age=hours(5)))
    assert [p.text for p in case.customer_words] == ["Export", "Since nine."]
    assert case.customer_words[1].source.comment_id == 1


def test_a_partial_thread_still_has_the_description() -> None:
    ticket = a_ticket(age=hours(50), description="Since nine.", comment_count=9)
    case = case_of(ticket, a_comment("Still so.", id=9, age=hours(1)))
    assert [p.text for p in case.customer_words] == ["Export", "Since nine.", "Still so."]


def test_an_agents_template_that_comes_back_is_nobodys_new_word() -> None:
    template = "Please tell us at once if your production is down."
    case = case_of(
        a_ticket(age=hours(9)),
        a_reply(template, id=2, age=hours(8)),
        a_comment(f"Thanks, all fine.\n{template}", id=3, age=hours(7)),
    )
    assert case.customer_words[-1].text == "Thanks, all fine."


def test_notes_are_agents_internal_comments() -> None:
    case = case_of(a_ticket(age=hours(9)), a_note("Reproduced", id=2), a_reply("Hello", id=3))
    assert [(n.text, n.source.comment_id) for n in case.agent_notes] == [("Reproduced", 2)]


def test_the_language_is_the_reports() -> None:
    case = case_of(a_ticket(description="Wir können uns seit heute nicht mehr anmelden, bitte."))
    assert case.language == "de"


# --- counts ----------------------------------------------------------------------------------


def test_reopens_come_from_the_metrics_else_from_the_changes() -> None:
    told = a_ticket(metrics=Metrics(reopens=2))
    assert case_of(told).reopens == 2
    changes = (a_change("status", "solved", "open"), a_change("status", "open", "solved"))
    assert case_of(a_ticket(), changes=changes).reopens == 1
    assert case_of(a_ticket()).reopens is None


def test_the_first_group_is_no_reassignment() -> None:
    assert case_of(a_ticket(metrics=Metrics(group_stations=1))).reassignments == 0
    assert case_of(a_ticket(metrics=Metrics(group_stations=4))).reassignments == 3
    first = a_change("group_id", None, "1", age=hours(2))
    second = a_change("group_id", "1", "2", age=hours(1))
    assert case_of(a_ticket(), changes=(first, second)).reassignments == 1
    assert case_of(a_ticket()).reassignments is None


def test_a_partial_thread_takes_the_replies_from_the_metrics() -> None:
    ticket = a_ticket(age=hours(50), comment_count=20, metrics=Metrics(replies=7))
    assert case_of(ticket, a_reply("Hello", id=19)).public_replies == 7


def test_the_priority_history_is_in_order() -> None:
    changes = (a_change("priority", "low", "high"), a_change("status", "new", "open"))
    assert [c.new for c in case_of(a_ticket(), changes=changes).priority_changes] == ["high"]


# --- SLA: at risk within 60 minutes, or with less than 20 % of the target left -----------------


def status_of(*clocks: SlaClock, **changes: Any) -> tuple[str, str | None]:
    status = sla_status(a_ticket(sla=clocks, **changes), NOON, SlaWarning())
    return status.state, status.metric


@pytest.mark.parametrize(
    ("left", "target", "state"),
    [
        (minutes(61), None, "within"),
        (minutes(60) + timedelta(seconds=1), None, "within"),
        (minutes(60), None, "at_risk"),
        (timedelta(seconds=1), None, "at_risk"),
        (timedelta(0), None, "breached"),
        (hours(-3), None, "breached"),
        (hours(2), hours(10), "within"),
        (hours(2) - timedelta(seconds=1), hours(10), "at_risk"),
        (hours(2), hours(4), "within"),
    ],
)
def test_sla_states_have_sharp_edges(left: timedelta, target: timedelta | None, state: str) -> None:
    assert status_of(a_clock(left, target=target))[0] == state


@pytest.mark.parametrize("stage", ["paused", "achieved", "something new"])
def test_a_clock_that_does_not_run_cannot_breach(stage: str) -> None:
    assert status_of(a_clock(hours(-3), stage=stage)) == ("within", None)


def test_no_sla_facts_are_unknown_and_never_made_up() -> None:
    assert status_of()[0] == "unknown"
    assert sla_status(a_ticket(sla=None), NOON, SlaWarning()).state == "unknown"


def test_a_missing_breach_time_does_not_run() -> None:
    clock = a_clock(hours(1)).model_copy(update={"breach_at": None})
    assert status_of(clock)[0] == "within"


def test_the_breach_that_happened_counts_before_the_next_one() -> None:
    past, near = a_clock(hours(-1), metric="first_reply_time"), a_clock(minutes(5))
    assert status_of(near, past) == ("breached", "first_reply_time")


def test_the_warning_of_any_clock_counts() -> None:
    """The resolution target breaches later, but has less than 20 % of its time left."""
    reply = a_clock(hours(3), metric="next_reply_time")
    resolution = a_clock(hours(5), metric="total_resolution_time", target=hours(40))
    assert status_of(reply, resolution)[0] == "at_risk"


def test_a_solved_ticket_has_no_running_sla() -> None:
    assert status_of(a_clock(hours(-1)), status="solved")[0] == "within"


# --- when time alone may change something -----------------------------------------------------


def looked_at(ticket: Ticket) -> datetime | None:
    return look_at(case_of(ticket), the_mappings())


def test_the_next_look_is_when_waiting_becomes_too_long() -> None:
    """12:00 on Wednesday and 24 business hours: Monday 12:00, and one second."""
    ticket = a_ticket(age=hours(0))
    assert looked_at(ticket) == datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


def test_at_that_look_and_not_before_the_trigger_fires() -> None:
    ticket = a_ticket(age=hours(0))
    moment = looked_at(ticket)
    assert moment is not None
    waiting = next(t for t in TriggersMapping().triggers if t.kind == "waiting-too-long")
    before = waiting.check(case_of(ticket, now=moment - timedelta(seconds=1)))
    after = waiting.check(case_of(ticket, now=moment))
    assert (type(before).__name__, type(after).__name__) == ("NearMiss", "Finding")


@pytest.mark.parametrize(
    ("left", "moment"),
    [
        pytest.param(hours(5), hours(4), id="the warning is next"),
        pytest.param(minutes(30), minutes(30), id="after the warning the breach is next"),
    ],
)
def test_the_next_look_is_the_sla_warning_and_then_the_breach(
    left: timedelta, moment: timedelta
) -> None:
    assert looked_at(a_ticket(sla=(a_clock(left),))) == NOON + moment


def test_a_renewal_that_comes_near_is_worth_a_look() -> None:
    organization = an_organization(renewal_date="2027-01-18")
    ticket = a_ticket(organization=organization)
    replied = a_reply("Hello", age=minutes(5))
    case = case_of(ticket, replied)
    assert look_at(case, the_mappings()) == datetime(2026, 11, 19, tzinfo=UTC)


def test_nothing_is_due_in_a_solved_ticket_or_when_nobody_waits() -> None:
    assert looked_at(a_ticket(status="solved")) is None
    assert look_at(case_of(a_ticket(), a_reply("Hello")), the_mappings()) is None


@pytest.mark.parametrize("age", [hours(1), days(2), days(5), days(40)])
def test_the_next_look_is_always_ahead(age: timedelta) -> None:
    ticket = a_ticket(age=age, sla=(a_clock(hours(3)), a_clock(hours(-3))))
    moment = looked_at(ticket)
    assert moment is not None
    assert moment > NOON


@given(st.permutations(range(4)))
def test_the_order_of_comments_does_not_matter(order: list[int]) -> None:
    comments = (
        a_comment("Since nine.", id=1, age=hours(9)),
        a_reply("Looking.", id=2, age=hours(8)),
        a_note("Reproduced.", id=3, age=hours(7)),
        a_comment("Still so.", id=4, age=hours(6)),
    )
    ticket = a_ticket(age=hours(9), description="Since nine.")
    shuffled = case_of(ticket, *[comments[place] for place in order])
    straight = case_of(ticket, *comments)
    assert shuffled.model_copy(update={"thread": straight.thread}) == straight


def test_a_customer_is_one_value_whichever_ticket_tells_it() -> None:
    organization = an_organization(arr=5)
    one, two = (customer_of(a_ticket(n, organization=organization), FIELDS) for n in (1, 2))
    assert one == two
    assert isinstance(one, Customer)
