"""Comment events and threads as Zendesk may send them on a bad day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, reply

from connector.clients.zendesk_thread import MOST_TEXT, Kept
from connector.core.model import Comment
from connector.errors import DriftError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk

SINCE = datetime(2026, 1, 1, tzinfo=UTC)

# --- comment events ------------------------------------------------------------------------------


def event(number: int, at: int, *, said: str | None = "hello", **changes: Any) -> dict[str, Any]:
    when = datetime.fromtimestamp(at, UTC).isoformat()
    child = {
        "id": number * 10,
        "type": "Comment",
        "event_type": "Comment",
        "author_id": 9,
        "body": said,
        "public": True,
        "created_at": when,
    }
    children = [{"id": number * 10 + 1, "event_type": "Change", "status": "open"}]
    return {
        "id": number,
        "ticket_id": 7,
        "created_at": when,
        "updater_id": 9,
        "child_events": children + ([child] if said is not None else []),
        **changes,
    }


def events(*rows: Any, until: int | None, end: bool = False) -> Any:
    return reply(200, {"ticket_events": list(rows), "end_time": until, "end_of_stream": end})


AUTHOR = {"users/show_many": reply(200, {"users": [{"id": 9, "role": "agent", "name": "Sam"}]})}
START = int(SINCE.timestamp())


def heard(desk: Any) -> list[int]:
    return [one.id for page in desk.changed_comments(since=SINCE) for one in page.comments]


def test_events_of_a_page_s_boundary_are_told_once(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    first = events(event(1, START), event(2, START + 5), until=START + 5)
    second = events(event(2, START + 5), event(3, START + 9), until=START + 9, end=True)
    zendesk = server(first, second, rules=AUTHOR)
    assert heard(desk_at(zendesk.url)) == [10, 20, 30]
    starts = [path.partition("start_time=")[2][:10] for path in zendesk.paths() if "event" in path]
    assert starts == [str(START), str(START + 5)]


def test_more_than_a_page_in_one_second_does_not_loop(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(
        events(event(1, START), until=START),
        events(event(1, START), event(2, START), until=START),
        events(event(1, START), event(2, START), until=START),
        rules=AUTHOR,
    )
    pages = list(desk_at(zendesk.url).changed_comments(since=SINCE))
    assert [[one.id for one in page.comments] for page in pages] == [[10], [20], []]
    assert [page.end for page in pages] == [False, False, True]


@pytest.mark.parametrize("until", [None, 0, START - 100])
def test_a_quiet_stream_ends_where_it_began(
    server: Callable[..., Loopback], desk_at: MakeDesk, until: int | None
) -> None:
    (only,) = desk_at(server(events(until=until)).url).changed_comments(since=SINCE)
    assert (only.until, only.end) == (SINCE, True)


def test_a_broken_event_is_set_aside_with_its_ticket(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    odd = [{"type": ["Comment"]}, {"type": "Comment", "public": True, "id": "x"}]
    broken = event(2, START, child_events=odd)
    zendesk = server(events(event(1, START), broken, until=START, end=True), rules=AUTHOR)
    (only,) = desk_at(zendesk.url).changed_comments(since=SINCE)
    assert [one.id for one in only.comments] == [10]
    assert [one.ticket_id for one in only.rejected] == [7]


@pytest.mark.parametrize(
    "metadata",
    [{"custom": {"escalation_effect": "abc"}}, {"escalation_effect": "abc"}],
    ids=["custom", "plain"],
)
def test_our_own_comments_are_known_by_their_metadata(
    server: Callable[..., Loopback], desk_at: MakeDesk, metadata: Any
) -> None:
    ours = event(1, START, metadata=metadata)
    others = event(2, START, metadata={"custom": {"escalation_effect": {"a": 1}}})
    zendesk = server(events(ours, others, until=START, end=True), rules=AUTHOR)
    (only,) = desk_at(zendesk.url).changed_comments(since=SINCE)
    assert [one.intent_id for one in only.comments] == ["abc", None]


def test_machines_have_no_role_of_a_person(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    robot = event(1, START)
    robot["child_events"][-1]["author_id"] = -1
    desk = desk_at(server(events(robot, event(2, START), until=START, end=True), rules=AUTHOR).url)
    (only,) = desk.changed_comments(since=SINCE)
    assert [one.role for one in desk.signed(only.comments)] == ["system", "agent"]


# --- threads --------------------------------------------------------------------------------------


def audit(number: int, *parts: dict[str, Any]) -> dict[str, Any]:
    at = (SINCE + timedelta(minutes=number)).isoformat()
    return {"id": number, "ticket_id": 7, "created_at": at, "author_id": 9, "events": list(parts)}


def comment(number: int, author: int, body: str = "x") -> dict[str, Any]:
    return {"id": number, "type": "Comment", "author_id": author, "body": body, "public": True}


def test_the_requester_is_a_customer_even_when_an_agent(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    """The audit names the requester after the first comment."""
    created = {"id": 2, "type": "Create", "field_name": "requester_id", "value": "9"}
    audits = [audit(1, comment(10, 9), created), audit(2, comment(20, 8))]
    users = [{"id": 9, "role": "agent", "name": "Sam"}, {"id": 8, "role": "agent", "name": "Kim"}]
    zendesk = server(reply(200, {"audits": audits, "users": users}))
    thread = desk_at(zendesk.url).thread(7)
    assert [(one.author_name, one.role) for one in thread.comments] == [
        ("Sam", "end-user"),
        ("Kim", "agent"),
    ]
    assert len(zendesk.seen) == 1


def test_comments_come_from_their_list_where_the_audits_have_none(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    listed = {**comment(10, 9, "hello"), "created_at": "2026-01-01T00:00:00Z"}
    zendesk = server(
        rules={
            "audits": reply(200, {"audits": [audit(1)], "users": []}),
            "comments": reply(200, {"comments": [listed, {"id": 11}], "users": []}),
            **AUTHOR,
        }
    )
    assert [one.body for one in desk_at(zendesk.url).thread(7).comments] == ["hello"]


def test_a_long_list_is_read_to_its_last_page_by_cursor(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    more = {"meta": {"has_more": True, "after_cursor": "n=x"}, "users": []}
    last = {"meta": {"has_more": False, "after_cursor": "n=y"}, "users": []}
    zendesk = server(
        reply(200, {"audits": [audit(1, comment(10, -1))], **more}),
        reply(200, {"audits": [audit(2, comment(20, -1))], **last}),
    )
    assert len(desk_at(zendesk.url).thread(7).comments) == 2
    assert zendesk.paths()[1].endswith("page%5Bafter%5D=n%3Dx")


def test_a_list_that_repeats_a_page_is_a_drift(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    again = {"meta": {"has_more": True, "after_cursor": "same"}, "audits": [], "users": []}
    zendesk = server(reply(200, again))
    with pytest.raises(DriftError, match="has no end"):
        desk_at(zendesk.url).thread(7)
    assert len(zendesk.seen) == 2


def test_a_broken_audit_costs_only_itself(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    audits = [audit(1, comment(10, -1)), {"id": None}, "audit", audit(3, comment(30, -1))]
    zendesk = server(reply(200, {"audits": audits, "users": []}))
    assert [one.id for one in desk_at(zendesk.url).thread(7).comments] == [10, 30]


@given(st.lists(st.integers(0, 60_000), max_size=300))
def test_a_thread_keeps_its_first_comment_and_the_newest_within_the_limits(
    sizes: list[int],
) -> None:
    kept = Kept()
    for number, size in enumerate(sizes):
        kept.add(Comment(id=number, ticket_id=7, public=True, created_at=SINCE, body="x" * size))
    ids = [one.id for one in kept.all()]
    assert len(ids) + kept.cut == len(sizes)
    assert len(ids) <= 200
    assert ids[:1] == [0][: len(sizes)]
    assert ids[1:] == list(range(len(sizes) - len(ids) + 1, len(sizes)))
    assert sum(len(one.body) for one in kept.all()) <= MOST_TEXT + 60_000
