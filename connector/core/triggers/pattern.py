"""Pattern triggers: the same issue from several customers, one that comes back, one that grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt  # noqa: TC002 - read at run time

from connector.core.duration import Duration, spell
from connector.core.model import Case, Category, Source, State
from connector.core.triggers.base import Answer, Trigger, counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from connector.core.model import Change, Group, Member

PRIORITIES = ("low", "normal", "high", "urgent")
"""Zendesk's, in rising order."""

_UNVERIFIED = 0.5
"""What a customer counts whose reports all come from unverified addresses."""


class SameIssue(Trigger):
    """
    The same issue from `customers` distinct customers `within` a span of time.

    A customer whose requesters are all unverified counts half: a sender address proves nothing. A
    suggested group is shown to a person.
    """

    category: ClassVar[Category] = "pattern"
    kind: Literal["same-issue"] = "same-issue"
    customers: PositiveInt = 3
    within: Duration = Duration.parse("30d")

    def judge(self, case: Case) -> Answer:
        if case.group is None:
            return None
        members = recent_members(case.group, case.now, self.within.amount)
        weight = customer_weight(members)
        distinct = len({member.customer_key for member in members})
        span = spell(self.within.amount)
        doubt = "" if weight == distinct else f" (unverified ones count half: {weight:g})"
        if weight >= self.customers:
            return self.found(
                f"{counted(distinct, 'customer')}{doubt} report the same issue within {span}; "
                f"it takes {self.customers}: {'; '.join(case.group.why[:2]) or case.group.label}",
                sources=[Source(ticket_id=member.ticket_id) for member in members],
                sure=case.group.strength == "sure",
            )
        return self.missed(f"{distinct} of {self.customers} customers{doubt} within {span}")


def recent_members(group: Group, now: datetime, within: timedelta) -> list[Member]:
    """The group's reports of the last `within`, the limit itself included."""
    return [member for member in group.members if now - member.created_at <= within]


def customer_weight(members: Iterable[Member]) -> float:
    """Distinct customers; those with unverified reports only count half."""
    verified: dict[str, bool] = {}
    for member in members:
        verified[member.customer_key] = verified.get(member.customer_key, False) or member.verified
    return sum(1.0 if known else _UNVERIFIED for known in verified.values())


class FixedCameBack(Trigger):
    """An issue that was fixed is reported again by a ticket made after the fix."""

    category: ClassVar[Category] = "pattern"
    kind: Literal["fixed-came-back"] = "fixed-came-back"
    within: Duration = Duration.parse("180d")

    def judge(self, case: Case) -> Answer:
        earlier = case.earlier
        if earlier is None or earlier.state not in {
            State.RESOLVED,
            State.CONFIRMED,
            State.REGRESSED,
        }:
            return None
        name = earlier.issue_key or earlier.id
        if earlier.resolved_at is None:
            return self.missed(f"{name} had the same issue; when it was fixed is not known")
        since = case.ticket.created_at - earlier.resolved_at
        if since.total_seconds() <= 0:
            return self.missed(f"{name} fixed this issue; the ticket is older than the fix")
        if since > self.within.amount:
            return self.missed(
                f"{name} fixed this {spell(since)} before; the limit is {self.within}"
            )
        return self.found(
            f"reported again {spell(since)} after {name} was fixed",
            sources=[Source(ticket_id=case.ticket.id)],
            sure=case.group is None or case.group.strength == "sure",
        )


class SeverityRising(Trigger):
    """
    It gets worse over time: the priority was raised `raises` times `within` a span, or the group
    had `tickets` new reports in the last `window` and at least twice as many as in the one before.
    """

    category: ClassVar[Category] = "pattern"
    kind: Literal["severity-rising"] = "severity-rising"
    raises: PositiveInt = 2
    within: Duration = Duration.parse("14d")
    tickets: PositiveInt = 3
    window: Duration = Duration.parse("24h")

    def judge(self, case: Case) -> Answer:
        steps = [c for c in case.priority_changes if case.now - c.at <= self.within.amount]
        raised = sum(raised_by(change) for change in steps)
        if raised >= self.raises:
            path = " → ".join(str(c.new) for c in steps)
            return self.found(
                f"priority raised by {counted(raised, 'step')} within {self.within} ({path})",
                sources=[Source(ticket_id=case.ticket.id)],
            )
        grown = self._judge_growth(case)
        if grown is not None:
            return grown
        return (
            self.missed(f"priority raised by {raised} of {self.raises} steps") if raised else None
        )

    def _judge_growth(self, case: Case) -> Answer:
        if case.group is None:
            return None
        recent, before = growth(case.group, case.now, self.window.amount)
        if recent >= self.tickets and recent >= 2 * before and before > 0:
            return self.found(
                f"{counted(recent, 'report')} in the last {self.window}, {before} in those before",
                sources=[Source(ticket_id=m.ticket_id) for m in case.group.members],
                sure=case.group.strength == "sure",
            )
        return None


def raised_by(change: Change) -> int:
    """By how many steps a change raised the priority; 0 for the first one set and for falls."""
    if change.old not in PRIORITIES or change.new not in PRIORITIES:
        return 0
    return max(0, PRIORITIES.index(str(change.new)) - PRIORITIES.index(str(change.old)))


def growth(group: Group, now: datetime, window: timedelta) -> tuple[int, int]:
    """Reports in the last `window`, and in the one before it."""
    ages = [now - member.created_at for member in group.members]
    return (
        sum(1 for age in ages if age <= window),
        sum(1 for age in ages if window < age <= 2 * window),
    )
