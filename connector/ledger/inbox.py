"""The inbox: tickets that changed and wait to be looked at. One row a ticket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from connector.ledger.repository import Repository, chunks, upsert
from connector.ledger.rows import InboxRow
from connector.ledger.schema import SET_ASIDE, TODO, inbox, mirror

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEVER_EXPORTED = datetime(1970, 1, 1, tzinfo=UTC)


class Inbox(Repository[InboxRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, inbox, InboxRow)

    def put(self, rows: Iterable[InboxRow]) -> None:
        """Another export of a ticket starts again, newer or (by a clock that was set back) older;
        the same one changes nothing.
        """
        insert = upsert(self._connection, inbox)
        statement = insert.on_conflict_do_update(
            index_elements=["ticket_id"],
            set_={
                name: insert.excluded[name] for name in InboxRow.model_fields if name != "ticket_id"
            },
            where=insert.excluded.exported_at != inbox.c.exported_at,
        )
        for chunk in chunks(rows):
            self._connection.execute(statement, [dict(vars(row)) for row in chunk])

    def again(self, ids: Iterable[int]) -> None:
        """Tickets that are to be looked at although nothing in them changed."""
        insert = upsert(self._connection, inbox)
        fresh = {"state": "todo", "tries": 0, "error": None, "next_try_at": None}
        statement = insert.on_conflict_do_update(index_elements=["ticket_id"], set_=fresh)
        for chunk in chunks(ids):
            known = select(mirror.c.ticket_id, mirror.c.exported_at).where(
                mirror.c.ticket_id.in_(chunk)
            )
            rows = [dict(row) | fresh for row in self._connection.execute(known).mappings()]
            if rows:
                self._connection.execute(statement, rows)

    def todo(self, now: datetime, limit: int | None = None) -> list[InboxRow]:
        """What waits, oldest export first; then what was set aside and is due for its next try."""
        waiting = self._many(
            self._select().where(TODO).order_by(inbox.c.exported_at, inbox.c.ticket_id).limit(limit)
        )
        again = self._many(
            self._select()
            .where(SET_ASIDE, inbox.c.next_try_at <= now)
            .order_by(inbox.c.next_try_at, inbox.c.ticket_id)
            .limit(None if limit is None else limit - len(waiting))
        )
        return waiting + again

    def todo_ids(self, now: datetime) -> list[int]:
        """As `todo`, by id alone."""
        waiting = select(inbox.c.ticket_id).where(TODO)
        again = select(inbox.c.ticket_id).where(SET_ASIDE, inbox.c.next_try_at <= now)
        return [
            *self._connection.scalars(waiting.order_by(inbox.c.exported_at, inbox.c.ticket_id)),
            *self._connection.scalars(again.order_by(inbox.c.next_try_at, inbox.c.ticket_id)),
        ]

    def done(self, ids: Iterable[int]) -> None:
        for chunk in chunks(ids):
            self._connection.execute(
                update(inbox)
                .where(inbox.c.ticket_id.in_(chunk))
                .values(state="done", error=None, next_try_at=None)
            )

    def fail(self, ticket_id: int, error: str, next_try_at: datetime | None) -> InboxRow:
        """Sets the ticket aside, one try more. One that only time brought up gets its row now."""
        statement = self._select().where(inbox.c.ticket_id == ticket_id)
        before = self._one(statement)
        if before is None:
            exported = select(mirror.c.exported_at).where(mirror.c.ticket_id == ticket_id)
            before = InboxRow(
                ticket_id=ticket_id,
                exported_at=self._connection.scalar(exported) or _NEVER_EXPORTED,
            )
            self._insert(before)
        after = before.model_copy(
            update={
                "state": "quarantined",
                "tries": before.tries + 1,
                "error": error,
                "next_try_at": next_try_at,
            }
        )
        self._replace(after)
        return after
