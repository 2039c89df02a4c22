"""What came of a write, as the ledger and the report keep it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from connector.core.model import Frozen
from connector.core.writes import Write, parse_write
from connector.ledger.rows import AsideRow, EscalationRow, EventRow, IntentRow

if TYPE_CHECKING:
    from connector.errors import ConnectorError
    from connector.ledger.store import Ledger, Transaction
    from connector.lookup import Found

_AGAIN_AFTER = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(hours=24)

Result = Literal["done", "adopted", "would", "waiting", "uncertain", "set_aside", "dropped"]
FollowOn = Callable[[EscalationRow, Write, "Found", "Transaction"], Sequence[IntentRow]]
"""What is due once this was written, planned in the transaction that records it."""


class Outcome(Frozen):
    """What came of one intent."""

    intent_id: str
    escalation_id: str
    kind: str
    subject: str
    result: Result
    reason: str = ""
    ref: str | None = None


@dataclass
class Book:
    """Commits outcomes, one transaction each, and tells them to the run's report."""

    ledger: Ledger
    now: datetime
    follow_on: FollowOn
    outcomes: list[Outcome] = field(default_factory=list)

    def done(self, row: IntentRow, found: Found, result: Result) -> None:
        with self.ledger.transaction() as tx:
            tx.intents.done(row.intent_id, found.ref)
            tx.aside.drop(f"intent:{row.intent_id}")
            tx.events.add(self._event(row, result, found.ref))
            escalation = tx.escalations.get(row.escalation_id)
            if escalation is None:
                raise LookupError(f"intent {row.intent_id} has no escalation")
            if found.issue is not None:
                named = {"issue_id": found.issue.id, "issue_key": found.issue.key}
                escalation = escalation.model_copy(update=named)
                tx.escalations.replace(escalation)
            tx.intents.add(self.follow_on(escalation, parse_write(row.payload), found, tx))
        reason = "left as somebody edited it" if found.left else ""
        self.tell(row, result, reason, ref=found.issue.key if found.issue else found.ref)

    def uncertain(self, row: IntentRow, error: ConnectorError) -> None:
        """It may have happened: listed until it is found or proven absent."""
        with self.ledger.transaction() as tx:
            tx.intents.uncertain(row.intent_id, type(error).__name__)
            tx.events.add(self._event(row, "uncertain", str(error)))
            tx.aside.put(self._aside(row, error, None))

    def still_uncertain(self, row: IntentRow, error: ConnectorError) -> None:
        """Looked for once more, and still nobody can tell."""
        with self.ledger.transaction() as tx:
            tx.aside.put(self._aside(row, error, None))
        self.tell(row, "uncertain", str(error))

    def set_aside(self, row: IntentRow, error: ConnectorError) -> None:
        pause = min(_AGAIN_AFTER * 2**row.tries, _LONGEST_PAUSE)
        with self.ledger.transaction() as tx:
            tx.intents.quarantined(
                row.intent_id,
                error=type(error).__name__,
                reason=str(error),
                next_try_at=self.now + pause,
            )
            tx.events.add(self._event(row, "set_aside", str(error)))
            tx.aside.put(self._aside(row, error, self.now + pause))
        self.tell(row, "set_aside", str(error))

    def drop(self, row: IntentRow, error: ConnectorError) -> bool:
        """The ticket or issue takes no more changes: recorded once, never tried again.

        True: it is settled, and holds nothing back.
        """
        with self.ledger.transaction() as tx:
            tx.intents.dropped(row.intent_id, str(error))
            tx.aside.drop(f"intent:{row.intent_id}")
            tx.events.add(self._event(row, "dropped", str(error)))
        self.tell(row, "dropped", str(error))
        return True

    def plan_again(self, row: IntentRow, reason: str, error: str | None = None) -> None:
        with self.ledger.transaction() as tx:
            tx.intents.planned_again(row.intent_id, reason, error=error)

    def _aside(
        self, row: IntentRow, error: ConnectorError, next_try_at: datetime | None
    ) -> AsideRow:
        """How `escalation quarantine` lists it until it is settled."""
        return AsideRow(
            key=f"intent:{row.intent_id}",
            kind="intent",
            reason=f"{row.kind} for {row.subject}: {error}",
            error=type(error).__name__,
            since=self.now,
            next_try_at=next_try_at,
            escalation_id=row.escalation_id,
        )

    def _event(self, row: IntentRow, what: str, detail: str) -> EventRow:
        return EventRow(
            at=self.now,
            actor="sweep",
            what=f"{row.kind}: {what}",
            escalation_id=row.escalation_id,
            intent_id=row.intent_id,
            detail={"subject": row.subject, "detail": detail},
        )

    def tell(
        self, row: IntentRow, result: Result, reason: str = "", ref: str | None = None
    ) -> None:
        self.outcomes.append(
            Outcome(
                intent_id=row.intent_id,
                escalation_id=row.escalation_id,
                kind=row.kind,
                subject=row.subject,
                result=result,
                reason=reason,
                ref=ref,
            )
        )
