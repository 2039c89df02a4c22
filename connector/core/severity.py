"""severity.toml: rules from facts to Critical, High or Medium, and how a severity settles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from connector.core.duration import Duration
from connector.core.model import Frozen, Severity
from connector.core.when import Situation, When

if TYPE_CHECKING:
    from datetime import timedelta

ZendeskPriority = Literal["low", "normal", "high", "urgent"]


class SeverityRule(Frozen):
    """One rule: its name is what an assessment shows."""

    name: str
    severity: Severity
    when: When = When()


_LOST = ("data-loss", "data-integrity")
_BUSINESS = ("customer-at-risk", "legal-or-press")
_SPREAD = ("same-issue", "several-customers")


def _rules() -> tuple[SeverityRule, ...]:
    critical, high, medium = Severity
    return (
        SeverityRule(
            name="security breach", severity=critical, when=When(findings=("security-breach",))
        ),
        SeverityRule(
            name="production down", severity=critical, when=When(findings=("production-down",))
        ),
        SeverityRule(name="data at risk", severity=critical, when=When(findings=_LOST)),
        SeverityRule(
            name="several high-value customers affected",
            severity=critical,
            when=When(high_value_customers=2),
        ),
        SeverityRule(
            name="security report", severity=high, when=When(findings=("security-report",))
        ),
        SeverityRule(name="business at risk", severity=high, when=When(findings=_BUSINESS)),
        SeverityRule(
            name="key customer blocked",
            severity=high,
            when=When(high_value_customers=1, blocked=True),
        ),
        SeverityRule(name="SLA at risk", severity=high, when=When(sla=("at_risk", "breached"))),
        SeverityRule(name="several customers affected", severity=high, when=When(findings=_SPREAD)),
        SeverityRule(
            name="a fix did not hold", severity=high, when=When(findings=("fixed-came-back",))
        ),
        SeverityRule(name="getting worse", severity=high, when=When(findings=("severity-rising",))),
        SeverityRule(
            name="confirmed bug that blocks",
            severity=high,
            when=When(findings=("confirmed-bug", "infrastructure"), blocked=True),
        ),
        SeverityRule(name="important but not urgent", severity=medium),
    )


class SeverityMapping(Frozen):
    """severity.toml. Rules are read top down; the first that holds decides and is named.

    Where none holds the severity is Medium. `falls_after`: how long a lower severity must have
    held before it is taken over. `jira_priority` and `zendesk_priority` (empty: left alone) are
    per severity.
    """

    rules: tuple[SeverityRule, ...] = Field(default_factory=_rules)
    falls_after: Duration = Duration.parse("4h")
    jira_priority: dict[Severity, str] = Field(
        default_factory=lambda: {
            Severity.CRITICAL: "Highest",
            Severity.HIGH: "High",
            Severity.MEDIUM: "Medium",
        }
    )
    zendesk_priority: dict[Severity, ZendeskPriority] = Field(default_factory=dict)

    def decide(self, situation: Situation) -> tuple[Severity, str]:
        """The severity and the name of the rule that set it."""
        for rule in self.rules:
            if rule.when.holds(situation):
                return rule.severity, rule.name
        return Severity.MEDIUM, "no rule holds"


def lowered(severity: Severity) -> Severity:
    """One step less severe; Medium stays."""
    return list(Severity)[min(severity.rank + 1, Severity.MEDIUM.rank)]


def raised(severity: Severity) -> Severity:
    """One step more severe; Critical stays."""
    return list(Severity)[max(severity.rank - 1, 0)]


def at_least(severity: Severity, floor: Severity) -> Severity:
    """The more severe of the two."""
    return min(severity, floor, key=lambda one: one.rank)


def settle(
    previous: Severity, fresh: Severity, since: timedelta, mapping: SeverityMapping
) -> Severity:
    """The severity to go on with: it rises at once and falls only after `falls_after`.

    `since`: for how long every assessment has come out lower than `previous`.
    """
    if fresh.rank <= previous.rank or since >= mapping.falls_after.amount:
        return fresh
    return previous
