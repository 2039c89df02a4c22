"""Reading the ticket export: our reader, zenpy's objects, and a Singer or dlt style reader.

    python benchmarks/read.py [--quick]

All three read the same tickets, with the same sideloads, from the same sandbox.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rig import HERE, machine, measured, sandbox, table

NAMES = {
    "ours": "ours: frozen, validated",
    "zenpy": "zenpy's objects",
    "dict": "JSON to dict (Singer, dlt)",
}
ROUNDS = 3


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--quick", action="store_true")
    asked = wanted.parse_args()
    number = 2_000 if asked.quick else 10_000
    with sandbox("--tickets", str(number)) as desk, tempfile.TemporaryDirectory() as folder:
        rows = [_row(name, desk.zendesk, Path(folder), number) for name in NAMES]
    print(f"{number:,} tickets, {machine()}, the best of {ROUNDS}\n")
    print(table(["reader", "tickets per CPU s", "us per ticket", "peak MiB"], rows))
    speed = {name: float(row[1]) for name, row in zip(NAMES, rows, strict=True)}
    print(f"\nours reads {speed['ours'] / speed['zenpy']:.1f} times as many as zenpy")


def _row(name: str, url: str, folder: Path, number: int) -> tuple[str, float, float, float]:
    best, peak = float("inf"), 0.0
    for _ in range(ROUNDS):
        script = [sys.executable, str(HERE / "readers.py"), "--reader", name, "--url", url]
        run = measured(script, folder)
        if run.code:
            raise SystemExit((folder / "messages").read_text())
        told = json.loads(run.out)
        if told["tickets"] != number:
            raise SystemExit(f"{name} read {told['tickets']:,} of {number:,} tickets")
        best, peak = min(best, told["cpu"]), max(peak, run.peak_mib)
    return NAMES[name], number / best, best / number * 1e6, peak


if __name__ == "__main__":
    main()
