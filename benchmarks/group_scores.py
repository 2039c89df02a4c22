"""Scores of a grouping, for all scripts that measure one: the scorer is a script of its own.

H is the mean over the sets of (trigger F0.5 + pair F0.5) / 2.
"""

from __future__ import annotations

import json
import runpy
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Rows = list[dict[str, Any]]
Labels = dict[int, str | None]
Result = dict[str, dict[str, float]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


@cache
def _script(scorer: Path) -> dict[str, Any]:
    return runpy.run_path(str(scorer))


def scored(scorer: Path, rows: Rows, labels: Labels) -> Result:
    """As `score_groups.py --distinct requester` tells it."""
    script = _script(scorer)
    who = {row["id"]: ("customer", row["requester"]) for row in rows}
    truth = script["members_by_group"]({row["id"]: row["group"] for row in rows})
    found = script["members_by_group"](labels)
    result: Result = script["score"](truth, found, who.__getitem__)
    return result


def f_half(precision: float | None, recall: float | None) -> float:
    if not precision or not recall:
        return 0.0
    return 1.25 * precision * recall / (0.25 * precision + recall)


def h_of(result: Mapping[str, Mapping[str, float]]) -> float:
    pair, trigger = result["pairwise"], result["trigger"]
    halves = (f_half(part["precision"], part["recall"]) for part in (pair, trigger))
    return sum(halves) / 2


def percent(value: float | None) -> str:
    return "  -" if value is None else f"{100 * value:3.0f}"


def show(name: str, method: str, result: Result) -> float:
    pair, trigger, h = result["pairwise"], result["trigger"], h_of(result)
    print(
        f"{name:20s} {method:36s} pairs {percent(pair['precision'])} {percent(pair['recall'])}"
        f" {percent(pair['f1'])}   triggers {percent(trigger['precision'])}"
        f" {percent(trigger['recall'])} ({trigger['correct']:.0f} of {trigger['fired']:.0f})"
        f"   h {100 * h:5.1f}",
        flush=True,
    )
    return h


def twins(sets: Mapping[str, Rows]) -> tuple[str, ...]:
    """Files that hold tickets of several others once more (inside mails, say): no products of
    their own, so whatever is held out of the others is held out of them too.
    """
    where = {name: {_ticket(row) for row in rows} for name, rows in sets.items()}
    shared = {
        name: Counter(other for other in where if other != name and where[other] & where[name])
        for name in where
    }
    return tuple(name for name, others in shared.items() if len(others) > 1)


def products(sets: Mapping[str, Rows]) -> dict[str, dict[int, str]]:
    """For each file and ticket the file that the ticket comes from."""
    repeated = twins(sets)
    home = {
        _ticket(row): name for name, rows in sets.items() if name not in repeated for row in rows
    }
    return {
        name: {row["id"]: home.get(_ticket(row), name) for row in rows}
        for name, rows in sets.items()
    }


def _ticket(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["requester"], row["created_at"]
