"""Groups of a file, as the command writes them."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from connector.group_command import group_file
from connector.ticketfile import BadLine, read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

MATTERS = [
    ("Checkout fails with error 502", "Since this morning paying ends in HTTP 502 at /api/v2/pay."),
    ("Export has no header row", "The spreadsheet that I download starts without column names."),
    ("502 when paying", "Our checkout returns HTTP 502 from /api/v2/pay for every card."),
    ("Webhook signature differs", "HMAC digest does not match when the payload holds umlauts."),
    ("Payment page: error 502", "Paying is broken, /api/v2/pay answers with 502 Bad Gateway."),
]


def tickets(**changes: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "requester": f"someone@firm{number}.example",
            "created_at": f"2026-03-02T0{number}:00:00Z",
            "subject": subject,
            "body": body,
        }
        | changes
        for number, (subject, body) in enumerate(MATTERS, 1)
    ]


def grouped(rows: Sequence[object], **options: Any) -> list[dict[str, Any]]:
    lines = read_lines(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return [dict(line) for line in group_file(lines, **options)]


def test_every_ticket_gets_one_line_in_the_order_of_the_file() -> None:
    lines = grouped(tickets())
    assert [line["id"] for line in lines] == [1, 2, 3, 4, 5]
    assert [line["group"] for line in lines] == ["g1", None, "g1", None, "g1"]


def test_strength_is_the_groups_and_null_for_a_ticket_alone() -> None:
    lines = grouped(tickets())
    assert {line["strength"] for line in lines if line["group"]} <= {"sure", "suggested"}
    assert all(line["strength"] is None for line in lines if line["group"] is None)


def test_an_id_that_is_text_comes_out_as_text() -> None:
    rows = [row | {"id": f"A-{row['id']}"} for row in tickets()]
    lines = grouped(rows)
    assert [line["id"] for line in lines] == ["A-1", "A-2", "A-3", "A-4", "A-5"]
    assert lines[0]["group"] == "gA-1"


def test_an_id_that_stands_in_the_file_twice_glues_no_groups_together() -> None:
    other = ("Export has no header row", "The spreadsheet starts without any column names at all.")
    rows = [row | {"id": 7} for row in tickets() if row["id"] in {1, 3, 5}]
    rows += [rows[0] | {"subject": other[0], "body": other[1], "requester": name} for name in "abc"]
    assert [line["group"] for line in grouped(rows)] == ["g7"] * 3 + ["g7-2"] * 3


def test_bad_lines_are_told_by_number_and_the_rest_is_grouped() -> None:
    told: list[BadLine] = []
    rows = tickets()
    lines = grouped([rows[0], "{nonsense", *rows[1:], json.dumps({"id": 9})], on_bad=told.append)
    assert [bad.number for bad in told] == [2, 7]
    assert len(lines) == 5


def test_the_order_of_the_lines_changes_no_group() -> None:
    rows = tickets()
    shuffled = rows[:]
    random.Random(4).shuffle(shuffled)
    straight = {line["id"]: line["group"] for line in grouped(rows)}
    assert {line["id"]: line["group"] for line in grouped(shuffled)} == straight


def test_tickets_without_requester_or_time_are_grouped_too() -> None:
    rows = [{key: row[key] for key in ("id", "subject", "body")} for row in tickets()]
    assert [line["group"] for line in grouped(rows)] == ["g1", None, "g1", None, "g1"]


def test_progress_ends_with_everything_done() -> None:
    heard: list[tuple[int, int | None]] = []
    grouped(tickets(), progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (5, 5)


def test_an_empty_file_gives_nothing() -> None:
    assert grouped([]) == []
