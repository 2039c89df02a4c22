"""What a sync costs, by linked issues: a full pass, nothing new, and one in a hundred moved.

    python benchmarks/sync.py [--quick]

The fewest reads of Jira: a hundred issues a call for a full pass, a page of a search for the rest.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rig import HERE, configure, escalation, machine, sandbox, table

if TYPE_CHECKING:
    from rig import Desk

LINKED = (10, 1_000, 10_000)
HEADS = ("linked", "pass", "Jira reads", "minimum", "Zendesk calls", "CPU s", "wall s", "peak MiB")


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--quick", action="store_true")
    asked = wanted.parse_args()
    rows: list[tuple[Any, ...]] = []
    for number in (10, 300) if asked.quick else LINKED:
        with sandbox("--tickets", str(number)) as desk, tempfile.TemporaryDirectory() as folder:
            rows += _passes(desk, number, Path(folder))
    print(f"{machine()}\n\n{table(HEADS, rows)}")


def _passes(desk: Desk, number: int, folder: Path) -> list[tuple[Any, ...]]:
    script = [sys.executable, str(HERE / "linked.py"), "--file", str(folder / "ledger.db")]
    subprocess.run([*script, "--jira", desk.jira, "--issues", str(number)], check=True)
    config = configure(desk, folder)
    moved = ceil(number / 100)
    rows = [_pass(desk, config, number, "full", ceil(number / 100))]
    rows.append(_pass(desk, config, number, "nothing new", 1))
    with sqlite3.connect(folder / "ledger.db") as ledger:
        keys = ledger.execute("SELECT issue_key FROM escalation LIMIT ?", [moved]).fetchall()
    for (key,) in keys:
        desk.ask(f"jira/issues/{key}/status", {"status": "In Progress"})
    rows.append(_pass(desk, config, number, f"{moved:,} moved", ceil(moved / 100)))
    return rows


def _pass(desk: Desk, config: Path, number: int, name: str, fewest: int) -> tuple[Any, ...]:
    since = desk.requests()
    run = escalation(config, "sync")
    if run.code not in {0, 1}:
        raise SystemExit((config.parent / "messages").read_text() or f"exit code {run.code}")
    entries = desk.ask(f"journal?since={since}")["entries"]
    reads = [one for one in entries if one["side"] == "jira" and not one["write"]]
    searched = [one for one in reads if "myself" not in one["path"]]
    zendesk = [one for one in entries if one["side"] == "zendesk" and "users/me" not in one["path"]]
    told = len(json.loads(run.out)["changed"])
    if "moved" in name and told != int(name.split(maxsplit=1)[0].replace(",", "")):
        raise SystemExit(f"{name}, but {told} were told")
    return (number, name, len(searched), fewest, len(zendesk), run.cpu, run.wall, run.peak_mib)


if __name__ == "__main__":
    main()
