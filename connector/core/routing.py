"""routing.toml: which target an issue goes to, who else is told, and where the target works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from connector.core.model import Frozen, Severity, Target
from connector.core.when import Situation, When

if TYPE_CHECKING:
    from collections.abc import Sequence


class TargetRule(Frozen):
    """One rule: its name is what an assessment shows. `notify` are told, they do not own it."""

    name: str
    target: Target
    notify: tuple[Target, ...] = ()
    when: When = When()


class NotifyRule(Frozen):
    """Somebody else who is told when the conditions hold, whatever the target is."""

    notify: tuple[Target, ...]
    when: When


class RouteWhen(Frozen):
    """Which product areas or severities a route is for; not given: any."""

    product_area: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()

    @property
    def always(self) -> bool:
        return not self.product_area and not self.severity

    def holds(self, product_area: str | None, severity: Severity | None) -> bool:
        return (not self.product_area or product_area in self.product_area) and (
            not self.severity or severity in self.severity
        )


class Route(Frozen):
    """Where a target works: a Jira project and what its issues carry, or (L2) a Zendesk group.

    `priority` overrides severity.toml for this route's project. `assignee` is an account id
    (Cloud) or a user name (Data Center).
    """

    target: Target
    when: RouteWhen = RouteWhen()
    project: str | None = None
    issue_type: str = "Task"
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    security_level: str | None = None
    assignee: str | None = None
    priority: dict[Severity, str] = Field(default_factory=dict)
    zendesk_group: str | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.target is Target.L2 and not self.zendesk_group:
            raise ValueError("a route of L2 needs a zendesk_group")
        if self.target is not Target.L2 and not self.project:
            raise ValueError(f"a route of {self.target} needs a project")
        return self


def _targets() -> tuple[TargetRule, ...]:
    return (
        TargetRule(
            name="security",
            target=Target.SECURITY,
            when=When(findings=("security-breach", "security-report")),
        ),
        TargetRule(
            name="production or data",
            target=Target.ENGINEERING,
            when=When(findings=("production-down", "data-loss", "data-integrity")),
        ),
        TargetRule(
            name="churn, legal or public risk",
            target=Target.LEADERSHIP,
            when=When(findings=("customer-at-risk", "legal-or-press")),
        ),
        TargetRule(
            name="SLA breach on a critical account",
            target=Target.LEADERSHIP,
            when=When(
                findings=("sla-breach", "open-beyond-sla"),
                sla=("breached",),
                high_value_customers=1,
            ),
        ),
        TargetRule(name="feature gap", target=Target.PRODUCT, when=When(feature_gap=True)),
        TargetRule(
            name="bug, infrastructure or pattern",
            target=Target.ENGINEERING,
            when=When(
                findings=(
                    "confirmed-bug",
                    "infrastructure",
                    "same-issue",
                    "several-customers",
                    "fixed-came-back",
                )
            ),
        ),
        TargetRule(
            name="executive asked for or involved",
            target=Target.LEADERSHIP,
            when=When(findings=("executive-involved",)),
        ),
        TargetRule(name="senior support first", target=Target.L2),
    )


def _notify() -> tuple[NotifyRule, ...]:
    return (
        NotifyRule(
            notify=(Target.LEADERSHIP,),
            when=When(findings=("customer-at-risk", "legal-or-press", "executive-involved")),
        ),
        NotifyRule(notify=(Target.LEADERSHIP,), when=When(severity=(Severity.CRITICAL,))),
        NotifyRule(
            notify=(Target.ENGINEERING,),
            when=When(findings=("confirmed-bug", "infrastructure", "production-down", "data-loss")),
        ),
    )


def _routes() -> tuple[Route, ...]:
    return (
        Route(target=Target.ENGINEERING, project="ESC", issue_type="Bug"),
        Route(target=Target.PRODUCT, project="PROD"),
        Route(target=Target.SECURITY, project="SEC"),
        Route(target=Target.LEADERSHIP, project="LEAD"),
        Route(target=Target.L2, zendesk_group="L2 Support"),
    )


class RoutingMapping(Frozen):
    """routing.toml. Target rules and routes are read top down; the first that holds decides.

    Every target needs a route without conditions. Security must not share a project with another
    target unless its route names a security level: its issues are for few eyes.
    """

    targets: tuple[TargetRule, ...] = Field(default_factory=_targets)
    notify: tuple[NotifyRule, ...] = Field(default_factory=_notify)
    routes: tuple[Route, ...] = Field(default_factory=_routes)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        sure = {route.target for route in self.routes if route.when.always}
        missing = [target.value for target in Target if target not in sure]
        if missing:
            raise ValueError(f"routes: {', '.join(missing)} has no route without `when`")
        return self

    @model_validator(mode="after")
    def _security_is_closed(self) -> Self:
        opened = {route.project for route in self.routes if route.target is not Target.SECURITY}
        for route in self.routes:
            shared = route.target is Target.SECURITY and route.project in opened
            if shared and not route.security_level:
                raise ValueError(
                    f"routes: Security shares project {route.project} with another target; give it "
                    "a project of its own or a security_level"
                )
        return self

    def decide(self, situation: Situation) -> tuple[Target, str, tuple[Target, ...]]:
        """The target, the name of the rule that chose it, and who else is told."""
        for rule in self.targets:
            if rule.when.holds(situation):
                return rule.target, rule.name, self.told(situation, rule.target, rule.notify)
        return Target.L2, "no rule holds", self.told(situation, Target.L2, ())

    def told(
        self, situation: Situation, target: Target, notify: Sequence[Target]
    ) -> tuple[Target, ...]:
        """Everybody but the target itself, each once, in the order of the rules.

        What goes to Security is for few eyes: only its own rule's `notify` is told.
        """
        wanted = [*notify]
        for rule in self.notify:
            if target is not Target.SECURITY and rule.when.holds(situation):
                wanted.extend(rule.notify)
        return tuple(dict.fromkeys(one for one in wanted if one is not target))

    def route(
        self, target: Target, product_area: str | None = None, severity: Severity | None = None
    ) -> Route:
        """Where the target works for this product area and severity."""
        return next(
            route
            for route in self.routes
            if route.target is target and route.when.holds(product_area, severity)
        )
