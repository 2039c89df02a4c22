"""What state a store is in, found out without making, migrating or writing anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import func, select

from connector.core.model import Frozen
from connector.ledger import sqlite_file, upgrade
from connector.ledger.engine import make_engine, parse_url, place_of, reading
from connector.ledger.faults import translated

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from sqlalchemy import URL, Connection


class Peek(Frozen):
    """`revision` is None for a store in which there is nothing yet; `fresh`: it is the newest."""

    place: str
    revision: str | None
    writable: bool

    @property
    def fresh(self) -> bool:
        return self.revision == upgrade.HEAD


def peek(url: str, *, now: datetime) -> Peek:
    """StoreError: not a ledger, damaged, or from a newer version. UnavailableError: not there."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _server(parsed)
    return _file(Path(parsed.database or "").resolve(), parsed, now)


def _file(path: Path, url: URL, now: datetime) -> Peek:
    place, folder = str(path), path.parent
    sqlite_file.check_place(path)
    writable = os.access(folder, os.W_OK | os.X_OK)
    if not path.exists():
        return Peek(place=place, revision=None, writable=writable)
    with translated(place), make_engine(url.set(database=place)).connect() as connection:
        raw = cast("sqlite3.Connection", connection.connection.driver_connection)
        raw.execute("PRAGMA query_only = 1")
        sqlite_file.check_up(raw, path, now, remember=False)
        revision = _revision(connection, place)
    return Peek(place=place, revision=revision, writable=writable and os.access(path, os.W_OK))


def _server(url: URL) -> Peek:
    place = place_of(url)
    with translated(place), make_engine(url).connect() as connection:
        revision = _revision(connection, place)
        with reading(connection):
            schema = func.current_schema()
            may = connection.scalar(select(func.has_schema_privilege(schema, "USAGE")))
            if revision is None:
                may = connection.scalar(select(func.has_schema_privilege(schema, "CREATE")))
            else:
                may = may and connection.scalar(
                    select(func.has_table_privilege(upgrade.VERSION_TABLE, "UPDATE"))
                )
            copy = connection.scalar(select(func.pg_is_in_recovery()))
    return Peek(place=place, revision=revision, writable=bool(may) and not copy)


def _revision(connection: Connection, place: str) -> str | None:
    with reading(connection):
        revision = upgrade.revision_of(connection, place)
        if revision not in {None, upgrade.HEAD}:
            upgrade.refuse_unknown(connection, place)
    return revision
