"""Scores what `escalation extract` says of labelled reports beside two baselines, and its cost.

usage: python benchmarks/extract.py DATA SCORER [--left-out FOLDER] [--out FOLDER]

DATA is the folder with `ob_eb_s2r.jsonl` and `sections_weak.jsonl`, SCORER the script
`score_extraction.py` beside it. The shipped weights were trained on these reports: the row
"shipped" says that nothing broke. The row "left out" says how well products are read that a model
never saw; FOLDER holds what `train_extraction.py --left-out` wrote. The baselines are computed here
on the same pieces: "headings" takes only what the headings say, "rules" adds a few plain cues.
"elsewhere" is what the reference page measured for its best model on products not in the data.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.core.extraction.cues import cues_named, cues_of
from connector.core.extraction.reader import read_report, report_pieces
from connector.core.extraction.values import LABELS
from connector.extract_command import extract_report
from connector.ticketfile import TicketLine, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connector.core.extraction.sentences import Piece

SETS = {"ob_eb_s2r.jsonl": ("OB", "EB", "S2R"), "sections_weak.jsonl": ("ENV", "ERR")}
ELSEWHERE = {"OB": 0.726, "EB": 0.662, "S2R": 0.604, "ENV": 0.65, "ERR": 0.57}
LARGE = 50
PACKAGE = Path(__file__).resolve().parents[1] / "connector" / "core" / "extraction"


def main() -> None:
    """Scores each way of reading, then the cost."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("data", type=Path)
    arguments.add_argument("scorer", type=Path)
    arguments.add_argument("--left-out", type=Path)
    arguments.add_argument("--out", type=Path)
    chosen = arguments.parse_args()
    scorer = scorer_at(chosen.scorer)
    for name, labels in SETS.items():
        gold = scorer.load(str(chosen.data / name))
        reports = reports_of(chosen.data / name)
        said = {"headings": answers(reports, headings_only), "rules": answers(reports, rules_only)}
        if chosen.left_out:
            said["left out"] = scorer.load(str(chosen.left_out / name))
        said["shipped"] = {str(report.id): extract_report(report) for report in reports}
        for label in labels:
            show(scorer, gold, said, label)
        if chosen.out:
            chosen.out.mkdir(parents=True, exist_ok=True)
            lines = "".join(json.dumps(answer) + "\n" for answer in said["shipped"].values())
            (chosen.out / name).write_text(lines, encoding="utf-8")
        show_cost(reports)
    weights = (PACKAGE / "weights.json").stat().st_size
    code = sum(path.stat().st_size for path in PACKAGE.glob("*.py"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"on disk: weights {weights / 1000:.1f} kB, code {code / 1000:.0f} kB")
    print(f"memory of this process at its peak, data and answers included: {peak / 1024:.0f} MB")


def scorer_at(path: Path) -> Any:
    """The scorer as a module: it is run by its own rules, not by a copy of them."""
    spec = importlib.util.spec_from_file_location("score_extraction", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not a Python script")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reports_of(path: Path) -> list[TicketLine]:
    with path.open("rb") as handle:
        return [line for line in read_lines(handle) if isinstance(line, TicketLine)]


def answers(
    reports: Iterable[TicketLine], labels_of: Callable[[Piece, set[int]], list[str]]
) -> dict[str, dict[str, object]]:
    """What a baseline says of each report, in the scorer's format."""
    found: dict[str, dict[str, object]] = {}
    for report in reports:
        pieces, titles = report_pieces(report.subject, report.body)
        cues = cues_of(pieces, title=titles)
        found[str(report.id)] = {
            "id": report.id,
            "sentences": [
                {"text": piece.text, "labels": labels_of(piece, one.own)}
                for piece, one in zip(pieces, cues, strict=True)
            ],
        }
    return found


def headings_only(piece: Piece, _: set[int]) -> list[str]:
    """The label of the heading above."""
    return [piece.section] if piece.section in LABELS else []


def rules_only(piece: Piece, cues: set[int]) -> list[str]:
    """The heading above, and every label one of whose plain cues is there."""
    said = [label for label in LABELS if not cues_named(f"rule {label}").isdisjoint(cues)]
    return sorted({*headings_only(piece, cues), *said})


def show(scorer: Any, gold: Any, said: dict[str, Any], label: str) -> None:
    """A line for each way of reading: all reports, whether the label lacks, each product."""
    counts = Counter(report["project"] for report in gold.values())
    products = sorted(name for name, count in counts.items() if count >= LARGE)
    print(f"{label} ({ELSEWHERE[label]:.3f} elsewhere)")
    for name, answer in said.items():
        whole = scorer.evaluate(gold, answer, [label])[0]
        sentence, lacks = whole["sentence"][label], whole["missing"][label]
        each = []
        for product in products:
            some = {key: one for key, one in gold.items() if one["project"] == product}
            each.append(scorer.evaluate(some, answer, [label])[0]["sentence"][label]["f1"])
        print(
            f"  {name:<9} F1 {sentence['f1']:.3f} (P {sentence['precision']:.3f} "
            f"R {sentence['recall']:.3f})  lacks it: P {lacks['precision']:.2f} "
            f"R {lacks['recall']:.2f}  "
            + "  ".join(f"{one} {f1:.2f}" for one, f1 in zip(products, each, strict=True))
        )


def show_cost(reports: list[TicketLine]) -> None:
    """CPU time a report: for the labels alone, and for the whole answer of the command."""
    ways: dict[str, Callable[[TicketLine], object]] = {
        "labels": lambda report: read_report(report.subject, report.body),
        "whole answer": extract_report,
    }
    for name, way in ways.items():
        spent = []
        for report in reports:
            started = time.process_time()
            way(report)
            spent.append(1000 * (time.process_time() - started))
        spent.sort()
        mean, median = sum(spent) / len(spent), spent[len(spent) // 2]
        print(
            f"CPU a report, {name}: mean {mean:.2f} ms, median {median:.2f}, most {spent[-1]:.1f}"
        )


if __name__ == "__main__":
    main()
