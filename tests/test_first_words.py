"""What somebody is told who gets a word wrong, or does not know yet what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from builders import NOON
from click.testing import CliRunner
from sync_rig import an_office

from connector.cli import cli
from connector.closing import snooze_until
from connector.demo import _activation
from connector.errors import ConfigError
from connector.learning import Lessons, print_lessons
from connector.ledger.rows import DraftRow
from connector.refs import escalation_named
from connector.replies import DraftList, Shown, print_drafts
from connector.texts import console, print_report
from connector.ticketfile import BadLine, parse_line

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.store import Ledger


@pytest.mark.parametrize("given", ["abc", "0", "-3", "1.5", "²", "48155x"])
@pytest.mark.parametrize("command", ["assess", "ticket"])
def test_what_is_no_ticket_number_is_called_that(command: str, given: str) -> None:
    answer = CliRunner().invoke(cli, [command, "--", given])
    assert answer.exit_code == 2
    assert f"'{given}' is no ticket number; expected one such as 1042" in answer.output


def test_a_group_given_for_an_escalation_is_answered_with_what_to_do(ledger: Ledger) -> None:
    with ledger.snapshot() as tx, pytest.raises(ConfigError) as told:
        escalation_named(tx, "g48155")
    assert "`escalation assess 48155`" in str(told.value)
    assert "`escalation group --confirm g48155`" in str(told.value)


def test_a_snooze_says_until_when(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    report = an_office(ledger).run(snooze_until, ref="ESC-1", until=NOON + timedelta(days=2))
    print_report(report, console())
    told = " ".join(capsys.readouterr().out.split())
    assert "nothing new" not in told
    assert "ESC-1 follow-ups: as due -> not before 2026-11-20 12:00 UTC" in told


@pytest.mark.parametrize("whole", [False, True])
def test_waiting_drafts_say_what_to_do_with_them(
    whole: bool,  # noqa: FBT001 - a parameter of the test
    capsys: pytest.CaptureFixture[str],
) -> None:
    draft = DraftRow(
        id="d-1",
        escalation_id="e-1",
        ticket_id=7,
        about="end",
        text="Hello",
        basis="x",
        made_at=NOON,
    )
    shown = Shown(draft=draft, issue_key="ESC-1", customer="Corvane")
    print_drafts(DraftList(now=NOON, drafts=(shown,), whole=whole), console())
    told = " ".join(capsys.readouterr().out.split())
    assert "ESC-1, how it ended: waits for a person" in told
    assert ("`escalation drafts show ID`" in told) is not whole


def test_an_empty_search_and_an_empty_store_of_lessons_are_told_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_lessons(Lessons(now=NOON, lessons=()), console())
    assert capsys.readouterr().out.startswith("Nothing was learned so far")
    print_lessons(Lessons(now=NOON, lessons=(), about="export"), console())
    assert capsys.readouterr().out.startswith("Nothing like it was learned so far")


@pytest.mark.parametrize("value", [[{"id": 1}], {"tickets": [{"id": 1}], "count": 1}])
def test_a_file_that_is_one_list_is_told_that_each_ticket_needs_a_line(value: object) -> None:
    line = parse_line(value, 1)
    assert isinstance(line, BadLine)
    assert "each ticket needs a line of its own" in line.reason


def test_a_key_that_is_not_there_is_missing() -> None:
    line = parse_line({"id": 1, "subject": "x"}, 1)
    assert isinstance(line, BadLine)
    assert line.reason == "body: is missing"


def test_the_demo_says_how_a_shell_finds_the_command_only_where_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "a venv" / "bin" / "activate"
    script.parent.mkdir(parents=True)
    script.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.prefix", str(tmp_path / "a venv"))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert _activation()[0].startswith(". 'a venv/bin/activate' ")
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/escalation")
    assert _activation() == ()
