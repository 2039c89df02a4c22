"""What may be forgotten: never what is live, and never what tells that a write was made.

Kept for good: escalations with their markers and links (a marker that was used must not be used
again, and a fixed issue may come back), the names and states of all writes, people's verdicts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, func, or_, select, update

from connector.ledger.repository import chunks
from connector.ledger.schema import (
    aside,
    escalation,
    event,
    inbox,
    intent,
    link,
    mirror,
    run,
    tally,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Select

AT_ONCE = 5_000
"""Tickets that one transaction forgets: a run that waits for the store waits briefly."""

_ENDED = ("solved", "closed", "deleted")
_OVER = ("confirmed", "de_escalated", "regressed")
_NEVER_READ_AGAIN = ("confirmed", "regressed")
_SETTLED = ("done", "dropped")
_WORKED = (0, 1)


class Retention:
    """Forgets what is older than `before`. Every method says how many rows it concerned."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tickets(self, before: datetime) -> int:
        """At most `AT_ONCE` solved, closed or deleted tickets that no escalation ever held."""
        waits = exists().where(inbox.c.ticket_id == mirror.c.ticket_id, inbox.c.state != "done")
        linked = exists().where(link.c.ticket_id == mirror.c.ticket_id)
        began = exists().where(escalation.c.first_ticket_id == mirror.c.ticket_id)
        listed = exists().where(aside.c.ticket_id == mirror.c.ticket_id)
        chosen = (
            select(mirror.c.ticket_id)
            .where(mirror.c.updated_at < before)
            .where(mirror.c.status.in_(_ENDED), ~waits, ~linked, ~began, ~listed)
            .limit(AT_ONCE)
        )
        ids = list(self._connection.scalars(chosen))
        for some in chunks(ids):
            for table in (mirror, inbox):
                self._connection.execute(delete(table).where(table.c.ticket_id.in_(some)))
        if ids:
            counted = update(tally).where(tally.c.name == mirror.name)
            self._connection.execute(counted.values(count=tally.c.count - len(ids)))
        return len(ids)

    def briefs(self, before: datetime) -> int:
        """The briefs and assessments of escalations that are over for good."""
        statement = (
            update(escalation)
            .where(escalation.c.changed_at < before)
            .where(escalation.c.state.in_(_NEVER_READ_AGAIN))
            .where(or_(escalation.c.brief.is_not(None), escalation.c.assessment.is_not(None)))
            .values(brief=None, assessment=None)
        )
        return self._connection.execute(statement).rowcount

    def texts(self, before: datetime) -> int:
        """The texts of settled writes; that they were made, when and as what stays known."""
        statement = (
            update(intent)
            .where(intent.c.state.in_(_SETTLED), intent.c.payload.is_not(None))
            .where(intent.c.escalation_id.in_(self._over(before)))
            .values(payload=None, probe=None)
        )
        return self._connection.execute(statement).rowcount

    def events(self, before: datetime) -> int:
        """History of escalations that are over, and of tickets alone."""
        of_nothing_live = or_(
            event.c.escalation_id.is_(None), event.c.escalation_id.in_(self._over(before))
        )
        statement = delete(event).where(event.c.at < before, of_nothing_live)
        return self._connection.execute(statement).rowcount

    def runs(self, before: datetime) -> int:
        """Reports of runs, but for the last of each kind and the last that did its work."""
        kept = select(func.max(run.c.id)).group_by(run.c.kind)
        worked = kept.where(run.c.exit_code.in_(_WORKED))
        old = and_(run.c.started_at < before, run.c.id.not_in(kept), run.c.id.not_in(worked))
        return self._connection.execute(delete(run).where(old)).rowcount

    @staticmethod
    def _over(before: datetime) -> Select[tuple[str]]:
        return select(escalation.c.id).where(
            escalation.c.state.in_(_OVER), escalation.c.changed_at < before
        )
