"""Impact triggers: several customers, production down, data integrity, security."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from builders import a_case, a_group, a_ticket, an_organization, case_of, days, hours

from connector.core.model import Customer, Finding, NearMiss
from connector.core.triggers import (
    DataIntegrity,
    KeyCustomerBlocked,
    ProductionDown,
    SecurityBreach,
    SecurityReport,
    SeveralCustomers,
)

if TYPE_CHECKING:
    from datetime import timedelta


@pytest.mark.parametrize(
    ("customers", "fires"), [(1, False), (2, False), (3, True), (4, True)], ids=str
)
def test_three_customers_of_a_group_are_several(customers: int, *, fires: bool) -> None:
    group = a_group(*[hours(1)] * 6, customers=customers)
    assert isinstance(SeveralCustomers().check(a_case(group=group)), Finding) is fires


@pytest.mark.parametrize(("oldest", "fires"), [(days(30), True), (days(31), False)])
def test_reports_outside_the_window_are_not_several_customers(
    oldest: timedelta, *, fires: bool
) -> None:
    case = a_case(group=a_group(oldest, hours(2), hours(1)))
    assert isinstance(SeveralCustomers().check(case), Finding) is fires


def test_a_suggested_group_is_only_a_hint() -> None:
    group = a_group(*[hours(1)] * 3, strength="suggested")
    finding = SeveralCustomers().check(a_case(group=group))
    assert isinstance(finding, Finding)
    assert not finding.sure


def test_what_is_sure_speaks_before_a_hint() -> None:
    group = a_group(*[hours(1)] * 3, strength="suggested")
    finding = SeveralCustomers().check(a_case(group=group, says="30 users cannot log in."))
    assert isinstance(finding, Finding)
    assert finding.sure


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ("20 users cannot log in.", Finding),
        ("19 users cannot log in.", NearMiss),
        ("1,200 of our customers are affected.", Finding),
        ("20 users are happy.", None),
        ("We have 500 users.", None),
        ("All our users are blocked.", Finding),
        ("It does not affect 300 users, 2 users cannot log in.", NearMiss),
        ("Version 2026 fails.", None),
    ],
)
def test_people_count_by_the_customers_own_count(says: str, answer: type | None) -> None:
    found = SeveralCustomers().check(a_case(says=says))
    assert found is None if answer is None else isinstance(found, answer)


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("Production is down.", True),
        ("PRODUCTION DOWN!!!", True),
        ("Our website has been unreachable since 9.", True),
        ("Nobody can log in.", True),
        ("Complete outage in all branches.", True),
        ("Why is production down?", True),
        ("Der Server ist nicht erreichbar.", True),
        ("Production is not down, only slow.", False),
        ("What happens when production is down?", False),
        ("The drop down menu of our site is broken.", False),
        ("Production was down, it is working again now.", False),
    ],
)
def test_production_down_is_heard(says: str, *, fires: bool) -> None:
    assert isinstance(ProductionDown().check(a_case(says=says)), Finding) is fires


@pytest.mark.parametrize(
    ("priority", "answer"),
    [("urgent", Finding), ("high", NearMiss), (None, NearMiss)],
)
def test_weaker_words_need_a_priority_that_somebody_set(priority: str | None, answer: type) -> None:
    case = a_case(says="I cannot log in.", ticket=a_ticket(priority=priority))
    assert isinstance(ProductionDown().check(case), answer)


def test_priority_alone_says_nothing() -> None:
    case = a_case(says="The colour is odd.", ticket=a_ticket(priority="urgent"))
    assert ProductionDown().check(case) is None


@pytest.mark.parametrize(
    ("says", "arr", "answer"),
    [
        ("We are blocked and cannot ship.", 100_000, Finding),
        ("We are blocked and cannot ship.", 99_999, NearMiss),
        ("We are blocked and cannot ship.", None, NearMiss),
        ("We are not blocked.", 100_000, type(None)),
        ("The colour is odd.", 100_000, type(None)),
    ],
)
def test_a_blocked_customer_counts_by_its_value(says: str, arr: int | None, answer: type) -> None:
    ticket = a_ticket(organization=an_organization(arr=arr), description=says)
    assert isinstance(KeyCustomerBlocked().check(case_of(ticket)), answer)


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"says": "Our bookings were recorded twice."}, True),
        ({"says": "The balances are inconsistent since Monday."}, True),
        ({"notes": "Duplicate invoices in the customer's account."}, True),
        ({"says": "Our bookings were not recorded twice."}, False),
        ({"says": "The colour is wrong."}, False),
    ],
    ids=str,
)
def test_wrong_data_is_data_at_risk(facts: dict[str, Any], *, fires: bool) -> None:
    assert isinstance(DataIntegrity().check(a_case(**facts)), Finding) is fires


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("Our account was hacked.", True),
        ("I can see other customers' invoices.", True),
        ("If I change the id I can see other customers' invoices.", True),
        ("We suspect unauthorized access to our tenant.", True),
        ("Customer data was exposed to the internet.", True),
        ("Unser Konto wurde gehackt.", True),
        ("Our account was not hacked.", False),
        ("There was no data breach.", False),
        ("What would happen if our account was hacked?", False),
        ("How do you protect us from a data breach?", False),
    ],
)
def test_exposure_is_a_sure_sign(says: str, *, fires: bool) -> None:
    finding = SecurityBreach().check(a_case(says=says))
    assert isinstance(finding, Finding) is fires
    assert not isinstance(finding, Finding) or finding.sure


@pytest.mark.parametrize(
    ("says", "fires"),
    [
        ("I found a vulnerability in your search.", True),
        ("There is an SQL injection in the login form.", True),
        ("Passwords are stored in plain text.", True),
        ("This is a GDPR violation.", True),
        ("Ich habe eine Sicherheitslücke gefunden.", True),
        ("How do I report a vulnerability?", False),
        ("Where do we find your security policy about vulnerability reports?", False),
        ("Please send us your penetration test report.", False),
        ("We found no vulnerability.", False),
    ],
)
def test_a_vulnerability_report_is_a_sure_sign(says: str, *, fires: bool) -> None:
    finding = SecurityReport().check(a_case(says=says))
    assert (isinstance(finding, Finding) and finding.sure) is fires


HINTING = "Session token and password visible to anonymous users after login, permission ignored"


def test_a_score_alone_is_only_a_hint_and_says_why() -> None:
    case = a_case(ticket=a_ticket(subject=HINTING), says=HINTING)
    finding = SecurityReport().check(case)
    assert isinstance(finding, Finding)
    assert not finding.sure
    assert "score 0." in finding.because
    assert "password" in finding.because


def test_the_threshold_of_the_score_is_the_files() -> None:
    case = a_case(ticket=a_ticket(subject=HINTING), says=HINTING)
    assert SecurityReport(threshold=1).check(case) is None


def test_a_plain_crash_is_no_security_hint() -> None:
    text = "NullPointerException and crash, out of memory, deadlock, race, leak, null pointer"
    case = a_case(ticket=a_ticket(subject=text), says=text)
    assert SecurityReport(threshold=0).check(case) is None


def test_security_is_read_from_a_solved_ticket_too_but_not_from_a_deleted_one() -> None:
    solved = a_case(says="Our account was hacked.", ticket=a_ticket(status="solved"))
    deleted = a_case(says="Our account was hacked.", ticket=a_ticket(status="deleted"))
    assert isinstance(SecurityBreach().check(solved), Finding)
    assert SecurityBreach().check(deleted) is None


def test_nothing_said_later_takes_a_security_report_back() -> None:
    text = "Our account was hacked. It works again now, never mind."
    assert isinstance(SecurityBreach().check(a_case(says=text)), Finding)


def test_a_quoted_reply_is_nobodys_report() -> None:
    body = "Thanks!\n\nOn Tue, 3 Nov 2026 at 10:12, Support wrote:\n> Our account was hacked."
    case = case_of(a_ticket(description=body, age=days(1)))
    assert SecurityBreach().check(case) is None


def test_what_an_unverified_requester_tells_is_labelled() -> None:
    stranger = Customer(key="requester:1", name="Somebody", verified=False)
    finding = SecurityBreach().check(a_case(says="Our account was hacked.", customer=stranger))
    assert isinstance(finding, Finding)
    assert finding.sure
    assert finding.because.endswith("[requester not verified]")


def test_an_agents_note_about_security_is_a_hint() -> None:
    case = a_case(notes="Told them how we handle it; they report a vulnerability in the export.")
    finding = SecurityReport().check(case)
    assert isinstance(finding, Finding)
    assert not finding.sure
    assert "internal note" in finding.because


@pytest.mark.parametrize(
    ("words", "fires"),
    [
        ("When somebody presses log-out they're logged in again at once, because of SSO.", False),
        ("Somebody logged into our account from Brazil last night.", True),
        ("An attacker got into the mailbox of our accountant.", True),
    ],
)
def test_somebody_logging_in_is_a_breach_only_where_it_is_not_theirs(
    words: str,
    fires: bool,  # noqa: FBT001 - a case of the table
) -> None:
    case = case_of(a_ticket(description=words))
    found = SecurityBreach().check(case)
    assert isinstance(found, Finding) is fires
