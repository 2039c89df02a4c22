"""Trains the pair evidence of `connector.core.grouping` and writes it as data: numbers, no words.

    train_groups.py DATA... [--cache FOLDER] [-o parameters.json]

DATA are JSON Lines files of tickets with a "group"; a file that repeats tickets of several others
(inside mails) counts half. Needs numpy and lightgbm, which the product never does, and
the extra [semantic]: install them in an environment of their own. The cache keeps sentence vectors
from run to run. How good the trees are on products that they have not seen is measured by
holdout_groups.py.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np
from group_scores import read, twins
from group_vectors import remembered
from incidents import incidents

from connector.core.customers import customer_key
from connector.core.grouping import MemoryIndex, Placed, Report, fingerprint, in_order
from connector.core.grouping.finder import Breadth, Finder, Seen
from connector.core.grouping.pairs import (
    FALLING,
    FEATURES,
    FEATURES_WITH_VECTORS,
    RISING,
)
from connector.core.grouping.parameters import Parameters, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from group_scores import Rows

    from connector.meaning import Meaning

WINDOW = timedelta(days=10_000)
LIMITS = {"pair": 0.3, "third": 0.36, "grow": 0.18, "sure": 0.6}
LIMITS_WITH_VECTORS = {"pair": 0.5, "third": 0.4, "grow": 0.3, "sure": 0.6}
"""Chosen on reports held out (holdout_groups.py): the best H, and for `sure` what is right in three
of four."""
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "max_depth": 6,
    "learning_rate": 0.06,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "monotone_constraints_method": "advanced",
    "num_threads": 1,
    "deterministic": True,
    "verbose": -1,
}
ROUNDS = 100
TRAININGS = 4
LEARNT = Breadth(read=40, compared=20)
"""Trees learn from more pairs than placing looks at: in one deal, trees with vectors that learnt
from those 12 of each report alone had H 54.0, held out, and 57.1 with these.
"""
DRAWN = 0.3
"""Of the pairs that are not about one issue, the share that one training sees."""
MADE_UP_SAME, MADE_UP_OTHERS = 0.5, 0.05
"""Made-up tickets show what belongs together; how rarely things do, only real ones can show."""
SMALL_STORES = 8
TWIN = 0.5


@dataclass(frozen=True)
class Pairs:
    """Evidence of the candidate pairs of one file, and whether each is about one issue.

    A pair weighs less the more true pairs its group has: a large group is one issue, not hundreds.
    `tickets` are the two of each pair.
    """

    name: str
    tickets: np.ndarray[Any, np.dtype[np.int64]]
    evidence: np.ndarray[Any, np.dtype[np.float64]]
    same: np.ndarray[Any, np.dtype[np.int64]]
    weight: np.ndarray[Any, np.dtype[np.float64]]


def report(row: dict[str, Any], vector: str = "") -> Report:
    key = customer_key(row.get("organization"), row.get("requester"), None)
    return Report(
        ticket_id=row["id"],
        customer_key=key or f"ticket:{row['id']}",
        created_at=datetime.fromisoformat(row["created_at"]),
        fingerprint=fingerprint(row["subject"], row["body"], vector=vector),
    )


def reports_of(rows: Rows, meaning: Meaning | None) -> list[Report]:
    texts = [(row["subject"], row["body"]) for row in rows]
    known = meaning.vectors(texts) if meaning else [""] * len(rows)
    return in_order(report(row, vector) for row, vector in zip(rows, known, strict=True))


@dataclass
class Walk:
    """One file's reports as the finder met them, one after the other, and what it found."""

    rows: Rows
    reports: list[Report]
    finder: Finder
    seen: dict[int, Seen] = field(default_factory=dict)
    known: dict[tuple[int, int], tuple[float, ...]] = field(default_factory=dict)

    def evidence(self, seen: Seen, placed: Placed) -> tuple[float, ...]:
        """Of two reports without vectors as of two that have nothing in common in meaning."""
        both = (seen.report.ticket_id, placed.ticket_id)
        if both not in self.known:
            found = self.finder.evidence(seen, placed)
            self.known[both] = found if len(found) > len(FEATURES) else (*found, 0.0)
        return self.known[both]


def walk(rows: Rows, meaning: Meaning | None, breadth: Breadth | None = None) -> Walk:
    finder = Finder(MemoryIndex(), window=WINDOW, breadth=breadth)
    walked = Walk(rows, reports_of(rows, meaning), finder)
    finder.learn_rarity(walked.reports)
    for each in walked.reports:
        walked.seen[each.ticket_id] = finder.look(each)
        finder.store(walked.seen[each.ticket_id])
    return walked


def pairs_of(name: str, walked: Walk, *, share: float = 1.0, share_of_others: float = 1.0) -> Pairs:
    """Shares scale the weight of the pairs about one issue, and of all other pairs."""
    group = {row["id"]: row["group"] for row in walked.rows}
    both = [(seen, placed) for seen in walked.seen.values() for placed in seen.near]
    tickets = [(seen.report.ticket_id, placed.ticket_id) for seen, placed in both]
    shared = [group[one] if group[one] == group[other] else None for one, other in tickets]
    size = Counter(shared)
    weight = [share_of_others if one is None else share * size[one] ** -0.5 for one in shared]
    return Pairs(
        name,
        np.array(tickets),
        np.array([walked.evidence(seen, placed) for seen, placed in both]),
        np.array([one is not None for one in shared], dtype=np.int64),
        np.array(weight),
    )


def half(twin: bool) -> dict[str, float]:  # noqa: FBT001  # the two cases are what it tells apart
    return {"share": TWIN, "share_of_others": TWIN} if twin else {}


def made_up(meaning: Meaning | None) -> list[Pairs]:
    """Outages in stores of many sizes: a young store has to see one as well as an old one."""
    small = [
        incidents(seed=50 + size, groups=3 + 2 * size, alone=12 + 20 * size, days=40)
        for size in range(SMALL_STORES)
    ]
    stores = [incidents(seed=1, groups=100, alone=400), *small]
    return [
        pairs_of(
            "made up",
            walk(tickets, meaning, LEARNT),
            share=MADE_UP_SAME,
            share_of_others=MADE_UP_OTHERS,
        )
        for tickets in stores
    ]


def train(sets: Sequence[Pairs], features: Sequence[str], seed: int) -> tuple[Tree, ...]:
    """The trees of several trainings, whose sum is the mean of what each training says.

    Each sees all pairs about one issue, and a draw of its own of the others.
    """
    evidence = np.vstack([each.evidence[:, : len(features)] for each in sets])
    same = np.concatenate([each.same for each in sets])
    weight = np.concatenate([each.weight for each in sets])
    weight = np.where(same, weight, weight / DRAWN)
    constraints = [(name in RISING) - (name in FALLING) for name in features]
    found: list[Tree] = []
    for training in range(TRAININGS):
        draw = np.random.default_rng([seed, training])
        kept = (same > 0) | (draw.random(len(same)) < DRAWN)
        learn = lightgbm.Dataset(evidence[kept], same[kept], weight=weight[kept])
        settings = {"monotone_constraints": constraints, "seed": 1000 * seed + training}
        booster = lightgbm.train(SETTINGS | settings, learn, ROUNDS)
        trained = booster.dump_model()["tree_info"]
        found.extend(tree(each["tree_structure"]) for each in trained)
    return tuple(found)


def parameters(sets: Sequence[Pairs], seed: int = 1) -> Parameters:
    """Two judges of pairs, one that knows words alone and one that knows sentence vectors too."""
    deeper = Parameters(
        features=FEATURES_WITH_VECTORS,
        trees=train(sets, FEATURES_WITH_VECTORS, seed),
        trainings=TRAININGS,
        **LIMITS_WITH_VECTORS,
    )
    return Parameters(
        features=FEATURES,
        trees=train(sets, FEATURES, seed),
        trainings=TRAININGS,
        with_vectors=deeper,
        **LIMITS,
    )


def tree(root: dict[str, Any]) -> Tree:
    """LightGBM's nested nodes as parallel lists; numbers are cut to what decides anything."""
    nodes: list[tuple[int, float, int, int]] = []
    leaves: list[float] = []

    def walk(node: dict[str, Any]) -> int:
        if "split_feature" not in node:
            leaves.append(round(node["leaf_value"] / TRAININGS, 5))
            return ~(len(leaves) - 1)
        place = len(nodes)
        nodes.append((0, 0.0, 0, 0))
        left, right = walk(node["left_child"]), walk(node["right_child"])
        nodes[place] = (node["split_feature"], round(node["threshold"], 5), left, right)
        return place

    walk(root)
    feature, limit, left, right = zip(*nodes, strict=True) if nodes else ((), (), (), ())
    return Tree(feature=feature, limit=limit, left=left, right=right, leaf=tuple(leaves))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("parameters.json"))
    parser.add_argument("--cache", type=Path, help="a folder for sentence vectors")
    arguments = parser.parse_args()
    meaning = remembered(arguments.cache)
    files = {path.stem: read(path) for path in arguments.data}
    repeated = twins(files)
    real = [
        pairs_of(name, walk(rows, meaning, LEARNT), **half(name in repeated))
        for name, rows in files.items()
    ]
    sets = [*real, *made_up(meaning)]
    for each in sets:
        print(f"{each.name}: {len(each.same)} pairs, {each.same.sum()} about one issue")
    text = parameters(sets).model_dump_json(exclude_none=True)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    print(f"written: {arguments.output} ({arguments.output.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
