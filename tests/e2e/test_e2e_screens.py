"""What a person sees on a terminal of 80 and of 130 columns, and what a pipe gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from e2e_tickets import DESK, SAME_ISSUE
from terminal import Terminal

if TYPE_CHECKING:
    from e2e_rig import MakeRig, Rig


@pytest.fixture
def swept(make_rig: MakeRig) -> Rig:
    rig = make_rig(DESK)
    rig.run("sweep")
    return rig


def screen_of(rig: Rig, *argv: str, columns: int) -> list[str]:
    """The lines that stand on the screen, without colours; none is longer than the screen."""
    now = rig.box.now().isoformat()
    with Terminal(["--now", now, *argv], cwd=rig.folder, columns=columns) as screen:
        assert screen.end() == 0, screen.seen
        assert "\x1b[" in screen.raw, "a terminal gets colours"
    lines = [line.rstrip() for line in screen.seen.splitlines()]
    assert max(map(len, lines)) <= columns
    return lines


def test_a_narrow_terminal_gives_each_summary_a_line_of_its_own(swept: Rig) -> None:
    lines = screen_of(swept, "list", columns=80)

    assert lines[0].startswith("2 escalations: 1 Critical, 1 High")
    at = next(n for n, line in enumerate(lines) if line.startswith("ESC-1 "))
    assert "Engineering" in lines[at]
    assert lines[at + 1].startswith("  ")
    assert "every export of a report" in lines[at + 1]


def test_a_wide_terminal_has_one_line_an_escalation(swept: Rig) -> None:
    lines = screen_of(swept, "list", columns=130)

    (line,) = (line for line in lines if line.startswith("ESC-1 "))
    assert "Engineering" in line
    assert "every export of a report" in line


def test_a_pipe_gets_one_plain_line_an_escalation_and_its_head(swept: Rig) -> None:
    lines = swept.run("list").out.splitlines()

    assert lines[0].split()[:3] == ["Issue", "Severity", "State"]
    assert [line.split()[0] for line in lines[1:]] == ["SEC-1", "ESC-1"]
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)


def test_no_color_is_obeyed_on_a_terminal(swept: Rig) -> None:
    now = swept.box.now().isoformat()
    argv = ["--now", now, "list"]
    with Terminal(argv, cwd=swept.folder, env={"NO_COLOR": "1"}) as screen:
        assert screen.end() == 0
    assert "\x1b[3" not in screen.raw, "no colour is set"


def test_show_tells_what_it_is_before_what_was_written(swept: Rig) -> None:
    lines = screen_of(swept, "show", "ESC-1", columns=80)

    places = [lines.index(title) for title in ("Tickets", "IMPACT", "History")]
    writes = next(n for n, line in enumerate(lines) if line.startswith("Writes ("))
    assert [*places, writes] == sorted([*places, writes])
    assert f"  {swept.box.jira}/browse/ESC-1" in lines
    numbers = ", ".join(str(ticket["id"]) for ticket in SAME_ISSUE)
    assert f"  internal note: tickets {numbers}" in lines


def test_an_unknown_escalation_is_answered_with_the_nearest(swept: Rig) -> None:
    for command in (["show", "ESC-11"], ["deescalate", "ESC-11", "--reason", "workaround",
                                         "--learned", "x"]):  # fmt: skip
        run = swept.run(*command)
        assert run.code == 2, run.told
        assert "Did you mean 'ESC-1'?" in run.err
