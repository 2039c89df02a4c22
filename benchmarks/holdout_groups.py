"""How well groups are found in products that the trees have not seen, with one setting for all.

    holdout_groups.py DATA_DIR SCORER --twin NAME [--cache FOLDER]

A small product is judged by trees that were trained on the others alone. A large one is dealt into
four parts, whole issues at a time; the tickets of each part are placed by trees trained without
that part, each among all tickets of the file. The twin of a file (the same texts inside mails) is
held out together with it. Made-up incidents are always trained on. Needs what train_groups.py
needs.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from groups import f_half, percent, read, scored, show
from train_groups import Pairs, Vectors, half, made_up, pairs_of, parameters, reports_of

from connector.core.grouping import Grouper, Parameters, Placement, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groups import Labels, Rows

WINDOW = timedelta(days=10_000)
PARTS, LARGE = 4, 2_000
LIMITS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)


class Held(Grouper):
    """Judges each report by the trees that were trained without it."""

    def __init__(self, judges: Mapping[str, Parameters], part_of: Mapping[int, str]) -> None:
        super().__init__(next(iter(judges.values())), window=WINDOW)
        self._judges, self._part_of = judges, part_of

    def place(self, report: Report) -> Placement:
        self._parameters = self._judges[self._part_of[report.ticket_id]]
        return super().place(report)


def parts(sets: Mapping[str, Rows], twins: list[str]) -> dict[str, dict[int, str]]:
    """For each file and ticket the part that it is held out with."""
    home: dict[tuple[str, str], str] = {}
    for name, rows in sets.items():
        for row in rows if name not in twins else ():
            issue = row["group"] or f"alone {row['id']}"
            part = int(sha256(issue.encode()).hexdigest(), 16) % PARTS
            home[row["requester"], row["created_at"]] = (
                f"{name} {part}" if len(rows) > LARGE else name
            )
    return {
        name: {row["id"]: home[row["requester"], row["created_at"]] for row in rows}
        for name, rows in sets.items()
    }


def without(pairs: Pairs, part_of: Mapping[int, str], part: str) -> Pairs:
    kept = np.array([part not in (part_of[a], part_of[b]) for a, b in pairs.tickets.tolist()])
    return replace(
        pairs,
        tickets=pairs.tickets[kept],
        evidence=pairs.evidence[kept],
        same=pairs.same[kept],
        weight=pairs.weight[kept],
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--twin", action="append", default=[], metavar="NAME")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    vectors = Vectors(arguments.cache)
    sets = {path.stem: read(path) for path in sorted(arguments.data.glob("*.jsonl"))}
    part_of = parts(sets, arguments.twin)
    pairs = {
        name: pairs_of(name, rows, vectors, **half(name in arguments.twin))
        for name, rows in sets.items()
    }
    incidents = made_up(vectors)
    every = sorted({part for known in part_of.values() for part in known.values()})
    judges = {
        part: parameters([*(without(pairs[n], part_of[n], part) for n in sets), *incidents])
        for part in every
    }
    for meaning in (False, True):
        print("\nwith sentence vectors" if meaning else "by words alone")
        judge(sets, judges, part_of, vectors if meaning else None, arguments.scorer)


def judge(
    sets: Mapping[str, Rows],
    judges: Mapping[str, Parameters],
    part_of: Mapping[str, Mapping[int, str]],
    vectors: Vectors | None,
    scorer: Path,
) -> None:
    total: dict[str, list[float]] = defaultdict(list)
    sure: Counter[tuple[float, str]] = Counter()
    for name, rows in sets.items():
        grouper = Held(judges, part_of[name])
        reports = reports_of(rows, vectors)
        grouper.learn_rarity(reports)
        for report in reports:
            grouper.place(report)
        groups = grouper.groups()
        for method, chosen in (
            ("all", groups),
            ("sure", [g for g in groups if g.strength == "sure"]),
        ):
            labels: Labels = {m.ticket_id: g.id for g in chosen for m in g.members}
            total[method].append(show(name, method, scored(scorer, rows, labels)))
        for limit in LIMITS:
            kept = [g for g in groups if _mean([m.chance for m in g.members]) >= limit]
            found = scored(scorer, rows, {m.ticket_id: g.id for g in kept for m in g.members})
            for key in ("correct", "fired", "found", "wanted"):
                sure[limit, key] += int(found["trigger"][key])
    for method, values in total.items():
        print(f"H {method:5s} {100 * sum(values) / len(values):5.1f}")
    for limit in LIMITS:
        right, fired = sure[limit, "correct"], sure[limit, "fired"]
        recall = sure[limit, "found"] / sure[limit, "wanted"]
        print(
            f"  sure from {limit}: {right} of {fired} triggers right"
            f" ({percent(right / fired if fired else None)} %), {percent(recall)} % found,"
            f" F0.5 {percent(f_half(right / fired if fired else None, recall))}"
        )


def _mean(chances: list[float | None]) -> float:
    known = [chance for chance in chances if chance is not None]
    return sum(known) / len(known) if known else 0.0


if __name__ == "__main__":
    main()
