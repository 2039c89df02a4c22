"""The tracker against the embedded sandbox, Cloud and Data Center: what its port promises."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests
from box_rig import HOUR, INTENT, body, draft, play
from clients_rig import Time, policy_on

from connector.clients.auth import ApiToken, BearerToken
from connector.clients.jira import JiraTracker
from connector.errors import (
    BusyError,
    ConfigError,
    GoneError,
    InvalidError,
    RefusedError,
    UncertainError,
)
from connector.ports import RemoteLink
from connector.sandbox.faults import Fault
from connector.sandbox.jira import EMAIL as JIRA_EMAIL
from connector.sandbox.jira import TOKEN as JIRA_TOKEN
from connector.sandbox.world import Options

if TYPE_CHECKING:
    from connector.clients.calls import CallCounter
    from connector.sandbox.server import Sandbox


def test_who_we_are_at_the_tracker(tracker: JiraTracker) -> None:
    me = tracker.whoami()
    assert me.id
    assert me.zone


def test_the_site_is_what_jira_says_it_is(tracker: JiraTracker, sandbox: Sandbox) -> None:
    assert tracker.site() == sandbox.jira_url
    assert tracker.browse_url("ESC-1") == f"{sandbox.jira_url}/browse/ESC-1"


def test_an_issue_is_created_with_its_marker_and_found_by_it(tracker: JiraTracker) -> None:
    before = tracker.highest_key("ESC")
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}01"))
    assert int(made.key.partition("-")[2]) > before
    (found,) = tracker.find_by_label(f"zdesc-{tracker.dialect}01")
    assert (found.id, found.key, found.project) == (made.id, made.key, "ESC")
    assert found.category == "new"
    assert set(found.labels) == {"zdesc", f"zdesc-{tracker.dialect}01"}
    assert found.created is not None
    assert tracker.highest_key("ESC") == int(made.key.partition("-")[2])


def test_an_issue_that_the_index_does_not_know_is_found_by_key(
    tracker: JiraTracker, sandbox: Sandbox, deployment: Literal["cloud", "datacenter"]
) -> None:
    before = tracker.highest_key("ESC")
    sandbox.world.options = Options(limits="off", deployment=deployment, search_lag=600)
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}02"))
    assert tracker.find_by_label(f"zdesc-{tracker.dialect}02") == ()
    assert made.id in [issue.id for issue in tracker.issues_after("ESC", before)]
    assert [issue.id for issue in tracker.issues([made.id])] == [made.id]


def test_a_create_whose_answer_is_lost_happened_once(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    label = f"zdesc-{tracker.dialect}03"
    sandbox.world.faults.order(
        Fault(side="jira", method="POST", path="/issue$", fault="close", when="after")
    )
    with pytest.raises(UncertainError):
        tracker.create_issue(draft(tracker, f"{tracker.dialect}03"))
    assert len(tracker.find_by_label(label)) == 1


def test_issues_by_id_leave_out_deleted_and_hidden_ones(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = [tracker.create_issue(draft(tracker, f"{tracker.dialect}04{n}")) for n in "abc"]
    play(sandbox, "jira", f"issues/{made[0].key}/delete")
    play(sandbox, "jira", f"issues/{made[1].key}/hide", hidden=True)
    assert [issue.id for issue in tracker.issues([one.id for one in made])] == [made[2].id]


def test_a_moved_issue_is_followed_by_its_id(tracker: JiraTracker, sandbox: Sandbox) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}05"))
    moved = play(sandbox, "jira", f"issues/{made.key}/move", project="PROD")
    (found,) = tracker.issues([made.id])
    assert found.key == moved["key"]
    assert found.project == "PROD"


def test_changes_are_found_by_label_and_time(tracker: JiraTracker, sandbox: Sandbox) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}06"))
    other = tracker.create_issue(draft(tracker, f"{tracker.dialect}07", labels=["else"]))
    ids = [
        issue.id
        for issue in tracker.changed_issues(
            ["ESC", "PROD"], label="zdesc", minutes=10, written=[made.id]
        )
    ]
    assert made.id in ids
    assert other.id not in ids
    assert list(tracker.changed_issues([], label="zdesc", minutes=10)) == []
    sandbox.world.clock.advance(HOUR)
    assert made.id not in [
        issue.id for issue in tracker.changed_issues(["ESC"], label="zdesc", minutes=10)
    ]


def test_a_search_is_read_to_its_last_page(tracker: JiraTracker, sandbox: Sandbox) -> None:
    label = f"many-{tracker.dialect}"
    for n in range(105):
        play(sandbox, "jira", "issues", project="ESC", summary=f"no. {n}", labels=[label])
    assert len(tracker.find_by_label(label)) == 105


def test_resolution_status_and_owner_come_with_an_issue(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}08"))
    play(sandbox, "jira", f"issues/{made.key}/set", priority="High", assignee="engineer")
    play(sandbox, "jira", f"issues/{made.key}/status", status="Done", resolution="Fixed")
    (found,) = tracker.issues([made.id])
    assert (found.category, found.resolution, found.priority) == ("done", "Fixed", "High")
    assert found.assignee == "Priya Raman"


def test_a_remote_link_is_one_however_often_it_is_put(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}09"))
    for resolved in (False, True):
        tracker.upsert_remote_link(
            made.id,
            RemoteLink(
                global_id="system=zendesk&site=acme&ticket=101",
                url="https://acme.example/agent/tickets/101",
                title="#101 Export fails",
                resolved=resolved,
            ),
        )
    held = requests.get(
        f"{sandbox.jira_url}/rest/api/2/issue/{made.id}/remotelink",
        auth=(JIRA_EMAIL, JIRA_TOKEN) if tracker.dialect == "adf" else None,
        headers={} if tracker.dialect == "adf" else {"Authorization": f"Bearer {JIRA_TOKEN}"},
        timeout=10,
    ).json()
    assert [link["object"]["status"]["resolved"] for link in held] == [True]


def test_fields_labels_and_properties_are_set_in_one_request(
    tracker: JiraTracker, counter: CallCounter
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}10"))
    before = counter.total
    tracker.update_issue(
        made.id,
        fields={"summary": "It broke again"},
        add_labels=["zd-102"],
        remove_labels=["zdesc"],
        properties={"zdesc.escalation": {"v": 2}},
    )
    assert counter.total == before + 1
    (found,) = tracker.issues([made.id])
    assert set(found.labels) == {"zd-102", f"zdesc-{tracker.dialect}10"}
    tracker.update_issue(made.id)
    with pytest.raises(InvalidError):
        tracker.update_issue(made.id, fields={"labels": []}, add_labels=["x"])


def test_comments_come_back_newest_first_with_their_words(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}11"))
    start = sandbox.world.now()
    receipts = []
    for n in range(3):
        sandbox.world.clock.advance(timedelta(minutes=10))
        text = body(tracker, f"note {n} ref {INTENT}")
        receipts.append(tracker.comment(made.id, text, intent_id=INTENT))
    found = tracker.comments(made.id, since=start)
    assert [one.id for one in found] == [one.remote_id for one in reversed(receipts)]
    assert found[0].text == f"note 2 ref {INTENT}"
    assert found[0].author_id == tracker.whoami().id
    assert len(tracker.comments(made.id, since=start + timedelta(minutes=15))) == 2


def test_a_transition_goes_by_category_and_says_what_it_was(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}12"))
    assert tracker.transition(made.id, to_category="indeterminate")
    assert tracker.issues([made.id])[0].category == "indeterminate"
    play(sandbox, "jira", f"issues/{made.key}/status", status="Done", resolution="Fixed")
    assert tracker.transition(made.id, to_category="no such category") is None


def test_a_field_that_is_not_on_the_screen_is_named(tracker: JiraTracker) -> None:
    with pytest.raises(InvalidError) as caught:
        tracker.create_issue(draft(tracker, f"{tracker.dialect}13", customfield_99999="x"))
    assert caught.value.fields == ("customfield_99999",)


@pytest.mark.parametrize("deployment", ["cloud"], indirect=True)  # Data Center has no such limit
def test_a_limited_issue_pauses_alone(
    tracker: JiraTracker, sandbox: Sandbox, deployment: Literal["cloud", "datacenter"]
) -> None:
    first, second = (tracker.create_issue(draft(tracker, f"{tracker.dialect}14{n}")) for n in "ab")
    sandbox.world.options = Options(limits="real", deployment=deployment)
    with pytest.raises(BusyError) as caught:  # noqa: PT012 - one of many is refused
        for n in range(40):
            tracker.update_issue(first.id, add_labels=[f"l{n}"])
    assert caught.value.scope == f"issue {first.id}"
    tracker.update_issue(second.id, add_labels=["still-going"])


def test_an_unknown_project_is_refused_before_it_is_searched(tracker: JiraTracker) -> None:
    with pytest.raises(ConfigError, match="no Jira project key"):
        tracker.highest_key('ESC" OR project = "SEC')


def test_somebody_whom_jira_does_not_know_finds_no_empty_list(
    sandbox: Sandbox, deployment: Literal["cloud", "datacenter"]
) -> None:
    """A search by nobody answers 200 with no issues; that must not pass for "none there"."""
    cloud = deployment == "cloud"
    wrong = ApiToken(email="a@b.example", token="x") if cloud else BearerToken(token="x")
    made = JiraTracker(sandbox.jira_url, wrong, deployment, policy=policy_on(Time()))
    with closing(made) as tracker, pytest.raises(RefusedError):
        tracker.find_by_label("zdesc-1")


# --- what the site has ---------------------------------------------------------------------------


def test_the_site_s_facts_are_what_a_mapping_may_name(tracker: JiraTracker) -> None:
    facts = tracker.facts(["ESC", "SEC", "NOPE"])
    assert set(facts.projects) == {"ESC", "SEC"}
    assert set(facts.priorities) >= {"Highest", "High", "Medium"}
    assert facts.resolutions
    project = facts.projects["ESC"]
    assert project.kind == "software"
    assert all(project.allowed.values())
    assert {status.category for status in project.statuses} == {"new", "indeterminate", "done"}
    assert project.screens is not None
    fields = {field.key: field for field in project.screens["Bug"]}
    assert fields["summary"].required
    assert "labels" in fields
    assert set(fields["priority"].options) >= {"Highest", "High"}
    assert facts.projects["SEC"].levels


def test_what_people_wrote_in_a_description_is_read_and_written_back_as_it_stands(
    tracker: JiraTracker, sandbox: Sandbox
) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}30"))
    theirs: Any = "h1. Ours\r\n[~priya] {panel}see below{panel}"
    if tracker.dialect == "adf":
        mention = {"type": "mention", "attrs": {"id": "1", "text": "@Priya"}}
        theirs = {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [mention]}, {"type": "rule"}],
        }
    play(sandbox, "jira", f"issues/{made.key}/set", description=theirs, summary="Renamed")
    read = tracker.text(made.id)
    assert (read.summary, read.description) == ("Renamed", theirs)
    tracker.update_issue(made.id, fields={"description": read.description})
    assert tracker.text(made.id).description == theirs


def test_an_issue_without_a_description_has_none(tracker: JiraTracker) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}31", description=None))
    assert tracker.text(made.id).description is None


def test_the_text_of_an_issue_that_is_gone_says_so(tracker: JiraTracker, sandbox: Sandbox) -> None:
    made = tracker.create_issue(draft(tracker, f"{tracker.dialect}32"))
    play(sandbox, "jira", f"issues/{made.key}/delete")
    with pytest.raises(GoneError):
        tracker.text(made.id)
