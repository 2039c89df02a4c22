"""Ticket lines of a file become a seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from zendesk_rig import NOON

from connector.sandbox.lines import AGENT_DOMAIN, SPREAD_OVER, seed_from_lines
from connector.ticketfile import TicketLine, read_lines

if TYPE_CHECKING:
    from pathlib import Path

    from zendesk_rig import Rig

    from connector.sandbox.seed import Seed, SeedTicket

pytest_plugins = ("zendesk_fixtures",)


def a_line(**known: Any) -> TicketLine:
    plain = {"id": 1, "subject": "Exports stop", "body": "They stop."}
    return TicketLine.model_validate(plain | known)


def seed_of(*lines: TicketLine) -> Seed:
    return seed_from_lines(lines, now=NOON)


def only(line: TicketLine) -> SeedTicket:
    [ticket] = seed_of(line).tickets
    return ticket


def test_a_bare_line_is_an_open_ticket_of_a_customer_of_its_own() -> None:
    seed = seed_of(a_line(), a_line(id=2))
    first, second = seed.tickets
    assert (first.id, first.status, first.priority, first.type) == (1, "open", None, None)
    assert first.requester != second.requester
    assert first.requester.partition("@")[2] != second.requester.partition("@")[2]


def test_one_requester_is_one_user_with_one_address() -> None:
    seed = seed_of(a_line(requester="cust-1"), a_line(id=2, requester="cust-1"))
    assert [user.email for user in seed.users] == ["cust-1@cust-1.example"]
    assert {ticket.requester for ticket in seed.tickets} == {"cust-1@cust-1.example"}


def test_an_address_stays_what_it_is() -> None:
    assert only(a_line(requester="Anna@Acme.example")).requester == "anna@acme.example"


def test_requesters_of_one_organization_belong_to_it() -> None:
    seed = seed_of(
        a_line(requester="Anna Berg", organization="Acme & Sons"),
        a_line(id=2, requester="ben@x.example", organization="Acme & Sons"),
    )
    assert [one.name for one in seed.organizations] == ["Acme & Sons"]
    emails = {user.email: user.organization for user in seed.users}
    assert emails == {"anna-berg@acme-sons.example": "Acme & Sons", "ben@x.example": "Acme & Sons"}


def test_known_times_are_kept_and_missing_ones_spread_in_order() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    lines = [a_line(id=number) for number in range(1, 4)]
    seed = seed_of(*lines, a_line(id=9, created_at=at))
    *spread, known = [ticket.created_at for ticket in seed.tickets]
    assert known == at
    assert spread == sorted(spread)
    assert all(NOON - timedelta(hours=1) < moment < NOON for moment in spread)


def test_many_lines_without_a_time_still_fit_into_a_week() -> None:
    seed = seed_of(*(a_line(id=number) for number in range(1, 5001)))
    times = [ticket.created_at for ticket in seed.tickets]
    assert NOON - SPREAD_OVER <= times[0] < times[-1] < NOON
    assert all(one.replace(microsecond=0) < two for one, two in pairwise(times))


def test_the_clock_begins_after_the_last_that_happened() -> None:
    later = NOON + timedelta(days=3)
    assert seed_of(a_line()).now == NOON
    begun = seed_of(a_line(comments=[{"body": "x", "created_at": later.isoformat()}])).now
    assert begun is not None
    assert begun - later > timedelta(minutes=1)


def test_ids_that_are_no_free_whole_numbers_are_kept_beside() -> None:
    seed = seed_of(*(a_line(id=id_) for id_ in (7, "7", "T-1", "8", -3, 2**60)))
    assert [(ticket.id, ticket.external_id) for ticket in seed.tickets] == [
        (7, None), (None, "7"), (None, "T-1"), (8, None), (None, "-3"), (None, str(2**60)),
    ]  # fmt: skip


def test_what_zendesk_does_not_know_is_left_out() -> None:
    ticket = only(a_line(status="weird", priority="asap", type="bug", tags=["Two Words"]))
    assert (ticket.status, ticket.priority, ticket.type) == ("open", None, None)
    assert ticket.tags == ("two_words",)
    kept = only(a_line(status="solved", priority="high", type="problem"))
    assert (kept.status, kept.priority, kept.type) == ("solved", "high", "problem")


def test_comments_come_from_who_wrote_them() -> None:
    comments = [
        {"author": "Ada", "role": "agent", "body": "Hello", "public": False},
        {"author": "cust-1", "role": "end-user", "body": "Hi"},
        {"body": "Nameless"},
        {"author": "colleague", "body": "Me too"},
    ]
    ticket = only(a_line(requester="cust-1", organization="Acme", comments=comments))
    assert [said.author for said in ticket.comments] == [
        f"ada@{AGENT_DOMAIN}", "cust-1@acme.example", "cust-1@acme.example",
        "colleague@acme.example",
    ]  # fmt: skip
    assert [said.public for said in ticket.comments] == [False, True, True, True]
    times = [ticket.created_at, *(said.created_at for said in ticket.comments)]
    assert times == sorted(times)
    assert times[-1] <= NOON


FILE = (
    b'{"id": 12, "subject": "S", "body": "B", "requester": "x", "organization": "Acme",'
    b' "created_at": "2026-06-01T10:00:00Z", "status": "solved",'
    b' "comments": [{"author": "ada", "role": "agent", "body": "Done"}]}\n'
)


def test_a_file_is_served(desk: Rig) -> None:
    read = [line for line in read_lines([FILE]) if isinstance(line, TicketLine)]
    desk.fresh(seed_from_lines(read, now=NOON))
    ticket = desk.ticket(12, include="comment_count")
    assert (ticket["status"], ticket["comment_count"]) == ("solved", 2)
    assert [one["id"] for one in desk.exported()] == [12]


@given(
    st.lists(
        st.builds(
            a_line,
            id=st.one_of(st.integers(), st.text(max_size=5)),
            requester=st.one_of(st.none(), st.text(max_size=8)),
            organization=st.one_of(st.none(), st.text(max_size=8)),
            status=st.text(max_size=5),
            body=st.text(max_size=20),
        ),
        max_size=8,
    )
)
def test_no_line_is_lost_and_every_writer_is_a_user(lines: list[TicketLine]) -> None:
    seed = seed_of(*lines)
    assert [ticket.body for ticket in seed.tickets] == [line.body for line in lines]
    known = {user.email for user in seed.users}
    assert all(ticket.requester in known for ticket in seed.tickets)
    kept = [ticket.id for ticket in seed.tickets if ticket.id is not None]
    assert len(kept) == len(set(kept))


def test_thousands_of_real_reports_are_served_whole(desk: Rig, shared: Path) -> None:
    with (shared / "data" / "patterns" / "titanium_bugs.jsonl").open("rb") as handle:
        lines = [line for line in read_lines(handle) if isinstance(line, TicketLine)]
    desk.fresh(seed_from_lines(lines, now=NOON))
    url = f"{desk.url}/api/v2/incremental/tickets/cursor.json"
    page = desk.session.get(url, params={"start_time": 0}, timeout=20).json()
    ids = {ticket["id"] for ticket in page["tickets"]}
    while not page["end_of_stream"]:
        following = {"cursor": page["after_cursor"]}
        page = desk.session.get(url, params=following, timeout=20).json()
        ids |= {ticket["id"] for ticket in page["tickets"]}
    assert ids == {line.id for line in lines}
