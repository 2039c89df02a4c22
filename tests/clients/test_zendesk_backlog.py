"""The open tickets that a first run looks for, whatever moves while it reads."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from connector.clients.retry import RetryPolicy
from connector.clients.zendesk_backlog import Backlog
from connector.clients.zendesk_lookup import Lookups
from connector.clients.zendesk_people import Directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.clients.transport import Answer
    from connector.core.model import Json
    from connector.ports import TicketPage

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 16, tzinfo=UTC)


def stamp(second: int) -> str:
    return f"{BEGIN + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}"


class SearchLine:
    """A search over tickets by the second of their creation; `gone`: leaves after some calls."""

    def __init__(self, seconds: list[int], gone: dict[int, int] | None = None) -> None:
        self.policy = RetryPolicy()
        self.tickets = dict(enumerate(seconds, 1))
        self.gone = gone or {}
        self.queries: list[Mapping[str, Any]] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert path == "search.json"
        assert params is not None
        self.queries.append(params)
        since = params["query"].partition("created>=")[2]
        found = sorted(
            (second, number)
            for number, second in self.tickets.items()
            if stamp(second) >= since and self.gone.get(number, 9_999) >= len(self.queries)
        )
        begin = (params["page"] - 1) * params["per_page"]
        assert begin + params["per_page"] <= 1_000
        shown = found[begin : begin + params["per_page"]]
        more = begin + params["per_page"] < len(found)
        return {
            "results": [
                {
                    "id": number,
                    "subject": "s",
                    "description": "d",
                    "status": "open",
                    "created_at": stamp(second),
                    "updated_at": stamp(second),
                }
                for second, number in shown
            ],
            "next_page": "https://acme.example/next" if more else None,
        }

    once = get

    def send(self, method: str, path: str, document: Json = None) -> Answer:
        raise AssertionError

    def now(self) -> datetime:
        return NOW


def read(line: SearchLine, position: str = "") -> list[TicketPage]:
    backlog = Backlog(line, Lookups(line, Directory(line)))
    return list(backlog.tickets(NOW, position))


def ids_of(pages: list[TicketPage]) -> list[int]:
    return [ticket.id for page in pages for ticket in page.tickets]


@given(st.lists(st.integers(0, 40), max_size=450))
def test_every_open_ticket_is_read_however_they_lie_in_time(seconds: list[int]) -> None:
    line = SearchLine(seconds)
    assert set(ids_of(read(line))) == set(line.tickets)


def test_a_page_costs_one_call_and_nearly_no_ticket_is_told_twice() -> None:
    line = SearchLine(list(range(5_000)))
    told = Counter(ids_of(read(line)))
    assert len(told) == 5_000
    assert max(told.values()) == 1
    assert len(line.queries) <= 1.1 * 50


def test_a_ticket_that_leaves_the_results_takes_no_other_out_of_sight() -> None:
    line = SearchLine(list(range(500)), gone=dict.fromkeys(range(1, 90), 1))
    assert set(range(90, 501)) <= set(ids_of(read(line)))


def test_a_run_that_was_cut_short_goes_on_where_it_stood() -> None:
    line = SearchLine(list(range(500)))
    backlog = Backlog(line, Lookups(line, Directory(line)))
    pages = backlog.tickets(NOW, "")
    first = [next(pages), next(pages)]
    rest = read(line, first[-1].cursor)
    assert set(ids_of([*first, *rest])) == set(line.tickets)
    assert len(ids_of(rest)) < 400


def test_more_than_a_search_can_answer_in_one_second_is_said_and_passed_over() -> None:
    line = SearchLine([5] * 1_200 + [9] * 30)
    pages = read(line)
    assert set(ids_of(pages)) == {*range(1, 1_001), *range(1_201, 1_231)}
    (notice,) = [notice for page in pages for notice in page.notices]
    assert "1,000" in notice.reason


def test_only_open_tickets_that_nobody_touched_are_asked_for() -> None:
    line = SearchLine([1])
    read(line)
    (asked,) = line.queries
    assert "status<solved" in asked["query"]
    assert "updated<2026-06-16T00:00:00Z" in asked["query"]
    assert "slas" in asked["include"]
