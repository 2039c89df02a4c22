"""The mirror: facts of tickets, so that time alone can make one a candidate without a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, literal, literal_column, select, tuple_, update

from connector.ledger.columns import BIG, Moment
from connector.ledger.repository import CHUNK, Repository, chunks, upsert
from connector.ledger.rows import Glance, MirrorRow
from connector.ledger.schema import HAS_FINGERPRINT, OPEN_TICKET, mirror, tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement


_FOUND: ColumnElement[Any] = literal_column("signals <> '[]'")


class Mirror(Repository[MirrorRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, mirror, MirrorRow)

    def put(self, rows: Iterable[MirrorRow]) -> None:
        """What was read last counts. No comparison of `exported_at`: our clock and the desk's may
        both be in it, and a row that is taken for old would be lost.

        A row that says nothing in `decided` leaves what was decided.
        """
        insert = upsert(self._connection, mirror)
        fresh: dict[str, Any] = {
            name: insert.excluded[name] for name in MirrorRow.model_fields if name != "ticket_id"
        }
        fresh["decided"] = func.coalesce(insert.excluded.decided, mirror.c.decided)
        statement = insert.on_conflict_do_update(index_elements=["ticket_id"], set_=fresh)
        for chunk in chunks(rows):
            self._add_to_tally({row.ticket_id for row in chunk})
            self._connection.execute(statement, [dict(vars(row)) for row in chunk])

    def _add_to_tally(self, ids: set[int]) -> None:
        known = select(func.count()).select_from(mirror).where(mirror.c.ticket_id.in_(ids))
        added = len(ids) - int(self._connection.scalar(known) or 0)
        if added:
            insert = upsert(self._connection, tally).values(name=mirror.name, count=added)
            self._connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["name"], set_={"count": tally.c.count + added}
                )
            )

    def get(self, ids: Sequence[int]) -> dict[int, MirrorRow]:
        """Those that are known, by ticket id."""
        found: dict[int, MirrorRow] = {}
        for chunk in chunks(ids):
            rows = self._many(self._select().where(mirror.c.ticket_id.in_(chunk)))
            found.update((row.ticket_id, row) for row in rows)
        return found

    def glances(self, ids: Sequence[int]) -> dict[int, Glance]:
        """Those that are known, by ticket id; a fraction of what `get` reads and holds."""
        names = [mirror.c[name] for name in Glance._fields if name != "found"]
        statement = select(mirror.c.ticket_id, *names, _FOUND)
        return {
            row[0]: Glance._make((*row[1:-1], bool(row[-1])))
            for chunk in chunks(ids)
            for row in self._connection.execute(statement.where(mirror.c.ticket_id.in_(chunk)))
        }

    def due_ids(self, now: datetime) -> list[int]:
        """As `due`, by id alone."""
        due = select(mirror.c.ticket_id).where(OPEN_TICKET, mirror.c.look_at <= now)
        return list(self._connection.scalars(due.order_by(mirror.c.look_at, mirror.c.ticket_id)))

    def due(self, now: datetime, limit: int | None = None) -> list[MirrorRow]:
        """Open tickets whose `look_at` has come, the longest due first."""
        statement = (
            self._select()
            .where(OPEN_TICKET, mirror.c.look_at <= now)
            .order_by(mirror.c.look_at, mirror.c.ticket_id)
            .limit(limit)
        )
        return self._many(statement)

    def since(self, created_after: datetime) -> Iterator[MirrorRow]:
        """Tickets with a fingerprint, by creation. Read in pieces: memory stays small."""
        place = tuple_(mirror.c.created_at, mirror.c.ticket_id)
        statement = self._select().where(HAS_FINGERPRINT)
        piece = statement.where(mirror.c.created_at > created_after)
        while True:
            rows = self._many(piece.order_by(mirror.c.created_at, mirror.c.ticket_id).limit(CHUNK))
            yield from rows
            if len(rows) < CHUNK:
                return
            last = rows[-1]
            piece = statement.where(
                place > tuple_(literal(last.created_at, Moment), literal(last.ticket_id, BIG))
            )

    def reported(
        self, since: datetime, ids: Collection[int] | None = None
    ) -> list[tuple[datetime, int]]:
        """When the tickets with a fingerprint were made, in that order; of these ids, or of all."""
        place = (mirror.c.created_at, mirror.c.ticket_id)
        statement = select(*place).where(HAS_FINGERPRINT, mirror.c.created_at >= since)
        if ids is None:
            return sorted((at, number) for at, number in self._connection.execute(statement))
        asked = (statement.where(mirror.c.ticket_id.in_(chunk)) for chunk in chunks(ids))
        return sorted((at, number) for one in asked for at, number in self._connection.execute(one))

    def count(self) -> int:
        """Kept, not counted: counting reads every row."""
        kept = select(tally.c.count).where(tally.c.name == mirror.name)
        return int(self._connection.scalar(kept) or 0)

    def set_decided(self, ticket_id: int, decided: str | None, look_at: datetime | None) -> None:
        """What was decided from which facts, and when time alone asks again. Unknown id: no-op."""
        self._connection.execute(
            update(mirror)
            .where(mirror.c.ticket_id == ticket_id)
            .values(decided=decided, look_at=look_at)
        )
