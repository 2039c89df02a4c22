"""Severity: rules read top down, the first that holds is named; it rises at once, falls later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import hours, the_mappings
from hypothesis import given
from hypothesis import strategies as st

from connector.core.mapping import Mappings
from connector.core.model import Severity
from connector.core.severity import SeverityMapping, SeverityRule, at_least, lowered, settle
from connector.core.triggers import TRIGGER_KINDS
from connector.core.when import Situation, When

SHIPPED = the_mappings().severity
CRITICAL, HIGH, MEDIUM = Severity


def found(*kinds: str, **facts: Any) -> Situation:
    return Situation(findings=frozenset(kinds), **facts)


@pytest.mark.parametrize(
    ("situation", "severity", "rule"),
    [
        (found("security-breach"), CRITICAL, "security breach"),
        (found("production-down"), CRITICAL, "production down"),
        (found("data-loss"), CRITICAL, "data at risk"),
        (found("data-integrity"), CRITICAL, "data at risk"),
        (
            found("waiting-too-long", high_value_customers=2),
            CRITICAL,
            "several high-value customers affected",
        ),
        (found("waiting-too-long", high_value_customers=1), MEDIUM, "important but not urgent"),
        (
            found("waiting-too-long", high_value_customers=1, blocked=True),
            HIGH,
            "key customer blocked",
        ),
        (found("waiting-too-long", blocked=True), MEDIUM, "important but not urgent"),
        (found("security-report"), HIGH, "security report"),
        (found("customer-at-risk"), HIGH, "business at risk"),
        (found("legal-or-press"), HIGH, "business at risk"),
        (found("sla-breach", sla="at_risk"), HIGH, "SLA at risk"),
        (found("sla-breach", sla="breached"), HIGH, "SLA at risk"),
        (found("waiting-too-long", sla="within"), MEDIUM, "important but not urgent"),
        (found("same-issue"), HIGH, "several customers affected"),
        (found("fixed-came-back"), HIGH, "a fix did not hold"),
        (found("severity-rising"), HIGH, "getting worse"),
        (found("confirmed-bug", blocked=True), HIGH, "confirmed bug that blocks"),
        (found("confirmed-bug"), MEDIUM, "important but not urgent"),
        (found(), MEDIUM, "important but not urgent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_shipped_rules_say_how_severe_it_is(
    situation: Situation, severity: Severity, rule: str
) -> None:
    assert SHIPPED.decide(situation) == (severity, rule)


def test_the_first_rule_that_holds_decides() -> None:
    rules = (
        SeverityRule(name="first", severity=MEDIUM, when=When(findings=("data-loss",))),
        SeverityRule(name="second", severity=CRITICAL),
    )
    mapping = SeverityMapping(rules=rules)
    assert mapping.decide(found("data-loss")) == (MEDIUM, "first")
    assert mapping.decide(found("same-issue")) == (CRITICAL, "second")


def test_without_a_rule_that_holds_it_is_medium() -> None:
    assert SeverityMapping(rules=()).decide(found("data-loss")) == (MEDIUM, "no rule holds")


situations = st.builds(
    Situation,
    findings=st.frozensets(st.sampled_from(sorted(TRIGGER_KINDS)), max_size=5),
    customers=st.integers(1, 9),
    high_value_customers=st.integers(0, 3),
    sla=st.sampled_from(["unknown", "within", "at_risk", "breached"]),
    blocked=st.booleans(),
)


@given(situations, situations)
def test_a_worse_fact_never_lowers_the_severity(one: Situation, other: Situation) -> None:
    order = ["unknown", "within", "at_risk", "breached"]
    worse = Situation(
        findings=one.findings | other.findings,
        customers=max(one.customers, other.customers),
        high_value_customers=max(one.high_value_customers, other.high_value_customers),
        sla=max(one.sla, other.sla, key=order.index),
        blocked=one.blocked or other.blocked,
    )
    assert SHIPPED.decide(worse)[0].rank <= SHIPPED.decide(one)[0].rank


@pytest.mark.parametrize(
    ("when", "holds", "not_holds"),
    [
        (When(customers=3), {"customers": 3}, {"customers": 2}),
        (When(sla=("breached",)), {"sla": "breached"}, {"sla": "at_risk"}),
        (When(blocked=True), {"blocked": True}, {"blocked": False}),
        (When(blocked=False), {"blocked": False}, {"blocked": True}),
        (When(feature_gap=True), {"feature_gap": True}, {}),
        (When(category=("time", "impact")), {"categories": frozenset({"time"})}, {}),
        (When(product_area=("cards",)), {"product_areas": frozenset({"cards"})}, {}),
        (When(tags=("vip",)), {"tags": frozenset({"vip", "x"})}, {"tags": frozenset({"x"})}),
        (When(severity=(HIGH,)), {"severity": HIGH}, {"severity": None}),
    ],
    ids=lambda value: "",  # sets have no fixed order
)
def test_each_condition_has_two_sides(
    when: When, holds: dict[str, Any], not_holds: dict[str, Any]
) -> None:
    assert when.holds(Situation(**holds))
    assert not when.holds(Situation(**not_holds))


def test_all_conditions_must_hold() -> None:
    when = When(customers=2, blocked=True)
    assert when.holds(Situation(customers=2, blocked=True))
    assert not when.holds(Situation(customers=2))


def test_a_rule_about_an_unknown_trigger_is_refused() -> None:
    with pytest.raises(ValueError, match="no trigger"):
        When(findings=("data-lost",))


@pytest.mark.parametrize(
    ("previous", "fresh", "since", "settled"),
    [
        pytest.param(MEDIUM, CRITICAL, hours(0), CRITICAL, id="rises at once"),
        pytest.param(HIGH, HIGH, hours(0), HIGH, id="stays"),
        pytest.param(CRITICAL, MEDIUM, hours(4) - timedelta(seconds=1), CRITICAL, id="not yet"),
        pytest.param(CRITICAL, MEDIUM, hours(4), MEDIUM, id="held long enough"),
    ],
)
def test_severity_rises_at_once_and_falls_only_after_it_held(
    previous: Severity, fresh: Severity, since: timedelta, settled: Severity
) -> None:
    assert settle(previous, fresh, since, SHIPPED) is settled


def test_lowering_stops_at_medium() -> None:
    assert [lowered(severity) for severity in Severity] == [HIGH, MEDIUM, MEDIUM]
    assert at_least(MEDIUM, HIGH) is HIGH
    assert at_least(CRITICAL, HIGH) is CRITICAL


def test_the_shipped_files_are_the_defaults() -> None:
    shipped = the_mappings()
    defaults = {
        name: type(getattr(shipped, name))() for name in ("triggers", "severity", "routing")
    }
    assert {name: getattr(shipped, name) for name in defaults} == defaults
    assert isinstance(shipped, Mappings)
