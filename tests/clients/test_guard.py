"""Nothing leaves for Zendesk that a customer could read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import requests
from clients_rig import TOKEN
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, reply

from connector.clients.auth import BearerToken, desk_signer
from connector.clients.calls import describe
from connector.clients.guard import PublicGuard, refuse_public_comments, reply_body
from connector.clients.transport import Transport
from connector.errors import PublicNoteError, PublicWriteRefusedError, UncertainError
from connector.ports import ApprovedReply, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk

CALL = describe("zendesk", "PUT", "/api/v2/tickets/7.json", frozenset())
UPDATE = TicketUpdate(
    ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note="the note"
)
LEAKS: list[Any] = [
    {"ticket": {"comment": {"body": "x"}}},
    {"ticket": {"comment": {"body": "x", "public": True}}},
    {"ticket": {"comment": {"body": "x", "public": None}}},
    {"ticket": {"comment": {"body": "x", "public": 0}}},
    {"ticket": {"comment": {"body": "x", "public": "false"}}},
    {"ticket": {"comment": "x"}},
    {"ticket": {"comment": None}},
    {"tickets": [{"comment": {"public": False}}, {"comment": {"body": "x"}}]},
    {"request": {"comment": {"body": "x"}}},
    {"ticket": {"comments": [{"public": False}, {"value": "x"}]}},
    [[{"deep": [{"comment": {"public": True}}]}]],
    {"comment": {"public": False, "comment": {"public": True}}},
]


@pytest.mark.parametrize("body", LEAKS, ids=lambda body: orjson.dumps(body).decode())
def test_a_comment_that_is_not_expressly_internal_is_not_sent(body: Any) -> None:
    with pytest.raises(PublicWriteRefusedError):
        refuse_public_comments(CALL, orjson.dumps(body))


@pytest.mark.parametrize("body", [b"comment=x", b"\xff", "not json", b"{"])
def test_a_body_that_cannot_be_looked_at_is_not_sent(body: bytes | str) -> None:
    with pytest.raises(PublicWriteRefusedError):
        refuse_public_comments(CALL, body)


def test_internal_notes_and_writes_without_any_may_leave() -> None:
    for body in (
        {"ticket": {"comment": {"body": "x", "public": False}}},
        {"tags": ["comment"]},
        {"link": {"ticket_id": 7}},
        {"ticket": {"status": "open", "comment_count": 3}},
    ):
        refuse_public_comments(CALL, orjson.dumps(body))
    refuse_public_comments(CALL, None)
    refuse_public_comments(CALL, b"")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "b", "ticket"]), inner),
    max_leaves=8,
)


@given(
    around=json_values,
    comment=json_values,
    path=st.lists(st.sampled_from(["ticket", "a"]), max_size=4),
)
def test_no_depth_hides_a_comment(around: Any, comment: Any, path: list[str]) -> None:
    body: Any = {"comment": comment, "beside": around}
    for key in path:
        body = [{key: body}]
    with pytest.raises(PublicWriteRefusedError):
        refuse_public_comments(CALL, orjson.dumps(body))


def test_the_guard_stands_under_every_request_of_the_session(
    server: Callable[..., Loopback],
) -> None:
    zendesk = server(reply(200, {}))
    transport = Transport("zendesk", zendesk.url, guard=refuse_public_comments)
    transport.signer = desk_signer(BearerToken(token=TOKEN), dict)
    with transport.equip(requests.Session()) as session:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(PublicWriteRefusedError):
                session.request(method, f"{zendesk.url}/api/v2/x", json={"comment": {"body": "x"}})
    assert zendesk.connections == 0


def audited(*events: dict[str, Any]) -> Any:
    return {"ticket": {"id": 7}, "audit": {"id": 70, "events": list(events)}}


def test_a_note_that_came_out_public_is_hidden_at_once_and_reported(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    leaked = audited({"id": 71, "type": "Comment", "public": True, "body": "the note"})
    zendesk = server(reply(200, leaked), reply(200))
    with pytest.raises(PublicNoteError, match="made internal at once") as caught:
        desk_at(zendesk.url).update_ticket(UPDATE)
    assert zendesk.paths() == [
        "PUT /api/v2/tickets/7.json",
        "PUT /api/v2/tickets/7/comments/71/make_private.json",
    ]
    assert isinstance(caught.value, UncertainError)  # so that nobody sends it again


def test_a_public_note_that_cannot_be_hidden_calls_for_a_person(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    leaked = audited({"id": 71, "type": "Comment"})
    zendesk = server(reply(200, leaked), reply(403, {"error": "No"}))
    with pytest.raises(PublicNoteError, match="hide it in Zendesk NOW"):
        desk_at(zendesk.url).update_ticket(UPDATE)


# --- the one reply that a person approved ---------------------------------------------------------

WORDS = "Hello Dana, the export works again since this morning."
REPLY = ApprovedReply(
    approval="d-1",
    ticket_id=7,
    intent_id="b" * 20,
    updated_stamp="2026-01-01T00:00:00Z",
    text=WORDS,
    text_sha256=hashlib.sha256(WORDS.encode()).hexdigest(),
)


def altered(**changes: Any) -> Any:
    body = reply_body(REPLY)
    body["ticket"] = body["ticket"] | changes
    return body


def test_an_approved_reply_may_leave_once() -> None:
    guard = PublicGuard()
    with guard.admitting(REPLY):
        guard(CALL, orjson.dumps(reply_body(REPLY)))
        with pytest.raises(PublicWriteRefusedError):
            guard(CALL, orjson.dumps(reply_body(REPLY)))
    with pytest.raises(PublicWriteRefusedError):
        guard(CALL, orjson.dumps(reply_body(REPLY)))


@pytest.mark.parametrize(
    "body",
    [
        altered(comment={"body": WORDS + "!", "public": True}),
        altered(comment={"body": WORDS, "public": True, "uploads": ["x"]}),
        altered(comment={"html_body": WORDS, "public": True}),
        altered(updated_stamp="2026-01-01T00:00:01Z"),
        altered(safe_update=False),
        altered(metadata={"escalation_effect": "c" * 20}),
        altered(status="solved"),
        [reply_body(REPLY)],
    ],
)
def test_nothing_but_the_approved_reply_may_leave(body: Any) -> None:
    guard = PublicGuard()
    with guard.admitting(REPLY), pytest.raises(PublicWriteRefusedError):
        guard(CALL, orjson.dumps(body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v2/tickets/8.json"),
        ("POST", "/api/v2/tickets/7.json"),
        ("PUT", "/api/v2/tickets/7/comments.json"),
        ("PUT", "/api/v2/tickets/update_many.json"),
    ],
)
def test_an_approved_reply_goes_to_its_ticket_and_nowhere_else(method: str, path: str) -> None:
    guard = PublicGuard()
    call = describe("zendesk", method, path, frozenset())
    with guard.admitting(REPLY), pytest.raises(PublicWriteRefusedError):
        guard(call, orjson.dumps(reply_body(REPLY)))


@pytest.mark.parametrize("changes", [{"text": "Other words"}, {"approval": ""}])
def test_words_that_are_not_those_of_the_approval_do_not_leave(changes: dict[str, str]) -> None:
    guard, reply = PublicGuard(), REPLY.model_copy(update=changes)
    with guard.admitting(reply), pytest.raises(PublicWriteRefusedError):
        guard(CALL, orjson.dumps(reply_body(reply)))


def test_an_internal_note_uses_the_admission_up() -> None:
    guard = PublicGuard()
    with guard.admitting(REPLY):
        guard(CALL, orjson.dumps({"ticket": {"comment": {"body": "x", "public": False}}}))
        with pytest.raises(PublicWriteRefusedError):
            guard(CALL, orjson.dumps(reply_body(REPLY)))
