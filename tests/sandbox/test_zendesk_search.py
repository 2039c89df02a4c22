"""Search: its language, its ceiling and its lag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zendesk_rig import AGENT, ANNA, BEN, a_clock, a_seed, a_thread, a_ticket, ago

from connector.sandbox.zendesk.search import Term, parse

if TYPE_CHECKING:
    from zendesk_rig import Rig

    from connector.sandbox.seed import Seed

pytest_plugins = ("zendesk_fixtures",)


def mixed() -> Seed:
    return a_seed(
        a_ticket(id=1, status="new", tags=("vip",), subject="Login fails", body="Error 500"),
        a_ticket(id=2, status="pending", priority="high", requester=BEN, created_at=ago(days=3)),
        a_ticket(id=3, status="solved", type="incident", external_id="X-1", tags=("bug",)),
        a_thread(id=4, fields={"Jira key": "ESC-7"}),
        a_ticket(id=5, status="deleted"),
    )


def found(desk: Rig, query: str, **params: Any) -> list[int]:
    results = desk.get("/search.json", query=query, **params)["results"]
    return sorted(ticket["id"] for ticket in results)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("type:ticket", [1, 2, 3, 4]),
        ("type:ticket status<solved", [1, 2, 4]),
        ("type:ticket status>=pending", [2, 3]),
        ("type:ticket status:new status:solved", [1, 3]),
        ("type:ticket -status:new", [2, 3, 4]),
        ("tags:vip", [1]),
        ("tags:vip tags:bug", [1, 3]),
        ("-tags:vip -tags:bug", [2, 4]),
        ("priority:high", [2]),
        ("priority>normal", [2]),
        ("ticket_type:incident", [3]),
        ("external_id:X-1", [3]),
        ("organization:globex", [2]),
        (f"requester:{ANNA} status<hold", [1, 4]),
        ('requester:"Ben Cole"', [2]),
        (f"assignee:{AGENT}", [4]),
        ("assignee:none status:pending", [2]),
        ("group:Support", [4]),
        ("login", [1]),
        ('"error 500"', [1]),
        ("error login", [1]),
        ("error exports", []),
        ("created<2026-06-15", [2]),
        ("created>2days", [1, 3, 4]),
        ("created:2026-06-14", [2]),
        ("updated>=2026-06-17T10:00:00Z", [4]),
        ("created:nonsense", []),
        ("status:nonsense", []),
        ("unknown_key:x", []),
        ("type:user", []),
    ],
)
def test_queries_find_what_they_say(desk: Rig, query: str, ids: list[int]) -> None:
    desk.fresh(mixed())
    assert found(desk, query) == ids
    assert desk.get("/search/count.json", query=query)["count"] == len(ids)


def test_custom_fields_are_searched_by_their_id(desk: Rig) -> None:
    desk.fresh(mixed())
    assert found(desk, f"custom_field_{desk.field_id('Jira key')}:ESC-7") == [4]


def test_results_bring_clocks_and_users_by_the_nested_include(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1, sla=(a_clock(),))))
    answer = desk.get("/search.json", query="type:ticket", include="tickets(slas,users)")
    [result] = answer["results"]
    assert result["result_type"] == "ticket"
    assert result["slas"]["policy_metrics"][0]["stage"] == "active"
    assert [user["email"] for user in answer["users"]] == [ANNA]
    plain = desk.get("/search.json", query="type:ticket", include="slas,users")
    assert "users" not in plain
    assert "slas" not in plain["results"][0]


def test_results_are_sorted_on_demand(desk: Rig) -> None:
    desk.fresh(mixed())

    def order(**params: str) -> list[int]:
        results = desk.get("/search.json", query="type:ticket", **params)["results"]
        return [ticket["id"] for ticket in results]

    assert order(sort_by="created_at", sort_order="asc")[0] == 2
    assert order(sort_by="updated_at", sort_order="desc")[0] == 4
    assert order(sort_by="priority")[0] == 2
    assert order(sort_by="status", sort_order="asc") == [1, 4, 2, 3]


def test_search_pages_by_offset_only(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket() for _ in range(5))))
    page = desk.get("/search.json", query="type:ticket", per_page=2, page=2)
    assert (len(page["results"]), page["count"]) == (2, 5)
    assert page["previous_page"] is not None
    assert len(desk.get(page["next_page"].removeprefix(f"{desk.url}/api/v2"))["results"]) == 1
    refused = desk.call("GET", "/search.json", params={"query": "x", "page[size]": 2})
    assert refused.status_code == 400


def test_search_ends_at_a_thousand_results(desk: Rig) -> None:
    thousand = {"query": "type:ticket", "page": 10, "per_page": 100}
    assert desk.call("GET", "/search.json", params=thousand).status_code == 200
    refused = desk.call("GET", "/search.json", params=thousand | {"page": 11})
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid")
    assert "Search Response Limits" in refused.json()["description"]


def test_the_export_goes_on_past_that_by_cursor(desk: Rig) -> None:
    desk.fresh(a_seed(*(a_ticket(id=n, created_at=ago(hours=n)) for n in range(1, 6))))
    params = {"query": "status<solved", "filter[type]": "ticket", "page[size]": 2}
    first = desk.get("/search/export.json", **params)
    assert [ticket["id"] for ticket in first["results"]] == [5, 4]
    assert "count" not in first
    after = {"page[after]": first["meta"]["after_cursor"]}
    second = desk.get("/search/export.json", **params, **after)
    assert [ticket["id"] for ticket in second["results"]] == [3, 2]
    assert len(desk.get("/search/export.json", query="status<solved")["results"]) == 5
    assert desk.get("/search/export.json", **params | {"filter[type]": "user"})["results"] == []


def test_a_query_is_required(desk: Rig) -> None:
    assert desk.call("GET", "/search.json").status_code == 400


def test_the_index_lags_behind_new_tickets(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)), search_lag=30)
    desk.act("tickets", {"requester": BEN, "subject": "New", "body": "New"})
    assert found(desk, "type:ticket") == [1]
    assert len(desk.get("/tickets.json")["tickets"]) == 2
    desk.later(seconds=30)
    assert len(found(desk, "type:ticket")) == 2


def test_the_index_lags_behind_changes(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)), search_lag=30)
    desk.put(1, status="solved")
    desk.later(seconds=10)
    desk.put(1, priority="high")
    assert found(desk, "status:open") == [1]
    assert desk.get("/search.json", query="status:open")["results"][0]["status"] == "solved"
    desk.later(seconds=20)
    assert found(desk, "status:open") == []
    assert found(desk, "status:solved") == [1]


def test_a_deleted_ticket_is_found_until_the_index_knows(desk: Rig) -> None:
    desk.fresh(a_seed(a_ticket(id=1)), search_lag=30)
    desk.act("tickets/1/delete")
    assert found(desk, "type:ticket") == [1]
    desk.later(seconds=30)
    assert found(desk, "type:ticket") == []


@given(st.text(max_size=200))
def test_any_text_is_a_query(text: str) -> None:
    assert all(isinstance(term, Term) for term in parse(text))


@given(
    st.sampled_from(["status", "tags", "created"]),
    st.sampled_from([":", "<", ">", "<=", ">="]),
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
    st.sampled_from(["", "-"]),
)
def test_a_term_is_read_as_it_was_written(key: str, op: str, value: str, sign: str) -> None:
    read = parse(f"type:ticket {sign}{key}{op}{value}")[1]
    assert read == Term(key, op, value, negated=sign == "-")
