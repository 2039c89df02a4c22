"""Limits are known from headers: the next request waits, and is not refused first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from loopback import Loopback, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk, Time

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
EXPORTS = "zendesk-ratelimit-incremental-exports-cursor"


def page(cursor: str, *, end: bool = False, headers: dict[str, str] | None = None) -> Any:
    document = {"tickets": [], "after_cursor": cursor, "end_of_stream": end}
    return reply(200, document, **(headers or {}))


@pytest.mark.parametrize(
    "headers",
    [
        {EXPORTS: "total=10; remaining=0; resets=48"},
        {"zendesk-rate-limit-incremental-exports": "total=10; remaining=0; resets=48"},
        {"x-rate-limit": "700", "x-rate-limit-remaining": "0", "ratelimit-reset": "48"},
    ],
    ids=["cursor bucket", "export bucket", "account"],
)
def test_an_export_whose_bucket_is_empty_waits_until_it_is_full_again(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time, headers: dict[str, str]
) -> None:
    zendesk = server(page("c1", headers=headers), page("c2", end=True))
    pages = list(desk_at(zendesk.url).changed_tickets(cursor=None, since=SINCE))
    assert [one.cursor for one in pages] == ["c1", "c2"]
    assert len(zendesk.seen) == 2
    assert 48 <= sum(time.slept) <= 54


def test_what_is_left_in_a_bucket_is_used_without_waiting(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time
) -> None:
    left = {EXPORTS: "total=10; remaining=1; resets=48"}
    zendesk = server(page("c1", headers=left), page("c2", end=True))
    list(desk_at(zendesk.url).changed_tickets(cursor=None, since=SINCE))
    assert time.slept == []


def test_an_empty_bucket_holds_up_only_what_it_is_about(
    server: Callable[..., Loopback], desk_at: MakeDesk, time: Time
) -> None:
    empty = {EXPORTS: "total=10; remaining=0; resets=48"}
    zendesk = server(page("c1", end=True, headers=empty), reply(200, {"tickets": []}))
    desk = desk_at(zendesk.url)
    list(desk.changed_tickets(cursor=None, since=SINCE))
    assert desk.tickets([7]) == ()
    assert time.slept == []
