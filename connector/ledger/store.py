"""The ledger: what is known, planned and done, in one transaction after the other.

One thread uses a ledger. Rows come out as frozen values of `connector.ledger.rows`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from sqlalchemy import Connection, func, select

from connector.errors import ConnectorError, StoreError
from connector.ledger import lock, schema, sqlite_file, upgrade
from connector.ledger.aside import Aside
from connector.ledger.drafts import Drafts
from connector.ledger.engine import make_engine, parse_url, place_of, reading
from connector.ledger.escalations import Escalations, Links
from connector.ledger.faults import translated
from connector.ledger.groups import Groups
from connector.ledger.history import Events, FollowUps, Runs, Transitions
from connector.ledger.inbox import Inbox
from connector.ledger.intents import Intents
from connector.ledger.lock import LEASE_SECONDS, FileLatch, Latch, Lease, ServerLatch
from connector.ledger.mirror import Mirror
from connector.ledger.report_index import LedgerIndex
from connector.ledger.repository import upsert
from connector.ledger.retention import Retention

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from types import TracebackType

    from sqlalchemy import URL


_PINNED = ("environment", "desk", "site")


class Transaction:
    """Every table, as of one transaction. Not to be used after it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def mirror(self) -> Mirror:
        return Mirror(self._connection)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self._connection)

    @cached_property
    def escalations(self) -> Escalations:
        return Escalations(self._connection)

    @cached_property
    def links(self) -> Links:
        return Links(self._connection)

    @cached_property
    def intents(self) -> Intents:
        return Intents(self._connection)

    @cached_property
    def transitions(self) -> Transitions:
        return Transitions(self._connection)

    @cached_property
    def follow_ups(self) -> FollowUps:
        return FollowUps(self._connection)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self._connection)

    @cached_property
    def events(self) -> Events:
        return Events(self._connection)

    @cached_property
    def aside(self) -> Aside:
        return Aside(self._connection)

    @cached_property
    def groups(self) -> Groups:
        return Groups(self._connection)

    @cached_property
    def reports(self) -> LedgerIndex:
        return LedgerIndex(self._connection)

    @cached_property
    def retention(self) -> Retention:
        return Retention(self._connection)

    @cached_property
    def run(self) -> Runs:
        return Runs(self._connection)

    def cursor(self, name: str) -> str | None:
        """How far we have read; None before the first time."""
        return self._connection.scalar(
            select(schema.cursor.c.value).where(schema.cursor.c.name == name)
        )

    def set_cursor(self, name: str, value: str) -> None:
        insert = upsert(self._connection, schema.cursor)
        self._connection.execute(
            insert.values(name=name, value=value).on_conflict_do_update(
                index_elements=["name"], set_={"value": value}
            )
        )

    def sizes(self) -> dict[str, int]:
        """How many rows each table has."""
        count = select(func.count())
        return {
            name: self._connection.scalar(count.select_from(table)) or 0
            for name, table in schema.metadata.tables.items()
        }

    def check_fence(self, lease: Lease) -> None:
        """LockedError when the lease has run out or was taken over; else it is prolonged.

        Belongs in the transaction that is committed right before a remote write.
        """
        lock.check(self._connection, lease)


class Ledger:
    """An open store. Made by `open_ledger`."""

    def __init__(self, connection: Connection, place: str, latch: Latch) -> None:
        self._connection = connection
        self._place = place
        self._latch = latch
        self._lease: Lease | None = None
        self._renewed_at = 0.0
        self._rehearsing = False
        self._busy = False
        self.rolled_back = False
        """Known with the run lock: this store is an old copy of what it was, or a new one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._latch.release()
        self._connection.close()

    def pin(self, environment: str, desk: str, site: str) -> None:
        """Ties the ledger to one environment and account at its first use.

        StoreError, naming both, when it is tied to another: its rows would be taken for ours.
        """
        table = schema.instance
        with self._work() as connection:
            known = {row.name: row.value for row in connection.execute(select(table))}
            for name, value in zip(_PINNED, (environment, desk, site), strict=True):
                if name not in known:
                    connection.execute(table.insert().values(name=name, value=value))
                elif known[name] != value:
                    raise StoreError(
                        f"The ledger {self._place} belongs to {name} {known[name]!r}, but the "
                        f"configuration says {value!r}. Give each its own [store] url."
                    )

    def belongs_to(self) -> dict[str, str]:
        """The environment, desk and site that it is tied to; nothing before its first use."""
        with self._work(only_reads=True) as connection:
            known = connection.execute(select(schema.instance))
            return {row.name: row.value for row in known if row.name in _PINNED}

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Short, and committed at its end; rolled back when an exception leaves it.

        They do not nest: what the inner one wrote would not be durable at its end.
        """
        with self._work() as connection:
            yield Transaction(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """For reading only: sees one moment, waits for no writer and holds none up."""
        with self._work(only_reads=True) as connection:
            yield Transaction(connection)

    def compact(self) -> None:
        """Gives the room of what was forgotten back to the disk. Takes a while, and locks."""
        if self._busy or self._rehearsing:
            raise RuntimeError("a transaction or rehearsal of this ledger is open already")
        with translated(self._place):
            raw: Any = self._connection.connection.driver_connection
            if self._connection.dialect.name == "postgresql":
                _vacuum_server(raw)
            else:
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is written inside is seen inside, and undone at the end: a dry run.

        The store is write-locked meanwhile; take the run lock around it.
        """
        if self._busy or self._rehearsing:
            raise RuntimeError("a transaction or rehearsal of this ledger is open already")
        with translated(self._place):
            whole = self._connection.begin()
            self._rehearsing = True
            try:
                yield
            finally:
                self._rehearsing = False
                whole.rollback()

    @contextmanager
    def run_lock(
        self,
        owner: str,
        wait_seconds: float = 0,
        sleep: Callable[[float], None] = time.sleep,
        *,
        lease_seconds: float = LEASE_SECONDS,
    ) -> Iterator[Lease]:
        """The right to work on this ledger. LockedError, naming the holder, when it is not had.

        Every transaction prolongs the lease; `lease_seconds` without any end it.
        """
        with translated(self._place):
            had = lock.wait_for(self._latch, wait_seconds, sleep)
        if not had:
            with self._work(only_reads=True) as connection:
                raise lock.held_by(connection)
        try:
            with self._work() as connection:
                lease = lock.take(connection, owner, lease_seconds)
            self.rolled_back = self._latch.remember(lease.fence)
            self._lease, self._renewed_at = lease, time.monotonic()
            yield lease
        finally:
            self._give_back()
            self._latch.release()

    def still_held(self, lease: Lease) -> None:
        """LockedError when the lease has run out or was taken over since the last transaction."""
        with self._work() as connection:
            lock.confirm(connection, lease)

    def _give_back(self) -> None:
        """Best effort: what ends the lock is the latch, and the next holder's fence."""
        lease, self._lease = self._lease, None
        if lease is not None and not self._busy:
            with suppress(ConnectorError), self._work() as connection:
                lock.give_back(connection, lease)

    @contextmanager
    def _work(self, *, only_reads: bool = False) -> Iterator[Connection]:
        """One transaction, or within a rehearsal one savepoint, on the ledger's connection."""
        if self._busy:
            raise RuntimeError("a transaction of this ledger is open already")
        self._busy = True
        try:
            with translated(self._place):
                if self._rehearsing:
                    with self._connection.begin_nested():
                        yield self._connection
                elif only_reads:
                    with reading(self._connection):
                        yield self._connection
                else:
                    with self._writing():
                        self._keep_lease()
                        yield self._connection
        finally:
            self._busy = False

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A COMMIT that fails (disk full, a deferred constraint) leaves SQLite's transaction open;
        SQLAlchemy takes it for ended. Without a rollback the next transaction could not begin.
        """
        try:
            with self._connection.begin():
                yield
        except BaseException:
            if not self._connection.invalidated:
                self._connection.connection.rollback()
            raise

    def _keep_lease(self) -> None:
        """Prolongs the lease when a third of it is over. One that ran out stays so."""
        lease = self._lease
        if lease is not None and time.monotonic() - self._renewed_at >= lease.seconds / 3:
            lock.renew(self._connection, lease)
            self._renewed_at = time.monotonic()


def _vacuum_server(raw: Any) -> None:
    """VACUUM runs in no transaction."""
    raw.autocommit = True
    try:
        raw.execute("VACUUM (ANALYZE)")
    finally:
        raw.autocommit = False


def open_ledger(url: str, *, now: datetime) -> Ledger:
    """Opens the store that the URL names, made or migrated if need be.

    StoreError: not a ledger, damaged, from a newer version, or no such place. UnavailableError:
    locked, read-only, disk full, or the server does not answer.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _open_server(parsed)
    return _open_file(Path(parsed.database or "").resolve(), parsed, now)


def _open_file(path: Path, url: URL, now: datetime) -> Ledger:
    place = str(path)
    sqlite_file.prepare(path)
    with translated(place), ExitStack() as undo:
        connection = undo.enter_context(make_engine(url.set(database=place)).connect())
        raw = cast("sqlite3.Connection", connection.connection.driver_connection)
        sqlite_file.check_up(raw, path, now)
        with reading(connection):
            revision = upgrade.revision_of(connection, place)
        sqlite_file.use_wal(raw, path)
        if revision != upgrade.HEAD:
            with connection.begin():
                upgrade.refuse_unknown(connection, place)
                if revision is not None:
                    sqlite_file.copy_beside(path, revision, now)
                upgrade.migrate(connection)
        undo.pop_all()
    return Ledger(connection, place, FileLatch(path.with_name(f"{path.name}.lock")))


def _open_server(url: URL) -> Ledger:
    place = place_of(url)
    engine = make_engine(url)
    with translated(place), ExitStack() as undo:
        connection = undo.enter_context(engine.connect())
        with reading(connection):
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
            revision = upgrade.revision_of(connection, place)
        if encoding != "UTF8":
            raise StoreError(
                f"The ledger {place} has the encoding {encoding}. Create its database with UTF8."
            )
        if revision != upgrade.HEAD:
            with connection.begin():
                upgrade.wait_for_others(connection)
                upgrade.refuse_unknown(connection, place)
                upgrade.migrate(connection)
        undo.pop_all()
    return Ledger(connection, place, ServerLatch(engine))
