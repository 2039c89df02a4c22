"""Which state may follow which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.lifecycle import IllegalMoveError, may_follow, move
from connector.core.model import State

WAY = [State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS, State.RESOLVED, State.CONFIRMED]


def test_the_ordinary_way_is_legal() -> None:
    assert all(may_follow(old, new) for old, new in itertools.pairwise(WAY))


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS])
def test_every_open_state_may_be_de_escalated(state: State) -> None:
    assert move(state, State.DE_ESCALATED) is State.DE_ESCALATED


def test_a_reopened_issue_takes_its_escalation_along() -> None:
    assert may_follow(State.RESOLVED, State.IN_PROGRESS)


def test_what_customers_confirmed_comes_back_only_as_a_new_episode() -> None:
    assert not may_follow(State.CONFIRMED, State.IN_PROGRESS)
    assert may_follow(State.CONFIRMED, State.REGRESSED)


def test_an_illegal_move_says_what_would_be_legal() -> None:
    with pytest.raises(IllegalMoveError, match="confirmed cannot become open; it may become: reg"):
        move(State.CONFIRMED, State.OPEN)


@given(st.sampled_from(State))
def test_staying_is_always_legal_and_regressed_is_the_end(state: State) -> None:
    assert may_follow(state, state)
    assert state is State.REGRESSED or not may_follow(State.REGRESSED, state)
