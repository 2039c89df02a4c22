"""A batch of notes against the sandbox: one job, and what came of each ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from box_rig import HOUR, play, update, write_in

from connector.errors import ClosedError, ConflictError, GoneError, UncertainError
from connector.ports import Receipt
from connector.sandbox.faults import Fault

if TYPE_CHECKING:
    from clients_rig import Time

    from connector.clients.zendesk import ZendeskDesk
    from connector.sandbox.server import Sandbox


def test_each_ticket_of_a_job_has_its_own_outcome(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    good, stale, closed = (write_in(sandbox) for _ in range(3))
    updates = [update(desk, number) for number in (good, stale, closed)]
    sandbox.world.clock.advance(HOUR)
    play(sandbox, "zendesk", f"tickets/{stale}/comments", by="customer", body="Any news?")
    play(sandbox, "zendesk", f"tickets/{closed}/close")
    gone = updates[0].model_copy(update={"ticket_id": 999_999})
    came = desk.update_tickets([*updates, gone])
    assert isinstance(came[good], Receipt)
    assert isinstance(came[stale], ConflictError)
    assert isinstance(came[closed], ClosedError)
    assert isinstance(came[999_999], GoneError)
    note = desk.thread(good).comments[-1]
    assert (note.public, note.intent_id) == (False, updates[0].intent_id)


def test_a_job_is_one_write_and_its_end_is_waited_for(
    sandbox: Sandbox, desk: ZendeskDesk, time: Time
) -> None:
    numbers = [write_in(sandbox) for _ in range(6)]
    updates = [update(desk, number) for number in numbers]
    before = len(sandbox.world.journal.entries)
    came = desk.update_tickets(updates)
    assert all(isinstance(one, Receipt) for one in came.values())
    sent = list(sandbox.world.journal.pick(side="zendesk", writes=True, since=before))
    assert [entry.endpoint.rpartition("/")[2] for entry in sent] == ["update_many"]


def test_a_job_whose_answer_is_lost_may_have_happened(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    number = write_in(sandbox)
    planned = update(desk, number)
    sandbox.world.faults.order(
        Fault(side="zendesk", method="PUT", path="update_many", when="after", fault="close")
    )
    with pytest.raises(UncertainError):
        desk.update_tickets([planned])
    assert [said.intent_id for said in desk.thread(number).comments].count(planned.intent_id) == 1


def test_a_job_takes_different_tickets_only(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    planned = update(desk, write_in(sandbox))
    with pytest.raises(ValueError, match="different"):
        desk.update_tickets([planned, planned])
