"""Streaming grouping: each report joins the group it has the best mean evidence with, or waits.

Same reports in the same order, same groups, whatever the size of a sweep: a placement depends on
what was placed before, and on nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from connector.core.grouping.codes import OTHER_CODES, SAME_CODE, code_keys, is_rare, names_a_code
from connector.core.grouping.explain import label_of, reasons
from connector.core.grouping.finder import Finder, Seen
from connector.core.grouping.index import MemoryIndex, Placed, Report, ReportIndex, free_group
from connector.core.grouping.parameters import Parameters, shipped
from connector.core.grouping.verdicts import Verdict, Verdicts
from connector.core.model import Frozen, Group, Member

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, timedelta

    from connector.core.grouping.sketch import Drawn, Stored

_NEWEST: Final = 8
_NEAR_MISSES: Final = 3
_NEAR: Final = 0.3
_ENOUGH_WORDS: Final = 3
_TOO_FEW_WORDS: Final = 0.5
"""The chance of equal texts of fewer words: they go together, though not to act by themselves."""


class Near(Frozen):
    """A group (or lone ticket) that a report did not join, and the mean chance that it should."""

    group: str
    ticket_id: int
    chance: float


class Placement(Frozen):
    """Where a report went. `joined` is False when it stands alone, in a group of its own id.

    `compared`: where a person brought it there, the chance that evidence alone gave it.
    """

    ticket_id: int
    group: str
    joined: bool
    chance: float | None = None
    compared: float | None = None
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

    def renew(self, report: Report) -> None:
        """Its words changed: it stays in its group if it has company there, else it is placed anew;
        from now on it is found by its new words.
        """
        number = self._index.number_of(report.ticket_id)
        group = None if number is None else self._index.group_of(number)
        if number is None or group is None or len(self._index.members(group)) == 1:
            if number is not None:
                self._index.remove(number)
            self.place(report)
            return
        chance = self._index.chance_of(number)
        self._index.remove(number)
        self._index.assign(self._finder.store(self._finder.look(report)), group, chance)

    def _decide(self, seen: Seen) -> Placement:
        ticket_id = seen.report.ticket_id
        forbidden = self._groups_of(self._verdicts.apart(ticket_id))
        for friend in self._verdicts.together(ticket_id):
            for group in self._groups_of((friend,)):
                return Placement(
                    ticket_id=ticket_id,
                    group=group,
                    joined=True,
                    chance=1.0,
                    compared=self._support(seen, group, {}).chance,
                    why=f"a person said that it is the same as {friend}",
                )
        for placed in seen.near:
            group = self._index.group_of(placed.number)
            if _same_text(seen.query.sketch, placed.sketch) and group not in forbidden:
                return Placement(
                    ticket_id=ticket_id,
                    group=group,
                    joined=True,
                    chance=1.0 if len(seen.query.sketch.words) >= _ENOUGH_WORDS else _TOO_FEW_WORDS,
                    why=f"the same text as {placed.ticket_id}",
                )
        needed = {near: self._needed(seen, near.group) for near in self._supported(seen, forbidden)}
        ranked = sorted(needed, key=lambda near: (needed[near] - near.chance, near.group))
        best = next((near for near in ranked if near.chance >= needed[near]), None)
        misses = tuple(near for near in ranked if near != best)[:_NEAR_MISSES]
        if best is None:
            alone = free_group(self._index, ticket_id)
            return Placement(ticket_id=ticket_id, group=alone, joined=False, near_misses=misses)
        return Placement(
            ticket_id=ticket_id,
            group=best.group,
            joined=True,
            chance=best.chance,
            why=f"like {best.ticket_id}",
            near_misses=misses,
        )

    def _groups_of(self, tickets: Iterable[int]) -> dict[str, None]:
        numbers = map(self._index.number_of, tickets)
        return {self._index.group_of(number): None for number in numbers if number is not None}

    def _supported(self, seen: Seen, forbidden: Collection[str]) -> list[Near]:
        """For each group among the candidates: the chance that its newest members speak for."""
        chances = {placed.number: self._chance(seen, placed) for placed in seen.near}
        groups: dict[str, float] = {}
        for number, chance in chances.items():
            group = self._index.group_of(number)
            groups[group] = max(chance, groups.get(group, 0.0))
        return [
            self._support(seen, group, chances)
            for group, best in groups.items()
            if group not in forbidden and best >= _NEAR * self._needed(seen, group)
        ]

    def _needed(self, seen: Seen, group: str) -> float:
        members = len(self._index.members(group))
        return self._parameters.to_join(members, vectors=bool(seen.query.sketch.vector))

    def _support(self, seen: Seen, group: str, chances: dict[int, float]) -> Near:
        newest = self._index.placed(self._index.members(group)[-_NEWEST:])
        for placed in newest:
            if placed.number not in chances:
                chances[placed.number] = self._chance(seen, placed)
        closest = max(newest, key=lambda placed: (chances[placed.number], -placed.number))
        chance = _of_better_half([chances[placed.number] for placed in newest])
        return Near(group=group, ticket_id=closest.ticket_id, chance=chance)

    def _chance(self, seen: Seen, placed: Placed) -> float:
        chance = self._parameters.chance(self._finder.evidence(seen, placed))
        if self._share_a_code(seen, placed):
            return max(chance, SAME_CODE)
        return min(chance, OTHER_CODES) if _other_codes(seen, placed) else chance

    def _share_a_code(self, seen: Seen, placed: Placed) -> bool:
        shared = code_keys(seen.report.fingerprint).intersection(placed.sketch.signatures)
        if not shared:
            return False
        counts, size = self._index.counts(shared), self._index.size()
        return any(is_rare(counts.get(key, 0), size) for key in shared)

    def groups(self) -> tuple[Group, ...]:
        """Groups of two reports or more, the oldest first."""
        return tuple(self._group(group) for group in self._index.groups())

    def group_with(self, ticket_id: int) -> Group | None:
        """The group that a placed ticket is in; None while it stands alone."""
        number = self._index.number_of(ticket_id)
        return None if number is None else self.group(self._index.group_of(number))

    def group(self, group: str) -> Group | None:
        """The group of this id; None with fewer than two reports in it."""
        return self._group(group) if len(self._index.members(group)) > 1 else None

    def strength(self, group: str) -> Literal["sure", "suggested"]:
        """Whether the group acts by itself."""
        return self._strength([self._index.chance_of(n) for n in self._index.members(group)])

    def _strength(self, chances: Sequence[float | None]) -> Literal["sure", "suggested"]:
        known = [chance for chance in chances if chance is not None]
        mean = sum(known) / len(known) if known else 0.0
        return "sure" if mean >= self._parameters.sure else "suggested"

    def _group(self, group: str) -> Group:
        numbers = self._index.members(group)
        reports = self._index.reports(numbers)
        chances = [self._index.chance_of(number) for number in numbers]
        return Group(
            id=group,
            label=label_of(reports),
            strength=self._strength(chances),
            members=tuple(
                _member(report, chance) for report, chance in zip(reports, chances, strict=True)
            ),
            why=reasons(reports, self._rarity),
        )

    def _rarity(self, keys: Sequence[int]) -> dict[int, float]:
        counts, size = self._index.counts(keys), self._index.size()
        return {key: (size + 1) / (counts.get(key, 0) + 1) for key in keys}


def _same_text(mine: Drawn, theirs: Stored) -> bool:
    """One text but for numbers, and none of them a code: a form says another failure so."""
    if mine.text_key != theirs.text_key or not mine.text_key:
        return False
    return mine.signatures == frozenset(theirs.signatures)


def _other_codes(seen: Seen, placed: Placed) -> bool:
    """Whether this report has a code, and the other signs of its own, of which none is shared."""
    mine, theirs = seen.query.sketch.signatures, placed.sketch.signatures
    if not (mine and theirs) or not mine.isdisjoint(theirs):
        return False
    return names_a_code(seen.report.fingerprint)


def _of_better_half(chances: Sequence[float]) -> float:
    """The mean over the better half, two at least: one look-alike is no support, nor is one odd
    report against it.
    """
    best = sorted(chances, reverse=True)[: max(2, (len(chances) + 1) // 2)]
    return sum(best) / len(best)


def _member(report: Report, chance: float | None) -> Member:
    return Member(
        ticket_id=report.ticket_id,
        customer_key=report.customer_key,
        customer_name=report.customer_name,
        created_at=report.created_at,
        chance=chance,
    )


def in_order(reports: Iterable[Report]) -> list[Report]:
    """The order that reports are placed in: by time, then by id."""

    def when(report: Report) -> tuple[datetime, int]:
        return (report.created_at, report.ticket_id)

    return sorted(reports, key=when)
