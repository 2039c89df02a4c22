"""The incremental exports, with the traps that the real ones set."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import AGENT, BEN, NOON, a_clock, a_seed, a_thread, a_ticket, ago, epoch

from connector.sandbox.seed import SeedComment
from connector.sandbox.zendesk.exports import read_cursor, write_cursor

if TYPE_CHECKING:
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


def ids(tickets: list[dict[str, Any]]) -> list[int]:
    return [ticket["id"] for ticket in tickets]


def test_pages_follow_each_other_until_the_end_of_the_stream(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 8))))
    assert ids(desk.exported(per_page=3)) == [1, 2, 3, 4, 5, 6, 7]


def test_tickets_come_in_order_of_their_last_change(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, created_at=ago(hours=1)), a_ticket(id=2), a_thread(id=3)))
    exported = desk.exported()
    assert ids(exported) == [2, 3, 1]
    stamps = [ticket["generated_timestamp"] for ticket in exported]
    assert (
        stamps == sorted(stamps) == [epoch(ago(days=1)), epoch(ago(hours=2)), epoch(ago(hours=1))]
    )


def test_the_cursor_names_the_last_ticket_of_its_page(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    page = desk.get("/incremental/tickets/cursor.json", start_time=0, per_page=1)
    assert base64.b64decode(page["after_cursor"]).decode() == f"{epoch(ago(days=1))}.0||1|"
    assert page["end_of_stream"] is False
    assert page["before_cursor"] is None


def test_a_cursor_survives_writing_and_reading() -> None:
    assert read_cursor(write_cursor(1_695_052_663, 28)) == (1_695_052_663, 28)
    assert write_cursor(1_695_052_663, 28) == "MTY5NTA1MjY2My4wfHwyOHw="


def test_the_next_url_keeps_the_page_size_and_forgets_the_sideloads(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    page = desk.get("/incremental/tickets/cursor.json", start_time=0, per_page=1, include="users")
    assert page["after_url"].startswith(
        f"{desk.url}/api/v2/incremental/tickets/cursor.json?cursor="
    )
    assert "per_page=1" in page["after_url"]
    assert "include" not in page["after_url"]
    assert "start_time" not in page["after_url"]


def test_the_stored_cursor_of_the_last_page_brings_what_changed_since(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    last = desk.get("/incremental/tickets/cursor.json", start_time=0)
    assert last["end_of_stream"] is True
    desk.later(minutes=10)
    desk.act("tickets/1/comments", {"body": "More news."})
    desk.later(minutes=2)
    since = desk.get("/incremental/tickets/cursor.json", cursor=last["after_cursor"])
    assert ids(since["tickets"]) == [1]
    again = desk.get("/incremental/tickets/cursor.json", cursor=since["after_cursor"])
    assert (again["tickets"], again["after_cursor"]) == ([], since["after_cursor"])


def test_the_newest_minute_is_withheld(desk: Rig) -> None:
    desk.fresh(a_seed())
    desk.act("tickets", {"requester": BEN, "subject": "New", "body": "New"})
    desk.later(seconds=59)
    assert desk.exported() == []
    desk.later(seconds=1)
    assert len(desk.exported()) == 1


def test_a_ticket_that_changes_while_one_pages_comes_again(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2), a_ticket(id=3)))
    first = desk.get("/incremental/tickets/cursor.json", start_time=0, per_page=2)
    desk.act("tickets/1/comments", {"body": "More news."})
    desk.later(minutes=2)
    second = desk.get("/incremental/tickets/cursor.json", cursor=first["after_cursor"])
    assert (ids(first["tickets"]), ids(second["tickets"])) == ([1, 2], [3, 1])


def test_updated_at_and_the_export_have_whole_seconds(desk: Rig) -> None:
    desk.fresh(a_seed(), now=NOON + timedelta(microseconds=999_999))
    made = desk.act("tickets", {"requester": BEN, "subject": "New", "body": "New"})["ticket"]
    assert made["updated_at"] == "2026-06-17T12:00:00Z"
    assert made["generated_timestamp"] == epoch(NOON)


def test_the_export_never_runs_backwards_when_the_clock_does(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, created_at=ago(minutes=5))))
    desk.later(minutes=-30)
    desk.act("tickets/1/comments", {"body": "More news."})
    desk.later(minutes=60)
    assert ids(desk.exported()) == [1, 2]
    assert [one["generated_timestamp"] for one in desk.exported()] == [epoch(ago(minutes=5))] * 2


def test_deleted_tickets_are_exported_and_later_scrubbed(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    desk.act("tickets/1/delete")
    desk.later(minutes=2)
    deleted = desk.exported()[-1]
    assert (deleted["id"], deleted["status"]) == (1, "deleted")
    assert deleted["subject"] == "Exports stop half way"
    desk.later(days=30)
    desk.exported()
    desk.later(minutes=2)
    scrubbed = desk.exported()[-1]
    assert (scrubbed["id"], scrubbed["subject"], scrubbed["description"]) == (1, "SCRUBBED", "X")
    assert scrubbed["generated_timestamp"] > deleted["generated_timestamp"]
    assert scrubbed["updated_at"] == deleted["updated_at"]


def test_deleted_tickets_can_be_left_out(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, status="deleted")))
    assert ids(desk.exported(exclude_deleted=True)) == [1]


def test_sideloads_come_beside_and_inside(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1, sla=(a_clock(),)), a_ticket(id=2, requester=BEN)))
    include = "users,organizations,slas,metric_sets,comment_count,last_audits"
    page = desk.get("/incremental/tickets/cursor.json", start_time=0, include=include)
    inside = {ticket["id"]: ticket for ticket in page["tickets"]}
    assert inside[1]["slas"]["policy_metrics"][0]["stage"] == "active"
    assert inside[2]["slas"] == {"policy_metrics": []}
    assert inside[1]["comment_count"] == 4
    assert inside[1]["metric_set"]["ticket_id"] == 1
    assert {one["name"] for one in page["organizations"]} == {"Acme", "Globex"}
    known = {user["id"] for user in page["users"]}
    for ticket in inside.values():
        assert {ticket["requester_id"], ticket["submitter_id"]} <= known


def test_a_breach_by_time_alone_changes_the_clock_and_not_the_ticket(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(),))))
    last = desk.get("/incremental/tickets/cursor.json", start_time=0)
    desk.later(hours=2)
    after = desk.get("/incremental/tickets/cursor.json", cursor=last["after_cursor"])
    assert after["tickets"] == []
    assert desk.ticket(1, include="slas")["slas"]["policy_metrics"][0]["hours"] == -1


@pytest.mark.parametrize(
    "path", ["tickets/cursor", "tickets", "ticket_events", "ticket_metric_events", "organizations"]
)
def test_a_start_within_the_last_minute_is_refused(desk: Rig, path: str) -> None:
    recent = {"start_time": epoch(NOON) - 59}
    refused = desk.call("GET", f"/incremental/{path}.json", params=recent)
    assert refused.status_code == 422
    assert refused.json()["description"].startswith("Too recent start_time")
    missing = desk.call("GET", f"/incremental/{path}.json")
    assert missing.status_code == 400


def test_a_broken_cursor_is_refused(desk: Rig) -> None:
    for cursor in ("%%%", "bm9wZQ==", "fHx8"):
        refused = desk.call("GET", "/incremental/tickets/cursor.json", params={"cursor": cursor})
        assert refused.status_code == 400, cursor


def test_the_time_based_export_gives_ties_together(desk: Rig) -> None:
    at = ago(hours=3)
    tied = [a_ticket(id=number, created_at=at) for number in range(1, 8)]
    desk.fresh(a_seed(*tied, a_ticket(id=8, created_at=at + timedelta(seconds=1))))
    page = desk.get("/incremental/tickets.json", start_time=0, per_page=1)
    assert ids(page["tickets"]) == [1, 2, 3, 4, 5, 6, 7]
    assert (page["count"], page["end_of_stream"]) == (7, False)
    assert page["end_time"] == epoch(at) + 1
    assert f"start_time={page['end_time']}" in page["next_page"]
    last = desk.get("/incremental/tickets.json", start_time=page["end_time"])
    assert ids(last["tickets"]) == [8]
    assert (last["end_of_stream"], last["end_time"]) == (True, epoch(at) + 1)


def test_the_boundary_of_events_repeats(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    every = desk.get("/incremental/ticket_events.json", start_time=0)
    again = desk.get("/incremental/ticket_events.json", start_time=every["end_time"])
    assert [row["id"] for row in again["ticket_events"]] == [every["ticket_events"][-1]["id"]]
    assert again["end_of_stream"] is True


def test_more_than_a_page_within_one_second_repeats_for_ever(desk: Rig) -> None:
    at = ago(hours=3)
    desk.fresh(a_seed(*(a_ticket(created_at=at) for _ in range(1002))))
    page = desk.get("/incremental/ticket_events.json", start_time=epoch(at))
    assert (page["count"], page["end_of_stream"]) == (1000, False)
    assert page["end_time"] == epoch(at)


def test_events_hold_whole_comments_on_demand(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    rows = desk.get("/incremental/ticket_events.json", start_time=0, include="comment_events")
    said = [
        (child["body"], child["public"], child["author_id"])
        for row in rows["ticket_events"]
        for child in row["child_events"]
        if child["event_type"] == "Comment"
    ]
    anna, ada = desk.ticket(1)["requester_id"], desk.ticket(1)["assignee_id"]
    assert said == [
        ("Since this morning every export stops at 50 %.", True, anna),
        ("We are looking into it.", True, ada),
        ("Reproduced.", False, ada),
        ("Any news?", True, anna),
    ]
    first = rows["ticket_events"][0]
    assert (first["ticket_id"], first["event_type"], first["updater_id"]) == (1, "Audit", anna)
    assert first["timestamp"] == epoch(ago(days=1))


def test_events_without_that_only_say_that_there_was_a_comment(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    rows = desk.get("/incremental/ticket_events.json", start_time=0)["ticket_events"]
    comments = [
        child for row in rows for child in row["child_events"] if child["event_type"] == "Comment"
    ]
    assert [child["comment_public"] for child in comments] == [True, True, False, True]
    assert not any("body" in child for child in comments)


def test_events_tell_changes_by_their_own_names(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, type="question")))
    key = desk.field_id("Jira key")
    desk.put(1, priority="high", custom_fields=[{"id": key, "value": "ESC-1"}])
    desk.later(minutes=2)
    rows = desk.get("/incremental/ticket_events.json", start_time=epoch(NOON))["ticket_events"]
    told = [
        {name: child[name] for name in child if name not in {"id", "via", "via_reference_id"}}
        for child in rows[0]["child_events"]
    ]
    assert told == [
        {"event_type": "Change", "priority": "high", "previous_value": None},
        {
            "event_type": "Change",
            "custom_ticket_fields": {str(key): "ESC-1"},
            "previous_value": None,
        },
    ]
    assert rows[0]["via"] == "Web service"


def test_metric_events_tell_a_clocks_life(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(metric="first_reply_time"),))))
    desk.later(minutes=5)
    desk.act("tickets/1/comments", {"by": "agent", "body": "Hello."})
    desk.later(minutes=2)
    rows = desk.get("/incremental/ticket_metric_events.json", start_time=0)["ticket_metric_events"]
    assert [(row["metric"], row["instance_id"], row["type"]) for row in rows] == [
        ("reply_time", 1, "activate"),
        ("reply_time", 1, "apply_sla"),
        ("reply_time", 1, "fulfill"),
    ]
    applied = rows[1]["sla"]
    assert (applied["target"], applied["target_in_seconds"]) == (480, 28_800)
    assert applied["policy"]["title"] == "Support"


def test_a_breach_becomes_a_metric_event_when_its_time_comes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(),))))

    def breaches() -> list[str]:
        rows = desk.get("/incremental/ticket_metric_events.json", start_time=0)
        return [row["time"] for row in rows["ticket_metric_events"] if row["type"] == "breach"]

    assert breaches() == []
    desk.later(minutes=50)
    assert breaches() == breaches() == ["2026-06-17T12:45:00Z"]


def test_organizations_are_exported_by_time(desk: Rig) -> None:
    rows = desk.get("/incremental/organizations.json", start_time=0)
    assert [one["name"] for one in rows["organizations"]] == ["Acme", "Globex"]
    assert rows["end_of_stream"] is True


def test_a_thousand_tickets_are_a_page_and_no_more(desk: Rig) -> None:
    tickets = [a_ticket(created_at=ago(days=2) + timedelta(seconds=n)) for n in range(1001)]
    desk.fresh(a_seed(*tickets))
    page = desk.get("/incremental/tickets/cursor.json", start_time=0, per_page=5000)
    assert (len(page["tickets"]), page["end_of_stream"]) == (1000, False)


def test_later_seeded_tickets_bring_their_past_with_them(desk: Rig) -> None:
    last = desk.get("/incremental/tickets/cursor.json", start_time=0)
    comment = SeedComment(author=AGENT, created_at=ago(hours=3), body="Old.", public=False)
    seed = a_ticket(id=9, comments=(comment,)).model_dump(mode="json")
    assert desk.act("seed", {"tickets": [seed]}) == {"tickets": [9]}
    desk.later(minutes=2)
    page = desk.get("/incremental/tickets/cursor.json", cursor=last["after_cursor"])
    assert ids(page["tickets"]) == [9]
    assert len(desk.get("/tickets/9/comments.json")["comments"]) == 2
