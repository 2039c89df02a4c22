"""Pages as Zendesk may send them on a bad day: broken, repeating, hostile."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, reply

from connector.clients.wire import cleaned
from connector.clients.zendesk_wire import Sideloads, field_value, read_tickets
from connector.core.clean import clean_text
from connector.errors import DriftError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk

    from connector.ports import TicketPage

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = "the ticket export after c"
TIMES = {"created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z"}


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    known = {"id": number, "subject": "s", "description": "d", "status": "open", **TIMES}
    return {**known, **changes}


def page(*tickets: Any, cursor: str | None = "c1", end: bool = True, **more: Any) -> Any:
    return reply(
        200,
        {"tickets": list(tickets), "after_cursor": cursor, "end_of_stream": end, **more},
    )


def read(desk: Any, cursor: str | None = None) -> list[TicketPage]:
    return list(desk.changed_tickets(cursor=cursor, since=SINCE))


BROKEN: dict[str, Any] = {
    "no id": {"subject": "s", "status": "open", **TIMES},
    "no times": {"id": 5, "status": "open"},
    "an unknown status": ticket(5, status="on fire"),
    "a time of no zone": ticket(5, created_at="2026-01-01T00:00:00"),
    "a time that is none": ticket(5, updated_at="yesterday"),
    "tags as text": ticket(5, tags="a b"),
    "fields as text": ticket(5, custom_fields="x"),
    "null": None,
    "text": "ticket",
    "a list": [],
    "a subject that is an object": ticket(5, subject={"a": 1}),
    "a far future": ticket(5, generated_timestamp=10**15),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_ticket_is_set_aside_and_the_others_are_read(
    server: Callable[..., Loopback], desk_at: MakeDesk, broken: Any
) -> None:
    zendesk = server(page(ticket(1), broken, ticket(2)))
    (only,) = read(desk_at(zendesk.url))
    assert [one.id for one in only.tickets] == [1, 2]
    (aside,) = only.rejected
    assert "ticket 2 of the page" in aside.place
    assert aside.ticket_id in (5, None)
    assert aside.reason


def test_what_is_wrong_is_said_without_the_value(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(page(ticket(1, status="canary", created_at="canary", tags={"canary": 1})))
    (only,) = read(desk_at(zendesk.url))
    assert "status" in only.rejected[0].reason
    assert "canary" not in only.rejected[0].reason


def test_three_broken_of_sixty_are_a_drift_and_two_are_not(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    good = [ticket(n) for n in range(1, 58)]
    zendesk = server(page(*good, None, None))
    assert len(read(desk_at(zendesk.url))[0].rejected) == 2
    assert len(read(desk_at(server(page(*good, *[None] * 3)).url))[0].rejected) == 3
    with pytest.raises(DriftError, match="4 of 61 entries"):
        read(desk_at(server(page(*good, *[None] * 4)).url))


@pytest.mark.parametrize("document", [{}, {"tickets": None}, {"tickets": {}}, {"events": []}])
def test_a_page_without_its_list_is_a_drift(
    server: Callable[..., Loopback], desk_at: MakeDesk, document: Any
) -> None:
    zendesk = server(reply(200, document))
    with pytest.raises(DriftError, match="no list `tickets`"):
        read(desk_at(zendesk.url))
    assert len(zendesk.seen) == 1


def test_every_request_of_the_export_asks_for_the_sideloads(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(page(ticket(1), cursor="c1", end=False), page(ticket(2), cursor="c2"))
    pages = read(desk_at(zendesk.url))
    assert [one.cursor for one in pages] == ["c1", "c2"]
    assert [one.end for one in pages] == [False, True]
    include = "include=users%2Corganizations%2Cslas%2Cmetric_sets%2Ccomment_count&per_page=1000"
    base = "GET /api/v2/incremental/tickets/cursor.json"
    assert zendesk.paths() == [
        f"{base}?start_time={int(SINCE.timestamp())}&{include}",
        f"{base}?cursor=c1&{include}",
    ]


@pytest.mark.parametrize("repeated", ["c0", "c1", "", None])
def test_a_cursor_that_repeats_or_is_missing_ends_the_reading(
    server: Callable[..., Loopback], desk_at: MakeDesk, repeated: str | None
) -> None:
    zendesk = server(page(ticket(1), end=False), page(ticket(2), cursor=repeated, end=False))
    pages = read(desk_at(zendesk.url), cursor="c0")
    assert len(zendesk.seen) == 2
    assert pages[-1].end
    assert pages[-1].cursor == (repeated or "c1")


def test_an_empty_account_gives_an_empty_cursor(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    (only,) = read(desk_at(server(page(cursor=None)).url))
    assert (only.tickets, only.cursor, only.end) == ((), "", True)


def test_people_who_did_not_come_along_are_looked_up_once(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    users = {"users": [{"id": 9, "name": "Ana", "email": "ana@acme.example", "role": "end-user"}]}
    organizations = {"organizations": [{"id": 3, "name": "Acme"}]}
    zendesk = server(
        page(*(ticket(n, requester_id=9, organization_id=3) for n in (1, 2))),
        rules={
            "users/show_many": reply(200, users),
            "organizations/show_many": reply(200, organizations),
        },
    )
    desk = desk_at(zendesk.url)
    for only in (*read(desk), *read(desk)):
        assert {one.requester and one.requester.name for one in only.tickets} == {"Ana"}
        assert {one.organization and one.organization.name for one in only.tickets} == {"Acme"}
    assert len([path for path in zendesk.paths() if "show_many" in path]) == 2


def test_a_broken_sideload_costs_its_ticket_only_the_name(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    users = [{"name": "no id"}, None, {"id": 9, "name": "Ana", "role": "admin"}]
    zendesk = server(
        page(ticket(1, requester_id=9), ticket(2, requester_id=8), users=users),
        rules={"users/show_many": reply(200, {"users": []})},
    )
    (only,) = read(desk_at(zendesk.url))
    people = [one.requester for one in only.tickets if one.requester]
    assert [(one.id, one.name, one.role) for one in people] == [
        (9, "Ana", "agent"),
        (8, "", "end-user"),
    ]


@pytest.mark.parametrize(
    ("slas", "known"),
    [
        ({}, None),
        ({"slas": None}, ()),
        ({"slas": {"policy_metrics": []}}, ()),
        ({"slas": {"policy_metrics": [{"metric": "m", "stage": "paused", "breach_at": None}]}}, 1),
        ({"slas": {"policy_metrics": [{"metric": "m", "stage": "new!", "days": -3}]}}, 1),
    ],
)
def test_a_ticket_s_sla_is_unknown_only_where_the_account_offers_none(
    server: Callable[..., Loopback], desk_at: MakeDesk, slas: dict[str, Any], known: Any
) -> None:
    (only,) = read(desk_at(server(page(ticket(1, **slas))).url))
    sla = only.tickets[0].sla
    assert (len(sla) if sla else sla) == known


def test_hostile_text_is_cleaned_and_cut_at_the_border(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    nasty = "a\x00b\u202ec\u200bd" + "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
    zendesk = server(
        page(ticket(1, subject=f"x\n{nasty}", description="y" * 1_000_000, external_id=nasty))
    )
    (only,) = read(desk_at(zendesk.url))
    (one,) = only.tickets
    assert len(one.description) <= 65_536
    assert one.description.endswith("(cut)")
    for text in (one.subject, one.external_id or ""):
        assert not set(text) & set("\x00\n\u202e\u200b")
    assert only.notices[0].reason == "description: cut at 65,536 of 1,000,000 characters"


def test_a_lone_surrogate_does_not_cost_the_page(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    raw = json.dumps({"tickets": [ticket(1, subject="a\ud800b")], "end_of_stream": True})
    (only,) = read(desk_at(server(reply(200, raw.encode())).url))
    assert only.tickets[0].subject == "a\ufffdb"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_any_custom_field_has_a_value_of_ours(value: Any) -> None:
    found = field_value(value)
    assert found is None or isinstance(found, str | int | float | tuple)


@given(
    st.lists(st.dictionaries(st.sampled_from(["id", "status", "tags"]), st.text() | st.integers()))
)
def test_no_page_makes_the_reader_fail_in_another_way_than_by_drift(raws: list[Any]) -> None:
    try:
        found = read_tickets(raws, Sideloads({}), PLACE, sla_offered=False)
    except DriftError:
        return
    assert len(found.good) + len(found.rejected) == len(raws)


def test_a_visitor_without_a_name_is_nobody(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    anonymous = {"user": {"id": None, "name": "Anonymous user", "role": "end-user"}}
    for answer in (anonymous, {"user": None}, {}):
        with pytest.raises(RefusedError, match="nobody"):
            desk_at(server(reply(200, answer)).url).whoami()


@given(st.text(max_size=60), st.integers(1, 50))
def test_the_short_way_to_clean_text_is_the_long_one(text: str, limit: int) -> None:
    assert cleaned(text, limit) == clean_text(text, limit)
