"""What was learnt, as a value: small trees over pair evidence, and where the decisions are drawn.

The numbers come from `benchmarks/train_groups.py`; they hold no word of any text. Another set can
be passed in (`escalation group --learn` writes one).
"""

from __future__ import annotations

from importlib.resources import files
from math import exp
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from connector.core.grouping.pairs import FEATURES
from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


class Tree(Frozen):
    """Node i asks `value[feature[i]] <= limit[i]`: yes goes to left[i], no to right[i].

    A negative child ~k is leaf k. A tree without nodes is its only leaf.
    """

    feature: tuple[int, ...]
    limit: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf: tuple[float, ...]

    def value(self, evidence: Sequence[float]) -> float:
        if not self.feature:
            return self.leaf[0]
        node = 0
        while node >= 0:
            below = evidence[self.feature[node]] <= self.limit[node]
            node = self.left[node] if below else self.right[node]
        return self.leaf[~node]


class Parameters(Frozen):
    """Chances are 0 to 1. `pair` is the least for two reports to come together, `grow` the least
    support of a group's newest members for it to take a further one, `sure` the least mean support
    in a group for it to act by itself.
    """

    features: tuple[str, ...]
    trees: tuple[Tree, ...]
    weights: tuple[float, ...] = ()
    bias: float = 0.0
    pair: float = Field(ge=0, le=1)
    grow: float = Field(ge=0, le=1)
    sure: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _knows_our_features(self) -> Self:
        if self.features != FEATURES:
            raise ValueError("made for other features than this version computes: train again")
        return self

    def chance(self, evidence: Sequence[float]) -> float:
        """How likely two reports with this evidence are about one issue."""
        score = self.bias + sum(tree.value(evidence) for tree in self.trees)
        score += sum(w * value for w, value in zip(self.weights, evidence, strict=False))
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))


def shipped() -> Parameters:
    """The parameters that come with the package."""
    text = files("connector.core.grouping").joinpath("parameters.json").read_text(encoding="utf-8")
    return Parameters.model_validate_json(text)
