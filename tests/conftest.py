"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from postgres_server import shared_server
from psycopg.sql import SQL, Identifier

from connector.ledger.schema import metadata
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ledger.store import Ledger

# How long an example takes says nothing on a machine that has other work.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the repository; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder `shared` with reference data is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket folder of a real PostgreSQL server, one for all workers of this test run."""
    own = tmp_path_factory.getbasetemp()
    meeting = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with shared_server(meeting / "postgres") as folder:
        yield folder


@contextmanager
def _database(server: Path) -> Iterator[str]:
    """The URL of a new and empty database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(
        host=str(server), user="postgres", dbname="postgres", autocommit=True
    ) as session:
        session.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        yield f"postgresql://postgres@/{name}?host={server}"
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _migrated_database(postgres_server: Path) -> Iterator[str]:
    """One for all tests of a worker; making one for each is slow."""
    with _database(postgres_server) as url:
        open_ledger(url, now=_NOON).close()
        yield url


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "escalation.db"
    open_ledger(f"sqlite:///{path}", now=_NOON).close()
    return path


@pytest.fixture
def empty_postgres_url(postgres_server: Path) -> Iterator[str]:
    """A database of the test's own with nothing in it: for tests that change schema or settings."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(_migrated_database: str) -> Iterator[str]:
    """An empty ledger on PostgreSQL; what the test leaves in it, rows and sessions, is removed."""
    yield _migrated_database
    with psycopg.connect(_migrated_database) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in metadata.tables:
            session.execute(SQL("DELETE FROM {}").format(Identifier(table)))


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated_file: Path) -> str:
    """An empty ledger in a file of the test's own."""
    path = tmp_path / "escalation.db"
    shutil.copy(_migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """An empty ledger: the test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """The same, open."""
    with open_ledger(ledger_url, now=_NOON) as opened:
        yield opened
