"""What a sweep costs: calls, time, memory and rows, by tickets changed and tickets in store.

    python benchmarks/sweep.py            # N = 100 to 50,000, 0 to 1,000,000 in store
    python benchmarks/sweep.py --quick    # small sizes, a minute

The command and the sandbox are processes of their own. Each line is one `escalation sweep` over N
new tickets (two and a half events each), then one that finds nothing new.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from rig import HERE, Desk, configure, escalation, machine, sandbox, table

if TYPE_CHECKING:
    from rig import Measured

CHANGED = (100, 1_000, 10_000, 50_000)
STORED = (0, 100_000, 1_000_000)
HEADS = (
    "changed", "in store", "read calls", "minimum", "ratio", "write calls", "wall s", "CPU s",
    "peak MiB", "new rows",
)  # fmt: skip
_AUDITS = re.compile(r"/tickets/(\d+)/audits")
_ROWS = ("mirror", "inbox", "escalation", "link", "intent", "event")


@dataclass(frozen=True)
class Plan:
    """Zendesk reads that were made, and the fewest that could have been.

    Pages of a thousand for tickets and for events, a hundred candidates a call, and one thread for
    each candidate whose thread was read.
    """

    made: int
    fewest: int


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--quick", action="store_true")
    wanted.add_argument("--changed", type=int, nargs="*")
    wanted.add_argument("--stored", type=int, nargs="*")
    wanted.add_argument("--calls", action="store_true", help="list every endpoint's calls")
    asked = wanted.parse_args()
    changed = asked.changed or ((100, 1_000) if asked.quick else CHANGED)
    stored = asked.stored or ((0, 20_000) if asked.quick else STORED)
    print(f"{machine()}\n\n{_line(HEADS)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stores-") as kept:
        for size in stored:
            store = _filled(Path(kept), size)
            for number in changed:
                with sandbox("--tickets", str(number)) as desk:
                    _measure(desk, number, size, store, calls=asked.calls)


def _line(cells: Any) -> str:
    return table([str(cell) for cell in cells], []).splitlines()[0]


def _filled(folder: Path, size: int) -> Path:
    """A ledger with so many tickets; copied for each run, since filling it takes longest."""
    file = folder / f"{size}.db"
    filler = [sys.executable, str(HERE / "store.py"), "--file", str(file), "--tickets", str(size)]
    subprocess.run(filler, check=True)
    return file


def _measure(desk: Desk, number: int, size: int, store: Path, *, calls: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="sweep-"))
    try:
        config = configure(desk, folder)
        ledger = Path(shutil.copy(store, folder / "ledger.db"))
        for changed in (number, 0):
            rows, since = _rows(ledger), desk.requests()
            run = escalation(config, "sweep")
            _check(run, folder, changed)
            entries = desk.ask(f"journal?since={since}")["entries"]
            _tell(run, entries, changed, size, _rows(ledger) - rows, desk.events)
            if calls:
                counted = Counter(f"{one['side']} {one['method']} {one['endpoint']}"
                                  for one in entries)  # fmt: skip
                print("".join(f"    {calls} {name}\n" for name, calls in counted.most_common()))
    finally:
        shutil.rmtree(folder)


def _check(run: Measured, folder: Path, changed: int) -> None:
    if run.code not in {0, 1}:
        raise SystemExit((folder / "messages").read_text() or f"exit code {run.code}")
    read = json.loads(run.out)["tickets_read"]
    if read != changed:
        raise SystemExit(f"{read:,} tickets were read, {changed:,} had changed")


def _rows(ledger: Path) -> int:
    with sqlite3.connect(ledger) as open_:
        return sum(open_.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _ROWS)  # noqa: S608 - our names


def _tell(
    run: Measured, entries: list[Any], changed: int, size: int, rows: int, events: int
) -> None:
    ours = [entry for entry in entries if entry["side"] == "zendesk"]
    plan = plan_of(ours, changed, events if changed else 0)
    writes = sum(entry["write"] for entry in entries)
    cells = (
        changed, size, plan.made, plan.fewest, plan.made / plan.fewest, writes, run.wall, run.cpu,
        run.peak_mib, rows,
    )  # fmt: skip
    shown = (f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" for cell in cells)
    widths = (max(len(head), 7) for head in HEADS)
    print("| " + " | ".join(text.rjust(width) for text, width in zip(shown, widths, strict=True))
          + " |", flush=True)  # fmt: skip


def plan_of(entries: list[Any], changed: int, events: int) -> Plan:
    """Of a run's Zendesk requests: how many only read, and how few would have done."""
    reads = [one for one in entries if not one["write"] and "job_statuses" not in one["path"]]
    threads = {found[1] for entry in reads if (found := _AUDITS.search(entry["path"]))}
    asked: set[str] = set()
    for entry in reads:
        if entry["path"].endswith("/tickets/show_many.json"):
            asked |= set(parse_qs(entry["query"])["ids"][0].split(","))
    fewest = max(1, ceil(changed / 1_000)) + max(1, ceil(events / 1_000))
    return Plan(made=len(reads), fewest=fewest + ceil(len(asked) / 100) + len(threads))


if __name__ == "__main__":
    main()
