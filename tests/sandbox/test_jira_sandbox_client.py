"""The sandbox driven by the client that the product uses, built as the product builds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jira import JIRA, JIRAError  # noqa: TID251 - the sandbox is proven on the product's client

from connector.sandbox.faults import Fault
from connector.sandbox.jira import EMAIL, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jira_rig import Rig

pytest_plugins = ("jira_fixtures",)


def build(rig: Rig, *, ask_server: bool = False) -> JIRA:
    log_in: dict[str, Any] = {"basic_auth": (EMAIL, TOKEN)} if rig.cloud else {"token_auth": TOKEN}
    options: dict[str, Any] = {"rest_api_version": "3"} if rig.cloud else {}
    client = JIRA(
        server=rig.url,
        options=options,
        get_server_info=ask_server,
        max_retries=0,
        timeout=(5, 30),
        logging=False,
        **log_in,
    )
    if not ask_server:
        client.deploymentType = "Cloud" if rig.cloud else "Server"
        client._version = (1001, 0, 0) if rig.cloud else (10, 3, 0)
        client._applicationlinks = []
        client._fields_cache_value = {"_": "_"}
    return client


def close(client: JIRA) -> None:
    client.close()  # type: ignore[no-untyped-call]  # the client's own


@pytest.fixture
def client(rig: Rig) -> Iterator[JIRA]:
    made = build(rig)
    yield made
    close(made)


def created(client: JIRA, rig: Rig, **fields: Any) -> str:
    body = {
        "fields": rig.draft(**fields),
        "properties": [{"key": "acme.escalation", "value": {"v": 1}}],
    }
    answer = client._session.post(client._get_url("issue"), data=json.dumps(body))
    key: str = answer.json()["key"]
    return key


def find(client: JIRA, rig: Rig, jql: str, fields: list[str], **params: Any) -> Any:
    if rig.cloud:
        return client.enhanced_search_issues(jql, fields=fields, **params)
    return client.search_issues(jql, fields=fields, **params)


def test_the_client_can_ask_the_server_what_it_is(rig: Rig) -> None:
    client = build(rig, ask_server=True)
    assert client._is_cloud is rig.cloud
    close(client)


def test_it_knows_who_it_is(client: JIRA, rig: Rig) -> None:
    assert client.myself()["timeZone"] == "Europe/Berlin"


def test_it_creates_finds_reads_and_edits(client: JIRA, rig: Rig) -> None:
    key = created(client, rig, labels=["zdesc-1"], description=rig.text("It broke."))
    (found,) = find(client, rig, 'project = ESC AND labels = "zdesc-1"', ["status", "labels"])
    assert (found.key, found.fields.labels) == (key, ["zdesc-1"])
    edit = {"update": {"labels": [{"add": "zd-7"}]}}
    client._session.put(client._get_url(f"issue/{key}"), data=json.dumps(edit))
    issue = client.issue(key, fields="labels,description", properties="acme.escalation")
    assert issue.fields.labels == ["zdesc-1", "zd-7"]
    assert issue.raw["fields"]["description"] == rig.text("It broke.")
    assert issue.raw["properties"] == {"acme.escalation": {"v": 1}}


def test_it_walks_through_every_page(client: JIRA, rig: Rig) -> None:
    for _ in range(3):
        body = {"issueUpdates": [{"fields": rig.draft()}] * 40}
        rig.call("POST", "/issue/bulk", body)
    found = find(client, rig, "project = ESC ORDER BY key", ["status"], maxResults=False)
    assert len({issue.key for issue in found}) == 120


def test_it_makes_and_renews_a_remote_link(client: JIRA, rig: Rig) -> None:
    key = created(client, rig)
    for title in ("#7", "#7 again"):
        client.add_remote_link(
            key,
            {"url": "https://acme.example/7", "title": title},
            globalId="system=zendesk&site=acme&ticket=7",
            application={"name": "Zendesk"},
            relationship="reported in",
        )
    (link,) = client.remote_links(key)
    assert (link.object.title, link.globalId) == ("#7 again", "system=zendesk&site=acme&ticket=7")
    client.delete_remote_link(key, global_id="system=zendesk&site=acme&ticket=7")
    assert client.remote_links(key) == []


def test_it_comments_and_lists_comments(client: JIRA, rig: Rig) -> None:
    key = created(client, rig)
    client.add_comment(key, rig.text("ref e1"))
    (comment,) = client.comments(key)
    assert comment.raw["body"] == rig.text("ref e1")


def test_it_sets_properties_watchers_links_and_attachments(
    client: JIRA, rig: Rig, tmp_path: Any
) -> None:
    key, other = created(client, rig), created(client, rig)
    client.add_issue_property(key, "acme.p", {"v": 2})
    assert client.issue_property(key, "acme.p").raw["value"] == {"v": 2}
    client.add_watcher(key, "Priya Raman" if rig.cloud else "engineer")
    assert client.watchers(key).watchCount == 2
    client.create_issue_link("Duplicate", key, other)
    (link,) = client.issue(key).fields.issuelinks
    assert link.outwardIssue.key == other
    log = tmp_path / "trace.log"
    log.write_bytes(b"line 1\n")
    with log.open("rb") as handle:
        attachment = client.add_attachment(key, handle, filename="trace.log")
    assert (attachment.filename, attachment.size) == ("trace.log", 7)


def test_it_moves_through_the_workflow_with_an_integer_for_an_id(client: JIRA, rig: Rig) -> None:
    key = created(client, rig)
    assert next(one["name"] for one in client.transitions(key)) == "Start progress"
    client.transition_issue(key, 21)
    client.transition_issue(key, "Resolve as…", fields={"resolution": {"name": "Fixed"}})
    assert client.issue(key).raw["fields"]["resolution"]["name"] == "Fixed"


def test_it_reads_what_the_site_is_made_of(client: JIRA, rig: Rig) -> None:
    assert next(one.name for one in client.priorities()) == "Highest"
    assert "customfield_10050" in {one["id"] for one in client.fields()}
    assert [one.key for one in client.projects()] == ["ESC", "PROD", "SEC", "LEAD"]
    assert client.my_permissions(projectKey="ESC", permissions="CREATE_ISSUES")["permissions"]
    if not rig.cloud:
        fields = client.project_issue_fields("ESC", "10001")
        assert "labels" in {one.fieldId for one in fields}


def test_bulk_creation_reports_each_failure(client: JIRA, rig: Rig) -> None:
    results = client.create_issues([rig.draft(), rig.draft(labels=["a b"])], prefetch=False)
    assert [one["status"] for one in results] == ["Success", "Error"]
    assert "labels" in results[1]["error"]


def test_a_moved_issue_is_read_by_its_old_key(client: JIRA, rig: Rig) -> None:
    key = created(client, rig)
    rig.control(f"issues/{key}/move", {"project": "PROD"})
    assert client.issue(key).key == "PROD-1"


def test_the_clients_own_post_search_is_refused_for_its_nulls(cloud: Rig) -> None:
    client = build(cloud)
    with pytest.raises(JIRAError) as caught:
        client.enhanced_search_issues("project = ESC", fields=["status"], use_post=True)
    assert caught.value.status_code == 400
    close(client)


def test_a_creation_whose_answer_is_lost_did_happen(client: JIRA, rig: Rig) -> None:
    fault = Fault(side="jira", method="POST", path="/issue$", when="after", fault="status:502")
    rig.world.faults.order(fault)
    with pytest.raises(JIRAError) as caught:
        created(client, rig, labels=["zdesc-1"])
    assert caught.value.status_code == 502
    assert rig.keys("labels = zdesc-1") == ["ESC-1"]
