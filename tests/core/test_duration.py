from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connector.core.duration import LONGEST, Duration, spell
from connector.core.model import Frozen


class Threshold(Frozen):
    after: Duration


@pytest.mark.parametrize(
    ("text", "amount", "business"),
    [
        ("30d", timedelta(days=30), False),
        ("8h", timedelta(hours=8), False),
        ("90 minutes", timedelta(minutes=90), False),
        ("1 hour", timedelta(hours=1), False),
        ("2 weeks", timedelta(days=14), False),
        ("15 m", timedelta(minutes=15), False),
        ("24 business hours", timedelta(hours=24), True),
        ("45 business minutes", timedelta(minutes=45), True),
        ("2 business days", timedelta(hours=16), True),
        (" 2  Business Days ", timedelta(hours=16), True),
        ("0 minutes", timedelta(0), False),
    ],
)
def test_durations_read_as_people_write_them(
    *, text: str, amount: timedelta, business: bool
) -> None:
    assert Duration.parse(text) == Duration(amount=amount, business=business)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "8",
        "h",
        "-8h",
        "1.5h",
        "8h 30m",
        "8 business",
        "2 business weeks",
        "8 fortnights",
        "٣ hours",
        "4000 days",
        "999999999 weeks",
        "1e3 h",
    ],
)
def test_anything_else_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(ValueError, match=r"'24 business hours'|business days|3660 days"):
        Duration.parse(text)


@given(st.text(max_size=40))
def test_no_text_makes_the_parser_fail_in_another_way(text: str) -> None:
    try:
        duration = Duration.parse(text)
    except ValueError:
        return
    assert timedelta(0) <= duration.amount <= LONGEST


@given(minutes=st.integers(0, 60 * 24 * 3660), business=st.booleans())
def test_a_duration_survives_being_written_down(*, minutes: int, business: bool) -> None:
    duration = Duration(amount=timedelta(minutes=minutes), business=business)
    assert Duration.parse(str(duration)) == duration


def test_a_business_day_is_as_long_as_the_opening_hours_say() -> None:
    read = Threshold.model_validate(
        {"after": "2 business days"}, context={"business_day": timedelta(hours=10)}
    )
    assert read.after == Duration.parse("20 business hours")


def test_a_mapping_holds_a_string_and_dumps_the_string() -> None:
    read = Threshold.model_validate({"after": "24 business hours"})
    assert read.model_dump() == {"after": "24 business hours"}
    assert read.model_dump_json() == '{"after":"24 business hours"}'
    assert Threshold.model_validate_json(read.model_dump_json()) == read


@pytest.mark.parametrize("value", [8, 8.5, True, None, ["8h"]])
def test_a_bare_number_is_no_duration(value: object) -> None:
    with pytest.raises(ValidationError, match="a whole number and a unit"):
        Threshold.model_validate({"after": value})


def test_the_schema_is_a_string_that_the_parser_accepts() -> None:
    schema = TypeAdapter(Duration).json_schema()
    assert schema["type"] == "string"
    assert "business hours" in schema["description"]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (timedelta(0), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=95), "1 hour 35 minutes"),
        (timedelta(days=2, hours=3, minutes=50), "2 days 3 hours"),
        (timedelta(days=2, minutes=50), "2 days"),
        (timedelta(minutes=-95), "1 hour 35 minutes"),
    ],
)
def test_spans_are_spelled_in_their_two_largest_units(amount: timedelta, said: str) -> None:
    assert spell(amount) == said
