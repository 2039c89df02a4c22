"""By hand: the end of an escalation, "seen", "not now", and "told outside Zendesk"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.closing_loop import OUT_OF_REACH, close_loops
from connector.core.duration import Duration
from connector.core.lifecycle import may_follow
from connector.core.model import DeescalationReason, State
from connector.core.slots import after
from connector.deescalating import end
from connector.errors import ConfigError
from connector.escalating import make_gate
from connector.following_up import acknowledge, snooze
from connector.learning import learn
from connector.ledger.rows import EventRow
from connector.refs import escalation_named
from connector.report import StateChange
from connector.running import Run
from connector.services import sign_in
from connector.texts import spell_time

if TYPE_CHECKING:
    from datetime import datetime

    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Transaction
    from connector.report import Report
    from connector.services import Services


def deescalate(services: Services, *, ref: str, reason: str, learned: str) -> Report:
    """Ends the escalation, tells the team and every ticket, and keeps what was learned.

    Raises ConfigError for an unknown REF, and for one that is over already.
    """
    why = DeescalationReason(reason)
    gate, run = _begin(services), Run()
    row = _find(services, ref)
    name = row.issue_key or row.id
    if row.state is State.DE_ESCALATED or not may_follow(row.state, State.DE_ESCALATED):
        raise ConfigError(f"{name} is {row.state}; it cannot be de-escalated any more")
    part = "workaround" if why is DeescalationReason.WORKAROUND else "text"
    row = learn(services, row, {part: learned, "text": learned, "reason": why}, by="operator")
    end(services, row, why, f"learned: {learned}", actor="operator", run=run)
    gate.settle(row.id)
    close_loops(services, gate, run)
    return run.report(services, gate, "deescalate")


def ack(services: Services, *, ref: str) -> Report:
    """The team has seen it; the clock that asks the team starts anew.

    Raises ConfigError for an unknown REF, and for one that is over.
    """
    gate, run = _begin(services), Run()
    row = _going_on(_find(services, ref))
    acknowledged = acknowledge(services, row, "operator", run)
    with services.ledger.transaction() as tx:
        heard = acknowledged.model_copy(update={"internal_at": services.now})
        tx.escalations.replace(heard)
        _note_event(services, tx, heard, "acknowledged", {})
    gate.settle(row.id)
    return run.report(services, gate, "ack")


def snooze_until(services: Services, *, ref: str, until: datetime | Duration) -> Report:
    """No follow-ups before then. Raises ConfigError for an unknown REF and for a past time."""
    gate, run = _begin(services), Run()
    row = _find(services, ref)
    if isinstance(until, Duration):
        until = after(services.now, until, services.mappings.cadence.business_hours)
    if until <= services.now:
        raise ConfigError(f"--until {until.isoformat()} is not in the future")
    snooze(services, row, until, by="operator")
    run.changed.append(_quiet(row, until))
    with services.ledger.transaction() as tx:
        _note_event(services, tx, row, "snoozed", {"until": until.isoformat()})
    return run.report(services, gate, "snooze")


def _quiet(row: EscalationRow, until: datetime) -> StateChange:
    return StateChange(
        id=row.id,
        issue_key=row.issue_key,
        kind="follow-ups",
        old="as due",
        new=f"not before {spell_time(until)}",
        because=f"{row.issue_key or row.id} was snoozed",
    )


def told(services: Services, *, ref: str, ticket_id: int, how: str) -> Report:
    """A customer whose ticket takes no reply any more was told another way, says a person.

    Raises ConfigError where a reply in the ticket is still possible: that is seen by itself.
    """
    gate, run = _begin(services), Run()
    row = _find(services, ref)
    with services.ledger.transaction() as tx:
        link = next((one for one in tx.links.of(row.id) if one.ticket_id == ticket_id), None)
        if link is None:
            raise ConfigError(f"ticket {ticket_id} is not part of {row.issue_key or row.id}")
        known = tx.mirror.get([ticket_id]).get(ticket_id)
        if not link.closed and (known is None or known.status != "closed"):
            raise ConfigError(
                f"ticket {ticket_id} still takes a reply: answer there, it is seen by itself"
            )
        if row.ended_at is None:
            raise ConfigError(f"{row.issue_key or row.id} is {row.state}: nothing to tell yet")
        spoken = {"told_at": services.now, "told_how": f"{OUT_OF_REACH}{how}"}
        tx.links.replace(link.model_copy(update=spoken))
        _note_event(services, tx, row, "told", {"ticket": ticket_id, "how": how})
    close_loops(services, gate, run)
    return run.report(services, gate, "told")


def _begin(services: Services) -> Gate:
    sign_in(services)
    gate = make_gate(services)
    gate.recover()
    return gate


def _find(services: Services, ref: str) -> EscalationRow:
    with services.ledger.snapshot() as tx:
        return escalation_named(tx, ref)


def _going_on(row: EscalationRow) -> EscalationRow:
    if row.state not in {State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS}:
        raise ConfigError(f"{row.issue_key or row.id} is {row.state}; there is nothing to see to")
    return row


def _note_event(
    services: Services, tx: Transaction, row: EscalationRow, what: str, detail: dict[str, object]
) -> None:
    tx.events.add(
        EventRow(
            at=services.now,
            actor="operator",
            what=what,
            escalation_id=row.id,
            detail=detail,
        )
    )
