"""Drafts and follow-ups: each known once, whatever is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ledger_rows import NOON, a_link, an_escalation, minutes

from connector.core.model import State
from connector.ledger.rows import DraftRow, FollowUpRow

if TYPE_CHECKING:
    from connector.ledger.store import Ledger


def a_draft(name: str = "d-1", **facts: Any) -> DraftRow:
    given: dict[str, Any] = {
        "escalation_id": "e1",
        "ticket_id": 1,
        "about": "end",
        "text": "Hello,\n\nit works again – 👍.",
        "basis": "resolved|open|7",
        "made_at": NOON,
    }
    return DraftRow(id=name, **given | facts)


@pytest.fixture
def known(ledger: Ledger) -> Ledger:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e1"))
        tx.links.add(a_link("e1", 1, worn=("vip",)))
    return ledger


def test_the_same_words_are_one_draft_and_keep_their_state(known: Ledger) -> None:
    with known.transaction() as tx:
        assert tx.drafts.add(a_draft())
        tx.drafts.replace(a_draft(state="dropped", decided_at=NOON))
        assert not tx.drafts.add(a_draft())
    with known.snapshot() as tx:
        assert tx.drafts.get("d-1") == a_draft(state="dropped", decided_at=NOON)


def test_what_waits_comes_oldest_first_and_without_the_decided(known: Ledger) -> None:
    with known.transaction() as tx:
        tx.drafts.add(a_draft("d-3", made_at=NOON + minutes(1)))
        tx.drafts.add(a_draft("d-2", ticket_id=2))
        tx.drafts.add(a_draft("d-1", state="approved"))
        tx.drafts.add(a_draft("d-0", state="sent"))
        assert [draft.id for draft in tx.drafts.waiting()] == ["d-1", "d-2", "d-3"]
        assert len(tx.drafts.of("e1")) == 4


def test_a_draft_that_was_never_added_cannot_be_decided(known: Ledger) -> None:
    with known.transaction() as tx, pytest.raises(LookupError):
        tx.drafts.replace(a_draft())


def test_a_slot_is_served_once_for_each_clock_and_ticket(known: Ledger) -> None:
    def slot(clock: str, ticket_id: int) -> FollowUpRow:
        given = {"escalation_id": "e1", "clock": clock, "ticket_id": ticket_id}
        return FollowUpRow.model_validate(given | {"slot": NOON, "done_at": NOON})

    with known.transaction() as tx:
        assert tx.follow_ups.add(slot("internal", 0))
        assert tx.follow_ups.add(slot("customer", 1))
        assert tx.follow_ups.add(slot("customer", 2))
        assert not tx.follow_ups.add(slot("customer", 2))
        assert [one.ticket_id for one in tx.follow_ups.of("e1")] == [1, 2, 0]


def test_the_last_slot_of_each_clock_is_read_for_many_escalations_at_once(known: Ledger) -> None:
    def slot(clock: str, ticket_id: int, minute: int) -> FollowUpRow:
        given = {"escalation_id": "e1", "clock": clock, "ticket_id": ticket_id, "done_at": NOON}
        return FollowUpRow.model_validate(given | {"slot": NOON + minutes(minute)})

    with known.transaction() as tx:
        for minute in (3, 9, 6):
            tx.follow_ups.add(slot("customer", 1, minute))
        tx.follow_ups.add(slot("internal", 0, 2))
        assert tx.follow_ups.last_slots(["e1", "e2"]) == {
            "e1": {("customer", 1): NOON + minutes(9), ("internal", 0): NOON + minutes(2)},
            "e2": {},
        }


def test_the_last_sent_draft_of_each_ticket_is_read_for_many_escalations_at_once(
    known: Ledger,
) -> None:
    with known.transaction() as tx:
        for minute in (1, 7, 4):
            at = NOON + minutes(minute)
            tx.drafts.add(a_draft(f"d-{minute}", state="sent", decided_at=at))
        tx.drafts.add(a_draft("d-8", state="dropped", decided_at=NOON + minutes(8)))
        tx.drafts.add(a_draft("d-9", ticket_id=2))
        assert tx.drafts.last_sent(["e1", "e2"]) == {"e1": {1: NOON + minutes(7)}, "e2": {}}


def test_an_escalation_is_unclosed_until_everybody_knows(known: Ledger) -> None:
    with known.transaction() as tx:
        over = an_escalation("e2", state=State.DE_ESCALATED, ended_at=NOON)
        tx.escalations.add(over)
        assert [row.id for row in tx.escalations.unclosed()] == ["e1", "e2"]
        tx.escalations.replace(over.model_copy(update={"closed_at": NOON}))
        assert [row.id for row in tx.escalations.unclosed()] == ["e1"]


def test_what_was_learned_is_listed_newest_first(known: Ledger) -> None:
    with known.transaction() as tx:
        for name, age in (("e2", 2), ("e3", 1)):
            learned = {"text": "x", "root_cause": "ö"}
            tx.escalations.add(an_escalation(name, learned=learned, opened_at=NOON - minutes(age)))
        assert [row.id for row in tx.escalations.learned()] == ["e3", "e2"]
