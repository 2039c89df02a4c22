"""When several things are wrong at once, the contract's order says which one a run ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import NOON
from fakes import FakeDesk, FakeTracker
from sync_rig import Office

from connector.closing import ack
from connector.errors import ConnectorError, ExitCode, NotSentError, RefusedError
from connector.ledger.store import open_ledger
from connector.manual import escalate_by_hand
from connector.sweep import run_sweep
from connector.sync import run_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.report import Report
    from connector.services import Services

RUNS: dict[str, Callable[[Services], Report]] = {
    "sweep": run_sweep,
    "sync": run_sync,
    "ticket": lambda services: escalate_by_hand(services, tickets=[1]),
    "ack": lambda services: ack(services, ref="e-1"),
}
DOWN = NotSentError("it is down")
REFUSED = RefusedError("401", side="jira", status=401)


class Desk(FakeDesk):
    def __init__(self, error: ConnectorError) -> None:
        super().__init__()
        self._error = error

    def __getattribute__(self, name: str) -> object:
        if name in {"whoami", "changed_tickets", "changed_comments", "tickets"}:
            raise object.__getattribute__(self, "_error")
        return super().__getattribute__(name)


class Tracker(FakeTracker):
    def __init__(self, error: ConnectorError) -> None:
        super().__init__()
        self._error = error

    def __getattribute__(self, name: str) -> object:
        if name == "whoami":
            raise object.__getattribute__(self, "_error")
        return super().__getattribute__(name)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as ledger:
        yield Office(ledger=ledger, desk=FakeDesk(), tracker=FakeTracker())


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("desk", "tracker", "code"),
    [
        pytest.param(REFUSED, DOWN, ExitCode.REFUSED, id="Zendesk refuses, Jira is down"),
        pytest.param(DOWN, REFUSED, ExitCode.REFUSED, id="Zendesk is down, Jira refuses"),
        pytest.param(DOWN, DOWN, ExitCode.TRY_LATER, id="both are down"),
    ],
)
def test_a_refusal_is_told_before_an_outage(
    office: Office, run: str, desk: ConnectorError, tracker: ConnectorError, code: ExitCode
) -> None:
    office.desk, office.tracker = Desk(desk), Tracker(tracker)
    with pytest.raises(ConnectorError) as stopped, office.services() as services:
        RUNS[run](services)
    assert stopped.value.exit_code is code
