"""Each write is one request, whatever happens to it, through the real clients."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import loopback
import pytest
from clients_rig import policy_on
from loopback import Answer, Loopback, gone, html, reply, reset, truncated

from connector.core.model import IssueRef
from connector.errors import (
    LockedError,
    NotSentError,
    PublicNoteError,
    RestingError,
    UncertainError,
)
from connector.ports import IssueDraft, RemoteLink, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk, MakeTracker, Time
    from loopback import Seen

UPDATE = TicketUpdate(
    ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note="the note"
)
DRAFT = IssueDraft(project="ESC", fields={"summary": "It broke", "labels": ["zdesc-1"]})
LINK = RemoteLink(global_id="system=zendesk&ticket=7", url="https://acme.example/7", title="Seven")

DESK_WRITES: dict[str, Callable[[Any], object]] = {
    "note": lambda desk: desk.update_ticket(UPDATE),
    "add tags": lambda desk: desk.change_tags(7, add=["a"], remove=[], updated_stamp=None),
    "remove tags": lambda desk: desk.change_tags(7, add=[], remove=["b"], updated_stamp=None),
    "jira link": lambda desk: desk.link_issue(7, IssueRef(id="10001", key="ESC-1")),
}
TRACKER_WRITES: dict[str, Callable[[Any], object]] = {
    "create": lambda tracker: tracker.create_issue(DRAFT),
    "comment": lambda tracker: tracker.comment("10001", "text", intent_id="a" * 20),
    "remote link": lambda tracker: tracker.upsert_remote_link("10001", LINK),
    "update": lambda tracker: tracker.update_issue("10001", add_labels=["zd-7"]),
    "transition": lambda tracker: tracker.transition("10001", to_category="done"),
}
TRANSITIONS = {
    "transitions": [
        {
            "id": "31",
            "name": "Done",
            "to": {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
        }
    ]
}
READ_FIRST = {"GET /rest/api/3/issue/10001/transitions": reply(200, TRANSITIONS)}
ANSWER_LOST: dict[str, Answer] = {
    "closed after the request was read": gone,
    "reset after the request was read": reset,
    "cut in the middle": truncated,
    "500": reply(500, {"error": "InternalError"}),
    "502 with a page": html(502),
    "503 with Retry-After": reply(503, {}, Retry_After="1"),
    "504": reply(504, {}),
    "200 with a page": html(200),
    "200 with half of its JSON": reply(200, b'{"ticket": {"id"'),
    "redirect": reply(302, {}, Location="/elsewhere"),
    "200 with nothing": reply(200),
    "200 with a list": reply(200, []),
    "200 with other keys": reply(200, {"hello": "world"}),
}
SECURE = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])


@SECURE
@pytest.mark.parametrize("lost", ANSWER_LOST.values(), ids=ANSWER_LOST.keys())
@pytest.mark.parametrize("write", DESK_WRITES.values(), ids=DESK_WRITES.keys())
def test_a_zendesk_write_whose_answer_is_lost_is_uncertain_and_was_sent_once(
    server: Callable[..., Loopback],
    desk_at: MakeDesk,
    write: Callable[[Any], object],
    lost: Answer,
    *,
    secure: bool,
) -> None:
    zendesk = server(lost, secure=secure)
    with pytest.raises(UncertainError):
        write(desk_at(zendesk.url))
    assert len(zendesk.seen) == 1


@SECURE
@pytest.mark.parametrize("lost", ANSWER_LOST.values(), ids=ANSWER_LOST.keys())
@pytest.mark.parametrize("write", TRACKER_WRITES.values(), ids=TRACKER_WRITES.keys())
def test_a_jira_write_whose_answer_is_lost_is_uncertain_and_was_sent_once(
    server: Callable[..., Loopback],
    tracker_at: MakeTracker,
    write: Callable[[Any], object],
    lost: Answer,
    *,
    secure: bool,
) -> None:
    jira = server(lost, secure=secure, rules=READ_FIRST)
    with pytest.raises(UncertainError):
        write(tracker_at(jira.url))
    assert len([one for one in jira.seen if one.method != "GET"]) == 1


@pytest.mark.parametrize(
    "body",
    [None, {}, [], {"ticket": {"id": 7}}, {"ticket": {"id": 8}, "audit": {"id": 1}}, "ok"],
    ids=["empty", "no keys", "a list", "no audit", "another ticket", "a string"],
)
def test_a_note_whose_answer_does_not_name_ticket_and_audit_is_uncertain(
    server: Callable[..., Loopback], desk_at: MakeDesk, body: Any
) -> None:
    zendesk = server(reply(200, body))
    with pytest.raises(UncertainError):
        desk_at(zendesk.url).update_ticket(UPDATE)
    assert len(zendesk.seen) == 1


@pytest.mark.parametrize("body", [None, {}, [], {"id": "10001"}, {"id": 1, "key": "no key"}])
def test_a_create_whose_answer_names_no_issue_is_uncertain(
    server: Callable[..., Loopback], tracker_at: MakeTracker, body: Any
) -> None:
    jira = server(reply(201, body))
    with pytest.raises(UncertainError):
        tracker_at(jira.url).create_issue(DRAFT)
    assert len(jira.seen) == 1


@pytest.mark.parametrize("how", ["no answer", "slow head", "slow body"])
def test_a_write_is_given_up_at_its_deadline_and_is_uncertain(
    server: Callable[..., Loopback], desk_at: MakeDesk, how: str
) -> None:
    done = threading.Event()
    slow = {
        "no answer": loopback.hanging(done),
        "slow head": loopback.dripping(done, head=True),
        "slow body": loopback.dripping(done, head=False),
    }[how]
    zendesk = server(slow)
    with pytest.raises(UncertainError, match="longer than a request may"):
        desk_at(zendesk.url, deadline=0.2).update_ticket(UPDATE)
    done.set()
    assert len(zendesk.seen) == 1


def test_a_write_to_a_closed_port_was_not_sent(desk_at: MakeDesk, tracker_at: MakeTracker) -> None:
    with Loopback([gone]) as server:
        url = server.url
    with pytest.raises(NotSentError, match="no connection"):
        desk_at(url).update_ticket(UPDATE)
    with pytest.raises(NotSentError, match="no connection"):
        tracker_at(url).create_issue(DRAFT)


def test_a_write_to_an_untrusted_server_was_not_sent(
    server: Callable[..., Loopback], desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk = server(reply(200, {}), secure=True)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(NotSentError, match="no trusted TLS"):
        desk_at(zendesk.url).update_ticket(UPDATE)
    assert zendesk.seen == []


def test_a_write_to_a_host_without_an_address_was_not_sent(desk_at: MakeDesk) -> None:
    with pytest.raises(NotSentError):
        desk_at("https://zendesk.invalid").update_ticket(UPDATE)


def test_after_five_lost_answers_in_a_row_nothing_more_is_sent(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(reply(500, {}))
    desk = desk_at(zendesk.url)
    for _ in range(5):
        with pytest.raises(UncertainError):
            desk.update_ticket(UPDATE)
    with pytest.raises(RestingError, match="rests until the next run"):
        desk.update_ticket(UPDATE)
    assert len(zendesk.seen) == 5


class LeaseOf:
    """A run's lease, as long as `held`."""

    held = True

    def check(self) -> None:
        if not self.held:
            raise LockedError("taken over")

    def lost_at(self, answer: Answer) -> Callable[[Seen], Answer]:
        """Whatever is asked gets this answer, and meanwhile the lease is lost."""

        def respond(_: Seen) -> Answer:
            self.held = False
            return answer

        return respond


@pytest.mark.parametrize("name", [*DESK_WRITES, *TRACKER_WRITES])
def test_a_run_that_lost_its_lease_sends_no_write_of_any_kind(
    server: Callable[..., Loopback],
    desk_at: MakeDesk,
    tracker_at: MakeTracker,
    time: Time,
    name: str,
) -> None:
    lease = LeaseOf()
    lease.held = False
    service = server(gone, rules=READ_FIRST)
    at = desk_at if name in DESK_WRITES else tracker_at
    client = at(service.url, policy=policy_on(time, still_ours=lease.check))
    with pytest.raises(LockedError):
        (DESK_WRITES | TRACKER_WRITES)[name](client)
    assert [one.method for one in service.seen if one.method != "GET"] == []


def test_a_lease_lost_while_a_write_reads_what_it_needs_keeps_the_write_from_leaving(
    server: Callable[..., Loopback], tracker_at: MakeTracker, time: Time
) -> None:
    lease = LeaseOf()
    jira = server(gone)
    jira.respond = lease.lost_at(reply(200, TRANSITIONS))
    tracker = tracker_at(jira.url, policy=policy_on(time, still_ours=lease.check))
    with pytest.raises(LockedError):
        tracker.transition("10001", to_category="done")
    assert [one.method for one in jira.seen] == ["GET"]


def test_what_came_out_public_is_hidden_even_when_the_lease_is_lost_meanwhile(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time
) -> None:
    lease = LeaseOf()
    zendesk = server(gone)
    public = {"id": 71, "type": "Comment", "public": True}
    zendesk.respond = lease.lost_at(
        reply(200, {"ticket": {"id": 7}, "audit": {"id": 70, "events": [public]}})
    )
    desk = desk_at(zendesk.url, policy=policy_on(time, still_ours=lease.check))
    with pytest.raises(PublicNoteError):
        desk.update_ticket(UPDATE)
    assert zendesk.paths()[1:] == ["PUT /api/v2/tickets/7/comments/71/make_private.json"]


def test_a_lease_lost_while_a_write_waits_keeps_it_from_being_sent_again(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time
) -> None:
    lease = LeaseOf()
    zendesk = server(gone)
    zendesk.respond = lease.lost_at(reply(429, {}, Retry_After="1"))
    policy = policy_on(time, still_ours=lease.check)
    desk = desk_at(zendesk.url, policy=policy)
    with pytest.raises(LockedError):
        policy.resend(lambda: desk.update_ticket(UPDATE))
    assert len(zendesk.seen) == 1


def test_a_write_after_a_pause_goes_over_a_fresh_connection(
    server: Callable[..., Loopback], tracker_at: MakeTracker, time: Time
) -> None:
    jira = server(reply(204))
    tracker = tracker_at(jira.url)
    tracker.update_issue("10001", add_labels=["a"])
    tracker.update_issue("10001", add_labels=["b"])
    assert jira.connections == 1
    time.now += 10
    tracker.update_issue("10001", add_labels=["c"])
    assert jira.connections == 2
