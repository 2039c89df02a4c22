"""What the papers name exists, what they show runs, and what is generated in them is fresh.

A block that stands below `<!-- runs -->` is run by `sh -eu` with the installed command, in a folder
whose config.toml points at a sandbox; below `<!-- runs in: fresh -->` in an empty folder.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import click
import pytest
from pydantic.fields import FieldInfo

from connector.cli import cli
from connector.config import SECTIONS, Settings
from connector.credentials import variable_of
from connector.doctor.kinds import Kind
from connector.errors import ExitCode
from connector.mapping_files import MODELS
from connector.schemas import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
README, REFERENCE = ROOT / "README.md", ROOT / "docs" / "cli-reference.md"
PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", README)
"""README last: what it looks at is made by the pages before."""
BY_HAND = tuple(page for page in PAGES if page != REFERENCE)
GENERATOR = ROOT / "docs" / "generate.py"
INSTALLED = Path(sys.executable).with_name("escalation")
NOW = "2026-06-17T12:00:00Z"
"""In the week of the sandbox's tickets, after everything that the pages do there."""
TICKETS = ROOT / "tests" / "documents.jsonl"
"""The tickets of the sandbox's week that the pages name; with so few the pages run quickly."""

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*) *$")
_RUNS = re.compile(r"<!-- runs(?P<fresh> in: fresh)?(?: if: (?P<needs>\w+))? -->")
_CALL = re.compile(r"(?:^|[\s/'`])escalation\s+(.+)$")
_LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    return runpy.run_path(str(GENERATOR))


# --- reading the papers ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block. `mark` is the comment above it that says how to run it."""

    page: Path
    line: int
    language: str
    text: str
    mark: re.Match[str] | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    lines = page.read_text("utf-8").splitlines()
    above, n = "", 0
    while n < len(lines):
        fence = _FENCE.match(lines[n])
        if fence is None:
            above, n = lines[n].strip() or above, n + 1
            continue
        end = next(m for m in range(n + 1, len(lines)) if lines[m].strip() == "```")
        text = textwrap.dedent("\n".join(lines[n + 1 : end])) + "\n"
        yield Block(page, n + 1, fence["language"], text, _RUNS.fullmatch(above))
        above, n = "", end + 1


def calls_in(page: Path) -> Iterator[tuple[str, str]]:
    """Every call of the command in code, as (place, what follows its name)."""
    for block in blocks(page):
        if block.language == "console":  # output, which the generator holds to the truth
            continue
        for number, line in enumerate(block.text.splitlines(), block.line + 1):
            for call in calls(line.partition(" #")[0]):
                yield f"{page.name}:{number}", call
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        for code in re.findall(r"`([^`]+)`", line):
            for call in calls(code):
                yield f"{page.name}:{number}", call


def calls(code: str) -> Iterator[str]:
    for piece in re.split(r"&&|\|\||[;|]|\$\(", code):
        found = _CALL.search(piece)
        if found:
            yield found[1]


def unknown_words(call: str) -> list[str]:
    """Options and commands of a call that the command line does not have."""
    try:
        words = shlex.split(call)
    except ValueError:  # an apostrophe that belongs to the line around it
        words = call.replace("'", " ").split()
    command: click.Command = cli
    unknown: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif re.match(r"--?[a-z]", word):
            name, _, value = word.partition("=")
            option = options_of(command).get(name)
            if option is None and name not in {"-h", "--help"}:
                unknown.append(name)
            skip = option is not None and not value and not (option.is_flag or option.count)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return [*unknown, word]
            command = command.commands[word]
    return unknown


def options_of(command: click.Command) -> dict[str, click.Option]:
    return {
        name: param
        for param in command.params
        if isinstance(param, click.Option)
        for name in param.opts
    }


# --- commands -------------------------------------------------------------------------------------


def test_every_command_has_help_with_an_example_of_itself(generator: dict[str, Any]) -> None:
    for path, command in generator["commands"]():
        assert command.help, f"{path} has no help"
        example = command.help.partition("Example:\n")[2] if command is not cli else command.help
        assert " ".join(path) in example, f"{' '.join(path)} has no example"
        for line in example.splitlines():
            for call in calls(line):
                assert unknown_words(call) == [], f"in the help of {' '.join(path)}: {call}"


@pytest.mark.parametrize("page", BY_HAND, ids=lambda page: page.name)
def test_every_command_and_option_in_the_papers_exists(page: Path) -> None:
    wrong = {
        f"{place}: {call}": bad for place, call in calls_in(page) if (bad := unknown_words(call))
    }
    assert not wrong


@pytest.mark.parametrize(
    ("call", "bad"),
    [
        ("sweep --dry-run --json", []),
        ("-c x.toml --now 2026-01-01T00:00:00Z show 7", []),
        ("sweep --dryrun", ["--dryrun"]),
        ("-v swep", ["swep"]),
        ("quarantine forget x", ["forget"]),
        ("ticket 7 --reason=phone --targt L2", ["--targt"]),
    ],
)
def test_a_call_that_does_not_exist_is_seen(call: str, bad: list[str]) -> None:
    assert unknown_words(call) == bad


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_in_the_papers_exists(page: Path) -> None:
    known = {
        variable_of((section, key))
        for section, model in SECTIONS.items()
        for key in model.model_fields
    }
    known |= {"ESCALATION_CONFIG", "ESCALATION_SECTION__KEY"}
    named = set(re.findall(r"ESCALATION_[A-Z][A-Z_]*", page.read_text("utf-8")))
    assert named <= known


@pytest.mark.parametrize(
    "page", [README, ROOT / "docs" / "troubleshooting.md"], ids=lambda p: p.name
)
def test_every_exit_code_is_explained(page: Path) -> None:
    told = re.findall(r"^\| (\d) \|", page.read_text("utf-8"), flags=re.MULTILINE)
    assert [int(code) for code in told] == sorted(ExitCode)


def test_every_mapping_file_is_explained() -> None:
    text = (ROOT / "docs" / "mappings.md").read_text("utf-8")
    assert set(re.findall(r"^## (\w+)\.toml$", text, flags=re.MULTILINE)) == set(MODELS)


# --- links and generated parts --------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in _LINK.finditer(page.read_text("utf-8")):
        target = (page.parent / link["path"]).resolve() if link["path"] else page
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(target)):
            lost.append(link[0])
    assert not lost


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link["path"] for link in _LINK.finditer(README.read_text("utf-8"))}
    assert {str(page.relative_to(ROOT)) for page in PAGES if page != README} <= linked


def test_the_command_reference_is_fresh(generator: dict[str, Any]) -> None:
    assert REFERENCE.read_text("utf-8") == generator["cli_reference"](), (
        "stale: run `python docs/generate.py`"
    )


@pytest.mark.parametrize(
    ("name", "maker"), [("checks.md", "checks_page"), ("mapping-reference.md", "reference")]
)
def test_a_generated_page_is_fresh(generator: dict[str, Any], name: str, maker: str) -> None:
    page = (ROOT / "docs" / name).read_text("utf-8")
    assert page == generator[maker](), "stale: run `python docs/generate.py`"


def test_a_planted_drift_is_seen(
    generator: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new option, check or key changes what is generated, so the tests above fail."""
    made = {name: generator[name]() for name in ("cli_reference", "checks_page", "reference")}
    shipped = schemas()
    extra = click.Option(["--extra"], help="New.")
    monkeypatch.setattr(cli.commands["sweep"], "params", [*cli.commands["sweep"].params, extra])
    monkeypatch.setitem(
        generator["KINDS"], "jira.new", Kind(ExitCode.USAGE, "something new", "mend it")
    )
    monkeypatch.setitem(SECTIONS["sweep"].model_fields, "extra", FieldInfo(annotation=int))
    SECTIONS["sweep"].model_rebuild(force=True)
    Settings.model_rebuild(force=True)
    try:
        assert {name for name, page in made.items() if generator[name]() != page} == set(made)
        assert schemas() != shipped
    finally:
        monkeypatch.undo()
        SECTIONS["sweep"].model_rebuild(force=True)
        Settings.model_rebuild(force=True)
    assert schemas() == shipped


@pytest.fixture(scope="module")
def demo(generator: dict[str, Any]) -> Any:
    return generator["run_demo"]()


def test_the_picture_in_the_readme_is_what_the_demo_prints(
    generator: dict[str, Any], demo: Any
) -> None:
    text = README.read_text("utf-8")
    shown = generator["picture"](demo.printed)
    assert generator["with_picture"](text, shown) == text, "stale: run `python docs/generate.py`"


def test_the_briefs_in_the_papers_are_those_of_the_demo(
    generator: dict[str, Any], demo: Any
) -> None:
    text = (ROOT / "docs" / "briefs.md").read_text("utf-8")
    shown = generator["examples"](demo.briefs)
    assert shown.count("### ") == 10
    assert generator["with_examples"](text, shown) == text, "stale: run `python docs/generate.py`"


# --- what is said to run --------------------------------------------------------------------------


def test_what_the_papers_show_runs(tmp_path: Path) -> None:
    """In one test, since the pages go on from each other, against one sandbox."""
    account, commands = tmp_path / "account", tmp_path / "bin"
    account.mkdir()
    marked = [block for page in PAGES for block in blocks(page) if block.mark]
    assert {block.page.name for block in marked} >= {"README.md", "try-it.md", "run-from-cron.md"}
    environment = own_environment() | {"PATH": f"{with_the_time(commands)}:{os.environ['PATH']}"}
    with sandbox(account / "config.toml") as jira:
        for number, block in enumerate(marked):
            assert block.mark is not None
            needs = block.mark["needs"]
            if needs and shutil.which(needs) is None:
                continue
            folder = tmp_path / str(number) if block.mark["fresh"] else account
            folder.mkdir(exist_ok=True)
            ran = subprocess.run(
                ["sh", "-eu"],
                input=block.text.replace("http://127.0.0.1:8901", jira),
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert ran.returncode == 0, f"{block.place}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"


@contextmanager
def sandbox(config: Path) -> Iterator[str]:
    """`escalation sandbox > config.toml` in a process of its own; Jira's address."""
    with (
        config.open("wb") as out,
        subprocess.Popen(
            [INSTALLED, "--now", NOW, "sandbox", "--port=0", "--limits=off", "--load", TICKETS],
            env=own_environment(),
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            assert process.stderr is not None
            assert "Ctrl-C ends it" in process.stderr.readline()
            text = config.read_text("utf-8")
            zendesk, jira = re.findall(r'^url = "(http.*)"$', text, flags=re.MULTILINE)
            stands = Request(f"{zendesk}/_sandbox/clock", data=b'{"frozen": true}')
            with urlopen(stands, timeout=30):
                yield jira
        finally:
            process.terminate()


def own_environment() -> dict[str, str]:
    """Without any setting of the command's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ESCALATION_")}


def with_the_time(folder: Path) -> Path:
    """A folder with the installed command, which takes the sandbox's time for now."""
    folder.mkdir()
    command = folder / "escalation"
    command.write_text(f'#!/bin/sh\nexec "{INSTALLED}" --now {NOW} "$@"\n', "utf-8")
    command.chmod(0o755)
    return folder


# --- words that do not belong here ----------------------------------------------------------------

_FOREIGN = {
    "the path of one machine": r"(?<![\w.})-])/(?:work|root|home|(?-i:Users))/\w",
    "a package registry": r"--(?:extra-)?index-url|\b(?:artifactory|jfrog)\b|\bpypi\.(?!org\b)\w+",
}


def test_no_tracked_file_tells_of_a_machine_or_a_workplace() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked is not known")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    here = Path(__file__).resolve()
    found = [
        f"{name}: {what}: {match[0]!r}"
        for name in listed.split("\0")
        if name and (ROOT / name).is_file() and (ROOT / name) != here
        for what, pattern in _FOREIGN.items()
        for match in re.finditer(
            pattern, (ROOT / name).read_text("utf-8", errors="replace"), flags=re.IGNORECASE
        )
    ]
    assert not found
