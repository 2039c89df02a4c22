from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connector.sandbox.world import Options

if TYPE_CHECKING:
    from jira_rig import Json, Rig

pytest_plugins = ("jira_fixtures",)


def lagging(rig: Rig, seconds: float, *, fresh_keys: bool = True) -> None:
    options = rig.world.options.model_dump()
    rig.world.options = Options.model_validate(
        {**options, "search_lag": seconds, "fresh_keys": fresh_keys}
    )


def later(rig: Rig, seconds: float) -> None:
    rig.world.clock.advance(timedelta(seconds=seconds))


# --- Cloud


def test_by_default_a_search_answers_ids_and_nothing_else(cloud: Rig) -> None:
    made = cloud.create()
    answer = cloud.get("/search/jql", jql="project = ESC")
    assert answer == {"issues": [{"id": made["id"]}], "isLast": True}


def test_pages_follow_each_other_by_token_until_the_last(cloud: Rig) -> None:
    for _ in range(5):
        cloud.create()
    seen: list[str] = []
    params: dict[str, Any] = {"jql": "project = ESC ORDER BY key", "fields": "key", "maxResults": 2}
    pages = 0
    while True:
        answer = cloud.get("/search/jql", **params)
        seen += [one["key"] for one in answer["issues"]]
        pages += 1
        assert answer["isLast"] is ("nextPageToken" not in answer)
        assert "total" not in answer
        if answer["isLast"]:
            break
        params["nextPageToken"] = answer["nextPageToken"]
    assert (pages, seen) == (3, ["ESC-1", "ESC-2", "ESC-3", "ESC-4", "ESC-5"])


def test_a_page_is_not_shifted_by_an_issue_that_changes_meanwhile(cloud: Rig) -> None:
    for _ in range(3):
        cloud.create()
        later(cloud, 60)
    jql = "project = ESC ORDER BY updated ASC"
    first = cloud.get("/search/jql", jql=jql, fields="key", maxResults=1)
    cloud.control("issues/ESC-1/comment", {"text": "moves me to the end"})
    token = first["nextPageToken"]
    rest = cloud.get("/search/jql", jql=jql, fields="key", nextPageToken=token)
    assert [one["key"] for one in rest["issues"]] == ["ESC-2", "ESC-3"]


def test_a_token_is_good_for_its_query_and_for_seven_days(cloud: Rig) -> None:
    for _ in range(2):
        cloud.create()
    token = cloud.get("/search/jql", jql="project = ESC", maxResults=1)["nextPageToken"]
    other = cloud.call("GET", "/search/jql", jql="project = PROD", nextPageToken=token)
    assert other.status_code == 400
    later(cloud, 7 * 86_400 + 1)
    old = cloud.call("GET", "/search/jql", jql="project = ESC", nextPageToken=token)
    assert old.status_code == 400


def test_a_page_holds_at_most_a_hundred_issues_when_fields_are_asked_for(cloud: Rig) -> None:
    for _ in range(3):
        updates = {"issueUpdates": [{"fields": cloud.draft()}] * 40}
        assert cloud.call("POST", "/issue/bulk", updates).status_code == 201
    full = cloud.get("/search/jql", jql="project = ESC", fields="status", maxResults=500)
    bare = cloud.get("/search/jql", jql="project = ESC", fields="id,key", maxResults=500)
    assert (len(full["issues"]), len(bare["issues"])) == (100, 120)
    assert full["isLast"] is False


@pytest.mark.parametrize("jql", ["", "ORDER BY created", "  order by key desc "])
def test_a_query_without_a_restriction_is_refused(cloud: Rig, jql: str) -> None:
    answer = cloud.call("GET", "/search/jql", jql=jql)
    assert answer.status_code == 400
    assert "Unbounded JQL" in answer.json()["errorMessages"][0]


def test_a_query_sorts_by_at_most_seven_fields(cloud: Rig) -> None:
    fields = ["key", "created", "updated", "priority", "status", "id", "summary", "project"]
    seven, eight = (f"project = ESC ORDER BY {', '.join(fields[:n])}" for n in (7, 8))
    assert cloud.call("GET", "/search/jql", jql=seven).status_code == 200
    assert cloud.call("GET", "/search/jql", jql=eight).status_code == 400


def test_at_most_five_properties_and_fifty_reconciled_issues(cloud: Rig) -> None:
    made = cloud.create(properties=[{"key": "a", "value": 1}, {"key": "b", "value": 2}])
    found = cloud.search("project = ESC", properties="a,c", reconcileIssues=made["id"])
    assert found[0]["properties"] == {"a": 1}
    for params in ({"properties": "a,b,c,d,e,f"}, {"reconcileIssues": ["1"] * 51}):
        answer = cloud.call("GET", "/search/jql", jql="project = ESC", **params)
        assert answer.status_code == 400


def test_search_by_post_takes_lists_and_refuses_the_clients_nulls(cloud: Rig) -> None:
    made = cloud.create(labels=["a"])
    body: Json = {
        "jql": "project = ESC",
        "fields": ["labels"],
        "properties": ["x"],
        "reconcileIssues": [int(made["id"])],
        "maxResults": 10,
    }
    answer = cloud.call("POST", "/search/jql", body)
    assert answer.json()["issues"][0]["fields"] == {"labels": ["a"]}
    for bad in ({"expand": None}, {"properties": "a,b"}, {"unknown": 1}, {"fields": "labels"}):
        assert cloud.call("POST", "/search/jql", {**body, **bad}).status_code == 400


def test_the_old_search_is_gone_on_cloud(cloud: Rig) -> None:
    for answer in (
        cloud.call("GET", "/search", jql="project = ESC"),
        cloud.call("POST", "/search", {"jql": "project = ESC"}),
        cloud.call("GET", "/search", jql="project = ESC", version="2"),
    ):
        assert answer.status_code == 410
        assert "/rest/api/3/search/jql" in answer.json()["errorMessages"][0]


def test_the_new_search_is_there_in_both_versions_and_latest(cloud: Rig) -> None:
    cloud.create()
    for version in ("2", "3", "latest"):
        answer = cloud.get("/search/jql", jql="project = ESC", version=version)
        assert len(answer["issues"]) == 1


def test_matches_are_counted_by_another_endpoint(cloud: Rig) -> None:
    cloud.create()
    body = {"jql": "project = ESC"}
    assert cloud.call("POST", "/search/approximate-count", body).json() == {"count": 1}


def test_the_changelog_comes_with_a_search_when_asked_for(cloud: Rig) -> None:
    cloud.create()
    cloud.control("issues/ESC-1/status", {"status": "Done"})
    found = cloud.search("project = ESC", expand="changelog")
    assert found[0]["changelog"]["total"] == 1


# --- lag


def test_a_new_issue_is_found_only_after_the_index_knows_it(rig: Rig) -> None:
    lagging(rig, 30)
    made = rig.create(labels=["zdesc-1"])
    later(rig, 29)
    assert rig.keys('labels = "zdesc-1"') == []
    assert rig.get(f"/issue/{made['key']}")["fields"]["labels"] == ["zdesc-1"]
    later(rig, 1)
    assert rig.keys('labels = "zdesc-1"') == [made["key"]]


def test_an_edit_is_found_and_shown_only_after_the_index_knows_it(rig: Rig) -> None:
    key = rig.create()["key"]
    lagging(rig, 30)
    rig.control(f"issues/{key}/status", {"status": "Done", "resolution": "Fixed"})
    assert rig.keys("statusCategory = Done") == []
    assert rig.search("project = ESC", "status")[0]["fields"]["status"]["name"] == "To Do"
    later(rig, 30)
    assert rig.search("statusCategory = Done", "status")[0]["fields"]["status"]["name"] == "Done"


def test_reconciled_issues_are_read_after_write(cloud: Rig) -> None:
    lagging(cloud, 30)
    made = cloud.create(labels=["a"])
    assert cloud.search("labels = a", reconcileIssues=made["id"])[0]["key"] == made["key"]
    assert cloud.search("labels = a", reconcileIssues="99999") == []
    body = {"jql": "labels = a", "reconcileIssues": [int(made["id"])]}
    assert len(cloud.call("POST", "/search/jql", body).json()["issues"]) == 1


def test_an_issue_can_be_unreadable_by_key_until_the_index_knows_it(rig: Rig) -> None:
    lagging(rig, 30, fresh_keys=False)
    made = rig.create()
    assert rig.call("GET", f"/issue/{made['key']}").status_code == 404
    later(rig, 30)
    assert rig.get(f"/issue/{made['key']}")["key"] == made["key"]


def test_a_deleted_issue_is_gone_from_search_at_once(rig: Rig) -> None:
    key = rig.create()["key"]
    lagging(rig, 30)
    rig.control(f"issues/{key}/delete", {})
    assert rig.keys("project = ESC") == []


def test_realistic_lag_is_mostly_none_and_sometimes_long_and_the_same_each_time(cloud: Rig) -> None:
    cloud.control("lag", {"preset": "realistic"})
    for _ in range(4):
        body = {"issueUpdates": [{"fields": cloud.draft()}] * 50}
        cloud.call("POST", "/issue/bulk", body)
    shares = []
    for wait in (0, 10, 290, 43_200):
        later(cloud, wait)
        answer = cloud.get("/search/jql", jql="project = ESC", fields="key", maxResults=500)
        shares.append(len(answer["issues"]) / 200)
    assert 0.7 < shares[0] < 0.9
    assert 0.9 < shares[1] <= shares[2] <= 1.0
    assert shares[3] == 1.0


def test_a_lag_of_its_own_distribution_replaces_the_worlds(rig: Rig) -> None:
    lagging(rig, 10_000)
    rig.control("switches", {"lag": [[1.0, 60.0]], "lag_seed": 3})
    rig.create()
    later(rig, 60)
    assert rig.keys("project = ESC") == ["ESC-1"]
    rig.control("lag", {"preset": "none"})
    rig.create()
    assert rig.keys("project = ESC") == ["ESC-1"]


# --- Data Center


def test_data_center_pages_by_offset_and_tells_the_total(datacenter: Rig) -> None:
    for _ in range(3):
        datacenter.create()
    answer = datacenter.get("/search", jql="project = ESC ORDER BY key", startAt=1, maxResults=1)
    assert [one["key"] for one in answer["issues"]] == ["ESC-2"]
    assert (answer["startAt"], answer["maxResults"], answer["total"]) == (1, 1, 3)
    capped = datacenter.get("/search", jql="project = ESC", maxResults=5000)
    assert capped["maxResults"] == 1000


def test_data_center_searches_by_post_too(datacenter: Rig) -> None:
    datacenter.create(labels=["a"])
    body = {"jql": "project = ESC", "fields": ["labels"], "startAt": 0, "validateQuery": True}
    answer = datacenter.call("POST", "/search", body).json()
    assert answer["issues"][0]["fields"] == {"labels": ["a"]}
    assert datacenter.call("POST", "/search", {**body, "properties": ["a"]}).status_code == 400


def test_one_deleted_key_fails_the_whole_query_unless_it_is_not_validated(datacenter: Rig) -> None:
    kept, gone = datacenter.create(), datacenter.create()
    datacenter.control(f"issues/{gone['key']}/delete", {})
    for field, refs in (("issuekey", (kept["key"], gone["key"])), ("id", (kept["id"], gone["id"]))):
        jql = f"{field} in ({', '.join(refs)})"
        assert datacenter.call("GET", "/search", jql=jql).status_code == 400
        answer = datacenter.get("/search", jql=jql, validateQuery="false")
        assert [one["key"] for one in answer["issues"]] == [kept["key"]]
        assert gone[("key" if field == "issuekey" else "id")] in answer["warningMessages"][0]


def test_data_center_has_no_token_search(datacenter: Rig) -> None:
    assert datacenter.call("GET", "/search/jql", jql="project = ESC").status_code == 404


def test_data_center_lists_everything_without_a_restriction(datacenter: Rig) -> None:
    datacenter.create()
    assert datacenter.keys("ORDER BY created DESC") == ["ESC-1"]
