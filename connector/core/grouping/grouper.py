"""Streaming grouping: each report joins the group it has the best mean evidence with, or waits.

Same reports in the same order, same groups, whatever the size of a sweep: a placement depends on
what was placed before, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from connector.core.grouping.explain import label_of, reasons
from connector.core.grouping.finder import Finder, Seen
from connector.core.grouping.index import MemoryIndex, Placed, Report, ReportIndex
from connector.core.grouping.parameters import Parameters, shipped
from connector.core.grouping.verdicts import Verdict, Verdicts
from connector.core.model import Frozen, Group, Member

_NEWEST: Final = 8
_NEAR_MISSES: Final = 3


class Near(Frozen):
    """A group (or lone ticket) that a report did not join, and the mean chance that it should."""

    group: str
    ticket_id: int
    chance: float


class Placement(Frozen):
    """Where a report went. `joined` is False when it stands alone, in a group of its own id."""

    ticket_id: int
    group: str
    joined: bool
    chance: float | None = None
    why: str = ""
    near_misses: tuple[Near, ...] = ()


class Grouper:
    """Places reports one by one. `window`: a group takes nobody new this long after its last."""

    def __init__(
        self,
        parameters: Parameters | None = None,
        *,
        window: timedelta,
        index: ReportIndex | None = None,
        verdicts: Iterable[Verdict] = (),
    ) -> None:
        self._parameters = parameters or shipped()
        self._index = index if index is not None else MemoryIndex()
        self._finder = Finder(self._index, window=window)
        self._verdicts = Verdicts(verdicts)

    def learn_rarity(self, reports: Iterable[Report]) -> None:
        """Counts terms before anything is placed: with all of a file known, rarity is known too."""
        self._finder.learn_rarity(reports)

    def place(self, report: Report) -> Placement:
        """Places a report. One that is in store already stays where it is."""
        known = self._index.number_of(report.ticket_id)
        if known is not None:
            group = self._index.group_of(known)
            return Placement(
                ticket_id=report.ticket_id,
                group=group,
                joined=len(self._index.members(group)) > 1,
                chance=self._index.chance_of(known),
                why="placed before",
            )
        seen = self._finder.look(report)
        placement = self._decide(seen)
        self._index.assign(self._finder.store(seen), placement.group, placement.chance)
        return placement

    def _decide(self, seen: Seen) -> Placement:
        ticket_id = seen.report.ticket_id
        for friend in self._verdicts.together(ticket_id):
            number = self._index.number_of(friend)
            if number is not None:
                group = self._index.group_of(number)
                why = f"a person said that it is the same as {friend}"
                return Placement(ticket_id=ticket_id, group=group, joined=True, chance=1.0, why=why)
        ranked = sorted(self._mean_chances(seen), key=lambda item: (-item.chance, item.group))
        best = ranked[0] if ranked else None
        if best is None or best.chance < self._parameters.join:
            misses = tuple(ranked[:_NEAR_MISSES])
            return Placement(
                ticket_id=ticket_id, group=f"g{ticket_id}", joined=False, near_misses=misses
            )
        return Placement(
            ticket_id=ticket_id,
            group=best.group,
            joined=True,
            chance=best.chance,
            why=f"like {best.ticket_id}",
            near_misses=tuple(ranked[1 : 1 + _NEAR_MISSES]),
        )

    def _mean_chances(self, seen: Seen) -> list[Near]:
        """For each group among the candidates: the mean chance with its newest members."""
        chances = {placed.number: self._chance(seen, placed) for placed in seen.near}
        apart = self._verdicts.apart(seen.report.ticket_id)
        found: list[Near] = []
        for group in dict.fromkeys(self._index.group_of(number) for number in chances):
            newest = self._index.placed(self._index.members(group)[-_NEWEST:])
            if any(placed.report.ticket_id in apart for placed in newest):
                continue
            for placed in newest:
                if placed.number not in chances:
                    chances[placed.number] = self._chance(seen, placed)
            mean = sum(chances[placed.number] for placed in newest) / len(newest)
            closest = max(newest, key=lambda placed: (chances[placed.number], -placed.number))
            found.append(Near(group=group, ticket_id=closest.report.ticket_id, chance=mean))
        return found

    def _chance(self, seen: Seen, placed: Placed) -> float:
        if seen.query.sketch.text_key == placed.sketch.text_key != 0:
            return 1.0
        return self._parameters.chance(self._finder.evidence(seen, placed))

    def groups(self) -> tuple[Group, ...]:
        """Groups of two reports or more, the oldest first."""
        return tuple(self._group(group) for group in self._index.groups())

    def _group(self, group: str) -> Group:
        numbers = self._index.members(group)
        members = self._index.placed(numbers)
        chances = [self._index.chance_of(number) for number in numbers]
        known = [chance for chance in chances if chance is not None]
        mean = sum(known) / len(known) if known else 0.0
        return Group(
            id=group,
            label=label_of([placed.report for placed in members]),
            strength="sure" if mean >= self._parameters.sure else "suggested",
            members=tuple(_member(placed.report) for placed in members),
            why=reasons([placed.report for placed in members], self._rarity),
        )

    def _rarity(self, keys: Sequence[int]) -> dict[int, float]:
        counts, size = self._index.counts(keys), self._index.size()
        return {key: (size + 1) / (counts.get(key, 0) + 1) for key in keys}


def _member(report: Report) -> Member:
    return Member(
        ticket_id=report.ticket_id,
        customer_key=report.customer_key,
        customer_name=report.customer_name,
        created_at=report.created_at,
    )


def in_order(reports: Iterable[Report]) -> list[Report]:
    """The order that reports are placed in: by time, then by id."""

    def when(report: Report) -> tuple[datetime, int]:
        return (report.created_at, report.ticket_id)

    return sorted(reports, key=when)
