"""Opening a store: what is wrong with it, said with a way out; nothing half-written."""
# ruff: noqa: PT012, SIM117 - what fails here is a whole transaction or run

from __future__ import annotations

import os
import pwd
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from ledger_rows import NOON, a_mirror_row, an_escalation, dump, minutes
from sqlalchemy.exc import DBAPIError, OperationalError

from connector.errors import ConnectorError, ExitCode, StoreError, UnavailableError
from connector.ledger import engine, sqlite_file
from connector.ledger.engine import parse_url, place_of
from connector.ledger.faults import explain
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def refused(url: str, kind: type[ConnectorError]) -> str:
    """What a person is told; fails unless the store is refused with that kind of error."""
    with pytest.raises(kind) as caught:
        open_ledger(url, now=NOON)
    assert type(caught.value) is kind
    return str(caught.value)


def spoil(path: Path) -> None:
    """Overwrites the last quarter of the file's pages: rows of the mirror, nobody's table."""
    with path.open("r+b") as file:
        end = path.stat().st_size
        start = end * 3 // 4 // 4096 * 4096
        file.seek(start)
        file.write(b"\xa5" * (end - start))


# --- the URL ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "mysql://me:s3cret@host/db",
        "postgresql+asyncpg://me:s3cret@host/db",
        "postgresql://me:s3cret@host:port/db",
        "escalation.db",
        "",
    ],
)
def test_a_url_that_names_no_store_is_refused_and_not_repeated(url: str) -> None:
    said = refused(url, StoreError)
    assert "sqlite:///escalation.db" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_through_psycopg_and_named_without_secrets(scheme: str) -> None:
    url = parse_url(f"{scheme}://me:s3cret@db.example/ledger?sslpassword=s3cret")
    assert url.drivername == "postgresql+psycopg"
    assert place_of(url) == "postgresql://db.example/ledger"


def test_a_missing_postgresql_driver_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "zendesk-jira-escalation[postgres]" in refused("postgresql://h/db", StoreError)


# --- the file --------------------------------------------------------------------------------


@pytest.fixture
def _others_may_read() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_others_may_read")
def test_only_its_owner_may_read_a_ledger_and_what_lies_beside_it(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/a b.db", now=NOON) as ledger:
        with ledger.run_lock("sweep"):
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"a b.db", "a b.db-wal", "a b.db.lock"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_a_ledger_that_others_could_read_is_closed_to_them(sqlite_url: str) -> None:
    path_of(sqlite_url).chmod(0o664)
    open_ledger(sqlite_url, now=NOON).close()
    assert stat.S_IMODE(path_of(sqlite_url).stat().st_mode) == 0o600


def test_two_names_of_one_file_are_one_ledger(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "alias.db").symlink_to(path_of(sqlite_url))
    with open_ledger(f"sqlite:///{tmp_path}/alias.db", now=NOON) as alias:
        with open_ledger(sqlite_url, now=NOON) as ledger:
            with alias.run_lock("sweep"), pytest.raises(UnavailableError, match="sweep"):
                ledger.run_lock("sync").__enter__()


def test_a_closed_ledger_is_one_file_again(sqlite_url: str, tmp_path: Path) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row()])
    assert [path.name for path in tmp_path.iterdir()] == ["escalation.db"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"[zendesk]\nurl = 'x'\n" * 60, "not an SQLite database", id="another file"),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 5000, "not an SQLite", id="a false header"),
    ],
)
def test_what_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "escalation.db"
    path.write_bytes(content)
    assert says in refused(f"sqlite:///{path}", StoreError)
    assert path.read_bytes() == content


def test_a_damaged_ledger_is_refused_with_a_way_out(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(number) for number in range(300))
    spoil(path_of(sqlite_url))
    said = refused(sqlite_url, StoreError)
    assert "is damaged" in said
    assert "empty ledger takes up what exists" in said


def test_a_ledger_cut_short_is_refused(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(number) for number in range(300))
    os.truncate(path_of(sqlite_url), path_of(sqlite_url).stat().st_size // 2)
    assert "is damaged" in refused(sqlite_url, StoreError)


def test_a_large_ledger_is_read_through_once_a_day(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "ALWAYS_CHECKED", 0)
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(number) for number in range(300))
    spoil(path_of(sqlite_url))
    with open_ledger(sqlite_url, now=NOON + minutes(24 * 60 - 1)) as ledger:
        with pytest.raises(StoreError, match="is damaged"), ledger.transaction() as tx:
            tx.mirror.get(range(300))
    with pytest.raises(StoreError, match="is damaged"):
        open_ledger(sqlite_url, now=NOON + minutes(24 * 60))
    with pytest.raises(StoreError, match="is damaged"):  # the clock was set back
        open_ledger(sqlite_url, now=NOON - minutes(1))


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "music.db"
    with closing(sqlite3.connect(path)) as music:
        music.execute("CREATE TABLE song (title)")
    before = path.read_bytes()
    assert "another program's database" in refused(f"sqlite:///{path}", StoreError)
    assert path.read_bytes() == before


def test_a_missing_folder_and_a_folder_instead_of_a_file_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "no such" / "escalation.db"
    assert f"no folder {missing.parent}" in refused(f"sqlite:///{missing}", StoreError)
    assert "is a folder" in refused(f"sqlite:///{tmp_path}", StoreError)


@contextmanager
def as_an_ordinary_user() -> Iterator[Path]:
    """A folder that the user may read only. Root, whom no permission stops, becomes nobody."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("folder_mode", "file_mode"),
    [
        pytest.param(0o777, 0o444, id="a read-only file"),
        pytest.param(0o555, None, id="a read-only folder"),
    ],
)
def test_a_read_only_store_is_for_later_and_says_why(
    sqlite_url: str, folder_mode: int, file_mode: int | None
) -> None:
    with as_an_ordinary_user() as folder:
        path = folder / "escalation.db"
        if file_mode is not None:
            shutil.copy(path_of(sqlite_url), path)
            path.chmod(file_mode)
        folder.chmod(folder_mode)
        if os.geteuid() == 0:
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
        said = refused(f"sqlite:///{path}", UnavailableError)
    assert "permission" in said
    assert str(path) in said


# --- a full disk -----------------------------------------------------------------------------


@contextmanager
def files_may_grow_to(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_for_later_and_leaves_nothing_half_written(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger:
        with ledger.transaction() as tx:
            tx.escalations.add(an_escalation())
        before = dump(sqlite_url)
        with pytest.raises(UnavailableError, match="disk is full") as caught:
            with files_may_grow_to(500_000), ledger.transaction() as tx:
                tx.mirror.put(a_mirror_row(number) for number in range(5000))
        assert caught.value.exit_code is ExitCode.TRY_LATER
        assert dump(sqlite_url) == before
        with ledger.transaction() as tx:
            tx.mirror.put([a_mirror_row()])


def test_a_ledger_that_may_not_grow_is_for_later_and_can_still_be_used(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger:
        with pytest.raises(UnavailableError, match="disk is full"), ledger.transaction() as tx:
            tx._connection.exec_driver_sql("PRAGMA max_page_count = 60")
            tx.mirror.put(a_mirror_row(number) for number in range(5000))
        with ledger.transaction() as tx:
            assert tx.mirror.count() == 0
            tx.set_cursor("tickets", "abc")


def test_a_disk_that_is_full_from_the_start_makes_no_half_ledger(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/escalation.db"
    with files_may_grow_to(20_000):
        assert "disk is full" in refused(url, UnavailableError)
    with open_ledger(url, now=NOON) as ledger, ledger.transaction() as tx:
        assert tx.mirror.count() == 0


# --- busy ------------------------------------------------------------------------------------


def test_a_locked_file_is_for_later_and_may_still_be_read(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path_of(sqlite_url))) as backup:
        with open_ledger(sqlite_url, now=NOON) as ledger:
            backup.execute("BEGIN IMMEDIATE")
            with pytest.raises(UnavailableError, match="locked by another program"):
                ledger.transaction().__enter__()
            with ledger.snapshot() as tx:
                assert tx.mirror.count() == 0
        with open_ledger(sqlite_url, now=NOON) as ledger, ledger.snapshot() as tx:
            assert tx.cursor("tickets") is None


def test_a_locked_table_is_for_later(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.01)
    with open_ledger(postgres_url, now=NOON) as ledger:
        with psycopg.connect(postgres_url) as backup:
            backup.execute("LOCK TABLE cursor")
            with pytest.raises(UnavailableError, match="locked"), ledger.transaction() as tx:
                tx.set_cursor("tickets", "abc")


# --- the server ------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_for_later(tmp_path: Path) -> None:
    assert "cannot be reached" in refused(f"postgresql:///db?host={tmp_path}", UnavailableError)


def test_a_database_that_does_not_exist_is_a_wrong_setting(postgres_server: Path) -> None:
    url = f"postgresql://postgres@/nothing?host={postgres_server}"
    assert "does not exist" in refused(url, StoreError)


def test_a_user_that_is_not_let_in_is_a_wrong_setting(postgres_server: Path) -> None:
    url = f"postgresql://stranger:s3cret@/postgres?host={postgres_server}"
    said = refused(url, StoreError)
    assert "user name or password" in said
    assert "s3cret" not in said


def test_a_database_of_another_encoding_is_refused(postgres_server: Path) -> None:
    with psycopg.connect(
        host=str(postgres_server), user="postgres", dbname="postgres", autocommit=True
    ) as server:
        server.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        url = f"postgresql://postgres@/latin?host={postgres_server}"
        assert "LATIN1" in refused(url, StoreError)
        server.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_server_that_only_reads_is_for_later(empty_postgres_url: str) -> None:
    open_ledger(empty_postgres_url, now=NOON).close()
    with psycopg.connect(empty_postgres_url, autocommit=True) as server:
        name = server.info.dbname
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with open_ledger(empty_postgres_url, now=NOON) as ledger:
        with pytest.raises(UnavailableError, match="standby"), ledger.transaction() as tx:
            tx.set_cursor("tickets", "abc")


# --- every other fault -----------------------------------------------------------------------


def of_sqlite(code: int) -> DBAPIError:
    cause = sqlite3.OperationalError("secret text")
    cause.sqlite_errorcode = code
    return OperationalError("INSERT secret text", {"secret": "text"}, cause)


def of_postgres(kind: type[psycopg.Error]) -> DBAPIError:
    return OperationalError("INSERT secret text", {"secret": "text"}, kind("secret text"))


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), UnavailableError, "read-only"),
        (of_sqlite(sqlite3.SQLITE_IOERR_FSYNC), UnavailableError, "failing"),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), UnavailableError, "locked"),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), UnavailableError, "cannot be opened"),
        (of_sqlite(sqlite3.SQLITE_CORRUPT_INDEX), StoreError, "damaged"),
        (of_sqlite(sqlite3.SQLITE_ERROR), StoreError, "another program"),
        (of_postgres(psycopg.errors.DiskFull), UnavailableError, "disk is full"),
        (of_postgres(psycopg.errors.TooManyConnections), UnavailableError, "out of conn"),
        (of_postgres(psycopg.errors.DeadlockDetected), UnavailableError, "busy"),
        (of_postgres(psycopg.errors.AdminShutdown), UnavailableError, "closed the conn"),
        (of_postgres(psycopg.errors.DataCorrupted), StoreError, "damaged"),
        (of_postgres(psycopg.errors.InsufficientPrivilege), StoreError, "Grant"),
        (of_postgres(psycopg.errors.UndefinedTable), StoreError, "42P01"),
        (of_postgres(psycopg.OperationalError), UnavailableError, "cannot be reached"),
    ],
)
def test_every_fault_says_where_and_what_to_do_and_repeats_no_value(
    fault: DBAPIError, kind: type[ConnectorError], says: str
) -> None:
    told = explain(fault, "/data/escalation.db")
    assert type(told) is kind
    assert says in str(told)
    assert "/data/escalation.db" in str(told)
    assert "secret" not in str(told)


def test_opening_a_ledger_that_is_up_to_date_needs_no_alembic(sqlite_url: str) -> None:
    script = (
        "import sys; from datetime import datetime, UTC;"
        "from connector.ledger.store import open_ledger;"
        "open_ledger(sys.argv[1], now=datetime(2026, 3, 2, tzinfo=UTC)).close();"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script, sqlite_url], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "sqlalchemy" in loaded
    assert not {"alembic", "mako", "psycopg"} & set(loaded)
