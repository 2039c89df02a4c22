"""How well groups are found in products that the trees have not seen, with one setting for all.

    holdout_groups.py DATA_DIR SCORER [--cache FOLDER] [--seeds 3]

A small product is judged by trees that were trained on the others alone. A large one is dealt into
four parts, whole issues at a time; the tickets of each part are placed by trees trained without
that part, each among all tickets of the file. What a file repeats of others (inside mails) is held
out with them. Made-up incidents are always trained on. Each seed deals and trains anew.

The limits are told twice: "chosen here", the one setting that is best on these very reports; and
"chosen elsewhere", for each product the setting that is best on the other products alone, which is
what a new product can expect. Needs what train_groups.py needs.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from group_scores import h_of, percent, products, read, scored, show, twins
from group_vectors import remembered
from train_groups import (
    LEARNT,
    LIMITS,
    LIMITS_WITH_VECTORS,
    WINDOW,
    Pairs,
    Walk,
    half,
    made_up,
    pairs_of,
    parameters,
    walk,
)

from connector.core.grouping import Grouper, MemoryIndex, Parameters, Placed, Placement, Report
from connector.core.grouping.finder import Finder, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from group_scores import Labels, Rows

    from connector.meaning import Meaning

PARTS, LARGE = 4, 2_000
SURE = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)


class Limits(NamedTuple):
    pair: float
    third: float
    grow: float


CHOICE = {
    False: tuple(
        Limits(*each) for each in product((0.25, 0.3, 0.36, 0.42), (0.25, 0.3, 0.36), (0.18,))
    ),
    True: tuple(Limits(*each) for each in product((0.4, 0.5, 0.6), (0.4, 0.5, 0.6), (0.3,))),
}
"""By words alone, and with sentence vectors."""


class Remembering(Finder):
    """A finder that looks up what was found once: no group changes any of it."""

    def __init__(self, index: MemoryIndex, walk: Walk) -> None:
        super().__init__(index, window=WINDOW)
        self._walk = walk

    def look(self, report: Report) -> Seen:
        return self._walk.seen[report.ticket_id]

    def evidence(self, seen: Seen, placed: Placed) -> tuple[float, ...]:
        return self._walk.evidence(seen, placed)


class Held(Grouper):
    """Judges each report by the trees that were trained without it."""

    def __init__(
        self,
        walk: Walk,
        judges: Mapping[int, Parameters],
        chances: dict[tuple[int, int], float],
    ) -> None:
        index = MemoryIndex()
        super().__init__(next(iter(judges.values())), window=WINDOW, index=index)
        self._finder = Remembering(index, walk)
        self._judges, self._chances = judges, chances
        for seen in walk.seen.values():
            index.count(seen.query.sketch.keys)

    def place(self, report: Report) -> Placement:
        self._parameters = self._judges[report.ticket_id]
        return super().place(report)

    def _chance(self, seen: Seen, placed: Placed) -> float:
        both = (seen.report.ticket_id, placed.ticket_id)
        if both not in self._chances:
            self._chances[both] = super()._chance(seen, placed)
        return self._chances[both]


def parts(sets: Mapping[str, Rows], seed: int) -> dict[str, dict[int, str]]:
    """For each file and ticket the part that it is held out with."""
    home = products(sets)

    def part(name: str, row: Mapping[str, Any]) -> str:
        where = home[name][row["id"]]
        if len(sets[where]) <= LARGE:
            return where
        issue = f"{seed} {issues[row['requester'], row['created_at']]}"
        return f"{where} {int(sha256(issue.encode()).hexdigest(), 16) % PARTS}"

    issues = {
        (row["requester"], row["created_at"]): row["group"] or row["id"]
        for name, rows in sets.items()
        for row in rows
        if home[name][row["id"]] == name
    }
    return {name: {row["id"]: part(name, row) for row in rows} for name, rows in sets.items()}


def without(pairs: Pairs, part_of: Mapping[int, str], part: str) -> Pairs:
    kept = np.array([part not in (part_of[a], part_of[b]) for a, b in pairs.tickets.tolist()])
    return replace(
        pairs,
        tickets=pairs.tickets[kept],
        evidence=pairs.evidence[kept],
        same=pairs.same[kept],
        weight=pairs.weight[kept],
    )


@dataclass
class Trial:
    """One deal of parts with its trees, for reports compared by words alone or by meaning too."""

    walks: Mapping[str, Walk]
    part_of: Mapping[str, Mapping[int, str]]
    trees: Mapping[str, Parameters]
    scorer: Path
    chances: dict[str, dict[tuple[int, int], float]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def product(self, name: str, ticket: int) -> str:
        return self.part_of[name][ticket].split()[0]

    def products(self) -> list[str]:
        return sorted({part.split()[0] for part in self.trees})

    def place(self, limits: Mapping[str, Limits]) -> dict[str, list[Placement]]:
        """The placements of each set's reports, with the limits of each one's product."""
        judges = {
            part: trees.model_copy(update=limits[part.split()[0]]._asdict())
            for part, trees in self.trees.items()
        }
        found = {}
        for name, walked in self.walks.items():
            part_of = self.part_of[name]
            judge_of = {ticket: judges[part] for ticket, part in part_of.items()}
            held = Held(walked, judge_of, self.chances[name])
            found[name] = [held.place(report) for report in walked.reports]
        return found

    def score(
        self, placements: Mapping[str, Iterable[Placement]], *, of: Sequence[str]
    ) -> dict[str, dict[str, dict[str, float]]]:
        """Scores of the sets, on tickets of these products alone; sets without any are left out."""
        found = {}
        for name, placed in placements.items():
            asked = [r for r in self.walks[name].rows if self.product(name, r["id"]) in of]
            known = {row["id"] for row in asked}
            labels: Labels = {p.ticket_id: p.group for p in placed if p.ticket_id in known}
            if asked:
                found[name] = scored(self.scorer, asked, labels)
        return found


def h(result: Mapping[str, Mapping[str, Mapping[str, float]]]) -> float:
    return mean(h_of(each) for each in result.values())


def by_support(placed: Sequence[Placement]) -> dict[str, float]:
    """The mean support of each group, as `Grouper.strength` takes it."""
    chances: dict[str, list[float]] = defaultdict(list)
    for each in placed:
        if each.chance is not None:
            chances[each.group].append(each.chance)
    return {group: mean(known) for group, known in chances.items()}


def surer(placements: Mapping[str, list[Placement]], limit: float) -> dict[str, list[Placement]]:
    kept = {}
    for name, placed in placements.items():
        support = by_support(placed)
        kept[name] = [each for each in placed if support.get(each.group, 0.0) >= limit]
    return kept


def triggers(result: Mapping[str, Mapping[str, Mapping[str, float]]]) -> tuple[float, float, float]:
    """Share of the fired ones that are right, share of those wanted that are found; how many."""
    sums = {
        key: sum(each["trigger"][key] for each in result.values())
        for key in ("correct", "fired", "found", "wanted")
    }
    right = sums["correct"] / sums["fired"] if sums["fired"] else 0.0
    return right, sums["found"] / sums["wanted"], sums["fired"]


def judge(trial: Trial, choice: Sequence[Limits], sure: float) -> dict[str, float]:
    """H with limits chosen here, and with limits chosen elsewhere."""
    products = trial.products()
    placed = {each: trial.place(dict.fromkeys(products, each)) for each in choice}

    def best(of: Sequence[str]) -> Limits:
        return max(choice, key=lambda each: h(trial.score(placed[each], of=of)))

    here = best(products)
    elsewhere = {one: best([other for other in products if other != one]) for one in products}
    print(f"limits chosen here: {tuple(here)}")
    found = {"chosen here": told(trial, placed[here], sure)}
    for limit in SURE:
        right, recall, fired = triggers(trial.score(surer(placed[here], limit), of=products))
        print(
            f"  support from {limit}: {fired:.0f} triggers, {percent(right)} % right,"
            f" {percent(recall)} % found"
        )
    print("limits chosen elsewhere:", {one: tuple(elsewhere[one]) for one in products})
    return found | {"chosen elsewhere": told(trial, trial.place(elsewhere), sure)}


def told(trial: Trial, placed: Mapping[str, list[Placement]], sure: float) -> float:
    """Prints the figures of all groups and of those that are sure; H of all."""
    for method, chosen in (("sure", surer(placed, sure)), ("all", placed)):
        result = trial.score(chosen, of=trial.products())
        for name, each in result.items():
            show(name, method, each)
        print(f"H {method} {100 * h(result):.1f}", flush=True)
    return h(result)


def trials(
    seed: int,
    walks: Mapping[str, Walk],
    learnt: Mapping[str, Walk],
    scorer: Path,
    incidents: list[Pairs],
) -> dict[bool, Trial]:
    """By words alone (False) and by meaning too (True). Trees are trained on pairs of `learnt`."""
    rows = {name: each.rows for name, each in walks.items()}
    part_of, repeated = parts(rows, seed), twins(rows)
    pairs = {name: pairs_of(name, each, **half(name in repeated)) for name, each in learnt.items()}
    trees: dict[bool, dict[str, Parameters]] = {False: {}, True: {}}
    for part in sorted({part for known in part_of.values() for part in known.values()}):
        known = [without(pairs[name], part_of[name], part) for name in walks]
        both = parameters([*known, *incidents], seed)
        trees[False][part] = both.model_copy(update={"with_vectors": None})
        trees[True][part] = both.with_vectors or both
    return {way: Trial(walks, part_of, trees[way], scorer) for way in trees}


def measured(sets: Mapping[str, Rows], scorer: Path, meaning: Meaning | None, seeds: int) -> None:
    """Prints the figures of each deal, and H; by words alone without `meaning`."""
    walks = {name: walk(rows, meaning) for name, rows in sets.items()}
    learnt = {name: walk(rows, meaning, LEARNT) for name, rows in sets.items()}
    incidents = made_up(meaning)
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in range(1, seeds + 1):
        for deep, trial in trials(seed, walks, learnt, scorer, incidents).items():
            if deep and meaning is None:
                continue
            way = "by meaning too" if deep else "by words alone"
            print(f"\nheld out, deal {seed}, {way}", flush=True)
            sure = (LIMITS_WITH_VECTORS if deep else LIMITS)["sure"]
            for limits, value in judge(trial, CHOICE[deep], sure).items():
                found[way, limits].append(100 * value)
    for (way, limits), values in found.items():
        each = ", ".join(f"{value:.1f}" for value in values)
        print(f"H held out {way}, limits {limits}: {mean(values):.1f} ({each})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    sets = {path.stem: read(path) for path in sorted(asked.data.glob("*.jsonl"))}
    measured(sets, asked.scorer, remembered(asked.cache), asked.seeds)


if __name__ == "__main__":
    main()
