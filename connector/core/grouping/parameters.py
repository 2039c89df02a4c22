"""What was learnt, as a value: small trees over pair evidence, and where the decisions are drawn.

The numbers come from `benchmarks/train_groups.py`; they hold no word of any text. Another set can
be passed in (`escalation group --learn` writes one).
"""

from __future__ import annotations

from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files
from math import exp
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from connector.core.grouping.pairs import FEATURES
from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


Node = float | tuple[int, float, Any, Any]
"""A leaf, or a question: feature, limit, and the nodes for "at most" and for "more"."""


class Tree(Frozen):
    """Node i asks `value[feature[i]] <= limit[i]`: yes goes to left[i], no to right[i].

    A negative child ~k is leaf k. A tree without nodes is its only leaf.
    """

    feature: tuple[int, ...]
    limit: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf: tuple[float, ...]

    def nested(self, node: int = 0) -> Node:
        """The tree from this node on, as tuples: several times quicker to walk."""
        if node < 0 or not self.feature:
            return self.leaf[~node if node < 0 else 0]
        left, right = self.nested(self.left[node]), self.nested(self.right[node])
        return (self.feature[node], self.limit[node], left, right)


class Parameters(Frozen):
    """Chances are 0 to 1. `pair` is the least for two reports to come together, `grow` the least
    support of a group's newest members for it to take a further one, `sure` the least mean support
    in a group for it to act by itself.
    """

    features: tuple[str, ...]
    trees: tuple[Tree, ...]
    bias: float = 0.0
    pair: float = Field(ge=0, le=1)
    grow: float = Field(ge=0, le=1)
    sure: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _knows_our_features(self) -> Self:
        if self.features != FEATURES:
            raise ValueError("made for other features than this version computes: train again")
        return self

    @cached_property
    def _nested(self) -> tuple[Node, ...]:
        return tuple(tree.nested() for tree in self.trees)

    def chance(self, evidence: Sequence[float]) -> float:
        """How likely two reports with this evidence are about one issue."""
        score = self.bias
        for node in self._nested:
            while isinstance(node, tuple):
                feature, limit, left, right = node
                node = left if evidence[feature] <= limit else right  # noqa: PLW2901  # walks down
            score += node
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))


@cache
def shipped() -> Parameters:
    """The parameters that come with the package."""
    return Parameters.model_validate_json(_file())


def shipped_version() -> str:
    """Another one whenever the package's parameters are."""
    return blake2b(_file(), digest_size=8).hexdigest()


def _file() -> bytes:
    return files("connector.core.grouping").joinpath("parameters.json").read_bytes()
