"""Escalations, their tickets, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ledger_rows import NOON, a_link, an_escalation, minutes

from connector.core.model import Severity, State
from connector.ledger.rows import EventRow, FollowUpRow, TransitionRow

if TYPE_CHECKING:
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Ledger

RICH: dict[str, Any] = {
    "group_id": "g12",
    "issue_id": "10042",
    "issue_key": "ESC-42",
    "project": "ESC",
    "owner": "Ann",
    "brief": {"sections": ["impact"]},
    "assessment": {"score": 0.5},
    "applied": {"tags": ["escalated"]},
    "learned": {"root cause": "cache"},
    "deadline": NOON + minutes(60),
    "internal_due_at": NOON + minutes(120),
}


def ids(found: list[EscalationRow]) -> list[str]:
    return [row.id for row in found]


def test_an_escalation_comes_back_as_it_was_added_and_replaced(ledger: Ledger) -> None:
    row = an_escalation(**RICH)
    later = row.model_copy(update={"state": State.RESOLVED, "version": 2, "resolved_at": NOON})
    with ledger.transaction() as tx:
        tx.escalations.add(row)
        assert tx.escalations.get("e1") == row
        tx.escalations.replace(later)
        assert tx.escalations.get("e1") == later
        assert tx.escalations.get("e2") is None


def test_what_was_never_added_cannot_be_replaced(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
        with pytest.raises(LookupError, match="escalation e9"):
            tx.escalations.replace(an_escalation("e9"))
        with pytest.raises(LookupError, match="link e1, 9"):
            tx.links.replace(a_link(ticket_id=9))


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(an_escalation("e2", marker="marker-e1"), id="the same marker"),
        pytest.param(
            an_escalation("e2", first_ticket_id=1, state=State.CONFIRMED), id="the same episode"
        ),
        pytest.param(
            an_escalation("e2", first_ticket_id=1, episode=2), id="two live episodes of one ticket"
        ),
    ],
)
def test_a_second_escalation_of_the_same_thing_is_refused(
    ledger: Ledger, second: EscalationRow
) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
    with pytest.raises(ValueError, match="refuses the row"), ledger.transaction() as tx:
        tx.escalations.add(second)


def test_a_new_episode_may_follow_one_that_has_ended(ledger: Ledger) -> None:
    ended = an_escalation(state=State.REGRESSED)
    again = an_escalation("e2", first_ticket_id=1, episode=2, opened_at=NOON + minutes(1))
    with ledger.transaction() as tx:
        tx.escalations.add(ended)
        tx.escalations.add(again)
        assert tx.escalations.by_ticket(1) == [again, ended]
        assert tx.escalations.live() == [again]


def test_the_live_ones_come_most_urgent_first(ledger: Ledger) -> None:
    def one(name: str, severity: Severity, **facts: Any) -> EscalationRow:
        return an_escalation(name, severity=severity, **facts)

    with ledger.transaction() as tx:
        for row in (
            one("e1", Severity.MEDIUM, internal_due_at=NOON - minutes(99)),
            one("e2", Severity.HIGH),
            one("e3", Severity.HIGH, internal_due_at=NOON + minutes(9)),
            one("e4", Severity.HIGH, internal_due_at=NOON + minutes(10), customer_due_at=NOON),
            one("e5", Severity.CRITICAL, state=State.RESOLVED),
            one("e6", Severity.CRITICAL, state=State.CONFIRMED),
        ):
            tx.escalations.add(row)
        assert ids(tx.escalations.live()) == ["e5", "e4", "e3", "e2", "e1"]


def test_the_index_and_the_model_agree_on_what_is_live(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for n, state in enumerate(State):
            tx.escalations.add(an_escalation(f"e{n}", state=state))
        assert {row.state for row in tx.escalations.live()} == {s for s in State if s.live}
        for state in State:
            assert [row.state for row in tx.escalations.all(state)] == [state]


def test_all_of_them_come_newest_first(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        for n in (2, 1, 3):
            tx.escalations.add(an_escalation(f"e{n}", opened_at=NOON + minutes(n)))
        assert ids(tx.escalations.all()) == ["e3", "e2", "e1"]


def test_an_escalation_is_found_by_what_people_call_it(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation(**RICH))
        tx.escalations.add(an_escalation("e2"))
        tx.links.add(a_link("e1", 77))
        for name in ("e1", "ESC-42", "esc-42", " ESC-42 ", "77", "#77", "1", "10042"):
            found = tx.escalations.find(name)
            assert found is not None, name
            assert found.id == "e1", name
        for name in ("", "#", "e9", "ESC-4", "404", "9" * 40, "²", "%", "' OR 1=1 --"):
            assert tx.escalations.find(name) is None, name


def test_an_escalation_is_found_by_group_marker_and_issue(ledger: Ledger) -> None:
    row = an_escalation(**RICH)
    again = an_escalation("e2", group_id="g12", opened_at=NOON + minutes(1))
    with ledger.transaction() as tx:
        tx.escalations.add(row)
        tx.escalations.add(again)
        assert tx.escalations.by_group("g12") == [again, row]
        assert tx.escalations.by_group("g1") == []
        assert tx.escalations.by_marker("marker-e1") == row
        assert tx.escalations.by_marker("marker") is None
        assert tx.escalations.by_issue("10042") == row
        assert tx.escalations.by_issue("ESC-42") == row
        assert tx.escalations.by_issue("ESC-43") is None


# --- links -----------------------------------------------------------------------------------


def test_a_ticket_joins_an_escalation_once(ledger: Ledger) -> None:
    first = a_link(joined_at=NOON)
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
        assert tx.links.add(first) is True
        assert tx.links.add(a_link(joined_at=NOON + minutes(5))) is False
        assert tx.links.of("e1") == [first]


def test_links_come_in_the_order_of_joining_and_keep_their_outcome(ledger: Ledger) -> None:
    late, early = a_link("e1", 1, joined_at=NOON + minutes(1)), a_link("e1", 2)
    told = early.model_copy(update={"closed": True, "result": "closed", "told_at": NOON})
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e1"))
        tx.escalations.add(an_escalation("e2"))
        for link in (late, early, a_link("e2", 2, joined_at=NOON + minutes(2))):
            tx.links.add(link)
        tx.links.replace(told)
        assert tx.links.of("e1") == [told, late]
        assert [link.escalation_id for link in tx.links.of_ticket(2)] == ["e1", "e2"]
        assert ids(tx.escalations.by_ticket(2)) == ["e1", "e2"]


# --- history ---------------------------------------------------------------------------------


def test_transitions_are_kept_in_the_order_they_were_made(ledger: Ledger) -> None:
    def change(old: State, new: State) -> TransitionRow:
        return TransitionRow(
            escalation_id="e1", at=NOON, actor="jira", kind="state", old=old, new=new, reason="ok"
        )

    made = [change(State.OPEN, State.ACKNOWLEDGED), change(State.ACKNOWLEDGED, State.RESOLVED)]
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
        for row in made:
            tx.transitions.add(row)
        assert tx.transitions.of("e1") == made
        assert tx.transitions.of("e2") == []
        assert tx.transitions.begun_by(["e1", "e2"]) == {"e1": "jira"}


def test_a_follow_up_slot_is_made_once_for_each_clock(ledger: Ledger) -> None:
    internal = FollowUpRow(escalation_id="e1", clock="internal", slot=NOON, done_at=NOON)
    customer = internal.model_copy(update={"clock": "customer"})
    late = internal.model_copy(update={"done_at": NOON + minutes(5), "late_by_minutes": 5})
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation())
        assert tx.follow_ups.add(internal) is True
        assert tx.follow_ups.add(late) is False
        assert tx.follow_ups.add(customer) is True
        assert tx.follow_ups.of("e1") == [customer, internal]


def test_events_are_found_by_escalation_by_ticket_and_by_time(ledger: Ledger) -> None:
    def happened(what: str, minute: float, **facts: object) -> EventRow:
        return EventRow.model_validate(
            {"at": NOON + minutes(minute), "actor": "sweep", "what": what, **facts}
        )

    one = happened("joined", 0, escalation_id="e1", ticket_id=4, detail={"n": [1, 2]})
    two = happened("done", 1, escalation_id="e1", intent_id="i1")
    three = happened("left", 1, ticket_id=4)
    with ledger.transaction() as tx:
        for row in (one, two, three):
            tx.events.add(row)
        assert tx.events.of("e1") == [one, two]
        assert tx.events.of(4) == [one, three]
        assert tx.events.since(NOON + minutes(1)) == [two, three]
        assert tx.events.since(NOON + minutes(2)) == []


def test_runs_are_remembered_with_their_outcome(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert tx.run.last("sweep") is None
        good = tx.run.start("sweep", NOON)
        tx.run.finish(good, NOON + minutes(1), 1, {"set_aside": [1]})
        bad = tx.run.start("sweep", NOON + minutes(5))
        tx.run.finish(bad, NOON + minutes(6), 4, None)
        tx.run.start("sync", NOON + minutes(7))
        last, success = tx.run.last("sweep"), tx.run.last("sweep", successful=True)
        unfinished = tx.run.last("sync")
    assert last is not None
    assert success is not None
    assert unfinished is not None
    assert (last.id, last.exit_code, last.started_at) == (bad, 4, NOON + minutes(5))
    assert (success.id, success.report) == (good, {"set_aside": [1]})
    assert unfinished.finished_at is None
