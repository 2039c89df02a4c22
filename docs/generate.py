"""Writes the generated parts of the papers: three pages of reference, the picture in README.md and
the examples in briefs.md.

    python docs/generate.py

tests/test_documents.py fails while one of them differs from what the code says.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

sys.path.insert(0, str(Path(__file__).resolve().parent))

from brief_examples import briefs_in, examples, with_examples
from mapping_reference import reference

from connector.cli import cli
from connector.doctor.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.core.brief import Brief

DOCS = Path(__file__).resolve().parent
REFERENCE, README = DOCS / "cli-reference.md", DOCS.parent / "README.md"
CHECKS, KEYS = DOCS / "checks.md", DOCS / "mapping-reference.md"
BRIEFS = DOCS / "briefs.md"
_WIDTH = 88
_BEGIN, _END = "<!-- picture: docs/generate.py -->", "<!-- end of picture -->"
_HEAD = """\
# Command reference

What `--help` says, command by command. Written by `python docs/generate.py`; do not edit.

Data goes to stdout, messages and progress to stderr. `--json` prints one JSON document and nothing
else on stdout. Exit codes: [troubleshooting](troubleshooting.md#exit-codes).
"""


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ("escalation",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups before what is in them."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            if not below.hidden:
                yield from commands(below, (*path, name))


def cli_reference() -> str:
    """The page, from the commands themselves."""
    parts = [_HEAD]
    for path, command in commands():
        words = " ".join(path)
        context = click.Context(command, info_name=words, terminal_width=_WIDTH)
        context.help_option_names = ["-h", "--help"]
        parts.append(f"## {words}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


_CHECKS_HEAD = """\
# Checks, and what to do about each

Written by `python docs/generate.py`; do not edit.

`escalation check` reads both services, the ledger and the configuration, and writes nothing. Each
line is `ok`, `warning`, `failed` or `skipped` (could not be looked at), and what is wrong says how
to mend it. With `--json`, each check has `id`, `status`, `about`, `found`, `mend`, `exit_code`, and
`measured` where it is a number. Ids are stable: a monitor may rely on them.

The command ends with the exit code of the worst: 2, then 3, 4, 1, 0. A few findings of a kind that
fails are warnings where the work is done without them, as with a priority that no screen shows.

| id | means | mend | exit |
|---|---|---|---|
"""


def checks_page() -> str:
    """Every check by its id."""
    return _CHECKS_HEAD + "".join(
        f"| `{id_}` | {kind.means} | {kind.mend} | {int(kind.code)} |\n"
        for id_, kind in sorted(KINDS.items())
    )


class Demo(NamedTuple):
    """What `escalation demo` prints, and the briefs that it leaves behind."""

    printed: str
    briefs: list[Brief]


def run_demo() -> Demo:
    """Runs it in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [sys.executable, "-m", "connector.cli", "demo"],
            cwd=folder,
            capture_output=True,
            check=True,
            text=True,
        )
        return Demo(ran.stdout, briefs_in(Path(folder) / "demo-run"))


def picture(demo: str) -> str:
    """The demo in short: the headline escalation, parts of its brief, the fix, the agent's note."""
    # Ports are chosen by the system, and names hang on them; the same ones make it comparable.
    told = re.sub(r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:8901", demo)
    told = re.sub(r"\bd-[0-9a-f]{10}\b", "d-1f0c3a9b2e", told)
    lines = [line.rstrip() for line in told.splitlines()]
    sweep, brief, fixed, note = (
        _scene(lines, title)
        for title in ("escalation sweep:", "What engineering reads", "Three hours", "What the cust")
    )
    kept = [
        ["$ escalation demo", "..."],
        [*sweep[:4], "  ...", *_entry(sweep, "  ESC-1"), "  ..."],
        _section(sweep, "Written"),
        [brief[0], *_section(brief, "ESCALATION"), "..."],
        [*takewhile(lambda line: "Expected:" not in line, _section(brief, "REPROD")), "  ..."],
        _section(brief, "WHAT'S NEEDED"),
        [*fixed, ""],
        [note[0], "...", *_last_note(note)],
    ]
    shown = "\n\n".join("\n".join(part).rstrip() for part in kept)
    return f"{_BEGIN}\n\n```console\n{shown}\n```\n\n{_END}"


def with_picture(text: str, shown: str) -> str:
    """README with this picture in the place of its own."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{shown}{after}"


def _scene(lines: Sequence[str], title: str) -> list[str]:
    """From the scene's title to the next one."""
    begin = next(n for n, line in enumerate(lines) if line.startswith(title))
    rest = takewhile(lambda line: not line.endswith("──"), lines[begin + 1 :])
    return [lines[begin], *"\n".join(rest).rstrip().split("\n")]


def _section(lines: Sequence[str], title: str) -> list[str]:
    """From the title to the next empty line."""
    begin = next(n for n, line in enumerate(lines) if line.startswith(title))
    return list(takewhile(bool, lines[begin:]))


def _entry(lines: Sequence[str], start: str) -> list[str]:
    """An escalation of a report: its head, then the lines below it, which stand further in."""
    begin = next(n for n, line in enumerate(lines) if line.startswith(start))
    head = list(takewhile(lambda line: not line.startswith("      "), lines[begin:]))
    rest = takewhile(lambda line: line.startswith("      "), lines[begin + len(head) :])
    return [*head, *rest]


def _last_note(lines: Sequence[str]) -> list[str]:
    """The newest note, without its reference line."""
    words = [line for line in lines if line.strip()]
    ends = [n for n, line in enumerate(words) if line.startswith("    ref ")]
    return words[ends[-2] + 1 : ends[-1]]


def main() -> None:
    REFERENCE.write_text(cli_reference(), "utf-8")
    CHECKS.write_text(checks_page(), "utf-8")
    KEYS.write_text(reference(), "utf-8")
    demo = run_demo()
    README.write_text(with_picture(README.read_text("utf-8"), picture(demo.printed)), "utf-8")
    shown = examples(demo.briefs)
    BRIEFS.write_text(with_examples(BRIEFS.read_text("utf-8"), shown), "utf-8")


if __name__ == "__main__":
    main()
