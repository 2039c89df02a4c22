"""Groups on the ledger are those in memory, whatever the size of a sweep."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection
from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ledger_rows import NOON, a_link, a_mirror_row, a_report, an_escalation, minutes, place

from connector.core.grouping import (
    NEWEST,
    Grouper,
    MemoryIndex,
    Placed,
    Report,
    fingerprint,
)
from connector.core.grouping.index import month_of
from connector.core.grouping.pairs import query
from connector.core.grouping.sketch import Sketch, sketch
from connector.core.model import Customer, State
from connector.errors import StoreError
from connector.ledger import report_index
from connector.ledger.report_index import LedgerIndex
from connector.ledger.sketches import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.grouping import ReportIndex
    from connector.core.model import Group
    from connector.ledger.store import Ledger

WINDOW = timedelta(days=30)
MATTERS = (
    "Checkout fails with error 502|Paying ends in HTTP 502 at /api/v2/pay for every card.",
    "502 when paying|Our checkout returns HTTP 502 from /api/v2/pay since this morning.",
    "Export has no header row|The spreadsheet that I download starts without column names.",
    "Export without column names|The first row of the downloaded spreadsheet has no header.",
    "Webhook signature differs|HMAC digest does not match when the payload holds umlauts.",
    "Login loops on Safari|After the second factor Safari returns to the login form.",
    "Dark theme unreadable|Grey letters on black background in the calendar, please lighten.",
)


def a_week(seed: int, count: int = 60) -> list[Report]:
    """Reports over some months, some of one matter, in words of their own."""
    chance = random.Random(seed)
    reports = []
    for number in range(count):
        subject, body = chance.choice(MATTERS).split("|")
        extra = " ".join(chance.choices(["daily", "blue", "Lyon", "tablet", "urgent"], k=2))
        reports.append(
            Report(
                ticket_id=100 + number,
                customer_key=f"organization:{chance.randrange(9)}",
                customer_name="Acme",
                created_at=NOON + timedelta(hours=30 * number),
                fingerprint=fingerprint(subject, f"{body} {extra}"),
            )
        )
    return reports


def in_memory(reports: Sequence[Report]) -> tuple[Group, ...]:
    grouper = Grouper(window=WINDOW, index=MemoryIndex())
    for report in reports:
        grouper.place(report)
    return grouper.groups()


def mirrored(ledger: Ledger, reports: Sequence[Report]) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put(
            a_mirror_row(
                report.ticket_id,
                created_at=report.created_at,
                customer=Customer(key=report.customer_key, name=report.customer_name),
                fingerprint=report.fingerprint.model_dump(mode="json"),
            )
            for report in reports
        )


def groups(ledger: Ledger) -> tuple[Group, ...]:
    with ledger.snapshot() as tx:
        return Grouper(window=WINDOW, index=tx.reports).groups()


@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(1, 59), max_size=8, unique=True))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_groups_are_those_in_memory_whatever_the_size_of_a_sweep(
    ledger: Ledger, seed: int, cuts: list[int]
) -> None:
    reports = a_week(seed)
    borders = [0, *sorted(cuts), len(reports)]
    with ledger.rehearsal():
        mirrored(ledger, reports)
        for start, end in itertools.pairwise(borders):
            with ledger.transaction() as tx:
                place(tx, *reports[start:end])
        found = groups(ledger)
    assert found == in_memory(reports)
    assert found


def test_groups_are_the_same_when_a_transaction_holds_only_a_few_reports(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_index, "_MOST_ROWS", 4)
    monkeypatch.setattr(report_index, "_MOST_PLACED", 3)
    reports = a_week(5)
    mirrored(ledger, reports)
    with ledger.transaction() as tx:
        place(tx, *reports[:40])
    with ledger.transaction() as tx:
        place(tx, *reports[40:])
        tx.reports.save()
        tx.reports.arrivals(range(60))
        tx.reports.placed([59])
        held = len(vars(tx.reports)["_rows"]), len(vars(tx.reports)["_placed"])
    assert held[0] < 60
    assert held[1] < 20
    assert groups(ledger) == in_memory(reports)


KEPT = tuple(field.name for field in fields(Sketch))


@given(
    subject=st.text(max_size=80),
    body=st.text(max_size=400),
    area=st.none() | st.text() | st.just("half a pair \ud800"),
    vector=st.binary(max_size=9),
)
@example(
    subject="Checkout fails",
    body="It says E-4711\n\n    raise ValueError(total)\n\nv2.31.0",
    area="Kasse, größte",
    vector=b"\x00\xff",
)
@settings(max_examples=60, deadline=None)
def test_a_sketch_comes_back_as_it_was(
    subject: str, body: str, area: str | None, vector: bytes
) -> None:
    told = fingerprint(subject, body)
    drawn = replace(sketch(told), product_area=area, vector=vector)
    norms = query(drawn, {}, 1).norms
    found, *others = unpack(pack(drawn, norms, 0.25))
    assert {name: _sorted(getattr(found, name)) for name in KEPT} == {
        name: _sorted(getattr(drawn, name)) for name in KEPT
    }
    assert others == [norms, 0.25]


def _sorted(kept: object) -> object:
    """Keys come back in another kind of collection, each of them once."""
    return (
        kept if isinstance(kept, str | bytes) or not isinstance(kept, Collection) else sorted(kept)
    )


@pytest.mark.parametrize("kind", ["memory", "ledger"])
def test_weights_are_those_of_the_window_and_of_what_an_escalation_holds(
    ledger: Ledger, kind: str
) -> None:
    with ledger.transaction() as tx:
        index: ReportIndex = tx.reports if kind == "ledger" else MemoryIndex()
        grouper = Grouper(window=timedelta(days=30), index=index)
        for number in range(1, 5):
            grouper.place(a_report(number))
        came = [one.created_at for one in index.arrivals(range(4))]
        norms = {one.number: one.norms.words for one in index.placed(range(4))}

        def found() -> list[int]:
            known = index.weights([3, 0, 1, 2, 9], came[1], came[2])
            assert all(norms[number] == weight for number, weight in known)
            return [number for number, _ in known]

        assert found() == [1, 2]
        if isinstance(index, LedgerIndex):
            index.keep([4])
            assert found() == [3, 1, 2]
        index.remove(1)
        assert 1 not in found()


def found_by(ledger: Ledger, report: Report) -> list[int]:
    """The tickets that a report would be grouped with."""
    with ledger.rehearsal(), ledger.transaction() as tx:
        group = place(tx, report).group_with(report.ticket_id)
    members = group.members if group else ()
    return [member.ticket_id for member in members if member.ticket_id != report.ticket_id]


def place_without_terms(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx._connection.exec_driver_sql("DROP TABLE term")
        place(tx, a_report(1))


def test_what_goes_wrong_while_placing_is_told_as_elsewhere(ledger: Ledger) -> None:
    """Though the driver is asked directly there."""
    with ledger.rehearsal(), pytest.raises(StoreError, match="does not know"):
        place_without_terms(ledger)


def test_nothing_is_read_from_what_was_not_saved(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        place(tx, a_report(1))
    with ledger.snapshot() as tx:
        assert (tx.reports.size(), tx.reports.stored(), tx.reports.number_of(1)) == (1, 1, 0)
        assert tx.reports.number_of(2) is None


def test_a_removed_report_is_not_found_again(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        place(tx, a_report(1), a_report(2))
        tx.reports.remove(0)
    assert found_by(ledger, a_report(3)) == [2]


def test_an_expired_month_is_dropped_whole_and_what_was_counted_stays_counted(
    ledger: Ledger,
) -> None:
    with ledger.transaction() as tx:
        place(tx, a_report(1), a_report(2, created_at=NOON + WINDOW))
        assert tx.reports.expire(month_of(NOON + WINDOW), NOON) == 1
        assert tx.reports.number_of(1) is None
    assert found_by(ledger, a_report(3, created_at=NOON + WINDOW)) == [2]
    with ledger.snapshot() as tx:
        assert (tx.reports.size(), tx.reports.stored()) == (2, 2)


@pytest.mark.parametrize(
    ("resolved", "found"),
    [
        pytest.param(timedelta(0), [1], id="fixed as long ago as counts"),
        pytest.param(minutes(-1), [], id="fixed longer ago"),
    ],
)
def test_reports_of_an_escalation_are_found_as_long_as_it_may_come_back(
    ledger: Ledger, resolved: timedelta, found: list[int]
) -> None:
    late = NOON + timedelta(days=100)
    since = NOON + timedelta(days=5)
    with ledger.transaction() as tx:
        place(tx, a_report(1), a_report(2))
        tx.escalations.add(an_escalation(state=State.CONFIRMED, resolved_at=since + resolved))
        tx.links.add(a_link(ticket_id=1))
        tx.reports.expire(month_of(late), since)
    assert found_by(ledger, a_report(3, created_at=late)) == found


def test_reports_of_a_live_escalation_are_found_whatever_their_age(ledger: Ledger) -> None:
    late = NOON + timedelta(days=400)
    with ledger.transaction() as tx:
        place(tx, a_report(1))
        tx.escalations.add(an_escalation())
        tx.links.add(a_link(ticket_id=1))
        for days in (60, 90, 400):
            tx.reports.expire(month_of(NOON + timedelta(days=days)), late)
    assert found_by(ledger, a_report(3, created_at=late)) == [1]


def test_a_month_remembers_only_the_newest_reports_of_a_term(ledger: Ledger) -> None:
    key = next(iter(sketch(a_report(1).fingerprint).words))
    month = month_of(NOON)
    with ledger.transaction() as tx:
        for start in range(0, NEWEST + 50, 50):
            many = [a_report(n, created_at=NOON) for n in range(start + 1, start + 51)]
            for report in many:
                tx.reports.add(placed(report, tx.reports.stored()), report, [key])
            tx.reports.save()
    with ledger.snapshot() as tx:
        (numbers,) = tx.reports.postings([key], [month], NEWEST).values()
    assert list(numbers) == list(range(NEWEST + 49, 49, -1))


def placed(report: Report, number: int) -> Placed:
    drawn = sketch(report.fingerprint)
    return Placed(
        number=number,
        ticket_id=report.ticket_id,
        customer_key=report.customer_key,
        created_at=report.created_at,
        sketch=drawn,
        norms=query(drawn, {}, 1).norms,
        usual=0.1,
    )
