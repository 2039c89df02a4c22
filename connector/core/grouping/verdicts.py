"""What people said about pairs of tickets: together or apart. Their word is never undone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(Frozen):
    """Two tickets are about the same issue, or about different ones. The last word counts."""

    first: int
    second: int
    says: Literal["same", "different"]


class Verdicts:
    """Verdicts with what follows from them: friends of friends belong together."""

    def __init__(self, verdicts: Iterable[Verdict] = ()) -> None:
        last = {frozenset((verdict.first, verdict.second)): verdict for verdict in verdicts}
        self._together: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = defaultdict(set)
        for verdict in last.values():
            if verdict.says == "same":
                self._unite(verdict.first, verdict.second)
        for verdict in last.values():
            if verdict.says == "different":
                self._divide(verdict.first, verdict.second)

    def _unite(self, first: int, second: int) -> None:
        union = self._cluster(first) | self._cluster(second)
        for ticket in union:
            self._together[ticket] = union

    def _divide(self, first: int, second: int) -> None:
        for one, other in ((first, second), (second, first)):
            for ticket in self._cluster(one):
                self._apart[ticket] |= self._cluster(other)

    def _cluster(self, ticket: int) -> set[int]:
        return self._together.get(ticket, {ticket})

    def together(self, ticket: int) -> tuple[int, ...]:
        """The other tickets that belong to this one's issue, the smallest id first."""
        return tuple(sorted(self._cluster(ticket) - {ticket}))

    def apart(self, ticket: int) -> frozenset[int]:
        """Tickets that must not be in this one's group."""
        return frozenset(self._apart.get(ticket, ())) - self._cluster(ticket)
