"""How well and how fast reports of one issue are found, beside small baselines, in one run.

    groups.py DATA_DIR SCORER [--parameters FILE] [--volume 10000 100000] [--only NAME]

DATA_DIR holds JSON Lines files of tickets with a "group"; SCORER is the script that scores a
grouping (`score_groups.py TRUTH PREDICTED --json --distinct requester`). Customers are counted,
not tickets. H is the mean over the sets of (trigger F0.5 + pair F0.5) / 2, one setting for all.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from math import exp, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from incidents import incidents

from connector.core.grouping import Grouper, MemoryIndex, Parameters, Report, fingerprint, shipped
from connector.core.grouping.text import bare_subject
from connector.core.grouping.words import stem, words
from connector.group_command import group_file
from connector.ticketfile import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Rows = list[dict[str, Any]]
Labels = dict[int, str | None]
WINDOW = timedelta(days=30)
SYNTHETIC = "incidents (made up)"


def f_half(precision: float | None, recall: float | None) -> float:
    if not precision or not recall:
        return 0.0
    return 1.25 * precision * recall / (0.25 * precision + recall)


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def scored(scorer: Path, rows: Rows, labels: Labels) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        truth, predicted = Path(folder, "truth.jsonl"), Path(folder, "predicted.jsonl")
        truth.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        found = ({"id": ticket, "group": group} for ticket, group in labels.items())
        predicted.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
        command = [sys.executable, str(scorer), str(truth), str(predicted)]
        command += ["--json", "--distinct", "requester"]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, dict[str, float]] = json.loads(run.stdout)
    return result


def ours(rows: Rows, parameters: Parameters) -> tuple[Labels, Labels]:
    """All groups, and the sure ones alone."""
    lines = list(group_file(read_lines(json.dumps(row) for row in rows), parameters=parameters))
    every: Labels = {int(line["id"]): line["group"] for line in lines}
    sure = {int(line["id"]): line["group"] for line in lines if line["strength"] == "sure"}
    return every, sure


def by_subject(rows: Rows) -> Labels:
    """Baseline: the same subject once prefixes and numbers are gone."""
    return {row["id"]: bare_subject(row["subject"]).lower() or None for row in rows}


def by_cosine(rows: Rows) -> Labels:
    """Baseline: TF-IDF cosine times decay over 60 days; a report joins its nearest leader."""
    bags = [{stem(word) for word in words(f"{r['subject']} {r['body']}"[:4000])} for r in rows]
    count: dict[str, int] = defaultdict(int)
    for bag in bags:
        for word in bag:
            count[word] += 1
    rarity = {word: log(len(rows) / seen) for word, seen in count.items()}
    norms = [sqrt(sum(rarity[word] ** 2 for word in bag)) or 1.0 for bag in bags]
    days = [datetime.fromisoformat(row["created_at"]).timestamp() / 86_400 for row in rows]
    leaders: dict[str, list[int]] = defaultdict(list)
    labels: Labels = {}
    for place, bag in enumerate(bags):
        shared: dict[int, float] = defaultdict(float)
        for word in bag:
            for leader in leaders[word] if count[word] < len(rows) / 10 else ():
                shared[leader] += rarity[word] ** 2
        near = {
            other: part / norms[place] / norms[other] * exp(-(days[place] - days[other]) / 60)
            for other, part in shared.items()
        }
        best = max(near, key=lambda other: (near[other], -other), default=None)
        if best is not None and near[best] >= 0.35:
            labels[rows[place]["id"]] = str(best)
            continue
        labels[rows[place]["id"]] = str(place)
        for word in bag:
            leaders[word].append(place)
    return labels


def percent(value: float | None) -> str:
    return "  -" if value is None else f"{100 * value:3.0f}"


def show(name: str, method: str, result: dict[str, dict[str, float]]) -> float:
    pair, trigger = result["pairwise"], result["trigger"]
    h = (
        f_half(trigger["precision"], trigger["recall"]) + f_half(pair["precision"], pair["recall"])
    ) / 2
    print(
        f"{name:22s} {method:18s} pairs {percent(pair['precision'])} {percent(pair['recall'])}"
        f" {percent(pair['f1'])}   triggers {percent(trigger['precision'])}"
        f" {percent(trigger['recall'])} ({trigger['correct']:.0f} of {trigger['fired']:.0f})"
        f"   h {100 * h:5.1f}",
        flush=True,
    )
    return h


def quality(sets: dict[str, Rows], scorer: Path, parameters: Parameters) -> None:
    print("set                    method             P, R, F1 of pairs; P, R of 3+ customers")
    total: dict[str, list[float]] = defaultdict(list)
    for name, rows in sets.items():
        started = time.perf_counter()
        every, sure = ours(rows, parameters)
        rate = len(rows) / (time.perf_counter() - started)
        methods = {
            "ours, all": every,
            "ours, sure alone": sure,
            "same subject": by_subject(rows),
            "TF-IDF and time": by_cosine(rows),
        }
        for method, labels in methods.items():
            h = show(name, method, scored(scorer, rows, labels))
            if name != SYNTHETIC:
                total[method].append(h)
        print(f"{name:22s} {rate:.0f} tickets a second from file to groups")
    for method, found in total.items():
        print(f"H {method:18s} {100 * sum(found) / len(found):5.1f}")


def arrival(rows: Rows, parameters: Parameters) -> float:
    """Share of pairs in common when each twenty tickets arrive backwards: how order matters."""
    reports = [report(row) for row in rows]
    blocks = [reports[at : at + 20] for at in range(0, len(reports), 20)]
    found = []
    for order in (reports, [each for block in blocks for each in reversed(block)]):
        grouper = Grouper(parameters, window=timedelta(days=10_000))
        for each in order:
            grouper.place(each)
        found.append(pairs([[m.ticket_id for m in group.members] for group in grouper.groups()]))
    one, other = found
    return len(one & other) / max(1, len(one | other))


def pairs(groups: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    return {(a, b) for group in groups for a in sorted(group) for b in sorted(group) if a < b}


def report(row: dict[str, Any]) -> Report:
    return Report(
        ticket_id=row["id"],
        customer_key=str(row["requester"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        fingerprint=fingerprint(row["subject"], row["body"]),
    )


def speed(volume: int, parameters: Parameters) -> None:
    """Places `volume` made-up tickets of 120 days, in processor time of one core.

    The last 1,000 placements are told alone: what one more ticket costs in a store of that size.
    """
    rows = incidents(seed=volume, groups=volume // 40, alone=volume - volume // 40 * 4)
    started = time.process_time()
    reports = [report(row) for row in rows]
    fingerprinted = time.process_time() - started
    grouper = Grouper(parameters, window=WINDOW, index=MemoryIndex())
    taken = []
    for each in reports:
        began = time.process_time()
        grouper.place(each)
        taken.append(time.process_time() - began)
    last = sorted(taken[-1000:])
    print(
        f"{len(rows):7d} tickets: fingerprints {len(rows) / fingerprinted:.0f}/s,"
        f" placed {len(rows) / sum(taken):.0f}/s;"
        f" one more takes {1000 * last[500]:.1f} ms (p99 {1000 * last[990]:.1f} ms);"
        f" peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
        flush=True,
    )


def timed(action: Callable[[], None]) -> None:
    started = time.perf_counter()
    action()
    print(f"({time.perf_counter() - started:.0f} s)\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--parameters", type=Path, help="other than the shipped ones")
    parser.add_argument("--volume", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--only", default="", help="only sets whose name holds this")
    arguments = parser.parse_args()
    parameters = shipped()
    if arguments.parameters:
        text = arguments.parameters.read_text(encoding="utf-8")
        parameters = Parameters.model_validate_json(text)
    sets: dict[str, Rows] = {
        path.stem: read(path) for path in sorted(arguments.data.glob("*.jsonl"))
    }
    sets[SYNTHETIC] = incidents(seed=7, groups=100, alone=400)
    sets = {name: rows for name, rows in sets.items() if arguments.only in name}
    timed(lambda: quality(sets, arguments.scorer, parameters))
    for name, rows in sets.items():
        print(
            f"{name:22s} backwards by twenties: the same pairs in"
            f" {percent(arrival(rows, parameters))} %"
        )
    for volume in arguments.volume:
        timed(lambda volume=volume: speed(volume, parameters))  # type: ignore[misc]


if __name__ == "__main__":
    main()
