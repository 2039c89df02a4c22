"""The run lock: one run at a time works on a ledger, and a run that lost it sends nothing more.

Two parts. The latch is what the system frees when a process dies, however it dies: `flock` on a
file beside an SQLite store, a session advisory lock on PostgreSQL. The lease is a row with a
fence that grows with every holder; it is checked in the transaction before each remote write.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, func, literal, select, type_coerce, update
from sqlalchemy.exc import SQLAlchemyError

from connector.core.model import Frozen
from connector.errors import LockedError, UnavailableError
from connector.ledger import schema
from connector.ledger.columns import Moment
from connector.ledger.repository import upsert

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Engine, Row

LEASE_SECONDS = 900.0
"""Renewed by every transaction of the run. Longer than any single wait of a run may be."""
_NAP_SECONDS = 0.25
_LONGEST_NUMBER = 40
_RUN = "run"
_TABLE = schema.lease


class Lease(Frozen):
    """The right to write. `fence` is higher than that of every holder before."""

    owner: str
    fence: int
    seconds: float


class Latch(Protocol):
    """A lock that dies with the process that holds it."""

    def take(self) -> bool:
        """False when somebody else holds it. Does not wait."""

    def remember(self, fence: int) -> bool:
        """Keeps the fence of the holder, outside of the store where it can. True: an earlier holder
        had this fence or a higher one already, so the store is an old copy, or was lost.
        """

    def release(self) -> None: ...


class FileLatch:
    """`flock` on a file that is never removed: a lock on a removed file would lock nobody out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        if self._descriptor is not None:
            return False
        try:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise UnavailableError(
                f"The lock file {self._path} cannot be opened ({os.strerror(error.errno or 0)}). "
                "Give this user write permission for it and its folder, then run again."
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def remember(self, fence: int) -> bool:
        if self._descriptor is None:
            return False
        told = os.pread(self._descriptor, _LONGEST_NUMBER, 0)
        os.pwrite(self._descriptor, b"%d\n" % fence, 0)
        os.ftruncate(self._descriptor, len(b"%d\n" % fence))
        return told.strip().isdigit() and int(told) >= fence

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class ServerLatch:
    """A session advisory lock on a connection of its own. One lock for each schema.

    The connection must be direct: a transaction pooler would hand the session to others.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._held = False

    def take(self) -> bool:
        if self._held:  # the server would count a second time
            return False
        if self._connection is None:
            connection = self._engine.connect()
            self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            self._notice_dead_clients()
        place = self._connection.scalar(select(func.current_schema()))
        got = self._connection.scalar(select(func.pg_try_advisory_lock(_key(place))))
        self._held = bool(got)
        return self._held

    def _notice_dead_clients(self) -> None:
        """The server asks a silent client within a minute, not within its default of hours."""
        if self._connection is not None:
            for name, value in (("idle", 30), ("interval", 10), ("count", 3)):
                self._connection.exec_driver_sql(f"SET tcp_keepalives_{name} = {value}")

    def remember(self, fence: int) -> bool:
        """A server keeps everything in the database, which is copied and put back as a whole."""
        return fence < 1

    def release(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):  # a lost connection has lost its lock as well
                self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None
            self._held = False


def wait_for(latch: Latch, seconds: float, sleep: Callable[[float], None]) -> bool:
    """Whether the latch was had within `seconds`."""
    waited = 0.0
    while not latch.take():
        if waited >= seconds:
            return False
        sleep(_NAP_SECONDS)
        waited += _NAP_SECONDS
    return True


def take(connection: Connection, owner: str, seconds: float) -> Lease:
    """Writes the lease row with the next fence; only for a holder of the latch."""
    fresh = {
        "owner": owner,
        "since": _database_time(connection),
        "expires_at": _database_time(connection, seconds),
    }
    statement = upsert(connection, _TABLE).values(name=_RUN, fence=1, **fresh)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={**fresh, "fence": _TABLE.c.fence + 1}
        )
    )
    fence = connection.scalar(select(_TABLE.c.fence).where(_TABLE.c.name == _RUN))
    return Lease(owner=owner, fence=int(fence or 0), seconds=seconds)


def renew(connection: Connection, lease: Lease) -> bool:
    """Prolongs the lease. False when it has expired or is somebody else's by now."""
    prolonged = (
        update(_TABLE)
        .where(_TABLE.c.name == _RUN, _TABLE.c.fence == lease.fence)
        .where(_TABLE.c.expires_at > _database_time(connection))
        .values(expires_at=_database_time(connection, lease.seconds))
    )
    return connection.execute(prolonged).rowcount == 1


def check(connection: Connection, lease: Lease) -> None:
    """Renews, or raises LockedError with who has it. A row lock keeps takers out until commit."""
    if renew(connection, lease):
        return
    raise _lost(connection, lease)


def confirm(connection: Connection, lease: Lease) -> None:
    """Raises as `check` does; changes nothing, so that it costs no write."""
    held = select(_TABLE.c.fence).where(
        _TABLE.c.name == _RUN,
        _TABLE.c.fence == lease.fence,
        _TABLE.c.expires_at > _database_time(connection),
    )
    if connection.scalar(held) is None:
        raise _lost(connection, lease)


def _lost(connection: Connection, lease: Lease) -> LockedError:
    row = connection.execute(select(_TABLE).where(_TABLE.c.name == _RUN)).one_or_none()
    if row is None or row.fence == lease.fence:
        why = f"the lease of {lease.owner} has run out (was this run paused?)"
    else:
        why = f"{row.owner} took it over at {_told(row.since)}"
    return LockedError(f"This run has lost its lock: {why}. It sends nothing more; run again.")


def give_back(connection: Connection, lease: Lease) -> None:
    """Ends the lease, if it is still ours. The row stays: the fence has to go on growing."""
    connection.execute(
        update(_TABLE)
        .where(_TABLE.c.name == _RUN, _TABLE.c.fence == lease.fence)
        .values(expires_at=_database_time(connection))
    )


def held_by(connection: Connection) -> LockedError:
    """Who holds the lock, and since when, for a run that did not get it."""
    live = _TABLE.c.expires_at > _database_time(connection)
    row: Row[Any] | None = connection.execute(
        select(_TABLE).where(_TABLE.c.name == _RUN, live)
    ).one_or_none()
    who = f"{row.owner}, since {_told(row.since)}" if row else "it has only just begun"
    return LockedError(
        f"Another run is at work on this ledger ({who}). Run again when it has finished."
    )


def _database_time(connection: Connection, plus_seconds: float = 0) -> ColumnElement[datetime]:
    """Time as the store's host tells it: every process on the ledger sees the same clock."""
    if connection.dialect.name == "postgresql":
        interval = func.make_interval(0, 0, 0, 0, 0, 0, literal(plus_seconds))
        return type_coerce(func.clock_timestamp() + interval, Moment)
    written_as_moment = "%Y-%m-%dT%H:%M:%f000+00:00"
    return type_coerce(func.strftime(written_as_moment, "now", f"{plus_seconds} seconds"), Moment)


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _key(place: str | None) -> int:
    digest = hashlib.sha256(f"escalation ledger {place}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
