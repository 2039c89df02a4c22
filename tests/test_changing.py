"""States change in one place, and every change is legal and in the history."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import NOON, minutes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sync_rig import an_office

import connector
from connector.changing import change_state
from connector.core.lifecycle import IllegalMoveError, may_follow
from connector.core.model import State
from connector.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(connector.__file__).parent
HISTORY = re.compile(r"TransitionRow\((?:(?!TransitionRow).){0,300}?kind=\"state\"", re.DOTALL)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    place = tmp_path_factory.mktemp("changing") / "ledger.db"
    with open_ledger(f"sqlite:///{place}", now=NOON) as opened:
        an_office(opened)
        yield opened


def test_only_one_module_moves_a_state_and_one_begins_it() -> None:
    writers = {
        path.name for path in PACKAGE.rglob("*.py") if HISTORY.search(path.read_text("utf-8"))
    }
    assert writers == {"changing.py", "escalating.py"}


@given(st.lists(st.sampled_from(State), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_course_is_legal_and_told_step_by_step(ledger: Ledger, course: list[State]) -> None:
    with ledger.transaction() as tx:
        row = tx.escalations.get("e-1")
        assert row is not None
        row = row.model_copy(update={"state": State.OPEN, "ended_at": None, "closed_at": None})
        told = len(tx.transitions.of("e-1"))
        for number, state in enumerate(course):
            now = NOON + minutes(number)
            if not may_follow(row.state, state):
                with pytest.raises(IllegalMoveError):
                    change_state(tx, row, state, now=now, actor="jira", reason="so")
                continue
            before, row = row, change_state(tx, row, state, now=now, actor="jira", reason="so")
            told += 1
            step = tx.transitions.of("e-1")[-1]
            assert (step.old, step.new, step.at) == (before.state, state, now)
            if state in {State.RESOLVED, State.DE_ESCALATED}:
                assert (row.ended_at, row.closed_at) == (now, None)
            if state in {State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS}:
                assert (row.ended_at, row.end_reason) == (None, None)
        assert len(tx.transitions.of("e-1")) == told
