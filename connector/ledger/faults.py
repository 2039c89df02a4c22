"""What goes wrong with the store, as our errors: where, what, and what to do about it.

Nothing of a driver's own message is repeated: it may hold values, and so ticket text.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError, StatementError

from connector.errors import ConnectorError, StoreError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LATER = UnavailableError
_DAMAGED = (
    "is damaged. Put a copy of it back, or move it away: a sweep with an empty ledger takes up "
    "what exists from the marks that it left in Jira and Zendesk"
)
_LOCKED = "is locked by another program. Run again when that has finished"
_FULL = "cannot grow: the disk is full. Free some space, then run again"
_READ_ONLY = "cannot be written: it is read-only for this user. Give it back its write permission"

_SQLITE: dict[int, tuple[type[ConnectorError], str]] = {
    sqlite3.SQLITE_BUSY: (_LATER, _LOCKED),
    sqlite3.SQLITE_LOCKED: (_LATER, _LOCKED),
    sqlite3.SQLITE_FULL: (_LATER, _FULL),
    sqlite3.SQLITE_IOERR: (
        _LATER,
        "could not be read or written. See whether its disk is full or failing, then run again",
    ),
    sqlite3.SQLITE_READONLY: (_LATER, _READ_ONLY),
    sqlite3.SQLITE_PERM: (_LATER, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (
        _LATER,
        "cannot be opened. See whether its folder exists and may be written",
    ),
    sqlite3.SQLITE_CORRUPT: (StoreError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (
        StoreError,
        "is not an SQLite database. See whether [store] url names the right file",
    ),
}

# By the beginning of the SQLSTATE, the longest first.
_POSTGRES: tuple[tuple[str, type[ConnectorError], str], ...] = (
    ("53100", _LATER, _FULL),
    ("25006", _LATER, "cannot be written: the server is read-only (a standby?). Use the primary"),
    ("55P03", _LATER, _LOCKED),
    ("42501", StoreError, "refuses this user. Grant it CREATE on its schema and its tables"),
    ("XX00", StoreError, _DAMAGED),
    ("28", StoreError, "refuses the user name or password. See [store] url"),
    ("3D", StoreError, "does not exist. Create the database, or see [store] url"),
    ("40", _LATER, "was busy with another transaction. Run again"),
    ("53", _LATER, "is out of connections or memory. Run again later"),
    ("08", _LATER, "lost the connection. Run again"),
    ("57", _LATER, "closed the connection. Run again when the server is up"),
)
_REFUSED_LOGIN = ("authentication failed", "no pg_hba.conf entry", "no password supplied", "role")
_UNREACHABLE = "cannot be reached. See whether the server runs and [store] url names it"
_ODD = "answered in a way that this version does not know. See whether another program changed it"


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Errors of the database inside come out as ours; `place` names the store, no secrets."""
    try:
        yield
    except StatementError as error:
        raise explain(error, place) from None
    except sqlite3.Error as error:
        raise _sqlite(error, place) from None


def damaged(place: str) -> StoreError:
    """A check found what a query would sooner or later stumble over."""
    return StoreError(f"The ledger {place} {_DAMAGED}.")


def explain(error: StatementError, place: str) -> Exception:
    """ValueError: the row was refused (a constraint, a naive time): a bug, not the store's."""
    cause = error.orig
    if isinstance(error, IntegrityError):
        return ValueError(f"the ledger refuses the row: {_constraint(cause)}")
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause, place)
    if isinstance(cause, ValueError | TypeError):
        return ValueError(f"the ledger cannot keep this value: {cause}")
    return _postgres(cause, place)


def _constraint(cause: BaseException | None) -> str:
    if isinstance(cause, sqlite3.Error):
        return str(cause)  # names constraint and columns only
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return f"constraint {name or 'unknown'} failed"


def _sqlite(cause: sqlite3.Error, place: str) -> ConnectorError:
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    kind, what = _SQLITE.get(code, (StoreError, _ODD))
    return kind(f"The ledger {place} {what}.")


def _postgres(cause: BaseException | None, place: str) -> ConnectorError:
    state = getattr(cause, "sqlstate", None)
    if state is None:
        said = str(cause)
        if any(words in said for words in _REFUSED_LOGIN):
            state = "28"
        elif "database" in said and "does not exist" in said:
            state = "3D"
    if state is None:
        return UnavailableError(f"The ledger {place} {_UNREACHABLE}.")
    for beginning, kind, what in _POSTGRES:
        if state.startswith(beginning):
            return kind(f"The ledger {place} {what}.")
    return StoreError(f"The ledger {place} {_ODD} (SQLSTATE {state}).")
