"""What is not even loaded: a command starts as quickly as what it needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"zenpy", "jira", "requests", "sqlalchemy", "alembic", "pydantic", "rich", "starlette"}


def modules_after(code: str) -> set[str]:
    """The modules in memory after this code."""
    asked = f"{code}\nimport sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def loaded_by(code: str) -> set[str]:
    """The packages in memory after this code."""
    return {name.partition(".")[0] for name in modules_after(code)}


@pytest.mark.parametrize("argv", [["--help"], ["--version"]])
def test_help_and_version_load_nothing_but_the_command_line(argv: list[str]) -> None:
    code = f"from connector.cli import cli\ncli.main({argv!r}, standalone_mode=False)"
    loaded = loaded_by(code)
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_what_a_sweep_needs_brings_no_migrations_and_no_sandbox() -> None:
    loaded = loaded_by("import connector.sweep, connector.ledger.store, connector.app")
    assert "sqlalchemy" in loaded
    assert loaded & {"alembic", "starlette", "uvicorn", "zenpy", "jira"} == set()


def test_what_a_sweep_needs_brings_nothing_of_a_server_that_a_file_does_without(
    tmp_path: Path,
) -> None:
    store = f"sqlite:///{tmp_path / 'a.db'}"
    code = f"""
import connector.sweep, connector.app, datetime
from connector.ledger.store import open_ledger
with open_ledger({store!r}, now=datetime.datetime.now(datetime.UTC)) as ledger:
    with ledger.transaction() as tx:
        tx.reports.look_up([1])
        tx.reports.count([1])
        tx.reports.save()
"""
    modules_after(code)  # an empty file gets its tables first, by way of alembic
    loaded = modules_after(code)
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert "sqlalchemy.dialects.postgresql" not in loaded


def test_a_sweep_reads_no_patterns_of_threads_before_a_brief_is_written() -> None:
    loaded = modules_after("import connector.sweep")
    assert "connector.drafting" in loaded
    assert not {name for name in loaded if name.startswith("connector.core.extraction")}
