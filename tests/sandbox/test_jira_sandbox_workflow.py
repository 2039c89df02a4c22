from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from jira_rig import NOON

if TYPE_CHECKING:
    from jira_rig import Rig

pytest_plugins = ("jira_fixtures",)


@pytest.fixture
def key(rig: Rig) -> str:
    made: str = rig.create()["key"]
    return made


def names(rig: Rig, key: str) -> list[str]:
    return [one["name"] for one in rig.get(f"/issue/{key}/transitions")["transitions"]]


def go(rig: Rig, key: str, number: Any, **rest: Any) -> int:
    body = {"transition": {"id": number}, **rest}
    return rig.call("POST", f"/issue/{key}/transitions", body).status_code


def fields(rig: Rig, key: str) -> Any:
    return rig.get(f"/issue/{key}")["fields"]


def test_an_issue_goes_through_progress_and_review_to_done_and_back(rig: Rig, key: str) -> None:
    assert names(rig, key) == ["Start progress", "Done", "Resolve as…"]
    assert go(rig, key, "21") == 204
    assert names(rig, key) == ["Ask for review", "Done", "Resolve as…"]
    assert go(rig, key, 31) == 204
    rig.world.clock.advance(timedelta(hours=1))
    assert go(rig, key, "41") == 204
    done = fields(rig, key)
    assert done["status"]["statusCategory"]["key"] == "done"
    assert done["resolution"]["name"] == "Done"
    assert done["resolutiondate"] == done["statuscategorychangedate"] == done["updated"]
    assert names(rig, key) == ["Reopen"]
    assert go(rig, key, "51") == 204
    reopened = fields(rig, key)
    assert reopened["status"]["name"] == "To Do"
    assert (reopened["resolution"], reopened["resolutiondate"]) == (None, None)
    moves = [(one["old"], one["new"]) for one in rig.effects() if one["kind"] == "transition"]
    assert moves[0] == ("To Do", "In Progress")
    assert len(moves) == 4


def test_the_category_date_stands_still_within_a_category(rig: Rig, key: str) -> None:
    go(rig, key, "21")
    before = fields(rig, key)["statuscategorychangedate"]
    rig.world.clock.advance(timedelta(hours=1))
    go(rig, key, "31")
    assert fields(rig, key)["statuscategorychangedate"] == before


def test_a_transition_that_is_not_there_now_is_a_400(rig: Rig, key: str) -> None:
    assert go(rig, key, "31") == 400
    assert go(rig, key, "51") == 400
    assert rig.call("POST", f"/issue/{key}/transitions", {"fields": {}}).status_code == 400
    assert fields(rig, key)["status"]["name"] == "To Do"


def test_an_unknown_transition_is_a_400_on_cloud_and_a_500_on_data_center(
    rig: Rig, key: str
) -> None:
    assert go(rig, key, "999") == (400 if rig.cloud else 500)


def test_a_screen_may_require_a_resolution(rig: Rig, key: str) -> None:
    (shown,) = rig.get(f"/issue/{key}/transitions", transitionId="71", expand="transitions.fields")[
        "transitions"
    ]
    assert shown["hasScreen"] is True
    assert shown["fields"]["resolution"]["required"] is True
    assert "Fixed" in [one["name"] for one in shown["fields"]["resolution"]["allowedValues"]]
    answer = rig.call("POST", f"/issue/{key}/transitions", {"transition": {"id": "71"}})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"resolution": "Resolution is required."}
    assert go(rig, key, "71", fields={"resolution": {"name": "Nope"}}) == 400
    assert go(rig, key, "71", fields={"resolution": {"name": "Won't Do"}}) == 204
    assert fields(rig, key)["resolution"]["name"] == "Won't Do"


def test_any_transition_to_done_can_be_made_to_need_a_resolution(rig: Rig, key: str) -> None:
    rig.control("switches", {"needy_transitions": ["41", "71"]})
    assert go(rig, key, "41") == 400
    assert go(rig, key, "41", fields={"resolution": {"id": "10033"}}) == 204


def test_a_transition_without_a_screen_takes_no_fields(rig: Rig, key: str) -> None:
    assert go(rig, key, "21", fields={"resolution": {"name": "Fixed"}}) == 400
    assert go(rig, key, "41", fields={"summary": "x"}) == 400


def test_a_site_may_lack_transitions_or_the_permission_for_them(rig: Rig, key: str) -> None:
    rig.control("switches", {"closed_transitions": ["41", "71"]})
    assert names(rig, key) == ["Start progress"]
    assert go(rig, key, "41") == 400
    rig.control("switches", {"denied": [["ESC", "TRANSITION_ISSUES"]]})
    assert names(rig, key) == []
    assert go(rig, key, "21") == 403


def test_an_engineers_moves_are_in_the_changelog_under_their_name(cloud: Rig) -> None:
    key = cloud.create()["key"]
    cloud.control(f"issues/{key}/status", {"status": "In Progress"})
    cloud.control(f"issues/{key}/status", {"status": "Done", "resolution": "Fixed"})
    page = cloud.get(f"/issue/{key}/changelog", maxResults=1)
    assert (page["total"], page["isLast"]) == (2, False)
    assert "startAt=1" in page["nextPage"]
    (last,) = cloud.get(f"/issue/{key}/changelog", startAt=1)["values"]
    assert last["author"]["accountId"] == "712020:7ae1"
    assert [(item["fieldId"], item["toString"]) for item in last["items"]] == [
        ("status", "Done"),
        ("resolution", "Fixed"),
    ]
    assert last["items"][0]["to"] == "10022"


def test_changelogs_of_many_issues_are_filtered_paged_and_dated_in_milliseconds(
    cloud: Rig,
) -> None:
    keys = [cloud.create()["key"] for _ in range(2)]
    for key in keys:
        cloud.control(f"issues/{key}/status", {"status": "In Progress"})
        cloud.control(f"issues/{key}/set", {"priority": "High"})
    body = {"issueIdsOrKeys": [*keys, "ESC-99"], "fieldIds": ["status"]}
    answer = cloud.call("POST", "/changelog/bulkfetch", body)
    logs = answer.json()["issueChangeLogs"]
    assert [len(one["changeHistories"]) for one in logs] == [1, 1]
    (history,) = logs[0]["changeHistories"]
    assert history["created"] == int(NOON.timestamp() * 1000)
    assert [item["fieldId"] for item in history["items"]] == ["status"]
    first = cloud.call("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": keys, "maxResults": 3})
    token = first.json()["nextPageToken"]
    more = {"issueIdsOrKeys": keys, "maxResults": 3, "nextPageToken": token}
    rest = cloud.call("POST", "/changelog/bulkfetch", more).json()
    assert [len(one["changeHistories"]) for one in rest["issueChangeLogs"]] == [1]
    assert "nextPageToken" not in rest


@pytest.mark.parametrize(
    "body",
    [
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": ["1"] * 1001},
        {"issueIdsOrKeys": ["1"], "fieldIds": [str(number) for number in range(11)]},
        {"issueIdsOrKeys": ["1"], "nextPageToken": "junk"},
    ],
)
def test_bulk_changelogs_have_their_limits(cloud: Rig, body: dict[str, Any]) -> None:
    assert cloud.call("POST", "/changelog/bulkfetch", body).status_code == 400


def test_our_own_edits_are_in_the_changelog_under_our_name(cloud: Rig) -> None:
    key = cloud.create(labels=["a"])["key"]
    edit = {
        "fields": {"customfield_10050": 3, "description": cloud.text("new")},
        "update": {"labels": [{"add": "b"}]},
    }
    cloud.call("PUT", f"/issue/{key}", edit)
    (history,) = cloud.get(f"/issue/{key}/changelog")["values"]
    assert history["author"]["displayName"] == "Escalation Connector"
    items = {item["field"]: item for item in history["items"]}
    assert (items["labels"]["fromString"], items["labels"]["toString"]) == ("a", "a b")
    assert items["description"]["toString"] == "new"
    assert items["Customers affected"]["fieldtype"] == "custom"
