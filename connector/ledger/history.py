"""What was decided, changed and asked, by whom and when. Append-only but for the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update

from connector.ledger.repository import Repository, chunks
from connector.ledger.rows import EventRow, FollowUpRow, RunRow, TransitionRow
from connector.ledger.schema import event, follow_up, run, transition

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.core.model import Json

_SUCCESS = (0, 1)
"""Exit codes of a run that did its work, though something may have been set aside."""


class Events(Repository[EventRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, event, EventRow)

    def add(self, row: EventRow) -> None:
        self._insert(row)

    def of(self, about: str | int) -> list[EventRow]:
        """Of an escalation (its id) or of a ticket (its number), oldest first."""
        column = event.c.ticket_id if isinstance(about, int) else event.c.escalation_id
        return self._many(self._select().where(column == about).order_by(event.c.at, event.c.id))

    def since(self, at: datetime) -> list[EventRow]:
        """From `at` on, oldest first."""
        return self._many(self._select().where(event.c.at >= at).order_by(event.c.at, event.c.id))


class Transitions(Repository[TransitionRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, transition, TransitionRow)

    def add(self, row: TransitionRow) -> None:
        self._insert(row)

    def of(self, escalation_id: str) -> list[TransitionRow]:
        """In the order in which they were recorded."""
        return self._many(
            self._select()
            .where(transition.c.escalation_id == escalation_id)
            .order_by(transition.c.id)
        )

    def begun_by(self, escalation_ids: Iterable[str]) -> dict[str, str]:
        """Who made the first transition of each of them that had one."""
        found: dict[str, str] = {}
        for some in chunks(escalation_ids):
            first = (
                select(func.min(transition.c.id))
                .where(transition.c.escalation_id.in_(some))
                .group_by(transition.c.escalation_id)
            )
            named = select(transition.c.escalation_id, transition.c.actor)
            for row in self._connection.execute(named.where(transition.c.id.in_(first))):
                found[row.escalation_id] = row.actor
        return found


class FollowUps(Repository[FollowUpRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, follow_up, FollowUpRow)

    def add(self, row: FollowUpRow) -> bool:
        """False when that slot of that clock was made already."""
        return self._insert_if_new(row)

    def of(self, escalation_id: str) -> list[FollowUpRow]:
        return self._many(
            self._select()
            .where(follow_up.c.escalation_id == escalation_id)
            .order_by(follow_up.c.slot, follow_up.c.clock, follow_up.c.ticket_id)
        )

    def last_slots(
        self, escalation_ids: Iterable[str]
    ) -> dict[str, dict[tuple[str, int], datetime]]:
        """The last slot that was served, by clock and ticket; every escalation is a key."""
        found: dict[str, dict[tuple[str, int], datetime]] = {one: {} for one in escalation_ids}
        served = (follow_up.c.escalation_id, follow_up.c.clock, follow_up.c.ticket_id)
        latest = select(*served, func.max(follow_up.c.slot)).group_by(*served)
        for some in chunks(found):
            asked = latest.where(follow_up.c.escalation_id.in_(some))
            for escalation_id, clock, ticket_id, slot in self._connection.execute(asked):
                found[escalation_id][clock, ticket_id] = slot
        return found


class Runs(Repository[RunRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, run, RunRow)

    def start(self, kind: str, at: datetime) -> int:
        """The run's number."""
        done = self._connection.execute(insert(run).values(kind=kind, started_at=at))
        (number,) = done.inserted_primary_key or (0,)
        return int(number)

    def finish(self, run_id: int, at: datetime, exit_code: int, report: Json) -> None:
        self._connection.execute(
            update(run)
            .where(run.c.id == run_id)
            .values(finished_at=at, exit_code=exit_code, report=report)
        )

    def recent(self, number: int) -> list[RunRow]:
        """The latest runs of any kind, the newest first."""
        return self._many(self._select().order_by(run.c.id.desc()).limit(number))

    def before(self, now: datetime) -> datetime | None:
        """When the latest run that began before now began."""
        latest = select(func.max(run.c.started_at)).where(run.c.started_at < now)
        found: datetime | None = self._connection.scalar(latest)
        return found

    def last(self, kind: str, successful: bool = False) -> RunRow | None:  # noqa: FBT001, FBT002 - reads as a word at the call
        """The latest of its kind; `successful`: the latest that did its work (exit 0 or 1)."""
        statement = self._select().where(run.c.kind == kind)
        if successful:
            statement = statement.where(run.c.exit_code.in_(_SUCCESS))
        return self._one(statement.order_by(run.c.id.desc()))
