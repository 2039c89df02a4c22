"""The groups' index on the ledger's tables: what `connector.core.grouping` asks of a store.

New reports, counts of terms and postings, some hundred rows a report, are gathered and written by
`save`, in the order of the tables: a hundred reports then touch few pages more than one. What
becomes of a report that is in the store already is written as it comes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, delete, func, select, update

from connector.core.grouping import NEWEST, Arrival, Fingerprint, Placed, Report
from connector.core.grouping.index import arrival_of, own_group
from connector.ledger.columns import storable
from connector.ledger.report_queries import (
    ASSIGN,
    COUNTED,
    INSERT_REPORT,
    ROW,
    STORED,
    Row,
    among,
    ask,
    kept_before,
    listed,
    put,
    start_of,
    still_held,
    ticks,
)
from connector.ledger.schema import tally
from connector.ledger.schema_groups import near_miss, posting, report, report_group, sketch, term
from connector.ledger.sketches import pack, pack_numbers, readable, text_of, unpack, unpack_numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

KEPT: Final = 0
"""The month of reports that an escalation holds, once their own month is over."""

_GROUP: Final = [column.name for column in ROW].index("group_id")
_MOST_PLACED: Final = 2_000
_MOST_ROWS: Final = 10_000
"""Reports that a transaction holds as they are compared, some kilobytes each, and by row."""


class LedgerIndex:
    """A `ReportIndex` for as long as its transaction. Nothing is counted before `save`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._server = connection.dialect.name == "postgresql"
        self._tallies: dict[str, int] | None = None
        self._counts: dict[int, int] = {}
        self._fresh_counts: Counter[int] = Counter()
        self._found: dict[int, dict[int, Sequence[int]]] = defaultdict(dict)
        self._fresh: dict[int, dict[int, list[int]]] = defaultdict(dict)
        self._weights: dict[int, Sequence[Any] | None] = {}
        self._rows: dict[int, Row] = {}
        self._asked: set[int] = set()
        self._placed: dict[int, Placed] = {}
        self._fresh_reports: dict[int, dict[str, Any]] = {}
        self._fresh_sketches: dict[int, bytes] = {}
        self._numbers: dict[int, int | None] = {}
        self._members: dict[str, list[int]] = {}

    # --- counts -------------------------------------------------------------------------------

    def size(self) -> int:
        return self._tally(COUNTED)

    def stored(self) -> int:
        return self._tally(STORED)

    def _tally(self, name: str) -> int:
        if self._tallies is None:
            self._tallies = dict(self._ask("tallies", keys=(COUNTED, STORED)))
        return self._tallies.get(name, 0)

    def _add_to_tally(self, name: str) -> None:
        number = self._tally(name) + 1
        if self._tallies is not None:
            self._tallies[name] = number

    def counts(self, keys: Collection[int]) -> Mapping[int, int]:
        unknown = set(keys).difference(self._counts)
        if unknown:
            self._counts.update(dict.fromkeys(unknown, 0))
            rows = self._ask("counts", keys=unknown)
            self._counts.update((key, count) for key, count in rows)
        fresh = self._fresh_counts
        return {key: self._counts[key] + fresh.get(key, 0) for key in keys}

    def count(self, keys: Iterable[int]) -> None:
        self._add_to_tally(COUNTED)
        self._fresh_counts.update(keys)

    # --- postings -----------------------------------------------------------------------------

    def postings(
        self, keys: Sequence[int], months: Sequence[int], most: int
    ) -> Mapping[int, Sequence[int]]:
        """Reports that an escalation holds are found whatever the months."""
        newest = [*sorted(months, reverse=True), KEPT]
        self._read_postings(keys, newest)
        months_of = [(self._fresh[month], self._found[month]) for month in newest]
        found: dict[int, list[int]] = {}
        for key in keys:
            numbers: list[int] = []
            for fresh, stored in months_of:
                numbers += reversed(fresh.get(key, ()))
                numbers += reversed(stored[key])
                if len(numbers) >= most:
                    break
            found[key] = numbers[:most]
        return found

    def _read_postings(self, keys: Iterable[int], months: Sequence[int]) -> None:
        wanted = set(keys)
        unknown = set[int]().union(*(wanted.difference(self._found[month]) for month in months))
        if not unknown:
            return
        for month in months:
            self._found[month].update(dict.fromkeys(unknown, ()))
        for month, key, packed in self._ask("postings", keys=unknown, months=months):
            self._found[month][key] = unpack_numbers(packed)

    # --- reports ------------------------------------------------------------------------------

    def weights(
        self, numbers: Sequence[int], since: datetime, until: datetime
    ) -> Sequence[tuple[int, float]]:
        weights = self._weights
        if len(weights) > _MOST_ROWS:
            weights = self._weights = {number: weights[number] for number in self._fresh_reports}
        unknown = [number for number in numbers if number not in weights]
        if unknown:
            weights.update(dict.fromkeys(unknown))
            weights.update((row[0], row) for row in self._ask("weights", keys=unknown))
        first, last = ticks(since), ticks(until)
        return [
            (number, known[2])
            for number in numbers
            if (known := weights[number]) and (first <= known[1] <= last or known[3])
        ]

    def arrivals(self, numbers: Sequence[int]) -> Sequence[Arrival]:
        self._read_rows(numbers)
        return [self._rows[number].arrival for number in numbers if number in self._rows]

    def _make_room(self) -> None:
        if len(self._rows) > _MOST_ROWS:
            self._save_reports()
            self._rows, self._asked = {}, set()
            self._numbers = {t: None for t, number in self._numbers.items() if number is None}

    def _read_rows(self, numbers: Iterable[int]) -> None:
        self._make_room()
        unknown = [number for number in numbers if number not in self._asked]
        if unknown:
            self._take(self._ask("rows", keys=unknown))
            self._asked.update(unknown)

    def _read_companions(self, numbers: Iterable[int]) -> None:
        """Rows of these, and of all that are in a group with one of them."""
        self._make_room()
        unknown = [number for number in numbers if number not in self._asked]
        if unknown:
            self._asked.update(unknown)
            rows = self._ask("companions", keys=unknown)
            self._hold_members({row[_GROUP] for row in rows}, rows)
        self._read_members({self._rows[n].group_id for n in numbers if n in self._rows})

    def _take(self, rows: Iterable[Any]) -> list[Row]:
        taken = [Row.read(row) for row in rows]
        for row in taken:
            self._hold(row)
        return taken

    def _hold(self, row: Row) -> None:
        number = row.arrival.number
        self._rows[number] = row
        self._numbers[row.arrival.ticket_id] = number
        self._asked.add(number)

    def placed(self, numbers: Sequence[int]) -> Sequence[Placed]:
        self._read_companions(numbers)
        if len(self._placed) > _MOST_PLACED:
            unsaved = self._fresh_sketches
            self._placed = {n: placed for n, placed in self._placed.items() if n in unsaved}
        unknown = [n for n in numbers if n not in self._placed and n in self._rows]
        if unknown:
            for number, packed in self._ask("sketches", keys=unknown):
                row = self._rows[number].arrival
                words, norms, usual = unpack(packed)
                self._placed[number] = Placed(
                    number=number,
                    ticket_id=row.ticket_id,
                    customer_key=row.customer_key,
                    created_at=row.created_at,
                    sketch=words,
                    norms=norms,
                    usual=usual,
                )
        return [self._placed[number] for number in numbers if number in self._placed]

    def reports(self, numbers: Sequence[int]) -> Sequence[Report]:
        """From the mirror: the index holds no words."""
        self._read_rows(numbers)
        tickets = {n: self._rows[n].arrival.ticket_id for n in numbers if n in self._rows}
        rows = self._ask("words", keys=list(tickets.values()))
        known = {ticket_id: (customer, words) for ticket_id, customer, words in rows}
        return [self._report(n, *known.get(ticket, (None, None))) for n, ticket in tickets.items()]

    def _report(self, number: int, customer: Any, words: Any) -> Report:
        row = self._rows[number].arrival
        return Report(
            ticket_id=row.ticket_id,
            customer_key=row.customer_key,
            customer_name=(customer or {}).get("name") or "",
            created_at=row.created_at,
            fingerprint=readable(words) or Fingerprint(),
        )

    def add(self, placed: Placed, report: Report, keys: Sequence[int]) -> None:
        """Alone at first, in a group of its own name."""
        self._add_to_tally(STORED)
        arrival, created_at = arrival_of(placed), ticks(placed.created_at)
        weight = placed.norms.words
        more = {"created_at": created_at, "month": placed.month, "weight": weight}
        self._fresh_reports[placed.number] = (
            arrival._asdict() | more | {"text": text_of(report.fingerprint)}
        )
        self._fresh_sketches[placed.number] = pack(placed.sketch, placed.norms, placed.usual)
        self._hold(Row(arrival))
        self._weights[placed.number] = (placed.number, created_at, weight, False)
        self._placed[placed.number] = placed
        month = self._fresh[placed.month]
        for key in keys:
            month.setdefault(key, []).append(placed.number)

    def remove(self, number: int) -> None:
        """Its number stays in the postings until their month is over, and leads nowhere."""
        self._save_reports()
        self._leave(number)
        row = self._rows.pop(number)
        self._numbers[row.arrival.ticket_id] = None
        self._weights[number] = None
        self._placed.pop(number, None)
        self._fresh_sketches.pop(number, None)
        for table in (report, sketch, near_miss):
            self._connection.execute(delete(table).where(table.c.number == number))

    def look_up(self, tickets: Collection[int]) -> None:
        """Reads at once what `number_of` will be asked for."""
        self._look_up(tickets, named=())

    def expect(self, tickets: Collection[int]) -> None:
        """Reads at once what placing these tickets asks of each: its number, the group named so."""
        self._look_up(tickets, named=[own_group(ticket) for ticket in tickets])

    def _look_up(self, tickets: Collection[int], named: Sequence[str]) -> None:
        unknown = [ticket for ticket in tickets if ticket not in self._numbers]
        if unknown:
            self._numbers.update(dict.fromkeys(unknown))
            self._hold_members(named, self._ask("tickets", keys=unknown, groups=named))

    def number_of(self, ticket_id: int) -> int | None:
        self.expect((ticket_id,))
        return self._numbers[ticket_id]

    def text_of(self, number: int) -> int | None:
        """What `text_of` told of the words that were placed."""
        self._save_reports()
        return self._connection.scalar(select(report.c.text).where(report.c.number == number))

    # --- groups -------------------------------------------------------------------------------

    def assign(self, number: int, group: str, chance: float | None) -> None:
        self._leave(number)
        members = self._known_members(group)
        self._rows[number] = self._rows[number]._replace(group_id=group, chance=chance)
        if number not in members:
            members.append(number)
            members.sort()
        if number not in self._fresh_reports:
            self._connection.execute(ASSIGN, {"of": number, "to": group, "chance": chance})

    def _leave(self, number: int) -> None:
        self._read_rows((number,))
        left = self._rows[number].group_id
        if left:
            self._known_members(left).remove(number)

    def group_of(self, number: int) -> str:
        self._read_rows((number,))
        return self._rows[number].group_id

    def members(self, group: str) -> Sequence[int]:
        return tuple(self._known_members(group))

    def _known_members(self, group: str) -> list[int]:
        self._read_members((group,))
        return self._members[group]

    def _read_members(self, groups: Iterable[str]) -> None:
        unknown = [group for group in groups if group not in self._members]
        if unknown:
            rows = self._ask("members", groups=[*map(storable, unknown)])
            self._hold_members(unknown, rows)

    def _hold_members(self, groups: Iterable[str], rows: Iterable[Any]) -> None:
        """Holds the rows. All of those that these groups have are among them, in their order."""
        found: dict[str, list[int]] = {group: [] for group in groups}
        for row in self._take(rows):
            found.get(row.group_id, []).append(row.arrival.number)
        for group, members in found.items():
            self._members.setdefault(group, members)

    def chance_of(self, number: int) -> float | None:
        self._read_rows((number,))
        return self._rows[number].chance

    def groups(self) -> Sequence[str]:
        """Reads every report: for looking at all of it, never for a sweep."""
        self._save_reports()
        oldest = func.min(report.c.number)
        statement = select(report.c.group_id).group_by(report.c.group_id)
        return list(self._connection.scalars(statement.having(func.count() > 1).order_by(oldest)))

    def grouped(self) -> dict[int, str]:
        """Ticket -> group, for those that are in one with others: for making all of it anew."""
        shared = select(report.c.group_id).group_by(report.c.group_id).having(func.count() > 1)
        known = select(report.c.ticket_id, report.c.group_id).where(report.c.group_id.in_(shared))
        return {row.ticket_id: row.group_id for row in self._connection.execute(known)}

    # --- the end of a transaction, of a month -------------------------------------------------

    def save(self) -> None:
        """Writes what was placed, what was counted and what reports are found by."""
        self._save_reports()
        self._save_counts()
        for month in sorted(self._fresh):
            self._save_postings(month, self._fresh[month])
        self._fresh.clear()
        self._save_sketches()
        self._save_tallies()

    def _save_reports(self) -> None:
        if self._fresh_reports:
            for number, values in self._fresh_reports.items():
                _, values["group_id"], values["chance"] = self._rows[number]
            self._connection.execute(INSERT_REPORT, [*self._fresh_reports.values()])
            self._fresh_reports.clear()

    def _save_counts(self) -> None:
        fresh = self._fresh_counts
        if not fresh:
            return
        put(self._connection, "term", sorted(fresh.items()))
        self._counts.update((k, self._counts[k] + n) for k, n in fresh.items() if k in self._counts)
        fresh.clear()

    def _save_postings(self, month: int, fresh: Mapping[int, Sequence[int]]) -> None:
        if not fresh:
            return
        self._read_postings(fresh, (month,))
        found = self._found[month]
        rows = []
        for key in sorted(fresh):
            packed = pack_numbers((*found[key], *fresh[key])[-NEWEST:])
            found[key] = unpack_numbers(packed)
            rows.append((month, key, packed))
        put(self._connection, "posting", rows)

    def _save_sketches(self) -> None:
        if self._fresh_sketches:
            put(self._connection, "sketch", sorted(self._fresh_sketches.items()))
            self._fresh_sketches.clear()

    def _save_tallies(self) -> None:
        if self._tallies:
            put(self._connection, "tally", sorted(self._tallies.items()))

    def keep(self, tickets: Iterable[int]) -> None:
        """An escalation holds them: they are found as long as it may come back."""
        ids = list(tickets)
        self._save_reports()
        self._connection.execute(
            update(report).where(among(report.c.ticket_id, self._server)).values(kept=True),
            {"keys": listed(ids, self._server)},
        )
        self._weights.clear()

    def expire(self, before: int, resolved_since: datetime) -> int:
        """Drops the months before this one; how many reports. Those that an escalation holds which
        lives, or was resolved since then, go on in a month of their own.
        """
        self.save()
        held = self._held(before, resolved_since)
        old = report.c.month < before
        gone = (old, ~among(report.c.number, self._server))
        these = {"keys": listed(held, self._server)}
        for table in (sketch, near_miss):
            numbers = select(report.c.number).where(*gone)
            self._connection.execute(delete(table).where(table.c.number.in_(numbers)), these)
        dropped = self._connection.execute(delete(report).where(*gone), these).rowcount
        self._connection.execute(update(report).where(old).values(month=KEPT))
        self._connection.execute(delete(posting).where(posting.c.month < before))
        lines = delete(report_group).where(report_group.c.newest_at < start_of(before))
        self._connection.execute(lines)
        self._forget_reading()
        self._find_again(held)
        return dropped

    def _held(self, before: int, resolved_since: datetime) -> list[int]:
        kept = self._connection.execute(kept_before(before))
        numbers = {row.ticket_id: row.number for row in kept}
        these = {"keys": listed(numbers, self._server)}
        still = self._connection.scalars(still_held(self._server, resolved_since), these)
        return sorted({numbers[ticket] for ticket in still})

    def _find_again(self, numbers: Sequence[int]) -> None:
        fresh = self._fresh[KEPT]
        for placed in self.placed(numbers):
            drawn = placed.sketch
            keys = chain(drawn.words, drawn.signatures, [drawn.text_key] if drawn.text_key else ())
            for key in keys:
                fresh.setdefault(key, []).append(placed.number)
        self.save()

    def clear(self) -> None:
        """Forgets everything: a rebuild follows."""
        for table in (report, sketch, term, posting, near_miss, report_group):
            self._connection.execute(delete(table))
        self._connection.execute(delete(tally).where(tally.c.name.in_([COUNTED, STORED])))
        self._forget_reading()

    def _forget_reading(self) -> None:
        self.__init__(self._connection)  # type: ignore[misc]  # as if nothing had been asked

    def _ask(self, what: str, **values: Collection[int | str]) -> Sequence[Any]:
        return ask(self._connection, what, **values)
