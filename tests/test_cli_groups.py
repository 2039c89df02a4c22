"""`escalation group`: what goes together, and what an operator is told who mistook it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from connector.cli import cli
from connector.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["group", "extract"])
def test_the_file_that_is_read_is_not_written_over(command: str, tmp_path: Path) -> None:
    file = tmp_path / "tickets.jsonl"
    file.write_text('{"id": 1, "subject": "Login", "body": "The login fails."}\n', encoding="utf-8")
    (tmp_path / "same.jsonl").symlink_to(file)
    before = file.read_bytes()
    for name in ("tickets.jsonl", "same.jsonl"):
        answer = CliRunner().invoke(cli, [command, str(file), "-o", str(tmp_path / name)])
        assert isinstance(answer.exception, ConfigError)
        assert "is the file that is read" in str(answer.exception)
        assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param([], "give one FILE of tickets; or REFs with", id="nothing"),
        pytest.param(["g12"], "there is no file 'g12'. For a live group", id="a group alone"),
        pytest.param(["--confirm"], "--confirm takes a group, or a ticket in it", id="no group"),
        pytest.param(["--split"], "--split takes tickets", id="no ticket"),
        pytest.param(["--join", "--split", "1"], "one of --split, --join, not", id="two words"),
        pytest.param(["--confirm", "1", "-o", "x"], "-o goes with a FILE", id="output"),
        pytest.param(["--json", "x.jsonl"], "--json goes with --confirm", id="json of a file"),
        pytest.param(["--learn", "1"], "--learn takes nothing else", id="learn something"),
    ],
)
def test_a_mistaken_group_command_says_what_to_give(
    given: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(cli, ["group", *given])
    assert answer.exit_code == 2
    assert told in " ".join(answer.output.split())
    assert not list(tmp_path.iterdir())
