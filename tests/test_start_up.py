"""What is not even loaded: a command starts as quickly as what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"zenpy", "jira", "requests", "sqlalchemy", "alembic", "pydantic", "rich", "starlette"}


def loaded_by(code: str) -> set[str]:
    """The modules in memory after this code, by their first names."""
    asked = f"{code}\nimport sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


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
