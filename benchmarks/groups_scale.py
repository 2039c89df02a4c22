"""Groups on the ledger at size: placing one ticket, memory, disk, and what an idle sweep costs.

    python benchmarks/groups_scale.py                       0, 10k, 100k and 1M tickets in store
    python benchmarks/groups_scale.py --sizes 10000         something quick
    python benchmarks/groups_scale.py --sizes --from-nothing 100000   that many, one by one
    python benchmarks/groups_scale.py --vectors             with made-up sentence vectors

Texts are made here, from words of its own with the frequencies of real ones (Zipf), spread over
`--days`: over a year, of which the window of 30 days sees a twelfth, and over 30 days, all of which
it sees. A store is filled by the index's own code but without comparing each report with its
nearest, which would take an hour at 1M and changes no table's size; the reports that are timed are
placed as a sweep places them. Nothing expires before that: the index holds all of them.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, pairwise, product
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from connector.candidates import find_candidates
from connector.cli import collect_rarely
from connector.core.grouping import Fingerprint, Grouper, Report
from connector.core.grouping.finder import Finder, Seen
from connector.core.grouping.fingerprint import Line, key_of
from connector.core.grouping.index import month_of
from connector.core.grouping.pairs import Surroundings, query
from connector.core.grouping.sketch import sketch
from connector.core.model import Customer
from connector.ledger.rows import MirrorRow
from connector.ledger.store import Ledger, open_ledger
from connector.mapping_files import load_mappings
from connector.placing import update_groups
from connector.services import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.ledger.report_index import LedgerIndex
    from connector.services import Services

WINDOW = timedelta(days=30)
START = datetime(2025, 1, 1, tzinfo=UTC)
CHUNK = 1_000
VECTOR = 384
OF_LENGTH_ONE = bytes((byte % 91 - 45) & 0xFF for byte in range(256))
"""Random bytes as numbers that make a vector of about the length that a sentence model gives."""
SYLLABLES = [a + b for a in "bdfghjklmnprstvz" for b in "aeiou"]


class Writer:
    """Makes reports: everyday words, a few rare ones, now and then an error, some of one matter."""

    def __init__(self, seed: int = 7, *, vectors: bool = False) -> None:
        self.vectors = vectors
        self.chance = Random(seed)  # noqa: S311 - test data
        self.words = [self._word() for _ in range(40_000)]
        self.weights = list(accumulate(1 / (rank + 4) for rank in range(len(self.words))))
        self.matters = [[self._word() + self._word() for _ in range(9)] for _ in range(4_000)]

    def _word(self) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 4)))

    def _pick(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def _vector(self) -> str:
        return b64encode(self.chance.randbytes(VECTOR).translate(OF_LENGTH_ONE)).decode("ascii")

    def report(self, number: int, at: datetime) -> Report:
        chance = self.chance
        words = self._pick(chance.randint(12, 90))
        if chance.random() < 0.1:
            words = [*chance.choice(self.matters), *words[:15]]
        words = [*dict.fromkeys(words), f"{self._word()}{number % 9973}"]
        title, body = words[:6], words[6:]
        signs = (f"code:{chance.choice('abcdef')}{chance.randint(100, 999)}",)
        flow = [key_of(f"{a} {b}") & 0xFFFFFFFF for a, b in pairwise(words)]
        lines = [body[start : start + 12] for start in range(0, len(body), 12)]
        return Report(
            ticket_id=number,
            customer_key=f"organization:{chance.randint(1, 20_000)}",
            customer_name="",
            created_at=at,
            fingerprint=Fingerprint(
                headline=" ".join(title),
                title=tuple(title),
                text_key=key_of(" ".join(words)),
                lines=tuple(Line(key=key_of(" ".join(w)), words=tuple(sorted(w))) for w in lines),
                phrases=tuple(dict.fromkeys(flow)),
                signatures=signs if chance.random() < 0.2 else (),
                vector=b64encode(chance.randbytes(VECTOR).translate(OF_LENGTH_ONE)).decode()
                if self.vectors
                else "",
            ),
        )


@dataclass
class Timed:
    """Seconds of single placements, wall and CPU."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)

    def told(self) -> str:
        return "  ".join(
            f"{name} p50 {_at(values, 0.5):5.2f} p99 {_at(values, 0.99):5.2f} ms"
            for name, values in (("CPU", self.cpu), ("wall", self.wall))
        )


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] * 1000


def mirror_row(report: Report) -> MirrorRow:
    return MirrorRow.model_construct(
        ticket_id=report.ticket_id,
        exported_at=report.created_at,
        content_hash=f"{report.ticket_id:020x}",
        status="closed",
        tags=(),
        created_at=report.created_at,
        updated_at=report.created_at,
        customer=Customer(key=report.customer_key, name=report.customer_key),
        fingerprint=report.fingerprint.model_dump(mode="json"),
        signals=(),
        urgency=0.0,
    )


def fill(ledger: Ledger, reports: Iterator[Report], count: int) -> None:
    """Stored and counted as placed reports are, each alone."""
    for done in range(0, count, CHUNK):
        chunk = list(islice(reports, min(CHUNK, count - done)))
        with ledger.transaction() as tx:
            tx.mirror.put(map(mirror_row, chunk))
            for report in chunk:
                alone = f"g{report.ticket_id}"
                tx.reports.assign(_stored(tx.reports, report), alone, None)
            tx.reports.save()


def _stored(index: LedgerIndex, report: Report) -> int:
    drawn = sketch(report.fingerprint)
    index.count(drawn.keys)
    asked = query(drawn, index.counts(drawn.keys), index.size())
    around = Surroundings(closeness=(), usual=0.2)
    return Finder(index, window=WINDOW).store(Seen(report, asked, (), around))


def place_alone(ledger: Ledger, reports: Sequence[Report]) -> tuple[Timed, Timed]:
    """One ticket a transaction, nothing of the index in memory before: the placing, and all of it
    with what is saved and committed (which waits for the disk).
    """
    placing, whole = Timed(), Timed()
    with ledger.transaction() as tx:
        tx.mirror.put(map(mirror_row, reports))
    for report in reports:
        with whole.one(), ledger.transaction() as tx:
            grouper = Grouper(window=WINDOW, index=tx.reports)
            with placing.one():
                grouper.place(report)
            tx.reports.save()
    return placing, whole


def same_work(like: float, times: int) -> Timed:
    """A loop that does the same each time and takes about as many seconds as `like` on a machine of
    some 15 million rounds a second: by how much it differs is the machine's doing, not ours.
    """
    timed = Timed()
    for _ in range(times):
        with timed.one():
            total = 0
            for number in range(int(like * 15e6)):
                total += number & 7
    return timed


def place_together(ledger: Ledger, reports: Sequence[Report], each: int) -> float:
    """CPU seconds for each ticket, `each` in a transaction, as a sweep with news places them."""
    with ledger.transaction() as tx:
        tx.mirror.put(map(mirror_row, reports))
    began = time.process_time()
    for start in range(0, len(reports), each):
        with ledger.transaction() as tx:
            grouper = Grouper(window=WINDOW, index=tx.reports)
            tx.reports.expect([report.ticket_id for report in reports[start : start + each]])
            for report in reports[start : start + each]:
                grouper.place(report)
            tx.reports.save()
    return (time.process_time() - began) / len(reports)


def idle(ledger: Ledger, now: datetime) -> Timed:
    """What a sweep with nothing new does with the groups."""
    timed = Timed()
    services = cast(
        "Services",
        SimpleNamespace(
            ledger=ledger,
            now=now,
            window=WINDOW,
            mappings=load_mappings(None),
            min_customers=3,
            max_new=25,
            progress=quiet,
        ),
    )
    for _ in range(200):
        with timed.one():
            update_groups(services)
            find_candidates(services)
    return timed


def through(writer: Writer, count: int, days: int) -> Iterator[Report]:
    """`count` reports evenly over `days`, and then as many as are asked for at that pace."""
    step = timedelta(days=days) / count
    number = 0
    while True:
        number += 1
        yield writer.report(number, START + step * number)


def at_size(size: int, days: int, timed: int, folder: Path, *, vectors: bool = False) -> None:
    path = folder / f"{size} {days} {'vectors' if vectors else 'words'}.db"
    reports = through(Writer(vectors=vectors), max(size, 1), days)
    with open_ledger(f"sqlite:///{path}", now=START) as ledger:
        began = time.process_time()
        fill(ledger, reports, size)
        spent = time.process_time() - began
        kind = "with vectors" if vectors else "by words"
        print(f"\n{size:,} {kind} in store over {days} days, filled in {spent:.0f} s CPU")
        print(f"  {_megabytes(path)} MB of file; {_tables(ledger, size)}")
        if size:
            place_alone(ledger, list(islice(reports, 50)))
            placing, whole = place_alone(ledger, list(islice(reports, timed)))
            print(f"  one ticket placed: {placing.told()}")
            print(f"  with save and commit: {whole.told()}")
            print(
                f"  the same loop as often: {same_work(_at(placing.cpu, 0.5) / 1000, timed).told()}"
            )
            together = place_together(ledger, list(islice(reports, timed)), each=100)
            print(f"  a hundred in one transaction: {together * 1000:.2f} ms CPU each")
        began = time.process_time()
        now = START + timedelta(days=days)
        with ledger.transaction() as tx:
            gone = tx.reports.expire(month_of(now - WINDOW), START)
        spent = time.process_time() - began
        print(f"  {gone:,} reports of months that are over dropped in {spent:.1f} s CPU")
        print(f"  a sweep with nothing new: {idle(ledger, now).told()}")
        print(f"  memory at its peak so far: {_peak()} MB")


def from_nothing(count: int, days: int, folder: Path, *, vectors: bool = False) -> None:
    with open_ledger(f"sqlite:///{folder / 'nothing.db'}", now=START) as ledger:
        reports = through(Writer(vectors=vectors), count, days)
        spent, wall = 0.0, time.perf_counter()
        for done in range(0, count, CHUNK):
            chunk = list(islice(reports, min(CHUNK, count - done)))
            spent += place_together(ledger, chunk, each=250) * len(chunk)
        print(
            f"\n{count:,} of {days} days grouped from nothing: {spent:.0f} s CPU, "
            f"{time.perf_counter() - wall:.0f} s with making the texts, "
            f"{count / spent:.0f} tickets a CPU second, {_peak()} MB"
        )
        with ledger.snapshot() as tx:
            print(f"  {len(tx.reports.groups()):,} groups of two and more")


def _tables(ledger: Ledger, tickets: int) -> str:
    """The bytes of each table of the index, with its own indexes; the mirror is no part of it."""
    names = ("mirror", "report", "sketch", "term", "posting")
    with ledger.snapshot() as tx:
        # the file's own statistics: no repository has them
        found = tx._connection.exec_driver_sql(  # noqa: SLF001
            "SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"
        )
        sizes = {row[0]: row[1] for row in found}
    told = {
        name: sum(
            size
            for table, size in sizes.items()
            if name == table or table.startswith((f"ix_{name}_", f"uq_{name}_"))
        )
        for name in names
    }
    of_index = sum(size for name, size in told.items() if name != "mirror")
    each = ", ".join(f"{name} {size / 2**20:.1f}" for name, size in told.items())
    return f"MB of tables: {each}; index {of_index / max(1, tickets):.0f} bytes a ticket"


def _megabytes(path: Path) -> int:
    return round(path.stat().st_size / 2**20)


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", type=int, nargs="*", default=[0, 10_000, 100_000, 1_000_000])
    asked.add_argument("--days", type=int, nargs="+", default=[365, 30])
    asked.add_argument("--vectors", action="store_true")
    asked.add_argument("--timed", type=int, default=1_000)
    asked.add_argument("--from-nothing", type=int, default=0, metavar="COUNT")
    asked.add_argument("--folder", type=Path, help="Where the stores are kept; else a new one.")
    chosen = asked.parse_args()
    collect_rarely()  # as the command does
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for size, days in product(chosen.sizes, chosen.days):
            at_size(size, days, chosen.timed, Path(folder), vectors=chosen.vectors)
        if chosen.from_nothing:
            days = chosen.days[0]
            from_nothing(chosen.from_nothing, days, Path(folder), vectors=chosen.vectors)


if __name__ == "__main__":
    main()
