"""Baselines that are trained: logistic regression and boosted trees over pairs of reports.

Each product is judged by what was trained on the pairs of all other products; a file that repeats
tickets of several products (mails) is no product, and trains nobody. Two reports of different
products in one file get the mean of both judges. Candidates are each report's forty nearest by
words and, with sentence vectors, by those; average link makes groups of the chances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from group_scores import products, twins
from group_tables import Baseline, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from group_scores import Labels

    Linked = Callable[[str, Callable[[Tables], Table]], Callable[[Tables, float], Labels]]

CANDIDATES = 40
NEIGHBOURS = 10
LIMITS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


class Kind(NamedTuple):
    """What a learner looks at, and whether it is boosted trees or logistic regression."""

    name: str
    trees: bool
    time: bool
    vectors: bool


KINDS = (
    Kind("logistic, words and time", trees=False, time=True, vectors=False),
    Kind("boosting, words and time", trees=True, time=True, vectors=False),
    Kind("boosting, words and MiniLM", trees=True, time=False, vectors=True),
    Kind("boosting, words, time and MiniLM", trees=True, time=True, vectors=True),
)


def learners(sets: Sequence[Tables], linked: Linked, *, vectors: bool) -> Iterator[Baseline]:
    rows = {tables.name: tables.rows for tables in sets}
    repeated, home = twins(rows), products(rows)
    taught = [tables for tables in sets if tables.name not in repeated]
    if len(taught) < 2:
        print("left out: trained baselines (one product alone: nothing to train on)")
        return
    for kind in KINDS:
        if vectors or not kind.vectors:
            judges = {
                one.name: _trained(kind, [other for other in taught if other is not one])
                for one in taught
            }
            yield Baseline(kind.name, LIMITS, linked(kind.name, _chances(kind, judges, home)))


def _chances(
    kind: Kind, judges: Mapping[str, Table], home: Mapping[str, Mapping[int, str]]
) -> Callable[[Tables], Table]:
    def table(tables: Tables) -> Table:
        import numpy as np

        one, other = _candidates(tables, kind)
        evidence = _evidence(tables, kind, one, other)
        of = np.array([home[tables.name][ticket] for ticket in tables.ids])
        total = np.zeros(len(one), np.float32)
        for product, judge in judges.items():
            share = 0.5 * (of[one] == product) + 0.5 * (of[other] == product)
            asked = share > 0
            if asked.any():
                total[asked] += share[asked] * judge.predict_proba(evidence[asked])[:, 1]
        found = np.zeros((len(of), len(of)), np.float32)
        found[one, other] = found[other, one] = total
        return found

    return table


def _trained(kind: Kind, sets: Sequence[Tables]) -> Table:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    evidence, same = [], []
    for tables in sets:
        one, other = _candidates(tables, kind)
        evidence.append(_evidence(tables, kind, one, other))
        group = np.array([row["group"] or f"alone {row['id']}" for row in tables.rows])
        same.append(group[one] == group[other])
    learner = (
        HistGradientBoostingClassifier(
            max_iter=150, max_leaf_nodes=15, learning_rate=0.06, min_samples_leaf=40, random_state=7
        )
        if kind.trees
        else make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    )
    return learner.fit(np.vstack(evidence), np.concatenate(same))


def _candidates(tables: Tables, kind: Kind) -> tuple[Table, Table]:
    """Each pair once, as two lists of places."""
    import numpy as np

    def near(table: Table) -> Table:
        most = min(CANDIDATES, len(table) - 1)
        rest = table - 2.0 * np.eye(len(table), dtype=np.float32)
        found = np.argpartition(-rest, most - 1, axis=1)[:, :most]
        return np.stack([np.repeat(np.arange(len(table)), most), found.ravel()])

    def made() -> Table:
        ways = [near(tables.words()), *([near(tables.meant())] if kind.vectors else [])]
        return np.unique(np.sort(np.hstack(ways), axis=0), axis=1)

    one, other = tables.once(f"candidates {kind.vectors}", made)
    return one, other


def _evidence(tables: Tables, kind: Kind, one: Table, other: Table) -> Table:
    """A row a pair: likenesses, how far they stand out, lengths; time and meaning where asked."""
    import numpy as np

    length = np.log1p([len(text.split()) for text in tables.texts])
    who = np.array([row["requester"] for row in tables.rows])
    columns = [table[one, other] for table in tables.lexical()]
    columns += _standing(tables, "words", tables.words(), one, other)
    columns += [np.minimum(length[one], length[other]), np.abs(length[one] - length[other])]
    columns.append(who[one] == who[other])
    if kind.time:
        columns += [np.log1p(tables.days()[one, other]), tables.decay()[one, other]]
    if kind.vectors:
        columns += _standing(tables, "meant", tables.meant(), one, other)
        columns.append(tables.meant()[one, other] * tables.words()[one, other])
    return np.column_stack(columns).astype(np.float32)


def _standing(tables: Tables, name: str, table: Table, one: Table, other: Table) -> list[Table]:
    """A likeness, the same beyond what is usual around both, and its better and worse rank."""
    import numpy as np

    def around() -> tuple[Table, Table]:
        rest = table - 2.0 * np.eye(len(table), dtype=np.float32)
        rising = np.sort(rest, axis=1)
        return rising[:, -NEIGHBOURS:].mean(1), rising[:, -CANDIDATES:]

    usual, best = tables.once(f"around {name}", around)
    value = table[one, other]
    ranks = [(best[at] > value[:, None]).sum(1) for at in (one, other)]
    return [
        value,
        value - 0.5 * (usual[one] + usual[other]),
        np.minimum(*ranks),
        np.maximum(*ranks),
    ]
