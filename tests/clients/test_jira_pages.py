"""Pages as Jira may send them on a bad day, and what we make of its JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, reply

from connector.clients import jql
from connector.clients.jira_wire import comment_of, issue_of, text_of
from connector.errors import (
    AnswerLostError,
    ConfigError,
    DriftError,
    InvalidError,
    RefusedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeTracker

ME = {"myself": reply(200, {"accountId": "1", "key": "k", "displayName": "Bot"})}


def issue(number: int, category: str = "new", **fields: Any) -> dict[str, Any]:
    status = {"id": "1", "name": "Open", "statusCategory": {"key": category}}
    return {"id": str(number), "key": f"ESC-{number}", "fields": {"status": status, **fields}}


def search(*issues: Any, token: str | None = None, **more: Any) -> Any:
    found = {"issues": list(issues), **more}
    return reply(200, found | ({"nextPageToken": token} if token else {}))


# --- Cloud ---------------------------------------------------------------------------------------


def test_cloud_pages_go_on_until_there_is_no_token(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(
        search(issue(1), token="a"), search(issue(2), issue(1), token="b"), search(), rules=ME
    )
    found = tracker_at(jira.url).find_by_label("zdesc-1")
    assert [one.id for one in found] == ["1", "2"]
    assert ["nextPageToken=" in path for path in jira.paths()[1:]] == [False, True, True]


def test_a_repeated_token_is_a_drift_and_not_a_loop(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(search(issue(1), token="a"), rules=ME)
    with pytest.raises(DriftError, match="repeats a page"):
        tracker_at(jira.url).find_by_label("zdesc-1")
    assert len(jira.seen) == 3


def test_a_last_page_may_still_carry_a_token(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(search(issue(1), token="a", isLast=True), rules=ME)
    assert len(tracker_at(jira.url).find_by_label("zdesc-1")) == 1


@pytest.mark.parametrize("answer", [{}, {"issues": None}, {"total": 0}])
def test_a_search_without_its_list_is_a_drift(
    server: Callable[..., Loopback], tracker_at: MakeTracker, answer: Any
) -> None:
    for deployment in ("cloud", "datacenter"):
        jira = server(reply(200, answer), rules=ME)
        with pytest.raises(DriftError, match="no list `issues`"):
            tracker_at(jira.url, deployment).find_by_label("zdesc-1")


def test_an_answer_that_is_a_list_is_asked_for_again(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(reply(200, []), search(issue(1)), rules=ME)
    assert len(tracker_at(jira.url).find_by_label("zdesc-1")) == 1


def test_ids_that_we_wrote_are_reconciled(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(search(), rules=ME)
    written = [str(number) for number in range(1, 61)]
    list(tracker_at(jira.url).changed_issues(["ESC"], label="zdesc", minutes=5, written=written))
    asked = jira.paths()[-1]
    assert asked.count("reconcileIssues=") == 50
    assert "reconcileIssues=60" in asked
    assert "reconcileIssues=10&" not in asked


def test_issues_that_cannot_be_read_now_are_asked_for_again(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    later = {"issues": [issue(1)], "issueErrors": [{"id": "2", "errorMessage": "try again"}]}
    jira = server(reply(200, later), reply(200, {"issues": [issue(1), issue(2)]}), rules=ME)
    assert len(tracker_at(jira.url).issues(["1", "2"])) == 2
    jira = server(reply(200, later), rules=ME)
    with pytest.raises(AnswerLostError):
        tracker_at(jira.url).issues(["1", "2"])
    assert len(jira.seen) == 1 + 3


def test_a_hundred_ids_go_into_one_request(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(reply(200, {"issues": []}), rules=ME)
    tracker_at(jira.url).issues([str(number) for number in range(1, 251)])
    sizes = [len(one.json["issueIdsOrKeys"]) for one in jira.seen[1:]]
    assert sizes == [100, 100, 50]


def test_keys_are_probed_in_fifties_until_a_batch_is_empty(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(reply(200, {"issues": [issue(41)]}), reply(200, {"issues": []}), rules=ME)
    assert [one.key for one in tracker_at(jira.url).issues_after("ESC", 40)] == ["ESC-41"]
    asked = [one.json["issueIdsOrKeys"] for one in jira.seen[1:]]
    assert [(keys[0], keys[-1], len(keys)) for keys in asked] == [
        ("ESC-41", "ESC-90", 50),
        ("ESC-91", "ESC-140", 50),
    ]


def test_a_broken_issue_is_left_out_of_a_search_but_never_passes_for_deleted(
    server: Callable[..., Loopback], tracker_at: MakeTracker, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"id": "2", "key": "ESC-2", "fields": {"status": None, "labels": "canary"}}
    jira = server(search(issue(1), broken, None), rules=ME)
    assert [one.id for one in tracker_at(jira.url).find_by_label("zdesc-1")] == ["1"]
    assert "issue ESC-2 could not be read" in caplog.text
    assert "canary" not in caplog.text
    jira = server(reply(200, {"issues": [issue(1), broken]}), rules=ME)
    with pytest.raises(DriftError, match="issue ESC-2 could not be read"):
        tracker_at(jira.url).issues(["1", "2"])


# --- Data Center ---------------------------------------------------------------------------------


def test_datacenter_pages_go_by_start_and_total(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(search(issue(1), total=2), search(issue(2), total=2), rules=ME)
    found = tracker_at(jira.url, "datacenter").find_by_label("zdesc-1")
    assert [one.id for one in found] == ["1", "2"]
    assert ["startAt=0" in path for path in jira.paths()[1:]] == [True, False]


def test_an_empty_page_ends_a_datacenter_search_whatever_its_total(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(search(issue(1), total=9), search(total=9), rules=ME)
    assert len(tracker_at(jira.url, "datacenter").find_by_label("zdesc-1")) == 1


def test_what_the_datacenter_s_index_misses_is_read_itself(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(
        search(issue(1), total=1),
        rules={
            **ME,
            "issue/2": reply(200, issue(2)),
            "issue/3": reply(404, {"errorMessages": ["gone"]}),
        },
    )
    found = tracker_at(jira.url, "datacenter").issues(["1", "2", "3"])
    assert [one.id for one in found] == ["1", "2"]
    assert "validateQuery=false" in jira.paths()[1]


def test_datacenter_keys_are_probed_until_ten_are_missing_in_a_row(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    jira = server(
        rules={
            **ME,
            "issue/ESC-43?": reply(200, issue(43)),
            "issue/": reply(404, {"errorMessages": ["gone"]}),
        }
    )
    found = list(tracker_at(jira.url, "datacenter").issues_after("ESC", 40))
    assert [one.key for one in found] == ["ESC-43"]
    assert len(jira.seen) == 1 + 3 + 10


# --- both ----------------------------------------------------------------------------------------


def test_the_site_is_never_guessed_while_jira_is_away(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    """It is part of every marker: another guess would make a second issue."""
    jira = server(*[reply(502, {})] * 3, reply(200, {"baseUrl": "https://jira.acme.example/"}))
    tracker = tracker_at(jira.url)
    with pytest.raises(UnavailableError):
        tracker.site()
    assert tracker.site() == "https://jira.acme.example"
    assert tracker.browse_url("ESC-1") == "https://jira.acme.example/browse/ESC-1"
    assert len(jira.seen) == 4


@pytest.mark.parametrize("answer", [reply(404, {}), reply(200, {}), reply(200, {"baseUrl": 5})])
def test_a_jira_that_does_not_tell_its_address_has_the_configured_one(
    server: Callable[..., Loopback], tracker_at: MakeTracker, answer: Any
) -> None:
    jira = server(answer)
    assert tracker_at(f"{jira.url}/jira/").site() == f"{jira.url}/jira"
    assert jira.paths() == ["GET /jira/rest/api/3/serverInfo"]


def test_nobody_is_not_somebody(server: Callable[..., Loopback], tracker_at: MakeTracker) -> None:
    jira = server(reply(200, {"displayName": "Anonymous"}))
    with pytest.raises(RefusedError):
        tracker_at(jira.url).whoami()


def test_comments_are_read_back_to_a_time_whatever_their_order(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    def said(number: int) -> dict[str, Any]:
        at = f"2026-01-{number:02d}T00:00:00.000+0000"
        return {"id": str(number), "created": at, "author": {"name": "b"}, "body": "x"}

    rising = reply(200, {"comments": [said(n) for n in range(1, 29)], "total": 28})
    since = datetime(2026, 1, 20, tzinfo=UTC)
    found = tracker_at(server(rising).url, "datacenter").comments("10001", since=since)
    assert [one.id for one in found] == [str(n) for n in range(28, 19, -1)]


def test_comments_stop_being_read_once_they_are_older(
    server: Callable[..., Loopback], tracker_at: MakeTracker
) -> None:
    newest_first = [
        {"id": str(n), "created": f"2026-01-01T{n // 60:02d}:{n % 60:02d}:00.000+0000", "body": "x"}
        for n in range(250, 0, -1)
    ]
    jira = server(*(reply(200, {"comments": newest_first[at : at + 100]}) for at in (0, 100, 200)))
    since = datetime(2026, 1, 1, 3, tzinfo=UTC)
    assert len(tracker_at(jira.url).comments("10001", since=since)) == 71
    assert len(jira.seen) == 1


@pytest.mark.parametrize(
    ("fields", "made"),
    [({}, "Go"), ({"resolution": {"required": False}}, "Go"),
     ({"resolution": {"required": True, "hasDefaultValue": True}}, "Go"),
     ({"resolution": {"required": True}}, None)],
)  # fmt: skip
def test_a_transition_that_asks_for_something_is_not_taken(
    server: Callable[..., Loopback], tracker_at: MakeTracker, fields: Any, made: str | None
) -> None:
    to = {"id": "5", "name": "Done", "statusCategory": {"key": "done"}}
    offered = [{"id": "31", "name": "Go", "to": to, "fields": fields}, {"id": "broken"}]
    jira = server(reply(204), rules={"GET ": reply(200, {"transitions": offered})})
    assert tracker_at(jira.url).transition("10001", to_category="done") == made
    assert [one.json for one in jira.seen if one.method == "POST"] == (
        [{"transition": {"id": "31"}}] if made else []
    )


@pytest.mark.parametrize(
    ("key", "category"), [("done", "done"), ("undefined", "new"), ("x", "new")]
)
def test_an_unknown_category_never_counts_as_done(key: str, category: str) -> None:
    assert issue_of(issue(1, key)).category == category


def test_the_words_of_a_document_are_its_text_nodes() -> None:
    document = {
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "Hello "},
                    {"type": "mention", "attrs": {"text": "@Ana"}},
                    {"type": "hardBreak"},
                    {"type": "text", "text": "there"},
                ],
            },
            {"type": "codeBlock", "content": [{"type": "text", "text": "ref abc"}]},
        ],
    }
    assert text_of(document) == "Hello @Ana\nthere\nref abc"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["type", "text", "content", "attrs"]), inner)
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_body_has_words(body: Any) -> None:
    assert isinstance(text_of(body), str)


@given(json_values)
def test_any_json_is_an_issue_or_a_drift(raw: Any) -> None:
    for reads in (issue_of, comment_of):
        with pytest.raises(DriftError):
            reads(raw)


# --- JQL -----------------------------------------------------------------------------------------


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S"))))
def test_a_quoted_value_is_one_literal_and_nothing_else(value: str) -> None:
    literal = jql.quoted(value)
    assert literal[0] == literal[-1] == '"'
    inner, plain = literal[1:-1], ""
    while inner:
        step = 2 if inner[0] == "\\" else 1
        assert inner[0] != '"'
        plain += inner[step - 1]
        inner = inner[step:]
    assert plain == value


@pytest.mark.parametrize("value", ["a\nb", "a\x00", "\u202e"])
def test_no_control_character_gets_into_a_search(value: str) -> None:
    with pytest.raises(InvalidError):
        jql.quoted(value)


@pytest.mark.parametrize("key", ["", "esc", "E", "ESC-1", "ESC OR", 'ESC"', "ÉSC", "1ESC"])
def test_what_is_no_project_key_is_not_searched_for(key: str) -> None:
    with pytest.raises(ConfigError):
        jql.with_label([key], "zdesc")


@pytest.mark.parametrize("number", ["", "ESC-1", "1 OR 2", "1/2", "..", "²", "-1"])
def test_what_is_no_issue_id_is_not_asked_for(
    server: Callable[..., Loopback], tracker_at: MakeTracker, number: str
) -> None:
    jira = server(reply(200, {}), rules=ME)
    with pytest.raises(InvalidError):
        tracker_at(jira.url).issues([number])
    if number != "ESC-1":
        with pytest.raises(InvalidError):
            tracker_at(jira.url).update_issue(number, add_labels=["a"])


def test_searches_read_as_people_would_write_them() -> None:
    assert jql.with_label(["ESC", "PROD"], "zdesc", minutes=15) == (
        'project in ("ESC", "PROD") AND labels = "zdesc" AND updated >= -15m '
        "ORDER BY updated ASC, key ASC"
    )
    assert jql.newest_key("ESC") == 'project = "ESC" ORDER BY key DESC'
    assert jql.with_ids(["1", "2"]) == "id in (1, 2) ORDER BY key ASC"
