"""Words for customers that wait for a person, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.repository import Repository
from connector.ledger.rows import DraftRow
from connector.ledger.schema import draft

if TYPE_CHECKING:
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

    def _sorted(self, condition: ColumnElement[bool]) -> list[DraftRow]:
        return self._many(
            self._select().where(condition).order_by(draft.c.made_at, draft.c.ticket_id, draft.c.id)
        )
