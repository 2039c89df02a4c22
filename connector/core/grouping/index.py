"""Where placed reports are kept and found again: a protocol, and its implementation in memory."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from connector.core.grouping.fingerprint import Fingerprint
from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from connector.core.grouping.sketch import Stored


NEWEST: Final = 300
"""How many of the newest reports of a month are remembered to have a term."""


class Report(Frozen):
    """One ticket's report, ready to be placed."""

    ticket_id: int
    customer_key: str
    customer_name: str = ""
    created_at: datetime
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Norms:
    """Sizes of a report's parts: roots of summed squares, and plain sums (mass), of rarity."""

    words: float
    title: float
    phrases: float
    code: float
    mass: float
    title_mass: float


class Arrival(NamedTuple):
    """A report in store, without its words. `number` counts arrivals from 0.

    `kept`: an escalation holds it, so that it is found for longer than the window.
    """

    number: int
    ticket_id: int
    customer_key: str
    created_at: datetime
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A report in the store, as it is compared. `month` is year * 12 + month.

    `norms` and `usual` (mean similarity to its nearest neighbours) are as
    of its arrival, so that comparing with it needs no look-up of its terms.
    """

    number: int
    ticket_id: int
    customer_key: str
    created_at: datetime
    sketch: Stored
    norms: Norms
    usual: float

    @property
    def month(self) -> int:
        return month_of(self.created_at)


def arrival_of(placed: Placed) -> Arrival:
    return Arrival(
        number=placed.number,
        ticket_id=placed.ticket_id,
        customer_key=placed.customer_key,
        created_at=placed.created_at,
    )


def month_of(time: datetime) -> int:
    return time.year * 12 + time.month - 1


def own_group(ticket_id: int) -> str:
    """The name of the group that a ticket begins."""
    return f"g{ticket_id}"


def free_group(index: ReportIndex, ticket_id: int) -> str:
    """A name for a group that begins with this ticket. A group is named after its first ticket and
    keeps the name when that one leaves: then the next free one.
    """
    name = own_group(ticket_id)
    if not index.members(name):
        return name
    return next(other for k in count(2) if not index.members(other := f"{name}-{k}"))


class ReportIndex(Protocol):
    """Postings by term key, split by month so that an expired month is dropped whole.

    `counts` holds how many reports have a term; it outlives the months.
    """

    def size(self) -> int:
        """How many reports were counted, expired ones included."""

    def stored(self) -> int:
        """How many reports were ever added: the next one's number."""

    def counts(self, keys: Collection[int]) -> Mapping[int, int]:
        """How many reports have each key; keys never seen may be left out."""

    def count(self, keys: Iterable[int]) -> None:
        """Counts one more report with these keys."""

    def postings(
        self, keys: Sequence[int], months: Sequence[int], most: int
    ) -> Mapping[int, Sequence[int]]:
        """Per key at most `most` numbers of the newest reports of these months that have it.

        A month remembers `NEWEST` of them.
        """

    def weights(
        self, numbers: Sequence[int], since: datetime, until: datetime
    ) -> Sequence[tuple[int, float]]:
        """Number and `norms.words` of those that are still in store and came in this time, both
        ends included, or that an escalation holds, whenever they came.
        """

    def arrivals(self, numbers: Sequence[int]) -> Sequence[Arrival]:
        """Those of the numbers that are still in store, in the order asked."""

    def placed(self, numbers: Sequence[int]) -> Sequence[Placed]:
        """Those of the numbers that are still in store, in the order asked."""

    def reports(self, numbers: Sequence[int]) -> Sequence[Report]:
        """Those of the numbers that are still in store, in the order asked: for explaining."""

    def add(self, placed: Placed, report: Report, keys: Sequence[int]) -> None:
        """Stores a report under the keys it shall be found by."""

    def remove(self, number: int) -> None:
        """Takes a report out of its group and the store; what was counted stays counted."""

    def number_of(self, ticket_id: int) -> int | None: ...

    def assign(self, number: int, group: str, chance: float | None) -> None:
        """Puts a report into a group, out of the one it is in. `chance`: of it belonging there."""

    def group_of(self, number: int) -> str: ...

    def members(self, group: str) -> Sequence[int]:
        """Numbers of the reports in a group, in order of arrival."""

    def chance_of(self, number: int) -> float | None:
        """As assigned; None for a report that no evidence put there (it came first)."""

    def groups(self) -> Sequence[str]:
        """Groups with two reports or more, the oldest first."""


class MemoryIndex:
    """The protocol on dictionaries: for files, tests, and stores of up to some 100,000 reports."""

    def __init__(self) -> None:
        self._size = 0
        self._stored = 0
        self._counts: dict[int, int] = defaultdict(int)
        self._months: dict[int, dict[int, list[int]]] = {}
        self._placed: dict[int, Placed] = {}
        self._reports: dict[int, Report] = {}
        self._numbers: dict[int, int] = {}
        self._group_of: dict[int, str] = {}
        self._members: dict[str, list[int]] = {}
        self._chances: dict[int, float | None] = {}

    def size(self) -> int:
        return self._size

    def stored(self) -> int:
        return self._stored

    def counts(self, keys: Collection[int]) -> Mapping[int, int]:
        counts = self._counts
        return {key: counts[key] for key in keys if key in counts}

    def count(self, keys: Iterable[int]) -> None:
        self._size += 1
        for key in keys:
            self._counts[key] += 1

    def postings(
        self, keys: Sequence[int], months: Sequence[int], most: int
    ) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for key in keys:
            numbers: list[int] = []
            for month in sorted(months, reverse=True):
                numbers.extend(self._months.get(month, {}).get(key, ())[: -most - 1 : -1])
                if len(numbers) >= most:
                    break
            found[key] = numbers[:most]
        return found

    def weights(
        self, numbers: Sequence[int], since: datetime, until: datetime
    ) -> Sequence[tuple[int, float]]:
        return [
            (placed.number, placed.norms.words)
            for placed in self.placed(numbers)
            if since <= placed.created_at <= until
        ]

    def arrivals(self, numbers: Sequence[int]) -> Sequence[Arrival]:
        return [arrival_of(placed) for placed in self.placed(numbers)]

    def placed(self, numbers: Sequence[int]) -> Sequence[Placed]:
        return [self._placed[number] for number in numbers if number in self._placed]

    def reports(self, numbers: Sequence[int]) -> Sequence[Report]:
        return [self._reports[number] for number in numbers if number in self._reports]

    def add(self, placed: Placed, report: Report, keys: Sequence[int]) -> None:
        self._stored += 1
        self._placed[placed.number] = placed
        self._reports[placed.number] = report
        self._numbers[placed.ticket_id] = placed.number
        month = self._months.setdefault(placed.month, {})
        for key in keys:
            month.setdefault(key, []).append(placed.number)

    def remove(self, number: int) -> None:
        del self._numbers[self._placed.pop(number).ticket_id]
        del self._reports[number]
        del self._chances[number]
        self._members[self._group_of.pop(number)].remove(number)

    def number_of(self, ticket_id: int) -> int | None:
        return self._numbers.get(ticket_id)

    def assign(self, number: int, group: str, chance: float | None) -> None:
        old = self._group_of.get(number)
        if old is not None:
            self._members[old].remove(number)
        self._group_of[number] = group
        self._chances[number] = chance
        insort(self._members.setdefault(group, []), number)

    def group_of(self, number: int) -> str:
        return self._group_of[number]

    def members(self, group: str) -> Sequence[int]:
        return self._members.get(group, ())

    def chance_of(self, number: int) -> float | None:
        return self._chances[number]

    def groups(self) -> Sequence[str]:
        large = [
            (numbers[0], group) for group, numbers in self._members.items() if len(numbers) > 1
        ]
        return [group for _, group in sorted(large)]
