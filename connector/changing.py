"""The only place where an escalation's state changes: legal moves, each with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.core.lifecycle import move
from connector.core.model import State
from connector.ledger.rows import TransitionRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.ledger.rows import EscalationRow, IntentRow
    from connector.ledger.store import Transaction

ENDED = frozenset({State.RESOLVED, State.DE_ESCALATED})
_WORK = frozenset({State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS})


def change_state(
    tx: Transaction,
    row: EscalationRow,
    new: State,
    *,
    now: datetime,
    actor: str,
    reason: str,
    at: datetime | None = None,
    writes: Iterable[IntentRow] = (),
    **facts: Any,
) -> EscalationRow:
    """Records the move and the writes that tell it, and returns the row as it is then.

    `at`: when it really happened, where a service says so. `facts`: other columns that change with
    it. Raises IllegalMoveError.
    """
    when = at or now
    fresh = {
        "state": move(row.state, new),
        "version": row.version + 1,
        "changed_at": now,
        **_moments(row, new, when),
        **facts,
    }
    after = row.model_copy(update=fresh)
    tx.escalations.replace(after)
    if row.ended_at is not None and new in _WORK:
        _untell(tx, row)
    planned = list(writes)
    tx.intents.add(planned)
    tx.transitions.add(
        TransitionRow(
            escalation_id=row.id,
            at=when,
            actor=actor,
            kind="state",
            old=row.state,
            new=new,
            reason=reason,
            wrote=tuple(intent.intent_id for intent in planned),
        )
    )
    return after


def _moments(row: EscalationRow, new: State, when: datetime) -> dict[str, Any]:
    """When it was first seen by the team, and when it ended; what is reopened has not ended."""
    moments: dict[str, Any] = {}
    if new not in {State.OPEN, State.DE_ESCALATED} and row.acknowledged_at is None:
        moments["acknowledged_at"] = when
    if new in ENDED:
        moments |= {"ended_at": when, "closed_at": None}
    if new is State.RESOLVED:
        moments |= {"resolved_at": when, "end_reason": None}
    if new in _WORK:
        moments |= {"ended_at": None, "end_reason": None, "closed_at": None, "resolved_at": None}
    if new in {State.CONFIRMED, State.REGRESSED}:
        moments["closed_at"] = when
    return moments


def _untell(tx: Transaction, row: EscalationRow) -> None:
    """Whoever was told that it is over has to be told again when it is."""
    for link in tx.links.of(row.id):
        if link.told_at is not None:
            tx.links.replace(link.model_copy(update={"told_at": None, "told_how": None}))
