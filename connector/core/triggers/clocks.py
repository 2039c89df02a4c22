"""Time triggers: open beyond SLA, waiting too long, not progressing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt  # noqa: TC002 - read at run time

from connector.core.duration import Duration, spell
from connector.core.model import Case, Category, Source
from connector.core.triggers.base import Answer, Trigger, counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.core.cadence import BusinessHours

_INSTANT = timedelta(seconds=1)


class OpenBeyondSla(Trigger):
    """
    The ticket is still open after a target that is about solving it has passed.

    `metrics` are Zendesk's names of such targets. `open_for` is the limit for accounts without
    them; without it, a ticket that has no SLA never fires here.
    """

    category: ClassVar[Category] = "time"
    kind: Literal["open-beyond-sla"] = "open-beyond-sla"
    metrics: tuple[str, ...] = (
        "total_resolution_time",
        "requester_wait_time",
        "agent_work_time",
        "resolution_time",
    )
    open_for: Duration | None = None

    def judge(self, case: Case) -> Answer:
        source = Source(ticket_id=case.ticket.id)
        passed = [clock for clock in self._clocks(case) if clock[1] <= case.now]
        if passed:
            metric, at = min(passed, key=lambda clock: clock[1])
            late = spell(case.now - at)
            return self.found(f"still open {late} after its {metric} target", sources=[source])
        age = case.now - case.ticket.created_at
        if self.open_for is not None and age > self.open_for.amount:
            return self.found(
                f"open for {spell(age)}; the limit is {spell(self.open_for.amount)}",
                sources=[source],
            )
        return None

    def _clocks(self, case: Case) -> list[tuple[str, datetime]]:
        return [
            (clock.metric, clock.breach_at)
            for clock in case.ticket.sla or ()
            if clock.metric in self.metrics and clock.stage == "active" and clock.breach_at
        ]

    def moments(self, case: Case, hours: BusinessHours) -> Iterable[datetime]:
        del hours
        moments = [at for _, at in self._clocks(case)]
        if self.open_for is not None:
            moments.append(case.ticket.created_at + self.open_for.amount + _INSTANT)
        return moments


class WaitingTooLong(Trigger):
    """
    The customer spoke last and has had no public reply for longer than `after`.

    An internal note does not stop this clock. A limit in business time counts opening hours only.
    """

    category: ClassVar[Category] = "time"
    kind: Literal["waiting-too-long"] = "waiting-too-long"
    after: Duration = Duration.parse("24 business hours")

    def judge(self, case: Case) -> Answer:
        if case.unanswered is None or case.unanswered_since is None:
            return None
        waited = case.waited if self.after.business else case.now - case.unanswered_since
        said = f"no public reply for {self._spell(waited)}; the limit is {self.after}"
        if waited > self.after.amount:
            return self.found(said, sources=[case.unanswered])
        return self.missed(said) if waited * 2 >= self.after.amount else None

    def _spell(self, waited: timedelta) -> str:
        """Business time in hours: a "day" of it would be read as a calendar day."""
        if not self.after.business:
            return spell(waited)
        minutes = int(waited.total_seconds() // 60)
        rest = f" {counted(minutes % 60, 'minute')}" if minutes % 60 else ""
        return f"{counted(minutes // 60, 'business hour')}{rest}"

    def moments(self, case: Case, hours: BusinessHours) -> Iterable[datetime]:
        if case.unanswered_since is None:
            return ()
        if not self.after.business:
            return (case.unanswered_since + self.after.amount + _INSTANT,)
        return (hours.add(case.unanswered_since, self.after.amount + _INSTANT),)


class NotProgressing(Trigger):
    """The normal channels do not get on: handed between groups, or opened again."""

    category: ClassVar[Category] = "time"
    kind: Literal["not-progressing"] = "not-progressing"
    reassignments: PositiveInt = 3
    reopens: PositiveInt = 2

    def judge(self, case: Case) -> Answer:
        moved, reopened = case.reassignments or 0, case.reopens or 0
        moves = f"{moved} of {counted(self.reassignments, 'reassignment')} between groups"
        opens = f"{reopened} of {counted(self.reopens, 'reopen')}"
        if moved >= self.reassignments or reopened >= self.reopens:
            reasons = []
            if moved >= self.reassignments:
                reasons.append(f"{counted(moved, 'reassignment')} between groups")
            if reopened >= self.reopens:
                reasons.append(counted(reopened, "reopen"))
            source = Source(ticket_id=case.ticket.id)
            return self.found(" and ".join(reasons), sources=[source])
        return self.missed(f"{moves}, {opens}") if moved or reopened else None
