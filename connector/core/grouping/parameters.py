"""What was learnt, as a value: small trees over pair evidence, and where the decisions are drawn.

The numbers come from `benchmarks/train_groups.py`; they hold no word of any text. Another set can
be passed in (`escalation group --learn` writes one).
"""

from __future__ import annotations

from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from math import exp
from typing import TYPE_CHECKING, Final, Self

from pydantic import Field, model_validator

from connector.core.grouping.forest import Forest
from connector.core.grouping.pairs import FEATURES, FEATURES_WITH_VECTORS
from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


_HOPELESS: Final = -2.5
"""Odds (a logarithm) that no further training makes worth a look: a chance of 8 %."""


class Tree(Frozen):
    """Node i asks `value[feature[i]] <= limit[i]`: yes goes to left[i], no to right[i].

    A negative child ~k is leaf k. A tree without nodes is its only leaf.
    """

    feature: tuple[int, ...]
    limit: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf: tuple[float, ...]


class Parameters(Frozen):
    """Chances are 0 to 1, and the least that is needed: `pair` for two reports to come together,
    `third` for a third one to join the two (the step that can make an escalation), `grow` for
    larger groups to take a further one, `sure` on average in a group for it to act by itself.

    The trees are those of so many `trainings`, all of one first, each of the same number of trees;
    one training has its share of the sum. `with_vectors` judges two reports that both have a
    sentence vector.
    """

    features: tuple[str, ...]
    trees: tuple[Tree, ...]
    trainings: int = Field(default=1, ge=1)
    bias: float = 0.0
    pair: float = Field(ge=0, le=1)
    third: float = Field(ge=0, le=1)
    grow: float = Field(ge=0, le=1)
    sure: float = Field(ge=0, le=1)
    with_vectors: Parameters | None = None

    @model_validator(mode="after")
    def _knows_our_features(self) -> Self:
        known = {FEATURES} if self.with_vectors else {FEATURES, FEATURES_WITH_VECTORS}
        deeper = self.with_vectors.features if self.with_vectors else FEATURES_WITH_VECTORS
        if self.features not in known or deeper != FEATURES_WITH_VECTORS:
            raise ValueError("made for other features than this version computes: train again")
        return self

    def to_join(self, members: int, *, vectors: bool = False) -> float:
        """The least support with which a group of so many members takes one more.

        `vectors`: that one has a sentence vector.
        """
        if vectors and self.with_vectors:
            return self.with_vectors.to_join(members)
        return {1: self.pair, 2: self.third}.get(members, self.grow)

    def shifted(self, by: float) -> Self:
        """The same with every limit as if all chances had odds higher by this much (a logarithm):
        people who confirm what was doubted shift them up, people who reject shift them down.
        """
        limits = [n for n, f in type(self).model_fields.items() if f.annotation is float]
        changed = {n: unlikelier(getattr(self, n), by) for n in limits if n != "bias"}
        deeper = self.with_vectors.shifted(by) if self.with_vectors else None
        return self.model_copy(update=changed | {"with_vectors": deeper})

    @cached_property
    def _forests(self) -> tuple[Forest, Forest]:
        """The first training, and all others."""
        first = len(self.trees) // self.trainings
        return Forest(self.trees[:first]), Forest(self.trees[first:])

    def chance(self, evidence: Sequence[float]) -> float:
        """How likely two reports with this evidence are about one issue."""
        if self.with_vectors and len(evidence) > len(FEATURES):
            return self.with_vectors.chance(evidence)
        first, others = self._forests
        score = self.trainings * first.score(evidence)
        if self.bias + score > _HOPELESS and self.trainings > 1:
            score = score / self.trainings + others.score(evidence)
        score += self.bias
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))


def unlikelier(chance: float, by: float) -> float:
    """A chance whose odds are lower by this much (a logarithm); 0 and 1 stay."""
    if not 0 < chance < 1:
        return chance
    return 1.0 / (1.0 + (1.0 - chance) / chance * exp(by))


@cache
def shipped() -> Parameters:
    """The parameters that come with the package."""
    return Parameters.model_validate_json(_file())


def shipped_version() -> str:
    """Another one whenever the package's parameters are."""
    return blake2b(_file(), digest_size=8).hexdigest()


def _file() -> bytes:
    return files("connector.core.grouping").joinpath("parameters.json").read_bytes()
