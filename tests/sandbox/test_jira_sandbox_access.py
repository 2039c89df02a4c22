from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from jira_rig import Judge

from connector.sandbox.frame import Refusal
from connector.sandbox.jira import EMAIL, TOKEN
from connector.sandbox.jira.limits import Limits
from connector.sandbox.world import Options

if TYPE_CHECKING:
    from pathlib import Path

    from jira_rig import Rig

pytest_plugins = ("jira_fixtures",)

NOBODY: dict[str, str] = {}


def basic(name: str, token: str) -> dict[str, str]:
    return {"Authorization": requests.auth._basic_auth_str(name, token)}


# --- log-in


def test_nobody_is_nobody_and_jira_says_so_when_asked(rig: Rig) -> None:
    answer = rig.call("GET", "/myself", headers=NOBODY)
    assert answer.status_code == 401
    assert "X-Seraph-LoginReason" not in answer.headers


def test_a_search_without_log_in_finds_nothing_and_says_200(rig: Rig) -> None:
    """The trap: an empty answer that means nothing."""
    key = rig.create(labels=["zdesc-1"])["key"]
    path = "/search/jql" if rig.cloud else "/search"
    answer = rig.call("GET", path, headers=NOBODY, jql="labels = zdesc-1")
    assert answer.status_code == 200
    assert answer.json()["issues"] == []
    assert rig.call("GET", f"/issue/{key}", headers=NOBODY).status_code == 404


def test_a_project_is_unknown_to_nobody_on_data_center_but_merely_empty_on_cloud(rig: Rig) -> None:
    rig.create()
    path = "/search/jql" if rig.cloud else "/search"
    answer = rig.call("GET", path, headers=NOBODY, jql="project = ESC")
    assert answer.status_code == (200 if rig.cloud else 400)


def test_an_expired_token_on_cloud_is_nobody_with_a_header(cloud: Rig) -> None:
    key = cloud.create()["key"]
    cloud.control("switches", {"login": "expired"})
    answers = {
        path: cloud.call("GET", path, jql="project = ESC")
        for path in ("/myself", "/search/jql", f"/issue/{key}")
    }
    assert [one.status_code for one in answers.values()] == [401, 200, 404]
    assert answers["/search/jql"].json()["issues"] == []
    reasons = {one.headers["X-Seraph-LoginReason"] for one in answers.values()}
    assert reasons == {"AUTHENTICATED_FAILED"}


def test_a_wrong_token_on_data_center_is_a_401_page_everywhere(datacenter: Rig) -> None:
    for path in ("/myself", "/search", "/issue/ESC-1", "/serverInfo"):
        answer = datacenter.call("GET", path, headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_a_captcha_denies_the_log_in(rig: Rig) -> None:
    rig.control("switches", {"login": "captcha"})
    answer = rig.call("GET", "/myself")
    assert answer.status_code == 401
    assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATION_DENIED"


@pytest.mark.parametrize(
    "headers",
    [
        basic(EMAIL, "wrong"),
        basic("somebody@sandbox.example", TOKEN),
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"},
        {"Authorization": "Negotiate abc"},
    ],
)
def test_cloud_knows_one_way_to_log_in(cloud: Rig, headers: dict[str, str]) -> None:
    assert cloud.call("GET", "/myself", headers=headers).status_code == 401


def test_data_center_takes_no_basic_log_in_with_the_token(datacenter: Rig) -> None:
    assert datacenter.call("GET", "/myself", headers=basic(EMAIL, TOKEN)).status_code == 401


def test_a_token_can_be_exchanged(rig: Rig) -> None:
    rig.control("switches", {"token": "new"})
    assert rig.call("GET", "/myself").status_code == 401
    new = basic(EMAIL, "new") if rig.cloud else {"Authorization": "Bearer new"}
    assert rig.call("GET", "/myself", headers=new).status_code == 200


def test_nobody_creates_or_changes_anything(rig: Rig) -> None:
    key = rig.create()["key"]
    create = rig.call("POST", "/issue", {"fields": rig.draft()}, headers=NOBODY)
    edit = rig.call("PUT", f"/issue/{key}", {"fields": {"summary": "x"}}, headers=NOBODY)
    assert (create.status_code, edit.status_code) == (401, 404)
    assert len(rig.effects()) == 1


def test_myself_tells_the_zone_that_jql_uses(rig: Rig) -> None:
    shown = rig.get("/myself")
    assert shown["timeZone"] == "Europe/Berlin"
    assert ("accountId" in shown, "name" in shown) == (rig.cloud, not rig.cloud)
    rig.control("switches", {"zone": "Asia/Kolkata"})
    assert rig.get("/myself")["timeZone"] == "Asia/Kolkata"


# --- versions and the site


def test_the_site_says_what_it_is_without_a_log_in(rig: Rig) -> None:
    shown = rig.call("GET", "/serverInfo", headers=NOBODY).json()
    assert shown["deploymentType"] == ("Cloud" if rig.cloud else "Server")
    assert shown["versionNumbers"] == ([1001, 0, 0] if rig.cloud else [10, 3, 2])
    assert shown["baseUrl"] == rig.url
    assert "serverTime" in rig.get("/serverInfo")


def test_data_center_has_no_v3(datacenter: Rig) -> None:
    assert datacenter.call("GET", "/myself", version="3").status_code == 404
    assert datacenter.get("/myself", version="latest")["name"] == "escalation-connector"


def test_each_answer_carries_a_request_id(rig: Rig) -> None:
    name = "Atl-Traceid" if rig.cloud else "X-AREQUESTID"
    ids = {rig.call("GET", path).headers[name] for path in ("/myself", "/issue/ESC-9")}
    assert len(ids) == 2


# --- permissions


def test_permissions_are_asked_for_by_name_on_cloud(rig: Rig) -> None:
    asked = rig.get("/mypermissions", permissions="CREATE_ISSUES,ADMINISTER", projectKey="ESC")
    have = {name: one["havePermission"] for name, one in asked["permissions"].items()}
    assert have == {"CREATE_ISSUES": True, "ADMINISTER": False}
    bare = rig.call("GET", "/mypermissions")
    assert bare.status_code == (400 if rig.cloud else 200)
    assert rig.call("GET", "/mypermissions", permissions="FLY").status_code in {200, 400}


def test_a_denied_permission_is_told_and_refused_in_that_project_alone(rig: Rig) -> None:
    rig.control("switches", {"denied": [["PROD", "CREATE_ISSUES"], ["ESC", "ADD_COMMENTS"]]})
    told = rig.get("/mypermissions", permissions="CREATE_ISSUES", projectKey="PROD")
    assert told["permissions"]["CREATE_ISSUES"]["havePermission"] is False
    draft = rig.draft(project={"key": "PROD"}, issuetype={"name": "Task"})
    assert rig.call("POST", "/issue", {"fields": draft}).status_code == 403
    key = rig.create()["key"]
    comment = rig.call("POST", f"/issue/{key}/comment", {"body": rig.text("a")})
    assert comment.status_code == 403
    on_issue = rig.get("/mypermissions", permissions="ADD_COMMENTS", issueKey=key)
    assert on_issue["permissions"]["ADD_COMMENTS"]["havePermission"] is False


def test_a_project_that_we_may_not_browse_does_not_exist_for_us(rig: Rig) -> None:
    key = rig.create()["key"]
    rig.control("switches", {"denied": [["ESC", "BROWSE_PROJECTS"]]})
    assert rig.call("GET", f"/issue/{key}").status_code == 404
    assert rig.call("GET", "/project/ESC").status_code == 404
    assert "ESC" not in {one["key"] for one in rig.get("/project")}
    path = "/search/jql" if rig.cloud else "/search"
    assert rig.call("GET", path, jql="project = ESC").status_code == 400


def test_only_levels_whose_issues_we_see_are_listed(rig: Rig) -> None:
    path = "/project/SEC/securitylevel"
    assert [one["name"] for one in rig.get(path)["levels"]] == ["Security team"]
    rig.control("switches", {"unreadable_levels": ["10301", "10302"]})
    assert rig.get(path)["levels"] == []
    assert rig.get("/project/ESC/securitylevel")["levels"] == []


# --- what the site is made of


def test_names_of_the_site_are_listed_with_ids(rig: Rig) -> None:
    names = {
        path: [one["name"] for one in rig.get(path)]
        for path in ("/priority", "/status", "/resolution", "/issuetype")
    }
    assert names["/priority"] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert names["/status"] == ["To Do", "In Progress", "In Review", "Done"]
    assert set(names["/resolution"]) >= {"Fixed", "Won't Do", "Duplicate", "Cannot Reproduce"}
    assert names["/issuetype"] == ["Bug", "Task", "Story"]


def test_custom_fields_are_told_by_their_schema(rig: Rig) -> None:
    shown = {one["id"]: one for one in rig.get("/field")}
    custom = shown["customfield_10050"]
    assert custom["custom"] is True
    assert custom["schema"]["custom"].endswith(":float")
    assert shown["labels"]["schema"] == {"type": "array", "items": "string", "system": "labels"}


def test_projects_are_listed_and_found_by_key_or_id(rig: Rig) -> None:
    assert [one["key"] for one in rig.get("/project")] == ["ESC", "PROD", "SEC", "LEAD"]
    shown = rig.get("/project/10000")
    assert shown["key"] == "ESC"
    assert [one["name"] for one in shown["issueTypes"]] == ["Bug", "Task", "Story"]
    assert {one["name"] for one in rig.get("/project/esc/components")} >= {"Exports", "SSO"}
    statuses = rig.get("/project/LEAD/statuses")
    assert [one["name"] for one in statuses] == ["Task"]
    assert rig.call("GET", "/project/NOPE").status_code == 404


def test_projects_are_searched_in_pages_on_cloud(cloud: Rig) -> None:
    page = cloud.get("/project/search", maxResults=3)
    assert (page["total"], page["isLast"], len(page["values"])) == (4, False, 3)
    assert [one["key"] for one in cloud.get("/project/search", keys="SEC")["values"]] == ["SEC"]
    assert [one["key"] for one in cloud.get("/project/search", query="lead")["values"]] == ["LEAD"]


def test_create_screens_page_under_other_names_on_cloud_and_data_center(rig: Rig) -> None:
    types, fields = ("issueTypes", "fields") if rig.cloud else ("values", "values")
    shown = rig.get("/issue/createmeta/PROD/issuetypes")
    assert [one["name"] for one in shown[types]] == ["Task", "Story"]
    page = rig.get("/issue/createmeta/ESC/issuetypes/10001", maxResults=5)
    assert (len(page[fields]), page["total"] > 5) == (5, True)
    too_many = rig.call("GET", "/issue/createmeta/ESC/issuetypes", maxResults=201)
    assert too_many.status_code == 400
    assert "'200'" in too_many.json()["errorMessages"][0]


def test_a_create_screen_tells_what_is_required_and_allowed(rig: Rig) -> None:
    rig.control("switches", {"off_screen": [["SEC", "labels"]], "required": [["SEC", "duedate"]]})
    page = rig.get("/issue/createmeta/SEC/issuetypes/10002")
    shown = {one["fieldId"]: one for one in page["fields" if rig.cloud else "values"]}
    assert "labels" not in shown
    assert (shown["duedate"]["required"], shown["summary"]["required"]) == (True, True)
    assert [one["name"] for one in shown["security"]["allowedValues"]] == ["Security team", "Board"]
    assert shown["priority"]["allowedValues"][0]["name"] == "Highest"
    assert "security" not in {
        one["fieldId"]
        for one in rig.get("/issue/createmeta/ESC/issuetypes/10001")[
            "fields" if rig.cloud else "values"
        ]
    }


def test_a_create_screen_is_refused_where_we_may_not_create(rig: Rig) -> None:
    rig.control("switches", {"denied": [["ESC", "CREATE_ISSUES"]]})
    assert rig.call("GET", "/issue/createmeta/ESC/issuetypes").status_code == 400
    assert rig.call("GET", "/issue/createmeta/PROD/issuetypes/10001").status_code == 400


def test_people_are_found_by_id_and_by_words(rig: Rig) -> None:
    if rig.cloud:
        found = rig.get("/user/search", query="priya")
        one = rig.get("/user", accountId=found[0]["accountId"])
    else:
        found = rig.get("/user/search", username="priya")
        one = rig.get("/user", username=found[0]["name"])
    assert one["displayName"] == "Priya Raman"
    assert rig.call("GET", "/user/search").status_code == 400
    assert rig.call("GET", "/user", accountId="x", username="x").status_code == 404


def test_application_properties_tell_the_text_limit(rig: Rig) -> None:
    listed = {one["key"]: one["value"] for one in rig.get("/application-properties")}
    assert listed["jira.text.field.character.limit"] == "32767"
    one = rig.call("GET", "/application-properties", key="nope")
    assert one.status_code == 404


# --- limits


class Ticking:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def paused(limits: Limits, issue: str = "1") -> Any:
    try:
        limits.issue_write(issue)
    except Refusal as refusal:
        return refusal
    return None


def test_an_issue_takes_twenty_writes_in_two_seconds_and_others_go_on() -> None:
    clock = Ticking()
    limits = Limits(clock)
    assert [paused(limits) for _ in range(20)] == [None] * 20
    refusal = paused(limits)
    assert refusal.status == 429
    assert refusal.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert refusal.headers["Retry-After"] == "2"
    assert paused(limits, "2") is None
    clock.now += 2.01
    assert paused(limits) is None


def test_asking_again_too_early_prolongs_the_pause() -> None:
    clock = Ticking()
    limits = Limits(clock)
    for _ in range(20):
        paused(limits)
    assert paused(limits) is not None
    clock.now += 1.5
    assert paused(limits) is not None
    clock.now += 0.6
    refusal = paused(limits)
    assert refusal is not None, "without the early try, the pause would be over"
    clock.now += int(refusal.headers["Retry-After"])
    assert paused(limits) is None


def test_an_issue_takes_a_hundred_writes_in_thirty_seconds() -> None:
    clock = Ticking()
    limits = Limits(clock)
    for _ in range(100):
        assert paused(limits) is None
        clock.now += 0.11
    refusal = paused(limits)
    assert 15 <= int(refusal.headers["Retry-After"]) <= 20


def test_an_endpoint_takes_a_hundred_reads_and_fifty_puts_a_second() -> None:
    for method, most in (("GET", 100), ("PUT", 50)):
        limits = Limits(Ticking())
        for _ in range(most):
            limits.endpoint(method, "/issue/{issue}")
        with pytest.raises(Refusal) as caught:
            limits.endpoint(method, "/issue/{issue}")
        assert caught.value.headers["RateLimit-Reason"] == "jira-burst-based"
        limits.endpoint(method, "/myself")


def test_the_limits_hold_over_http_on_cloud_and_can_be_switched_off(rig: Rig) -> None:
    key = rig.create()["key"]
    rig.world.options = Options(deployment=rig.world.options.deployment, limits="real")
    path = f"/issue/{key}/properties/p"
    statuses = [rig.call("PUT", path, number).status_code for number in range(1, 22)]
    assert statuses.count(429) == (1 if rig.cloud else 0)
    rig.world.options = Options(deployment=rig.world.options.deployment, limits="off")
    assert rig.call("PUT", path, 1).status_code == 200


# --- the judge


def test_the_judge_refuses_an_answer_that_the_file_does_not_describe(
    cloud: Rig, shared: Path
) -> None:
    judge = Judge(shared / "specs" / "jira-cloud-v3.json")
    answer = cloud.call("GET", "/myself")
    judge.check("GET", "/myself", answer)
    answer._content = b'{"accountId": 7, "surprise": true}'
    with pytest.raises(AssertionError, match="surprise"):
        judge.check("GET", "/myself", answer)
    answer.status_code = 302
    with pytest.raises(AssertionError, match="302"):
        judge.check("GET", "/myself", answer)
