"""Who may ask, and how often."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import ANNA, a_seed, a_ticket, plainly

from connector.sandbox.frame import Refusal
from connector.sandbox.zendesk import limits
from connector.sandbox.zendesk.access import API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL
from connector.sandbox.zendesk.limits import Limits

if TYPE_CHECKING:
    import requests
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)

GRANT = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scope": "read write",
}


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def ask(desk: Rig, path: str, authorization: str | None, method: str = "GET") -> requests.Response:
    """A request with just this Authorization header, outside of the rig's session."""
    headers = {"Authorization": authorization} if authorization else {}
    return plainly(method, f"{desk.url}{path}", headers=headers, json={"ticket": {}})


def grant(desk: Rig, **changes: Any) -> requests.Response:
    asked = {key: value for key, value in (GRANT | changes).items() if value is not None}
    return plainly("POST", f"{desk.url}/oauth/tokens", json=asked)


def bearer(desk: Rig, **changes: Any) -> str:
    answer = grant(desk, **changes)
    assert answer.status_code == 200, answer.text
    return f"Bearer {answer.json()['access_token']}"


# --- API token


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        basic(f"{EMAIL}/token", "wrong"),
        basic("nobody@support.example/token", API_TOKEN),
        basic(f"{ANNA}/token", API_TOKEN),
        basic(EMAIL, "password"),
        "Basic %%%",
        "Digest x",
    ],
    ids=["none", "wrong token", "nobody", "customer", "password", "garbage", "other scheme"],
)
def test_nothing_but_an_agents_token_opens_the_tickets(
    desk: Rig, authorization: str | None
) -> None:
    refused = ask(desk, "/api/v2/tickets/count.json", authorization)
    assert refused.status_code == 401
    assert refused.json() == {"error": "Couldn't authenticate you"}


def test_who_am_i_says_nobody_with_200_where_there_are_no_credentials(desk: Rig) -> None:
    for authorization in (None, basic(EMAIL, "password")):
        answer = ask(desk, "/api/v2/users/me.json", authorization)
        assert answer.status_code == 200
        assert answer.json()["user"]["id"] is None
        assert answer.json()["user"]["name"] == "Anonymous user"
    wrong = ask(desk, "/api/v2/users/me.json", basic(f"{EMAIL}/token", "wrong"))
    assert wrong.status_code == 401


def test_who_am_i_knows_an_admin_by_token(desk: Rig) -> None:
    user = desk.get("/users/me.json")["user"]
    assert (user["email"], user["role"]) == (EMAIL, "admin")


# --- OAuth


def test_client_credentials_give_a_token_for_half_an_hour(desk: Rig) -> None:
    granted = grant(desk).json()
    assert granted["token_type"] == "bearer"
    assert (granted["scope"], granted["expires_in"]) == ("read write", 1800)
    token = f"Bearer {granted['access_token']}"
    assert ask(desk, "/api/v2/users/me.json", token).json()["user"]["email"] == EMAIL
    desk.later(seconds=1799)
    assert ask(desk, "/api/v2/tickets/count.json", token).status_code == 200
    desk.later(seconds=1)
    expired = ask(desk, "/api/v2/tickets/count.json", token)
    assert (expired.status_code, expired.json()["error"]) == (401, "invalid_token")


def test_a_token_lives_as_long_as_asked_within_bounds(desk: Rig) -> None:
    token = bearer(desk, expires_in=300)
    desk.later(seconds=301)
    assert ask(desk, "/api/v2/tickets/count.json", token).status_code == 401
    for seconds in (299, 172_801, "long"):
        assert grant(desk, expires_in=seconds).status_code == 400


def test_a_form_is_as_good_as_json_for_a_token(desk: Rig) -> None:
    form = GRANT | {"expires_in": "600"}
    answer = plainly("POST", f"{desk.url}/oauth/tokens", data=form)
    assert answer.json()["expires_in"] == 600


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_grant_is_refused(
    desk: Rig, changes: dict[str, Any], status: int, error: str
) -> None:
    refused = grant(desk, **changes)
    assert (refused.status_code, refused.json()["error"]) == (status, error)


def test_a_grant_that_is_no_object_is_refused(desk: Rig) -> None:
    for data in (b"{", b"[]"):
        headers = {"content-type": "application/json"}
        url = f"{desk.url}/oauth/tokens"
        assert plainly("POST", url, data=data, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [
        ("read write", 200, 200),
        ("read", 200, 403),
        ("tickets:read tickets:write", 200, 200),
        ("tickets:read", 200, 403),
        ("users:read", 403, 403),
        ("read tickts:write", 403, 403),
    ],
)
def test_a_token_does_what_its_scopes_cover(desk: Rig, scope: str, reads: int, writes: int) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    token = bearer(desk, scope=scope)
    read = ask(desk, "/api/v2/tickets/count.json", token)
    written = ask(desk, "/api/v2/tickets/1.json", token, method="PUT")
    assert (read.status_code, written.status_code) == (reads, writes)
    if reads == 403:
        assert read.json()["error"]["title"] == "Forbidden"


def test_every_token_can_be_revoked_at_once(desk: Rig) -> None:
    token = bearer(desk)
    assert desk.act("tokens/revoke") == {"revoked": 1}
    assert ask(desk, "/api/v2/tickets/count.json", token).status_code == 401


def test_the_journal_keeps_no_credentials(desk: Rig) -> None:
    token = bearer(desk)
    ask(desk, "/api/v2/tickets/count.json", token)
    kept = str(desk.control("GET", "journal"))
    assert CLIENT_SECRET not in kept
    assert API_TOKEN not in kept
    assert token.removeprefix("Bearer ") not in kept


# --- limits


class Stopwatch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_exports_share_ten_requests_a_minute(desk: Rig) -> None:
    desk.fresh(a_seed(), limits="real")
    paths = ["tickets/cursor", "ticket_events", "organizations", "ticket_metric_events", "tickets"]
    answers = [
        desk.call("GET", f"/incremental/{path}.json", params={"start_time": 0})
        for path in paths * 2
    ]
    assert [answer.status_code for answer in answers] == [200] * 10
    header = answers[-1].headers["zendesk-ratelimit-incremental-exports"]
    assert header.startswith("total=10; remaining=0; resets=")
    refused = desk.call("GET", "/incremental/tickets/cursor.json", params={"start_time": 0})
    assert refused.status_code == 429
    assert refused.json()["error"] == "APIRateLimitExceeded"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert desk.call("GET", "/tickets/count.json").status_code == 200


def test_every_answer_tells_what_the_account_has_left(desk: Rig) -> None:
    desk.fresh(a_seed(), limits="real")
    first = desk.call("GET", "/tickets/count.json").headers
    second = desk.call("GET", "/tickets/404.json").headers
    assert (first["x-rate-limit"], first["x-rate-limit-remaining"]) == ("700", "699")
    assert (second["ratelimit-limit"], second["ratelimit-remaining"]) == ("700", "698")
    assert 0 < int(second["ratelimit-reset"]) <= 60
    assert first["x-zendesk-api-version"] == "v2"
    assert first["x-request-id"] != second["x-request-id"]


def test_an_unlimited_account_still_tells_a_remainder(desk: Rig) -> None:
    for _ in range(20):
        answer = desk.call("GET", "/incremental/tickets/cursor.json", params={"start_time": 0})
        assert answer.status_code == 200
        assert answer.headers["x-rate-limit-remaining"] == "700"


@pytest.mark.parametrize(("mode", "total"), [("real", 100), ("trial", 20)])
def test_ticket_updates_have_a_bucket_of_their_own(desk: Rig, mode: str, total: int) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 12))), limits=mode)
    statuses = [
        desk.put(number % 11 + 1, priority="high").status_code for number in range(total + 1)
    ]
    assert statuses == [200] * total + [429]
    refused = desk.put(1, priority="low")
    assert refused.headers["zendesk-rate-limit-tickets-update"].startswith(
        f"total={total}; remaining=0;"
    )


def test_one_ticket_takes_thirty_updates_in_ten_minutes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)), limits="real")
    statuses = [desk.put(1, priority="high").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    refused = desk.put(1, priority="high")
    assert refused.headers["zendesk-ratelimit-per-ticket-updates"].startswith("total=30;")
    assert int(refused.headers["retry-after"]) > 60
    assert desk.put(2, priority="high").status_code == 200


def test_a_batch_does_not_eat_the_bucket_of_updates(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)), limits="trial")
    batch = {"tickets": [{"id": 1, "priority": "high"}]}
    answer = desk.call("PUT", "/tickets/update_many.json", batch)
    assert "zendesk-rate-limit-tickets-update" not in answer.headers


def test_a_refused_request_is_not_counted_and_a_new_minute_begins_anew() -> None:
    clock = Stopwatch()
    counted = Limits(lambda: "real", clock)
    for _ in range(10):
        counted.take([(limits.EXPORTS, "")])
    for _ in range(5):
        with pytest.raises(Refusal) as refused:
            counted.take([(limits.EXPORTS, "")])
        assert refused.value.headers["x-rate-limit-remaining"] == "690"
        assert refused.value.headers["retry-after"] == "60"
    clock.now += 60
    headers = counted.take([(limits.EXPORTS, "")])
    assert headers["zendesk-ratelimit-incremental-exports"] == "total=10; remaining=9; resets=60"


def test_the_account_itself_runs_dry() -> None:
    counted = Limits(lambda: "real", Stopwatch())
    for _ in range(700):
        counted.take([])
    with pytest.raises(Refusal) as refused:
        counted.take([])
    assert refused.value.status == 429
    assert "requests per minute" in refused.value.body["description"]


def test_the_mode_can_change_while_it_runs(desk: Rig) -> None:
    desk.fresh(a_seed(), limits="off")
    desk.control("POST", "options", {"limits": "real"})
    answer = desk.call("GET", "/tickets/count.json")
    assert answer.headers["x-rate-limit-remaining"] == "699"
