"""People's words about tickets that are in store already: taken in at once, and kept to.

What is said stays with the verdicts, which later placements obey; here the groups that exist are
put right. Nothing else ever moves a report that was placed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.grouping.index import free_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.grouping.index import ReportIndex
    from connector.core.grouping.verdicts import Verdicts


class Corrections:
    """Moves reports between groups. `verdicts` hold what is said now as well."""

    def __init__(self, index: ReportIndex, verdicts: Verdicts) -> None:
        self._index = index
        self._verdicts = verdicts

    def unite(self, tickets: Sequence[int]) -> str | None:
        """Those of the tickets that are in store, in one group; its id.

        Each one's whole group comes along, unless somebody in it must stay away from the others:
        then it comes with its own alone.
        """
        numbers = self._numbers(tickets)
        if not numbers:
            return None
        home = self._index.group_of(numbers[0])
        for number in numbers[1:]:
            left = self._index.group_of(number)
            if left != home:
                for moved in self._coming(number, left, home):
                    self._index.assign(moved, home, self._index.chance_of(moved) or 1.0)
            self._index.assign(number, home, 1.0)
        return home

    def confirm(self, group: str) -> None:
        """A person says that all of it is one issue: nothing about it is a guess any more."""
        for number in self._index.members(group)[1:]:
            self._index.assign(number, group, 1.0)

    def part(self, tickets: Sequence[int]) -> None:
        """Each of the tickets leaves its group and stands alone."""
        for number in self._numbers(tickets):
            group = self._index.group_of(number)
            if len(self._index.members(group)) > 1:
                name = free_group(self._index, self._ticket(number))
                self._index.assign(number, name, None)

    def _coming(self, number: int, left: str, home: str) -> Sequence[int]:
        away = set(self._index.members(home))
        members = self._index.members(left)
        if any(away & set(self._apart(member)) for member in members):
            ticket = self._ticket(number)
            return self._numbers([ticket, *self._verdicts.together(ticket)])
        return tuple(members)

    def _apart(self, number: int) -> Sequence[int]:
        return self._numbers(self._verdicts.apart(self._ticket(number)))

    def _numbers(self, tickets: Sequence[int] | frozenset[int]) -> list[int]:
        found = map(self._index.number_of, tickets)
        return sorted(number for number in found if number is not None)

    def _ticket(self, number: int) -> int:
        return self._index.arrivals((number,))[0].ticket_id
