"""Writes to tickets: what changes, what is told of it, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import AGENT, ANNA, BEN, a_seed, a_thread, a_ticket

from connector.sandbox.seed import SeedComment, SeedGroup

if TYPE_CHECKING:
    import requests
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)


def note(body: str = "Escalated.", *, public: bool = False) -> dict[str, Any]:
    return {"body": body, "public": public}


def problems_of(refused: requests.Response) -> dict[str, str]:
    """The details of a 422, first description by field."""
    assert refused.status_code == 422, refused.text
    assert refused.json()["error"] == "RecordInvalid"
    details = refused.json()["details"]
    return {name: items[0]["description"] for name, items in details.items()}


def test_one_update_carries_everything_in_one_audit(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    key, area = desk.field_id("Jira key"), desk.field_id("Product area")
    answer = desk.put(
        1,
        comment=note(),
        custom_fields=[{"id": key, "value": "ESC-1"}, {"id": area, "value": "checkout"}],
        status="hold",
        priority="urgent",
        metadata={"escalation_effect": "abc"},
    ).json()
    assert answer["ticket"]["status"] == "hold"
    assert answer["ticket"]["priority"] == "urgent"
    assert answer["ticket"]["tags"] == ["checkout", "vip"]
    assert answer["audit"]["metadata"]["custom"] == {"escalation_effect": "abc"}
    told = [(event["type"], event.get("field_name")) for event in answer["audit"]["events"]]
    assert told[0] == ("Comment", None)
    assert {("Change", "status"), ("Change", "priority"), ("Change", str(key))} <= set(told)
    audits = desk.get("/tickets/1/audits.json")["audits"]
    assert audits[-1] == answer["audit"]


def test_fields_that_are_not_named_stay(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, fields={"Jira key": "ESC-1", "Users affected": 3})))
    affected = desk.field_id("Users affected")
    desk.put(1, custom_fields=[{"id": affected, "value": 4}])
    held = {field["id"]: field["value"] for field in desk.ticket(1)["custom_fields"]}
    assert (held[desk.field_id("Jira key")], held[affected]) == ("ESC-1", 4)


def test_an_internal_note_stays_internal(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.put(1, comment=note())
    assert [said["public"] for said in desk.get("/tickets/1/comments.json")["comments"]] == [
        True,
        False,
    ]
    assert not any(effect["kind"] == "mail" for effect in desk.effects())


def test_a_comment_without_public_is_public_where_the_first_one_was(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    answer = desk.put(1, comment={"body": "Oops."}).json()
    assert answer["audit"]["events"][0]["public"] is True
    mailed = [effect["to"] for effect in desk.effects() if effect["kind"] == "mail"]
    assert mailed == [[answer["ticket"]["requester_id"]]]


def test_a_comment_without_public_is_internal_where_the_first_one_was(desk: Rig) -> None:
    inside = {"subject": "Inside", "comment": note("Only for us.")}
    made = desk.call("POST", "/tickets.json", {"ticket": inside}).json()["ticket"]
    assert made["is_public"] is False
    answer = desk.put(made["id"], comment={"body": "Still us."}).json()
    assert answer["audit"]["events"][0]["public"] is False


def test_the_journal_tells_each_thing_that_changed(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    custom = {"escalation_effect": "abc"}
    desk.put(1, comment=note(), tags=["vip", "escalated"], metadata=custom, group_id=None)
    comment, tags = desk.effects()
    assert (comment["kind"], comment["ticket"], comment["public"]) == ("comment", 1, False)
    assert comment["intent"] == tags["intent"] == "abc"
    assert len(comment["body_sha"]) == 20
    assert (tags["kind"], tags["added"], tags["removed"]) == ("tags", ["escalated"], [])


def test_tags_in_an_update_replace_the_set(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip", "bug"))))
    desk.put(1, tags=["Escalated", "two words"])
    assert desk.ticket(1)["tags"] == ["escalated", "two", "words"]


def test_the_tags_call_adds_sets_and_removes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    added = desk.call("PUT", "/tickets/1/tags.json", {"tags": ["escalated"]})
    assert added.json() == {"tags": ["escalated", "vip"]}
    removed = desk.call("DELETE", "/tickets/1/tags.json", {"tags": ["vip", "unknown"]})
    assert removed.json() == {"tags": ["escalated"]}
    replaced = desk.call("POST", "/tickets/1/tags.json", {"tags": ["other"]})
    assert (replaced.status_code, replaced.json()) == (201, {"tags": ["other"]})
    assert desk.get("/tickets/1/tags.json") == {"tags": ["other"]}


def test_adding_what_is_there_changes_nothing(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, tags=("vip",))))
    before = desk.ticket(1)
    desk.later(minutes=5)
    desk.call("PUT", "/tickets/1/tags.json", {"tags": ["vip"]})
    desk.put(1, tags=["vip"], priority=None, status="open")
    assert desk.ticket(1) == before
    assert desk.effects() == []


def test_a_tag_that_a_dropdown_stands_for_empties_it_when_it_goes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, fields={"Product area": "checkout"})))
    desk.call("DELETE", "/tickets/1/tags.json", {"tags": ["checkout"]})
    held = {field["id"]: field["value"] for field in desk.ticket(1)["custom_fields"]}
    assert held[desk.field_id("Product area")] is None
    area = desk.field_id("Product area")
    desk.put(1, custom_fields=[{"id": area, "value": "checkout"}])
    desk.put(1, custom_fields=[{"id": area, "value": "reports"}])
    assert desk.ticket(1)["tags"] == ["reports"]


def test_a_safe_update_passes_with_the_stamp_as_read(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    stamp = desk.ticket(1)["updated_at"]
    done = desk.put(1, comment=note(), safe_update=True, updated_stamp=stamp)
    assert done.status_code == 200


@pytest.mark.parametrize("guard", [True, False, "true"])
def test_a_stale_stamp_is_a_conflict_whatever_safe_update_says(desk: Rig, guard: object) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    stamp = desk.ticket(1)["updated_at"]
    desk.put(1, comment=note("First."), safe_update=guard, updated_stamp=stamp)
    stale = desk.put(1, comment=note("Second."), safe_update=guard, updated_stamp=stamp)
    assert (stale.status_code, stale.json()["error"]) == (409, "UpdateConflict")
    tags = {"tags": ["escalated"], "safe_update": guard, "updated_stamp": stamp}
    assert desk.call("PUT", "/tickets/1/tags.json", tags).status_code == 409
    assert len(desk.get("/tickets/1/comments.json")["comments"]) == 2


def test_a_stamp_is_only_as_fine_as_a_second(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    desk.put(1, comment=note("First."))
    stamp = desk.ticket(1)["updated_at"]
    desk.later(milliseconds=400)
    desk.act("tickets/1/comments", {"body": "In the same second."})
    assert desk.put(1, comment=note(), safe_update=True, updated_stamp=stamp).status_code == 200


def test_a_stamp_without_safe_update_guards_nothing(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.put(1, comment=note(), updated_stamp="2020-01-01T00:00:00Z").status_code == 200


@pytest.mark.parametrize("stamp", [None, "yesterday"])
def test_a_guard_without_a_readable_stamp_refuses(desk: Rig, stamp: str | None) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    refused = desk.put(1, comment=note(), safe_update=True, updated_stamp=stamp)
    assert refused.status_code == 409


def test_a_closed_ticket_accepts_nothing(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="closed")))
    for wish in ({"comment": note()}, {"tags": ["x"]}, {"status": "open"}):
        details = problems_of(desk.put(1, **wish))
        assert "closed prevents ticket update" in details["status"]
    refused = desk.call("PUT", "/tickets/1/tags.json", {"tags": ["x"]})
    assert refused.status_code == 422
    assert desk.effects() == []


def test_closing_by_the_api_is_accepted_and_final(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.put(1, status="closed").status_code == 200
    assert desk.put(1, status="open").status_code == 422


def test_unknown_keys_are_dropped_and_only_a_header_says_so(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    done = desk.put(
        1, id=1, prioritty="high", additional_tags=["x"], comment={**note(), "publik": False}
    )
    assert done.status_code == 200
    assert done.headers["x-zendesk-api-warn"] == (
        '{:allowed_parameters=>{:controller=>"tickets", :action=>"update", :unpermitted_keys=>['
        '"ticket.id", "ticket.prioritty", "ticket.additional_tags", "ticket.comment.publik"], '
        ":invalid_values=>[]}}"
    )
    assert (done.json()["ticket"]["priority"], done.json()["ticket"]["tags"]) == (None, [])
    assert "x-zendesk-api-warn" not in desk.put(1, priority="high").headers


def test_every_wrong_value_is_named(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    affected, area = desk.field_id("Users affected"), desk.field_id("Product area")
    details = problems_of(
        desk.put(
            1,
            comment={"body": "x", "public": False, "author_id": 1},
            status="escalated",
            priority="asap",
            type="bug",
            group_id=1,
            assignee_email="nobody@support.example",
            custom_status_id=1,
            problem_id=99,
            custom_fields=[{"id": affected, "value": "many"}, {"id": area, "value": "kitchen"}],
        )
    )
    assert set(details) == {
        "status", "priority", "type", "group", "assignee", "custom_status_id", "problem_id",
        "author", str(affected), str(area),
    }  # fmt: skip
    assert desk.effects() == []
    assert len(desk.get("/tickets/1/comments.json")["comments"]) == 1


def test_a_field_that_does_not_exist_is_passed_over(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    done = desk.put(1, custom_fields=[{"id": 1, "value": "x"}, {"id": "no", "value": "y"}])
    assert done.status_code == 200
    assert desk.effects() == []


def test_a_comment_has_a_largest_length(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.put(1, comment=note("x" * 65_535)).status_code == 200
    assert "too long" in problems_of(desk.put(1, comment=note("x" * 65_536)))["comment"]


def test_a_ticket_has_a_most_of_comments_and_other_fields_go_on(desk: Rig) -> None:
    at = a_ticket().created_at
    many = tuple(SeedComment(author=ANNA, created_at=at, body="Again.") for _ in range(4999))
    desk.fresh(a_seed(a_ticket(id=1, comments=many)))
    assert "5000" in problems_of(desk.put(1, comment=note()))["comment"]
    assert desk.put(1, priority="high").status_code == 200


def test_an_empty_comment_is_no_comment(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.put(1, comment=note("")).status_code == 200
    assert desk.effects() == []


def test_html_and_another_author_are_kept(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    ada = desk.ticket(1)["assignee_id"]
    comment = {"html_body": "<p>See <b>this</b></p>", "public": False, "author_id": ada}
    said = desk.put(1, comment=comment).json()["audit"]["events"][0]
    assert (said["author_id"], said["html_body"]) == (ada, "<p>See <b>this</b></p>")
    assert said["body"] == "See this"


def test_a_customers_words_by_the_api_reopen_the_ticket(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1, status="pending")))
    anna = desk.ticket(1)["requester_id"]
    desk.put(1, comment={"body": "Still broken.", "author_id": anna, "public": True})
    assert desk.ticket(1)["status"] == "open"


def test_a_status_given_with_a_comment_is_the_last_word(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    by_id = {one["status_category"]: one["id"]
             for one in desk.get("/custom_statuses.json")["custom_statuses"]}  # fmt: skip
    done = desk.put(1, comment=note(), custom_status_id=by_id["pending"]).json()["ticket"]
    assert (done["status"], done["custom_status_id"]) == ("pending", by_id["pending"])


def test_a_new_group_takes_the_ticket_from_an_outsider(desk: Rig) -> None:
    groups = (
        SeedGroup(name="Support", members=(AGENT,)),
        SeedGroup(name="L2 Support", members=("lea@support.example",)),
    )
    desk.fresh(a_seed(a_thread(id=1), groups=groups))
    second = next(one["id"] for one in desk.get("/groups.json")["groups"] if "L2" in one["name"])
    moved = desk.put(1, group_id=second).json()["ticket"]
    assert (moved["group_id"], moved["assignee_id"]) == (second, None)
    assert desk.get("/tickets/1/metrics.json")["ticket_metric"]["group_stations"] == 2


def test_a_new_ticket_that_gets_an_assignee_is_open(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="new")))
    changed = desk.put(1, assignee_email=AGENT).json()["ticket"]
    assert changed["status"] == "open"


def test_solving_a_problem_solves_its_incidents_with_the_same_words(desk: Rig) -> None:
    desk.fresh(
        a_seed(a_ticket(id=1, type="problem"), a_ticket(id=2, type="incident", problem_id=1))
    )
    desk.put(1, status="solved", comment={"body": "Fixed in 3.1.", "public": True})
    assert desk.ticket(2)["status"] == "solved"
    copied = desk.get("/tickets/2/comments.json")["comments"][-1]
    assert (copied["body"], copied["public"]) == ("Fixed in 3.1.", True)


def test_a_created_ticket_comes_back_with_its_audit(desk: Rig) -> None:
    asked = {
        "subject": "From outside",
        "comment": {"body": "Hello"},
        "requester": {"name": "Cleo", "email": "cleo@initech.example"},
        "priority": "high",
        "tags": ["web"],
    }
    answer = desk.call("POST", "/tickets.json", {"ticket": asked})
    ticket = answer.json()["ticket"]
    assert answer.status_code == 201
    assert answer.headers["location"] == ticket["url"]
    assert (ticket["status"], ticket["priority"], ticket["tags"]) == ("new", "high", ["web"])
    assert ticket["generated_timestamp"] == 0
    assert desk.get(f"/users/{ticket['requester_id']}.json")["user"]["name"] == "Cleo"
    assert answer.json()["audit"]["events"][0]["body"] == "Hello"
    again = {"ticket": {"description": "More", "requester": {"email": "cleo@initech.example"}}}
    second = desk.call("POST", "/tickets.json", again).json()["ticket"]
    assert second["requester_id"] == ticket["requester_id"]


def test_a_ticket_without_words_is_refused(desk: Rig) -> None:
    refused = desk.call("POST", "/tickets.json", {"ticket": {"subject": "Silence"}})
    assert "cannot be blank" in problems_of(refused)["base"]


def test_an_idempotency_key_answers_the_same_ticket_again(desk: Rig) -> None:
    body, key = {"ticket": {"description": "Once"}}, {"Idempotency-Key": "k1"}
    first = desk.call("POST", "/tickets.json", body, headers=key)
    again = desk.call("POST", "/tickets.json", body, headers=key)
    assert first.headers["x-idempotency-lookup"] == "miss"
    assert again.headers["x-idempotency-lookup"] == "hit"
    assert again.json() == first.json()
    other = desk.call("POST", "/tickets.json", {"ticket": {"description": "X"}}, headers=key)
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    desk.later(hours=2)
    late = desk.call("POST", "/tickets.json", body, headers=key)
    assert late.json()["ticket"]["id"] != first.json()["ticket"]["id"]


def test_a_follow_up_remembers_its_closed_ticket(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, status="closed")))
    asked = {"description": "Again", "via_followup_source_id": 1}
    made = desk.call("POST", "/tickets.json", {"ticket": asked}).json()["ticket"]
    assert made["via"]["source"]["rel"] == "follow_up"
    assert desk.ticket(1)["followup_ids"] == [made["id"]]


def test_a_deleted_ticket_is_gone(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    assert desk.call("DELETE", "/tickets/1.json").status_code == 204
    assert desk.call("GET", "/tickets/1.json").status_code == 404


def test_a_public_comment_can_be_made_private(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    done = desk.put(1, comment=note(public=True)).json()["audit"]
    comment = done["events"][0]["id"]
    desk.call("PUT", f"/tickets/1/comments/{comment}/make_private.json")
    assert desk.get("/tickets/1/comments.json")["comments"][-1]["public"] is False
    first = desk.get("/tickets/1/audits.json")["audits"][0]["id"]
    desk.call("PUT", f"/tickets/1/audits/{first}/make_private.json")
    assert desk.ticket(1)["is_public"] is False
    assert desk.call("PUT", "/tickets/1/audits/5/make_private.json").status_code == 404


def test_an_update_of_nothing_known_is_not_found(desk: Rig) -> None:
    refused = desk.put(9_223_372_036_854_775_807, subject="test")
    assert (refused.status_code, refused.json()["error"]) == (404, "RecordNotFound")


def test_a_body_that_is_no_json_is_refused(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)))
    for data in (b"{", b"[]", b'{"ticket": 1}', b""):
        answer = desk.session.put(f"{desk.url}/api/v2/tickets/1.json", data=data, timeout=20)
        assert answer.status_code == 400, data


def test_an_update_moves_the_ticket_in_the_export(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1), a_ticket(id=2, requester=BEN)))
    desk.put(1, comment=note())
    desk.later(minutes=2)
    assert [ticket["id"] for ticket in desk.exported()] == [2, 1]


def test_requester_and_assignee_times_follow_who_writes(desk: Rig) -> None:
    desk.fresh(a_seed(a_thread(id=1)))
    desk.later(minutes=5)
    desk.put(1, comment=note())
    desk.later(minutes=5)
    desk.act("tickets/1/comments", {"by": "agent", "author": AGENT, "body": "We are on it."})
    desk.later(minutes=5)
    desk.act("tickets/1/comments", {"body": "Thanks."})
    metrics = desk.get("/tickets/1/metrics.json")["ticket_metric"]
    assert metrics["assignee_updated_at"] == "2026-06-17T12:10:00Z"
    assert metrics["requester_updated_at"] == "2026-06-17T12:15:00Z"
    assert metrics["latest_comment_added_at"] == "2026-06-17T12:15:00Z"
