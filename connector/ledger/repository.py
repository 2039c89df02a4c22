"""What the repositories share: rows in and out of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.dialects import sqlite

from connector.core.model import Frozen
from connector.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Select
    from sqlalchemy.dialects import postgresql

R = TypeVar("R", bound=Frozen)
T = TypeVar("T")

CHUNK = 500
"""Values in one statement: fewer than any SQLite build allows."""


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens when the row exists."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Repository(Generic[R]):
    """One table, read and written as frozen rows. Lives as long as its transaction."""

    def __init__(self, connection: Connection, table: Table, model: type[R]) -> None:
        self._connection = connection
        self._table = table
        self._model = model
        self._names = tuple(model.model_fields)
        self._columns = tuple(table.c[name] for name in self._names)

    def _select(self) -> Select[Any]:
        return select(*self._columns)

    def _many(self, statement: Select[Any]) -> list[R]:
        return [self._parse(row) for row in self._connection.execute(statement)]

    def _one(self, statement: Select[Any]) -> R | None:
        row = self._connection.execute(statement.limit(1)).one_or_none()
        return None if row is None else self._parse(row)

    def _parse(self, row: Row[Any]) -> R:
        """StoreError names the fields that do not fit, never what they hold."""
        try:
            return self._model.model_validate(dict(zip(self._names, row, strict=True)))
        except ValidationError as error:
            fields = {str(item["loc"][0]) for item in error.errors(include_input=False)}
            raise StoreError(
                f"The ledger holds a row of {self._table.name} that this version cannot read "
                f"(in {', '.join(sorted(fields))}). Was it changed by another program?"
            ) from None

    def _insert(self, row: R) -> None:
        self._connection.execute(self._table.insert().values(dict(vars(row))))

    def _insert_if_new(self, row: R) -> bool:
        """False when a row with the same primary key is there already, which stays as it is."""
        keys = [column.name for column in self._table.primary_key]
        statement = upsert(self._connection, self._table).values(dict(vars(row)))
        done = self._connection.execute(
            statement.on_conflict_do_nothing(index_elements=keys),
            execution_options={"preserve_rowcount": True},
        )
        return done.rowcount == 1

    def _replace(self, row: R) -> None:
        """LookupError when there is no row with this primary key."""
        keys = [column.name for column in self._table.primary_key]
        values = vars(row)
        statement = self._table.update().values(
            {name: value for name, value in values.items() if name not in keys}
        )
        for name in keys:
            statement = statement.where(self._table.c[name] == values[name])
        if self._connection.execute(statement).rowcount != 1:
            named = ", ".join(str(values[name]) for name in keys)
            raise LookupError(f"the ledger has no {self._table.name} {named}")
