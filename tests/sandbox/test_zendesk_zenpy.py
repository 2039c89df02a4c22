"""The real zenpy client against the sandbox: what it sends is understood, what it gets parses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from zendesk_rig import AGENT, ANNA, NOON, a_clock, a_seed, a_thread, a_ticket, ago
from zenpy import Zenpy  # noqa: TID251 - this very client is what the sandbox has to satisfy
from zenpy.lib.api_objects import (  # noqa: TID251 - as above
    Comment,
    CustomField,
    Link,
    Ticket,
)
from zenpy.lib.exception import (  # noqa: TID251 - as above
    APIException,
    RecordNotFoundException,
    TooManyValuesException,
)

from connector.sandbox.zendesk.access import API_TOKEN, EMAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


@pytest.fixture
def zenpy(desk: Rig) -> Iterator[Any]:
    """zenpy on a session of its own, aimed at the sandbox as the reference says."""
    host, _, rest = urlsplit(desk.url).netloc.partition(".")
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (f"{EMAIL}/token", API_TOKEN)
        session.authorized = True  # type: ignore[attr-defined]  # zenpy asks for it
        client = Zenpy(subdomain=host, domain=rest, session=session, disable_cache=True)
        for api in vars(client).values():
            if hasattr(api, "protocol"):
                api.protocol = "http"
        yield client


def test_the_sweep_reads_pages_to_the_end(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 6))))
    read = zenpy.tickets.incremental(
        start_time=ago(days=30), include=["users", "organizations", "slas"], per_page=2
    )
    assert [ticket.id for ticket in read] == [1, 2, 3, 4, 5]
    assert read.end_of_stream is True
    again = zenpy.tickets.incremental(cursor=read.after_cursor)
    assert list(again) == []


def test_events_are_read_with_their_comments(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    events = list(zenpy.tickets.events(start_time=ago(days=30), include=["comment_events"]))
    assert len(events) == 4
    bodies = [child.get("body") for event in events for child in event.child_events]
    assert "Reproduced." in bodies


def test_metric_events_end(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(),))))
    events = list(zenpy.tickets.metrics_incremental(start_time=ago(days=30)))
    assert [event.type for event in events] == ["activate", "apply_sla"]


def test_one_ticket_and_what_hangs_on_it(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_thread(id=7, tags=("vip",))))
    ticket = zenpy.tickets(id=7)
    assert (ticket.subject, list(ticket.tags)) == ("Exports stop half way", ["vip"])
    assert ticket.requester.email == ANNA
    assert ticket.organization.name == "Acme"
    assert [said.public for said in zenpy.tickets.comments(7)] == [True, True, False, True]
    assert len(list(zenpy.tickets.audits(7))) >= 4
    assert zenpy.tickets.metrics(7).replies == 1
    assert zenpy.tickets.comments(7).values[0].created.year == NOON.year


def test_tickets_and_people_by_their_ids(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    assert [ticket.id for ticket in zenpy.tickets(ids=[1, 2])] == [1, 2]
    requester = zenpy.tickets(id=1).requester_id
    assert [user.email for user in zenpy.users(ids=[requester])] == [ANNA]
    assert zenpy.users.me().email == EMAIL


def test_an_update_comes_back_with_its_audit(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    wanted = Ticket(
        id=1,
        comment=Comment(body="Escalated.", public=False),
        custom_fields=[CustomField(id=desk.field_id("Jira key"), value="ESC-1")],
        metadata={"escalation_effect": "abc"},
    )
    done = zenpy.tickets.update(wanted)
    assert done.audit.metadata.custom == {"escalation_effect": "abc"}
    assert done.ticket.id == 1
    assert [said.public for said in zenpy.tickets.comments(1)] == [True, False]


def test_a_batch_is_a_job(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    job = zenpy.tickets.update([Ticket(id=1, priority="high"), Ticket(id=2, priority="high")])
    assert job.status == "queued"
    polled = [zenpy.job_status(id=job.id).status for _ in range(3)]
    assert polled == ["working", "working", "completed"]
    assert desk.ticket(2)["priority"] == "high"


def test_tickets_are_created_and_deleted(desk: Rig, zenpy: Any) -> None:
    made = zenpy.tickets.create(Ticket(subject="s", description="d")).ticket
    zenpy.tickets.delete(made)
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets(id=made.id)


def test_tags_are_added_set_and_deleted(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    zenpy.tickets.add_tags(1, ["escalated"])
    assert desk.ticket(1)["tags"] == ["escalated", "vip"]
    zenpy.tickets.delete_tags(1, ["vip"])
    assert desk.ticket(1)["tags"] == ["escalated"]
    zenpy.tickets.set_tags(1, ["other"])
    assert desk.ticket(1)["tags"] == ["other"]


def test_search_and_its_export(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 4))))
    found = zenpy.search("stop", type="ticket", status=["open"], updated_after=NOON - timedelta(9))
    assert sorted(ticket.id for ticket in found) == [1, 2, 3]
    exported = zenpy.search_export(query="stop", type="ticket", cursor_pagination=2)
    assert [ticket.id for ticket in exported] == [1, 2, 3]


def test_jira_links_are_made_listed_and_taken_away(desk: Rig, zenpy: Any) -> None:
    made = zenpy.jira_links.create(Link(ticket_id=1, issue_id=10, issue_key="ESC-10"))
    link = made.values
    assert (link.ticket_id, link.issue_id) == ("1", "10")
    assert [one.id for one in zenpy.jira_links(ticket_id=1)] == [link.id]
    zenpy.jira_links.delete(link)
    assert list(zenpy.jira_links(ticket_id=1)) == []


def test_what_changes_seldom(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_thread(id=1, sla=(a_clock(policy="Gold"),))))
    assert "Jira key" in [field.title for field in zenpy.ticket_fields()]
    assert "arr" in [field.key for field in zenpy.organization_fields()]
    assert next(status.status_category for status in zenpy.custom_statuses()) == "new"
    assert [group.name for group in zenpy.groups()] == ["Support", "L2 Support"]
    assert [policy.title for policy in zenpy.sla_policies()] == ["Gold"]
    assert [one.name for one in zenpy.organizations()] == ["Acme", "Globex"]
    assert AGENT in [user.email for user in zenpy.users(role="agent")]


def test_errors_reach_zenpys_own_exceptions(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="closed")))
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets.update(Ticket(id=99, priority="high"))
    with pytest.raises(APIException, match="RecordInvalid"):
        zenpy.tickets.update(Ticket(id=1, priority="high"))
    with pytest.raises(TooManyValuesException):
        zenpy.tickets.update([Ticket(id=1)] * 101)


def test_a_lost_page_can_be_asked_for_again(desk: Rig, zenpy: Any) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 4))))
    read = zenpy.tickets.incremental(start_time=ago(days=30), per_page=2)
    seen = [next(read).id, next(read).id]
    desk.control("POST", "faults", [{"fault": "status:500", "path": "incremental"}])
    with pytest.raises(APIException):
        next(read)
    assert [*seen, next(read).id] == [1, 2, 3]
