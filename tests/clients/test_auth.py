"""Credentials: cleaned at load, renewed in time, shown nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from loopback import Loopback, gone, reply
from pydantic import ValidationError

from connector.clients.auth import ApiToken, BearerToken, OAuthClient, OAuthSigner
from connector.errors import ConfigError, NotSentError, RefusedError
from connector.ports import TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk, Time

ME = {"user": {"id": 5, "name": "Bot", "role": "admin"}}
CLIENT = OAuthClient(client_id="connector", client_secret="cl13nt-s3cret")
UPDATE = TicketUpdate(
    ticket_id=7, intent_id="a" * 20, updated_stamp="2026-01-01T00:00:00Z", note="the note"
)
WRITTEN = {"ticket": {"id": 7}, "audit": {"id": 70, "events": []}}


def granted(token: str, **more: Any) -> Any:
    return reply(200, {"access_token": token, "token_type": "bearer", **more})


@pytest.mark.parametrize("raw", ["", "  ", "a b", "a\nb", "a\x00b", "tökén", "a\x7fb", "a\u200bb"])
def test_a_token_that_no_service_gives_out_is_refused_without_being_shown(raw: str) -> None:
    for make in (
        lambda: BearerToken(token=raw),
        lambda: ApiToken(email="a@b.example", token=raw),
        lambda: OAuthClient(client_id="x", client_secret=raw),
    ):
        with pytest.raises(ConfigError) as caught:
            make()
        if raw.strip():
            assert raw not in str(caught.value)


def test_white_space_around_a_token_is_not_part_of_it() -> None:
    assert BearerToken(token=" abc\n").token.get_secret_value() == "abc"


@pytest.mark.parametrize("email", ["nobody", "a:b@c.example", "a@b\n.example"])
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(ConfigError):
        ApiToken(email=email, token="abc")


def test_no_repr_shows_a_secret() -> None:
    shown = repr([BearerToken(token="t0k3n"), ApiToken(email="a@b.example", token="t0k3n"), CLIENT])
    assert "t0k3n" not in shown
    assert "cl13nt-s3cret" not in shown
    with pytest.raises(ValidationError) as caught:
        OAuthClient(client_id="x", client_secret="t0k3n", expires_in=1)
    assert "t0k3n" not in str(caught.value)


def test_a_token_is_asked_for_once_and_used_for_every_request(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(reply(200, ME), rules={"/oauth/tokens": granted("first")})
    desk = desk_at(zendesk.url, CLIENT)
    desk.whoami()
    desk.whoami()
    assert zendesk.paths() == ["POST /oauth/tokens", *["GET /api/v2/users/me.json"] * 2]
    assert zendesk.seen[0].json == {
        "grant_type": "client_credentials",
        "client_id": "connector",
        "client_secret": "cl13nt-s3cret",
        "scope": "read write",
    }
    assert "authorization" not in zendesk.seen[0].headers
    assert [one.headers["authorization"] for one in zendesk.seen[1:]] == ["Bearer first"] * 2


def test_after_a_401_there_is_one_new_token_and_one_more_try(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    expired = reply(401, {"error": "invalid_token"})
    zendesk = server(
        granted("old"), expired, granted("new"), reply(200, WRITTEN), expired, granted("x"), expired
    )
    desk = desk_at(zendesk.url, CLIENT)
    desk.update_ticket(UPDATE)
    bodies = [one.body for one in zendesk.seen if one.method == "PUT"]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert zendesk.seen[-1].headers["authorization"] == "Bearer new"
    with pytest.raises(RefusedError):
        desk.update_ticket(UPDATE)
    assert len(zendesk.seen) == 7


def test_an_api_token_that_is_refused_is_not_tried_again(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(reply(401, {"error": "Couldn't authenticate you"}))
    with pytest.raises(RefusedError, match="authenticate"):
        desk_at(zendesk.url).whoami()
    assert len(zendesk.seen) == 1


def test_a_refused_client_is_a_matter_of_credentials(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    for status in (400, 401):
        told = {"error": "invalid_client", "error_description": "Client authentication failed."}
        zendesk = server(reply(status, told))
        with pytest.raises(RefusedError, match="Client authentication failed"):
            desk_at(zendesk.url, CLIENT).whoami()
        assert len(zendesk.seen) == 1


@pytest.mark.parametrize("answer", [gone, reply(500, {}), reply(200, {}), reply(200, b"<html>")])
def test_without_a_token_a_write_was_not_sent(
    server: Callable[..., Loopback], desk_at: MakeDesk, answer: Any
) -> None:
    zendesk = server(answer)
    with pytest.raises(NotSentError):
        desk_at(zendesk.url, CLIENT).update_ticket(UPDATE)
    assert zendesk.paths() == ["POST /oauth/tokens"]


def test_a_scope_that_was_not_granted_is_said(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(granted("t", scope="read"))
    with pytest.raises(RefusedError, match="not granted the scope write"):
        desk_at(zendesk.url, CLIENT).whoami()


class Header:
    """As much of a request as a signer touches."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}


@pytest.mark.parametrize(
    ("life", "still", "renewed"),
    [(1_800, 1_739, 1_741), (None, 1_739, 1_741), (60, 29, 31)],
    ids=["half an hour", "not said", "a minute"],
)
def test_a_token_is_renewed_before_it_expires(
    life: int | None, still: float, renewed: float, time: Time
) -> None:
    answers = iter(["one", "two"])
    signer = OAuthSigner(
        CLIENT, lambda _: {"access_token": next(answers), "expires_in": life}, clock=time
    )

    def sent() -> str:
        request: Any = Header()
        return str(signer(request).headers["Authorization"])

    begun = time.now
    assert sent() == "Bearer one"
    time.now = begun + still
    assert sent() == "Bearer one"
    time.now = begun + renewed
    assert sent() == "Bearer two"
