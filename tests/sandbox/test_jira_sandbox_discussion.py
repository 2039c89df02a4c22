from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from jira_rig import DOCUMENT

if TYPE_CHECKING:
    from jira_rig import Json, Rig

pytest_plugins = ("jira_fixtures",)

GLOBAL_ID = "system=zendesk&site=acme&ticket=7"


def link(**parts: Any) -> Json:
    return {"globalId": GLOBAL_ID, "object": {"url": "https://a.example/7", "title": "#7"}, **parts}


@pytest.fixture
def key(rig: Rig) -> str:
    made: str = rig.create()["key"]
    return made


# --- remote links


def test_a_remote_link_is_made_once_for_its_global_id_and_then_updated(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/remotelink"
    first, second = rig.call("POST", path, link()), rig.call("POST", path, link())
    assert first.json() == second.json()
    assert set(first.json()) == {"id", "self"}
    assert (first.status_code, second.status_code) == ((201, 200) if rig.cloud else (200, 200))
    assert len(rig.get(path)) == 1
    kinds = [(one["kind"], one["globalId"], one["created"]) for one in rig.effects()[1:]]
    assert kinds == [("remotelink", GLOBAL_ID, True), ("remotelink", GLOBAL_ID, False)]


def test_what_an_update_of_a_link_leaves_out_is_gone(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/remotelink"
    full = link(
        relationship="reported in",
        application={"name": "Zendesk", "type": "zendesk"},
        object={
            "url": "https://a.example/7",
            "title": "#7",
            "summary": "Exports stop",
            "status": {"resolved": True},
        },
    )
    rig.call("POST", path, full)
    (shown,) = rig.get(path)
    assert shown["object"]["status"] == {"resolved": True}
    rig.call("POST", path, link())
    (shown,) = rig.get(path)
    assert shown["object"] == {"url": "https://a.example/7", "title": "#7"}
    assert "relationship" not in shown
    assert shown["application"] == {}


def test_links_without_a_global_id_pile_up(rig: Rig, key: str) -> None:
    for _ in range(2):
        rig.call("POST", f"/issue/{key}/remotelink", {"object": link()["object"]})
    assert len(rig.get(f"/issue/{key}/remotelink")) == 2


def test_asked_by_global_id_one_link_comes_back_and_not_a_list(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/remotelink"
    made = rig.call("POST", path, link()).json()
    assert rig.get(path, globalId=GLOBAL_ID)["id"] == made["id"]
    assert rig.get(f"{path}/{made['id']}")["globalId"] == GLOBAL_ID
    assert rig.call("GET", path, globalId="other").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"globalId": GLOBAL_ID},
        {"object": {"url": "https://a.example"}},
        {"object": {"title": "t", "url": ""}},
        link(globalId="x" * 256),
        link(globalId=7),
    ],
)
def test_a_link_needs_url_and_title_and_a_global_id_of_at_most_255(
    rig: Rig, key: str, body: Json
) -> None:
    assert rig.call("POST", f"/issue/{key}/remotelink", body).status_code == 400
    assert rig.get(f"/issue/{key}/remotelink") == []


def test_a_link_is_deleted_by_global_id_or_by_id(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/remotelink"
    rig.call("POST", path, link())
    assert rig.call("DELETE", path).status_code == 400
    assert rig.call("DELETE", path, globalId=GLOBAL_ID).status_code == 204
    assert rig.call("DELETE", path, globalId=GLOBAL_ID).status_code == 404
    made = rig.call("POST", path, link()).json()
    assert rig.call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert rig.get(path) == []


def test_an_issue_is_full_of_links_and_comments_at_its_limit(rig: Rig, key: str) -> None:
    rig.control("switches", {"most_remote_links": 1, "most_comments": 1})
    for path, body in (
        ("remotelink", link()),
        ("comment", {"body": rig.text("a")}),
    ):
        statuses = []
        for number in range(2):
            made = {**body, "globalId": str(number)} if path == "remotelink" else body
            statuses.append(rig.call("POST", f"/issue/{key}/{path}", made).status_code)
        assert statuses[0] in {200, 201}
        assert statuses[1] == 413
    assert rig.call("POST", f"/issue/{key}/remotelink", link(globalId="0")).status_code == 200


def test_a_link_does_not_touch_updated(rig: Rig, key: str) -> None:
    before = rig.get(f"/issue/{key}")["fields"]["updated"]
    rig.world.clock.advance(timedelta(minutes=1))
    rig.call("POST", f"/issue/{key}/remotelink", link())
    assert rig.get(f"/issue/{key}")["fields"]["updated"] == before


# --- comments


def test_a_comment_is_a_document_on_v3_and_text_on_v2(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/comment"
    wrong = "text" if rig.cloud else DOCUMENT
    refused = rig.call("POST", path, {"body": wrong})
    assert refused.status_code == 400
    wanted = "an Atlassian Document" if rig.cloud else "a string"
    assert f"Operation value must be {wanted}" in refused.json()["errors"]["comment"]
    made = rig.call("POST", path, {"body": rig.text("Reproduced.")})
    assert made.status_code == 201
    assert made.json()["body"] == rig.text("Reproduced.")
    assert made.json()["author"]["displayName"] == "Escalation Connector"


@pytest.mark.parametrize("length", [32_700, 32_768])
def test_a_comment_over_the_limit_is_refused(rig: Rig, key: str, length: int) -> None:
    body = {"body": rig.text("x" * length)}
    answer = rig.call("POST", f"/issue/{key}/comment", body)
    fits = length < 32_768 and not rig.cloud
    assert answer.status_code == (201 if fits else 400)
    if not fits:
        assert "32,767" in answer.json()["errors"]["comment"]


def test_an_empty_comment_is_refused(rig: Rig, key: str) -> None:
    for body in ({"body": ""}, {}):
        assert rig.call("POST", f"/issue/{key}/comment", body).status_code == 400


def test_the_journal_tells_equal_texts_apart_from_others_without_showing_them(
    rig: Rig, key: str
) -> None:
    for text in ("the secret", "the secret", "another"):
        properties = [{"key": "acme.event", "value": {"id": text[:3]}}]
        body = {"body": rig.text(text), "properties": properties}
        assert rig.call("POST", f"/issue/{key}/comment", body).status_code == 201
    effects = [one for one in rig.effects() if one["kind"] == "comment"]
    hashes = [one["text"] for one in effects]
    assert hashes[0] == hashes[1] != hashes[2]
    assert "secret" not in str(hashes)
    assert effects[0]["properties"] == {"acme.event": {"id": "the"}}


def test_the_newest_comments_are_listed_first_when_asked(rig: Rig, key: str) -> None:
    for number in range(3):
        rig.call("POST", f"/issue/{key}/comment", {"body": rig.text(str(number))})
        rig.world.clock.advance(timedelta(seconds=5))
    page = rig.get(f"/issue/{key}/comment", orderBy="-created", startAt=0, maxResults=2)
    assert [one["body"] for one in page["comments"]] == [rig.text("2"), rig.text("1")]
    assert (page["total"], page["maxResults"], page["startAt"]) == (3, 2, 0)
    rest = rig.get(f"/issue/{key}/comment", startAt=2)
    assert [one["body"] for one in rest["comments"]] == [rig.text("2")]
    assert rig.call("GET", f"/issue/{key}/comment", orderBy="author").status_code == 400


def test_comments_of_the_same_moment_keep_their_order(rig: Rig, key: str) -> None:
    for number in range(3):
        rig.call("POST", f"/issue/{key}/comment", {"body": rig.text(str(number))})
    page = rig.get(f"/issue/{key}/comment", orderBy="-created")
    assert [one["body"] for one in page["comments"]] == [rig.text(one) for one in "210"]


def test_listing_hides_comment_properties_and_the_list_endpoint_shows_them(cloud: Rig) -> None:
    key = cloud.create()["key"]
    properties = [{"key": "acme.event", "value": {"id": "e1"}}]
    body = {"body": cloud.text("a"), "properties": properties}
    made = cloud.call("POST", f"/issue/{key}/comment", body).json()
    (listed,) = cloud.get(f"/issue/{key}/comment")["comments"]
    assert "properties" not in listed
    ids = {"ids": [int(made["id"]), 99_999]}
    shown = cloud.call("POST", "/comment/list", ids, expand="properties").json()
    assert [one["properties"] for one in shown["values"]] == [properties]
    bare = cloud.call("POST", "/comment/list", ids).json()
    assert "properties" not in bare["values"][0]
    assert cloud.call("POST", "/comment/list", {"ids": []}).status_code == 400


def test_a_comment_makes_the_issue_updated(rig: Rig, key: str) -> None:
    rig.world.clock.advance(timedelta(minutes=10))
    rig.call("POST", f"/issue/{key}/comment", {"body": rig.text("a")})
    assert rig.keys("project = ESC and updated >= -1m") == [key]


# --- properties


def test_a_property_is_put_read_listed_and_deleted(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/properties/acme.escalation"
    assert rig.call("GET", path).status_code == 404
    assert rig.call("PUT", path, {"v": 1}).status_code == 201
    assert rig.call("PUT", path, {"v": 2}).status_code == 200
    assert rig.get(path) == {"key": "acme.escalation", "value": {"v": 2}}
    (listed,) = rig.get(f"/issue/{key}/properties")["keys"]
    assert listed["key"] == "acme.escalation"
    assert rig.call("DELETE", path).status_code == 204
    assert rig.call("DELETE", path).status_code == 404


def test_a_property_has_a_value_of_at_most_32768_characters(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/properties/p"
    assert rig.call("PUT", path, "").status_code == 400
    assert rig.call("PUT", path, "x" * 32_767).status_code == 400
    assert rig.call("PUT", path, data=b"{").status_code == 400
    assert rig.call("PUT", path, "x" * 32_766).status_code == 201


# --- watchers, attachments, links


def test_a_watcher_is_a_bare_json_string_and_adding_it_twice_is_once(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/watchers"
    name = "712020:7ae1" if rig.cloud else "engineer"
    for _ in range(2):
        assert rig.call("POST", path, name).status_code == 204
    watchers = rig.get(path)
    assert (watchers["watchCount"], watchers["isWatching"]) == (2, True)
    assert rig.call("POST", path, "nobody").status_code == 404


def test_an_attachment_needs_its_header_and_comes_with_its_bytes(rig: Rig, key: str) -> None:
    path = f"/issue/{key}/attachments"
    body = (
        b'--X\r\nContent-Disposition: form-data; name="file"; filename="a\xc3\xa4.log"\r\n'
        b"Content-Type: text/plain\r\n\r\nline\r\n\x00\xff\r\n--X--\r\n"
    )
    multipart = {"Content-Type": "multipart/form-data; boundary=X", **rig.login}
    assert rig.call("POST", path, data=body, headers=multipart).status_code == 403
    headers = {**multipart, "X-Atlassian-Token": "no-check"}
    (made,) = rig.call("POST", path, data=body, headers=headers).json()
    assert (made["filename"], made["size"], made["mimeType"]) == ("aä.log", 8, "text/plain")
    (shown,) = rig.get(f"/issue/{key}")["fields"]["attachment"]
    assert shown["id"] == made["id"]
    empty = rig.call("POST", path, data=b"--X--\r\n", headers=headers)
    assert empty.status_code == 400
    wrong = {**headers, "Content-Type": "application/json"}
    assert rig.call("POST", path, data=b"{}", headers=wrong).status_code == 415


def test_an_issue_link_shows_on_both_sides_and_repeating_it_makes_two(rig: Rig, key: str) -> None:
    other = rig.create()["key"]
    body = {
        "type": {"name": "duplicate"},
        "inwardIssue": {"key": key},
        "outwardIssue": {"key": other},
    }
    assert rig.call("POST", "/issueLink", body).status_code == 201
    here = rig.get(f"/issue/{key}")["fields"]["issuelinks"]
    there = rig.get(f"/issue/{other}")["fields"]["issuelinks"]
    assert [one["outwardIssue"]["key"] for one in here] == [other]
    assert [one["inwardIssue"]["key"] for one in there] == [key]
    assert here[0]["type"]["outward"] == "duplicates"
    rig.call("POST", "/issueLink", body)
    assert len(rig.get(f"/issue/{key}")["fields"]["issuelinks"]) == 2
    for wrong in ({"type": {"name": "Nope"}}, {"outwardIssue": {"key": "ESC-99"}}):
        assert rig.call("POST", "/issueLink", {**body, **wrong}).status_code == 404
    assert rig.call("POST", "/issueLink", {**body, "inwardIssue": {}}).status_code == 400


def test_the_kinds_of_issue_links_have_words_for_both_directions(rig: Rig) -> None:
    kinds = {one["name"]: one for one in rig.get("/issueLinkType")["issueLinkTypes"]}
    assert kinds["Duplicate"]["inward"] == "is duplicated by"


def test_nothing_hangs_on_an_issue_that_is_not_there(rig: Rig) -> None:
    for path in ("comment", "remotelink", "properties", "watchers", "transitions"):
        assert rig.call("GET", f"/issue/ESC-9/{path}").status_code == 404
    for path in ("comment", "remotelink", "watchers", "transitions"):
        assert rig.call("POST", f"/issue/ESC-9/{path}", {}).status_code == 404
