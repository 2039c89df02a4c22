"""What is known of groups besides their reports: people's words about pairs, a line for each group,
and what nearly belonged together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, exists, or_, select, update

from connector.ledger.repository import Repository, chunks, upsert
from connector.ledger.rows import GroupRow, LabelRow, NearMissRow
from connector.ledger.schema import label
from connector.ledger.schema_groups import near_miss, report, report_group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime


class Groups(Repository[LabelRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, label, LabelRow)

    # --- what people said ---------------------------------------------------------------------

    def put_label(
        self,
        first: int,
        second: int,
        same: bool,  # noqa: FBT001 - the verdict itself
        actor: str,
        at: datetime,
        chance: float | None = None,
    ) -> None:
        """Whether two tickets report the same issue, as a person says; the last word counts.

        ValueError for a ticket paired with itself.
        """
        if first == second:
            raise ValueError(f"ticket {first} cannot be paired with itself")
        low, high = sorted((first, second))
        insert = upsert(self._connection, label)
        news = {"same": same, "actor": actor, "at": at, "chance": chance}
        self._connection.execute(
            insert.values(first=low, second=high, **news).on_conflict_do_update(
                index_elements=["first", "second"], set_=news
            )
        )

    def add_label(self, row: LabelRow) -> bool:
        """False when something was said of the pair already, which stands."""
        return self._insert_if_new(row)

    def set_chance(self, first: int, second: int, chance: float) -> None:
        """What evidence said of a pair that agents brought together."""
        low, high = sorted((first, second))
        pair = (label.c.first == low, label.c.second == high, label.c.chance.is_(None))
        self._connection.execute(update(label).where(*pair).values(chance=chance))

    def labels(self) -> list[LabelRow]:
        """Every verdict, the lower ticket id first."""
        return self._many(self._select().order_by(label.c.first, label.c.second))

    def labels_around(self, tickets: Collection[int]) -> list[LabelRow]:
        """All verdicts that bear on the tickets: theirs, and those of whom they name, and so on."""
        found: dict[tuple[int, int], LabelRow] = {}
        known: set[int] = set()
        new = set(tickets)
        while new:
            known |= new
            rows = [row for chunk in chunks(sorted(new)) for row in self._labels_of(chunk)]
            found |= {(row.first, row.second): row for row in rows}
            new = {ticket for row in rows for ticket in (row.first, row.second)} - known
        return [found[pair] for pair in sorted(found)]

    def _labels_of(self, tickets: Collection[int]) -> list[LabelRow]:
        named = or_(label.c.first.in_(tickets), label.c.second.in_(tickets))
        return self._many(self._select().where(named))

    # --- a line for each group ----------------------------------------------------------------

    def put(self, row: GroupRow) -> None:
        news = dict(vars(row))
        insert = upsert(self._connection, report_group).values(news)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=news))

    def drop(self, groups: Iterable[str]) -> None:
        for chunk in chunks(groups):
            self._connection.execute(delete(report_group).where(report_group.c.id.in_(chunk)))

    def ids(self) -> list[str]:
        """Of every group with two reports or more."""
        return list(self._connection.scalars(select(report_group.c.id).order_by(report_group.c.id)))

    def of_tickets(self, tickets: Iterable[int]) -> list[str]:
        """The groups of two reports or more that these are in, the oldest first. Asked of the
        tables alone: nothing is kept of the many tickets that are in none.
        """
        oldest: dict[str, int] = {}
        other = report.alias()
        company = (other.c.group_id == report.c.group_id, other.c.number != report.c.number)
        statement = select(report.c.group_id, report.c.number).where(exists().where(*company))
        for chunk in chunks(tickets):
            asked = statement.where(report.c.ticket_id.in_(chunk))
            for group, number in self._connection.execute(asked):
                oldest[group] = min(number, oldest.get(group, number))
        return sorted(oldest, key=oldest.__getitem__)

    def line(self, group: str) -> GroupRow | None:
        """None for a ticket that stands alone."""
        statement = select(*report_group.c).where(report_group.c.id == group)
        row = self._connection.execute(statement).mappings().one_or_none()
        return None if row is None else GroupRow(**row)

    def suggested(self, since: datetime, customers: int) -> list[GroupRow]:
        """Those that wait for a person, with a report since then; most customers first."""
        statement = (
            select(*report_group.c)
            .where(report_group.c.strength == "suggested", report_group.c.newest_at >= since)
            .where(report_group.c.customers >= customers)
        )
        found = [GroupRow(**row) for row in self._connection.execute(statement).mappings()]
        return sorted(found, key=lambda row: (-row.customers, -row.tickets, row.id))

    # --- what nearly belonged together --------------------------------------------------------

    def put_misses(self, rows: Iterable[NearMissRow]) -> None:
        listed = [dict(vars(row)) for row in rows]
        if listed:
            self._connection.execute(near_miss.insert(), listed)

    def forget_misses(self, groups: Iterable[str]) -> None:
        """Those at groups whose name is another's now."""
        for chunk in chunks(groups):
            statement = delete(near_miss).where(near_miss.c.group_id.in_(chunk))
            self._connection.execute(statement)

    def misses_of(self, numbers: Collection[int]) -> list[NearMissRow]:
        """What these reports did not join, the nearest first."""
        found = [
            NearMissRow(**row)
            for chunk in chunks(numbers)
            for row in self._connection.execute(
                select(*near_miss.c).where(near_miss.c.number.in_(chunk))
            ).mappings()
        ]
        return sorted(found, key=lambda row: (-row.chance, row.number))

    def misses_at(self, group: str) -> list[NearMissRow]:
        """Reports that did not join the group, the nearest first."""
        statement = (
            select(*near_miss.c)
            .where(near_miss.c.group_id == group)
            .order_by(near_miss.c.chance.desc(), near_miss.c.number)
        )
        return [NearMissRow(**row) for row in self._connection.execute(statement).mappings()]
