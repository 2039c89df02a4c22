"""Why, or why not: findings, suppressors, rules and numbers of one issue."""

from __future__ import annotations

from itertools import permutations
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
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.assessment import assess
from connector.core.model import (
    Assessment,
    Case,
    EarlierEscalation,
    Group,
    Member,
    Organization,
    Severity,
    State,
    Target,
)

MAPPINGS = the_mappings()


def assessed(*cases: Case) -> Assessment:
    return assess(cases, MAPPINGS, now=NOON)


def reports(*organizations: Organization | None, **changes: Any) -> list[Case]:
    """One case for each ticket of a sure group, the oldest first."""
    tickets = [
        a_ticket(n, age=hours(9 - n), organization=organization, **changes)
        for n, organization in enumerate(organizations, 1)
    ]
    bare = [case_of(ticket) for ticket in tickets]
    members = tuple(
        Member(
            ticket_id=case.ticket.id,
            customer_key=case.customer.key,
            customer_name=case.customer.name,
            created_at=case.ticket.created_at,
        )
        for case in bare
    )
    group = Group(id="g1", label="export fails", strength="sure", members=members)
    return [case_of(ticket, group=group) for ticket in tickets]


def test_there_must_be_a_case() -> None:
    with pytest.raises(ValueError, match="no case"):
        assess([], MAPPINGS, now=NOON)


def test_an_ordinary_ticket_is_left_alone_with_a_reason() -> None:
    assessment = assessed(case_of(a_ticket()))
    assert (assessment.verdict, assessment.because) == ("leave", "no trigger fired")
    assert (assessment.severity, assessment.target, assessment.score) == (None, None, 0.0)


def test_an_assessment_says_everything_that_was_decided() -> None:
    organization = an_organization(name="Acme", arr=250_000, tier="enterprise")
    ticket = a_ticket(
        7, organization=organization, description="Production is down!", sla=(a_clock(minutes(30)),)
    )
    assessment = assessed(case_of(ticket, a_note("Reproduced.", id=3, ticket_id=7)))
    assert assessment.verdict == "escalate"
    assert {f.kind for f in assessment.findings} == {
        "production-down",
        "confirmed-bug",
        "sla-breach",
    }
    assert (assessment.severity, assessment.severity_rule) == (Severity.CRITICAL, "production down")
    assert (assessment.target, assessment.target_rule) == (
        Target.ENGINEERING,
        "production or data",
    )
    assert assessment.notify == (Target.LEADERSHIP,)
    assert assessment.because.startswith("production-down: ")
    assert assessment.tickets == (7,)
    assert assessment.score == pytest.approx(sum(p.points for p in assessment.score_parts))


@pytest.mark.parametrize(
    ("left", "because"),
    [
        (minutes(95), "SLA breaches in 95 minutes, warning at 60"),
        (minutes(600), "SLA breaches in 600 minutes, warning at 60"),
    ],
)
def test_a_near_miss_says_how_near(left: Any, because: str) -> None:
    assessment = assessed(case_of(a_ticket(sla=(a_clock(left),))))
    assert because in assessment.near_misses[0].because
    assert assessment.verdict == "leave"


@pytest.mark.parametrize(("customers", "verdict"), [(2, "leave"), (3, "escalate")])
def test_the_same_issue_escalates_from_three_customers_on(customers: int, verdict: str) -> None:
    cases = reports(*[an_organization(50 + n) for n in range(customers)])
    assessment = assessed(*cases)
    assert assessment.verdict == verdict
    if verdict == "leave":
        assert "2 of 3 customers" in {m.because.split(" within")[0] for m in assessment.near_misses}


def test_three_tickets_of_one_organization_are_one_customer() -> None:
    assessment = assessed(*reports(*[an_organization(50, arr=70_000)] * 3))
    assert assessment.verdict == "leave"
    assert assessment.impact is not None
    assert assessment.impact.breadth.number == 1
    assert assessment.impact.arr_at_risk == 70_000


def test_the_order_of_tickets_does_not_matter() -> None:
    cases = reports(
        an_organization(51, arr=5), an_organization(52), None, an_organization(51, arr=5)
    )
    results = {assessed(*order).model_dump_json() for order in permutations(cases)}
    assert len(results) == 1
    assert assessed(*cases).tickets == (1, 2, 3, 4)


def test_a_suggested_group_waits_for_a_person() -> None:
    group = a_group(*[hours(1)] * 3, strength="suggested")
    assessment = assessed(case_of(a_ticket(), group=group))
    assert assessment.verdict == "suggest"
    assert assessment.because.startswith("a person decides: ")
    assert assessment.target is Target.ENGINEERING


def test_a_hint_does_not_weigh_where_something_is_sure() -> None:
    """The customer's value is unknown: the threat to leave is a hint, the bug is sure."""
    ticket = a_ticket(tags=("bug_confirmed",), description="We will cancel our contract.")
    assessment = assessed(case_of(ticket))
    assert assessment.verdict == "escalate"
    assert (assessment.target, assessment.severity) == (Target.ENGINEERING, Severity.MEDIUM)
    assert {f.kind: f.sure for f in assessment.findings}["customer-at-risk"] is False


def test_a_possible_security_report_is_told_to_security_whatever_else_fires() -> None:
    says = "Session token and password visible to anonymous users after login, permission ignored"
    ticket = a_ticket(tags=("bug_confirmed",), subject=says, description=says)
    assessment = assessed(case_of(ticket))
    assert assessment.target is Target.ENGINEERING
    assert Target.SECURITY in assessment.notify


@pytest.mark.parametrize(
    ("says", "severity"),
    [
        ("Our account was hacked.", Severity.CRITICAL),
        ("I found a vulnerability in the search.", Severity.HIGH),
    ],
)
def test_security_goes_to_security_at_once(says: str, severity: Severity) -> None:
    assessment = assessed(case_of(a_ticket(description=says)))
    assert (assessment.target, assessment.severity) == (Target.SECURITY, severity)
    assert (assessment.verdict, assessment.notify) == ("escalate", ())


def test_mappings_cannot_talk_security_down() -> None:
    severity = MAPPINGS.severity.model_copy(update={"rules": ()})
    routing = MAPPINGS.routing.model_copy(update={"targets": ()})
    weak = the_mappings(severity=severity, routing=routing)
    case = case_of(a_ticket(description="Our account was hacked."))
    assessment = assess([case], weak, now=NOON)
    assert (assessment.target, assessment.severity) == (Target.SECURITY, Severity.CRITICAL)
    assert "security" in assessment.severity_rule
    assert "security" in assessment.target_rule


def test_a_ticket_that_is_kept_in_support_is_no_report_for_the_others() -> None:
    organizations = [an_organization(50 + n) for n in range(4)]
    cases = reports(*organizations)
    kept = [
        case_of(case.ticket.model_copy(update={"tags": ("no_escalation",)}), group=case.group)
        for case in cases[:1]
    ]
    three = assessed(*kept, *cases[1:])
    assert (three.verdict, three.tickets) == ("escalate", (2, 3, 4))
    assert "no-escalation" in {finding.kind for finding in three.suppressors}
    two = assessed(*kept, *cases[1:3])
    assert two.verdict == "escalate" or "of 3 customers" in str(two.near_misses)


def test_a_group_of_two_after_one_is_kept_back_is_left_alone() -> None:
    cases = reports(*[an_organization(50 + n) for n in range(3)])
    kept = case_of(
        cases[0].ticket.model_copy(update={"tags": ("no_escalation",)}), group=cases[0].group
    )
    assert assessed(kept, *cases[1:]).verdict == "leave"


def test_all_tickets_kept_in_support_leave_the_issue_alone() -> None:
    cases = reports(*[an_organization(50 + n) for n in range(3)], tags=("no_escalation",))
    assessment = assessed(*cases)
    assert assessment.verdict == "leave"
    assert assessment.because == "stays in support: no-escalation: tag no_escalation"
    assert assessment.severity is Severity.HIGH


def test_solved_tickets_alone_are_left_alone() -> None:
    cases = reports(*[an_organization(50 + n) for n in range(3)], status="solved")
    assert assessed(*cases).verdict == "leave"


def test_a_fix_that_did_not_hold_names_the_earlier_escalation() -> None:
    earlier = EarlierEscalation(
        id="e1",
        episode=1,
        state=State.CONFIRMED,
        issue_key="ESC-7",
        severity=Severity.HIGH,
        target=Target.ENGINEERING,
        resolved_at=NOON - days(3),
    )
    assessment = assessed(case_of(a_ticket(), earlier=earlier))
    assert assessment.verdict == "escalate"
    assert assessment.earlier == earlier
    assert "after ESC-7 was fixed" in assessment.because


def test_a_feature_gap_of_three_customers_is_for_product() -> None:
    cases = reports(*[an_organization(50 + n) for n in range(3)], tags=("feature_request",))
    assert assessed(*cases).target is Target.PRODUCT


SAYINGS = (
    "The export takes a while.",
    "Production is down.",
    "Our bookings were recorded twice.",
    "All our records are lost.",
    "We are blocked.",
    "We will cancel our contract.",
    "You will hear from our lawyer.",
    "I found a vulnerability.",
    "Our account was hacked.",
    "Our CEO asks every day.",
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(SAYINGS), min_size=1, max_size=3),
    st.sampled_from(SAYINGS),
    st.sampled_from([None, 5_000, 200_000]),
    st.sampled_from([None, minutes(600), minutes(30), minutes(-30)]),
)
def test_a_worse_fact_never_lowers_the_severity(
    says: list[str], more: str, arr: int | None, left: Any
) -> None:
    organization = an_organization(arr=arr) if arr else None
    clocks = (a_clock(left),) if left is not None else None
    calm = a_ticket(description=" ".join(says), organization=organization)
    worse = a_ticket(description=" ".join([*says, more]), organization=organization, sla=clocks)
    before, after = assessed(case_of(calm)), assessed(case_of(worse))
    order = ["leave", "suggest", "escalate"]
    assert order.index(after.verdict) >= order.index(before.verdict)
    if before.verdict == after.verdict and before.severity and after.severity:
        assert after.severity.rank <= before.severity.rank


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_assessed(description: str, subject: str) -> None:
    assessment = assessed(case_of(a_ticket(description=description, subject=subject)))
    assert assessment.because
    again = assessed(case_of(a_ticket(description=description, subject=subject)))
    assert assessment == again


def test_an_assessment_can_be_written_and_read_back() -> None:
    assessment = assessed(*reports(*[an_organization(50 + n) for n in range(3)]))
    assert Assessment.model_validate_json(assessment.model_dump_json()) == assessment
