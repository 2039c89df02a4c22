"""What was learned, and which lesson is most like a text: by the rare words that they share."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.core.grouping.stopwords import STOP
from connector.core.model import Frozen, Severity, State, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W_][\w'-]{0,60}[^\W_]|[^\W_]")
_LONGEST = 20_000
_SHARED = 0.25
"""Of a search's weight, how much a lesson has to share to be like it."""

_COMMON = 4
"""Words that a report has to share with a lesson; fewer are chance."""


class Lesson(Frozen):
    """One escalation as a lesson. Times are in minutes, None where not known."""

    id: str
    issue_key: str | None = None
    target: Target
    severity: Severity
    state: State
    summary: str
    because: str = ""
    root_cause: str = ""
    resolution: str = ""
    workaround: str = ""
    earlier: str = ""
    text: str = ""
    minutes_to_acknowledge: int | None = None
    minutes_to_end: int | None = None
    minutes_to_tell: int | None = None

    @property
    def times(self) -> tuple[tuple[str, timedelta], ...]:
        """What took how long, as far as it is known."""
        took = (
            ("acknowledged after", self.minutes_to_acknowledge),
            ("ended after", self.minutes_to_end),
            ("told after another", self.minutes_to_tell),
        )
        return tuple((what, timedelta(minutes=n)) for what, n in took if n is not None)

    @property
    def words(self) -> frozenset[str]:
        said = (self.summary, self.because, self.root_cause, self.resolution)
        return words_of(" ".join((*said, self.workaround, self.earlier, self.text)))


def words_of(text: str) -> frozenset[str]:
    """Words that can tell one text from another, in any case."""
    found = (word.casefold() for word in _WORD.findall(text[:_LONGEST]))
    return frozenset(word for word in found if len(word) > 1 and word not in STOP)


def alike(text: str, lessons: Sequence[Lesson], *, most: int = 3) -> tuple[Lesson, ...]:
    """Lessons that a whole report has much in common with; far fewer than a search finds."""
    asked = words_of(text)
    return tuple(
        lesson for lesson in rank(text, lessons, most=most) if len(asked & lesson.words) >= _COMMON
    )


def rank(text: str, lessons: Sequence[Lesson], *, most: int = 20) -> tuple[Lesson, ...]:
    """Those that share enough with the text, the most alike first; a rare word counts for more."""
    held = [(lesson, lesson.words) for lesson in lessons]
    tally = Counter(word for _, words in held for word in words)
    asked = words_of(text)

    def weight(words: frozenset[str]) -> float:
        return sum(math.log(1 + (1 + len(held)) / (1 + tally[word])) for word in words)

    whole = weight(asked & set(tally))
    scored = [(weight(asked & words), lesson) for lesson, words in held]
    good = [(score, lesson) for score, lesson in scored if score > 0 and score >= _SHARED * whole]
    good.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(lesson for _, lesson in good[:most])
