"""Simple ways to find reports of one issue, to compare ours with.

Each has one limit, tried in steps; the one that is best on average over the sets measured is taken,
which favours them: ours were chosen on reports held out. What needs a package or a model that is
not there is left out, and said so.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from struct import unpack
from typing import TYPE_CHECKING

from group_learners import learners
from group_tables import Baseline, Table, Tables, missing

from connector.core.grouping.text import bare_subject
from connector.core.grouping.words import stem, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from group_scores import Labels

HASHES, BANDS = 32, 8
LOW = (0.16, 0.2, 0.24, 0.28, 0.32, 0.36, 0.4)
MIDDLE = (0.28, 0.32, 0.36, 0.4, 0.44, 0.48, 0.52)
HIGH = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
STATIC = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


def baselines(sets: Sequence[Tables], *, vectors: bool) -> Iterator[Baseline]:
    yield Baseline("same subject", (0.0,), _by_subject)
    yield Baseline("MinHash", (0.3, 0.4, 0.5, 0.6), _by_minhash)
    if _lacks("all others", "sklearn"):
        return
    yield Baseline("TF-IDF, average link", LOW, average("words", Tables.words))
    yield Baseline("TF-IDF x time, average link", LOW, average("words x time", _words_and_time))
    if not _lacks("WordLlama, average link", "wordllama"):
        yield Baseline("WordLlama, average link", STATIC, average("static", Tables.static))
    yield from learners(sets, average, vectors=vectors)
    if not vectors:
        print("left out: baselines with sentence vectors (no model)")
        return
    yield Baseline("MiniLM, average link", HIGH, average("meant", Tables.meant))
    yield Baseline("MiniLM, communities", HIGH, _communities)
    yield Baseline("MiniLM, single link", HIGH, _single)
    yield Baseline("MiniLM, SemHash-like", (*HIGH, 0.85, 0.9), _semhash)
    yield Baseline("MiniLM, HDBSCAN", (2, 3, 4), _hdbscan)
    if not _lacks("BERTopic-like (MiniLM, UMAP, HDBSCAN)", "umap"):
        yield Baseline("MiniLM, UMAP, HDBSCAN (as BERTopic)", (2, 3, 4, 8), _bertopic)
    yield Baseline("0.3 TF-IDF + MiniLM, average link", HIGH, average("0.3", _mostly_meant))
    yield Baseline("half and half x time, average link", MIDDLE, average("half", _half))
    yield Baseline("half and half x time, leader", MIDDLE, _leader)


def _lacks(what: str, module: str) -> bool:
    if gone := missing(module):
        print(f"left out: {what} ({gone[0]} is not installed: pip install '.[bench]')")
    return bool(gone)


def _words_and_time(tables: Tables) -> Table:
    return tables.words() * tables.decay()


def _mostly_meant(tables: Tables) -> Table:
    return (0.3 * tables.words() + tables.meant()) / 1.3


def _half(tables: Tables) -> Table:
    return (0.5 * tables.words() + 0.5 * tables.meant()) * tables.decay()


def _by_subject(tables: Tables, _: float) -> Labels:
    return {row["id"]: bare_subject(row["subject"]).lower() or None for row in tables.rows}


def _by_minhash(tables: Tables, limit: float) -> Labels:
    """Words in threes, in bands; a report joins the first earlier one that is alike enough."""
    labels: Labels = {}
    buckets: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    signs = [_signature(text) for text in tables.texts]
    rows = HASHES // BANDS
    for place, sign in enumerate(signs):
        bands = [(band, sign[band * rows : (band + 1) * rows]) for band in range(BANDS)]
        near = {other for band in bands for other in buckets[band]}
        alike = {other: sum(map(int.__eq__, sign, signs[other])) / HASHES for other in near}
        best = max(near, key=lambda other: (alike[other], -other), default=None)
        joined = best is not None and alike[best] >= limit
        labels[tables.ids[place]] = labels[tables.ids[best or 0]] if joined else str(place)
        for band in bands:
            buckets[band].append(place)
    return labels


def _signature(text: str) -> tuple[int, ...]:
    bag = [stem(word) for word in words(text)]
    threes = {" ".join(bag[at : at + 3]) for at in range(max(1, len(bag) - 2))}
    hashes = [
        unpack(f"{HASHES}H", blake2b(one.encode("utf-8", "replace")).digest()) for one in threes
    ]
    return tuple(map(min, zip(*hashes, strict=True)))


def average(name: str, of: Callable[[Tables], Table]) -> Callable[[Tables, float], Labels]:
    """Average link over a table of similarities from 0 to 1."""

    def linked(tables: Tables) -> Table:
        import numpy as np
        from scipy.cluster.hierarchy import linkage
        from scipy.spatial.distance import squareform

        far = 1.0 - np.clip(of(tables), 0.0, 1.0)
        np.fill_diagonal(far, 0.0)
        return linkage(squareform(far, checks=False), "average")

    def labels(tables: Tables, limit: float) -> Labels:
        from scipy.cluster.hierarchy import fcluster

        tree = tables.once(f"tree: {name}", lambda: linked(tables))
        found = fcluster(tree, 1.0 - limit, "distance")
        return dict(zip(tables.ids, map(str, found), strict=True))

    return labels


def _communities(tables: Tables, limit: float) -> Labels:
    """Around each report all that are near enough; the largest such circle goes first."""
    near = tables.meant() >= limit
    labels: Labels = dict.fromkeys(tables.ids)
    taken: set[int] = set()
    for place in sorted(range(len(near)), key=lambda at: -int(near[at].sum())):
        circle = [int(other) for other in near[place].nonzero()[0] if int(other) not in taken]
        if len(circle) > 1:
            taken.update(circle)
            labels |= {tables.ids[other]: str(place) for other in circle}
    return labels


def _single(tables: Tables, limit: float) -> Labels:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    _, found = connected_components(csr_matrix(tables.meant() >= limit), directed=False)
    return dict(zip(tables.ids, map(str, found), strict=True))


def _semhash(tables: Tables, limit: float) -> Labels:
    """A report that is near enough to one that was kept is its duplicate, else it is kept too."""
    near, kept = tables.meant(), [0]
    labels: Labels = {tables.ids[0]: "0"}
    for place in range(1, len(tables.ids)):
        best = kept[int(near[place, kept].argmax())]
        alike = bool(near[place, best] >= limit)
        labels[tables.ids[place]] = str(best if alike else place)
        if not alike:
            kept.append(place)
    return labels


def _hdbscan_of(limit: float, metric: str) -> Table:
    from sklearn.cluster import HDBSCAN

    return HDBSCAN(min_cluster_size=int(limit), metric=metric, copy=True)


def _hdbscan(tables: Tables, limit: float) -> Labels:
    import numpy as np

    far = np.clip(1.0 - tables.meant(), 0.0, None).astype(np.float64)
    found = _hdbscan_of(limit, metric="precomputed").fit_predict(far)
    return _but_noise(tables, found)


def _bertopic(tables: Tables, limit: float) -> Labels:
    """BERTopic's defaults, but for the size of the smallest topic."""
    flat = tables.once("flat", lambda: _flat(tables))
    return _but_noise(tables, _hdbscan_of(limit, metric="euclidean").fit_predict(flat))


def _flat(tables: Tables) -> Table:
    from umap import UMAP

    made = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=7, n_jobs=1
    )
    return made.fit_transform(tables.vectors())


def _but_noise(tables: Tables, found: Table) -> Labels:
    return {one: None if at < 0 else str(at) for one, at in zip(tables.ids, found, strict=True)}


def _leader(tables: Tables, limit: float) -> Labels:
    """In order of time, to the group with the best mean over its newest eight, else alone."""
    import numpy as np

    table = _half(tables)
    groups: list[list[int]] = []
    near = np.zeros_like(table)  # of each group's newest, on average, to each report
    times = [row["created_at"] for row in tables.rows]
    for place in sorted(range(len(times)), key=lambda at: (times[at], at)):
        best = int(near[: len(groups), place].argmax()) if groups else 0
        if groups and near[best, place] >= limit:
            groups[best].append(place)
        else:
            best = len(groups)
            groups.append([place])
        near[best] = table[groups[best][-8:]].mean(0)
    return {tables.ids[at]: str(number) for number, group in enumerate(groups) for at in group}
