"""Intents: remote writes planned and recorded before they are made, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, or_, select, update

from connector.ledger.repository import Repository, chunks
from connector.ledger.rows import IntentRow, IntentState
from connector.ledger.schema import UNSETTLED, intent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.core.model import Json

PLANNED, SENDING, UNCERTAIN, DONE, QUARANTINED, DROPPED = (
    IntentState.PLANNED,
    IntentState.SENDING,
    IntentState.UNCERTAIN,
    IntentState.DONE,
    IntentState.QUARANTINED,
    IntentState.DROPPED,
)

INTERRUPTED = "interrupted"
"""The error of a write that a run left as SENDING."""

LEADS_TO: dict[IntentState, frozenset[IntentState]] = {
    # DONE at once: looked for before it was sent, and found (a store that was lost).
    PLANNED: frozenset({PLANNED, SENDING, DONE, QUARANTINED, DROPPED}),
    # PLANNED again: the service answered "certainly not done".
    SENDING: frozenset({PLANNED, UNCERTAIN, DONE, QUARANTINED, DROPPED}),
    # UNCERTAIN again: looked for, and still nobody can tell.
    UNCERTAIN: frozenset({PLANNED, UNCERTAIN, DONE, QUARANTINED, DROPPED}),
    QUARANTINED: frozenset({PLANNED, DROPPED}),
    DONE: frozenset(),
    DROPPED: frozenset(),
}
"""What may follow what."""


class Intents(Repository[IntentRow]):
    """Every change of state is one of LEADS_TO; another raises ValueError and changes nothing."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, intent, IntentRow)

    def add(self, rows: Iterable[IntentRow]) -> list[IntentRow]:
        """The really new ones. An id that is there already stays, with its payload and state.

        ValueError for a row that is neither planned nor done (adopted).
        """
        added = []
        for row in rows:
            if row.state not in {PLANNED, DONE}:
                raise ValueError(f"intent {row.intent_id} cannot begin as {row.state}")
            if self._insert_if_new(row):
                added.append(row)
        return added

    def of(self, escalation_id: str) -> list[IntentRow]:
        """In the order in which they are to be made."""
        return self._many(
            self._select()
            .where(intent.c.escalation_id == escalation_id)
            .order_by(intent.c.seq, intent.c.intent_id)
        )

    def issues_asked_for(self, escalation_ids: Iterable[str]) -> dict[str, datetime]:
        """When the create of their issue was last sent, by escalation. Long after an escalation was
        opened, when Jira was away meanwhile.
        """
        sent = select(intent.c.escalation_id, intent.c.sent_at).where(
            intent.c.kind == "create_issue", intent.c.sent_at.is_not(None)
        )
        return {
            name: at
            for chunk in chunks(escalation_ids)
            for name, at in self._connection.execute(
                sent.where(intent.c.escalation_id.in_(chunk)).order_by(intent.c.seq)
            )
        }

    def pending(self, now: datetime) -> list[IntentRow]:
        """All that is not settled, but for the set aside whose next try is not due.

        By escalation, then in order. A planned one with a later `next_try_at` is among them: it
        still stands before those that come after it.
        """
        due = or_(intent.c.state != QUARANTINED, intent.c.next_try_at <= now)
        return self._many(
            self._select()
            .where(UNSETTLED, due)
            .order_by(intent.c.escalation_id, intent.c.seq, intent.c.intent_id)
        )

    def get(self, intent_id: str) -> IntentRow | None:
        return self._one(self._select().where(intent.c.intent_id == intent_id))

    def sending(self, intent_id: str, *, at: datetime, probe: Json) -> None:
        """Committed before a byte leaves. `probe` is what a look-up will need."""
        news = {"sent_at": at, "probe": probe, "tries": intent.c.tries + 1, "next_try_at": None}
        self._move(intent_id, SENDING, news)

    def done(self, intent_id: str, result_ref: str | None) -> None:
        self._move(intent_id, DONE, {"result_ref": result_ref, "error": None, "next_try_at": None})

    def uncertain(self, intent_id: str, error: str) -> None:
        self._move(intent_id, UNCERTAIN, {"error": error})

    def planned_again(
        self,
        intent_id: str,
        reason: str,
        next_try_at: datetime | None = None,
        *,
        error: str | None = None,
    ) -> None:
        """Certainly not done, proven absent, safe to repeat, or a person says so.

        `error`: what the try ended with, in place of what is known of an earlier one.
        """
        news = {"reason": reason, "next_try_at": next_try_at}
        self._move(intent_id, PLANNED, news | ({"error": error} if error else {}))

    def quarantined(
        self, intent_id: str, error: str, reason: str, next_try_at: datetime | None
    ) -> None:
        """Set aside until `next_try_at`; None: until a person asks for it.

        ValueError for a time when the outcome is unknown: time proves nothing.
        """
        news = {"error": error, "reason": reason, "next_try_at": next_try_at}
        self._move(intent_id, QUARANTINED, news, unless=UNCERTAIN if next_try_at else None)

    def dropped(self, intent_id: str, reason: str) -> None:
        self._move(intent_id, DROPPED, {"reason": reason, "next_try_at": None})

    def interrupted(self) -> int:
        """What a run left as SENDING may have happened: UNCERTAIN. The number of them."""
        statement = (
            update(intent)
            .where(UNSETTLED, intent.c.state == SENDING)
            .values(state=UNCERTAIN, error=INTERRUPTED)
        )
        return self._connection.execute(statement).rowcount

    def _move(
        self,
        intent_id: str,
        state: IntentState,
        news: dict[str, Any],
        unless: IntentState | None = None,
    ) -> None:
        before = [
            earlier for earlier, later in LEADS_TO.items() if state in later and earlier != unless
        ]
        statement = (
            update(intent)
            .where(intent.c.intent_id == intent_id, intent.c.state.in_(before))
            .values(state=state, **news)
        )
        if self._connection.execute(statement).rowcount == 1:
            return
        found = self._connection.scalar(
            select(intent.c.state).where(intent.c.intent_id == intent_id)
        )
        if found is None:
            raise LookupError(f"the ledger has no intent {intent_id}")
        raise ValueError(f"intent {intent_id} is {found}: it cannot become {state}")
