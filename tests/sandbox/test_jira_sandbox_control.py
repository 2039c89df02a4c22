from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jira_rig import Rig

pytest_plugins = ("jira_fixtures",)


def refused(rig: Rig, path: str, body: object) -> int:
    url = f"{rig.url}/_sandbox/jira/{path}"
    return rig.session.post(url, json=body, timeout=20).status_code


def test_an_engineer_moves_an_issue_and_comments_on_it(rig: Rig) -> None:
    key = rig.create()["key"]
    moved = rig.control(f"issues/{key}/status", {"status": "Done", "resolution": "Fixed"})
    assert (moved["status"], moved["resolution"]) == ("Done", "Fixed")
    said = rig.control(f"issues/{key}/comment", {"text": "In 4.2.2.\nSorry.", "author": "product"})
    (comment,) = said["comments"]
    assert (comment["author"], comment["text"]) == ("Tomás Okafor", "In 4.2.2.\nSorry.")
    (listed,) = rig.get(f"/issue/{key}/comment")["comments"]
    assert listed["author"]["displayName"] == "Tomás Okafor"
    reopened = rig.control(f"issues/{key}/status", {"status": "To Do"})
    assert reopened["resolution"] is None


def test_an_engineer_sets_fields_by_their_names(rig: Rig) -> None:
    key = rig.create(labels=["a"])["key"]
    wanted = {"priority": "Highest", "assignee": "engineer", "labels": ["a", "b"], "summary": "S"}
    shown = rig.control(f"issues/{key}/set", wanted)
    assert (shown["priority"], shown["assignee"]) == ("Highest", "Priya Raman")
    assert (shown["labels"], shown["summary"]) == (["a", "b"], "S")
    assert rig.control(f"issues/{key}/set", {"assignee": None})["assignee"] is None
    assert rig.get(f"/issue/{key}")["fields"]["labels"] == ["a", "b"]


def test_an_engineer_files_an_issue_of_their_own(rig: Rig) -> None:
    wanted = {"project": "PROD", "type": "Story", "summary": "Ours", "description": "a\nb"}
    shown = rig.control("issues", wanted)
    assert (shown["key"], shown["description"]) == ("PROD-1", "a\nb")
    assert rig.get("/issue/PROD-1")["fields"]["creator"]["displayName"] == "Priya Raman"
    assert rig.effects() == []


def test_the_dump_tells_everything_hidden_issues_too(rig: Rig) -> None:
    made = rig.create(
        labels=["zdesc-1"],
        properties=[{"key": "p", "value": {"v": 1}}],
        description=rig.text("It broke."),
    )
    key = made["key"]
    rig.call("POST", f"/issue/{key}/remotelink", {"object": {"url": "https://a", "title": "#7"}})
    rig.control(f"issues/{key}/hide", {})
    (shown,) = rig.control("issues")["issues"]
    assert shown["hidden"] is True
    assert (shown["id"], shown["labels"], shown["properties"]) == (
        made["id"],
        ["zdesc-1"],
        {"p": {"v": 1}},
    )
    assert shown["description"] == "It broke."
    assert shown["raw"] == rig.text("It broke.")
    assert shown["remote_links"][0]["object"]["title"] == "#7"
    assert shown["url"] == f"{rig.url}/browse/{key}"
    assert rig.control(f"issues/{made['id']}")["key"] == key


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("issues/{key}/status", {"status": "Nope"}),
        ("issues/{key}/status", {"status": "Done", "resolution": "Nope"}),
        ("issues/{key}/status", {"status": "Done", "author": "nobody"}),
        ("issues/{key}/status", {}),
        ("issues/{key}/set", {"storypoints": 1}),
        ("issues/{key}/set", {"priority": "Nope"}),
        ("issues/{key}/move", {"project": "NOPE"}),
        ("issues", {"project": "NOPE"}),
        ("switches", {"login": "maybe"}),
        ("switches", {"zone": "Mars/Olympus"}),
        ("switches", {"unknown": 1}),
        ("lag", {"preset": "some"}),
    ],
)
def test_a_wrong_order_is_refused_and_changes_nothing(rig: Rig, path: str, body: object) -> None:
    key = rig.create()["key"]
    before = rig.control("issues"), rig.control("switches")
    assert refused(rig, path.format(key=key), body) == 400
    assert (rig.control("issues"), rig.control("switches")) == before


def test_an_order_about_no_issue_is_a_404(rig: Rig) -> None:
    assert refused(rig, "issues/ESC-9/hide", {}) == 404


def test_switches_change_one_by_one_and_stay(rig: Rig) -> None:
    rig.control("switches", {"zone": "Asia/Tokyo"})
    shown = rig.control("switches", {"drops_security": True})
    assert (shown["zone"], shown["drops_security"]) == ("Asia/Tokyo", True)


def test_the_sandbox_counts_what_jira_holds(rig: Rig) -> None:
    key = rig.create()["key"]
    rig.control(f"issues/{key}/comment", {"text": "a"})
    state = rig.session.get(f"{rig.url}/_sandbox/state", timeout=20).json()
    assert state["jira"] == {"issues": 1, "comments": 1, "remote_links": 0}


# --- pages for people


def test_an_issue_is_a_page_in_the_browser_with_everything_escaped(rig: Rig) -> None:
    attack = "<script>alert(1)</script>"
    key = rig.create(summary=attack, description=rig.text(attack), labels=["zdesc-1"])["key"]
    link = {"object": {"url": "javascript:alert(1)", "title": attack}, "globalId": "1"}
    rig.call("POST", f"/issue/{key}/remotelink", link)
    good = {"object": {"url": "https://acme.example/7", "title": "#7"}, "globalId": "2"}
    rig.call("POST", f"/issue/{key}/remotelink", good)
    rig.control(f"issues/{key}/comment", {"text": attack})
    rig.control(f"issues/{key}/status", {"status": "Done", "resolution": "Fixed"})
    page = rig.session.get(f"{rig.url}/browse/{key}", timeout=20)
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "javascript:" not in page.text
    assert page.text.count("&lt;script&gt;") >= 4
    assert '<a href="https://acme.example/7"' in page.text
    assert "Done (Fixed)" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_front_page_lists_the_issues(rig: Rig) -> None:
    assert "No issues yet" in rig.session.get(f"{rig.url}/", timeout=20).text
    rig.create()
    listed = rig.session.get(f"{rig.url}/", timeout=20).text
    assert '<a href="/browse/ESC-1">ESC-1</a>' in listed
    assert rig.session.get(f"{rig.url}/browse/ESC-9", timeout=20).status_code == 404
