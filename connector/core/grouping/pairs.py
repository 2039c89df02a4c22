"""The evidence that two reports are about one issue, as numbers that mean the same in every product.

All weights are rarities, -log of the share of reports that have a term, learnt from the reports
themselves; a small prior keeps the first reports of a young store from looking rare in everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, log1p, sqrt
from typing import Final

from connector.core.grouping.index import Placed
from connector.core.grouping.sketch import Sketch

FEATURES: Final = (
    "words",
    "title",
    "title_in_other",
    "phrases",
    "shared_mass",
    "rarest",
    "second",
    "third",
    "contained",
    "signatures",
    "rarest_signature",
    "foreign_signatures",
    "versions",
    "same_text",
    "gap_days",
    "recent",
    "same_customer",
    "same_area",
    "over_usual",
    "over_others_usual",
    "shorter",
    "balance",
)
RISING: Final = frozenset(FEATURES) - {
    "foreign_signatures",
    "gap_days",
    "same_customer",
    "same_area",
    "shorter",
    "balance",
}
FALLING: Final = frozenset({"foreign_signatures", "gap_days"})
"""More of a rising feature never makes one issue less likely, whatever the other features are."""

_PRIOR_SIZE: Final = 150
_PRIOR_COUNT: Final = 1.5
_DECAY_DAYS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Query:
    """A report about to be placed, with the rarity of each of its terms at that moment."""

    sketch: Sketch
    rarity: Mapping[int, float]
    norms: tuple[float, float, float]


def query(sketch: Sketch, counts: Mapping[int, int], size: int) -> Query:
    top = log(size + _PRIOR_SIZE)
    rarity = {key: top - log(counts.get(key, 0) + _PRIOR_COUNT) for key in sketch.keys}
    norms = (
        sqrt(sum((rarity[key] * weight) ** 2 for key, weight in sketch.words.items())),
        sqrt(sum(rarity[key] ** 2 for key in sketch.title)),
        sqrt(sum(rarity[key] ** 2 for key in sketch.phrases)),
    )
    return Query(sketch=sketch, rarity=rarity, norms=norms)


def closeness(query: Query, other: Placed) -> float:
    """How alike two reports are in words, title and phrases, 0 to 1: the measure of "usual"."""
    words, title, phrases = _cosines(query, other)
    return 0.5 * words + 0.3 * title + 0.2 * phrases


def _cosines(query: Query, other: Placed) -> tuple[float, float, float]:
    mine, theirs, rarity = query.sketch, other.sketch, query.rarity
    words = sum(
        rarity[key] ** 2 * mine.words[key] * theirs.words[key]
        for key in mine.words.keys() & theirs.words.keys()
    )
    title = sum(rarity[key] ** 2 for key in mine.title & theirs.title)
    phrases = sum(rarity[key] ** 2 for key in mine.phrases & theirs.phrases)
    return (
        _ratio(words, query.norms[0] * other.norms[0]),
        _ratio(title, query.norms[1] * other.norms[1]),
        _ratio(phrases, query.norms[2] * other.norms[2]),
    )


def _ratio(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0


def evidence(
    query: Query, other: Placed, *, days: float, same_customer: bool, usual: float
) -> tuple[float, ...]:
    """The values of `FEATURES`. `usual` is the query's mean closeness to its nearest reports."""
    mine, theirs, rarity = query.sketch, other.sketch, query.rarity
    cosines = _cosines(query, other)
    near = 0.5 * cosines[0] + 0.3 * cosines[1] + 0.2 * cosines[2]
    shared = mine.words.keys() & theirs.words.keys()
    rarest = sorted((rarity[key] for key in shared), reverse=True)[:3] + [0.0, 0.0, 0.0]
    mass = sum(rarity[key] for key in shared)
    whole = min(len(mine.words), len(theirs.words))
    in_other = sum(rarity[key] for key in mine.title if key in theirs.words)
    signs = [rarity[key] for key in mine.signatures & theirs.signatures]
    return (
        *cosines[:2],
        _ratio(in_other, sum(rarity[key] for key in mine.title)),
        cosines[2],
        log1p(mass),
        *rarest[:3],
        len(shared) / whole if whole else 0.0,
        log1p(sum(signs)),
        max(signs, default=0.0),
        float(bool(mine.signatures and theirs.signatures and not signs)),
        float(len(mine.versions & theirs.versions) - 0.5 * bool(mine.versions and theirs.versions)),
        float(mine.text_key == theirs.text_key != 0),
        log1p(days),
        exp(-days / _DECAY_DAYS),
        float(same_customer),
        _same_area(mine, theirs),
        near - usual,
        near - other.usual,
        log1p(whole),
        log1p(max(len(mine.words), len(theirs.words))) - log1p(whole),
    )


def _same_area(mine: Sketch, theirs: Sketch) -> float:
    if mine.product_area is None or theirs.product_area is None:
        return 0.0
    return 1.0 if mine.product_area == theirs.product_area else -1.0
