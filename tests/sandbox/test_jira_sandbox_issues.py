from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from jira_rig import DOCUMENT

if TYPE_CHECKING:
    from jira_rig import Json, Rig

pytest_plugins = ("jira_fixtures",)

UNKNOWN = "It is not on the appropriate screen, or unknown."
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


def refused(rig: Rig, **fields: Any) -> Json:
    """The errors of a create with these fields changed; None leaves a field out."""
    draft = {key: value for key, value in rig.draft(**fields).items() if value is not None}
    answer = rig.call("POST", "/issue", {"fields": draft})
    assert answer.status_code == 400, answer.text
    assert rig.effects() == []
    errors: Json = answer.json()
    return errors


# --- creating


def test_a_created_issue_answers_with_id_key_and_self_and_is_journaled(rig: Rig) -> None:
    made = rig.create(labels=["zdesc-1", "escalation"])
    assert made == {
        "id": made["id"],
        "key": "ESC-1",
        "self": f"{rig.url}/rest/api/{rig.version}/issue/{made['id']}",
    }
    (effect,) = rig.effects()
    assert effect["kind"] == "create"
    assert (effect["issue"], effect["key"]) == (made["id"], "ESC-1")
    assert effect["labels"] == ["zdesc-1", "escalation"]


def test_properties_come_into_being_with_the_issue(rig: Rig) -> None:
    value = {"v": 1, "id": "h", "tickets": [1, 2]}
    made = rig.create(properties=[{"key": "acme.escalation", "value": value}])
    shown = rig.get(f"/issue/{made['key']}", fields="labels", properties="acme.escalation,other")
    assert shown["properties"] == {"acme.escalation": value}
    assert rig.effects()[0]["properties"] == ["acme.escalation"]


def test_a_refused_property_creates_no_issue(rig: Rig) -> None:
    for bad in ({"key": "k", "value": ""}, {"key": "k" * 256, "value": 1}, {"key": "k"}):
        answer = rig.call("POST", "/issue", {"fields": rig.draft(), "properties": [bad]})
        assert answer.status_code == 400
    too_big = [{"key": "k", "value": "x" * 32_768}]
    assert (
        rig.call("POST", "/issue", {"fields": rig.draft(), "properties": too_big}).status_code
        == 400
    )
    assert rig.control("issues")["issues"] == []


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        ("x" * 256, "255"),
        ("two\nlines", "The summary is invalid because it contains newline characters."),
        ("  ", "You must specify a summary of the issue."),
        (None, "You must specify a summary of the issue."),
        (["list"], "Operation value must be a string"),
    ],
)
def test_a_summary_is_one_filled_line_of_at_most_255(rig: Rig, summary: Any, message: str) -> None:
    assert message in refused(rig, summary=summary)["errors"]["summary"]


def test_a_summary_of_255_characters_is_taken(rig: Rig) -> None:
    made = rig.create(summary="x" * 255)
    assert len(rig.get(f"/issue/{made['key']}")["fields"]["summary"]) == 255


@pytest.mark.parametrize("label", ["a b", "a\tb", "", "x" * 256, 7])
def test_a_label_without_blanks_and_not_too_long_or_none(rig: Rig, label: Any) -> None:
    assert refused(rig, labels=["fine", label])["errors"].keys() == {"labels"}


def test_labels_must_be_a_list(rig: Rig) -> None:
    assert refused(rig, labels="zdesc-1")["errors"]["labels"] == "data was not an array"


@pytest.mark.parametrize("field", ["storypoints", "customfield_99999", "resolution", "status"])
def test_a_field_that_is_unknown_or_on_no_screen_cannot_be_set(rig: Rig, field: str) -> None:
    error = refused(rig, **{field: "x"})["errors"][field]
    assert error == f"Field '{field}' cannot be set. {UNKNOWN}"


def test_a_field_taken_off_the_screen_cannot_be_set_any_more(rig: Rig) -> None:
    rig.control("switches", {"off_screen": [["ESC", "labels"]], "required": [["ESC", "duedate"]]})
    errors = refused(rig, labels=["a"])["errors"]
    assert errors == {
        "labels": f"Field 'labels' cannot be set. {UNKNOWN}",
        "duedate": "Due date is required.",
    }


def test_every_wrong_field_is_named_at_once(rig: Rig) -> None:
    errors = refused(rig, summary="a\nb", labels=["a b"], nonsense=1, priority={"id": "77"})
    assert set(errors["errors"]) == {"summary", "labels", "nonsense", "priority"}


@pytest.mark.parametrize("project", [None, {"key": "NOPE"}, "ESC", {}])
def test_an_unknown_project_is_refused(rig: Rig, project: Any) -> None:
    assert refused(rig, project=project)["errors"].keys() == {"project"}


@pytest.mark.parametrize(
    ("project", "issuetype"), [("ESC", "Epic"), ("LEAD", "Bug"), ("PROD", "Bug")]
)
def test_an_issue_type_that_the_project_lacks_is_refused(
    rig: Rig, project: str, issuetype: str
) -> None:
    errors = refused(rig, project={"key": project}, issuetype={"name": issuetype})
    assert errors["errors"].keys() == {"issuetype"}


def test_priorities_are_named_by_id_or_by_the_sites_own_name(rig: Rig) -> None:
    rig.control("switches", {"priorities": ["Blocker", "Normal"]})
    assert refused(rig, priority={"name": "Highest"})["errors"] == {
        "priority": "The priority selected is invalid."
    }
    by_name = rig.create(priority={"name": "Blocker"})
    by_id = rig.create(priority={"id": "2"})
    shown = [
        rig.get(f"/issue/{one['key']}", fields="priority")["fields"]["priority"]["name"]
        for one in (by_name, by_id)
    ]
    assert shown == ["Blocker", "Normal"]


def test_only_a_project_with_security_levels_takes_one(rig: Rig) -> None:
    level: Json = {"security": {"id": "10301"}}
    assert UNKNOWN in refused(rig, **level)["errors"]["security"]
    place: Json = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}}
    assert "invalid" in refused(rig, **place, security={"id": "10999"})["errors"]["security"]
    made = rig.create(**place, **level)
    shown = rig.get(f"/issue/{made['key']}", fields="security")["fields"]["security"]
    assert shown["name"] == "Security team"
    assert rig.effects()[-1]["security"] == "10301"


def test_an_issue_can_be_created_behind_a_level_that_hides_it_from_us(rig: Rig) -> None:
    place: Json = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}}
    made = rig.create(**place, security={"name": "Board"})
    assert rig.call("GET", f"/issue/{made['key']}").status_code == 404
    assert rig.keys("project = SEC") == []
    assert rig.control("issues")["issues"][0]["security"] == "Board"


def test_a_site_may_drop_the_security_level_without_a_word(rig: Rig) -> None:
    rig.control("switches", {"drops_security": True})
    made = rig.create(project={"key": "SEC"}, issuetype={"name": "Task"}, security={"id": "10301"})
    assert rig.get(f"/issue/{made['key']}")["fields"]["security"] is None


def test_people_are_account_ids_on_cloud_and_names_on_data_center(cloud: Rig) -> None:
    made = cloud.create(assignee={"accountId": "712020:7ae1"})
    shown = cloud.get(f"/issue/{made['key']}")["fields"]["assignee"]
    assert shown["displayName"] == "Priya Raman"
    errors = {"assignee": "Specify a valid value for assignee"}
    answer = cloud.call("POST", "/issue", {"fields": cloud.draft(assignee={"name": "engineer"})})
    assert answer.json()["errors"] == errors


def test_people_are_names_on_data_center(datacenter: Rig) -> None:
    made = datacenter.create(assignee={"name": "engineer"})
    assert datacenter.get(f"/issue/{made['key']}")["fields"]["assignee"]["name"] == "engineer"
    assert "does not exist" in refused_by_account_id(datacenter)["errors"]["assignee"]


def refused_by_account_id(rig: Rig) -> Json:
    answer = rig.call(
        "POST", "/issue", {"fields": rig.draft(assignee={"accountId": "712020:7ae1"})}
    )
    assert answer.status_code == 400
    errors: Json = answer.json()
    return errors


def test_custom_fields_hold_numbers_options_text_and_documents(rig: Rig) -> None:
    made = rig.create(
        customfield_10050=4,
        customfield_10051=120_000.5,
        customfield_10052={"value": "Critical"},
        customfield_10053="1, 2",
        customfield_10054=rig.text("Nobody can bill."),
        components=[{"name": "Exports"}],
        duedate="2026-06-20",
        environment=rig.text("4.2.1"),
    )
    shown = rig.get(f"/issue/{made['key']}")["fields"]
    assert (shown["customfield_10050"], shown["customfield_10051"]) == (4.0, 120_000.5)
    assert shown["customfield_10052"]["value"] == "Critical"
    assert shown["customfield_10054"] == rig.text("Nobody can bill.")
    assert [one["name"] for one in shown["components"]] == ["Exports"]
    assert shown["duedate"] == "2026-06-20"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customfield_10050", "4"),
        ("customfield_10050", True),
        ("customfield_10052", {"value": "Worst"}),
        ("customfield_10053", 7),
        ("customfield_10053", "x" * 256),
        ("components", [{"name": "Nope"}]),
        ("components", {"name": "Exports"}),
        ("duedate", "20.06.2026"),
        ("duedate", 7),
        ("assignee", "engineer"),
        ("priority", "High"),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused_by_field(rig: Rig, field: str, value: Any) -> None:
    assert refused(rig, **{field: value})["errors"].keys() == {field}


def test_unknown_keys_beside_the_fields_are_an_invalid_payload(rig: Rig) -> None:
    bodies: list[Any] = [{"fields": rig.draft(), "extra": 1}, {"fields": []}, ["fields"], "a", None]
    for body in bodies:
        answer = rig.call("POST", "/issue", body)
        assert answer.status_code == 400
        assert "Invalid request payload" in answer.text
    garbage = rig.call("POST", "/issue", data=b'{"fields": ')
    assert garbage.status_code == 400
    assert rig.effects() == []


# --- rich text


def test_v3_wants_a_document_and_refuses_a_string(cloud: Rig) -> None:
    errors = refused(cloud, description="plain text")["errors"]
    assert errors["description"].startswith("Operation value must be an Atlassian Document")


def test_v2_wants_a_string_and_refuses_a_document(rig: Rig) -> None:
    answer = rig.call("POST", "/issue", {"fields": rig.draft(description=DOCUMENT)}, version="2")
    assert answer.status_code == 400
    assert answer.json()["errors"]["description"] == "Operation value must be a string"


def test_a_malformed_document_is_refused_vaguely_but_the_sandbox_gives_a_hint(cloud: Rig) -> None:
    broken = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "colour": "red"}]}
    answer = cloud.call("POST", "/issue", {"fields": cloud.draft(description=broken)})
    assert answer.json() == {"errorMessages": ["INVALID_INPUT"], "errors": {}}
    assert "colour" in answer.headers["X-Sandbox-Hint"]


def test_text_over_the_limit_is_refused(rig: Rig) -> None:
    assert refused(rig, description=rig.text("x" * 32_768))["errors"]["description"] == TOO_LONG
    rig.create(description=rig.text("x" * 32_000))


def test_what_counts_on_cloud_is_the_whole_document(cloud: Rig) -> None:
    many = [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}] * 600
    document = {"type": "doc", "version": 1, "content": many}
    assert refused(cloud, description=document)["errors"]["description"] == TOO_LONG


def test_what_v2_wrote_on_cloud_v3_shows_as_a_document(cloud: Rig) -> None:
    body = {"fields": cloud.draft(description="first\nsecond")}
    key = cloud.call("POST", "/issue", body, version="2").json()["key"]
    shown = cloud.get(f"/issue/{key}")["fields"]["description"]
    assert [one["content"][0]["text"] for one in shown["content"]] == ["first", "second"]
    assert cloud.get(f"/issue/{key}", version="2")["fields"]["description"] == "first\nsecond"


def test_an_old_database_fails_on_four_byte_characters_and_stores_nothing(datacenter: Rig) -> None:
    datacenter.control("switches", {"refuses_four_bytes": True})
    draft = datacenter.draft(description="it broke \U0001f525")
    assert datacenter.call("POST", "/issue", {"fields": draft}).status_code == 500
    assert datacenter.control("issues")["issues"] == []
    made = datacenter.create(description="it broke ☹")
    comment = f"/issue/{made['key']}/comment"
    assert datacenter.call("POST", comment, {"body": "\U0001f525"}).status_code == 500
    assert datacenter.get(comment)["total"] == 0


# --- reading


def test_an_issue_is_read_by_id_and_by_key_in_any_case(rig: Rig) -> None:
    made = rig.create()
    for ref in (made["id"], "ESC-1", "esc-1"):
        assert rig.get(f"/issue/{ref}")["id"] == made["id"]


def test_only_the_fields_asked_for_are_answered(rig: Rig) -> None:
    key = rig.create()["key"]
    assert set(rig.get(f"/issue/{key}", fields="labels,status")["fields"]) == {"labels", "status"}
    everything = set(rig.get(f"/issue/{key}")["fields"])
    assert {"comment", "issuelinks", "summary", "resolution"} <= everything
    assert set(rig.get(f"/issue/{key}", fields="*all,-comment")["fields"]) == everything - {
        "comment"
    }
    assert "comment" not in rig.get(f"/issue/{key}", fields="*navigable")["fields"]


def test_a_missing_deleted_or_hidden_issue_is_the_same_404(rig: Rig) -> None:
    hidden, deleted = rig.create(), rig.create()
    rig.control(f"issues/{hidden['key']}/hide", {"hidden": True})
    rig.control(f"issues/{deleted['key']}/delete", {})
    for key in ("ESC-99", hidden["key"], deleted["key"]):
        answer = rig.call("GET", f"/issue/{key}")
        assert answer.status_code == 404
        assert answer.json()["errorMessages"] == [
            "Issue does not exist or you do not have permission to see it."
        ]
    assert rig.keys("project = ESC") == []
    rig.control(f"issues/{hidden['key']}/hide", {"hidden": False})
    assert rig.get(f"/issue/{hidden['key']}")["key"] == hidden["key"]


def test_a_moved_issue_answers_under_its_old_key_with_the_new_one(rig: Rig) -> None:
    made = rig.create(labels=["zdesc-1"])
    new = rig.control(f"issues/{made['key']}/move", {"project": "PROD"})["key"]
    assert new == "PROD-1"
    assert rig.get("/issue/ESC-1")["key"] == "PROD-1"
    assert rig.get(f"/issue/{made['id']}", fields="project")["fields"]["project"]["key"] == "PROD"
    assert rig.keys("project = ESC") == []
    assert rig.keys('project = PROD and labels = "zdesc-1"') == ["PROD-1"]
    assert rig.create()["key"] == "ESC-2"


def test_the_changelog_comes_with_the_issue_when_asked_for(rig: Rig) -> None:
    key = rig.create()["key"]
    for status in ("In Progress", "Done"):
        rig.control(f"issues/{key}/status", {"status": status})
    histories = rig.get(f"/issue/{key}", expand="changelog")["changelog"]["histories"]
    names = [history["items"][0]["toString"] for history in histories]
    assert names == (["Done", "In Progress"] if rig.cloud else ["In Progress", "Done"])
    assert "changelog" not in rig.get(f"/issue/{key}")


# --- editing


def test_an_edit_sets_fields_adds_and_removes_labels_and_sets_properties(rig: Rig) -> None:
    key = rig.create(labels=["a", "b"])["key"]
    body = {
        "fields": {"summary": "New"},
        "update": {"labels": [{"add": "c"}, {"remove": "a"}, {"add": "b"}]},
        "properties": [{"key": "acme.escalation", "value": [1]}],
    }
    rig.world.clock.advance(timedelta(minutes=1))
    answer = rig.call("PUT", f"/issue/{key}", body)
    assert (answer.status_code, answer.content) == (204, b"")
    shown = rig.get(f"/issue/{key}", properties="acme.escalation")
    assert shown["fields"]["summary"] == "New"
    assert shown["fields"]["labels"] == ["b", "c"]
    assert shown["properties"] == {"acme.escalation": [1]}
    assert rig.effects()[-1] == {
        "kind": "update",
        "issue": shown["id"],
        "fields": ["labels", "summary"],
        "labels_added": ["c"],
        "labels_removed": ["a"],
        "properties": ["acme.escalation"],
    }


def test_an_edit_repeated_changes_nothing_the_second_time(rig: Rig) -> None:
    key = rig.create()["key"]
    body = {"update": {"labels": [{"add": "zd-1"}]}}
    rig.call("PUT", f"/issue/{key}", body)
    before = rig.get(f"/issue/{key}")["fields"]["updated"]
    rig.world.clock.advance(timedelta(minutes=1))
    assert rig.call("PUT", f"/issue/{key}", body).status_code == 204
    after = rig.get(f"/issue/{key}")["fields"]
    assert (after["labels"], after["updated"]) == (["zd-1"], before)
    assert rig.effects()[-1]["fields"] == []


def test_a_field_in_both_fields_and_update_is_refused(rig: Rig) -> None:
    key = rig.create()["key"]
    body = {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}
    answer = rig.call("PUT", f"/issue/{key}", body)
    assert answer.status_code == 400
    assert "both" in answer.json()["errors"]["labels"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"update": {"labels": {"add": "a"}}},
        {"update": {"labels": [{"append": "a"}]}},
        {"update": {"labels": [{"add": "a b"}]}},
        {"update": {"summary": [{"add": "a"}]}},
        {"fields": {"summary": None}},
        {"fields": {"project": {"key": "PROD"}}},
        {"fields": {"status": {"name": "Done"}}},
        {"fields": {"labels": ["ok"]}, "surprise": 1},
    ],
)
def test_a_wrong_edit_is_refused_as_a_whole(rig: Rig, body: Json) -> None:
    key = rig.create(labels=["old"])["key"]
    assert rig.call("PUT", f"/issue/{key}", body).status_code == 400
    assert rig.get(f"/issue/{key}")["fields"]["labels"] == ["old"]
    assert [one["kind"] for one in rig.effects()] == ["create"]


def test_an_edit_can_answer_with_the_issue_on_cloud(cloud: Rig) -> None:
    key = cloud.create()["key"]
    body = {"fields": {"summary": "New"}}
    answer = cloud.call("PUT", f"/issue/{key}", body, returnIssue="true")
    assert (answer.status_code, answer.json()["fields"]["summary"]) == (200, "New")


def test_our_account_may_not_delete_issues(rig: Rig) -> None:
    key = rig.create()["key"]
    assert rig.call("DELETE", f"/issue/{key}").status_code == 403
    assert rig.get(f"/issue/{key}")["key"] == key


# --- many at once


def test_bulk_create_answers_201_when_any_was_made_and_numbers_the_failed(rig: Rig) -> None:
    good, bad = {"fields": rig.draft()}, {"fields": rig.draft(labels=["a b"])}
    answer = rig.call("POST", "/issue/bulk", {"issueUpdates": [good, bad, good]})
    assert answer.status_code == 201
    assert [one["key"] for one in answer.json()["issues"]] == ["ESC-1", "ESC-2"]
    (failed,) = answer.json()["errors"]
    assert failed["failedElementNumber"] == 1
    assert "labels" in failed["elementErrors"]["errors"]


def test_bulk_create_answers_400_in_the_same_shape_when_none_was_made(datacenter: Rig) -> None:
    bad = {"fields": datacenter.draft(labels=["a b"])}
    answer = datacenter.call("POST", "/issue/bulk", {"issueUpdates": [bad, bad]})
    assert answer.status_code == 400
    assert [one["failedElementNumber"] for one in answer.json()["errors"]] == [0, 1]


def test_bulk_create_takes_at_most_fifty(rig: Rig) -> None:
    body = {"issueUpdates": [{"fields": rig.draft()}] * 51}
    answer = rig.call("POST", "/issue/bulk", body)
    assert answer.status_code == 400
    assert "issues" not in answer.json()
    assert rig.effects() == []


def test_bulk_fetch_leaves_unknown_and_invisible_issues_out_of_both_lists(cloud: Rig) -> None:
    first, hidden, second = cloud.create(), cloud.create(), cloud.create()
    cloud.control(f"issues/{hidden['key']}/hide", {"hidden": True})
    refs = [second["key"], "ESC-99", hidden["id"], first["id"], first["key"]]
    body = {"issueIdsOrKeys": refs, "fields": ["status", "labels"]}
    answer = cloud.call("POST", "/issue/bulkfetch", body).json()
    assert [one["id"] for one in answer["issues"]] == [first["id"], second["id"]]
    assert answer["issueErrors"] == []
    assert set(answer["issues"][0]["fields"]) == {"status", "labels"}


@pytest.mark.parametrize(
    "body",
    [
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": ["1"] * 101},
        {"issueIdsOrKeys": ["1"], "properties": list("abcdef")},
        {"issueIdsOrKeys": [10501]},
        {},
    ],
)
def test_bulk_fetch_has_its_limits(cloud: Rig, body: Json) -> None:
    assert cloud.call("POST", "/issue/bulkfetch", body).status_code == 400


def test_data_center_has_no_bulk_fetch(datacenter: Rig) -> None:
    body = {"issueIdsOrKeys": ["ESC-1"]}
    assert datacenter.call("POST", "/issue/bulkfetch", body).status_code == 404
