from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from connector.core.fields import FieldsMapping
from connector.core.model import Target


def a_mapping(**parts: Any) -> FieldsMapping:
    return FieldsMapping.model_validate({"organization": {}, "ticket": {}} | parts)


def test_the_fields_we_write_are_known_by_id() -> None:
    mapping = a_mapping(ticket={"product_area": 1, "environment": 2, "jira_key": 3, "state": 4})
    assert mapping.written_field_ids == {"3", "4"}
    assert a_mapping().written_field_ids == frozenset()


def test_fields_named_by_title_are_turned_into_ids() -> None:
    mapping = a_mapping(ticket={"jira_key": "Jira issue", "state": 4})
    assert mapping.titles == ("Jira issue",)
    known = mapping.with_ids({"Jira issue": 77, "Other": 78})
    assert known.titles == ()
    assert known.written_field_ids == {"77", "4"}
    with pytest.raises(KeyError, match="Jira issue"):
        mapping.with_ids({})


@pytest.mark.parametrize("value", [True, 0, "", [], 1.5])
def test_a_field_is_named_by_id_or_title_and_nothing_else(value: object) -> None:
    with pytest.raises(ValidationError):
        a_mapping(ticket={"jira_key": value})


@pytest.mark.parametrize(
    ("fields", "tags", "area"),
    [
        ({"7": "area_cart"}, (), "checkout"),
        ({"7": "Checkout"}, (), "checkout"),
        ({"7": ("reports", "checkout")}, (), "reports"),
        ({"7": "area_search"}, ("cart",), "area_search"),
        ({"7": None}, ("vip", "cart"), "checkout"),
        ({}, ("vip",), None),
    ],
)
def test_a_product_area_comes_from_its_field_and_else_from_tags(
    fields: dict[str, Any], tags: tuple[str, ...], area: str | None
) -> None:
    areas = {"checkout": ["area_cart", "cart"], "reports": []}
    mapping = a_mapping(ticket={"product_area": 7}, product_areas=areas)
    assert mapping.product_area(fields, tags) == area


def test_the_environment_is_what_its_field_says() -> None:
    mapping = a_mapping(ticket={"environment": 8})
    assert mapping.environment({"8": "4.2.1, Firefox"}) == "4.2.1, Firefox"
    assert mapping.environment({"9": "x"}) is None
    assert a_mapping().environment({"8": "x"}) is None


def test_jira_fields_are_written_in_the_shape_that_jira_takes() -> None:
    facts = {
        "customers": 5,
        "customer_names": ("Acme", "Big Corp"),
        "arr_at_risk": 120_000.0,
        "next_breach": datetime(2026, 3, 9, 14, 5, tzinfo=UTC),
        "first_report": date(2026, 3, 1),
        "product_area": "checkout",
        "environment": None,
    }
    jira = {
        "customfield_1": {"fact": "customers", "form": "number"},
        "customfield_2": {"fact": "customer_names"},
        "customfield_3": {"fact": "customer_names", "form": "labels"},
        "customfield_4": {"fact": "arr_at_risk"},
        "customfield_5": {"fact": "next_breach", "form": "datetime"},
        "duedate": {"fact": "next_breach", "form": "date"},
        "customfield_6": {"fact": "product_area", "form": "option"},
        "customfield_7": {"fact": "environment"},
        "customfield_8": {"fact": "severity"},
        "customfield_9": {"fact": "next_breach"},
    }
    mapping = a_mapping(jira=jira)
    assert mapping.jira_fields(Target.ENGINEERING, facts) == {  # type: ignore[arg-type]  # literals
        "customfield_1": 5,
        "customfield_2": "Acme, Big Corp",
        "customfield_3": ["Acme", "Big-Corp"],
        "customfield_4": "120000",
        "customfield_5": "2026-03-09T14:05:00.000+0000",
        "duedate": "2026-03-09",
        "customfield_6": {"value": "checkout"},
        "customfield_9": "2026-03-09 14:05 UTC",
    }


def test_a_jira_field_is_filled_for_its_targets_only() -> None:
    jira = {"customfield_1": {"fact": "customers", "form": "number", "targets": ["Product"]}}
    mapping = a_mapping(jira=jira)
    assert mapping.jira_fields(Target.PRODUCT, {"customers": 3}) == {"customfield_1": 3}
    assert mapping.jira_fields(Target.SECURITY, {"customers": 3}) == {}


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("customfield_1", {"fact": "severity", "form": "number"}),
        ("customfield_1", {"fact": "customers", "form": "date"}),
        ("customfield_1", {"fact": "customer"}),
        ("summary", {"fact": "customers"}),
        ("Custom Field", {"fact": "customers"}),
    ],
)
def test_a_jira_field_that_cannot_be_filled_is_refused(field: str, content: object) -> None:
    with pytest.raises(ValidationError):
        a_mapping(jira={field: content})
