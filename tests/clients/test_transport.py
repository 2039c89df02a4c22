"""Where requests go, what they carry, and how much of an answer is taken."""

from __future__ import annotations

import base64
import gzip
import os
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import loopback
import pytest
from clients_rig import TOKEN, policy_on
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, html, reply

from connector.clients.body import parse
from connector.clients.calls import CallCounter, describe
from connector.clients.origin import Origin, is_loopback, proxies_for
from connector.errors import (
    AnswerLostError,
    ConfigError,
    NotSentError,
    RefusedError,
    RestingError,
    UnavailableError,
    UncertainError,
)
from connector.ports import IssueDraft, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clients_rig import MakeDesk, MakeTracker, Time

ME = {"user": {"id": 5, "name": "Bot", "role": "admin", "iana_time_zone": "Europe/Berlin"}}
UPDATE = TicketUpdate(
    ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note="the note"
)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


# --- to no other host -------------------------------------------------------------------------


def test_a_redirect_to_another_host_is_refused_and_that_host_hears_nothing(
    server: Callable[..., Loopback], desk_at: MakeDesk, tracker_at: MakeTracker
) -> None:
    trap = server(reply(200, ME))
    bouncing = server(reply(307, {}, Location=f"{trap.url}/api/v2/users/me.json?t=secret"))
    with pytest.raises(UnavailableError, match=f"redirect to http://127.0.0.1:{trap.port}"):
        desk_at(bouncing.url).whoami()
    with pytest.raises(UncertainError, match="redirect"):
        desk_at(bouncing.url).update_ticket(UPDATE)
    with pytest.raises(UnavailableError, match="redirect"):
        tracker_at(bouncing.url).whoami()
    with pytest.raises(UncertainError, match="redirect"):
        tracker_at(bouncing.url).create_issue(IssueDraft(project="ESC", fields={}))
    assert trap.connections == 0
    assert len(bouncing.seen) == 4


@pytest.mark.parametrize("key", ["after_url", "next_page", "links"])
def test_a_next_page_on_another_host_is_refused_and_that_host_hears_nothing(
    server: Callable[..., Loopback], desk_at: MakeDesk, key: str
) -> None:
    trap = server(reply(200, {}))
    elsewhere = f"{trap.url}/api/v2/incremental/tickets/cursor.json?cursor=x"
    page = {
        "tickets": [],
        "after_cursor": "x",
        "end_of_stream": False,
        key: {"next": elsewhere} if key == "links" else elsewhere,
    }
    zendesk = server(reply(200, page))
    with pytest.raises(UnavailableError, match="refused"):
        list(desk_at(zendesk.url).changed_tickets(cursor=None, since=SINCE))
    assert trap.connections == 0


def test_the_environment_cannot_lead_zenpy_elsewhere(
    server: Callable[..., Loopback], desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap, zendesk = server(reply(200, ME)), server(reply(200, ME))
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", f"127.0.0.1:{trap.port}")
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("DEBUG_LOG", "1")
    assert desk_at(zendesk.url).whoami().id == "5"
    assert trap.connections == 0
    assert "DEBUG_LOG" not in os.environ


def test_no_proxy_of_the_environment_sees_plain_http(
    server: Callable[..., Loopback], desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, zendesk = server(reply(200, ME)), server(reply(200, ME))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    desk_at(zendesk.url).whoami()
    assert proxy.connections == 0


def test_a_proxy_for_https_is_used_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://me:pa55@proxy.example:8080")
    monkeypatch.setenv("no_proxy", "internal.example")
    assert proxies_for(Origin.of("https://acme.zendesk.com")) == {
        "https": "http://proxy.example:8080"
    }
    assert proxies_for(Origin.of("https://internal.example")) == {}
    assert proxies_for(Origin.of("http://127.0.0.1:8080")) == {}


def test_a_netrc_file_is_not_read(
    server: Callable[..., Loopback],
    desk_at: MakeDesk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    zendesk = server(reply(200, ME))
    desk_at(zendesk.url).whoami()
    told = base64.b64decode(zendesk.seen[0].headers["authorization"].partition(" ")[2]).decode()
    assert told == f"bot@acme.example/token:{TOKEN}"


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com",
        "ftp://acme.zendesk.com",
        "acme.zendesk.com",
        "https://me:pw@acme.zendesk.com",
        "https://acme.zendesk.com/?a=b",
        "https://acme.zendesk.com:99999",
        "https://",
        "",
    ],
)
def test_a_url_that_is_not_a_service_s_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError):
        Origin.of(url)


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://[::1]:80", "http://127.0.0.9"])
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert is_loopback(Origin.of(url).host)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com/",
        "https://acme.zendesk.com.evil.example/",
        "https://acme.zendesk.com@evil.example/",
        "https://me@acme.zendesk.com/",
        "https://acme.zendesk.com:444/",
        "//acme.zendesk.com/",
        "https:///x",
        "javascript:alert(1)",
        "https://[/",
    ],
)
def test_an_origin_owns_only_its_own_urls(url: str) -> None:
    acme = Origin.of("https://acme.zendesk.com")
    assert acme.owns("https://ACME.zendesk.com:443/api/v2/x?y=z#w")
    assert not acme.owns(url)
    with pytest.raises(UnavailableError):
        acme.check(url)


# --- what is sent ------------------------------------------------------------------------------


def test_credentials_are_sent_as_each_service_wants_them(
    server: Callable[..., Loopback], desk_at: MakeDesk, tracker_at: MakeTracker
) -> None:
    zendesk, jira = server(reply(200, ME)), server(reply(200, {"accountId": "1", "name": "b"}))
    desk_at(zendesk.url).whoami()
    tracker_at(jira.url).whoami()
    tracker_at(jira.url, "datacenter").whoami()
    sent = [one.headers["authorization"] for one in (*zendesk.seen, *jira.seen)]
    assert base64.b64decode(sent[0][6:]).decode() == f"bot@acme.example/token:{TOKEN}"
    assert base64.b64decode(sent[1][6:]).decode() == f"bot@acme.example:{TOKEN}"
    assert sent[2] == f"Bearer {TOKEN}"


def test_every_request_is_counted_by_endpoint(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    counter = CallCounter()
    zendesk = server(reply(500, {}), reply(200, ME))
    desk_at(zendesk.url, observers=[counter]).whoami()
    assert counter.by_endpoint() == {"zendesk GET /api/v2/users/me.json": 2}
    stats = counter.stats["zendesk", "GET", "/api/v2/users/me.json"]
    assert dict(stats.statuses) == {500: 1, 200: 1}
    assert counter.total == 2
    assert stats.slowest_ms <= stats.ms


def test_observers_learn_the_attempt(server: Callable[..., Loopback], desk_at: MakeDesk) -> None:
    class Attempts:
        def __init__(self) -> None:
            self.seen: list[tuple[int | None, int]] = []

        def on_call(self, *facts: object) -> None:
            status, _, attempt = facts[3:]
            assert isinstance(attempt, int)
            assert isinstance(status, int | None)
            self.seen.append((status, attempt))

    watching = Attempts()
    desk = desk_at(server(loopback.gone, reply(200, ME)).url, observers=[watching])
    desk.whoami()
    desk.whoami()
    assert watching.seen == [(None, 1), (200, 2), (200, 1)]


def test_a_run_out_of_time_sends_nothing_more(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time
) -> None:
    zendesk = server(reply(200, ME))
    desk = desk_at(zendesk.url, policy=policy_on(time, budget=30))
    desk.whoami()
    time.now += 31
    with pytest.raises(RestingError, match="time is used up"):
        desk.whoami()
    assert len(zendesk.seen) == 1


# --- what is taken -----------------------------------------------------------------------------


def test_an_answer_larger_than_the_limit_is_given_up(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    bomb = gzip.compress(b'{"user": "' + bytes(40 * 1024 * 1024) + b'"}')
    zendesk = server(reply(200, bomb, Content_Encoding="gzip"))
    with pytest.raises(AnswerLostError, match="larger than an answer may be"):
        desk_at(zendesk.url).whoami()


@pytest.mark.parametrize("head", [True, False], ids=["head", "body"])
def test_a_dripping_answer_ends_at_the_deadline(
    server: Callable[..., Loopback], desk_at: MakeDesk, *, head: bool
) -> None:
    done = threading.Event()
    zendesk = server(loopback.dripping(done, head=head))
    with pytest.raises(AnswerLostError, match="longer than a request may"):
        desk_at(zendesk.url, deadline=0.1).whoami()
    done.set()


def test_a_gzipped_answer_is_read(server: Callable[..., Loopback], desk_at: MakeDesk) -> None:
    packed = gzip.compress(b'{"user": {"id": 5, "role": "agent", "name": "Bot"}}')
    zendesk = server(reply(200, packed, Content_Encoding="gzip"))
    assert desk_at(zendesk.url).whoami().admin is False


def test_connections_are_kept_for_the_next_request(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(reply(200, ME))
    desk = desk_at(zendesk.url)
    for _ in range(3):
        desk.whoami()
    assert zendesk.connections == 1


def test_a_login_page_is_a_matter_of_credentials(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    page = html(200, '<form><input id="u"><input type="password" name="p"></form>')
    with pytest.raises(RefusedError, match="login page"):
        desk_at(server(page).url).whoami()


def test_the_server_s_clock_is_known_from_its_answers(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    """The export's start is kept 61 s behind the server's clock, not ours."""
    empty = {"tickets": [], "after_cursor": "c", "end_of_stream": True}
    there = reply(200, {**ME, **empty}, Date="Thu, 01 Jan 2026 12:00:00 GMT")
    zendesk = server(there)
    desk = desk_at(zendesk.url, wall=lambda: 5_000_000_000.0)
    desk.whoami()
    list(desk.changed_tickets(cursor=None, since=datetime(2026, 6, 1, tzinfo=UTC)))
    newest = int(datetime(2026, 1, 1, 11, 58, 59, tzinfo=UTC).timestamp())
    assert f"start_time={newest}&" in zendesk.seen[1].path


def test_nothing_is_sent_when_the_certificate_bundle_is_missing(
    server: Callable[..., Loopback], desk_at: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk = server(reply(200, ME), secure=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/at/all.pem")
    with pytest.raises(NotSentError):
        desk_at(zendesk.url).whoami()
    assert zendesk.seen == []


@given(st.binary(max_size=200))
def test_any_bytes_parse_to_json_or_to_a_reason(content: bytes) -> None:
    body = parse(content)
    assert body.unreadable is None or body.document is None


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_text_with_lone_surrogates_reads_as_text_that_can_be_written(text: str) -> None:
    escaped = "".join(f"\\u{unit:04x}" for unit in _utf16(text))
    found = parse(f'{{"a": "{escaped}"}}'.encode()).document["a"]
    found.encode()
    if not any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        assert found == text


def _utf16(text: str) -> list[int]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/api/v2/tickets/7/comments/99/x.json", "/api/v2/tickets/{id}/comments/{id}/x.json"),
        ("/api/v2/tickets/7.json", "/api/v2/tickets/{id}.json"),
        ("/rest/api/3/issue/ESC-12/comment", "/rest/api/3/issue/{key}/comment"),
        ("/jira/rest/api/2/issue/10001", "/jira/rest/api/2/issue/{id}"),
    ],
)
def test_endpoints_are_named_without_ids(path: str, endpoint: str) -> None:
    assert describe("jira", "PUT", path, frozenset()).endpoint == endpoint
