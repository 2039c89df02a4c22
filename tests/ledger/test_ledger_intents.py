"""Intents: what may follow what, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import NOON, an_escalation, an_intent, minutes

from connector.ledger.rows import IntentState

if TYPE_CHECKING:
    from connector.ledger.rows import IntentRow
    from connector.ledger.store import Ledger, Transaction

P, S, U, D, Q, X = (
    IntentState.PLANNED,
    IntentState.SENDING,
    IntentState.UNCERTAIN,
    IntentState.DONE,
    IntentState.QUARANTINED,
    IntentState.DROPPED,
)

# The law, written down a second time: from -> what may follow.
LAW = {P: {P, S, D, Q, X}, S: {P, U, D, Q, X}, U: {P, U, D, Q, X}, Q: {P, X}, D: set(), X: set()}

WAYS = {
    P: [S, S, P],
    S: [S],
    U: [S, U],
    D: [S, D],
    Q: [S, Q],
    X: [X],
}


def move(tx: Transaction, to: IntentState, intent_id: str = "i1") -> None:
    match to:
        case IntentState.PLANNED:
            tx.intents.planned_again(intent_id, "429", NOON + minutes(1))
        case IntentState.SENDING:
            tx.intents.sending(intent_id, at=NOON, probe={"highest": 41})
        case IntentState.UNCERTAIN:
            tx.intents.uncertain(intent_id, "timeout")
        case IntentState.DONE:
            tx.intents.done(intent_id, "10042")
        case IntentState.QUARANTINED:
            tx.intents.quarantined(intent_id, "InvalidError", "field x", None)
        case IntentState.DROPPED:
            tx.intents.dropped(intent_id, "closed")


def planned(tx: Transaction, *rows: IntentRow) -> None:
    tx.escalations.add(an_escalation())
    tx.intents.add(rows or [an_intent()])


def found(tx: Transaction, intent_id: str = "i1") -> IntentRow:
    row = tx.intents.get(intent_id)
    assert row is not None
    return row


@settings(
    max_examples=50,
    deadline=None,  # a disk is at work
    # Each example is rehearsed and undone, so that none sees another's rows.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(list(IntentState)), max_size=8))
def test_only_lawful_changes_happen_and_others_change_nothing(
    ledger: Ledger, steps: list[IntentState]
) -> None:
    with ledger.rehearsal(), ledger.transaction() as tx:
        planned(tx)
        for step in steps:
            before = found(tx)
            if step in LAW[before.state]:
                move(tx, step)
                assert found(tx).state is step
                assert found(tx).tries == before.tries + (step is S)
            else:
                with pytest.raises(ValueError, match=f"is {before.state}: it cannot become {step}"):
                    move(tx, step)
                assert found(tx) == before
            assert found(tx).payload == {"note": "Hello"}


@pytest.mark.parametrize("state", list(IntentState))
def test_every_state_can_be_reached_and_keeps_what_led_to_it(
    ledger: Ledger, state: IntentState
) -> None:
    with ledger.transaction() as tx:
        planned(tx)
        for step in WAYS[state]:
            if step is not S or found(tx).state is P:
                move(tx, step)
        row = found(tx)
    assert row.state is state
    if S in WAYS[state]:
        assert (row.sent_at, row.probe, row.tries) == (NOON, {"highest": 41}, 1)
    assert (row.result_ref == "10042") is (state is D)
    assert (row.next_try_at is not None) is (state is P)


def test_an_intent_that_nobody_planned_cannot_change(ledger: Ledger) -> None:
    with ledger.transaction() as tx, pytest.raises(LookupError, match="no intent i9"):
        tx.intents.done("i9", None)


def test_the_same_intent_again_is_ignored_and_keeps_its_payload(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        planned(tx)
        move(tx, S)
        new = an_intent("i2", seq=2)
        assert tx.intents.add([an_intent(payload={"note": "other"}), new]) == [new]
        assert found(tx).payload == {"note": "Hello"}
        assert found(tx).state is S
        assert tx.intents.of("e1") == [found(tx), new]


@pytest.mark.parametrize("state", [S, U, Q, X])
def test_an_intent_begins_planned_or_adopted(ledger: Ledger, state: IntentState) -> None:
    with ledger.transaction() as tx:
        planned(tx, an_intent("i1"), an_intent("i2", state=D, result_ref="7"))
        assert found(tx, "i2").result_ref == "7"
        with pytest.raises(ValueError, match=f"cannot begin as {state}"):
            tx.intents.add([an_intent("i3", state=state)])


def test_time_alone_never_retries_a_write_whose_outcome_is_unknown(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        planned(tx)
        move(tx, S)
        move(tx, U)
        with pytest.raises(ValueError, match="cannot become quarantined"):
            tx.intents.quarantined("i1", "timeout", "asked 3 times", NOON)
        tx.intents.quarantined("i1", "timeout", "asked 3 times", None)
        assert tx.intents.pending(NOON + minutes(10**6)) == []


def test_pending_is_everything_unsettled_in_order(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e2"))
        planned(
            tx,
            an_intent("b1", "e2", seq=1),
            *(an_intent(name, seq=seq) for seq, name in enumerate("hgfedcba", 1)),
        )
        for name, steps in {"g": [S], "f": [S, U], "e": [S, D], "d": [X]}.items():
            for step in steps:
                move(tx, step, name)
        tx.intents.quarantined("c", "InvalidError", "field x", NOON + minutes(5))
        tx.intents.quarantined("b", "InvalidError", "field x", None)
        tx.intents.planned_again("a", "429", NOON + minutes(60))
        early = [row.intent_id for row in tx.intents.pending(NOON)]
        later = [row.intent_id for row in tx.intents.pending(NOON + minutes(5))]
    assert early == ["h", "g", "f", "a", "b1"]
    assert later == ["h", "g", "f", "c", "a", "b1"]


def test_what_was_being_sent_when_a_run_died_is_uncertain(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        planned(tx, *(an_intent(name, seq=seq) for seq, name in enumerate("abc")))
        move(tx, S, "a")
        move(tx, S, "b")
        move(tx, D, "b")
    with ledger.transaction() as tx:
        assert tx.intents.interrupted() == 1
        assert tx.intents.interrupted() == 0
        states = {row.intent_id: (row.state, row.error) for row in tx.intents.of("e1")}
    assert states == {"a": (U, "interrupted"), "b": (D, None), "c": (P, None)}
