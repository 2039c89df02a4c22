"""Business triggers: a customer at risk, SLA breach, executives, legal and press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_case, a_clock, a_ticket, an_organization, case_of, hours, minutes

from connector.core.model import Finding, NearMiss, SlaStatus
from connector.core.triggers import (
    CustomerAtRisk,
    ExecutiveInvolved,
    LegalOrPress,
    SlaBreach,
)

LEAVING = "If this goes on we will cancel our contract."


@pytest.mark.parametrize(
    ("value", "answer", "sure"),
    [
        ({"arr": 100_000}, Finding, True),
        ({"arr": 99_999}, NearMiss, None),
        ({"tier": "enterprise"}, Finding, True),
        ({"tier": "standard"}, NearMiss, None),
        ({"renewal_date": "2026-12-01", "tier": "standard"}, Finding, True),
        ({}, Finding, False),
    ],
    ids=str,
)
def test_a_threat_to_leave_weighs_by_the_customers_value(
    value: dict[str, Any],
    answer: type,
    sure: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    case = case_of(a_ticket(organization=an_organization(**value), description=LEAVING))
    found = CustomerAtRisk().check(case)
    assert isinstance(found, answer)
    assert (found.sure if isinstance(found, Finding) else None) is sure


@pytest.mark.parametrize(
    ("rating", "arr", "answer"),
    [("bad", 500_000, Finding), ("bad", 500, NearMiss), ("good", 500_000, None), (None, 1, None)],
)
def test_a_bad_rating_of_a_high_value_customer_is_a_risk(
    rating: str | None, arr: int, answer: type | None
) -> None:
    case = case_of(a_ticket(organization=an_organization(arr=arr), satisfaction=rating))
    found = CustomerAtRisk().check(case)
    assert found is None if answer is None else isinstance(found, answer)


@pytest.mark.parametrize(
    "text",
    [
        "How can I cancel my subscription?",
        "We are happy and won't cancel.",
        "Please cancel order 1234.",
        "We are leaving the office at five.",
    ],
)
def test_these_are_no_threats(text: str) -> None:
    assert CustomerAtRisk().check(a_case(says=text, high_value=("ARR 1,000,000",))) is None


@pytest.mark.parametrize(
    ("left", "answer", "says"),
    [
        (minutes(95), NearMiss, "SLA breaches in 95 minutes, warning at 60"),
        (minutes(60), Finding, "breaches in 60 minutes, warning at 60"),
        (minutes(61), NearMiss, "SLA breaches in 61 minutes, warning at 60"),
        (timedelta(0), Finding, "breached less than a minute ago"),
        (hours(-2), Finding, "breached 2 hours ago"),
    ],
)
def test_an_sla_breach_is_imminent_or_happened(left: timedelta, answer: type, says: str) -> None:
    found = SlaBreach().check(case_of(a_ticket(sla=(a_clock(left),))))
    assert isinstance(found, answer)
    assert isinstance(found, Finding | NearMiss)
    assert says in found.because


def test_without_sla_facts_nothing_is_said_about_it() -> None:
    assert SlaBreach().check(a_case(sla=SlaStatus())) is None
    paused = a_clock(hours(-1), stage="paused")
    assert SlaBreach().check(case_of(a_ticket(sla=(paused,)))) is None


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("Our CEO asks about this every day.", True),
        ("I want to speak to your manager.", True),
        ("I am the CTO of this company.", True),
        ("Unser Geschäftsführer wartet.", True),
        ("The management console is blank.", False),
        ("Only the owner of the object can edit it.", False),
    ],
)
def test_executives_are_heard(says: str, *, fires: bool) -> None:
    assert isinstance(ExecutiveInvolved().check(a_case(says=says)), Finding) is fires


def test_an_executive_in_a_signature_is_not_involved_yet() -> None:
    body = "The export fails.\n\nBest regards,\nAnn\nCTO, our CEO office"
    assert ExecutiveInvolved().check(case_of(a_ticket(description=body))) is None


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("You will hear from our lawyer.", True),
        ("We consider legal action.", True),
        ("I will post this on Twitter.", True),
        ("Unser Anwalt meldet sich.", True),
        ("We will not take legal action.", False),
        ("The media player is broken.", False),
        ("I have to press back.", False),
    ],
)
def test_lawyers_and_the_public_are_heard(says: str, *, fires: bool) -> None:
    assert isinstance(LegalOrPress().check(a_case(says=says)), Finding) is fires


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_solved_ticket_is_no_business_risk(status: str) -> None:
    ticket = a_ticket(status=status, description=LEAVING, organization=an_organization(arr=1e6))
    assert CustomerAtRisk().check(case_of(ticket, now=NOON)) is None
