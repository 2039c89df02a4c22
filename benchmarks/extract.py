"""Scores what `escalation extract` says of labelled reports, and what it costs.

usage: python benchmarks/extract.py DATA SCORER [--out FOLDER]

DATA is the folder with `ob_eb_s2r.jsonl` and `sections_weak.jsonl`, SCORER the script
`score_extraction.py` beside it. The shipped weights were trained on these reports, so the scores
printed here say that nothing broke; how well unseen products are read is what
`train_extraction.py --left-out` is for. Baselines are those of the reference page.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from connector.core.extraction.model import shipped
from connector.core.extraction.reader import read_report
from connector.extract_command import extract_report
from connector.ticketfile import TicketLine, read_lines

SETS = {"ob_eb_s2r.jsonl": "OB,EB,S2R", "sections_weak.jsonl": "ENV,ERR"}
BASELINES = {"OB": 0.726, "EB": 0.662, "S2R": 0.604, "ENV": 0.65, "ERR": 0.57}
WEIGHTS = Path(__file__).resolve().parents[1] / "connector" / "core" / "extraction" / "weights.json"


def main() -> None:
    """Extracts, scores, times."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("data", type=Path)
    arguments.add_argument("scorer", type=Path)
    arguments.add_argument("--out", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, labels in SETS.items():
            reports = reports_of(chosen.data / name)
            answers = [json.dumps(extract_report(report)) for report in reports]
            (folder / name).write_text("\n".join(answers) + "\n", encoding="utf-8")
            score(chosen.scorer, chosen.data / name, folder / name, labels)
            print_cost(reports)
    size = WEIGHTS.stat().st_size
    weights = sum(len(part) for part in (shipped().own, shipped().before, shipped().after))
    print(f"weights: {weights} features, {size / 1000:.1f} kB on disk")


def reports_of(path: Path) -> list[TicketLine]:
    with path.open("rb") as handle:
        return [line for line in read_lines(handle) if isinstance(line, TicketLine)]


def score(scorer: Path, gold: Path, answers: Path, labels: str) -> None:
    """The scorer's own page, with the baseline of each label below it."""
    command = [sys.executable, str(scorer), str(gold), str(answers), "--labels", labels]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")
    known = ", ".join(f"{label} {BASELINES[label]:.3f}" for label in labels.split(","))
    print(f"  baselines on unseen products: {known}")


def print_cost(reports: list[TicketLine]) -> None:
    """CPU time for reading a report, without the other parts of the answer."""
    spent = []
    for report in reports:
        started = time.process_time()
        read_report(report.subject, report.body)
        spent.append(1000 * (time.process_time() - started))
    spent.sort()
    median, worst = spent[len(spent) // 2], spent[-1]
    print(f"  CPU a report: median {median:.2f} ms, worst {worst:.1f} ms")


if __name__ == "__main__":
    main()
