"""Transactions: all or nothing, durable at the end; rehearsals leave no trace."""
# ruff: noqa: PT012 - what fails here is a whole transaction or run

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ledger_rows import (
    NOON,
    a_link,
    a_mirror_row,
    a_report,
    an_aside,
    an_escalation,
    an_intent,
    dump,
    minutes,
    place,
)
from sqlalchemy import event

from connector.errors import LockedError, StoreError, UnavailableError
from connector.ledger.rows import (
    DraftRow,
    EventRow,
    FollowUpRow,
    GroupRow,
    InboxRow,
    IntentState,
    NearMissRow,
    TransitionRow,
)
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from connector.ledger.store import Ledger, Transaction


def write_everywhere(tx: Transaction) -> None:
    """At least one row in every table but the lease's."""
    tx.set_cursor("tickets", "abc")
    tx.mirror.put([a_mirror_row()])
    tx.mirror.set_decided(1, "facts", NOON)
    tx.inbox.put([InboxRow(ticket_id=1, exported_at=NOON)])
    tx.escalations.add(an_escalation())
    tx.links.add(a_link())
    tx.intents.add([an_intent()])
    tx.intents.sending("i1", at=NOON, probe=None)
    tx.transitions.add(
        TransitionRow(
            escalation_id="e1", at=NOON, actor="sweep", kind="state", old="", new="open", reason=""
        )
    )
    tx.follow_ups.add(FollowUpRow(escalation_id="e1", clock="internal", slot=NOON, done_at=NOON))
    tx.drafts.add(
        DraftRow(
            id="d1", escalation_id="e1", ticket_id=1, about="end", text="", basis="", made_at=NOON
        )
    )
    tx.events.add(EventRow(at=NOON, actor="sweep", what="opened"))
    tx.aside.put(an_aside())
    tx.groups.put_label(1, 2, same=True, actor="ann", at=NOON)
    tx.groups.put(GroupRow(id="g1", strength="sure", tickets=2, customers=2, newest_at=NOON))
    tx.groups.put_misses([NearMissRow(number=0, group_id="g2", ticket_id=2, chance=0.1)])
    place(tx, a_report(1))
    tx.run.finish(tx.run.start("sweep", NOON), NOON, 0, {})


def test_what_a_transaction_wrote_is_there_for_everybody_at_its_end(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.transaction() as tx:
        write_everywhere(tx)
    ledger.pin("production", "acme", "https://acme.example")
    empty = {name for name, rows in dump(ledger_url).items() if not rows}
    assert empty == {"lease"}


def test_a_failing_transaction_leaves_nothing_and_the_next_one_works(
    ledger: Ledger, ledger_url: str
) -> None:
    before = dump(ledger_url)
    with pytest.raises(ZeroDivisionError), ledger.transaction() as tx:
        write_everywhere(tx)
        raise ZeroDivisionError
    assert dump(ledger_url) == before
    with ledger.transaction() as tx:
        write_everywhere(tx)
    assert dump(ledger_url) != before


def test_a_refused_commit_leaves_nothing_and_the_next_one_works(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="refuses the row"), ledger.transaction() as tx:
        tx.set_cursor("tickets", "abc")
        tx.links.add(a_link("nobody"))
    with ledger.transaction() as tx:
        assert tx.cursor("tickets") is None
        tx.set_cursor("tickets", "def")


def test_a_transaction_within_another_is_refused(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        with pytest.raises(RuntimeError, match="open already"), ledger.transaction():
            pass
        with pytest.raises(RuntimeError, match="open already"), ledger.rehearsal():
            pass
        tx.set_cursor("tickets", "abc")
    with ledger.transaction() as tx:
        assert tx.cursor("tickets") == "abc"


# --- rehearsals ------------------------------------------------------------------------------


def test_a_rehearsal_is_seen_inside_and_leaves_no_trace(ledger: Ledger, ledger_url: str) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(7)])
    before = dump(ledger_url)
    with ledger.rehearsal():
        with ledger.transaction() as tx:
            write_everywhere(tx)
        ledger.pin("production", "acme", "https://acme.example")
        with pytest.raises(ZeroDivisionError), ledger.transaction() as tx:
            tx.intents.done("i1", "10042")
            raise ZeroDivisionError
        with ledger.transaction() as tx:
            assert [row.state for row in tx.intents.of("e1")] == [IntentState.SENDING]
            assert tx.mirror.count() == 2
        with ledger.snapshot() as tx:
            assert tx.cursor("tickets") == "abc"
    assert dump(ledger_url) == before
    with ledger.transaction() as tx:
        assert tx.intents.get("i1") is None
        write_everywhere(tx)


def test_a_rehearsal_that_fails_leaves_no_trace_either(ledger: Ledger, ledger_url: str) -> None:
    before = dump(ledger_url)
    with pytest.raises(ZeroDivisionError), ledger.rehearsal():
        with ledger.transaction() as tx:
            write_everywhere(tx)
        raise ZeroDivisionError
    assert dump(ledger_url) == before


def test_a_rehearsal_survives_a_refused_row(ledger: Ledger) -> None:
    with ledger.rehearsal():
        with ledger.transaction() as tx:
            tx.escalations.add(an_escalation())
        with pytest.raises(ValueError, match="marker"), ledger.transaction() as tx:
            tx.set_cursor("tickets", "abc")
            tx.escalations.add(an_escalation("e2", marker="marker-e1"))
        with ledger.transaction() as tx:
            assert tx.cursor("tickets") is None
            assert tx.escalations.get("e1") is not None


def test_a_run_is_rehearsed_under_the_lock_with_its_fence(ledger: Ledger, ledger_url: str) -> None:
    with ledger.run_lock("dry run") as lease, ledger.rehearsal():
        with ledger.transaction() as tx:
            tx.check_fence(lease)
            write_everywhere(tx)
        with open_ledger(ledger_url, now=NOON) as other:
            with pytest.raises(LockedError, match="dry run"), other.run_lock("sweep"):
                pass
            with other.snapshot() as tx:
                assert tx.mirror.count() == 0


# --- snapshots -------------------------------------------------------------------------------


def test_a_snapshot_sees_one_moment_while_others_write(ledger: Ledger, ledger_url: str) -> None:
    with open_ledger(ledger_url, now=NOON) as other, other.snapshot() as seen:
        assert seen.mirror.count() == 0
        with ledger.transaction() as tx:
            tx.mirror.put([a_mirror_row()])
        assert seen.mirror.count() == 0
    with ledger.snapshot() as seen:
        assert seen.mirror.count() == 1


def test_a_snapshot_cannot_write_and_the_next_transaction_can(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="read-only"), ledger.snapshot() as tx:
        tx.set_cursor("tickets", "abc")
    with ledger.transaction() as tx:
        assert tx.cursor("tickets") is None
        tx.set_cursor("tickets", "abc")


# --- whose it is -----------------------------------------------------------------------------


def test_a_ledger_is_tied_to_its_account_and_to_its_environment(ledger: Ledger) -> None:
    mine = ("production", "acme", "https://acme.example")
    ledger.pin(*mine)
    ledger.pin(*mine)
    for at, other in enumerate(("staging", "acme-sandbox", "https://other.example")):
        theirs = (*mine[:at], other, *mine[at + 1 :])
        with pytest.raises(StoreError, match=f"{mine[at]}.*{other}"):
            ledger.pin(*theirs)
    ledger.pin(*mine)


# --- crashes ---------------------------------------------------------------------------------

DIES_IN_ITS_SECOND_TRANSACTION = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from ledger_rows import NOON, an_escalation, an_intent
from connector.ledger.store import open_ledger
ledger = open_ledger(sys.argv[2], now=NOON)
with ledger.transaction() as tx:
    tx.escalations.add(an_escalation())
    tx.intents.add([an_intent("i1"), an_intent("i2", seq=2)])
with ledger.transaction() as tx:
    tx.intents.sending("i1", at=NOON, probe={"highest": 41})
with ledger.transaction() as tx:
    tx.intents.done("i1", "10042")
    tx.set_cursor("tickets", "abc")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crash_between_two_commits_keeps_exactly_what_was_committed(
    ledger_url: str, request: pytest.FixtureRequest
) -> None:
    here = str(request.path.parent)
    script = [sys.executable, "-c", DIES_IN_ITS_SECOND_TRANSACTION, here, ledger_url]
    assert subprocess.run(script, check=False).returncode == -signal.SIGKILL
    with open_ledger(ledger_url, now=NOON) as ledger, ledger.transaction() as tx:
        first, second = tx.intents.pending(NOON)
        assert (first.state, first.probe) == (IntentState.SENDING, {"highest": 41})
        assert second.state is IntentState.PLANNED
        assert tx.cursor("tickets") is None
        assert tx.intents.interrupted() == 1


def test_a_lost_server_connection_fails_one_transaction_and_the_next_connects_again(
    postgres_url: str,
) -> None:
    with (
        open_ledger(postgres_url, now=NOON) as ledger,
        open_ledger(postgres_url, now=NOON) as other,
    ):
        with other.transaction() as tx:
            tx._connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with pytest.raises(UnavailableError), ledger.transaction() as tx:
            tx.set_cursor("tickets", "abc")
        with ledger.transaction() as tx:
            assert tx.cursor("tickets") is None
            tx.set_cursor("tickets", "def")


def test_a_server_that_goes_while_a_report_is_placed_is_told_as_elsewhere(
    postgres_url: str,
) -> None:
    def cut_off() -> None:
        with ledger.transaction() as tx:
            tx.set_cursor("tickets", "abc")
            with open_ledger(postgres_url, now=NOON) as other, other.transaction() as outside:
                outside._connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            tx.reports.number_of(1)

    with open_ledger(postgres_url, now=NOON) as ledger:
        with pytest.raises(UnavailableError, match="closed the connection"):
            cut_off()
        with ledger.transaction() as tx:
            assert tx.cursor("tickets") is None
            assert tx.reports.number_of(1) is None


def test_sqlite_is_told_to_reach_the_disk_at_every_commit(sqlite_url: str) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger:
        settings = {
            name: ledger._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
        ledger._connection.rollback()
        full = 2
        assert settings == {
            "journal_mode": "wal",
            "synchronous": full,
            "busy_timeout": 5000,
            "foreign_keys": 1,
        }
        began: list[str] = []
        event.listen(
            ledger._connection.engine,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: began.append(statement),
        )
        with ledger.transaction():
            pass
        assert "BEGIN IMMEDIATE" in began


def test_a_lease_is_kept_by_every_transaction(ledger: Ledger, ledger_url: str) -> None:
    with ledger.run_lock("sweep", lease_seconds=600):
        (before,) = dump(ledger_url)["lease"]
        with ledger.transaction():
            pass
        assert dump(ledger_url)["lease"] == [before]
        ledger._renewed_at -= 200  # as if a third of the lease had gone by
        with ledger.transaction():
            pass
        (after,) = dump(ledger_url)["lease"]
        assert after[:-1] == before[:-1]
        assert after[-1] - before[-1] < minutes(1)
        assert after[-1] > before[-1]
