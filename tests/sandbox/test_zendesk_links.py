"""Zendesk's own Jira links, on both paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import requests
    from zendesk_rig import Rig

pytest_plugins = ("zendesk_fixtures",)

NEW, OLD = "/api/v2/jira/links", "/api/services/jira/links.json"


def link(desk: Rig, ticket: int | str, issue: int | str, path: str = NEW) -> requests.Response:
    wanted = {"ticket_id": ticket, "issue_id": issue, "issue_key": f"ESC-{issue}"}
    return desk.session.post(f"{desk.url}{path}", json={"link": wanted}, timeout=20)


def listed(desk: Rig, path: str = NEW, **params: str) -> list[tuple[str, str]]:
    answer = desk.session.get(f"{desk.url}{path}", params=params, timeout=20)
    assert answer.status_code == 200
    return [(one["ticket_id"], one["issue_id"]) for one in answer.json()["links"]]


@pytest.mark.parametrize("path", [NEW, OLD])
def test_a_link_comes_back_with_its_ids_as_text(desk: Rig, path: str) -> None:
    made = link(desk, 20858, 20858, path)
    assert made.status_code == 201
    told = made.json()["link"]
    assert (told["ticket_id"], told["issue_id"], told["issue_key"]) == (
        "20858", "20858", "ESC-20858",
    )  # fmt: skip
    assert isinstance(told["id"], int)
    assert told["created_at"] == "2026-06-17T12:00:00.000Z"
    assert [effect["kind"] for effect in desk.effects()] == ["jira_link"]


def test_links_are_found_by_ticket_and_by_issue(desk: Rig) -> None:
    for ticket, issue in ((1, 10), (2, 10), (1, 11)):
        link(desk, ticket, issue)
    assert listed(desk, **{"filter[ticket_id]": "1"}) == [("1", "10"), ("1", "11")]
    assert listed(desk, **{"filter[issue_id]": "10"}) == [("1", "10"), ("2", "10")]
    assert listed(desk, OLD, ticket_id="2") == [("2", "10")]


def test_links_come_page_by_page_in_order_of_id(desk: Rig) -> None:
    for number in range(3):
        link(desk, number + 1, 10)
    first = desk.session.get(f"{desk.url}{NEW}?page[size]=2", timeout=20).json()
    after = first["meta"]["after_cursor"]
    assert (first["meta"]["has_more"], after) == (True, str(first["links"][-1]["id"]))
    rest = listed(desk, **{"page[after]": after})
    assert rest == listed(desk, OLD, since_id=after) == [("3", "10")]


def test_the_same_pair_twice_is_refused(desk: Rig) -> None:
    link(desk, 1, 10)
    assert link(desk, "1", "10").status_code == 422
    assert len(listed(desk)) == 1


def test_a_link_needs_all_three(desk: Rig) -> None:
    url, body = f"{desk.url}{NEW}", {"link": {"ticket_id": 1}}
    refused = desk.session.post(url, json=body, timeout=20)
    assert refused.status_code == 422
    assert set(refused.json()["details"]) == {"issue_id", "issue_key"}


def test_a_link_can_be_taken_away(desk: Rig) -> None:
    made = link(desk, 1, 10).json()["link"]["id"]
    assert desk.session.delete(f"{desk.url}{NEW}/{made}", timeout=20).status_code == 204
    assert desk.session.delete(f"{desk.url}{NEW}/{made}", timeout=20).status_code == 404
    assert listed(desk) == []


def test_linked_issues_are_named_beside_the_ticket(desk: Rig) -> None:
    made = desk.act("tickets", {"requester": "x@y.example", "subject": "s", "body": "b"})
    id_ = made["ticket"]["id"]
    link(desk, id_, 10)
    assert desk.get(f"/tickets/{id_}/related.json")["jira_issue_ids"] == ["10"]


@pytest.mark.parametrize(("state", "status"), [("absent", 404), ("forbidden", 403)])
@pytest.mark.parametrize("path", [NEW, OLD])
def test_without_the_integration_there_are_no_links(
    desk: Rig, state: str, status: int, path: str
) -> None:
    desk.control("POST", "options", {"integration": state})
    assert desk.session.get(f"{desk.url}{path}", timeout=20).status_code == status
    assert link(desk, 1, 10, path).status_code == status
    assert desk.session.delete(f"{desk.url}{NEW}/1", timeout=20).status_code == status
    assert desk.effects() == []
