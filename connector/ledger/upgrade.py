"""Brings a store's schema to this program's: Alembic, run from inside, in one transaction.

Alembic is imported only when there is something to migrate: an idle sweep starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, Table, Text, func, inspect, select

from connector.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0004"
"""The newest revision in migrations/versions."""

VERSIONS = "connector.ledger:migrations/versions"

VERSION_TABLE = "escalation_schema"
"""Not Alembic's default name: a database may hold another program's tables as well."""

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))


def revision_of(connection: Connection, place: str) -> str | None:
    """The store's schema revision; None for an empty store.

    StoreError for an SQLite file that holds another program's tables.
    """
    tables = inspect(connection)
    if tables.has_table(VERSION_TABLE):
        return connection.scalar(select(_version.c.version_num))
    if connection.dialect.name == "sqlite" and tables.get_table_names():
        raise StoreError(
            f"The ledger {place} is another program's database. "
            "See whether [store] url names the right file."
        )
    return None


def wait_for_others(connection: Connection) -> None:
    """Of several programs that start at once on a server, one migrates; the others find it done."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(VERSION_TABLE))))


def refuse_unknown(connection: Connection, place: str) -> None:
    """StoreError for a schema from the future."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config(connection))
    found = revision_of(connection, place)
    known = [script.revision for script in scripts.walk_revisions()]
    if found is not None and found not in known:
        raise StoreError(
            f"The ledger {place} was written by a newer version of this program (schema {found}; "
            f"this one knows up to {known[0]}). Install that version again."
        )


def migrate(connection: Connection) -> None:
    """Runs what is missing, in the transaction that is open: everything or nothing."""
    from alembic import command

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "connector.ledger:migrations")
    config.set_main_option("version_locations", VERSIONS)
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config
