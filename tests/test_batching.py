"""Many notes in one request: each still made once, looked for, or told why not."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import a_ticket
from fakes import FakeDesk, FakeTracker, Once

from connector.batching import HANDFUL
from connector.core.markers import payload_hash
from connector.core.model import Severity, State, Target
from connector.core.writes import UpdateTicket, dump_write
from connector.errors import (
    BusyError,
    ClosedError,
    ConflictError,
    InvalidError,
    UncertainError,
)
from connector.gate import Gate
from connector.ledger.rows import EscalationRow, IntentRow, IntentState
from connector.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.lookup import Found

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
TICKETS = tuple(range(1, 10))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


@pytest.fixture
def desk() -> FakeDesk:
    old: dict[str, Any] = {
        "created_at": NOON - timedelta(days=1),
        "updated_at": NOON - timedelta(hours=1),
    }
    return FakeDesk(stock={number: a_ticket(id=number, **old) for number in TICKETS}, at=NOON)


def plan(ledger: Ledger, tickets: tuple[int, ...] = TICKETS) -> None:
    row = EscalationRow(
        id="e1", marker="m1", first_ticket_id=1, target=Target.ENGINEERING, severity=Severity.HIGH,
        state=State.OPEN, project="ESC", issue_id="10001", issue_key="ESC-1", opened_at=NOON,
        changed_at=NOON,
    )  # fmt: skip
    with ledger.transaction() as tx:
        tx.escalations.add(row)
        for number in tickets:
            payload = dump_write(UpdateTicket(ticket_id=number, note="News."))
            tx.intents.add(
                [
                    IntentRow(
                        intent_id=f"{number:020x}", escalation_id="e1", kind="note",
                        subject=f"ticket {number}", seq=number, payload=payload,
                        payload_hash=payload_hash(payload), planned_at=NOON,
                    )
                ]
            )  # fmt: skip


def once(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    return call()


@contextmanager
def a_run(ledger: Ledger, desk: FakeDesk, now: datetime = NOON) -> Iterator[Gate]:
    with ledger.run_lock("test") as lease:
        gate = Gate(
            desk=desk, tracker=FakeTracker(), ledger=ledger, lease=lease, now=now,
            follow_on=lambda *_: (), resend=once,
        )  # fmt: skip
        gate.recover()
        yield gate


def settle(ledger: Ledger, desk: FakeDesk, now: datetime = NOON) -> None:
    with a_run(ledger, desk, now) as gate:
        gate.settle("e1")


def states(ledger: Ledger) -> list[IntentState]:
    with ledger.snapshot() as tx:
        return [row.state for row in tx.intents.of("e1")]


def noted(desk: FakeDesk) -> dict[int, int]:
    """Notes by ticket."""
    return {number: len(said) for number, said in desk.comments.items() if said}


ALL_ONCE = dict.fromkeys(TICKETS, 1)


def test_more_than_a_handful_of_notes_leave_in_one_request(ledger: Ledger, desk: FakeDesk) -> None:
    plan(ledger)
    settle(ledger, desk)
    assert desk.writes["job"] == 1
    assert noted(desk) == ALL_ONCE
    assert set(states(ledger)) == {IntentState.DONE}
    with ledger.snapshot() as tx:
        ids = {row.intent_id for row in tx.intents.of("e1")}
    assert {said.intent_id for several in desk.comments.values() for said in several} == ids


def test_a_handful_leaves_one_by_one(ledger: Ledger, desk: FakeDesk) -> None:
    plan(ledger, TICKETS[:HANDFUL])
    settle(ledger, desk)
    assert desk.writes["job"] == 0
    assert noted(desk) == dict.fromkeys(TICKETS[:HANDFUL], 1)


def test_a_second_run_sends_nothing(ledger: Ledger, desk: FakeDesk) -> None:
    plan(ledger)
    settle(ledger, desk)
    settle(ledger, desk, LATER)
    assert noted(desk) == ALL_ONCE


def test_notes_whose_job_answered_nothing_are_found_and_not_sent_again(
    ledger: Ledger, desk: FakeDesk
) -> None:
    plan(ledger)
    desk.trouble = Once("after job", UncertainError("lost"))
    settle(ledger, desk)
    assert noted(desk) == ALL_ONCE
    assert set(states(ledger)) == {IntentState.DONE}


def test_a_job_that_never_arrived_is_sent_by_a_later_run_only(
    ledger: Ledger, desk: FakeDesk
) -> None:
    plan(ledger)
    desk.trouble = Once("job", UncertainError("lost"))
    settle(ledger, desk)
    assert noted(desk) == {}
    assert set(states(ledger)) == {IntentState.UNCERTAIN}
    settle(ledger, desk, LATER)
    assert noted(desk) == ALL_ONCE


@pytest.mark.parametrize("step", ["job", "after job"])
def test_a_run_that_dies_at_a_job_leaves_each_note_made_once(
    ledger: Ledger, desk: FakeDesk, step: str
) -> None:
    plan(ledger)
    desk.trouble = Once(step, KeyboardInterrupt())  # type: ignore[arg-type]  # dies, is no answer
    with pytest.raises(KeyboardInterrupt):
        settle(ledger, desk)
    assert set(states(ledger)) == {IntentState.SENDING}
    settle(ledger, desk, LATER)
    assert noted(desk) == ALL_ONCE
    assert set(states(ledger)) == {IntentState.DONE}


def test_a_closed_ticket_is_dropped_and_the_others_are_told(ledger: Ledger, desk: FakeDesk) -> None:
    plan(ledger)
    desk.trouble = Once("note", ClosedError("closed"))
    settle(ledger, desk)
    assert noted(desk) == {number: 1 for number in TICKETS if number != 1}
    assert states(ledger) == [IntentState.DROPPED, *[IntentState.DONE] * 8]


@pytest.mark.parametrize("error", [InvalidError("?"), ConflictError("changed")], ids=["?", "409"])
def test_what_the_job_did_not_take_is_tried_alone(
    ledger: Ledger, desk: FakeDesk, error: Exception
) -> None:
    plan(ledger)
    desk.trouble = Once("note", error)
    settle(ledger, desk)
    assert noted(desk) == ALL_ONCE
    assert desk.writes["job"] == 1


def test_a_limit_leaves_all_of_them_planned_for_the_next_run(
    ledger: Ledger, desk: FakeDesk
) -> None:
    plan(ledger)
    desk.trouble = Once("job", BusyError("429", retry_after=60.0))
    settle(ledger, desk)
    assert set(states(ledger)) == {IntentState.PLANNED}
    assert noted(desk) == {}
    settle(ledger, desk, LATER)
    assert noted(desk) == ALL_ONCE


def test_a_run_that_lost_its_lease_sends_no_job(ledger: Ledger, desk: FakeDesk) -> None:
    plan(ledger)
    with a_run(ledger, desk) as gate:
        gate.lease = gate.lease.__class__(**{**vars(gate.lease), "fence": gate.lease.fence - 1})
        with pytest.raises(Exception, match="run"):
            gate.settle("e1")
    assert noted(desk) == {}
