"""The run lock: one works, the others leave or wait; a lost lock stops its loser."""
# ruff: noqa: PT012, SIM117 - what fails here is a whole transaction or run

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ledger_rows import NOON, an_escalation, an_intent, change, dump

from connector.errors import LockedError, UnavailableError
from connector.ledger.engine import make_engine, parse_url
from connector.ledger.rows import IntentState
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.lock import Lease
    from connector.ledger.store import Ledger


@pytest.fixture
def other(ledger_url: str) -> Iterator[Ledger]:
    """The same store, opened by somebody else."""
    with open_ledger(ledger_url, now=NOON) as opened:
        yield opened


def never(seconds: float) -> None:
    pytest.fail(f"waited {seconds} s")


def is_lost(ledger: Ledger, lease: Lease) -> str:
    """What both checks before a write say; fails when one says nothing, or something else."""
    with pytest.raises(LockedError) as caught, ledger.transaction() as tx:
        tx.check_fence(lease)
    with pytest.raises(LockedError) as at_last:
        ledger.still_held(lease)
    assert str(at_last.value) == str(caught.value)
    return str(caught.value)


def lose_the_latch(url: str) -> None:
    """What frees the lock while its holder still lives: a removed file, a cut connection."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        from pathlib import Path

        Path(f"{parsed.database}.lock").unlink()
    else:
        with make_engine(parsed).begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )


def test_a_second_run_leaves_at_once_and_is_told_who_works(
    ledger: Ledger, other: Ledger, ledger_url: str
) -> None:
    with ledger.run_lock("sweep, host-a, pid 7"):
        with pytest.raises(LockedError, match=r"sweep, host-a, pid 7, since 20\d\d-.* UTC"):
            with other.run_lock("sync", sleep=never):
                pytest.fail("two runs at once")
        with pytest.raises(LockedError), ledger.run_lock("itself again", sleep=never):
            pytest.fail("two runs at once")
        assert [row[1] for row in dump(ledger_url)["lease"]] == ["sweep, host-a, pid 7"]
    with other.run_lock("sync"):
        pass


def test_a_run_that_may_wait_gets_the_lock_when_it_is_free(ledger: Ledger, other: Ledger) -> None:
    naps: list[float] = []
    first = ledger.run_lock("sweep")
    first.__enter__()

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            first.__exit__(None, None, None)

    with other.run_lock("ticket 7", wait_seconds=30, sleep=nap) as lease:
        assert lease.owner == "ticket 7"
    assert len(naps) == 3


def test_waiting_ends_when_its_time_is_over(ledger: Ledger, other: Ledger) -> None:
    naps: list[float] = []
    with ledger.run_lock("sweep"):
        with pytest.raises(LockedError, match="sweep"):
            with other.run_lock("ticket 7", wait_seconds=30, sleep=naps.append):
                pytest.fail("two runs at once")
    assert sum(naps) == pytest.approx(30)


def test_the_fence_grows_with_every_holder_even_after_failures(
    ledger: Ledger, other: Ledger
) -> None:
    fences = []
    for holder in (ledger, other, ledger):
        with pytest.raises(ZeroDivisionError), holder.run_lock("sweep") as lease:
            fences.append(lease.fence)
            raise ZeroDivisionError
    assert fences == sorted(set(fences))
    assert len(fences) == 3


def test_a_lease_is_good_while_it_is_held_and_not_a_moment_longer(ledger: Ledger) -> None:
    with ledger.run_lock("sweep") as lease:
        with ledger.transaction() as tx:
            tx.check_fence(lease)
        ledger.still_held(lease)
    assert "run out" in is_lost(ledger, lease)


def test_a_paused_run_finds_its_lease_expired_and_cannot_revive_it(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.run_lock("sweep") as lease:
        change(ledger_url, "UPDATE lease SET expires_at = '2020-01-01T00:00:00.000000+00:00'")
        ledger._renewed_at = 0  # long ago: the next transaction tries to prolong it
        assert "was this run paused?" in is_lost(ledger, lease)
        assert "was this run paused?" in is_lost(ledger, lease)


def test_a_run_that_lost_its_lock_sends_nothing_more(
    ledger: Ledger, other: Ledger, ledger_url: str
) -> None:
    with ledger.run_lock("slow sweep") as lost:
        with ledger.transaction() as tx:
            tx.escalations.add(an_escalation())
            tx.intents.add([an_intent()])
        lose_the_latch(ledger_url)
        with other.run_lock("quick sweep") as lease:
            with pytest.raises(LockedError, match="quick sweep took it over"):
                with ledger.transaction() as tx:
                    tx.intents.sending("i1", at=NOON, probe=None)
                    tx.check_fence(lost)
            with pytest.raises(LockedError, match="quick sweep took it over"):
                ledger.still_held(lost)
            with other.transaction() as tx:
                tx.check_fence(lease)
                (row,) = tx.intents.of("e1")
                assert (row.state, row.tries) == (IntentState.PLANNED, 0)
    with ledger.run_lock("sweep again") as lease, ledger.transaction() as tx:
        tx.check_fence(lease)


def test_the_loser_does_not_end_the_lease_of_the_one_that_took_over(
    ledger: Ledger, other: Ledger, ledger_url: str
) -> None:
    slow = ledger.run_lock("slow sweep")
    slow.__enter__()
    lose_the_latch(ledger_url)
    with other.run_lock("quick sweep") as lease:
        slow.__exit__(None, None, None)
        with other.transaction() as tx:
            tx.check_fence(lease)


def test_the_lock_is_freed_when_its_holder_closes_the_ledger(
    ledger: Ledger, ledger_url: str
) -> None:
    with open_ledger(ledger_url, now=NOON) as forgetful:
        forgetful._latch.take()
    with ledger.run_lock("sweep"):
        pass


def test_a_lock_file_that_cannot_be_made_is_reported(sqlite_url: str, tmp_path: Path) -> None:
    with open_ledger(sqlite_url, now=NOON) as ledger:
        (tmp_path / "escalation.db.lock").mkdir()
        with pytest.raises(UnavailableError, match=r"lock file .* cannot be opened"):
            with ledger.run_lock("sweep"):
                pytest.fail("no lock was taken")


# --- real processes --------------------------------------------------------------------------

HOLDS = """
import sys
sys.path.insert(0, sys.argv[1])
from ledger_rows import NOON
from connector.ledger.store import open_ledger
with open_ledger(sys.argv[2], now=NOON) as ledger, ledger.run_lock("holder"):
    print("held", flush=True)
    sys.stdin.read()
"""

COUNTS = """
import sys, time
sys.path.insert(0, sys.argv[1])
from ledger_rows import NOON
from connector.ledger.store import open_ledger
with open_ledger(sys.argv[2], now=NOON) as ledger:
    for _ in range(5):
        with ledger.run_lock("counter", 10**6, lambda _: time.sleep(0.02)) as lease:
            with ledger.transaction() as tx:
                count = int(tx.cursor("count") or 0)
            with ledger.transaction() as tx:
                tx.check_fence(lease)
                tx.set_cursor("count", str(count + 1))
"""


def started(request: pytest.FixtureRequest, script: str, url: str) -> subprocess.Popen[str]:
    here = str(request.path.parent)
    return subprocess.Popen(
        [sys.executable, "-c", script, here, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_kill_9_frees_the_lock_at_once(
    request: pytest.FixtureRequest, ledger: Ledger, ledger_url: str
) -> None:
    with started(request, HOLDS, ledger_url) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="holder"), ledger.run_lock("sweep"):
            pytest.fail("two runs at once")
        holder.kill()
        holder.wait()
        # The server notices the closed socket a moment later than the file system does.
        with ledger.run_lock("sweep", wait_seconds=30) as lease, ledger.transaction() as tx:
            tx.check_fence(lease)
    assert lease.fence == 2


def test_processes_that_contend_for_the_lock_never_work_at_once(
    request: pytest.FixtureRequest, ledger: Ledger, ledger_url: str
) -> None:
    workers = [started(request, COUNTS, ledger_url) for _ in range(2)]
    for worker in workers:
        worker.communicate()
    assert [worker.returncode for worker in workers] == [0, 0]
    with ledger.transaction() as tx:
        assert tx.cursor("count") == "10"
    with ledger.run_lock("sweep") as lease:
        assert lease.fence == 11
