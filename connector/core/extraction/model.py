"""The linear model: a sum of integer weights for each label, scored in plain Python.

`weights.json` beside this file is made by `benchmarks/train_extraction.py`. It holds names of our
own cues and whole numbers: no word of the reports that it was trained on.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.values import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.core.extraction.cues import Cues

_BITS: Final = 24
_HALF: Final = 1 << (_BITS - 1)
_OFFSET: Final = sum(_HALF << (_BITS * place) for place in range(len(LABELS)))
_MASK: Final = (1 << _BITS) - 1


class LinearModel(NamedTuple):
    """Weights by cue: of the piece, of the piece before it, of the piece after it.

    The weights of all labels are packed into one whole number, a field of 24 bits for each, so
    that one addition adds them all; fields are offset by half their range to stay positive.
    """

    own: Mapping[str, int]
    before: Mapping[str, int]
    after: Mapping[str, int]
    thresholds: tuple[int, ...]
    scale: int

    def scores(self, cues: Sequence[Cues]) -> list[tuple[float, ...]]:
        """For each piece its score for each label, in the order of `LABELS`; above 0 is a yes."""
        own, before, after = self.own, self.before, self.after
        totals = [sum([own[cue] for cue in (*one.own, *one.crossed) if cue in own]) for one in cues]
        for number, one in enumerate(cues):
            if number + 1 < len(cues):
                totals[number + 1] += sum([before[cue] for cue in one.own if cue in before])
            if number:
                totals[number - 1] += sum([after[cue] for cue in one.own if cue in after])
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
    own, before, after = (
        {cue: packed(weights) for cue, weights in made[place].items()}
        for place in ("own", "before", "after")
    )
    return LinearModel(own, before, after, tuple(made["thresholds"]), made["scale"])


@cache
def shipped() -> LinearModel:
    """The model that comes with the package, read once."""
    return model_of(files(__package__).joinpath("weights.json").read_text("utf-8"))
