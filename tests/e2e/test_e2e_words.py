"""How the command speaks: suggestions, completion, and what `-v` says of each call."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from e2e_rig import COMMAND, own_environment
from e2e_tickets import DESK

from connector.cli import cli
from connector.cli_words import SECTIONS, Commands, Names
from connector.clients.purposes import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e_rig import Deployment, MakeRig


def every_command(command: click.Command = cli) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from every_command(below)


def test_every_name_and_every_command_that_is_mistyped_gets_a_suggestion() -> None:
    for command in every_command():
        assert not isinstance(command, click.Group) or isinstance(command, Commands), command.name
        for param in command.params:
            assert not isinstance(param.type, click.Choice) or isinstance(param.type, Names), (
                f"{command.name} {param.name}"
            )


def test_every_command_stands_in_one_section_of_the_help() -> None:
    placed = [name for names in SECTIONS.values() for name in names]
    assert sorted(placed) == sorted(cli.commands)
    ran = CliRunner().invoke(cli, ["--help"])
    assert [title for title in SECTIONS if f"{title}:\n" in ran.output] == list(SECTIONS)
    assert "..." not in ran.output.partition("From cron:\n")[2], "no sentence is cut"
    assert "  list   " in CliRunner().invoke(cli, ["quarantine", "--help"]).output


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["swep"], "Did you mean 'sweep'?"),
        (["quarantine", "lst"], "Did you mean 'list'?"),
        (["sweep", "--dryrun"], "Did you mean '--dry-run'?"),
        (["list", "--state", "ope"], "Did you mean 'open'?"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(
    make_rig: MakeRig, argv: list[str], says: str
) -> None:
    rig = make_rig([])

    run = rig.run(*argv)

    assert run.code == 2
    assert says in run.err


def test_dash_v_says_what_each_call_is_for(make_rig: MakeRig, deployment: Deployment) -> None:
    rig = make_rig(DESK, deployment=deployment)

    run = rig.run("-v", "sweep")
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")
    runs = [run, *(rig.run("-v", command) for command in ("sync", "check"))]

    lines = [line for one in runs for line in one.err.splitlines() if "endpoint=" in line]
    assert len(lines) > 20
    assert not [line for line in lines if UNKNOWN in line]
    assert "info: creates the issue of an escalation side=jira endpoint=POST" in run.err


def completed(words: str, *, shell: str, position: int) -> list[str]:
    """What click answers to the shell's script."""
    ran = subprocess.run(
        [COMMAND],
        env=own_environment()
        | {
            "_ESCALATION_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(position),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


def test_commands_options_and_names_are_completed() -> None:
    assert completed("escalation sw", shell="bash", position=1) == ["plain,sweep"]
    assert completed("escalation sweep --dr", shell="bash", position=2) == ["plain,--dry-run"]
    assert completed("escalation list --state re", shell="bash", position=3) == [
        "plain,resolved",
        "plain,regressed",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_script(tmp_path: Path, shell: str) -> None:
    ran = subprocess.run([COMMAND, "completion", shell], capture_output=True, text=True, check=True)
    assert "_ESCALATION_COMPLETE" in ran.stdout
    program = shutil.which(shell)
    if program is None:
        return  # what it prints was looked at; the shell itself is not here to read it
    script = tmp_path / "script"
    script.write_text(ran.stdout, "utf-8")
    subprocess.run([program, "-n", script], check=True)


def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    asked = (
        f'PATH="{COMMAND.parent}:$PATH"; eval "$(escalation completion bash)"; '
        "COMP_WORDS=(escalation quar); COMP_CWORD=1; _escalation_completion escalation; "
        'echo "${COMPREPLY[@]}"'
    )
    ran = subprocess.run(
        [bash, "-c", asked], capture_output=True, text=True, check=True, cwd=tmp_path,
        env=own_environment() | {"HOME": os.fspath(tmp_path)},
    )  # fmt: skip
    assert ran.stdout.strip() == "quarantine"
