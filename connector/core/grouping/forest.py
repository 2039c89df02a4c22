"""Many small trees asked at once, by the bits of their leaves.

Every leaf is a bit of one large number, those of a tree from left to right. A question that is
answered with "more" rules out all leaves to its left; the limits of one feature are sorted, so one
look-up tells what all of its questions rule out. What is left of a tree begins with its answer:
the leaf that a walk from its root ends at.
"""

from __future__ import annotations

from bisect import bisect_left
from math import fsum
from operator import getitem
from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.grouping.parameters import Tree

_KINDS: Final = {16: "H", 32: "I", 64: "Q"}
"""Leaves of the largest tree, and how `struct` calls a number of so many bits."""


class Forest:
    """The trees of `Parameters`, for asking often. ValueError for a tree of more than 64 leaves."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        leaves = max((len(tree.leaf) for tree in trees), default=0)
        if leaves > max(_KINDS):
            raise ValueError(f"a tree has {leaves} leaves, more than {max(_KINDS)}")
        width = next(width for width in _KINDS if leaves <= width)
        self._bits = Struct(f"<{len(trees)}{_KINDS[width]}")
        self._firsts = sum(1 << width * place for place in range(len(trees)))
        self._leaves = 0
        self._answers: list[dict[int, float]] = []
        ruled_out: dict[int, dict[float, int]] = {}
        for place, tree in enumerate(trees):
            told = _Told(tree)
            self._answers.append({1 << n: value for n, value in enumerate(told.leaves)})
            self._leaves |= told.bits << width * place
            for feature, limit, bits in told.questions:
                limits = ruled_out.setdefault(feature, {})
                limits[limit] = limits.get(limit, 0) | bits << width * place
        self._features = [
            (feature, sorted(limits), _left_over(self._leaves, limits))
            for feature, limits in sorted(ruled_out.items())
        ]

    def score(self, values: Sequence[float]) -> float:
        """The answers of all trees, added up exactly: a plain sum is another one in Python 3.12."""
        left = self._leaves
        for feature, limits, left_over in self._features:
            left &= left_over[bisect_left(limits, values[feature])]
        answered = left ^ (left & (left - self._firsts))  # the lowest bit of each tree
        told = self._bits.unpack(answered.to_bytes(self._bits.size, "little"))
        return fsum(map(getitem, self._answers, told))


class _Told:
    """A tree's leaves from left to right; of each question the leaves that "more" rules out."""

    def __init__(self, tree: Tree) -> None:
        self.leaves: list[float] = []
        self.questions: list[tuple[int, float, int]] = []
        self._tree = tree
        self.bits = self._below(0 if tree.feature else ~0)

    def _below(self, node: int) -> int:
        tree = self._tree
        if node < 0:
            self.leaves.append(tree.leaf[~node])
            return 1 << (len(self.leaves) - 1)
        left = self._below(tree.left[node])
        self.questions.append((tree.feature[node], tree.limit[node], left))
        return left | self._below(tree.right[node])


def _left_over(leaves: int, limits: dict[float, int]) -> list[int]:
    """The leaves that are left by a value that is above none of the limits, above one, and on."""
    found = [leaves]
    for limit in sorted(limits):
        found.append(found[-1] & ~limits[limit])
    return found
