"""Every other command once, as installed: what it prints, and that --json is one document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from e2e_judge import Due, judge
from e2e_tickets import DESK, GROUP_IDS, LATE, SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import MakeRig, Rig


@pytest.fixture
def rig(make_rig: MakeRig) -> Rig:
    return make_rig()


@pytest.fixture
def swept(rig: Rig) -> Rig:
    rig.run("sweep")
    return rig


def test_help_and_version_of_the_installed_command(make_installed: MakeRig) -> None:
    rig = make_installed([LATE])

    version, usage = rig.run("--version"), rig.run("--help")

    assert (version.code, usage.code) == (0, 0)
    assert version.out.startswith("escalation, version ")
    for command in ("sweep", "sync", "ticket", "assess", "list", "show", "group", "extract"):
        assert command in usage.out


def test_list_shows_the_live_escalations(swept: Rig) -> None:
    text, document = swept.run("list"), swept.run("list", "--json")

    assert (text.code, document.code) == (0, 0)
    assert "ESC-1" in text.out
    assert "SEC-1" in text.out
    listed = [row["escalation"]["issue_key"] for row in document.json["escalations"]]
    assert listed == ["SEC-1", "ESC-1"]


@pytest.mark.parametrize("ref", ["ESC-1", "102"])
def test_show_finds_an_escalation_by_key_and_by_ticket(swept: Rig, ref: str) -> None:
    text, document = swept.run("show", ref), swept.run("show", ref, "--json")

    assert (text.code, document.code) == (0, 0)
    assert "ESC-1" in text.out
    assert "ERR_SYNC_4711" in text.out
    assert "ESC-1" in json.dumps(document.json)


def test_show_of_something_unknown_says_so(swept: Rig) -> None:
    run = swept.run("show", "ESC-99")

    assert run.code == 2, run.told
    assert "ESC-99" in run.err


def test_a_ticket_by_hand_is_escalated_once_and_says_where_it_is(rig: Rig) -> None:
    how = ("--target", "Engineering", "--severity", "High", "--ask", "fix", "--reason", "by phone")

    first = rig.run("ticket", "110", *how)
    before = rig.box.count()
    again = rig.run("ticket", "110", *how)

    assert (first.code, again.code) == (0, 0), first.told
    assert not judge(rig.box, Due("ESC", (110,)))
    assert rig.box.writes(before) == []
    assert "already" in again.out.lower()
    assert "ESC-1" in again.out


def test_tickets_by_hand_share_one_escalation_and_a_later_one_joins(rig: Rig) -> None:
    rig.run("ticket", "110", "111", "--target", "Engineering")
    rig.run("ticket", "111", "112")

    assert not judge(rig.box, Due("ESC", (110, 111, 112)))


def test_a_dry_run_by_hand_writes_nothing_and_lists_what_the_real_one_writes(rig: Rig) -> None:
    dry = rig.run("ticket", "110", "--target", "Engineering", "--dry-run", "--json")
    assert rig.box.writes() == []

    real = rig.run("ticket", "110", "--target", "Engineering", "--json")

    intents = [[write["intent_id"] for write in run.json["writes"]] for run in (dry, real)]
    assert intents[0] == intents[1] != []


def test_a_ticket_that_is_not_there_is_named(rig: Rig) -> None:
    run = rig.run("ticket", "999999")

    assert run.code == 2, run.told
    assert "999999" in run.err
    assert rig.box.writes() == []


def test_assess_tells_why_and_writes_nothing(rig: Rig) -> None:
    text, document = rig.run("assess", "104", "110"), rig.run("assess", "104", "110", "--json")

    assert (text.code, document.code) == (0, 0), text.told
    assert "ESCALATE" in text.out
    assert "security-breach" in json.dumps(document.json)
    assert rig.box.writes() == []


def test_files_are_assessed_grouped_and_read_without_any_account(rig: Rig) -> None:
    rig.config.unlink()
    lines = rig.folder / "tickets.jsonl"
    lines.write_text("".join(f"{json.dumps(ticket)}\n" for ticket in DESK), "utf-8")
    out = rig.folder / "out.jsonl"

    assessed = rig.run_bare("assess", "--from-file", str(lines), "--json")
    grouped = rig.run_bare("group", str(lines), "-o", str(out))
    groups = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    extracted = rig.run_bare("extract", str(lines))

    assert (assessed.code, grouped.code, extracted.code) == (0, 0, 0), grouped.told
    assert "several-customers" in json.dumps(assessed.json)
    assert [line["id"] for line in groups] == [ticket["id"] for ticket in DESK]
    together = {line["group"] for line in groups if line["id"] in GROUP_IDS}
    assert len(together) == 1
    assert None not in together
    found = [json.loads(line) for line in extracted.out.splitlines()]
    assert [line["id"] for line in found] == [ticket["id"] for ticket in DESK]
    assert [line["security"] for line in found].count(True) >= 1
    assert rig.box.count() == 0


def test_a_bad_line_of_a_file_is_told_by_its_number_and_the_rest_is_done(rig: Rig) -> None:
    lines = rig.folder / "tickets.jsonl"
    good = [json.dumps(ticket) for ticket in SAME_ISSUE]
    lines.write_text("\n".join([good[0], "{not json", '{"id": 5}', *good[1:]]), "utf-8")

    runs = [rig.run_bare(command, str(lines)) for command in ("group", "extract")]

    for run in runs:
        assert run.code == 1, run.told
        assert "2" in run.err
        assert "3" in run.err
        assert len(run.out.splitlines()) == len(SAME_ISSUE)


def test_an_unknown_command_names_the_nearest(rig: Rig) -> None:
    run = rig.run_bare("swep")

    assert run.code == 2
    assert "sweep" in run.err
