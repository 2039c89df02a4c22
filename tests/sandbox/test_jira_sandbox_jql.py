from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jira_rig import NOON

from connector.sandbox.jira import jql
from connector.sandbox.jira.jql import All, AnyOf, Clause, JqlError, Not, Value

if TYPE_CHECKING:
    from jira_rig import Rig

pytest_plugins = ("jira_fixtures",)


def test_and_binds_closer_than_or_and_parentheses_closer_than_both() -> None:
    a, b, c = (Clause(name, "=", (Value("1"),)) for name in "abc")
    assert jql.parse("a=1 or b = 1 AND c=1").where == AnyOf((a, All((b, c))))
    assert jql.parse("(a=1 or b = 1) && c=1").where == All((AnyOf((a, b)), c))
    assert jql.parse("not a=1 and b=1").where == All((Not(a), b))


def test_order_by_takes_several_fields_each_with_its_direction() -> None:
    query = jql.parse("project = ESC ORDER BY updated ASC, key desc, created")
    assert query.order == (("updated", False), ("key", True), ("created", False))


def test_negated_operators_are_one_operator() -> None:
    query = jql.parse("resolution is not EMPTY and labels not in (a, 'b c')")
    assert query.where == All(
        (
            Clause("resolution", "is not", (Value("EMPTY", "empty"),)),
            Clause("labels", "not in", (Value("a"), Value("b c"))),
        )
    )


@given(st.text())
def test_any_text_quoted_as_jira_wants_it_comes_back_whole(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    query = jql.parse(f'labels = "{quoted}" ORDER BY key')
    assert query.where == Clause("labels", "=", (Value(text),))


@given(st.text(alphabet="project=in()'\" ,\\ANDORnotis~!<>-15m&|ÄÖ\n\t", max_size=80))
def test_any_query_is_parsed_or_refused_with_words(text: str) -> None:
    try:
        assert jql.parse(text).order is not None
    except JqlError as error:
        assert error.message  # noqa: PT017 - either way is right, but silence is not


@pytest.mark.parametrize(
    "broken",
    [
        "project",
        "project =",
        "project = ESC AND",
        "(project = ESC",
        "project in ESC",
        'summary = "open',
        "labels = a@b",
        "project = ESC ORDER updated",
        "project = ESC key = 1",
        'labels = "a\\q"',
        "and = 1",
        "summary ~ word",
    ],
)
def test_a_query_that_is_no_jql_is_a_400_with_a_message(rig: Rig, broken: str) -> None:
    path = "/search/jql" if rig.cloud else "/search"
    answer = rig.call("GET", path, jql=broken)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("project = NOPE", "NOPE"),
        ("project = ESC and status = Gone", "Gone"),
        ("project = ESC and sprint = 1", "sprint"),
        ("project = ESC order by sprint", "sprint"),
        ("issuekey in (ESC-1, ESC-99)", "ESC-99"),
        ("id in (10501, 99999)", "99999"),
        ("project = ESC and labels > a", ">"),
        ("project = ESC and updated >= yesterday", "yesterday"),
        ("assignee = membersOf(x)", "Expecting"),
        ("assignee = everybody()", "everybody"),
        ("project = ESC and status is To", "is"),
    ],
)
def test_a_name_that_the_site_lacks_is_a_400_that_names_it(rig: Rig, query: str, word: str) -> None:
    rig.create()
    path = "/search/jql" if rig.cloud else "/search"
    answer = rig.call("GET", path, jql=query)
    assert answer.status_code == 400
    assert word in answer.json()["errorMessages"][0]


def test_clauses_find_by_project_label_key_status_category_and_type(rig: Rig) -> None:
    first = rig.create(labels=["zdesc-1", "escalation"])
    second = rig.create(labels=["escalation"], issuetype={"name": "Task"})
    third = rig.create(project={"key": "PROD"}, issuetype={"name": "Story"})
    rig.control(f"issues/{second['key']}/status", {"status": "In Review"})
    assert rig.keys("project = ESC ORDER BY key ASC") == ["ESC-1", "ESC-2"]
    assert rig.keys('project in ("ESC", PROD) AND labels = "zdesc-1"') == [first["key"]]
    assert rig.keys("project in (ESC, PROD) AND labels != zdesc-1") == [second["key"]]
    assert rig.keys(f"issuekey in ({first['key']}, {third['key']}) ORDER BY id") == [
        "ESC-1",
        "PROD-1",
    ]
    assert rig.keys(f"id = {second['id']}") == ["ESC-2"]
    assert rig.keys('statusCategory = "In Progress"') == ["ESC-2"]
    assert rig.keys("statusCategory = indeterminate") == ["ESC-2"]
    assert rig.keys('project = ESC and status = "To Do"') == ["ESC-1"]
    assert rig.keys("issuetype in (Story, Task) order by key desc") == ["PROD-1", "ESC-2"]
    assert rig.keys("reporter = currentUser() and not project = ESC") == ["PROD-1"]


def test_labels_differ_by_case(rig: Rig) -> None:
    rig.create(labels=["Escalation"])
    assert rig.keys("project = ESC and labels = escalation") == []


def test_not_equal_leaves_out_issues_without_any_value(rig: Rig) -> None:
    """The trap that made a real product create its issues twice."""
    open_one = rig.create()
    done = rig.create()
    rig.control(f"issues/{done['key']}/status", {"status": "Done", "resolution": "Fixed"})
    assert rig.keys('project = ESC AND resolution != "Duplicate"') == [done["key"]]
    both = 'project = ESC AND (resolution is EMPTY OR resolution != "Duplicate") ORDER BY key'
    assert rig.keys(both) == [open_one["key"], done["key"]]
    assert rig.keys("project = ESC AND resolution = EMPTY") == [open_one["key"]]


def test_relative_dates_count_back_from_the_sites_clock(rig: Rig) -> None:
    rig.create(summary="old")
    rig.world.clock.advance(timedelta(minutes=20))
    rig.create(summary="new")
    assert rig.keys("project = ESC AND updated >= -15m") == ["ESC-2"]
    assert rig.keys('project = ESC AND updated >= "-21m" ORDER BY key') == ["ESC-1", "ESC-2"]
    assert rig.keys("project = ESC AND created <= -15m") == ["ESC-1"]
    assert rig.keys("project = ESC AND created >= -2d AND created <= now()") == ["ESC-2", "ESC-1"]
    assert rig.keys("project = ESC AND created >= '-1h -5m'") == ["ESC-2", "ESC-1"]


def test_date_texts_mean_the_zone_of_our_account_to_the_minute(rig: Rig) -> None:
    """Made at 10:00:30 UTC, which is 12:00:30 for our account in Berlin."""
    rig.create()
    assert rig.keys('project = ESC AND created >= "2026-06-17 12:00"') == ["ESC-1"]
    assert rig.keys('project = ESC AND created <= "2026-06-17 12:00"') == []
    assert rig.keys('project = ESC AND created >= "2026/06/17 12:01"') == []
    rig.control("switches", {"zone": "America/New_York"})
    assert rig.keys('project = ESC AND created >= "2026-06-17 06:00"') == ["ESC-1"]
    assert rig.keys('project = ESC AND created >= "2026-06-17 12:00"') == []
    assert rig.keys("project = ESC AND created >= 2026-06-17") == ["ESC-1"]


def test_an_unquoted_number_is_a_date_in_milliseconds(rig: Rig) -> None:
    rig.create()
    moment = int(NOON.timestamp() * 1000)
    assert rig.keys(f"project = ESC AND updated >= {moment}") == ["ESC-1"]
    assert rig.keys(f"project = ESC AND updated > {moment}") == []


def test_times_are_shown_in_our_accounts_zone(rig: Rig) -> None:
    made = rig.create()
    shown = rig.get(f"/issue/{made['key']}", fields="created")["fields"]["created"]
    assert shown == "2026-06-17T12:00:30.250+0200"
    moment = datetime.strptime(shown, "%Y-%m-%dT%H:%M:%S.%f%z")
    assert moment == NOON.astimezone(ZoneInfo("Europe/Berlin"))


def test_without_an_order_the_newest_issue_comes_first(rig: Rig) -> None:
    for _ in range(3):
        rig.create()
    assert rig.keys("project = ESC") == ["ESC-3", "ESC-2", "ESC-1"]


def test_priorities_are_sorted_by_rank_not_by_name(rig: Rig) -> None:
    for name in ("Low", "Highest", "Medium"):
        rig.create(priority={"name": name})
    assert rig.keys("project = ESC ORDER BY priority DESC") == ["ESC-2", "ESC-3", "ESC-1"]
