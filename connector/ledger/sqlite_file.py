"""What an SQLite ledger needs of its file: mode 0600, a check-up, WAL, a copy before changes."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.errors import StoreError, UnavailableError
from connector.ledger.faults import damaged

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS_CHECKED = 64 * 2**20
"""Bytes. A larger file is checked once a day: reading all of it at every start would make an idle
sweep cost what is stored, and damage met by a query is reported just the same."""
_DAILY = timedelta(hours=24)
_CHECKED_AT = "checked_at"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def prepare(path: Path) -> bool:
    """Creates the file for its owner only. True when there is nothing in it yet.

    StoreError without its folder; UnavailableError when it cannot be written.
    """
    check_place(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        found = path.stat()
        if found.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except OSError as error:
        raise UnavailableError(
            f"The ledger {path} cannot be opened for writing ({os.strerror(error.errno or 0)}). "
            "Give this user read and write permission for it and its folder, then run again."
        ) from None
    return found.st_size == 0


def check_place(path: Path) -> None:
    """StoreError where no file can be."""
    if not path.parent.is_dir():
        raise StoreError(f"The ledger {path} cannot be made: there is no folder {path.parent}.")
    if path.is_dir():
        raise StoreError(f"The ledger {path} is a folder; [store] url has to name a file.")


def check_up(raw: sqlite3.Connection, path: Path, now: datetime, *, remember: bool = True) -> None:
    """StoreError when the file is damaged. Checks a large one once a day only."""
    large = path.stat().st_size > ALWAYS_CHECKED
    if large and _checked_lately(raw, now):
        return
    answer = raw.execute("PRAGMA quick_check(1)").fetchone()
    if answer is None or answer[0] != "ok":
        raise damaged(str(path))
    if large and remember and _has_table(raw, "instance"):
        raw.execute(
            "INSERT INTO instance (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_CHECKED_AT, now.isoformat()),
        )


def use_wal(raw: sqlite3.Connection, path: Path) -> None:
    """Readers and the writer do not wait for each other. StoreError where the disk cannot."""
    (mode,) = raw.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError(
            f"The ledger {path} is on a disk without shared memory (a network share?). "
            "Put it on a local disk, or use PostgreSQL."
        )


def copy_beside(path: Path, revision: str, now: datetime) -> Path:
    """A whole copy before a migration, named after the old schema and the time.

    Taken while the migration holds the write lock, on a connection of its own.
    """
    copy = path.with_name(f"{path.name}.{revision}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    os.close(os.open(copy, os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        try:
            source.backup(target)
        except sqlite3.Error:
            copy.unlink()
            raise
    return copy


def _checked_lately(raw: sqlite3.Connection, now: datetime) -> bool:
    if not _has_table(raw, "instance"):
        return False
    found = raw.execute("SELECT value FROM instance WHERE name = ?", (_CHECKED_AT,)).fetchone()
    if found is None:
        return False
    age = now - datetime.fromisoformat(found[0])
    return timedelta(0) <= age < _DAILY


def _has_table(raw: sqlite3.Connection, name: str) -> bool:
    question = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return raw.execute(question, (name,)).fetchone() is not None
