"""Words for customers that wait for a person, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from connector.ledger.repository import Repository, chunks
from connector.ledger.rows import DraftRow
from connector.ledger.schema import draft

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection


class Drafts(Repository[DraftRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, draft, DraftRow)

    def add(self, row: DraftRow) -> bool:
        """False when these words are known already, whatever became of them."""
        return self._insert_if_new(row)

    def get(self, draft_id: str) -> DraftRow | None:
        return self._one(self._select().where(draft.c.id == draft_id))

    def replace(self, row: DraftRow) -> None:
        """LookupError for a draft that was never added."""
        self._replace(row)

    def waiting(self) -> list[DraftRow]:
        """Those that nobody has decided about, and those on their way; the oldest first."""
        return self._sorted(draft.c.state.in_(("open", "approved")))

    def of(self, escalation_id: str) -> list[DraftRow]:
        return self._sorted(draft.c.escalation_id == escalation_id)

    def last_sent(self, escalation_ids: Iterable[str]) -> dict[str, dict[int, datetime]]:
        """When the last draft for each ticket was sent; every escalation is a key."""
        found: dict[str, dict[int, datetime]] = {one: {} for one in escalation_ids}
        latest = (
            select(draft.c.escalation_id, draft.c.ticket_id, func.max(draft.c.decided_at))
            .where(draft.c.state == "sent", draft.c.decided_at.is_not(None))
            .group_by(draft.c.escalation_id, draft.c.ticket_id)
        )
        for some in chunks(found):
            asked = latest.where(draft.c.escalation_id.in_(some))
            for escalation_id, ticket_id, at in self._connection.execute(asked):
                found[escalation_id][ticket_id] = at
        return found

    def _sorted(self, condition: ColumnElement[bool]) -> list[DraftRow]:
        return self._many(
            self._select().where(condition).order_by(draft.c.made_at, draft.c.ticket_id, draft.c.id)
        )
