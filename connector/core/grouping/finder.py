"""Finds the reports in store that a new one may be about the same issue as, and their evidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.grouping.codes import code_keys
from connector.core.grouping.index import NEWEST, Placed, Report, ReportIndex, month_of
from connector.core.grouping.pairs import (
    Likeness,
    Query,
    Surroundings,
    evidence,
    likeness,
    query,
    surroundings,
)
from connector.core.grouping.sketch import FAINT, Drawn, sketch
from connector.core.grouping.templates import template_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

_SEARCHED_TERMS: Final = 16
_NORM_FLOOR: Final = 3.0
_FIRST: Final = 1_000.0
_DAY: Final = 86_400.0


class Breadth(NamedTuple):
    """How many reports are read for a new one, and with how many of those it is compared.

    Reading 40 and comparing 20 gave the same figures on the measured sets, but for single points of
    the tracker's pairs.
    """

    read: int = 24
    compared: int = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A report on its way in, and the reports in store that are nearest to it.

    `alike`: how alike it is to those that were looked at, by number.
    """

    report: Report
    query: Query
    near: tuple[Placed, ...]
    around: Surroundings
    alike: Mapping[int, Likeness] = field(default_factory=dict)


class Finder:
    """Looks at an index through a time window; the only writer of what it counts and stores."""

    def __init__(
        self, index: ReportIndex, *, window: timedelta, breadth: Breadth | None = None
    ) -> None:
        self.index = index
        self._window = window
        self._breadth = breadth or Breadth()
        self._counted = False
        self._left_out: frozenset[int] = frozenset()

    def learn_rarity(self, reports: Iterable[Report]) -> None:
        """Counts terms before anything is placed, and finds the lines that are templates; reports
        are not counted again afterwards. They are in order of time.
        """
        known = list(reports)
        self._left_out = template_lines(known)
        for report in known:
            self.index.count(self._sketch(report).keys)
        self._counted = True

    def _sketch(self, report: Report) -> Drawn:
        return sketch(report.fingerprint, self._left_out)

    def look(self, report: Report) -> Seen:
        """Counts the report's terms, and finds its nearest reports in the window."""
        drawn = self._sketch(report)
        if not self._counted:
            self.index.count(drawn.keys)
        asked = query(drawn, self.index.counts(drawn.keys), self.index.size())
        near = self._nearest(report, asked)
        alike = {placed.number: likeness(asked, placed) for placed in near}
        close = [alike[placed.number].near for placed in near]
        codes = code_keys(report.fingerprint)
        ranked = sorted(
            zip(close, near, strict=True),
            key=lambda pair: (
                codes.isdisjoint(pair[1].sketch.signatures),
                -pair[0],
                -pair[1].number,
            ),
        )
        nearest = tuple(placed for _, placed in ranked[: self._breadth.compared])
        around = surroundings(close)
        return Seen(report=report, query=asked, near=nearest, around=around, alike=alike)

    def _nearest(self, report: Report, asked: Query) -> tuple[Placed, ...]:
        """By the rare terms they share, the newest first among equals."""
        drawn = asked.sketch
        value = {key: asked.rarity[key] for key in drawn.words}
        value |= {key: asked.rarity[key] * FAINT for key in drawn.faint}
        value |= {key: asked.rarity[key] for key in drawn.signatures}
        value |= dict.fromkeys(code_keys(report.fingerprint), _FIRST)
        keys = sorted(value, key=lambda key: (-value[key], key))[:_SEARCHED_TERMS]
        if drawn.text_key:
            keys.append(drawn.text_key)
            value[drawn.text_key] = _FIRST
        shared: dict[int, float] = defaultdict(float)
        for key, numbers in self.index.postings(keys, self._months(report), NEWEST).items():
            worth = value[key] ** 2
            for number in numbers:
                shared[number] += worth
        best = nlargest(4 * self._breadth.read, zip(shared.values(), shared, strict=True))
        since, until = report.created_at - self._window, report.created_at + self._window
        near = self.index.weights([number for _, number in best], since, until)
        ranked = sorted((-shared[one] / (weight + _NORM_FLOOR), -one) for one, weight in near)
        return tuple(self.index.placed([-number for _, number in ranked[: self._breadth.read]]))

    def _months(self, report: Report) -> list[int]:
        first = month_of(report.created_at - self._window)
        return list(range(first, month_of(report.created_at + self._window) + 1))

    def evidence(self, seen: Seen, placed: Placed) -> tuple[float, ...]:
        """The values of `pairs.FEATURES` for the report and one in store."""
        report = seen.report
        return evidence(
            seen.query,
            placed,
            seen.alike.get(placed.number) or likeness(seen.query, placed),
            seen.around,
            days=abs((report.created_at - placed.created_at).total_seconds()) / _DAY,
            same_customer=report.customer_key == placed.customer_key,
        )

    def store(self, seen: Seen) -> int:
        """Keeps the report to be found by its words and signatures; its number."""
        drawn = seen.query.sketch
        number = self.index.stored()
        placed = Placed(
            number=number,
            ticket_id=seen.report.ticket_id,
            customer_key=seen.report.customer_key,
            created_at=seen.report.created_at,
            sketch=drawn,
            norms=seen.query.norms,
            usual=seen.around.usual,
        )
        keys = [*drawn.words, *drawn.signatures]
        self.index.add(placed, seen.report, [*keys, drawn.text_key] if drawn.text_key else keys)
        return number
