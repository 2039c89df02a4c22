"""Pattern triggers: the same issue from several customers, one that comes back, one that grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, a_case, a_change, a_group, a_ticket, days, hours

from connector.core.model import (
    Change,
    EarlierEscalation,
    Finding,
    NearMiss,
    Severity,
    State,
    Target,
)
from connector.core.triggers import (
    FixedCameBack,
    SameIssue,
    SeveralCustomers,
    SeverityRising,
    TriggersMapping,
)

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("tickets", "customers", "answer"),
    [(3, 3, Finding), (2, 2, NearMiss), (9, 2, NearMiss), (3, 1, NearMiss), (9, 4, Finding)],
)
def test_three_customers_make_a_pattern_and_not_three_tickets(
    tickets: int, customers: int, answer: type
) -> None:
    group = a_group(*[hours(1)] * tickets, customers=customers)
    assert isinstance(SameIssue().check(a_case(group=group)), answer)


def test_the_near_miss_counts_customers() -> None:
    missed = SameIssue().check(a_case(group=a_group(hours(1), hours(2))))
    assert isinstance(missed, NearMiss)
    assert "2 of 3 customers" in missed.because


@pytest.mark.parametrize(("oldest", "answer"), [(days(30), Finding), (days(30) + SECOND, NearMiss)])
def test_a_report_outside_the_window_does_not_count(oldest: timedelta, answer: type) -> None:
    group = a_group(oldest, hours(2), hours(1))
    assert isinstance(SameIssue().check(a_case(group=group)), answer)


def test_a_suggested_group_waits_for_a_person() -> None:
    finding = SameIssue().check(a_case(group=a_group(*[hours(1)] * 3, strength="suggested")))
    assert isinstance(finding, Finding)
    assert not finding.sure


@pytest.mark.parametrize(("customers", "answer"), [(5, NearMiss), (6, Finding)])
def test_unverified_customers_count_half(customers: int, answer: type) -> None:
    group = a_group(*[hours(1)] * customers, verified=False)
    assert isinstance(SameIssue().check(a_case(group=group)), answer)


def test_a_ticket_without_group_has_no_pattern() -> None:
    assert SameIssue().check(a_case()) is None


def escalated(state: State, *, resolved: timedelta | None) -> EarlierEscalation:
    return EarlierEscalation(
        id="e1",
        episode=1,
        state=state,
        issue_key="ESC-7",
        severity=Severity.HIGH,
        target=Target.ENGINEERING,
        resolved_at=NOON - resolved if resolved is not None else None,
    )


@pytest.mark.parametrize(
    ("state", "resolved", "age", "answer"),
    [
        (State.CONFIRMED, days(5), days(5) - SECOND, Finding),
        (State.CONFIRMED, days(5), days(5), NearMiss),
        (State.RESOLVED, days(5), days(1), Finding),
        (State.REGRESSED, days(5), days(1), Finding),
        (State.DE_ESCALATED, days(5), days(1), type(None)),
        (State.IN_PROGRESS, None, days(1), type(None)),
        (State.CONFIRMED, None, days(1), NearMiss),
        (State.CONFIRMED, days(181), hours(0), NearMiss),
        (State.CONFIRMED, days(180), hours(0), Finding),
    ],
)
def test_only_a_ticket_after_the_fix_shows_that_it_came_back(
    state: State, resolved: timedelta | None, age: timedelta, answer: type
) -> None:
    case = a_case(ticket=a_ticket(age=age), earlier=escalated(state, resolved=resolved))
    assert isinstance(FixedCameBack().check(case), answer)


DAY = days(1)


def raised(*steps: tuple[str | None, str], age: timedelta = DAY) -> tuple[Change, ...]:
    return tuple(a_change("priority", old, new, age=age) for old, new in steps)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        (raised(("low", "normal"), ("normal", "high")), Finding),
        (raised(("normal", "urgent")), Finding),
        (raised(("normal", "high")), NearMiss),
        (raised(("urgent", "low")), type(None)),
        (raised((None, "urgent")), type(None)),
        (raised(("normal", "urgent"), age=days(14)), Finding),
        (raised(("normal", "urgent"), age=days(14) + SECOND), type(None)),
        ((), type(None)),
    ],
)
def test_a_priority_that_rises_twice_gets_worse(changes: tuple[Change, ...], answer: type) -> None:
    assert isinstance(SeverityRising().check(a_case(priority_changes=changes)), answer)


@pytest.mark.parametrize(
    ("ages", "fires"),
    [
        ((hours(30), hours(3), hours(2), hours(1)), True),
        ((hours(30), hours(3), hours(2)), False),
        ((hours(40), hours(30), hours(3), hours(2), hours(1)), False),
        ((hours(24) + SECOND, hours(24), hours(2), hours(1)), True),
        ((hours(3), hours(2), hours(1)), False),
    ],
)
def test_a_group_that_doubles_in_a_day_grows(ages: tuple[timedelta, ...], *, fires: bool) -> None:
    case = a_case(group=a_group(*ages))
    assert isinstance(SeverityRising().check(case), Finding) is fires


def test_the_limits_of_config_toml_win() -> None:
    limited = TriggersMapping().with_limits(window_days=7, min_customers=5, sla_warning_minutes=90)
    kinds = {trigger.kind: trigger for trigger in limited.triggers}
    same, several = kinds["same-issue"], kinds["several-customers"]
    assert isinstance(same, SameIssue)
    assert isinstance(several, SeveralCustomers)
    assert (same.customers, same.within.amount, several.customers) == (5, days(7), 5)
    assert limited.sla.before.amount == hours(1.5)
    assert TriggersMapping().with_limits() == TriggersMapping()


def test_a_kind_is_listed_once() -> None:
    with pytest.raises(ValueError, match="same-issue is there more than once"):
        TriggersMapping(triggers=(SameIssue(), SameIssue(customers=4)))
