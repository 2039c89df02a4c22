"""Trains the pair evidence of `connector.core.grouping` and writes it as data: numbers, no words.

    train_groups.py DATA... [-o parameters.json] [--hold-out NAME]

DATA are JSON Lines files of tickets with a "group". Needs numpy and lightgbm, which the product
never does: install them in an environment of their own. With --hold-out, the file of that name is
left out of the training, so that quality can be measured on a product the trees have not seen.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np
from incidents import incidents

from connector.core.customers import customer_key
from connector.core.grouping import MemoryIndex, Report, fingerprint, in_order
from connector.core.grouping.finder import Finder
from connector.core.grouping.pairs import FALLING, FEATURES, RISING
from connector.core.grouping.parameters import Parameters, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = timedelta(days=10_000)
PAIR, GROW, SURE = 0.18, 0.32, 0.45
"""Chosen on pairs held out by product: the best H, and sure groups right in three of four."""
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
    "monotone_constraints": [(name in RISING) - (name in FALLING) for name in FEATURES],
    "monotone_constraints_method": "advanced",
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "verbose": -1,
}
ROUNDS = 100
MADE_UP_SAME, MADE_UP_OTHERS = 0.5, 0.05
"""Made-up tickets show what belongs together; how rarely things do, only real ones can show."""
SMALL_STORES = 8

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Pairs:
    """Evidence of the candidate pairs of one file, and whether each is about one issue.

    A pair weighs less the more true pairs its group has: a large group is one issue, not hundreds.
    """

    name: str
    evidence: np.ndarray[Any, np.dtype[np.float64]]
    same: np.ndarray[Any, np.dtype[np.int64]]
    weight: np.ndarray[Any, np.dtype[np.float64]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def report(row: dict[str, Any]) -> Report:
    key = customer_key(row.get("organization"), row.get("requester"), None)
    return Report(
        ticket_id=row["id"],
        customer_key=key or f"ticket:{row['id']}",
        created_at=datetime.fromisoformat(row["created_at"]),
        fingerprint=fingerprint(row["subject"], row["body"]),
    )


def pairs_of(
    name: str, tickets: Rows, *, share: float = 1.0, share_of_others: float = 1.0
) -> Pairs:
    """Shares scale the weight of the pairs about one issue, and of all other pairs."""
    rows = {row["id"]: row for row in tickets}
    reports = in_order(report(row) for row in rows.values())
    finder = Finder(MemoryIndex(), window=WINDOW)
    finder.learn_rarity(reports)
    evidence: list[tuple[float, ...]] = []
    shared: list[str | None] = []
    for each in reports:
        seen = finder.look(each)
        group = rows[each.ticket_id]["group"]
        for placed in seen.near:
            evidence.append(finder.evidence(seen, placed))
            shared.append(group if group == rows[placed.ticket_id]["group"] else None)
        finder.store(seen)
    size = Counter(shared)
    weight = [share_of_others if group is None else share * size[group] ** -0.5 for group in shared]
    same = [group is not None for group in shared]
    return Pairs(name, np.array(evidence), np.array(same, dtype=np.int64), np.array(weight))


def made_up() -> list[Pairs]:
    """Outages in stores of many sizes: a young store has to see one as well as an old one."""
    small = [
        incidents(seed=50 + size, groups=3 + 2 * size, alone=12 + 20 * size, days=40)
        for size in range(SMALL_STORES)
    ]
    stores = [incidents(seed=1, groups=100, alone=400), *small]
    return [
        pairs_of("made up", tickets, share=MADE_UP_SAME, share_of_others=MADE_UP_OTHERS)
        for tickets in stores
    ]


def train(sets: Sequence[Pairs]) -> lightgbm.Booster:
    learn = lightgbm.Dataset(
        np.vstack([each.evidence for each in sets]),
        np.concatenate([each.same for each in sets]),
        weight=np.concatenate([each.weight for each in sets]),
    )
    return lightgbm.train(SETTINGS, learn, ROUNDS)


def parameters(booster: lightgbm.Booster) -> Parameters:
    trees = [tree(each["tree_structure"]) for each in booster.dump_model()["tree_info"]]
    return Parameters(features=FEATURES, trees=tuple(trees), pair=PAIR, grow=GROW, sure=SURE)


def tree(root: dict[str, Any]) -> Tree:
    """LightGBM's nested nodes as parallel lists; numbers are cut to what decides anything."""
    nodes: list[tuple[int, float, int, int]] = []
    leaves: list[float] = []

    def walk(node: dict[str, Any]) -> int:
        if "split_feature" not in node:
            leaves.append(round(node["leaf_value"], 5))
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
    parser.add_argument("--hold-out", default="")
    arguments = parser.parse_args()
    kept = [path for path in arguments.data if path.stem != arguments.hold_out]
    sets = [*(pairs_of(path.stem, read(path)) for path in kept), *made_up()]
    for each in sets:
        print(f"{each.name}: {len(each.same)} pairs, {each.same.sum()} about one issue")
    arguments.output.write_text(parameters(train(sets)).model_dump_json() + "\n", encoding="utf-8")
    print(f"written: {arguments.output} ({arguments.output.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
