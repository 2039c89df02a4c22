"""What the ledger forgets, and what it never does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ledger_rows import NOON, a_link, a_mirror_row, an_aside, an_escalation, an_intent

from connector.core.model import State
from connector.errors import ConfigError, ExitCode
from connector.ledger import retention
from connector.ledger.rows import EventRow, InboxRow, IntentState
from connector.pruning import Pruned, prune

if TYPE_CHECKING:
    from connector.ledger.store import Ledger

OLD = NOON - timedelta(days=500)
YEAR = timedelta(days=400)


def pruned(ledger: Ledger, **options: Any) -> Pruned:
    known = {"now": NOON, "older_than": YEAR, "progress": lambda _step, _done: None}
    return prune(ledger, **{**known, **options})


def old_ticket(number: int, status: str = "closed", **facts: Any) -> Any:
    return a_mirror_row(number, status=status, created_at=OLD, updated_at=OLD, **facts)


def test_old_tickets_that_ended_are_forgotten_and_the_others_stay(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e4", state=State.CONFIRMED, changed_at=OLD))
        tx.links.add(a_link("e4", 5))
        tx.mirror.put([old_ticket(1), old_ticket(2, "open"), a_mirror_row(3, status="closed")])
        tx.mirror.put([old_ticket(number) for number in (4, 5, 6, 7)])
        tx.inbox.put([InboxRow(ticket_id=6, exported_at=OLD)])
        tx.inbox.put([InboxRow(ticket_id=1, exported_at=OLD, state="done")])
        tx.aside.put(an_aside("ticket:7", ticket_id=7))
    assert pruned(ledger).tickets == 1
    with ledger.snapshot() as tx:
        assert set(tx.mirror.get(range(1, 8))) == {2, 3, 4, 5, 6, 7}
        assert tx.mirror.count() == 6


def test_more_tickets_than_one_transaction_takes_are_all_forgotten(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    with ledger.transaction() as tx:
        tx.mirror.put([old_ticket(number) for number in range(1, 9)])
    told: list[int] = []
    assert pruned(ledger, progress=lambda _step, done: told.append(done)).tickets == 8
    assert told == [3, 6, 8]


@pytest.mark.parametrize("state", list(State))
def test_only_what_is_over_loses_its_texts_and_no_write_is_forgotten(
    ledger: Ledger, state: State
) -> None:
    row = an_escalation("e1", state=state, changed_at=OLD, brief={"a": 1}, assessment={"b": 2})
    with ledger.transaction() as tx:
        tx.escalations.add(row)
        tx.intents.add(
            [
                an_intent("i1", "e1", state=IntentState.DONE),
                an_intent("i2", "e1", state=IntentState.PLANNED, seq=2),
            ]
        )
        tx.events.add(EventRow(at=OLD, actor="sweep", what="old", escalation_id="e1"))
    before = pruned(ledger, dry_run=True)
    found = pruned(ledger)
    over = state in {State.CONFIRMED, State.DE_ESCALATED, State.REGRESSED}
    assert (found.texts, found.events) == ((1, 1) if over else (0, 0))
    assert before == found.model_copy(update={"dry_run": True})
    with ledger.transaction() as tx:
        done, planned = tx.intents.of("e1")
        assert (done.state, planned.state) == (IntentState.DONE, IntentState.PLANNED)
        assert planned.payload is not None
        assert (done.payload is None) is over
        assert tx.intents.add([an_intent("i1", "e1")]) == []
        kept = tx.escalations.by_marker(row.marker)
        assert kept is not None
        assert (kept.brief is None) is (state in {State.CONFIRMED, State.REGRESSED})


def test_history_and_runs_go_but_for_the_last_of_each_kind(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.events.add(EventRow(at=OLD, actor="sweep", what="old", ticket_id=7))
        tx.events.add(EventRow(at=NOON, actor="sweep", what="new", ticket_id=7))
        for kind, code in (("sweep", 0), ("sweep", 0), ("sweep", 4), ("sync", 1)):
            tx.run.finish(tx.run.start(kind, OLD), OLD, code, {"a": 1})
    found = pruned(ledger)
    assert (found.events, found.runs) == (1, 1)
    with ledger.snapshot() as tx:
        assert [event.what for event in tx.events.of(7)] == ["new"]
        worked = tx.run.last("sweep", successful=True)
        assert worked is not None
        assert worked.exit_code == 0


def test_a_dry_run_forgets_nothing_and_says_how_much_it_would(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([old_ticket(1)])
    assert pruned(ledger, dry_run=True).tickets == 1
    assert pruned(ledger, dry_run=True).tickets == 1
    assert pruned(ledger).tickets == 1
    assert pruned(ledger).tickets == 0


def test_what_sweeps_still_read_cannot_be_asked_for(ledger: Ledger) -> None:
    with pytest.raises(ConfigError, match="90d or more") as caught:
        pruned(ledger, older_than=timedelta(days=30))
    assert caught.value.exit_code is ExitCode.USAGE
