"""Whose turn it is, from new comments alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, a_comment, a_note, a_reply, a_ticket
from hypothesis import given
from hypothesis import strategies as st

from connector.core.model import Metrics
from connector.core.turns import Turns, first_turns, next_turns

HOUR = timedelta(hours=1)
ASKED = Turns(unanswered_since=NOON - 5 * HOUR, last_customer_at=NOON - 5 * HOUR)


def test_a_public_reply_ends_the_wait() -> None:
    after = next_turns(ASKED, [a_reply("Fixed.", age=HOUR)])
    assert after.unanswered_since is None
    assert after.last_public_reply_at == NOON - HOUR


def test_an_internal_note_does_not_end_the_wait() -> None:
    after = next_turns(ASKED, [a_note("Looks like a bug.", age=HOUR)])
    assert after.unanswered_since == NOON - 5 * HOUR


def test_the_wait_begins_with_the_oldest_unanswered_comment() -> None:
    after = next_turns(
        Turns(last_public_reply_at=NOON - 4 * HOUR),
        [a_comment("Again", id=3, age=3 * HOUR), a_comment("Hello?", id=4, age=HOUR)],
    )
    assert after.unanswered_since == NOON - 3 * HOUR
    assert after.last_customer_at == NOON - HOUR


@pytest.mark.parametrize("change", [{"intent_id": "0f"}, {"role": "system"}])
def test_what_we_or_a_machine_wrote_is_nobodys_turn(change: dict[str, str]) -> None:
    assert next_turns(ASKED, [a_reply("Noted.", age=HOUR, **change)]) == ASKED


def test_comments_seen_twice_change_nothing() -> None:
    said = [a_comment("Hello?", id=4, age=2 * HOUR), a_reply("Hi", id=5, age=HOUR)]
    once = next_turns(ASKED, said)
    assert next_turns(once, said) == once


@pytest.mark.parametrize(
    ("status", "waits"), [("new", True), ("open", True), ("pending", False), ("hold", False)]
)
def test_before_any_comment_was_read_an_open_ticket_is_taken_to_wait(
    status: str,
    waits: bool,  # noqa: FBT001 - a case of the table
) -> None:
    metrics = Metrics(requester_updated_at=NOON - HOUR, assignee_updated_at=NOON, replies=2)
    turns = first_turns(a_ticket(status=status, metrics=metrics))
    assert turns.unanswered_since == (NOON - HOUR if waits else None)


MOMENTS = st.lists(
    st.tuples(st.integers(1, 10_000), st.sampled_from(["customer", "reply", "note"])), max_size=12
)


@given(MOMENTS, st.integers(0, 12))
def test_reading_in_two_parts_gives_the_same_turns_as_in_one(
    moments: list[tuple[int, str]], cut: int
) -> None:
    build = {"customer": a_comment, "reply": a_reply, "note": a_note}
    said = [
        build[who]("x", id=number, age=timedelta(minutes=10_000 - minute))
        for number, (minute, who) in enumerate(sorted(moments), 10)
    ]
    start = Turns()
    assert next_turns(next_turns(start, said[:cut]), said[cut:]) == next_turns(start, said)
