"""Groups follow what changed, cost what changed, and are never reshuffled."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON, a_ticket, an_organization, the_mappings
from fakes import FakeDesk, FakeTracker
from overheard import overheard
from sqlalchemy import update

from connector import placing
from connector.candidates import find_candidates, groups_with
from connector.core.model import State
from connector.ledger.schema_groups import sketch
from connector.ledger.store import Ledger, open_ledger
from connector.placing import update_groups
from connector.reading import Read, read_changes
from connector.services import Services
from connector.sweep import run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from connector.core.model import Group, Ticket
    from connector.lookup import Found

OUTAGE = "The export stops with EXP-5031, ledger schema mismatch, on every account since today."
MATTERS = (
    ("Checkout fails", "Paying ends in HTTP 502 at /api/v2/pay for every card that we tried."),
    ("Header row", "The spreadsheet that I download starts without any column names in it."),
    ("Safari", "After the second factor the browser returns to the login form, again and again."),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


def report(number: int, words: tuple[str, str] = ("Export fails", OUTAGE), **facts: Any) -> Ticket:
    given: dict[str, Any] = {
        "subject": words[0],
        "description": words[1],
        "organization": an_organization(100 + number),
        "age": timedelta(minutes=600 - number),
    }
    return a_ticket(number, **(given | facts))


def a_desk(*tickets: Ticket) -> FakeDesk:
    return FakeDesk(stock={ticket.id: ticket for ticket in tickets}, at=NOON)


def once(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    return call()


@contextmanager
def services_of(
    ledger: Ledger, desk: FakeDesk, *, later: timedelta = timedelta(0)
) -> Iterator[Services]:
    with ledger.run_lock("test") as lease:
        yield Services(
            desk=desk,
            tracker=FakeTracker(),
            ledger=ledger,
            lease=lease,
            mappings=the_mappings(),
            now=NOON + later,
            environment="test",
            desk_url="https://acme.zendesk.com",
            site="https://acme.example",
            window=timedelta(days=30),
            max_new=25,
            min_customers=3,
            resend=once,
            calls=dict,
        )


def read_and_place(ledger: Ledger, desk: FakeDesk, *, full: bool = False) -> list[Group]:
    with services_of(ledger, desk) as services:
        read_changes(services, Read(), full=full)
        update_groups(services)
        return groups(services)


def groups(services: Services) -> list[Group]:
    with services.ledger.snapshot() as tx:
        known = [number for _, number in tx.mirror.reported(NOON - timedelta(days=400))]
        return list(groups_with(tx, services.window, known))


def ids(found: Sequence[Group]) -> list[list[int]]:
    return [[member.ticket_id for member in group.members] for group in found]


def a_month() -> list[Ticket]:
    return [report(n, MATTERS[n % 3]) for n in range(1, 13)]


def test_groups_are_the_same_in_one_sweep_and_in_many(tmp_path: Path) -> None:
    found = []
    for part in (12, 1, 5):
        with open_ledger(f"sqlite:///{tmp_path / f'{part}.db'}", now=NOON) as ledger:
            for end in range(part, 12 + part, part):
                last = read_and_place(ledger, a_desk(*a_month()[:end]), full=True)
            found.append(last)
    assert ids(found[0]) == [[1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]]
    assert found[0] == found[1] == found[2]


def test_an_index_that_another_version_made_is_made_anew_with_the_same_groups(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(*a_month())
    before = read_and_place(ledger, desk)
    with services_of(ledger, desk) as services:
        assert update_groups(services).rebuilt == 0
        monkeypatch.setattr(placing, "shipped_version", lambda: "another")
        found = update_groups(services)
        assert (found.rebuilt, found.placed) == (12, 0)
        assert groups(services) == before
        assert update_groups(services).rebuilt == 0


def test_groups_that_are_made_anew_keep_their_names_though_a_first_ticket_came_late(
    ledger: Ledger,
) -> None:
    desk = a_desk(report(5), report(6))
    read_and_place(ledger, desk)
    desk.stock[1] = report(1, age=timedelta(days=2))
    (before,) = read_and_place(ledger, desk, full=True)
    assert (before.id, len(before.members)) == ("g5", 3)
    with ledger.transaction() as tx:
        tx.set_cursor("groups: version", "old")
    desk.stock[7] = report(7, MATTERS[1])
    with services_of(ledger, desk) as services:
        assert run_sweep(services).regrouped == 4
        (after,) = groups(services)
    assert (after.id, [member.ticket_id for member in after.members]) == ("g5", [1, 5, 6])
    with ledger.snapshot() as tx:
        assert tx.groups.ids() == ["g5"]


def test_names_that_changed_hands_go_back(ledger: Ledger) -> None:
    desk = a_desk(*a_month(), report(13, MATTERS[0], subject="Alone", description="Nothing alike."))
    read_and_place(ledger, desk)
    before = {1: "g2", 4: "g2", 7: "g2", 2: "g1", 5: "g1", 8: "g3", 3: "g13", 6: "g13"}
    with ledger.transaction() as tx:
        assert {"g1", "g2", "g3", "g13", "g13-2"} <= placing._name_as_before(tx, before)
        tx.reports.save()
    with ledger.snapshot() as tx:
        found = {
            name: [one.ticket_id for one in tx.reports.arrivals(tx.reports.members(name))]
            for name in ("g1", "g2", "g3", "g13", "g13-2")
        }
    assert found == {
        "g1": [2, 5, 8, 11],
        "g2": [1, 4, 7, 10],
        "g3": [],
        "g13": [3, 6, 9, 12],
        "g13-2": [13],
    }


def test_an_index_that_is_lost_is_made_anew_and_the_report_says_so(ledger: Ledger) -> None:
    desk = a_desk(*a_month())
    with services_of(ledger, desk) as services:
        assert (run_sweep(services).grouped, run_sweep(services).regrouped) == (12, 0)
        before = groups(services)
        with ledger.transaction() as tx:
            tx.reports.clear()
            tx.set_cursor("groups: version", "lost")
        desk.stock[13] = report(13, MATTERS[1])
        told = run_sweep(services)
        assert (told.regrouped, told.grouped) == (13, 0)
        assert ids(groups(services)) == [[*ids(before)[0], 13], *ids(before)[1:]]


def test_what_was_escalated_together_stays_together_when_the_index_is_made_anew(
    ledger: Ledger,
) -> None:
    desk = a_desk(*map(report, (1, 2, 3)))
    with services_of(ledger, desk) as services:
        assert run_sweep(services).escalated
        with ledger.transaction() as tx:
            for number in (1, 2, 3):
                (row,) = tx.mirror.get([number]).values()
                words = {"title": [f"other{number}", f"words{number}"]}
                tx.mirror.put([row.model_copy(update={"fingerprint": words})])
            tx.set_cursor("groups: version", "old")
        desk.stock[4] = report(4, MATTERS[1])
        run_sweep(services)
        assert ids(groups(services)) == [[1, 2, 3]]


def test_a_new_version_makes_groups_anew_though_it_cannot_read_what_a_month_that_ends_left(
    ledger: Ledger,
) -> None:
    desk = a_desk(*map(report, (1, 2, 3)))
    with services_of(ledger, desk) as services:
        assert run_sweep(services).escalated
        with ledger.transaction() as tx:
            tx.set_cursor("groups: version", "old")
            tx._connection.execute(update(sketch).values(content=b"!" * 301))
    later = timedelta(days=70)
    desk.stock[4] = report(4, age=-later)
    with services_of(ledger, desk, later=later) as services:
        assert run_sweep(services).regrouped == 4
        assert ids(groups(services)) == [[1, 2, 3, 4]]


def test_a_deleted_ticket_leaves_its_group(ledger: Ledger) -> None:
    desk = a_desk(*map(report, (1, 2, 3)))
    assert ids(read_and_place(ledger, desk)) == [[1, 2, 3]]
    desk.stock[2] = report(2, status="deleted")
    assert ids(read_and_place(ledger, desk, full=True)) == [[1, 3]]


def test_a_ticket_whose_words_change_stays_with_its_group_and_is_found_by_the_new_ones(
    ledger: Ledger,
) -> None:
    desk = a_desk(*map(report, (1, 2, 3)))
    read_and_place(ledger, desk)
    desk.stock[3] = report(3, MATTERS[0])
    assert ids(read_and_place(ledger, desk, full=True)) == [[1, 2, 3]]
    desk.stock[4] = report(4, MATTERS[0])
    assert ids(read_and_place(ledger, desk, full=True)) == [[1, 2, 3, 4]]


def test_a_lone_ticket_whose_words_change_is_placed_by_the_new_ones(ledger: Ledger) -> None:
    desk = a_desk(report(1), report(2), report(3, MATTERS[0]))
    assert ids(read_and_place(ledger, desk)) == [[1, 2]]
    desk.stock[3] = report(3)
    assert ids(read_and_place(ledger, desk, full=True)) == [[1, 2, 3]]


def test_a_problem_that_agents_link_later_brings_its_incidents_together(ledger: Ledger) -> None:
    desk = a_desk(report(1, MATTERS[0]), report(2, MATTERS[1]), report(3, MATTERS[2]))
    assert ids(read_and_place(ledger, desk)) == []
    desk.stock[2] = report(2, MATTERS[1], problem_id=1)
    assert ids(read_and_place(ledger, desk, full=True)) == [[1, 2]]


def test_what_an_operator_told_apart_no_agents_link_brings_together(ledger: Ledger) -> None:
    desk = a_desk(report(1, MATTERS[0]), report(2, MATTERS[1]))
    with ledger.transaction() as tx:
        tx.groups.put_label(1, 2, same=False, actor="operator", at=NOON)
    desk.stock[2] = report(2, MATTERS[1], problem_id=1)
    assert ids(read_and_place(ledger, desk)) == []


def test_a_group_tells_what_it_nearly_had(ledger: Ledger) -> None:
    desk = a_desk(*(report(n, MATTERS[0]) for n in (1, 2, 3)))
    desk.stock[9] = report(9, ("HTTP 502", "The calendar ends in 502 when it is printed in Lyon."))
    (group,) = read_and_place(ledger, desk)
    assert [miss.ticket_id for miss in group.near] == [9]
    assert all(0 < miss.chance < 1 for miss in group.near)


def test_a_report_that_is_late_is_placed_and_moves_nobody(ledger: Ledger) -> None:
    desk = a_desk(*(report(n, MATTERS[0]) for n in (5, 6)))
    before = read_and_place(ledger, desk)
    desk.stock[1] = report(1, MATTERS[0])
    (after,) = read_and_place(ledger, desk, full=True)
    assert after.id == before[0].id == "g5"
    assert ids([after]) == [[5, 6, 1]]


def test_an_issue_that_was_fixed_is_known_again_after_its_window(ledger: Ledger) -> None:
    desk = a_desk(*map(report, (1, 2, 3)))
    with services_of(ledger, desk) as services:
        (line,) = run_sweep(services).escalated
    with ledger.transaction() as tx:
        row = tx.escalations.get(line.id)
        assert row is not None
        fixed = {"state": State.CONFIRMED, "resolved_at": NOON + timedelta(days=1)}
        tx.escalations.replace(row.model_copy(update=fixed))
    later = timedelta(days=75)
    back = report(9, age=timedelta(0)).model_copy(
        update={"created_at": NOON + later, "updated_at": NOON + later}
    )
    desk.stock = {n: report(n, status="closed") for n in (1, 2, 3)} | {9: back}
    desk.at = NOON + later
    with services_of(ledger, desk, later=later) as services:
        told = run_sweep(services)
    assert [9 in line.tickets for line in told.escalated] == [True]
    assert "reported again" in told.escalated[0].because


def test_tickets_of_months_that_are_over_are_forgotten(ledger: Ledger) -> None:
    desk = a_desk(*a_month())
    read_and_place(ledger, desk)
    with services_of(ledger, desk, later=timedelta(days=70)) as services:
        assert update_groups(services).dropped == 12
        assert groups(services) == []
        assert update_groups(services).dropped == 0


def statements(ledger: Ledger, call: Callable[[], object]) -> int:
    """How many statements reach the store."""
    with overheard(ledger) as said:
        call()
    return len(said)


def test_a_sweep_with_one_new_ticket_asks_as_little_whatever_is_in_store(ledger: Ledger) -> None:
    desk = a_desk(report(1, MATTERS[1]))
    asked = []
    with services_of(ledger, desk) as services:
        for first in (2, 60):
            run_sweep(services)
            desk.stock[first] = report(first, MATTERS[0], status="closed")
            read_changes(services, Read(), full=True)
            asked.append(
                statements(ledger, lambda: (update_groups(services), find_candidates(services)))
            )
            desk.stock |= {n: report(n, MATTERS[2], status="closed") for n in range(3, 50)}
    assert asked[1] < asked[0] + 20


def singles(*numbers: int) -> list[Ticket]:
    """Tickets of which none is like another, and each says something."""
    return [
        report(n, (f"{name}ra", f"{name}lo {name}mi {name}sta"), tags=("bug_confirmed",))
        for n, name in zip(numbers, names_of(len(numbers)), strict=True)
    ]


def names_of(count: int) -> list[str]:
    """Words that no language has, each unlike the others."""
    chosen = (f"{number}{number}" for number in range(10, 10 + count))
    return ["".join("bcdfghjklm"[int(digit)] + "eu" for digit in digits) for digits in chosen]


@pytest.mark.parametrize("urgency", [10.0, 1_000_010.0], ids=["loud", "louder than a group"])
def test_however_many_single_tickets_press_a_sure_group_is_looked_at(
    ledger: Ledger, urgency: float
) -> None:
    desk = a_desk(*map(report, (1, 2, 3)), *singles(*range(10, 60)))
    with services_of(ledger, desk) as services:
        few = replace(services, max_new=1)
        read_changes(few, Read())
        with ledger.transaction() as tx:
            rows = tx.mirror.get(range(10, 60)).values()
            tx.mirror.put(row.model_copy(update={"urgency": urgency}) for row in rows)
        update_groups(few)
        found = find_candidates(few)
    assert found.units[0 if urgency < 100 else -1].ids == (1, 2, 3)
    looked_at = {number for unit in found.units for number in unit.ids}
    assert len(found.units) == 40
    assert sorted(looked_at.union(found.waiting)) == [1, 2, 3, *range(10, 60)]
    assert len(found.waiting) == 11


def test_however_many_groups_there_are_single_tickets_are_looked_at_too(ledger: Ledger) -> None:
    desk = a_desk(
        *singles(*range(500, 560)),
        *(
            report(10 * group + one, (f"{name}ra fails", f"The {name}lo shows {name}-{group}00."))
            for group, name in enumerate(names_of(30), start=1)
            for one in (1, 2, 3)
        ),
    )
    with services_of(ledger, desk) as services:
        few = replace(services, max_new=1)
        read_changes(few, Read())
        update_groups(few)
        found = find_candidates(few)
    crowds = [unit for unit in found.units if len(unit.ids) > 2]
    assert len(crowds) == 20
    assert len(found.units) == 40
