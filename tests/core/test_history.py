"""Which earlier tickets count as solved like a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from builders import NOON, a_group, a_ticket, hours
from hypothesis import given
from hypothesis import strategies as st

from connector.core.history import solved_alike

if TYPE_CHECKING:
    from connector.core.model import Group

AGES = (hours(72), hours(48), hours(2))
SOLVED = {1: NOON - hours(60), 2: NOON - hours(30)}
NEW = a_ticket(3, age=hours(2))


def likely(*chances: float | None) -> Group:
    group = a_group(*AGES)
    members = [
        member.model_copy(update={"chance": chance})
        for member, chance in zip(group.members, chances, strict=True)
    ]
    return group.model_copy(update={"members": tuple(members)})


def test_what_was_solved_before_the_ticket_came_counts_the_newest_first() -> None:
    found = solved_alike(NEW, likely(None, 0.9, 0.8), SOLVED)
    assert [(one.ticket_id, one.solved_at) for one in found] == [(2, SOLVED[2]), (1, SOLVED[1])]


def test_two_tickets_are_as_similar_as_the_less_sure_of_them_belongs() -> None:
    found = solved_alike(NEW, likely(None, 0.4, 0.8), SOLVED)
    assert {one.ticket_id: one.similarity for one in found} == {1: 0.8, 2: 0.4}


@pytest.mark.parametrize(
    ("later", "count"), [(timedelta(0), 1), (timedelta(seconds=1), 0)], ids=["until", "after"]
)
def test_what_was_solved_after_the_ticket_came_does_not_count(later: timedelta, count: int) -> None:
    solved = {1: NEW.created_at + later}
    assert len(solved_alike(NEW, likely(None, 0.9, 0.8), solved)) == count


def test_a_ticket_that_is_solved_itself_needs_no_history() -> None:
    solved = NEW.model_copy(update={"status": "solved"})
    assert solved_alike(solved, likely(None, 0.9, 0.8), SOLVED) == ()


def test_a_ticket_without_a_group_or_outside_of_it_has_no_history() -> None:
    assert solved_alike(NEW, None, SOLVED) == ()
    assert solved_alike(a_ticket(9), likely(None, 0.9, 0.8), SOLVED) == ()


@given(
    solved=st.dictionaries(
        st.integers(1, 6), st.integers(0, 100).map(lambda age: NOON - hours(age))
    )
)
def test_it_never_names_the_ticket_itself_a_stranger_or_the_future(
    solved: dict[int, datetime],
) -> None:
    found = solved_alike(NEW, likely(None, 0.9, 0.8), solved)
    assert all(one.solved_at <= NEW.created_at for one in found)
    assert {one.ticket_id for one in found} <= {1, 2, 3} & set(solved)
