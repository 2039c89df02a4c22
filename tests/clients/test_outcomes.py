"""Every row of the error table, on both sides, for a read and for a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import responses
from responses import matchers

from connector.core.model import IssueRef
from connector.errors import (
    AnswerLostError,
    BusyError,
    ClosedError,
    ConflictError,
    GoneError,
    InvalidError,
    NotSentError,
    RefusedError,
    UnavailableError,
    UncertainError,
)
from connector.ports import IssueDraft, TicketUpdate

if TYPE_CHECKING:
    from clients_rig import MakeDesk, MakeTracker, Time

Row = tuple[Any, ...]
"""Status, headers, body; what a read raises; what a write raises."""

ZENDESK = "https://acme.zendesk.com"
JIRA = "https://acme.atlassian.net"
UPDATE = TicketUpdate(
    ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note="the note"
)
DRAFT = IssueDraft(project="ESC", fields={"summary": "It broke"})

CLOSED = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"status": [{"description": "Status: closed prevents ticket update"}]},
}
REQUIRED = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"base": [{"description": "Area: is required", "ticket_field_id": 4711}]},
}
JIRA_FIELDS = {"errorMessages": ["No."], "errors": {"priority": "Priority is not on the screen."}}

ZENDESK_ROWS: dict[str, Row] = {
    "400": (400, {}, {"errors": [{"code": "X", "title": "t"}]}, InvalidError, InvalidError),
    "401": (401, {}, {"error": "Couldn't authenticate you"}, RefusedError, RefusedError),
    "403 object": (403, {}, {"error": {"title": "Forbidden"}}, RefusedError, RefusedError),
    "403 text": (403, {}, {"error": "Forbidden"}, RefusedError, RefusedError),
    "404": (404, {}, {"error": "RecordNotFound", "description": "No"}, GoneError, GoneError),
    "410": (410, {}, {}, GoneError, GoneError),
    "409": (409, {}, {"error": "UpdateConflict"}, ConflictError, ConflictError),
    "409 without a body": (409, {}, None, ConflictError, ConflictError),
    "413": (413, {}, {}, InvalidError, InvalidError),
    "422 closed": (422, {}, CLOSED, ClosedError, ClosedError),
    "422 required": (422, {}, REQUIRED, InvalidError, InvalidError),
    "429": (429, {"Retry-After": "7"}, {}, BusyError, BusyError),
    "429 with a page": (429, {"Retry-After": "7"}, "<html>", BusyError, BusyError),
    "400 too many jobs": (400, {}, {"error": "TooManyJobs"}, BusyError, BusyError),
    "408": (408, {}, {}, AnswerLostError, UncertainError),
    "500": (500, {}, {"error": "InternalError"}, AnswerLostError, UncertainError),
    "502 with a page": (502, {}, "<html>", AnswerLostError, UncertainError),
    "503": (503, {}, {}, AnswerLostError, UncertainError),
    "503 with a time": (503, {"Retry-After": "7"}, {}, BusyError, UncertainError),
    "520": (520, {}, "<html>", AnswerLostError, UncertainError),
    "200 with a page": (200, {}, "<html>hello", AnswerLostError, UncertainError),
    "200 with a login page": (
        200,
        {},
        '<form><input name="p" type="password"></form>',
        RefusedError,
        UncertainError,
    ),
    "200 empty": (200, {}, None, AnswerLostError, UncertainError),
    "200 with a number": (200, {}, 5, AnswerLostError, UncertainError),
    "200 with a list": (200, {}, [], AnswerLostError, UncertainError),
    "301": (301, {"Location": "https://evil.example/"}, {}, UnavailableError, UncertainError),
}
JIRA_ROWS: dict[str, Row] = {
    "400": (400, {}, JIRA_FIELDS, InvalidError, InvalidError),
    "401": (401, {}, "<html>", RefusedError, RefusedError),
    "401 captcha": (
        401,
        {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"},
        "",
        RefusedError,
        RefusedError,
    ),
    "403": (403, {}, {"errorMessages": ["no permission"]}, RefusedError, RefusedError),
    "404": (404, {}, {"errorMessages": ["Issue does not exist"]}, GoneError, GoneError),
    "409": (409, {}, {}, ConflictError, ConflictError),
    "410": (410, {}, {"errorMessages": ["removed"]}, GoneError, GoneError),
    "413": (413, {}, {"errorMessages": ["limit"]}, InvalidError, InvalidError),
    "422": (422, {}, {}, InvalidError, InvalidError),
    "429": (429, {"Retry-After": "3"}, {}, BusyError, BusyError),
    "500": (500, {}, "<html>", AnswerLostError, UncertainError),
    "503 with a time": (503, {"Retry-After": "2"}, {}, BusyError, UncertainError),
    "504": (504, {}, {}, AnswerLostError, UncertainError),
    "200 with a page": (200, {}, "<html>", AnswerLostError, UncertainError),
    "200 but nobody": (
        200,
        {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"},
        {"issues": []},
        RefusedError,
        UncertainError,
    ),
    "302": (302, {"Location": "/login.jsp"}, {}, UnavailableError, UncertainError),
}


def answer(rsps: responses.RequestsMock, method: str, url: str, row: Row) -> None:
    status, headers, body = row[:3]
    told = {"json": body} if not isinstance(body, str | None) else {"body": body or ""}
    rsps.add(method, url, status=status, headers=headers, **told)


@pytest.fixture
def wire() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as rsps:
        yield rsps


@pytest.mark.parametrize("row", ZENDESK_ROWS.values(), ids=ZENDESK_ROWS.keys())
def test_a_zendesk_read_raises_by_the_table(
    wire: responses.RequestsMock, desk_at: MakeDesk, row: Row
) -> None:
    answer(wire, "GET", f"{ZENDESK}/api/v2/users/me.json", row)
    with pytest.raises(row[3]) as caught:
        desk_at(ZENDESK).whoami()
    assert type(caught.value) is row[3]


@pytest.mark.parametrize("row", ZENDESK_ROWS.values(), ids=ZENDESK_ROWS.keys())
def test_a_zendesk_write_raises_by_the_table(
    wire: responses.RequestsMock, desk_at: MakeDesk, row: Row
) -> None:
    answer(wire, "PUT", f"{ZENDESK}/api/v2/tickets/7.json", row)
    with pytest.raises(row[4]) as caught:
        desk_at(ZENDESK).update_ticket(UPDATE)
    assert type(caught.value) is row[4]
    assert len(wire.calls) == 1


@pytest.mark.parametrize("row", JIRA_ROWS.values(), ids=JIRA_ROWS.keys())
def test_a_jira_read_raises_by_the_table(
    wire: responses.RequestsMock, tracker_at: MakeTracker, row: Row
) -> None:
    answer(wire, "GET", f"{JIRA}/rest/api/3/myself", row)
    with pytest.raises(row[3]) as caught:
        tracker_at(JIRA).whoami()
    assert type(caught.value) is row[3]


@pytest.mark.parametrize("row", JIRA_ROWS.values(), ids=JIRA_ROWS.keys())
def test_a_jira_write_raises_by_the_table(
    wire: responses.RequestsMock, tracker_at: MakeTracker, row: Row
) -> None:
    answer(wire, "POST", f"{JIRA}/rest/api/3/issue", row)
    with pytest.raises(row[4]) as caught:
        tracker_at(JIRA).create_issue(DRAFT)
    assert type(caught.value) is row[4]
    assert len(wire.calls) == 1


def test_a_read_is_tried_three_times_when_its_answer_is_lost_and_four_when_busy(
    wire: responses.RequestsMock, desk_at: MakeDesk, tracker_at: MakeTracker, time: Time
) -> None:
    answer(wire, "GET", f"{ZENDESK}/api/v2/users/me.json", (500, {}, {}))
    with pytest.raises(AnswerLostError):
        desk_at(ZENDESK).whoami()
    assert len(wire.calls) == 3
    answer(wire, "GET", f"{JIRA}/rest/api/3/myself", (429, {"Retry-After": "30"}, {}))
    time.slept.clear()
    with pytest.raises(BusyError):
        tracker_at(JIRA).whoami()
    assert len(wire.calls) == 3 + 4
    assert all(seconds >= 30 for seconds in time.slept)


def test_a_read_goes_on_after_a_lost_answer(
    wire: responses.RequestsMock, desk_at: MakeDesk
) -> None:
    url = f"{ZENDESK}/api/v2/users/me.json"
    answer(wire, "GET", url, (502, {}, "<html>"))
    answer(wire, "GET", url, (200, {}, {"user": {"id": 5, "name": "Bot", "role": "admin"}}))
    assert desk_at(ZENDESK).whoami().id == "5"


def test_refused_fields_are_named(
    wire: responses.RequestsMock, desk_at: MakeDesk, tracker_at: MakeTracker
) -> None:
    answer(wire, "PUT", f"{ZENDESK}/api/v2/tickets/7.json", (422, {}, REQUIRED))
    with pytest.raises(InvalidError, match="4711: Area: is required") as caught:
        desk_at(ZENDESK).update_ticket(UPDATE)
    assert caught.value.fields == ("4711",)
    answer(wire, "POST", f"{JIRA}/rest/api/3/issue", (400, {}, JIRA_FIELDS))
    with pytest.raises(InvalidError, match="priority: Priority is not on the screen") as refused:
        tracker_at(JIRA).create_issue(DRAFT)
    assert refused.value.fields == ("priority",)


def test_a_message_names_the_call_without_ids_and_the_service_s_request_id(
    wire: responses.RequestsMock, desk_at: MakeDesk
) -> None:
    headers = {"X-Request-Id": "808d59f9-SEA"}
    answer(wire, "GET", f"{ZENDESK}/api/v2/tickets/7/audits.json", (404, headers, {}))
    with pytest.raises(GoneError) as caught:
        desk_at(ZENDESK).thread(7)
    assert str(caught.value) == (
        "zendesk: GET /api/v2/tickets/{id}/audits.json answered 404 (request 808d59f9-SEA)"
    )


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({}, "account"),
        ({"zendesk-ratelimit-tickets-update": "total=100; remaining=3; resets=9"}, "account"),
        (
            {"zendesk-rate-limit-tickets-update": "total=100; remaining=0; resets=9"},
            "PUT /api/v2/tickets/{id}.json",
        ),
        ({"zendesk-ratelimit-per-ticket-updates": "total=30; remaining=0; resets=9"}, "ticket 7"),
        (
            {
                "zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=9",
                "x-rate-limit-remaining": "0",
            },
            "account",
        ),
    ],
)
def test_zendesk_s_buckets_say_what_has_to_pause(
    wire: responses.RequestsMock, desk_at: MakeDesk, headers: dict[str, str], scope: str
) -> None:
    row: Row = (429, {"Retry-After": "5", **headers}, {})
    answer(wire, "PUT", f"{ZENDESK}/api/v2/tickets/7.json", row)
    with pytest.raises(BusyError) as caught:
        desk_at(ZENDESK).update_ticket(UPDATE)
    assert (caught.value.scope, caught.value.retry_after) == (scope, 5)


def test_a_bucket_says_how_long_where_no_header_does(
    wire: responses.RequestsMock, desk_at: MakeDesk
) -> None:
    headers = {"zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=42"}
    answer(wire, "PUT", f"{ZENDESK}/api/v2/tickets/7.json", (429, headers, {}))
    with pytest.raises(BusyError) as caught:
        desk_at(ZENDESK).update_ticket(UPDATE)
    assert caught.value.retry_after == 42


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("jira-burst-based", "POST /rest/api/3/issue/{id}/comment"),
        ("jira-per-issue-on-write", "issue 10001"),
        ("jira-quota-tenant-based", "account"),
        ("", "account"),
    ],
)
def test_jira_s_reason_says_what_has_to_pause(
    wire: responses.RequestsMock, tracker_at: MakeTracker, reason: str, scope: str
) -> None:
    row: Row = (429, {"Retry-After": "5", "RateLimit-Reason": reason}, {})
    answer(wire, "POST", f"{JIRA}/rest/api/3/issue/10001/comment", row)
    with pytest.raises(BusyError) as caught:
        tracker_at(JIRA).comment("10001", "text", intent_id="a" * 20)
    assert caught.value.scope == scope


def test_a_paused_issue_is_left_alone_while_others_go_on(
    wire: responses.RequestsMock, tracker_at: MakeTracker, time: Time
) -> None:
    limited = {"Retry-After": "50", "RateLimit-Reason": "jira-per-issue-on-write"}
    answer(wire, "PUT", f"{JIRA}/rest/api/3/issue/10001", (429, limited, {}))
    answer(wire, "PUT", f"{JIRA}/rest/api/3/issue/10002", (204, {}, None))
    tracker = tracker_at(JIRA)
    for _ in range(2):
        with pytest.raises(BusyError):
            tracker.update_issue("10001", add_labels=["a"])
    tracker.update_issue("10002", add_labels=["a"])
    assert [call.request.url[-5:] for call in wire.calls if call.request.url] == ["10001", "10002"]
    time.now += 51
    with pytest.raises(BusyError):
        tracker.update_issue("10001", add_labels=["a"])
    assert len(wire.calls) == 3


def test_native_links_are_left_alone_where_the_integration_is_missing(
    wire: responses.RequestsMock, desk_at: MakeDesk
) -> None:
    missing: Row = (404, {}, {"error": "InvalidEndpoint", "description": "Not found"})
    for method in ("GET", "POST"):
        answer(wire, method, f"{ZENDESK}/api/v2/jira/links", missing)
        answer(wire, method, f"{ZENDESK}/api/services/jira/links", (403, {}, {"error": "No"}))
    desk = desk_at(ZENDESK)
    assert desk.link_issue(7, IssueRef(id="10001", key="ESC-1")) is None
    assert desk.linked_issues(7) == ()
    assert len(wire.calls) == 2


def test_a_bad_credential_is_not_taken_for_a_missing_integration(
    wire: responses.RequestsMock, desk_at: MakeDesk
) -> None:
    answer(wire, "POST", f"{ZENDESK}/api/v2/jira/links", (401, {}, {}))
    with pytest.raises(RefusedError):
        desk_at(ZENDESK).link_issue(7, IssueRef(id="10001", key="ESC-1"))


def test_a_request_that_no_connection_takes_is_tried_four_times(
    wire: responses.RequestsMock, desk_at: MakeDesk, time: Time
) -> None:
    wire.add(
        "GET",
        f"{ZENDESK}/api/v2/users/me.json",
        body=ConnectionRefusedError("nobody there"),
        match=[matchers.query_param_matcher({})],
    )
    with pytest.raises(NotSentError):
        desk_at(ZENDESK).whoami()
    assert len(wire.calls) == 4
    assert len(time.slept) == 3
