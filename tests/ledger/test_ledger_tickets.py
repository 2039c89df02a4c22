"""The mirror, the inbox, the cursors, and what was set aside."""
# ruff: noqa: PT012 - what fails here is a whole transaction or run

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from ledger_rows import NOON, a_mirror_row, an_aside, dump, minutes

from connector.ledger.rows import InboxRow, LabelRow

if TYPE_CHECKING:
    from connector.ledger.rows import MirrorRow
    from connector.ledger.store import Ledger, Transaction


def due_ids(tx: Transaction, limit: int | None = None) -> list[int]:
    return [row.ticket_id for row in tx.mirror.due(NOON, limit)]


def an_inbox_row(ticket_id: int = 1, minute: float = 0) -> InboxRow:
    return InboxRow(ticket_id=ticket_id, exported_at=NOON + minutes(minute))


# --- mirror ----------------------------------------------------------------------------------


@pytest.mark.parametrize("minute", [-1, 0, 1])
def test_what_was_read_last_counts_whatever_the_clocks_say(ledger: Ledger, minute: float) -> None:
    last = a_mirror_row(status="solved", exported_at=NOON + minutes(minute))
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(status="open")])
        tx.mirror.put([last])
        assert tx.mirror.get([1]) == {1: last}
        assert tx.mirror.count() == 1


def test_tickets_are_counted_once_however_often_they_are_put(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.transaction() as tx:
        assert tx.mirror.count() == 0
        tx.mirror.put(a_mirror_row(number) for number in range(700))
        tx.mirror.put(a_mirror_row(number) for number in range(650, 720))
        tx.mirror.put([a_mirror_row(719), a_mirror_row(720), a_mirror_row(720)])
    with pytest.raises(ZeroDivisionError), ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(1000)])
        raise ZeroDivisionError
    with ledger.transaction() as tx:
        assert tx.mirror.count() == 721
    assert len(dump(ledger_url)["mirror"]) == 721


def test_a_ticket_on_two_places_of_one_page_is_one_row(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(1, status="open"), a_mirror_row(1, status="pending")])
        assert tx.mirror.get([1])[1].status == "pending"


def test_putting_new_facts_keeps_what_was_decided(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row()])
        tx.mirror.set_decided(1, "facts", NOON)
        tx.mirror.put([a_mirror_row(exported_at=NOON + minutes(1))])
        assert tx.mirror.get([1])[1].decided == "facts"
        tx.mirror.set_decided(1, None, None)
        assert tx.mirror.get([1])[1].decided is None


def test_only_known_tickets_are_got_however_many_are_asked_for(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(ticket_id) for ticket_id in range(1200))
        assert sorted(tx.mirror.get(range(-5, 1205))) == list(range(1200))
        assert tx.mirror.get([]) == {}


def test_time_brings_up_open_tickets_only(ledger: Ledger) -> None:
    open_ones = {1: "new", 2: "open", 3: "pending", 4: "hold"}
    over = {5: "solved", 6: "closed", 7: "deleted"}
    with ledger.transaction() as tx:
        for ticket_id, status in {**open_ones, **over}.items():
            tx.mirror.put([a_mirror_row(ticket_id, status=status, look_at=NOON)])
        tx.mirror.put([a_mirror_row(8, look_at=NOON + minutes(0.001)), a_mirror_row(9)])
        assert due_ids(tx) == [1, 2, 3, 4]


def test_what_is_due_longest_comes_first_and_a_limit_cuts_the_rest(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(n, look_at=NOON - minutes(n)) for n in (1, 3, 2))
        assert due_ids(tx) == [3, 2, 1]
        assert due_ids(tx, limit=2) == [3, 2]


def test_a_decision_says_when_time_asks_again(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(look_at=NOON)])
        tx.mirror.set_decided(1, "facts", NOON + minutes(1))
        assert due_ids(tx) == []
        tx.mirror.set_decided(99, "facts", NOON)  # not mirrored: nothing happens
        assert tx.mirror.count() == 1


def test_reports_come_by_creation_and_in_whole_over_many_pieces(ledger: Ledger) -> None:
    def report(number: int) -> MirrorRow:
        # Four tickets a minute: the pieces have to break between tickets of one minute.
        return a_mirror_row(
            5000 - number,
            created_at=NOON + minutes(math.floor(number / 4)),
            fingerprint=None if number % 10 == 0 else {"n": number},
        )

    with ledger.transaction() as tx:
        tx.mirror.put(report(number) for number in range(1, 1802))
        found = [(row.created_at, row.ticket_id) for row in tx.mirror.since(NOON)]
        assert len(found) == 1801 - 3 - 180  # created at NOON; without a fingerprint
        assert found == sorted(set(found))
        assert found[0][0] > NOON
        assert tx.mirror.due(NOON) == []


def test_the_ledger_may_be_asked_other_things_between_two_reports(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put(a_mirror_row(number) for number in range(600))
        seen = [tx.cursor(str(row.ticket_id)) for row in tx.mirror.since(NOON - minutes(9999))]
    assert len(seen) == 600


# --- inbox -----------------------------------------------------------------------------------


@pytest.mark.parametrize("minute", [pytest.param(1, id="newer"), pytest.param(-1, id="older")])
def test_another_export_starts_again_and_the_same_one_changes_nothing(
    ledger: Ledger, minute: float
) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put([an_inbox_row()])
        tx.inbox.done([1])
        tx.inbox.put([an_inbox_row()])
        assert tx.inbox.todo(NOON) == []
        tx.inbox.put([an_inbox_row(minute=minute)])
        assert tx.inbox.todo(NOON) == [an_inbox_row(minute=minute)]


def test_a_newer_export_forgets_the_failures_of_the_last(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put([an_inbox_row()])
        tx.inbox.fail(1, "DriftError", NOON + minutes(60))
        tx.inbox.put([an_inbox_row(minute=1)])
        assert tx.inbox.todo(NOON) == [an_inbox_row(minute=1)]


def test_a_failure_is_counted_and_comes_back_when_its_next_try_is_due(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put([an_inbox_row()])
        first = tx.inbox.fail(1, "DriftError", NOON + minutes(5))
        again = tx.inbox.fail(1, "GoneError", NOON + minutes(10))
        assert (first.tries, again.tries, again.error) == (1, 2, "GoneError")
        assert again.state == "quarantined"
        assert tx.inbox.todo(NOON + minutes(9)) == []
        assert tx.inbox.todo(NOON + minutes(10)) == [again]


def test_a_failure_without_a_next_try_waits_for_a_person(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put([an_inbox_row()])
        tx.inbox.fail(1, "DriftError", None)
        assert tx.inbox.todo(NOON + minutes(10**6)) == []


def test_a_ticket_that_only_time_brought_up_can_fail_as_well(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(1)])
        known, unknown = (tx.inbox.fail(n, "GoneError", NOON) for n in (1, 2))
        assert known.exported_at == NOON
        assert unknown.tries == 1
        tx.inbox.put([an_inbox_row(1), an_inbox_row(2)])  # the same export, and a first one
        assert {row.ticket_id: row.state for row in tx.inbox.todo(NOON)} == {
            1: "quarantined",
            2: "todo",
        }


def test_the_oldest_export_is_first_and_retries_come_after(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put(an_inbox_row(n, minute=-n) for n in (1, 2, 3))
        tx.inbox.fail(3, "GoneError", NOON)
        assert [row.ticket_id for row in tx.inbox.todo(NOON)] == [2, 1, 3]
        assert [row.ticket_id for row in tx.inbox.todo(NOON, limit=2)] == [2, 1]
        assert [row.ticket_id for row in tx.inbox.todo(NOON, limit=1)] == [2]


def test_done_is_for_all_of_a_long_list(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.inbox.put(an_inbox_row(n) for n in range(1200))
        tx.inbox.done(range(1, 1200))
        assert [row.ticket_id for row in tx.inbox.todo(NOON)] == [0]


# --- cursors ---------------------------------------------------------------------------------


def test_a_cursor_is_what_was_set_last(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert tx.cursor("tickets") is None
        tx.set_cursor("tickets", "MTIz==")
        tx.set_cursor("tickets", "NDU2==")
        tx.set_cursor("comments", "2026")
        assert (tx.cursor("tickets"), tx.cursor("comments")) == ("NDU2==", "2026")


def test_a_cursor_does_not_move_when_its_page_is_not_kept(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.transaction() as tx:
        tx.set_cursor("tickets", "next page")
        tx.mirror.put([a_mirror_row()])
        raise ZeroDivisionError
    with ledger.transaction() as tx:
        assert tx.cursor("tickets") is None
        assert tx.mirror.count() == 0


# --- aside -----------------------------------------------------------------------------------


def test_setting_aside_again_counts_and_remembers_since_when(ledger: Ledger) -> None:
    later = an_aside(since=NOON + minutes(9), reason="still", next_try_at=NOON + minutes(30))
    with ledger.transaction() as tx:
        tx.aside.put(an_aside())
        tx.aside.put(later)
        kept = tx.aside.get("ticket:1")
        assert kept == later.model_copy(update={"tries": 2, "since": NOON})


def test_what_is_aside_is_listed_is_due_and_is_dropped(ledger: Ledger) -> None:
    first = an_aside("ticket:1", since=NOON - minutes(1))
    second = an_aside("intent:i1", kind="intent", next_try_at=NOON, escalation_id="e1")
    with ledger.transaction() as tx:
        tx.aside.put(second)
        tx.aside.put(first)
        assert tx.aside.list() == [first, second]
        assert tx.aside.due(NOON) == [second]
        assert tx.aside.due(NOON - minutes(1)) == []
        assert tx.aside.drop("ticket:1", "intent:i1", "ticket:404") == 2
        assert tx.aside.list() == []
        assert tx.aside.get("ticket:1") is None


# --- verdicts on pairs -----------------------------------------------------------------------


def test_the_last_verdict_on_a_pair_counts_in_either_order(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.groups.put_label(9, 4, same=True, actor="ann", at=NOON)
        tx.groups.put_label(4, 9, same=False, actor="bo", at=NOON + minutes(1))
        tx.groups.put_label(1, 2, same=True, actor="ann", at=NOON)
        assert tx.groups.labels() == [
            LabelRow(first=1, second=2, same=True, actor="ann", at=NOON),
            LabelRow(first=4, second=9, same=False, actor="bo", at=NOON + minutes(1)),
        ]


def test_a_ticket_is_not_compared_with_itself(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="itself"), ledger.transaction() as tx:
        tx.groups.put_label(4, 4, same=True, actor="ann", at=NOON)
