"""Where an issue stood between two looks."""

from __future__ import annotations

from datetime import timedelta

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from connector.core.hops import stands
from connector.ports import IssueChange


def change(minute: int, field: str, new: str, name: str) -> IssueChange:
    at = NOON + timedelta(minutes=minute)
    return IssueChange(issue_id="1", at=at, author_id="a", field=field, new=new, new_name=name)


def test_status_and_resolution_of_one_moment_are_one_stand() -> None:
    changes = [change(1, "status", "5", "Done"), change(1, "resolution", "7", "Fixed")]
    (stand,) = stands(changes, status_id="1", status="To Do", resolution=None)
    assert (stand.status_id, stand.status, stand.resolution) == ("5", "Done", "Fixed")


def test_a_resolution_stays_until_it_is_changed() -> None:
    changes = [
        change(1, "resolution", "7", "Fixed"),
        change(2, "status", "3", "In Progress"),
        change(3, "resolution", "", ""),
    ]
    found = stands(changes, status_id="5", status="Done", resolution=None)
    assert [(one.status_id, one.resolution) for one in found] == [
        ("5", "Fixed"),
        ("3", "Fixed"),
        ("3", None),
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["1", "3", "5"]))))
def test_the_order_in_which_changes_come_does_not_matter_and_the_last_one_stands(
    moves: list[tuple[int, str]],
) -> None:
    distinct = dict(moves)
    changes = [change(minute, "status", new, new) for minute, new in distinct.items()]
    found = stands(changes, status_id="1", status="", resolution=None)
    again = stands(changes[::-1], status_id="1", status="", resolution=None)
    assert found == again
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert not distinct or found[-1].status_id == distinct[max(distinct)]
