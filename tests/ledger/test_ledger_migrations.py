"""The schema: made from nothing, brought up from an older one, refused from a newer one."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from ledger_rows import NOON, a_mirror_row, change, dump

from connector.errors import ConnectorError, StoreError, UnavailableError
from connector.ledger import schema, upgrade
from connector.ledger.engine import make_engine, parse_url
from connector.ledger.store import open_ledger

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"

def upgrade():
    op.add_column("mirror", sa.Column("language", sa.Text()))
    op.execute("UPDATE mirror SET language = 'de'")
    {then}
"""


@pytest.fixture(params=["file", "server"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store with nothing in it, not even tables."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'escalation.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


def newer_program(monkeypatch: pytest.MonkeyPatch, folder: Path, then: str = "") -> None:
    """This program as it may be one day: with one more revision."""
    versions = folder / "versions"
    shutil.copytree(
        Path(upgrade.__file__).parent / "migrations" / "versions",
        versions,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (versions / "9999_language.py").write_text(NEXT.format(then=then, head=upgrade.HEAD))
    monkeypatch.setattr(upgrade, "VERSIONS", str(versions))
    monkeypatch.setattr(upgrade, "HEAD", "9999")


def languages(url: str) -> list[str]:
    with make_engine(parse_url(url)).connect() as connection:
        return list(connection.exec_driver_sql("SELECT language FROM mirror").scalars())


def test_an_empty_store_gets_exactly_the_tables_that_the_program_knows(empty_url: str) -> None:
    open_ledger(empty_url, now=NOON).close()
    with make_engine(parse_url(empty_url)).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": upgrade.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, schema.metadata) == []


def test_partial_indexes_are_migrated_with_the_conditions_that_the_queries_use(
    tmp_path: Path,
) -> None:
    open_ledger(f"sqlite:///{tmp_path}/migrated.db", now=NOON).close()
    made = make_engine(parse_url(f"sqlite:///{tmp_path}/made.db"))
    with made.begin() as connection:
        schema.metadata.create_all(connection)
    found = []
    for name in ("migrated", "made"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
            found.append({index: sql for index, sql in rows if "escalation_schema" not in index})
    assert found[0] == found[1]
    assert sum("WHERE" in (sql or "") for sql in found[0].values()) == 7


def test_the_newest_revision_is_the_one_that_the_program_names(empty_url: str) -> None:
    with make_engine(parse_url(empty_url)).connect() as connection:
        scripts = ScriptDirectory.from_config(upgrade._config(connection))
        assert scripts.get_current_head() == upgrade.HEAD
        connection.rollback()


def test_an_older_store_is_brought_up_with_its_rows(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(empty_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(1), a_mirror_row(2)])
    newer_program(monkeypatch, tmp_path)
    with open_ledger(empty_url, now=NOON) as ledger, ledger.transaction() as tx:
        assert tx.mirror.get([1]) == {1: a_mirror_row(1)}
    assert languages(empty_url) == ["de", "de"]
    open_ledger(empty_url, now=NOON).close()


def test_a_copied_older_file_is_copied_beside_itself_before_it_is_changed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row()])
    copy = tmp_path / "other machine" / "escalation.db"
    copy.parent.mkdir()
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), copy)
    older = upgrade.HEAD
    newer_program(monkeypatch, tmp_path)
    open_ledger(f"sqlite:///{copy}", now=NOON).close()
    beside = copy.with_name(f"escalation.db.{older}-20260302T120000Z")
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert sorted(path.name for path in copy.parent.iterdir()) == [copy.name, beside.name]
    assert dump(f"sqlite:///{beside}") == dump(sqlite_url)
    assert languages(f"sqlite:///{copy}") == ["de"]


def test_an_empty_store_is_not_copied(tmp_path: Path) -> None:
    open_ledger(f"sqlite:///{tmp_path / 'escalation.db'}", now=NOON).close()
    assert [path.name for path in tmp_path.iterdir()] == ["escalation.db"]


def test_a_migration_that_fails_changes_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(empty_url, now=NOON) as ledger, ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row()])
    before = dump(empty_url)
    with monkeypatch.context() as patch:
        newer_program(patch, tmp_path, then='op.execute("SELECT * FROM nowhere")')
        with pytest.raises(StoreError):
            open_ledger(empty_url, now=NOON)
    with open_ledger(empty_url, now=NOON) as ledger, ledger.transaction() as tx:
        assert tx.mirror.count() == 1
    assert dump(empty_url) == before
    with pytest.raises(Exception, match="language"):
        languages(empty_url)


def test_a_store_from_the_future_is_refused_and_left_alone(empty_url: str, tmp_path: Path) -> None:
    open_ledger(empty_url, now=NOON).close()
    change(empty_url, "UPDATE escalation_schema SET version_num = '9999'")
    before = dump(empty_url)
    with pytest.raises(StoreError, match=rf"newer version .*schema 9999; .* up to {upgrade.HEAD}"):
        open_ledger(empty_url, now=NOON)
    assert dump(empty_url) == before
    assert not list(tmp_path.glob(f"*.{upgrade.HEAD}-*"))


def test_programs_that_start_at_once_on_an_empty_store_all_find_it_whole(empty_url: str) -> None:
    script = (
        "import sys; from datetime import datetime, UTC;"
        "from connector.ledger.store import open_ledger;"
        "ledger = open_ledger(sys.argv[1], now=datetime(2026, 3, 2, tzinfo=UTC));"
        "ledger.pin('production', 'acme', 'site'); ledger.close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", script, empty_url]) for _ in range(2)]
    assert [program.wait() for program in started] == [0, 0]
    assert len(dump(empty_url)["instance"]) == 3


def test_another_programs_tables_may_live_in_the_same_postgresql_database(
    empty_postgres_url: str,
) -> None:
    change(empty_postgres_url, "CREATE TABLE alembic_version (version_num text)")
    change(empty_postgres_url, "INSERT INTO alembic_version VALUES ('theirs')")
    open_ledger(empty_postgres_url, now=NOON).close()
    assert set(dump(empty_postgres_url)["instance"]) == set()


def test_a_table_of_the_same_name_that_is_not_ours_is_reported(empty_postgres_url: str) -> None:
    change(empty_postgres_url, "CREATE TABLE mirror (height text)")
    with pytest.raises(ConnectorError) as caught:
        open_ledger(empty_postgres_url, now=NOON)
    assert isinstance(caught.value, StoreError)
    assert not isinstance(caught.value, UnavailableError)
