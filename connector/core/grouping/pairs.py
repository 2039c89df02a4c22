"""The evidence that two reports are about one issue, as numbers that mean alike in every product.

All weights are rarities, -log of the share of reports that have a term, learnt from the reports
themselves and scaled so that a new term has the same rarity in a store of any size; a small prior
keeps the first reports of a young store from looking rare in everything.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, log, log1p, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.grouping.index import Norms, Placed
from connector.core.grouping.sketch import COMMON_KEYS
from connector.core.grouping.vectors import cosine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.core.grouping.sketch import Sketch

FEATURES: Final = (
    "words",
    "title",
    "phrases",
    "letters",
    "near",
    "title_in_other",
    "other_title_in_mine",
    "overlap",
    "contained",
    "shared_mass",
    "rarest",
    "second",
    "third",
    "code",
    "signatures",
    "rarest_signature",
    "foreign_signatures",
    "versions",
    "gap_days",
    "recent",
    "same_customer",
    "same_area",
    "over_usual",
    "over_others_usual",
    "over_both",
    "times_usual",
    "rank",
    "lead",
    "crowd",
    "shorter",
    "balance",
    "title_words",
)
FEATURES_WITH_VECTORS: Final = (*FEATURES, "meaning")
"""What is known of two reports that both have a sentence vector."""
_NEUTRAL: Final = frozenset(
    {
        "same_customer",
        "same_area",
        "shorter",
        "balance",
        "title_words",
        "code",
        "versions",
    }
)
FALLING: Final = frozenset({"foreign_signatures", "gap_days", "rank", "crowd"})
"""More of it never makes one issue more likely, whatever the other features are."""
RISING: Final = frozenset(FEATURES_WITH_VECTORS) - FALLING - _NEUTRAL
"""More of it never makes one issue less likely."""

_PRIOR_SIZE: Final = 150
_PRIOR_COUNT: Final = 1.5
_MOST_OF_COMMON: Final = 3.0
_FULL: Final = 8.0
_DECAY_DAYS: Final = 60.0
_NEIGHBOURS: Final = 10
_USUAL_FLOOR: Final = 0.03
_CROWD: Final = 0.8


@dataclass(frozen=True, slots=True)
class Query:
    """A report about to be placed, with the rarity of each of its terms at that moment.

    `squares` of the rarities, and `weighted` squares of its words, are needed for each pair.
    """

    sketch: Sketch
    rarity: Mapping[int, float]
    norms: Norms
    squares: Mapping[int, float]
    weighted: Mapping[int, float]


class Likeness(NamedTuple):
    """How alike two reports are, 0 to 1; `near` is the measure of "usual"."""

    words: float
    title: float
    phrases: float
    letters: float
    near: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How close the nearest reports are, in rising order, and their usual closeness."""

    closeness: tuple[float, ...]
    usual: float


def query(sketch: Sketch, counts: Mapping[int, int], size: int) -> Query:
    top = log(size + _PRIOR_SIZE)
    scale = _FULL / (top - log(_PRIOR_COUNT))
    rarity = {key: scale * (top - log(counts.get(key, 0) + _PRIOR_COUNT)) for key in sketch.keys}
    for key in COMMON_KEYS.intersection(rarity):
        rarity[key] = min(rarity[key], _MOST_OF_COMMON)
    norms = Norms(
        words=sqrt(sum((rarity[key] * weight) ** 2 for key, weight in sketch.words.items())),
        title=sqrt(sum(rarity[key] ** 2 for key in sketch.title)),
        phrases=sqrt(sum(rarity[key] ** 2 for key in sketch.phrases)),
        code=sqrt(sum(rarity[key] ** 2 for key in sketch.code)),
        mass=sum(rarity[key] * weight for key, weight in sketch.words.items()),
        title_mass=sum(rarity[key] for key in sketch.title),
    )
    squares = {key: value**2 for key, value in rarity.items()}
    weighted = {key: squares[key] * weight for key, weight in sketch.words.items()}
    return Query(sketch=sketch, rarity=rarity, norms=norms, squares=squares, weighted=weighted)


def likeness(query: Query, other: Placed) -> Likeness:
    """Of a report and one in store."""
    words, title, phrases = _cosines(query, other)
    letters = _letters(query.sketch, other.sketch)
    near = 0.3 * words + 0.1 * title + 0.2 * phrases + 0.4 * letters
    return Likeness(words, title, phrases, letters, near)


def surroundings(found: list[float]) -> Surroundings:
    rising = tuple(sorted(found))
    return Surroundings(closeness=rising, usual=sum(rising[-_NEIGHBOURS:]) / _NEIGHBOURS)


def _cosines(query: Query, other: Placed) -> tuple[float, float, float]:
    mine, theirs, squares, norms = query.sketch, other.sketch, query.squares, other.norms
    weighted, weights = query.weighted, theirs.words
    words = sum([weighted[key] * weights[key] for key in mine.words.keys() & weights.keys()])
    title = sum([squares[key] for key in mine.title & theirs.title])
    phrases = sum([squares[key] for key in mine.phrases & theirs.phrases])
    return (
        _ratio(words, query.norms.words * norms.words),
        _ratio(title, query.norms.title * norms.title),
        _ratio(phrases, query.norms.phrases * norms.phrases),
    )


def _ratio(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0


def evidence(
    query: Query,
    other: Placed,
    alike: Likeness,
    around: Surroundings,
    *,
    days: float,
    same_customer: bool,
) -> tuple[float, ...]:
    """The values of `FEATURES` for a report and one in store, or `FEATURES_WITH_VECTORS`."""
    return (
        *alike,
        *_words_in_common(query, other),
        *_signs_in_common(query, other.sketch),
        log1p(days),
        exp(-days / _DECAY_DAYS),
        float(same_customer),
        _same_area(query.sketch, other.sketch),
        *_stands_out(alike.near, around, other.usual),
        *_sizes(query.sketch, other.sketch),
        *_meaning(query.sketch.vector, other.sketch.vector),
    )


def _meaning(mine: bytes, theirs: bytes) -> tuple[float, ...]:
    return (cosine(mine, theirs),) if mine and theirs else ()


def _letters(mine: Sketch, theirs: Sketch) -> float:
    both = len(mine.letters & theirs.letters)
    return _ratio(2.0 * both, len(mine.letters) + len(theirs.letters))


def _words_in_common(query: Query, other: Placed) -> tuple[float, ...]:
    mine, theirs, rarity = query.sketch, other.sketch, query.rarity
    shared = mine.words.keys() & theirs.words.keys()
    mass = sum(rarity[key] * min(mine.words[key], theirs.words[key]) for key in shared)
    rarest = sorted((rarity[key] for key in shared), reverse=True)[:3]
    code = sum(rarity[key] ** 2 for key in mine.code & theirs.code)
    return (
        _ratio(
            sum(rarity[key] for key in mine.title if key in theirs.words), query.norms.title_mass
        ),
        _ratio(
            sum(rarity[key] for key in theirs.title if key in mine.words), other.norms.title_mass
        ),
        _ratio(mass, query.norms.mass + other.norms.mass - mass),
        _ratio(mass, min(query.norms.mass, other.norms.mass)),
        log1p(mass),
        *(*rarest, 0.0, 0.0, 0.0)[:3],
        _ratio(code, query.norms.code * other.norms.code),
    )


def _signs_in_common(query: Query, theirs: Sketch) -> tuple[float, ...]:
    mine = query.sketch
    signs = [query.rarity[key] for key in mine.signatures & theirs.signatures]
    versions = bool(mine.versions and theirs.versions)
    return (
        log1p(sum(signs)),
        max(signs, default=0.0),
        float(bool(mine.signatures and theirs.signatures and not signs)),
        float(len(mine.versions & theirs.versions) - 0.5 * versions),
    )


def _same_area(mine: Sketch, theirs: Sketch) -> float:
    if mine.product_area is None or theirs.product_area is None:
        return 0.0
    return 1.0 if mine.product_area == theirs.product_area else -1.0


def _stands_out(near: float, around: Surroundings, others_usual: float) -> tuple[float, ...]:
    """Against what is usual: a report that is like everything is like nothing."""
    known = around.closeness
    rank = len(known) - bisect_left(known, near + 1e-9)
    best = known[-1] if known else 0.0
    next_best = known[-2] if len(known) > 1 else 0.0
    rival = next_best if rank == 0 else best
    return (
        near - around.usual,
        near - others_usual,
        near - 0.5 * (around.usual + others_usual),
        log(near + _USUAL_FLOOR) - log(max(around.usual, others_usual) + _USUAL_FLOOR),
        log1p(rank),
        near - rival,
        log1p(len(known) - bisect_left(known, _CROWD * near)),
    )


def _sizes(mine: Sketch, theirs: Sketch) -> tuple[float, float, float]:
    shorter, longer = sorted((len(mine.words), len(theirs.words)))
    titles = min(len(mine.title), len(theirs.title))
    return (log1p(shorter), log1p(longer) - log1p(shorter), float(titles))
