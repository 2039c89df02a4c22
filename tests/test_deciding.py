"""What support's own past, as the ledger holds it, does to a decision."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON, a_ticket, an_organization, the_mappings
from fakes import FakeDesk, FakeTracker

from connector.candidates import groups_with
from connector.deciding import Decision, decide
from connector.errors import GoneError
from connector.ledger.store import Ledger, open_ledger
from connector.placing import update_groups
from connector.reading import Read, read_changes
from connector.services import Services
from connector.sweep import run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.core.model import Thread, Ticket
    from connector.lookup import Found

OUTAGE = "The export stops with EXP-5031, ledger schema mismatch, on every account since today."


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


def outage(number: int, **changes: Any) -> Ticket:
    return a_ticket(
        number,
        subject=f"Export fails ({number})",
        description=OUTAGE,
        organization=an_organization(100 + number),
        **changes,
    )


def solved_before(number: int, **changes: Any) -> Ticket:
    """A report of the outage, solved long before the others came."""
    return outage(number, age=timedelta(days=20 - number), status="solved", **changes)


def a_desk(*tickets: Ticket) -> FakeDesk:
    return FakeDesk(stock={ticket.id: ticket for ticket in tickets}, at=NOON)


def once(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    return call()


@contextmanager
def services_of(ledger: Ledger, desk: FakeDesk) -> Iterator[Services]:
    with ledger.run_lock("test") as lease:
        yield Services(
            desk=desk,
            tracker=FakeTracker(),
            ledger=ledger,
            lease=lease,
            mappings=the_mappings(),
            now=NOON,
            environment="test",
            desk_url="https://acme.zendesk.com",
            site="https://acme.example",
            window=timedelta(days=30),
            max_new=25,
            min_customers=3,
            resend=once,
            calls=dict,
        )


def decided(services: Services, desk: FakeDesk, *numbers: int) -> Decision:
    """What is thought of these tickets, in the one group that there is."""
    with services.ledger.snapshot() as tx:
        (group,) = groups_with(tx, services.window, numbers)
    found = decide(services, [desk.stock[n] for n in numbers], group=group, earlier=None)
    assert found is not None
    return found


def test_tickets_that_support_solved_by_itself_are_named_with_one_that_is_like_them(
    ledger: Ledger,
) -> None:
    desk = a_desk(solved_before(1), solved_before(2), outage(3))
    with services_of(ledger, desk) as services:
        read_changes(services, Read())
        update_groups(services)
        found = decided(services, desk, 3)
    assert [one.ticket_id for one in found.cases[0].solved_alike] == [2, 1]
    assert [one.kind for one in found.assessment.suppressors] == ["solved-alike"]


def test_an_issue_of_several_customers_is_escalated_all_the_same_one_step_lower(
    ledger: Ledger, tmp_path: Path
) -> None:
    with services_of(ledger, a_desk(solved_before(1), solved_before(2), outage(3))) as services:
        (line,) = run_sweep(services).escalated
    with (
        open_ledger(f"sqlite:///{tmp_path / 'other.db'}", now=NOON) as other,
        services_of(other, a_desk(*map(outage, (1, 2, 3)))) as services,
    ):
        (plain,) = run_sweep(services).escalated
    assert line.tickets == plain.tickets == (1, 2, 3)
    assert line.severity.rank == plain.severity.rank + 1


def test_tickets_that_were_escalated_are_no_sign_that_support_can_solve_it(
    ledger: Ledger,
) -> None:
    desk = a_desk(*map(outage, (1, 2, 3)))
    with services_of(ledger, desk) as services:
        assert run_sweep(services).escalated
        desk.stock |= {1: solved_before(1), 2: solved_before(2)}
        read_changes(services, Read(), full=True)
        update_groups(services)
        assert decided(services, desk, 3).cases[0].solved_alike == ()


def test_a_ticket_with_our_tag_was_escalated_whatever_the_ledger_lost(ledger: Ledger) -> None:
    desk = a_desk(
        solved_before(1, tags=("escalated", "escalated_engineering")), solved_before(2), outage(3)
    )
    with services_of(ledger, desk) as services:
        read_changes(services, Read())
        update_groups(services)
        found = decided(services, desk, 3)
    assert [one.ticket_id for one in found.cases[0].solved_alike] == [2]
    assert "solved-alike" in {miss.kind for miss in found.assessment.near_misses}


class Forgetful(FakeDesk):
    """Says "not found" of a thread so many times, though the ticket is there."""

    times = 1

    def thread(self, ticket_id: int) -> Thread:
        if self.times:
            self.times -= 1
            raise GoneError(f"ticket {ticket_id} is gone")
        return super().thread(ticket_id)


def test_one_not_found_of_a_thread_is_not_believed_while_the_ticket_is_shown(
    ledger: Ledger,
) -> None:
    desk = Forgetful(stock={7: outage(7)}, at=NOON)
    with services_of(ledger, desk) as services:
        decision = decide(services, [outage(7)], group=None, earlier=None)
    assert decision is not None
    assert [case.ticket.id for case in decision.cases] == [7]


def test_a_thread_that_stays_hidden_is_set_aside_rather_than_forgotten(ledger: Ledger) -> None:
    desk = Forgetful(stock={7: outage(7)}, at=NOON)
    desk.times = 2
    with services_of(ledger, desk) as services, pytest.raises(GoneError):
        decide(services, [outage(7)], group=None, earlier=None)


def test_a_ticket_that_is_gone_is_no_case(ledger: Ledger) -> None:
    with services_of(ledger, a_desk()) as services:
        assert decide(services, [outage(7)], group=None, earlier=None) is None
