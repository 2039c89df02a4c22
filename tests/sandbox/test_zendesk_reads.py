"""Reads of tickets and of what is around them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from zendesk_rig import (
    AGENT,
    ANNA,
    BEN,
    NOON,
    a_clock,
    a_seed,
    a_thread,
    a_ticket,
    ago,
)

from connector.sandbox.seed import SeedAttachment, SeedChange, SeedComment, SeedSla

if TYPE_CHECKING:
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


def test_a_ticket_tells_its_sideloads_where_they_belong(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7, sla=(a_clock(),))))
    answer = desk.get(
        "/tickets/7.json", include="users,organizations,slas,metric_sets,comment_count,groups"
    )
    ticket = answer["ticket"]
    assert ticket["comment_count"] == 4
    assert ticket["metric_set"]["replies"] == 1
    assert ticket["slas"]["policy_metrics"][0]["metric"] == "next_reply_time"
    assert {user["email"] for user in answer["users"]} == {ANNA, AGENT}
    assert [one["name"] for one in answer["organizations"]] == ["Acme"]
    assert [one["name"] for one in answer["groups"]] == ["Support"]


def test_a_ticket_without_sideloads_has_none(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7, sla=(a_clock(),))))
    assert not {"slas", "metric_set", "comment_count"} & set(desk.ticket(7))


def test_an_account_may_not_offer_the_sla_sideload(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7, sla=(a_clock(),))), slas_sideload=False)
    assert "slas" not in desk.ticket(7, include="slas")


def test_policy_metrics_are_the_other_way_to_the_clocks(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=7, sla=(a_clock(),)), a_ticket(id=8)))
    [metric] = desk.get("/tickets/7/slas/policy_metrics.json")["policy_metrics"]
    assert metric == {
        "breach_at": "2026-06-17T12:45:00Z",
        "stage": "active",
        "metric": "next_reply_time",
        "minutes": 45,
    }
    assert desk.call("GET", "/tickets/8/slas/policy_metrics").json()["error"] == "RecordNotFound"
    desk.control("POST", "options", {"slas_endpoint": False})
    missing = desk.call("GET", "/tickets/7/slas/policy_metrics")
    assert (missing.status_code, missing.json()["error"]) == (404, "InvalidEndpoint")


@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        pytest.param(
            a_clock(breach_at=NOON - timedelta(hours=5)),
            {"breach_at": "2026-06-17T07:00:00Z", "stage": "active", "hours": -5},
            id="past",
        ),
        pytest.param(
            a_clock(breach_at=NOON + timedelta(days=3, hours=2)),
            {"breach_at": "2026-06-20T14:00:00Z", "stage": "active", "days": 3},
            id="far",
        ),
        pytest.param(
            SeedSla(metric="next_reply_time", breach_at=None, target_minutes=90),
            {"breach_at": None, "stage": "paused", "hours": 1},
            id="paused",
        ),
        pytest.param(a_clock(fulfilled_at=ago(hours=1)), {"stage": "achieved"}, id="achieved"),
    ],
)
def test_a_clock_is_told_in_one_unit(desk: Rig, clock: SeedSla, shown: dict[str, object]) -> None:
    desk.fresh(a_seed(a_ticket(id=7, sla=(clock,))))
    [metric] = desk.ticket(7, include="slas")["slas"]["policy_metrics"]
    assert metric == {"metric": "next_reply_time", **shown}


def test_show_many_passes_over_what_is_not_there(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, status="deleted"), a_ticket(id=3)))
    answer = desk.get("/tickets/show_many.json", ids="3,2,99,1")
    assert [ticket["id"] for ticket in answer["tickets"]] == [3, 1]
    assert (answer["count"], answer["next_page"]) == (2, None)


def test_show_many_takes_a_hundred_ids(desk: Rig) -> None:
    ids = ",".join(str(number) for number in range(1, 102))
    refused = desk.call("GET", "/tickets/show_many.json", params={"ids": ids})
    assert refused.status_code == 400
    assert refused.json()["error"] == "TooManyValues"
    assert refused.json()["max_count"] == 100


def test_a_deleted_ticket_is_not_found(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=2, status="deleted")))
    for path in ("/tickets/2.json", "/tickets/2/comments.json", "/tickets/2/audits.json"):
        answer = desk.call("GET", path)
        assert answer.status_code == 404
        assert answer.json() == {"error": "RecordNotFound", "description": "Not found"}


def test_an_unknown_path_is_no_endpoint(desk: Rig) -> None:
    answer = desk.call("GET", "/tickets/2/metric_events.json")
    assert answer.json() == {"error": "InvalidEndpoint", "description": "Not found"}


def test_comments_come_oldest_first_and_newest_first_on_demand(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7)))
    oldest = desk.get("/tickets/7/comments.json", **{"page[size]": 100})["comments"]
    newest = desk.get("/tickets/7/comments.json", sort="-created_at", **{"page[size]": 100})
    assert [said["public"] for said in oldest] == [True, True, False, True]
    assert [said["id"] for said in newest["comments"]] == [said["id"] for said in oldest[::-1]]


def test_comments_bring_their_authors_on_demand(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7)))
    answer = desk.get("/tickets/7/comments.json", include="users")
    assert {user["name"] for user in answer["users"]} == {"Anna Berg", "Ada Agent"}


def test_a_comment_links_its_attachments(desk: Rig) -> None:
    log = SeedAttachment(name="error.log", content="Traceback")
    desk.fresh(a_seed(a_ticket(id=7, attachments=(log,))))
    [said] = desk.get("/tickets/7/comments.json")["comments"]
    [attached] = said["attachments"]
    assert (attached["file_name"], attached["size"]) == ("error.log", 9)
    assert desk.session.get(attached["content_url"], timeout=20).text == "Traceback"


def test_cursor_pages_say_more_by_meta_and_not_by_the_next_link(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 6))))
    seen, path, more = [], "/tickets.json?page[size]=2", True
    while more:
        page = desk.get(path)
        seen.append([ticket["id"] for ticket in page["tickets"]])
        path = page["links"]["next"].removeprefix(f"{desk.url}/api/v2")
        more = page["meta"]["has_more"]
    assert seen == [[1, 2], [3, 4], [5]]
    assert page["links"]["next"] is not None


def test_a_cursor_holds_while_new_tickets_come_in(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket(id=number) for number in range(1, 5))))
    first = desk.get("/tickets.json", sort="-id", **{"page[size]": 2})
    desk.act("tickets", {"requester": BEN, "subject": "New", "body": "New"})
    after = first["meta"]["after_cursor"]
    second = desk.get("/tickets.json", sort="-id", **{"page[size]": 2, "page[after]": after})
    assert [ticket["id"] for ticket in second["tickets"]] == [2, 1]


def test_offset_pages_end_at_ten_thousand(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(), a_ticket(), a_ticket()))
    page = desk.get("/tickets.json", per_page=2)
    assert (len(page["tickets"]), page["count"], page["previous_page"]) == (2, 3, None)
    assert desk.get(page["next_page"].removeprefix(f"{desk.url}/api/v2"))["next_page"] is None
    refused = desk.call("GET", "/tickets.json", params={"page": 101, "per_page": 100})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "InvalidPaginationDepth"


def test_a_cursor_list_passes_over_sort_by_without_a_word(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, created_at=ago(hours=1)), a_ticket(id=2)))
    mixed = {"page[size]": 2, "sort_by": "created_at", "sort_order": "asc"}
    assert [one["id"] for one in desk.get("/tickets.json", **mixed)["tickets"]] == [1, 2]
    plain = {"sort_by": "created_at", "sort_order": "asc"}
    assert [one["id"] for one in desk.get("/tickets.json", **plain)["tickets"]] == [2, 1]


def test_a_cursor_list_cannot_be_sorted_by_creation(desk: Rig) -> None:
    refused = desk.call("GET", "/tickets.json", params={"page[size]": 2, "sort": "created_at"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "InvalidPaginationParameter"


def test_external_ids_find_every_ticket_that_has_them(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, external_id="X"), a_ticket(id=2, external_id="X"), a_ticket()))
    found = desk.get("/tickets.json", external_id="X")["tickets"]
    assert [ticket["id"] for ticket in found] == [1, 2]


def test_audits_tell_the_past_in_order(desk: Rig) -> None:
    changes = (
        SeedChange(at=ago(hours=21), field="priority", old="low", new="high"),
        SeedChange(at=ago(hours=10), field="group_id", old="Support", new="L2 Support"),
    )
    desk.fresh(a_seed(a_ticket(id=7, priority="high", group="L2 Support", changes=changes)))
    audits = desk.get("/tickets/7/audits.json", **{"page[size]": 100})["audits"]
    created = {
        event["field_name"]: event["value"]
        for event in audits[0]["events"]
        if event["type"] == "Create"
    }
    assert created["priority"] == "low"
    changed = [
        (event["field_name"], event["previous_value"], event["value"])
        for audit in audits[1:]
        for event in audit["events"]
    ]
    groups = {group["name"]: str(group["id"]) for group in desk.get("/groups.json")["groups"]}
    assert changed == [
        ("priority", "low", "high"),
        ("group_id", groups["Support"], groups["L2 Support"]),
    ]


def test_audits_can_be_filtered_by_their_events(desk: Rig) -> None:
    change = SeedChange(at=ago(hours=1), field="priority", old="low", new="high")
    desk.fresh(a_seed(a_ticket(id=7, priority="high", changes=(change,))))
    commented = desk.get("/tickets/7/audits.json", **{"filter_events[]": "Comment"})["audits"]
    assert len(commented) == 1
    assert commented[0]["events"][0]["type"] == "Comment"


def test_metrics_count_stations_replies_and_reopens(desk: Rig) -> None:
    changes = (
        SeedChange(at=ago(hours=21), field="group_id", old="Support", new="L2 Support"),
        SeedChange(at=ago(hours=18), field="status", old="open", new="solved"),
    )
    comments = (
        SeedComment(author=AGENT, created_at=ago(hours=20), body="Please try again."),
        SeedComment(author=ANNA, created_at=ago(hours=2), body="It is still there."),
    )
    ticket = a_ticket(id=7, group="L2 Support", changes=changes, comments=comments)
    desk.fresh(a_seed(ticket))
    metrics = desk.get("/tickets/7/metrics.json")["ticket_metric"]
    assert (metrics["group_stations"], metrics["replies"], metrics["reopens"]) == (2, 1, 1)
    assert metrics["requester_updated_at"] == "2026-06-17T10:00:00Z"
    assert metrics["reply_time_in_minutes"] == {"calendar": 240, "business": 240}
    assert metrics["first_resolution_time_in_minutes"]["calendar"] == 360
    assert metrics["full_resolution_time_in_minutes"]["calendar"] is None
    assert metrics["solved_at"] is None


def test_waiting_time_grows_while_the_ticket_waits(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=7)))

    def waited() -> int:
        metrics = desk.get("/tickets/7/metrics.json")["ticket_metric"]
        minutes: int = metrics["requester_wait_time_in_minutes"]["calendar"]
        return minutes

    before = waited()
    desk.later(hours=1)
    assert waited() == before + 60


def test_all_metrics_are_listed(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=7), a_ticket(id=8)))
    listed = desk.get("/ticket_metrics.json", **{"page[size]": 10})["ticket_metrics"]
    assert [metrics["ticket_id"] for metrics in listed] == [7, 8]


def test_custom_fields_come_for_every_ticket_also_when_empty(desk: Rig) -> None:
    fields = {"Jira key": "ESC-1", "Product area": "checkout"}
    desk.fresh(a_seed(a_ticket(id=7, fields=fields), a_ticket(id=8)))
    ticket = desk.ticket(7)
    by_id = {field["id"]: field["value"] for field in ticket["custom_fields"]}
    assert by_id[desk.field_id("Jira key")] == "ESC-1"
    assert by_id[desk.field_id("Users affected")] is None
    assert ticket["fields"] == ticket["custom_fields"]
    assert ticket["tags"] == ["checkout"]
    assert {field["value"] for field in desk.ticket(8)["custom_fields"]} == {None}


def test_organizations_carry_their_fields(desk: Rig) -> None:
    every = desk.get("/organizations.json")["organizations"]
    acme = next(one for one in every if one["name"] == "Acme")
    assert acme["organization_fields"] == {
        "arr": 250_000.0,
        "tier": "enterprise",
        "renewal_date": "2026-06-17T00:00:00+00:00",
        "reference_customer": True,
    }
    assert acme["tags"] == ["enterprise"]
    many = desk.get("/organizations/show_many.json", ids=acme["id"])["organizations"]
    assert many == [desk.get(f"/organizations/{acme['id']}.json")["organization"]] == [acme]


def test_users_are_shown_one_by_one_and_many(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=7)))
    anna = desk.ticket(7)["requester_id"]
    [shown] = desk.get("/users/show_many.json", ids=f"{anna},1")["users"]
    assert shown == desk.get(f"/users/{anna}.json")["user"]
    assert (shown["email"], shown["role"]) == (ANNA, "end-user")
    staff = desk.get("/users.json", **{"role[]": "agent"})["users"]
    assert AGENT in {user["email"] for user in staff}


@pytest.mark.parametrize("path", ["/users/1.json", "/organizations/1.json", "/tickets/1.json"])
def test_an_unknown_id_is_not_found(desk: Rig, path: str) -> None:
    assert desk.call("GET", path).json()["error"] == "RecordNotFound"


def test_fields_statuses_groups_and_policies_are_listed(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(sla=(a_clock(policy="Gold", target_minutes=60),))))
    fields = {one["title"]: one for one in desk.get("/ticket_fields.json")["ticket_fields"]}
    assert {"Subject", "Status", "Jira key", "Product area"} <= set(fields)
    values = [option["value"] for option in fields["Product area"]["custom_field_options"]]
    assert values == ["checkout", "reports"]
    keys = [one["key"] for one in desk.get("/organization_fields.json")["organization_fields"]]
    assert keys == ["arr", "tier", "renewal_date", "reference_customer"]
    statuses = desk.get("/custom_statuses.json")["custom_statuses"]
    categories = [one["status_category"] for one in statuses]
    assert categories == ["new", "open", "pending", "hold", "solved"]
    groups = [group["name"] for group in desk.get("/groups.json")["groups"]]
    assert groups == ["Support", "L2 Support"]
    [policy] = desk.get("/slas/policies.json")["sla_policies"]
    assert policy["title"] == "Gold"
    assert {one["target"] for one in policy["policy_metrics"]} == {60}


def test_a_problem_tells_its_incidents(desk: Rig) -> None:
    desk.fresh(
        a_seed(a_ticket(id=1, type="problem"), a_ticket(id=2, type="incident", problem_id=1))
    )
    assert [one["id"] for one in desk.get("/tickets/1/incidents.json")["tickets"]] == [2]
    assert [one["id"] for one in desk.get("/problems.json")["tickets"]] == [1]
    assert desk.get("/tickets/1/related.json")["incidents"] == 1
    assert desk.ticket(1)["has_incidents"] is True


def test_a_person_can_look_at_a_ticket_in_a_browser(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=7, tags=("<script>",))))
    page = desk.session.get(f"{desk.url}/agent/tickets/7", timeout=20)
    assert page.headers["content-type"].startswith("text/html")
    assert "Reproduced." in page.text
    assert "<script>" not in page.text
    assert desk.session.get(f"{desk.url}/agent/tickets/8", timeout=20).status_code == 404
    assert desk.session.get(f"{desk.url}/attachments/token/x/", timeout=20).status_code == 404


def test_the_count_counts_what_lives(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(), a_ticket(status="closed"), a_ticket(status="deleted")))
    assert desk.get("/tickets/count.json")["count"]["value"] == 2
