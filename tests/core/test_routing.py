"""Routing: which target, who else is told, and where the target works."""

from __future__ import annotations

from typing import Any

import pytest
from builders import the_mappings

from connector.core.model import Severity, Target
from connector.core.routing import Route, RouteWhen, RoutingMapping
from connector.core.when import Situation

SHIPPED = the_mappings().routing


def found(*kinds: str, **facts: Any) -> Situation:
    return Situation(findings=frozenset(kinds), **facts)


@pytest.mark.parametrize(
    ("situation", "target"),
    [
        (found("security-breach"), Target.SECURITY),
        (found("security-report", "data-loss"), Target.SECURITY),
        (found("production-down", "customer-at-risk"), Target.ENGINEERING),
        (found("data-loss"), Target.ENGINEERING),
        (found("confirmed-bug"), Target.ENGINEERING),
        (found("infrastructure"), Target.ENGINEERING),
        (found("same-issue"), Target.ENGINEERING),
        (found("fixed-came-back"), Target.ENGINEERING),
        (found("same-issue", feature_gap=True), Target.PRODUCT),
        (found("customer-at-risk", "confirmed-bug"), Target.LEADERSHIP),
        (found("legal-or-press"), Target.LEADERSHIP),
        (found("executive-involved"), Target.LEADERSHIP),
        (found("sla-breach", sla="breached", high_value_customers=1), Target.LEADERSHIP),
        (found("sla-breach", sla="breached"), Target.L2),
        (found("sla-breach", sla="at_risk", high_value_customers=1), Target.L2),
        (found("waiting-too-long"), Target.L2),
        (found("beyond-diagnosis"), Target.L2),
        (found("needs-access"), Target.L2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # sets have no fixed order
)
def test_the_shipped_rules_choose_the_target(situation: Situation, target: Target) -> None:
    assert SHIPPED.decide(situation)[0] is target


def test_others_are_told_but_never_the_target_itself() -> None:
    _, _, told = SHIPPED.decide(found("production-down", "customer-at-risk"))
    assert told == (Target.LEADERSHIP,)
    _, _, told = SHIPPED.decide(found("customer-at-risk", "confirmed-bug"))
    assert told == (Target.ENGINEERING,)


def test_what_goes_to_security_is_told_to_nobody_else() -> None:
    situation = found("security-breach", "customer-at-risk", severity=Severity.CRITICAL)
    assert SHIPPED.decide(situation)[2] == ()


@pytest.mark.parametrize(
    ("target", "project", "issue_type"),
    [
        (Target.ENGINEERING, "ESC", "Bug"),
        (Target.PRODUCT, "PROD", "Task"),
        (Target.SECURITY, "SEC", "Task"),
        (Target.LEADERSHIP, "LEAD", "Task"),
    ],
)
def test_each_target_has_its_project(target: Target, project: str, issue_type: str) -> None:
    route = SHIPPED.route(target)
    assert (route.project, route.issue_type) == (project, issue_type)


def test_l2_works_in_a_zendesk_group() -> None:
    route = SHIPPED.route(Target.L2)
    assert (route.project, route.zendesk_group) == (None, "L2 Support")


PAYMENTS = Route(
    target=Target.ENGINEERING, when=RouteWhen(product_area=("cards", "payouts")), project="PAY"
)
URGENT = Route(
    target=Target.ENGINEERING, when=RouteWhen(severity=(Severity.CRITICAL,)), project="HOT"
)


@pytest.mark.parametrize(
    ("area", "severity", "project"),
    [
        ("cards", None, "PAY"),
        ("cards", Severity.CRITICAL, "PAY"),
        ("search", Severity.CRITICAL, "HOT"),
        ("search", Severity.HIGH, "ESC"),
        (None, None, "ESC"),
    ],
)
def test_the_first_route_that_fits_decides(
    area: str | None, severity: Severity | None, project: str
) -> None:
    mapping = RoutingMapping(routes=(PAYMENTS, URGENT, *SHIPPED.routes))
    assert mapping.route(Target.ENGINEERING, area, severity).project == project


def test_a_target_without_a_route_for_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="Engineering has no route without"):
        RoutingMapping(routes=(PAYMENTS, *SHIPPED.routes[1:]))


def test_security_must_not_work_in_an_open_project() -> None:
    others = tuple(route for route in SHIPPED.routes if route.target is not Target.SECURITY)
    shared = Route(target=Target.SECURITY, project="ESC")
    with pytest.raises(ValueError, match="Security shares project ESC"):
        RoutingMapping(routes=(*others, shared))
    closed = shared.model_copy(update={"security_level": "Security team"})
    assert RoutingMapping(routes=(*others, closed)).route(Target.SECURITY) == closed


def test_a_route_needs_a_place() -> None:
    with pytest.raises(ValueError, match="needs a project"):
        Route(target=Target.PRODUCT)
    with pytest.raises(ValueError, match="needs a zendesk_group"):
        Route(target=Target.L2, project="ESC")
