"""Simple ways to find reports of one issue, to compare ours with.

Those that need a table of all pairs need scikit-learn (and scipy and numpy with it), which the
product never does; those with sentence vectors need the extra [semantic]. Each has one limit, tried
in steps; the one that is best on average over the sets measured is taken, which favours them: ours
were chosen on reports held out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from importlib.util import find_spec
from struct import unpack
from typing import TYPE_CHECKING, Any

from connector.core.grouping.text import bare_subject, meant
from connector.core.grouping.words import stem, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.meaning import Meaning

    Rows = list[dict[str, Any]]
    Labels = dict[int, str | None]
    Table = Any

HASHES, BANDS = 32, 8
DECAY_DAYS = 60.0


@dataclass(frozen=True)
class Baseline:
    """`labels(rows, limit)` for each of the limits."""

    name: str
    limits: tuple[float, ...]
    labels: Callable[[Tables, float], Labels]


class Tables:
    """One set's texts and, made once when asked for, its tables of similarity."""

    def __init__(self, rows: Rows, meaning: Meaning | None) -> None:
        self.rows = rows
        self.ids: list[int] = [row["id"] for row in rows]
        self.texts = [meant(row["subject"], row["body"]) for row in rows]
        self._meaning = meaning
        self.made: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        if name not in self.made:
            self.made[name] = getattr(self, f"_{name}")()
        return self.made[name]

    def _words(self) -> Table:
        """0.4 words and pairs of words, 0.3 runs of three to five characters, 0.3 title words."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        subjects = [bare_subject(row["subject"]) for row in self.rows]
        titles = [s or text[:60] for s, text in zip(subjects, self.texts, strict=True)]
        both = {"sublinear_tf": True, "dtype": "float32"}
        parts = [
            (0.4, TfidfVectorizer(ngram_range=(1, 2), stop_words="english", **both), self.texts),
            (0.3, TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **both), self.texts),
            (0.3, TfidfVectorizer(stop_words="english", **both), titles),
        ]
        total: Table = 0.0
        for share, vectorizer, texts in parts:
            found = vectorizer.fit_transform(texts)
            total = total + share * (found @ found.T).toarray()
        return total

    def _meant(self) -> Table:
        import numpy as np

        if self._meaning is None:
            raise ValueError("no sentence model")
        texts = [(row["subject"], row["body"]) for row in self.rows]
        found = np.array([_numbers(text) for text in self._meaning.vectors(texts)], np.float32)
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return found @ found.T

    def _decay(self) -> Table:
        import numpy as np

        times = (datetime.fromisoformat(row["created_at"]).timestamp() for row in self.rows)
        days = np.array([time / 86_400 for time in times])
        apart = np.abs(days[:, None] - days[None, :])
        return (0.5 + 0.5 * np.exp(-apart / DECAY_DAYS)).astype(np.float32)


def _numbers(vector: str) -> list[int]:
    from connector.core.grouping.vectors import unpacked

    return list(memoryview(unpacked(vector)).cast("b")) or [0] * 384


def baselines(meaning: Meaning | None) -> Iterator[Baseline]:
    yield Baseline("same subject", (0.0,), _by_subject)
    yield Baseline("MinHash", (0.3, 0.4, 0.5, 0.6), _by_minhash)
    if find_spec("sklearn") is None:
        return
    low, high = (0.16, 0.2, 0.24, 0.28, 0.32, 0.36, 0.4), (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
    yield Baseline("TF-IDF, average link", low, _average(lambda t: t.table("words")))
    yield Baseline("TF-IDF x time, average link", low, _average(_words_and_time))
    if meaning is None:
        return
    yield Baseline("MiniLM, average link", high, _average(lambda t: t.table("meant")))
    yield Baseline("MiniLM, communities", high, _communities)
    yield Baseline("MiniLM, single link", high, _single)
    yield Baseline("MiniLM, HDBSCAN", (2, 3, 4), _hdbscan)
    middle = (0.28, 0.32, 0.36, 0.4, 0.44, 0.48, 0.52)
    yield Baseline("half and half x time, average link", middle, _average(_half))
    yield Baseline("half and half x time, leader", middle, _leader)


def _words_and_time(tables: Tables) -> Table:
    return tables.table("words") * tables.table("decay")


def _half(tables: Tables) -> Table:
    both = 0.5 * tables.table("words") + 0.5 * tables.table("meant")
    return both * tables.table("decay")


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


def _average(of: Callable[[Tables], Table]) -> Callable[[Tables, float], Labels]:
    def labels(tables: Tables, limit: float) -> Labels:
        import numpy as np
        from scipy.cluster.hierarchy import fcluster, linkage
        from scipy.spatial.distance import squareform

        tree = tables.made.get(f"tree {id(of)}")
        if tree is None:
            far = 1.0 - np.clip(of(tables), 0.0, 1.0)
            np.fill_diagonal(far, 0.0)
            tree = tables.made[f"tree {id(of)}"] = linkage(squareform(far, checks=False), "average")
        found = fcluster(tree, 1.0 - limit, "distance")
        return dict(zip(tables.ids, map(str, found), strict=True))

    return labels


def _communities(tables: Tables, limit: float) -> Labels:
    """Around each report all that are near enough; the largest such circle goes first."""
    near = tables.table("meant") >= limit
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

    _, found = connected_components(csr_matrix(tables.table("meant") >= limit), directed=False)
    return dict(zip(tables.ids, map(str, found), strict=True))


def _hdbscan(tables: Tables, limit: float) -> Labels:
    import numpy as np
    from sklearn.cluster import HDBSCAN

    far = np.clip(1.0 - tables.table("meant"), 0.0, None).astype(np.float64)
    found = HDBSCAN(min_cluster_size=int(limit), metric="precomputed").fit_predict(far)
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
