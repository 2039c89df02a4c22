"""How well and how fast reports of one issue are found, beside small baselines, in one run.

    groups.py DATA_DIR SCORER [--parameters FILE] [--words-only] [--no-baselines] [--deals 1]
              [--volume 10000 100000] [--store 10000 100000 1000000] [--only NAME] [--cache FOLDER]

Without options all of it, which takes two hours, most of them for a million tickets on disk;
`--volume --store` alone leaves the sizes out.

DATA_DIR holds JSON Lines files of tickets with a "group"; SCORER is the script that scores a
grouping (`score_groups.py`), which is run inside this process. Customers are counted,
not tickets. H is the mean over the sets of (trigger F0.5 + pair F0.5) / 2, one setting for all.

Ours is told twice: "held out", on products that the trees have not seen and with limits chosen
elsewhere (holdout_groups.py, so many --deals of it), which is what counts; and "shipped", which has
seen these very texts. A baseline has the limit that is best on these very sets; a trained one is
judged on products that it was not trained on (group_learners.py). What needs a package that is not
there is left out, and said so: `pip install '.[semantic,bench]'` has them all.
--store measures stores on disk (groups_scale.py): size, memory, and the time to place one ticket.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from group_baselines import baselines
from group_scores import h_of, percent, read, scored, show
from group_tables import Tables, missing
from group_vectors import Remembered
from groups_scale import at_size
from incidents import incidents

from connector.core.grouping import Grouper, MemoryIndex, Parameters, Report, fingerprint, shipped
from connector.group_command import group_file
from connector.meaning import find_model
from connector.ticketfile import read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from group_scores import Labels, Rows

    from connector.meaning import Meaning

WINDOW = timedelta(days=30)
DAYS, TIMED = 365, 1_000
SYNTHETIC = "incidents (made up)"


def ours(rows: Rows, parameters: Parameters, meaning: Meaning | None) -> tuple[Labels, Labels]:
    """All groups, and the sure ones alone."""
    read = read_lines(json.dumps(row) for row in rows)
    lines = list(group_file(read, parameters=parameters, meaning=meaning))
    every: Labels = {int(line["id"]): line["group"] for line in lines}
    sure = {int(line["id"]): line["group"] for line in lines if line["strength"] == "sure"}
    return every, sure


def quality(
    sets: dict[str, Rows], scorer: Path, parameters: Parameters, meaning: Meaning | None
) -> None:
    print("set                    method             P, R, F1 of pairs; P, R of 3+ customers")
    total: dict[str, list[float]] = defaultdict(list)
    for name, rows in sets.items():
        for kind, model in ways(meaning):
            started = time.process_time()
            every, sure = ours(rows, parameters, model)
            rate = len(rows) / (time.process_time() - started)
            for method, labels in (
                (f"shipped {kind}, all", every),
                (f"shipped {kind}, sure", sure),
            ):
                h = show(name, method, scored(scorer, rows, labels))
                if name != SYNTHETIC:
                    total[method].append(h)
            print(f"{name:22s} {rate:.0f} tickets a second from file to groups")
    for method, found in total.items():
        print(f"H {method:36s} {100 * sum(found) / len(found):5.1f}")


def ways(meaning: Meaning | None) -> list[tuple[str, Meaning | None]]:
    return [("by words", None), *([("by meaning too", meaning)] if meaning else [])]


def held_out(sets: dict[str, Rows], scorer: Path, meaning: Meaning | None, deals: int) -> None:
    """Ours on products that the trees have not seen."""
    if gone := missing("numpy", "lightgbm"):
        print(f"left out: ours held out ({', '.join(gone)})")
        return
    from holdout_groups import measured

    real = {name: rows for name, rows in sets.items() if name != SYNTHETIC}
    measured(real, scorer, meaning, deals)


def beside(sets: dict[str, Rows], scorer: Path, meaning: Meaning | None) -> None:
    """The baselines, each with the one limit that is best on average over the sets."""
    tables = [Tables(name, rows, meaning) for name, rows in sets.items() if name != SYNTHETIC]
    for each in baselines(tables, vectors=meaning is not None):
        began = time.process_time()
        found = {
            limit: {t.name: scored(scorer, t.rows, each.labels(t, limit)) for t in tables}
            for limit in each.limits
        }
        best = max(found, key=lambda limit: sum(map(h_of, found[limit].values())))
        for name, result in found[best].items():
            show(name, each.name, result)
        mean = 100 * sum(map(h_of, found[best].values())) / len(tables)
        spent = time.process_time() - began
        print(f"H {each.name:36s} {mean:5.1f} (limit {best:g}; {spent:.0f} s CPU)", flush=True)


def read_all(sets: dict[str, Rows], meaning: Meaning) -> None:
    """Vectors are made once a run; what they cost is told here, and is in no other figure."""
    began, count = time.process_time(), sum(map(len, sets.values()))
    for rows in sets.values():
        meaning.vectors([(row["subject"], row["body"]) for row in rows])
    spent = time.process_time() - began
    print(f"vectors of {count} texts: {spent:.0f} s CPU ({count / spent:.0f} a second)")


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
    parser.add_argument("--words-only", action="store_true", help="leave the extra [semantic] out")
    parser.add_argument("--cache", type=Path, help="a folder that keeps sentence vectors")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--deals", type=int, default=1, help="trainings held out; 0: none")
    parser.add_argument("--store", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
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
    model = None if arguments.words_only else find_model(None)
    meaning = Remembered(model, arguments.cache) if model else None
    print("sentence vectors:", meaning.name if meaning else "none")
    if meaning:
        timed(lambda: read_all(sets, meaning))
    if arguments.deals:
        timed(lambda: held_out(sets, arguments.scorer, meaning, arguments.deals))
    timed(lambda: quality(sets, arguments.scorer, parameters, meaning))
    if not arguments.no_baselines:
        timed(lambda: beside(sets, arguments.scorer, meaning))
    for name, rows in sets.items():
        print(
            f"{name:22s} backwards by twenties: the same pairs in"
            f" {percent(arrival(rows, parameters))} %"
        )
    for volume in arguments.volume:
        timed(lambda volume=volume: speed(volume, parameters))  # type: ignore[misc]
    for size in arguments.store:
        with tempfile.TemporaryDirectory() as folder:
            for vectors in (False, True):
                at_size(size, DAYS, TIMED, Path(folder), vectors=vectors)


if __name__ == "__main__":
    main()
