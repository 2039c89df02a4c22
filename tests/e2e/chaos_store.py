"""The ledger as a story knows it: where it is, how it is lost, and yesterday's copy of it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import psycopg

if TYPE_CHECKING:
    from pathlib import Path


class Store(Protocol):
    """`url` None: where the sandbox's configuration puts it."""

    url: str | None

    def lose(self) -> None: ...

    def copy(self) -> None:
        """Remembers it as it is now."""

    def put_back(self) -> bool:
        """As it was at the last copy but one: what came after is forgotten. False without it."""

    def expire_lease(self) -> None:
        """What fifteen minutes without a sign of life do."""

    def text(self) -> str:
        """All that it holds."""

    def close(self) -> None: ...


class FileStore:
    """SQLite: files that somebody deletes or restores."""

    url: str | None = None

    def __init__(self, file: Path) -> None:
        self._file = file
        self._copy, self._newest = (file.with_suffix(f".{day}") for day in ("yesterday", "today"))

    def lose(self) -> None:
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()

    def copy(self) -> None:
        if self._newest.exists():
            self._newest.replace(self._copy)
        if self._file.exists():
            with (
                closing(sqlite3.connect(self._file)) as now,
                closing(sqlite3.connect(self._newest)) as then,
            ):
                now.backup(then)

    def put_back(self) -> bool:
        if not self._copy.exists():
            return False
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._file)
        self._file.chmod(0o600)
        return True

    def expire_lease(self) -> None:
        with closing(sqlite3.connect(self._file, timeout=30)) as base, base:
            base.execute("UPDATE lease SET expires_at = '2000-01-01T00:00:00.000000+00:00'")

    def text(self) -> str:
        if not self._file.exists():
            return ""
        with closing(sqlite3.connect(self._file)) as base:
            return "\n".join(base.iterdump())

    def close(self) -> None:
        """The folder goes with the story."""


class ServerStore:
    """PostgreSQL: a database of the story's own on a server in a socket folder."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._name = f"chaos_{uuid4().hex}"
        self._do(f"CREATE DATABASE {self._name} STRATEGY file_copy")
        self.url: str | None = f"postgresql://postgres@/{self._name}?host={server}"

    def _do(self, order: str, database: str = "postgres") -> None:
        with psycopg.connect(
            host=str(self._server), user="postgres", dbname=database, autocommit=True
        ) as session:
            session.execute(order.encode())

    def lose(self) -> None:
        self._do("DROP SCHEMA public CASCADE", self._name)
        self._do("CREATE SCHEMA public", self._name)

    def copy(self) -> None:
        """A server's backups are not this story's matter."""

    def put_back(self) -> bool:
        return False

    def expire_lease(self) -> None:
        expire_on_server(self.url or "")

    def text(self) -> str:
        with psycopg.connect(host=str(self._server), user="postgres", dbname=self._name) as session:
            rows = session.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            ).fetchall()
            told = [
                session.execute(f'SELECT * FROM "{name}"'.encode()).fetchall() for (name,) in rows
            ]
        return repr(told)

    def close(self) -> None:
        self._do(f"DROP DATABASE {self._name} WITH (FORCE)")


def expire_on_server(url: str) -> None:
    """The lease runs out, and with its session the lock is gone."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("UPDATE lease SET expires_at = '2000-01-01'")
    cut_connections(url)


def cut_connections(url: str) -> None:
    """As a restart of the server, or a firewall, ends them."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def fill_up(url: str) -> None:
    """No more rows of intents: what the server says when its disk is full."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(
            "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        session.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON intent"
            " FOR EACH ROW EXECUTE FUNCTION is_full()"
        )


def free_up(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("DROP TRIGGER full_disk ON intent")
