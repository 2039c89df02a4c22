"""What people said of pairs of tickets: whether they report the same issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.repository import Repository, upsert
from connector.ledger.rows import LabelRow
from connector.ledger.schema import label

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class Groups(Repository[LabelRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, label, LabelRow)

    def put_label(
        self,
        first: int,
        second: int,
        same: bool,  # noqa: FBT001 - the verdict itself
        actor: str,
        at: datetime,
    ) -> None:
        """Whether two tickets report the same issue, as a person says; the last word counts.

        ValueError for a ticket paired with itself.
        """
        if first == second:
            raise ValueError(f"ticket {first} cannot be paired with itself")
        low, high = sorted((first, second))
        insert = upsert(self._connection, label)
        news = {"same": same, "actor": actor, "at": at}
        self._connection.execute(
            insert.values(first=low, second=high, **news).on_conflict_do_update(
                index_elements=["first", "second"], set_=news
            )
        )

    def labels(self) -> list[LabelRow]:
        """Every verdict, the lower ticket id first."""
        return self._many(self._select().order_by(label.c.first, label.c.second))
