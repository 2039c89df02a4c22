"""The exact requests of the pinned clients: fails when zenpy or jira make them differently.

Both clients are bent through attributes that they call private, so their versions are pinned and
this is the test that an update of either has to pass.
"""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any

import pytest
from clients_rig import SINCE_2026, TOKEN
from loopback import Loopback, Seen, reply

from connector import __version__
from connector.core.model import IssueRef
from connector.errors import InvalidError
from connector.ports import IssueDraft, RemoteLink, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Callable

    from clients_rig import MakeDesk, MakeTracker

UPDATE = TicketUpdate(
    ticket_id=7,
    intent_id="0123456789abcdef0123",
    updated_stamp="2026-01-01T00:00:00Z",
    note="Internal.",
    status="pending",
    group_id=12,
    priority="high",
    fields={"4711": "ESC-1", "4712": None},
)
ISSUE = {
    "id": "10001",
    "key": "ESC-1",
    "fields": {"status": {"id": "1", "name": "Open", "statusCategory": {"key": "new"}}},
}
FIELDS = (
    "status%2Cresolution%2Cpriority%2Cassignee%2Clabels%2Cproject%2Ccreated%2Cupdated"
    "%2Cstatuscategorychangedate"
)
SIDELOADS = "users%2Corganizations%2Cslas%2Cmetric_sets%2Ccomment_count"

DESK: dict[str, tuple[Callable[[Any], object], Any, str, Any]] = {
    "whoami": (
        lambda desk: desk.whoami(),
        {"user": {"id": 5, "name": "Bot"}},
        "GET /api/v2/users/me.json",
        None,
    ),
    "tickets": (
        lambda desk: desk.tickets([7, 8]),
        {"tickets": []},
        f"GET /api/v2/tickets/show_many.json?ids=7%2C8&include={SIDELOADS}",
        None,
    ),
    "changed comments": (
        lambda desk: list(desk.changed_comments(since=SINCE_2026)),
        {"ticket_events": [], "end_time": 1767225600, "end_of_stream": True},
        (
            "GET /api/v2/incremental/ticket_events.json"
            "?start_time=1767225600&include=comment_events&per_page=1000"
        ),
        None,
    ),
    "audits": (
        lambda desk: desk.audits(7, since=SINCE_2026),
        {"audits": []},
        "GET /api/v2/tickets/7/audits.json?page%5Bsize%5D=100&include=users",
        None,
    ),
    "group": (
        lambda desk: desk.group_id("L2 Support"),
        {"groups": []},
        "GET /api/v2/groups.json?page%5Bsize%5D=100",
        None,
    ),
    "linked issues": (
        lambda desk: desk.linked_issues(7),
        {"links": []},
        "GET /api/v2/jira/links?filter%5Bticket_id%5D=7",
        None,
    ),
    "note": (
        lambda desk: desk.update_ticket(UPDATE),
        {"ticket": {"id": 7}, "audit": {"id": 70, "events": []}},
        "PUT /api/v2/tickets/7.json",
        {
            "ticket": {
                "metadata": {"escalation_effect": "0123456789abcdef0123"},
                "safe_update": True,
                "updated_stamp": "2026-01-01T00:00:00Z",
                "comment": {"body": "Internal.", "public": False},
                "custom_fields": [
                    {"id": 4711, "value": "ESC-1"},
                    {"id": 4712, "value": None},
                ],
                "status": "pending",
                "group_id": 12,
                "priority": "high",
            }
        },
    ),
    "add tags": (
        lambda desk: desk.change_tags(
            7, add=["a"], remove=[], updated_stamp="2026-01-01T00:00:00Z"
        ),
        {"tags": ["a"]},
        "PUT /api/v2/tickets/7/tags.json",
        {"tags": ["a"], "updated_stamp": "2026-01-01T00:00:00Z", "safe_update": "true"},
    ),
    "remove tags": (
        lambda desk: desk.change_tags(7, add=[], remove=["b"], updated_stamp=None),
        {"tags": []},
        "DELETE /api/v2/tickets/7/tags.json",
        {"tags": ["b"]},
    ),
    "native link": (
        lambda desk: desk.link_issue(7, IssueRef(id="10001", key="ESC-1")),
        {"link": {"id": 1}},
        "POST /api/v2/jira/links",
        {"link": {"ticket_id": 7, "issue_id": 10001, "issue_key": "ESC-1"}},
    ),
}

TRACKER: dict[str, tuple[Callable[[Any], object], Any, str, Any]] = {
    "site": (
        lambda tracker: tracker.site(),
        {"baseUrl": "https://acme.atlassian.net"},
        "GET /rest/api/{v}/serverInfo",
        None,
    ),
    "comments": (
        lambda tracker: tracker.comments("10001", since=SINCE_2026),
        {"comments": []},
        "GET /rest/api/{v}/issue/10001/comment?orderBy=-created&startAt=0&maxResults=100",
        None,
    ),
    "create": (
        lambda tracker: tracker.create_issue(
            IssueDraft(project="ESC", fields={"summary": "s"}, properties={"p": {"v": 1}})
        ),
        {"id": "10001", "key": "ESC-1"},
        "POST /rest/api/{v}/issue",
        {
            "fields": {"summary": "s", "project": {"key": "ESC"}},
            "properties": [{"key": "p", "value": {"v": 1}}],
        },
    ),
    "update": (
        lambda tracker: tracker.update_issue(
            "10001",
            fields={"priority": {"id": "2"}},
            add_labels=["a"],
            remove_labels=["b"],
            properties={"p": 1},
        ),
        None,
        "PUT /rest/api/{v}/issue/10001",
        {
            "fields": {"priority": {"id": "2"}},
            "update": {"labels": [{"add": "a"}, {"remove": "b"}]},
            "properties": [{"key": "p", "value": 1}],
        },
    ),
    "comment": (
        lambda tracker: tracker.comment("10001", "text", intent_id="0123"),
        {"id": "5"},
        "POST /rest/api/{v}/issue/10001/comment",
        {
            "body": "text",
            "properties": [
                {"key": "escalation.event", "value": {"id": "0123"}},
                {"key": "sd.public.comment", "value": {"internal": True}},
            ],
        },
    ),
    "remote link": (
        lambda tracker: tracker.upsert_remote_link(
            "10001", RemoteLink(global_id="g", url="https://x.example", title="t", resolved=True)
        ),
        {"id": 9},
        "POST /rest/api/{v}/issue/10001/remotelink",
        {
            "globalId": "g",
            "application": {"type": "com.zendesk", "name": "Zendesk"},
            "relationship": "escalated from",
            "object": {
                "url": "https://x.example",
                "title": "t",
                "summary": "",
                "status": {"resolved": True},
            },
        },
    ),
}

ME = {"myself": reply(200, {"accountId": "1", "key": "k"})}
LABEL_JQL = "labels+%3D+%22zdesc-1%22+ORDER+BY+updated+ASC%2C+key+ASC"
NEWEST_JQL = "project+%3D+%22ESC%22+ORDER+BY+key+DESC"
BY_DEPLOYMENT: dict[str, tuple[str, Callable[[Any], object], Any, str, Any]] = {
    "cloud search": (
        "cloud",
        lambda tracker: tracker.find_by_label("zdesc-1"),
        {"issues": []},
        f"GET /rest/api/3/search/jql?jql={LABEL_JQL}&fields={FIELDS}&maxResults=100",
        None,
    ),
    "cloud newest": (
        "cloud",
        lambda tracker: tracker.highest_key("ESC"),
        {"issues": [ISSUE]},
        f"GET /rest/api/3/search/jql?jql={NEWEST_JQL}&fields={FIELDS}&maxResults=1",
        None,
    ),
    "cloud by id": (
        "cloud",
        lambda tracker: tracker.issues(["10001"]),
        {"issues": [ISSUE]},
        "POST /rest/api/3/issue/bulkfetch",
        {
            "issueIdsOrKeys": ["10001"],
            "fields": FIELDS.split("%2C"),
        },
    ),
    "datacenter search": (
        "datacenter",
        lambda tracker: tracker.find_by_label("zdesc-1"),
        {"issues": [], "total": 0},
        f"GET /rest/api/2/search?jql={LABEL_JQL}&fields={FIELDS}&startAt=0&maxResults=100",
        None,
    ),
    "datacenter by id": (
        "datacenter",
        lambda tracker: tracker.issues(["10001"]),
        {"issues": [ISSUE], "total": 1},
        (
            "GET /rest/api/2/search?jql=id+in+%2810001%29+ORDER+BY+key+ASC&validateQuery=false"
            f"&fields={FIELDS}&startAt=0&maxResults=100"
        ),
        None,
    ),
}


def assert_made(seen: list[Seen], line: str, body: Any) -> None:
    (only,) = seen
    assert f"{only.method} {only.path}" == line
    assert (only.json if only.body else None) == body
    assert only.headers["user-agent"] == f"zendesk-jira-escalation/{__version__}"
    assert only.headers["accept-encoding"] == "gzip"
    assert TOKEN not in line
    if body is not None:
        assert only.headers["content-type"] == "application/json"


def test_the_clients_are_the_pinned_ones() -> None:
    versions = [importlib.metadata.version(name) for name in ("zenpy", "jira")]
    assert versions == ["2.0.57", "3.10.5"]


@pytest.mark.parametrize("expected", DESK.values(), ids=DESK.keys())
def test_zenpy_makes_one_request_of_this_shape(
    server: Callable[..., Loopback], desk_at: MakeDesk, expected: Any
) -> None:
    call, answer, line, body = expected
    zendesk = server(reply(200, answer))
    call(desk_at(zendesk.url))
    assert_made(zendesk.seen, line, body)


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("expected", TRACKER.values(), ids=TRACKER.keys())
def test_jira_makes_one_request_of_this_shape(
    server: Callable[..., Loopback], tracker_at: MakeTracker, expected: Any, deployment: str
) -> None:
    call, answer, line, body = expected
    jira = server(reply(204 if answer is None else 200, answer))
    call(tracker_at(jira.url, deployment))
    assert_made(jira.seen, line.format(v="3" if deployment == "cloud" else "2"), body)
    assert jira.seen[0].headers["x-atlassian-token"] == "no-check"


@pytest.mark.parametrize("expected", BY_DEPLOYMENT.values(), ids=BY_DEPLOYMENT.keys())
def test_jira_searches_with_one_request_after_knowing_who_it_is(
    server: Callable[..., Loopback], tracker_at: MakeTracker, expected: Any
) -> None:
    deployment, call, answer, line, body = expected
    jira = server(reply(200, answer), rules=ME)
    call(tracker_at(jira.url, deployment))
    assert jira.seen[0].path.endswith("/myself")
    assert_made(jira.seen[1:], line, body)


def test_building_the_clients_makes_no_request(
    server: Callable[..., Loopback], desk_at: MakeDesk, tracker_at: MakeTracker
) -> None:
    service = server(reply(500, {}))
    desk_at(service.url)
    for deployment in ("cloud", "datacenter"):
        tracker_at(service.url, deployment)
    assert service.connections == 0


def test_what_cannot_be_an_id_is_not_sent(
    server: Callable[..., Loopback], desk_at: MakeDesk
) -> None:
    zendesk = server(reply(500, {}))
    desk = desk_at(zendesk.url)
    with pytest.raises(InvalidError) as caught:
        desk.update_ticket(UPDATE.model_copy(update={"fields": {"Jira key": "ESC-1"}}))
    assert caught.value.fields == ("Jira key",)
    with pytest.raises(InvalidError):
        desk.link_issue(7, IssueRef(id="", key="ESC-1"))
    assert zendesk.connections == 0
