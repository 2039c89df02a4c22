"""From a URL to an engine whose connections are as durable as the ledger has to be."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from connector.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 5.0
_CONNECT_SECONDS = 10
_EXPECTED = "expected sqlite:///escalation.db or postgresql://user@host/database"
_SQLITE = {"sqlite", "sqlite+pysqlite"}
_POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}


def parse_url(text: str) -> URL:
    """The store's URL with its driver named. StoreError for anything else; never repeats it."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError(f"[store] url cannot be read as a URL; {_EXPECTED}.") from None
    if url.drivername in _SQLITE:
        if not url.database or url.database == ":memory:" or url.query:
            raise StoreError(f"[store] url has to name a plain SQLite file; {_EXPECTED}.")
        return url.set(drivername="sqlite+pysqlite")
    if url.drivername not in _POSTGRES:
        raise StoreError(f"[store] url begins with {url.drivername!r}; {_EXPECTED}.")
    if importlib.util.find_spec("psycopg") is None:
        raise StoreError(
            "[store] url names PostgreSQL, whose driver is not installed: "
            "pip install 'zendesk-jira-escalation[postgres]'."
        )
    return url.set(drivername="postgresql+psycopg")


def place_of(url: URL) -> str:
    """The store's name for messages: no user, password or option."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "localhost"
    return f"postgresql://{host if isinstance(host, str) else host[0]}/{url.database or ''}"


def make_engine(url: URL) -> Engine:
    """Connections are made when asked for and closed when done: the ledger holds one."""
    postgres = url.get_backend_name() == "postgresql"
    arguments: dict[str, Any] = {}
    if postgres:
        arguments = {"connect_timeout": _CONNECT_SECONDS, "application_name": "escalation"}
        arguments = {name: value for name, value in arguments.items() if name not in url.query}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=arguments)
    if postgres:
        event.listen(engine, "connect", _set_up_server_session)
    else:
        event.listen(engine, "connect", _set_up_file_connection)
        event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """A transaction that may only read; on SQLite it asks for no write lock."""
    connection.execution_options(only_reads=True)
    try:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
            yield
    finally:
        connection.execution_options(only_reads=False)


def _set_up_file_connection(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # transactions begin where we say so, not where sqlite3 guesses
    raw.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    raw.execute("PRAGMA synchronous = FULL")  # NORMAL can forget the last intents at power loss
    raw.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """A writer asks for the write lock at once: asking later could fail half-way through."""
    reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _set_up_server_session(raw: Any, _record: object) -> None:
    with raw.cursor() as session:
        session.execute("SET TIME ZONE 'UTC'")
        session.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}")
        session.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )
    raw.commit()
