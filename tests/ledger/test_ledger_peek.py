"""Looking at a store without touching it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from ledger_rows import NOON

from connector.errors import StoreError
from connector.ledger import upgrade
from connector.ledger.peek import peek

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.store import Ledger


def test_a_ledger_is_seen_with_its_schema(ledger_url: str) -> None:
    seen = peek(ledger_url, now=NOON)
    assert (seen.revision, seen.fresh, seen.writable) == (upgrade.HEAD, True, True)


def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "escalation.db"
    seen = peek(f"sqlite:///{path}", now=NOON)
    assert (seen.revision, seen.writable) == (None, True)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_stays_without_them(empty_postgres_url: str) -> None:
    for _ in range(2):
        seen = peek(empty_postgres_url, now=NOON)
        assert (seen.revision, seen.writable) == (None, True)


def test_a_look_leaves_nothing_beside_the_file(sqlite_url: str, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    peek(sqlite_url, now=NOON)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert not peek(f"sqlite:///{tmp_path}/escalation.db", now=NOON).writable


def test_an_older_schema_is_seen_and_left_as_it_is(sqlite_url: str, tmp_path: Path) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"UPDATE {upgrade.VERSION_TABLE} SET version_num = '0001'")
        raw.commit()
    seen = peek(sqlite_url, now=NOON)
    assert (seen.revision, seen.fresh) == ("0001", upgrade.HEAD == "0001")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_text("no database " * 200), "not an SQLite database"),
        (lambda path: path.mkdir(), "is a folder"),
        (
            lambda path: sqlite3.connect(path).execute("CREATE TABLE songs (name)"),
            "another program's",
        ),
    ],
    ids=["text", "folder", "another program's"],
)
def test_what_is_no_ledger_is_told(tmp_path: Path, make: object, says: str) -> None:
    assert callable(make)
    make(tmp_path / "escalation.db")
    with pytest.raises(StoreError, match=says):
        peek(f"sqlite:///{tmp_path}/escalation.db", now=NOON)


def test_a_newer_schema_is_told(sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as raw:
        raw.execute(f"UPDATE {upgrade.VERSION_TABLE} SET version_num = '9999'")
        raw.commit()
    with pytest.raises(StoreError, match="newer version"):
        peek(sqlite_url, now=NOON)


def test_whom_a_ledger_belongs_to(ledger: Ledger) -> None:
    assert ledger.belongs_to() == {}
    ledger.pin("production", "acme", "https://acme.example")
    assert ledger.belongs_to() == {
        "environment": "production",
        "desk": "acme",
        "site": "https://acme.example",
    }
