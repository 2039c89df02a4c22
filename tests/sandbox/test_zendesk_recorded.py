"""Our answers beside recorded ones of real accounts: the same keys, of the same kinds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from zendesk_rig import NOON, a_clock, a_seed, a_thread, a_ticket

from connector.sandbox.zendesk import front

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)

Shapes = dict[str, set[str]]

LATER_KEYS = {"generated_timestamp"}
"""Keys that accounts recorded in 2023 lack, and those of 2024 have."""


def shapes(body: Any, place: str = "$") -> Shapes:
    """The kinds seen at every place of a body; the items of a list are one place."""
    found: Shapes = {place: {type(body).__name__}}
    parts: list[tuple[str, Any]] = []
    if isinstance(body, dict):
        parts = [(f"{place}.{key}", value) for key, value in body.items()]
    elif isinstance(body, list):
        parts = [(f"{place}[]", value) for value in body]
    for name, value in parts:
        for inner, kinds in shapes(value, name).items():
            found.setdefault(inner, set()).update(kinds)
    return found


def unlike(ours: Any, recorded: Any, *, but: Collection[str] = ()) -> list[str]:
    """Where our body lacks a recorded key or holds another kind; `but`: keys left out."""
    here, there = shapes(ours), shapes(recorded)
    told = []
    for place, kinds in there.items():
        if any(part in but for part in place.replace("[]", "").split(".")):
            continue
        if place not in here:
            if place.rpartition(".")[0] in here and not place.endswith("[]"):
                told.append(f"{place} is missing")
        elif not (here[place] & kinds or here[place] == {"NoneType"} or kinds == {"NoneType"}):
            told.append(f"{place}: {here[place]} for {kinds}")
    return told


def new_keys(ours: Any, recorded: Any, *, but: set[str]) -> list[str]:
    """Keys of ours that no recording has, at places that a recording has."""
    there = shapes(recorded)
    return [
        place
        for place in shapes(ours)
        if place not in there
        and not place.endswith("[]")
        and place.rpartition(".")[0] in there
        and place.rpartition(".")[2] not in but
    ]


class Tape:
    """The recorded interactions of one file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.interactions = json.loads((folder / f"{name}.json").read_text())["interactions"]

    def answer(self, method: str, ending: str, place: int = 0) -> dict[str, Any]:
        found = [
            one["response"]
            for one in self.interactions
            if one["request"]["method"] == method and one["request"]["path"].endswith(ending)
        ]
        answer: dict[str, Any] = found[place]
        return answer


@pytest.fixture
def tapes(shared: Path) -> Path:
    return shared / "fixtures" / "zenpy-cassettes"


@pytest.fixture
def full(desk: Rig) -> Rig:
    """An account whose tickets have something at most places."""
    thread = a_thread(id=1, tags=("vip",), type="incident", priority="normal")
    return desk.fresh(
        a_seed(thread, a_ticket(id=2, status="deleted"), a_ticket(id=3, sla=(a_clock(),)))
    )


def test_the_cursor_export_is_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "incremental-tickets-time-and-cursor")
    recorded = tape.answer("GET", "/cursor.json")
    answer = full.call("GET", "/incremental/tickets/cursor.json", params={"start_time": 0})
    assert unlike(answer.json(), recorded["json"]) == []
    assert new_keys(answer.json(), recorded["json"], but={"id", "value"}) == []
    assert list(answer.json()) == list(recorded["json"])
    assert set(recorded["headers"]) - {"etag"} <= {name.lower() for name in answer.headers}


def test_the_cursor_has_the_recorded_form(full: Rig, tapes: Path) -> None:
    page = Tape(tapes, "incremental-tickets-time-and-cursor").answer("GET", "/cursor.json", 1)
    recorded = page["json"]["after_url"].partition("?")[2]
    ours = full.get("/incremental/tickets/cursor.json", start_time=0, per_page=1)["after_url"]
    names = [pair.partition("=")[0] for pair in ours.partition("?")[2].split("&")]
    assert names == [pair.partition("=")[0] for pair in recorded.split("&")]


def test_the_time_based_export_is_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "incremental-tickets-time-and-cursor")
    recorded = tape.answer("GET", "/tickets.json")["json"]
    ours = full.get("/incremental/tickets.json", start_time=0)
    assert unlike(ours, recorded) == []
    assert list(ours) == list(recorded)


def test_lists_are_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "tickets-list-cursor-and-offset")
    by_cursor = tape.answer("GET", "/tickets.json")["json"]
    ours = full.get("/tickets.json", **{"page[size]": 100})
    assert unlike(ours, by_cursor) == []
    assert set(ours["tickets"][0]) == set(by_cursor["tickets"][0])
    by_offset = tape.answer("GET", "/tickets.json", 2)["json"]
    ours = full.get("/tickets.json")
    assert unlike(ours, by_offset) == []
    assert set(ours["tickets"][0]) == set(by_offset["tickets"][0])


def test_a_created_and_an_updated_ticket_are_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "ticket-create-and-update-with-audit")
    made = full.call("POST", "/tickets.json", {"ticket": {"description": "x", "subject": "x"}})
    recorded = tape.answer("POST", "/tickets.json")
    assert made.status_code == recorded["status"]
    assert unlike(made.json(), recorded["json"], but={"system"}) == []
    ticket = made.json()["ticket"]
    assert set(ticket) - set(recorded["json"]["ticket"]) == LATER_KEYS
    wish = {"description": "y", "id": ticket["id"], "subject": "y"}
    changed = full.put(ticket["id"], **wish)
    recorded = tape.answer("PUT", ".json")
    assert unlike(changed.json(), recorded["json"], but={"system"}) == []
    assert changed.headers["x-zendesk-api-warn"] == recorded["headers"]["x-zendesk-api-warn"]
    assert changed.json()["ticket"]["description"] == "x"


def test_headers_of_an_update_are_as_recorded(full: Rig, tapes: Path) -> None:
    full.control("POST", "options", {"limits": "trial"})
    headers = full.put(1, subject="y").headers
    tape = Tape(tapes, "ticket-create-and-update-with-audit").answer("PUT", ".json")["headers"]
    bucket = "zendesk-rate-limit-tickets-update"
    assert headers[bucket].split(";")[:2] == tape[bucket].split(";")[:2]
    tape = Tape(tapes, "upload-ticket-comments-redact").answer("PUT", "redact.json")["headers"]
    bucket = "zendesk-ratelimit-per-ticket-updates"
    assert headers[bucket].split(";")[:2] == tape[bucket].split(";")[:2]


def test_audits_are_as_recorded(full: Rig, tapes: Path) -> None:
    recorded = Tape(tapes, "ticket-audits-cursor").answer("GET", "/ticket_audits.json")["json"]
    full.put(1, priority="high")
    ours = full.get("/tickets/1/audits.json", **{"page[size]": 100})
    assert unlike(ours, recorded, but={"system"}) == []


def test_comments_are_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "upload-ticket-comments-redact")
    recorded = tape.answer("GET", "/comments.json")["json"]
    ours = full.get("/tickets/1/comments.json", **{"page[size]": 100})
    assert unlike(ours, recorded, but={"system", "to"}) == []
    assert list(ours["comments"][0]) == list(recorded["comments"][0])


def test_an_attachment_is_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "upload-ticket-comments-redact")
    recorded = tape.answer("GET", "/comments.json")["json"]["comments"][0]["attachments"][0]
    order = {"requester": "a@b.example", "subject": "s", "body": "b",
             "attachments": [{"name": "a.txt", "content": "x"}]}  # fmt: skip
    made = full.act("tickets", order)["ticket"]["id"]
    [said] = full.get(f"/tickets/{made}/comments.json")["comments"]
    [ours] = said["attachments"]
    assert list(ours) == list(recorded)
    assert unlike(ours, recorded) == []


def test_jobs_are_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "tickets-bulk-create-jobstatus-updatemany")
    queued = full.call("PUT", "/tickets/update_many.json", {"tickets": [{"id": 1}] * 100}).json()
    recorded = tape.answer("PUT", "/update_many.json")["json"]
    assert unlike(queued, recorded) == []
    for place in (0, 1, 2):
        polled = full.get(f"/job_statuses/{queued['job_status']['id']}.json")["job_status"]
        path = tape.answer("PUT", "/update_many.json")["json"]["job_status"]["id"]
        then = tape.answer("GET", f"{path}.json", place)["json"]["job_status"]
        assert (polled["status"], polled["progress"]) == (then["status"], then["progress"])
        assert unlike(polled, then) == []
    assert full.get("/job_statuses/show_many.json", ids=queued["job_status"]["id"])


def test_a_show_many_is_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "tickets-bulk-create-jobstatus-updatemany")
    recorded = tape.answer("GET", "/show_many.json")["json"]
    assert unlike(full.get("/tickets/show_many.json", ids="1,3"), recorded) == []


def test_errors_are_as_recorded(full: Rig, tapes: Path) -> None:
    lost = Tape(tapes, "error-404-recordnotfound-ticket-update").answer("PUT", ".json")
    ours = full.put(9_223_372_036_854_775_807, subject="test")
    assert (ours.status_code, ours.json()) == (lost["status"], lost["json"])
    many = Tape(tapes, "error-400-toomanyvalues-101-objects").answer("POST", "/create_many.json")
    rows = {"tickets": [{"subject": "test"}] * 150}
    ours = full.call("POST", "/tickets/create_many.json", rows)
    assert (ours.status_code, ours.json()) == (many["status"], many["json"])


def test_a_jira_link_is_as_recorded(full: Rig, tapes: Path) -> None:
    tape = Tape(tapes, "jira-link-create")
    asked = tape.interactions[0]["request"]["json"]
    url = f"{full.url}/api/services/jira/links.json"
    ours = full.session.post(url, json=asked, timeout=20)
    recorded = tape.answer("POST", "/links.json")
    assert ours.status_code == recorded["status"]
    assert list(ours.json()["link"]) == list(recorded["json"]["link"])
    assert unlike(ours.json(), recorded["json"]) == []


def test_a_search_export_is_paged_as_recorded(full: Rig, tapes: Path) -> None:
    recorded = Tape(tapes, "search-export-cursor-users").answer("GET", "/export.json")["json"]
    query = {"query": "type:ticket", "filter[type]": "ticket", "page[size]": 1}
    ours = full.get("/search/export.json", **query)
    assert unlike(ours, recorded, but={"results"}) == []
    user = recorded["results"][0]
    shown = full.get("/users/me.json")["user"]
    missing = {"result_type"}
    assert set(user) - set(shown) == missing


def test_what_other_readers_recorded_is_there_too(full: Rig, tapes: Path) -> None:
    file = tapes / "other-samples" / "airbyte_zendesk_records.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    recorded = {row["stream"]: row["data"] for row in rows}
    policy = full.get("/slas/policies.json")["sla_policies"][0]
    assert unlike(policy, recorded["sla_policies"], but={"value"}) == []
    organization = full.get("/organizations.json")["organizations"][0]
    assert unlike(organization, recorded["organizations"], but={"organization_fields"}) == []
    metrics = full.get("/tickets/1/metrics.json")["ticket_metric"]
    assert unlike(metrics, recorded["ticket_metrics"]) == []
    events = full.get("/incremental/ticket_metric_events.json", start_time=0)
    assert unlike(events["ticket_metric_events"][0], recorded["ticket_metric_events"],
                  but={"status"}) == []  # fmt: skip
    children = full.get("/incremental/ticket_events.json", start_time=0, include="comment_events")
    child = children["ticket_events"][0]["child_events"][0]
    row = {"ticket_id", "timestamp"}
    assert unlike(child, recorded["ticket_comments"], but=row) == []


@pytest.mark.parametrize(
    ("ours", "recorded", "told"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ["$.b is missing"]),
        ({"a": "1"}, {"a": 1}, ["$.a: {'str'} for {'int'}"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": None}, {"b": "x"}]}, ["$.a[].b: {'int'} for "]),
        ({"a": None}, {"a": 1}, []),
        ({"a": []}, {"a": [{"b": 1}]}, []),
    ],
)
def test_the_comparison_itself_can_fail(ours: Any, recorded: Any, told: list[str]) -> None:
    found = unlike(ours, recorded)
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_the_judge_itself_can_fail(desk: Rig) -> None:
    judge = desk._judge
    if judge is None:
        pytest.skip("Zendesk's file is not beside the repository")
    desk.fresh(a_seed(a_ticket(id=1)))
    answer = desk.call("GET", "/tickets/1.json")
    wrong = answer.json()
    wrong["ticket"]["status"] = "sleeping"
    answer._content = json.dumps(wrong).encode()
    with pytest.raises(AssertionError, match="sleeping"):
        judge.check("GET", "/tickets/1.json", answer)
    assert judge.template("GET", "/api/v2/tickets/1") == "/api/v2/tickets/{ticket_id}"
    assert desk.world.now() == NOON


UNDOCUMENTED = {
    "/api/v2/jira/links",
    "/api/v2/jira/links/{}",
    "/api/services/jira/links",
    "/api/services/jira/links/{}",
    "/api/v2/tickets/{}/slas/policy_metrics",
    "/api/v2/incremental/tickets",
}
"""Served, and not in the file of 2026-07: it omits the links and is older than the others."""


def test_every_path_that_is_served_is_documented(desk: Rig) -> None:
    judge = desk._judge
    if judge is None:
        pytest.skip("Zendesk's file is not beside the repository")
    served = {("GET", path) for path, _, _ in front._READS}
    served |= {(method, path) for method, path, _, _ in front._WRITES}
    missing = {
        re.sub(r"\{[^}]+\}", "{}", path)
        for method, path in served
        if judge.template(method, re.sub(r"\{[^}]+\}", "1", path)) is None
    }
    assert missing <= UNDOCUMENTED | {"/api/v2/tickets/update_many"}
