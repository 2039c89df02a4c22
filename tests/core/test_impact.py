"""Six dimensions with numbers and sources; what is unknown is said to be unknown."""

from __future__ import annotations

from typing import Any

import pytest
from builders import (
    NOON,
    a_clock,
    a_group,
    a_note,
    a_ticket,
    an_organization,
    case_of,
    days,
    hours,
    minutes,
    the_mappings,
)

from connector.core.assessment import assess
from connector.core.impact import measure_impact, score_parts
from connector.core.model import Case, Impact, Severity

TRIGGERS = the_mappings().triggers


def impact_of(*cases: Case) -> Impact:
    return measure_impact(cases, TRIGGERS, (), now=NOON)


def test_nothing_known_is_said_to_be_unknown() -> None:
    impact = impact_of(case_of(a_ticket()))
    assert not impact.depth.known
    assert not impact.revenue.known
    assert not impact.reputation.known
    assert not impact.contractual.known
    assert (impact.arr_at_risk, impact.arr_unknown_for) == (None, 1)
    assert "unknown" in impact.revenue.text
    assert "number of users unknown" in impact.breadth.text


def test_arr_is_summed_over_distinct_organizations() -> None:
    one, two = an_organization(51, name="A", arr=10_000), an_organization(52, name="B", arr=5_000)
    cases = [case_of(a_ticket(n, organization=o)) for n, o in enumerate([one, one, two, None], 1)]
    impact = impact_of(*cases)
    assert (impact.arr_at_risk, impact.arr_unknown_for) == (15_000, 1)
    assert impact.revenue.number == 15_000
    assert impact.revenue.sources == ("A: 10,000", "B: 5,000")
    assert "unknown for 1 customer" in impact.revenue.text


def test_breadth_counts_customers_tickets_people_and_growth() -> None:
    group = a_group(days(10), days(3), days(2), customers=2)
    ticket = a_ticket(1, organization=an_organization(1), description="40 users cannot log in.")
    impact = impact_of(case_of(ticket, group=group))
    assert impact.breadth.number == 2
    assert impact.breadth.text == (
        "2 customers (Organization 1, Organization 2), 3 tickets; 40 people said to be affected; "
        "2 reports in the last 7 days, 1 in the 7 before"
    )
    assert impact.breadth.sources == ("ticket 1", "ticket 2", "ticket 3", "ticket 1")


def test_depth_says_whether_work_stopped_and_whether_a_way_around_is_known() -> None:
    blocked = impact_of(case_of(a_ticket(description="We are blocked.")))
    assert blocked.depth.text == "blocked: “We are blocked.”; no workaround known"
    eased = assess([case_of(a_ticket(tags=("workaround_available",)))], the_mappings(), now=NOON)
    assert eased.impact is not None
    assert "a workaround is known (tag workaround_available)" in eased.impact.depth.text


def test_duration_runs_from_the_first_report_of_the_group() -> None:
    ticket = a_ticket(age=hours(2), sla=(a_clock(hours(3)),))
    impact = impact_of(case_of(ticket, group=a_group(days(4), hours(2))))
    assert impact.first_report == NOON - days(4)
    assert impact.duration.number == 96
    assert "next SLA breach in 3 hours" in impact.duration.text


@pytest.mark.parametrize(
    ("clocks", "text", "number"),
    [
        (None, "unknown: the desk told no SLA", None),
        ((), "no SLA applies", 0),
        ((a_clock(hours(9)),), "within SLA", 0),
        ((a_clock(minutes(10)),), "SLA breached on 0 tickets, at risk on 1", 0),
        ((a_clock(hours(-1)),), "SLA breached on 1 ticket, at risk on 0", 1),
    ],
)
def test_contractual_tells_which_targets_are_broken(
    clocks: Any, text: str, number: float | None
) -> None:
    impact = impact_of(case_of(a_ticket(sla=clocks)))
    assert (impact.contractual.text, impact.contractual.number) == (text, number)


@pytest.mark.parametrize(
    ("reference", "says", "text"),
    [
        (True, "Slow.", "reference customer: Acme"),
        (False, "Slow.", "no reference customer, no public mention"),
        (None, "Slow.", "unknown: no public mention in the tickets"),
        (False, "I will post this on Twitter.", "public mention: “I will post this on Twitter.”"),
    ],
)
def test_reputation_knows_references_and_the_public(
    reference: bool | None,  # noqa: FBT001 - a column of the table
    says: str,
    text: str,
) -> None:
    organization = an_organization(name="Acme", reference_customer=reference)
    impact = impact_of(case_of(a_ticket(organization=organization, description=says)))
    assert impact.reputation.text == text


def test_the_worst_sla_of_all_tickets_counts() -> None:
    cases = [
        case_of(a_ticket(1, sla=(a_clock(minutes(10)),))),
        case_of(a_ticket(2, sla=(a_clock(hours(-1)),))),
        case_of(a_ticket(3)),
    ]
    assert impact_of(*cases).sla.state == "breached"


def scored(**changes: Any) -> dict[str, float]:
    case = case_of(a_ticket(**changes))
    parts = score_parts([case], impact_of(case), Severity.HIGH, ())
    return {part.name: part.points for part in parts}


def test_the_score_is_shown_part_by_part() -> None:
    organization = an_organization(arr=100_000)
    parts = scored(age=hours(3), organization=organization, sla=(a_clock(minutes(5)),))
    assert parts == {
        "severity": 60.0,
        "revenue": 20.0,
        "high value": 5.0,
        "SLA": 15.0,
        "waiting": 0.8,
    }


def test_parts_without_points_are_left_out() -> None:
    assert set(scored(age=hours(0))) == {"severity"}


def test_a_workaround_in_a_note_is_named_with_its_words() -> None:
    note = a_note("As a workaround they can use the API.", id=4)
    assessment = assess([case_of(a_ticket(age=days(1)), note)], the_mappings(), now=NOON)
    assert assessment.impact is not None
    assert "use the API" in assessment.impact.depth.text
