"""Comments that wait for their ticket."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from connector import heard as module
from connector.core.model import Attachment, Comment
from connector.heard import Heard

if TYPE_CHECKING:
    import pytest

NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)


def comment(number: int, ticket_id: int, body: str = "news") -> Comment:
    return Comment(
        id=number,
        ticket_id=ticket_id,
        public=True,
        created_at=NOON + timedelta(seconds=number),
        body=body,
        attachments=(Attachment(name="a.log", url="https://acme.example/a"),),
    )


@given(st.lists(st.tuples(st.integers(1, 5), st.text()), max_size=30), st.integers(1, 5))
def test_each_ticket_gets_its_own_comments_in_order_and_once(
    said: list[tuple[int, str]], asked: int
) -> None:
    comments = [comment(number, ticket, body) for number, (ticket, body) in enumerate(said)]
    by_ticket = {
        ticket: list(several)
        for ticket, several in groupby(
            sorted(comments, key=lambda one: one.ticket_id), key=lambda one: one.ticket_id
        )
    }
    with closing(Heard()) as heard:
        heard.add(comments)
        assert heard.peek([asked]) == {k: v for k, v in by_ticket.items() if k == asked}
        assert heard.take([asked]) == {k: v for k, v in by_ticket.items() if k == asked}
        assert heard.take([asked]) == {}
        assert heard.take(heard.tickets()) == {k: v for k, v in by_ticket.items() if k != asked}


def test_what_is_too_much_for_memory_is_on_disk_without_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 500)
    with closing(Heard()) as heard:
        for number in range(50):
            heard.add([comment(number, number)])
        assert isinstance(heard._file.name, int)
        assert heard.take([7, 49]) == {7: [comment(7, 7)], 49: [comment(49, 49)]}


def test_the_oldest_that_still_waits_is_known() -> None:
    with closing(Heard()) as heard:
        assert heard.oldest() is None
        heard.add([comment(1, 10), comment(2, 11), comment(3, 10)])
        assert heard.oldest() == comment(1, 10).created_at
        heard.take([10])
        assert heard.oldest() == comment(2, 11).created_at
