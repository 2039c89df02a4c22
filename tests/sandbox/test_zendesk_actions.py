"""What people do while the connector looks on: customers, agents, clocks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import AGENT, ANNA, BEN, NOON, a_clock, a_seed, a_thread, a_ticket

if TYPE_CHECKING:
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


def clocks(desk: Rig, ticket_id: int = 1) -> dict[str, tuple[str, str | None]]:
    """Stage and breach time of each clock, by metric."""
    told = desk.ticket(ticket_id, include="slas")["slas"]["policy_metrics"]
    return {one["metric"]: (one["stage"], one.get("breach_at")) for one in told}


def refused(desk: Rig, path: str, body: dict[str, Any]) -> int:
    url = f"{desk.url}/_sandbox/zendesk/{path}"
    return desk.session.post(url, json=body, timeout=20).status_code


def test_a_customer_who_is_new_writes_in(desk: Rig) -> None:
    order = {
        "requester": "cleo@initech.example",
        "organization": "Initech",
        "subject": "Payments are down",
        "body": "Nothing works.",
        "priority": "urgent",
        "tags": ["web"],
        "fields": {"Product area": "checkout"},
        "group": "Support",
        "sla": [{"metric": "first_reply_time", "breach_at": "2026-06-17T13:00:00Z"}],
    }
    made = desk.act("tickets", order)["ticket"]
    ticket = desk.ticket(made["id"], include="users,organizations")
    assert (ticket["status"], ticket["priority"]) == ("new", "urgent")
    assert ticket["tags"] == ["checkout", "web"]
    assert ticket["via"]["channel"] == "email"
    home = desk.get(f"/organizations/{ticket['organization_id']}.json")["organization"]
    assert home["name"] == "Initech"
    assert clocks(desk, made["id"]) == {"first_reply_time": ("active", "2026-06-17T13:00:00Z")}
    assert desk.effects() == []


@pytest.mark.parametrize("status", ["pending", "hold", "solved"])
def test_a_reply_reopens_what_waits_for_the_customer(desk: Rig, status: str) -> None:
    desk.fresh(a_seed(a_thread(id=1, status=status)))
    desk.act("tickets/1/comments", {"body": "Still broken."})
    assert desk.ticket(1)["status"] == "open"
    reopens = desk.get("/tickets/1/metrics.json")["ticket_metric"]["reopens"]
    assert reopens == (1 if status == "solved" else 0)


def test_a_reply_to_a_new_ticket_leaves_it_new(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="new")))
    desk.act("tickets/1/comments", {"body": "One more thing."})
    assert desk.ticket(1)["status"] == "new"


def test_a_reply_to_a_closed_ticket_begins_another(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="closed")))
    follow_up = desk.act("tickets/1/comments", {"body": "It is back."})["ticket"]
    assert follow_up["id"] != 1
    assert follow_up["via"]["source"]["from"]["ticket_id"] == 1
    assert desk.ticket(1)["followup_ids"] == [follow_up["id"]]
    related = desk.get(f"/tickets/{follow_up['id']}/related.json")
    assert related["followup_source_ids"] == ["1"]


def test_an_agent_answers_in_public_or_not(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.act("tickets/1/comments", {"by": "agent", "author": AGENT, "body": "Noted.",
                                    "public": False})  # fmt: skip
    desk.act(
        "tickets/1/comments",
        {"by": "agent", "author": AGENT, "body": "Please try 3.1.", "status": "pending"},
    )
    said = desk.get("/tickets/1/comments.json")["comments"][1:]
    assert [comment["public"] for comment in said] == [False, True]
    assert desk.ticket(1)["status"] == "pending"


def test_another_customer_can_write_to_the_same_ticket(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.act("tickets/1/comments", {"author": BEN, "body": "Same here."})
    said = desk.get("/tickets/1/comments.json", include="users")
    writer = said["comments"][-1]["author_id"]
    assert next(user["email"] for user in said["users"] if user["id"] == writer) == BEN


def test_an_agent_changes_fields(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("old",))))
    desk.act(
        "tickets/1/change",
        {"author": AGENT, "group": "Support", "assignee": AGENT, "priority": "high",
         "type": "problem", "add_tags": ["bug_confirmed"], "remove_tags": ["old"],
         "satisfaction": "bad"},
    )  # fmt: skip
    ticket = desk.ticket(1)
    assert (ticket["priority"], ticket["type"], ticket["tags"]) == (
        "high", "problem", ["bug_confirmed"],
    )  # fmt: skip
    assert ticket["satisfaction_rating"] == {"score": "bad"}
    assert ticket["assignee_id"] is not None


def test_an_agent_solves_closes_and_deletes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.act("tickets/1/solve")["ticket"]["status"] == "solved"
    assert desk.get("/tickets/1/metrics.json")["ticket_metric"]["solved_at"] is not None
    assert desk.act("tickets/1/close")["ticket"]["status"] == "closed"
    assert refused(desk, "tickets/1/solve", {}) == 422
    assert desk.act("tickets/1/delete")["ticket"]["status"] == "deleted"
    assert refused(desk, "tickets/1/delete", {}) == 404


def test_an_agent_merges_two_tickets(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2)))
    desk.act("tickets/2/merge", {"into": 1})
    assert desk.ticket(2)["status"] == "closed"
    assert "Request #2" in desk.get("/tickets/1/comments.json")["comments"][-1]["body"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("tickets", {"subject": "No requester", "body": "x"}),
        ("tickets/1/comments", {"body": "x", "by": "robot"}),
        ("tickets/1/comments", {"body": "x", "unknown": 1}),
        ("tickets/1/sla", {"clocks": [{"metric": 1}]}),
        ("tickets/1/merge", {}),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    desk: Rig, path: str, body: dict[str, Any]
) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert refused(desk, path, body) == 400


# --- SLA clocks


def test_a_public_reply_ends_the_first_clock_and_a_note_does_not(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(metric="first_reply_time"),))))
    desk.put(1, comment={"body": "Note.", "public": False})
    assert clocks(desk)["first_reply_time"][0] == "active"
    desk.act("tickets/1/comments", {"by": "agent", "body": "Hello."})
    assert clocks(desk)["first_reply_time"] == ("achieved", None)


def test_the_customers_next_words_start_the_next_clock(desk: Rig) -> None:
    first = a_clock(metric="first_reply_time", target_minutes=60)
    then = a_clock(metric="next_reply_time", target_minutes=30)
    desk.fresh(a_seed(a_ticket(id=1, sla=(first,)), a_ticket(id=2, sla=(then,))))
    desk.act("tickets/1/comments", {"by": "agent", "body": "Hello."})
    assert "next_reply_time" not in clocks(desk)
    desk.later(minutes=10)
    desk.act("tickets/1/comments", {"body": "And now?"})
    assert clocks(desk)["next_reply_time"] == ("active", "2026-06-17T12:40:00Z")
    desk.later(minutes=5)
    desk.act("tickets/1/comments", {"body": "Hello?"})
    assert clocks(desk)["next_reply_time"] == ("active", "2026-06-17T12:40:00Z")
    desk.act("tickets/1/comments", {"by": "agent", "body": "Soon."})
    assert clocks(desk)["next_reply_time"][0] == "achieved"


def test_pending_stops_the_work_clock_and_open_lets_it_run_on(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(metric="agent_work_time"),))))
    desk.later(minutes=15)
    desk.act("tickets/1/comments", {"by": "agent", "body": "Please try.", "status": "pending"})
    assert clocks(desk)["agent_work_time"] == ("paused", None)
    desk.later(hours=5)
    desk.act("tickets/1/comments", {"body": "No."})
    resumed = NOON + timedelta(hours=5, minutes=45)
    assert clocks(desk)["agent_work_time"] == ("active", f"{resumed:%Y-%m-%dT%H:%M:%SZ}")


def test_an_update_clock_begins_anew_with_each_reply(desk: Rig) -> None:
    clock = a_clock(metric="periodic_update_time", target_minutes=120)
    desk.fresh(a_seed(a_ticket(id=1, sla=(clock,))))
    desk.later(minutes=30)
    desk.act("tickets/1/comments", {"by": "agent", "body": "Still at it."})
    assert clocks(desk)["periodic_update_time"] == ("active", "2026-06-17T14:30:00Z")


def test_solving_ends_every_clock(desk: Rig) -> None:
    both = (a_clock(metric="first_reply_time"), a_clock(metric="total_resolution_time"))
    desk.fresh(a_seed(a_ticket(id=1, sla=both)))
    desk.act("tickets/1/solve")
    assert {stage for stage, _ in clocks(desk).values()} == {"achieved"}


def test_clocks_are_set_without_touching_the_ticket(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, requester=ANNA)))
    before = desk.exported()
    told = desk.act("tickets/1/sla", {"clocks": [{"breach_at": "2026-06-17T12:30:00Z"}]})
    assert told["slas"]["policy_metrics"][0]["minutes"] == 30
    desk.later(minutes=10)
    assert desk.exported() == before
    assert clocks(desk) == {"first_reply_time": ("active", "2026-06-17T12:30:00Z")}
