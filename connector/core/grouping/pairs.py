"""The evidence that two reports are about one issue, as numbers that mean alike in every product.

All weights are rarities, -log of the share of reports that have a term, learnt from the reports
themselves and scaled so that a new term has the same rarity in a store of any size; a small prior
keeps the first reports of a young store from looking rare in everything.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, fsum, log, log1p, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.grouping.index import Norms, Placed
from connector.core.grouping.sketch import COMMON_KEYS, FAINT
from connector.core.grouping.vectors import cosine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.core.grouping.sketch import Drawn, Stored

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
    Sums over keys are exact (`fsum`): the order of a set's keys depends on how it was made.
    """

    sketch: Drawn
    rarity: Mapping[int, float]
    norms: Norms
    squares: Mapping[int, float]
    weighted: Mapping[int, float]


class Likeness(NamedTuple):
    """How alike two reports are, 0 to 1; `near` is the measure of "usual". `shared`: words."""

    words: float
    title: float
    phrases: float
    letters: float
    near: float
    shared: frozenset[int]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How close the nearest reports are, in rising order, and their usual closeness."""

    closeness: tuple[float, ...]
    usual: float


def query(sketch: Drawn, counts: Mapping[int, int], size: int) -> Query:
    top = log(size + _PRIOR_SIZE)
    scale = _FULL / (top - log(_PRIOR_COUNT))
    rarity = {key: scale * (top - log(counts.get(key, 0) + _PRIOR_COUNT)) for key in sketch.keys}
    for key in COMMON_KEYS.intersection(rarity):
        rarity[key] = min(rarity[key], _MOST_OF_COMMON)
    squares = {key: value**2 for key, value in rarity.items()}
    weights = dict.fromkeys(sketch.words, 1.0) | dict.fromkeys(sketch.faint, FAINT)
    weighted = {key: squares[key] * weight for key, weight in weights.items()}
    norms = Norms(
        words=sqrt(fsum([weighted[key] * weight for key, weight in weights.items()])),
        title=sqrt(fsum([squares[key] for key in sketch.title])),
        phrases=sqrt(fsum([squares[key] for key in sketch.phrases])),
        code=sqrt(fsum([squares[key] for key in sketch.code])),
        mass=fsum([rarity[key] * weight for key, weight in weights.items()]),
        title_mass=fsum([rarity[key] for key in sketch.title]),
    )
    return Query(sketch=sketch, rarity=rarity, norms=norms, squares=squares, weighted=weighted)


def likeness(query: Query, other: Placed) -> Likeness:
    """Of a report and one in store."""
    mine, theirs, norms = query.sketch, other.sketch, other.norms
    squares, weighted = query.squares, query.weighted
    shared = mine.words.intersection(theirs.words)
    parts = [weighted[key] for key in shared]
    if theirs.faint:
        faint = shared.intersection(theirs.faint)
        parts = [weighted[key] * (FAINT if key in faint else 1.0) for key in shared]
    words = _ratio(fsum(parts), query.norms.words * norms.words)
    parts = [squares[key] for key in shared.intersection(theirs.title) if key in mine.title]
    title = _ratio(fsum(parts), query.norms.title * norms.title)
    parts = [squares[key] for key in mine.phrases.intersection(theirs.phrases)]
    phrases = _ratio(fsum(parts), query.norms.phrases * norms.phrases)
    both = len(mine.letters.intersection(theirs.letters))
    letters = _ratio(2.0 * both, len(mine.letters) + len(theirs.letters))
    near = 0.3 * words + 0.1 * title + 0.2 * phrases + 0.4 * letters
    return Likeness(words, title, phrases, letters, near, shared)


def surroundings(found: list[float]) -> Surroundings:
    rising = tuple(sorted(found))
    return Surroundings(closeness=rising, usual=sum(rising[-_NEIGHBOURS:]) / _NEIGHBOURS)


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
        *alike[:-1],
        *_words_in_common(query, other, alike.shared),
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


def _words_in_common(query: Query, other: Placed, shared: frozenset[int]) -> tuple[float, ...]:
    mine, theirs, rarity = query.sketch, other.sketch, query.rarity
    known = [rarity[key] for key in shared]
    rarest = (*sorted(known, reverse=True)[:3], 0.0, 0.0, 0.0)[:3]
    if mine.faint or theirs.faint:
        faint = shared.intersection((*mine.faint, *theirs.faint))
        known = [rarity[key] * (FAINT if key in faint else 1.0) for key in shared]
    mass = fsum(known)
    in_theirs = fsum([rarity[key] for key in mine.title if key in shared])
    in_mine = fsum([rarity[key] for key in theirs.title if key in shared])
    code = 0.0
    if mine.code and theirs.code:
        code = fsum([query.squares[key] for key in mine.code.intersection(theirs.code)])
    return (
        _ratio(in_theirs, query.norms.title_mass),
        _ratio(in_mine, other.norms.title_mass),
        _ratio(mass, query.norms.mass + other.norms.mass - mass),
        _ratio(mass, min(query.norms.mass, other.norms.mass)),
        log1p(mass),
        *rarest,
        _ratio(code, query.norms.code * other.norms.code),
    )


def _signs_in_common(query: Query, theirs: Stored) -> tuple[float, ...]:
    mine = query.sketch
    foreign, versions = 0.0, 0.0
    signs: list[float] = []
    if mine.signatures and theirs.signatures:
        signs = [query.rarity[key] for key in mine.signatures.intersection(theirs.signatures)]
        foreign = float(not signs)
    if mine.versions and theirs.versions:
        versions = len(mine.versions.intersection(theirs.versions)) - 0.5
    return (log1p(fsum(signs)), max(signs, default=0.0), foreign, versions)


def _same_area(mine: Drawn, theirs: Stored) -> float:
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


def _sizes(mine: Drawn, theirs: Stored) -> tuple[float, float, float]:
    shorter, longer = sorted((len(mine.words), len(theirs.words)))
    titles = min(len(mine.title), len(theirs.title))
    return (log1p(shorter), log1p(longer) - log1p(shorter), float(titles))
