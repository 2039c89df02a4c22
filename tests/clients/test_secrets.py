"""Secrets and ticket text planted wherever a service could echo them; none may come out."""

from __future__ import annotations

import base64
import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from clients_rig import TOKEN
from loopback import Answer, Loopback, Seen, gone, html, reply, truncated

from connector.clients.auth import OAuthClient
from connector.clients.calls import CallLog
from connector.clients.said import hider, messages
from connector.core.model import IssueRef
from connector.errors import ConnectorError
from connector.ports import IssueDraft, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clients_rig import MakeDesk, MakeTracker

CANARY = "canary-in-the-answer-9f8e7d"
CUSTOMER = "my card is 4111 1111 and nothing works since Tuesday"
BASIC = base64.b64encode(f"bot@acme.example:{TOKEN}".encode()).decode()
BASIC_DESK = base64.b64encode(f"bot@acme.example/token:{TOKEN}".encode()).decode()
ACCESS = "acc3ss-t0ken-of-oauth"
CLIENT_SECRET = "cl13nt-s3cret"
SECRETS = (CANARY, CUSTOMER, TOKEN, BASIC, BASIC_DESK, ACCESS, CLIENT_SECRET)

PLANTED = {"X-Canary": CANARY, "Set-Cookie": f"session={CANARY}", "X-Request-Id": f"{CANARY} x"}
BAD_DAYS: dict[str, Callable[[str], Answer]] = {
    "400": lambda echo: reply(400, {"errorMessages": [echo], "errors": {"a": echo}}, **PLANTED),
    "401": lambda echo: reply(401, {"error": echo, "canary": CANARY}, **PLANTED),
    "403": lambda echo: reply(403, {"error": {"title": echo, "message": echo}}, **PLANTED),
    "404": lambda echo: reply(404, {"error": "RecordNotFound", "description": echo}, **PLANTED),
    "409": lambda echo: reply(409, {"error": "UpdateConflict", "description": echo}, **PLANTED),
    "422": lambda echo: reply(422, {"details": {"base": [{"description": echo}]}}, **PLANTED),
    "429": lambda echo: reply(429, {"error": echo}, Retry_After=CANARY, **PLANTED),
    "500": lambda echo: reply(500, {"error": echo + CANARY}, **PLANTED),
    "502": lambda echo: html(502, CANARY + echo),
    "200 html": lambda echo: html(200, CANARY + echo),
    "200 odd": lambda echo: reply(200, {"odd": CANARY, "ticket": echo, "issues": echo}, **PLANTED),
    "302": lambda _: reply(302, {}, Location=f"https://evil.example/{CANARY}?t={TOKEN}"),
    "gone": lambda _: gone,
    "cut": lambda _: truncated,
}


def echoing(day: Callable[[str], Answer]) -> Callable[[Seen], Answer]:
    """A bad day that repeats what it was told: the credentials, and the texts of the body."""

    def respond(request: Seen) -> Answer:
        signed = request.headers.get("authorization", "")
        plain = base64.b64decode(signed[6:]).decode() if signed.startswith("Basic ") else ""
        sent = CUSTOMER if CUSTOMER in request.body.decode() else "nothing"
        asked = CLIENT_SECRET if CLIENT_SECRET in request.body.decode() else ""
        return day(f"No: {signed} {plain} {asked} with '{sent}', and {sent} again")

    return respond


def everything_said(error: BaseException) -> str:
    """All that a careless logger could print of an exception and its chain."""
    told = [str(error), repr(error), "".join(traceback.format_exception(error))]
    seen: BaseException | None = error
    while seen is not None:
        told += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(told)


def assert_silent(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text


def assert_all_silent(calls: Iterable[Callable[[], object]]) -> None:
    """At least one of them fails, and none says a secret. (A missing Jira link is no failure.)"""
    failures = 0
    for call in calls:
        try:
            call()
        except ConnectorError as error:
            failures += 1
            assert_silent(everything_said(error))
    assert failures


def desk_calls(desk: Any) -> list[Callable[[], object]]:
    update = TicketUpdate(
        ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note=CUSTOMER
    )
    return [
        desk.whoami,
        lambda: desk.thread(7),
        lambda: desk.tickets([7]),
        lambda: desk.update_ticket(update),
        lambda: desk.change_tags(7, add=["a"], remove=[], updated_stamp=None),
        lambda: desk.link_issue(7, IssueRef(id="1", key="ESC-1")),
    ]


def tracker_calls(tracker: Any) -> list[Callable[[], object]]:
    draft = IssueDraft(
        project="ESC",
        fields={
            "summary": CUSTOMER,
            "description": {"content": [{"type": "text", "text": CUSTOMER}]},
        },
    )
    return [
        tracker.whoami,
        lambda: tracker.find_by_label("zdesc-1"),
        lambda: tracker.create_issue(draft),
        lambda: tracker.comment("10001", CUSTOMER, intent_id="a" * 20),
        lambda: tracker.update_issue("10001", fields={"summary": CUSTOMER}),
        lambda: tracker.issues(["10001"]),
    ]


@pytest.mark.parametrize("day", BAD_DAYS.values(), ids=BAD_DAYS.keys())
def test_no_failure_tells_a_secret_or_ticket_text(
    server: Callable[..., Loopback],
    desk_at: MakeDesk,
    tracker_at: MakeTracker,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    day: Callable[[str], Answer],
) -> None:
    caplog.set_level(logging.DEBUG)
    somebody = {"myself": reply(200, {"accountId": "1"})}
    log = {"observers": [CallLog()]}
    zendesk = server(respond=echoing(day))
    cloud = server(respond=echoing(day), rules=somebody)
    datacenter = server(respond=echoing(day), rules=somebody)
    assert_all_silent(desk_calls(desk_at(zendesk.url, **log)))
    assert_all_silent(tracker_calls(tracker_at(cloud.url, **log)))
    assert_all_silent(tracker_calls(tracker_at(datacenter.url, "datacenter", **log)))
    assert_silent(caplog.text + "".join(repr(vars(record)) for record in caplog.records))
    assert_silent("".join(capfd.readouterr()))


@pytest.mark.parametrize("day", BAD_DAYS.values(), ids=BAD_DAYS.keys())
def test_no_failed_grant_tells_a_secret(
    server: Callable[..., Loopback],
    desk_at: MakeDesk,
    caplog: pytest.LogCaptureFixture,
    day: Callable[[str], Answer],
) -> None:
    caplog.set_level(logging.DEBUG)
    client = OAuthClient(client_id="connector", client_secret=CLIENT_SECRET)
    granting = {"/oauth/tokens": reply(200, {"access_token": ACCESS})}
    for service in (
        server(respond=echoing(day)),
        server(respond=echoing(day), rules=granting),
    ):
        assert_all_silent(desk_calls(desk_at(service.url, client)))
    assert_silent(caplog.text)


def test_what_a_service_says_of_our_fields_is_kept() -> None:
    body = b'{"fields": {"summary": "Payments fail", "priority": {"name": "Higest"}}}'
    hide = hider(["t0k3n"], body)
    told = {
        "errorMessages": ["Payments fail is no good, t0k3n"],
        "errors": {"priority": "The priority 'Higest' is not valid.", "labels": "x\ny\x1b[31m"},
    }
    assert messages(told, hide) == [
        "[our text] is no good, ***",
        "priority: The priority 'Higest' is not valid.",
        "labels: x y[31m",
    ]


def test_messages_are_few_short_and_from_known_places() -> None:
    deep: Any = {"error": "end"}
    for _ in range(900):
        deep = {"error": deep, "errors": [deep]}
    told = messages(
        {"errorMessages": ["m" * 9_000, *map(str, range(50))], "body": "no", **deep}, str
    )
    assert len(told) == 6
    assert max(map(len, told)) <= 200
