"""Trees that are asked all at once answer as if each were walked down."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.grouping.forest import Forest
from connector.core.grouping.parameters import Tree, shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHIPPED = shipped()
_ITS_FOREST = Forest(_SHIPPED.trees)
_FEATURES = 4
_LIMITS = st.sampled_from([-1.5, 0.0, 0.25, 0.5, 2.0])
_VALUES = st.lists(_LIMITS | st.floats(-3, 3), min_size=_FEATURES, max_size=_FEATURES)


@st.composite
def grown(draw: st.DrawFn, most: int = 40) -> Tree:
    """A tree that grows at leaves drawn one after the other, so of any shape."""
    leaf = [draw(st.floats(-5, 5))]
    asked: list[tuple[int, float]] = []
    left, right = list[int](), list[int]()
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(leaf) - 1))
        for children in (left, right):
            children[:] = [len(asked) if child == ~at else child for child in children]
        asked.append((draw(st.integers(0, _FEATURES - 1)), draw(_LIMITS)))
        leaf.append(draw(st.floats(-5, 5)))
        left.append(~at)
        right.append(~(len(leaf) - 1))
    return Tree(
        feature=tuple(feature for feature, _ in asked),
        limit=tuple(limit for _, limit in asked),
        left=tuple(left),
        right=tuple(right),
        leaf=tuple(leaf),
    )


def walked(trees: Sequence[Tree], values: Sequence[float]) -> float:
    answers = []
    for tree in trees:
        node = 0 if tree.feature else ~0
        while node >= 0:
            more = values[tree.feature[node]] > tree.limit[node]
            node = tree.right[node] if more else tree.left[node]
        answers.append(tree.leaf[~node])
    return fsum(answers)


@given(st.lists(grown(), max_size=6), _VALUES)
def test_it_answers_what_a_walk_down_every_tree_answers(
    trees: list[Tree], values: list[float]
) -> None:
    assert Forest(trees).score(values) == walked(trees, values)


@given(st.lists(st.floats(-1, 9), min_size=33, max_size=33))
def test_the_shipped_trees_answer_what_a_walk_answers(values: list[float]) -> None:
    assert _SHIPPED.trees
    assert _ITS_FOREST.score(values) == walked(_SHIPPED.trees, values)


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    chain = Tree(
        feature=(0,) * 64,
        limit=(0.0,) * 64,
        left=tuple(~number for number in range(64)),
        right=(*range(1, 64), ~64),
        leaf=(1.0,) * 65,
    )
    with pytest.raises(ValueError, match="65 leaves"):
        Forest([chain])
