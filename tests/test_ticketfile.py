"""Ticket lines of a file: the contract's, Zendesk's export, and what is neither."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ticketfile import BadLine, TicketLine, read_lines


def read(*lines: object) -> list[TicketLine | BadLine]:
    return list(read_lines(json.dumps(line).encode() for line in lines))


def test_id_subject_and_body_are_enough() -> None:
    (line,) = read({"id": 1, "subject": "Export", "body": "fails"})
    assert isinstance(line, TicketLine)
    assert (line.id, line.subject, line.body, line.status) == (1, "Export", "fails", "open")


def test_a_text_id_stays_text() -> None:
    (line,) = read({"id": "A-1", "subject": "", "body": ""})
    assert isinstance(line, TicketLine)
    assert line.id == "A-1"


def test_a_byte_order_mark_at_the_start_is_no_part_of_the_first_line() -> None:
    raw = b'{"id":1,"subject":"","body":""}'
    (marked,) = read_lines([b"\xef\xbb\xbf" + raw])
    (text,) = read_lines(["\ufeff" + raw.decode()])
    assert isinstance(marked, TicketLine)
    assert marked == text


def test_a_line_of_zendesks_own_export_is_read() -> None:
    (line,) = read(
        {
            "url": "https://acme.zendesk.com/api/v2/tickets/1.json",
            "id": 1,
            "raw_subject": "Export",
            "subject": "Export",
            "description": "fails",
            "requester_id": 55,
            "organization_id": 9,
            "created_at": "2026-01-31T09:00:00Z",
            "custom_fields": [],
            "priority": None,
        }
    )
    assert isinstance(line, TicketLine)
    assert (line.body, line.requester, line.organization) == ("fails", "55", "9")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"subject": "x", "body": "y"}, "id"),
        ({"id": None, "subject": "x", "body": "y"}, "id"),
        ({"id": True, "subject": "x", "body": "y"}, "id: is neither an integer nor a string"),
        ({"id": 1.5, "subject": "x", "body": "y"}, "id: is neither an integer nor a string"),
        ({"id": 1, "body": "y"}, "subject"),
        ({"id": 1, "subject": "x"}, "body"),
        ({"id": 1, "subject": "x", "body": 5}, "body"),
        ([1], "not an object"),
        ("text", "not an object"),
    ],
)
def test_what_is_missing_is_named_by_its_key(line: object, reason: str) -> None:
    (bad,) = read(line)
    assert isinstance(bad, BadLine)
    assert bad.number == 1
    assert reason in bad.reason


@pytest.mark.parametrize(
    "year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59-11:00", ""]
)
def test_a_time_that_no_ticket_has_is_none(year: str) -> None:
    (line,) = read({"id": 1, "subject": "", "body": "", "created_at": year})
    assert isinstance(line, TicketLine)
    assert line.created_at is None


def test_texts_may_be_null_and_tags_one_text() -> None:
    given = {"id": 1, "subject": None, "description": None, "tags": "vip gold"}
    (line,) = read(given | {"comments": [{"body": None, "created_at": ""}]})
    assert isinstance(line, TicketLine)
    assert (line.subject, line.body, line.tags) == ("", "", ("vip", "gold"))
    assert [comment.body for comment in line.comments] == [""]


def test_half_a_pair_of_surrogates_costs_no_ticket() -> None:
    (line,) = read_lines([rb'{"id":1,"subject":"cut \ud83d","body":"\ud83d\ude00 \\ud83d \udc00"}'])
    assert isinstance(line, TicketLine)
    assert (line.subject, line.body) == ("cut \ufffd", "\U0001f600 \\ud83d \ufffd")


def test_a_bad_line_is_told_by_number_and_the_rest_is_read() -> None:
    found = list(read_lines([b'{"id":1,"subject":"","body":""}\n', b"\n", b"{oops\n", b'{"id":2}']))
    assert [type(line).__name__ for line in found] == ["TicketLine", "BadLine", "BadLine"]
    assert [line.number for line in found if isinstance(line, BadLine)] == [3, 4]


def test_a_reason_never_repeats_the_line() -> None:
    (bad,) = read({"id": 1, "subject": {"secret": "hunter2"}, "body": "hunter2"})
    assert isinstance(bad, BadLine)
    assert "hunter2" not in bad.reason


def test_a_time_without_a_zone_is_utc() -> None:
    (line,) = read({"id": 1, "subject": "", "body": "", "created_at": "2026-01-31T09:00:00"})
    assert isinstance(line, TicketLine)
    assert line.created_at is not None
    assert line.created_at.isoformat() == "2026-01-31T09:00:00+00:00"


@given(st.binary(max_size=60))
def test_no_bytes_stop_the_reading(junk: bytes) -> None:
    good = b'{"id":1,"subject":"","body":""}'
    found = list(read_lines([junk.replace(b"\n", b" "), good]))
    assert isinstance(found[-1], TicketLine)
