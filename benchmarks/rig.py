"""What the benchmarks share: processes that are started, measured and ended, and tables.

This process stays small on purpose: on Linux a child's peak memory begins with its parent's.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("escalation")
NOON = "2026-06-16T12:00:00+00:00"
_CONFIG = """
[zendesk]
url = "{zendesk}"
email = "connector@sandbox.example"
token = "sandbox-token"

[jira]
url = "{jira}"
deployment = "cloud"
email = "connector@sandbox.example"
token = "sandbox-jira-token"

[sweep]
budget_seconds = 7200

[store]
url = "sqlite:///{folder}/ledger.db"
"""


@dataclass(frozen=True)
class Measured:
    """One process from its start to its end. `cpu` is user and system time, in seconds."""

    code: int
    wall: float
    cpu: float
    peak_mib: float
    out: str


@dataclass(frozen=True)
class Desk:
    """A running sandbox."""

    zendesk: str
    jira: str
    events: int

    def ask(self, path: str, body: Any = None) -> Any:
        """Its control API; what people do in Jira is on Jira's side."""
        sent = None if body is None else json.dumps(body).encode()
        home = self.jira if path.startswith("jira/") else self.zendesk
        with urlopen(Request(f"{home}/_sandbox/{path}", data=sent)) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def requests(self) -> int:
        return int(self.ask("state")["requests"])

    def calls(self, since: int) -> dict[str, int]:
        """Requests after that number, by endpoint."""
        return dict(self.ask(f"counts?since={since}"))


@contextmanager
def sandbox(*options: str) -> Iterator[Desk]:
    """The sandbox with a busy desk, in a process of its own."""
    argv = [sys.executable, str(HERE / "serve.py"), *options]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Desk(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def configure(desk: Desk, folder: Path) -> Path:
    """A configuration that points at the sandbox, with its ledger in the folder."""
    file = folder / "config.toml"
    file.write_text(_CONFIG.format(zendesk=desk.zendesk, jira=desk.jira, folder=folder))
    return file


def measured(argv: Sequence[str | Path], folder: Path) -> Measured:
    """Runs a program to its end; its messages go to `messages` in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESCALATION_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed command is compiled once
    out = folder / "out"
    began = time.perf_counter()
    with out.open("wb") as stdout, (folder / "messages").open("wb") as stderr:
        process = subprocess.Popen(
            [str(part) for part in argv], cwd=folder, env=kept, stdout=stdout, stderr=stderr
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        code=process.returncode,
        wall=time.perf_counter() - began,
        cpu=used.ru_utime + used.ru_stime,
        peak_mib=used.ru_maxrss / 1024,
        out=out.read_text(),
    )


def escalation(config: Path, *argv: str) -> Measured:
    """The installed command, at the sandbox's noon."""
    return measured([COMMAND, "-c", config, "--now", NOON, *argv, "--json"], config.parent)


def machine() -> str:
    """What the figures were taken on."""
    with Path("/proc/meminfo").open() as lines:
        total = int(next(lines).split()[1]) / 1024 / 1024
    return f"{os.cpu_count()} cores, {total:.0f} GiB, Python {platform.python_version()}"


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """As Markdown, numbers to the right."""
    cells = [[*heads], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    lines = ["| " + " | ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
             + " |" for row in cells]  # fmt: skip
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
