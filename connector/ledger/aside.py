"""Tickets and writes that were set aside, each with its reason and its next try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete

from connector.ledger.repository import Repository, chunks, upsert
from connector.ledger.rows import AsideRow
from connector.ledger.schema import aside

if TYPE_CHECKING:
    from datetime import datetime

Rows = list[AsideRow]


class Aside(Repository[AsideRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, aside, AsideRow)

    def put(self, row: AsideRow) -> None:
        """Set aside once more: one try more than known, `since` as it was, the rest as now."""
        insert = upsert(self._connection, aside)
        fresh = {
            name: insert.excluded[name]
            for name in AsideRow.model_fields
            if name not in {"key", "since", "tries"}
        }
        self._connection.execute(
            insert.values(dict(vars(row))).on_conflict_do_update(
                index_elements=["key"], set_={**fresh, "tries": aside.c.tries + 1}
            )
        )

    def list(self) -> Rows:
        """Everything, what waits longest first."""
        return self._many(self._select().order_by(aside.c.since, aside.c.key))

    def due(self, now: datetime) -> Rows:
        return self._many(
            self._select()
            .where(aside.c.next_try_at <= now)
            .order_by(aside.c.next_try_at, aside.c.key)
        )

    def get(self, key: str) -> AsideRow | None:
        return self._one(self._select().where(aside.c.key == key))

    def drop(self, *keys: str) -> int:
        """How many of them there were."""
        return sum(
            self._connection.execute(delete(aside).where(aside.c.key.in_(chunk))).rowcount
            for chunk in chunks(keys)
        )
