"""What was learnt, as numbers that judge."""

from __future__ import annotations

from math import exp

import pytest

from connector.core.grouping import Parameters, shipped


def a_leaf(value: float) -> dict[str, tuple[float, ...]]:
    return {"feature": (), "limit": (), "left": (), "right": (), "leaf": (value,)}


@pytest.mark.parametrize(
    ("leaves", "odds"),
    [((0.3, 0.1), 0.4), ((-0.5, 1.5), 1.0), ((-2.0, 9.0), -4.0)],
    ids=["both trainings count", "the second speaks against the first", "hopeless by the first"],
)
def test_a_chance_is_what_all_trainings_say_unless_the_first_sees_none(
    leaves: tuple[float, ...], odds: float
) -> None:
    limits = {"pair": 0.5, "third": 0.5, "grow": 0.5, "sure": 0.5}
    trees = [a_leaf(value) for value in leaves]
    known = shipped().model_dump(include={"features"}) | limits | {"trees": trees, "trainings": 2}
    one = Parameters.model_validate(known | {"with_vectors": shipped().with_vectors})
    assert one.chance([0.0] * len(one.features)) == pytest.approx(1 / (1 + exp(-odds)))
