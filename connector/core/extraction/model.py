"""The linear model: a sum of integer weights for each label, scored in plain Python.

`weights.json` beside this file is made by `benchmarks/train_extraction.py`. It holds names of our
own cues and whole numbers: no word of the reports that it was trained on.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.cues import SIZE, cue_of
from connector.core.extraction.values import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.core.extraction.cues import Cues

_BITS: Final = 24
_HALF: Final = 1 << (_BITS - 1)
_OFFSET: Final = sum(_HALF << (_BITS * place) for place in range(len(LABELS)))
_MASK: Final = (1 << _BITS) - 1


class LinearModel(NamedTuple):
    """Weights by cue: of the piece, the piece before it, the one after, and its paragraph's first.

    The weights of all labels are packed into one whole number, a field of 24 bits for each, so
    that one addition adds them all; fields are offset by half their range to stay positive.
    """

    own: Sequence[int]
    before: Sequence[int]
    after: Sequence[int]
    opens: Sequence[int]
    crossed: Mapping[int, int]
    thresholds: tuple[int, ...]
    scale: int

    def scores(self, cues: Sequence[Cues], openers: Sequence[int]) -> list[tuple[float, ...]]:
        """For each piece its score for each label, in the order of `LABELS`; above 0 is a yes.

        `openers` names for each piece the one that opens its paragraph, see `openers_of`.
        """
        own, before, after, opens = (
            self.own.__getitem__,
            self.before.__getitem__,
            self.after.__getitem__,
            self.opens.__getitem__,
        )
        crossed = self.crossed
        totals = [
            sum(map(own, one.own)) + sum([crossed[cue] for cue in one.crossed if cue in crossed])
            for one in cues
        ]
        last = len(cues) - 1
        for number, one in enumerate(cues):
            if number < last:
                totals[number + 1] += sum(map(before, one.own))
            if number:
                totals[number - 1] += sum(map(after, one.own))
        opened = 0
        for number, opener in enumerate(openers):
            if opener < number:
                if opener == number - 1:
                    opened = sum(map(opens, cues[opener].own))
                totals[number] += opened
        return [self._unpacked(total) for total in totals]

    def _unpacked(self, total: int) -> tuple[float, ...]:
        shifted = total + _OFFSET
        return tuple(
            (((shifted >> (_BITS * place)) & _MASK) - _HALF - threshold) / self.scale
            for place, threshold in enumerate(self.thresholds)
        )


def packed(weights: Sequence[int]) -> int:
    """One number that holds a weight for each label."""
    return sum(weight << (_BITS * place) for place, weight in enumerate(weights))


def model_of(text: str) -> LinearModel:
    """The model written in the JSON of `weights.json`."""
    made = json.loads(text)
    tables = {place: [0] * SIZE for place in ("own", "before", "after", "opens")}
    crossed: dict[int, int] = {}
    for place, table in tables.items():
        for name, weights in made[place].items():
            cue = cue_of(name)
            if cue is None:
                raise ValueError(f"the weights name a cue that does not exist: {name!r}")
            if cue < SIZE:
                table[cue] = packed(weights)
            else:
                crossed[cue] = packed(weights)
    return LinearModel(
        tables["own"],
        tables["before"],
        tables["after"],
        tables["opens"],
        crossed,
        tuple(made["thresholds"]),
        made["scale"],
    )


@cache
def shipped() -> LinearModel:
    """The model that comes with the package, read once."""
    return model_of(files(__package__).joinpath("weights.json").read_text("utf-8"))
