"""Half a year of an invented company's escalations, for the digest's tests and pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from connector.core.model import Customer, Severity, State, Target
from connector.ledger.rows import EscalationRow, LinkRow, TransitionRow

if TYPE_CHECKING:
    from connector.ledger.store import Ledger

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)

_ISSUES = (
    ("Accounting export fails with EXP-5031", Target.ENGINEERING, "same-issue"),
    ("Sign-in loops back to the start page in Safari 18", Target.ENGINEERING, "confirmed-bug"),
    ("Invoices of October show the wrong VAT", Target.ENGINEERING, "data-loss"),
    ("Bookings API answers 502 during office hours", Target.ENGINEERING, "production-down"),
    ("A visitor sees the bookings of another tenant", Target.SECURITY, "security-concern"),
    ("Room calendar cannot be shared with guests", Target.PRODUCT, "workaround-missing"),
    ("Corvane Coworking asks for an exception to the notice period", Target.LEADERSHIP, "churn"),
    ("Badge printer stays offline after the update", Target.L2, "beyond-support"),
    ("Reminders are sent twice after daylight saving", Target.ENGINEERING, "regressed"),
    ("Door codes arrive after the booking has begun", Target.ENGINEERING, "waiting-too-long"),
    ("SLA of Clinique du Parc Vert about to breach", Target.LEADERSHIP, "sla-at-risk"),
)
_CUSTOMERS = ("Clinique du Parc Vert", "Corvane Coworking", "Hallmann & Söhne", "Oak Lane Studios")


def write_history(ledger: Ledger, *, count: int = 120, now: datetime = NOW) -> None:
    """`count` escalations over 25 weeks, more of them lately; the newest are still open."""
    dice = Random(7)
    ages = sorted((dice.random() ** 1.4 * 25 * 7 * 24 for _ in range(count)), reverse=True)
    with ledger.transaction() as tx:
        run = tx.run.start("sweep", now - timedelta(minutes=4))
        tx.run.finish(run, now - timedelta(minutes=4), 0, None)
        for number, age in enumerate(ages, 1):
            opened = now - timedelta(hours=age)
            row, moves, links = _one(number, opened, now, dice)
            tx.escalations.add(row)
            for move in moves:
                tx.transitions.add(move)
            for link in links:
                tx.links.add(link)


def _one(
    number: int, opened: datetime, now: datetime, dice: Random
) -> tuple[EscalationRow, list[TransitionRow], list[LinkRow]]:
    summary, target, trigger = _ISSUES[dice.randrange(len(_ISSUES))]
    severity = dice.choices(list(Severity), weights=(1, 3, 4))[0]
    slow = {Severity.CRITICAL: 9, Severity.HIGH: 40, Severity.MEDIUM: 130}[severity]
    acknowledged = opened + timedelta(hours=slow / 12 * dice.uniform(0.3, 3))
    resolved = opened + timedelta(hours=slow * dice.lognormvariate(0, 0.8))
    told = resolved + timedelta(hours=dice.uniform(0.5, 30))
    state = _state(now, acknowledged, resolved, told)
    over = state in {State.RESOLVED, State.CONFIRMED}
    row = EscalationRow(
        id=f"e{number}",
        marker=f"marker{number}",
        first_ticket_id=50_000 + number * 10,
        target=target,
        severity=severity,
        state=state,
        summary=summary,
        issue_key=None if target is Target.L2 else f"{target.value[:3].upper()}-{number}",
        issue_id=None if target is Target.L2 else str(9000 + number),
        owner=dice.choice((None, "Ines Roth", "Tom Vale")),
        assessment={"findings": [{"kind": trigger, "sure": True}]},
        opened_at=opened,
        changed_at=min(max(opened, told), now),
        acknowledged_at=acknowledged if acknowledged <= now else None,
        resolved_at=resolved if over else None,
        ended_at=resolved if over else None,
        closed_at=told if state is State.CONFIRMED else None,
        internal_due_at=None if over else now + timedelta(hours=dice.uniform(-3, 30)),
        customer_due_at=None if over else now + timedelta(hours=dice.uniform(-2, 40)),
    )
    moves = [
        TransitionRow(
            escalation_id=row.id, at=at, actor="jira", kind="state", old=old, new=new, reason="Jira"
        )
        for at, old, new in (
            (acknowledged, State.OPEN, State.ACKNOWLEDGED),
            (resolved, State.ACKNOWLEDGED, State.RESOLVED),
            (told, State.RESOLVED, State.CONFIRMED),
        )
        if at <= now
    ]
    links = [
        LinkRow(
            escalation_id=row.id,
            ticket_id=row.first_ticket_id + place,
            customer=Customer(key=f"organization:{place}", name=_CUSTOMERS[place]),
            joined_at=opened,
            told_at=told if state is State.CONFIRMED else None,
        )
        for place in range(dice.randint(1, 4))
    ]
    return row, moves, links


def _state(now: datetime, acknowledged: datetime, resolved: datetime, told: datetime) -> State:
    if told <= now:
        return State.CONFIRMED
    if resolved <= now:
        return State.RESOLVED
    return State.ACKNOWLEDGED if acknowledged <= now else State.OPEN
