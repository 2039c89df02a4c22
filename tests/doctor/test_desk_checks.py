"""What is found wrong with a Zendesk account, from its facts and the mappings alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from builders import the_mappings

from connector.core.fields import OrganizationFields, TicketFields
from connector.doctor import desk
from connector.ports import Allowance, DeskFacts, FieldFacts, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.core.mapping import Mappings
    from connector.doctor.checks import Check

ADMIN = Identity(id="1", name="Service", admin=True)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
ORGANIZATION = (
    FieldFacts(key="arr", name="ARR", kind="decimal"),
    FieldFacts(key="tier", name="Tier", kind="dropdown"),
    FieldFacts(key="renewal_date", name="Renewal", kind="date"),
    FieldFacts(key="reference_customer", name="Reference", kind="checkbox"),
)


def account(**changes: Any) -> DeskFacts:
    values = {
        "groups": {"L2 Support": 1, "Billing": 2},
        "ticket_fields": (),
        "organization_fields": ORGANIZATION,
        "exports": True,
        "native_links": True,
        "allowances": {"account": Allowance(total=700, left=690)},
    }
    return DeskFacts(**{**values, **changes})


def writing(**fields: Any) -> Mappings:
    shipped = the_mappings()
    ticket = TicketFields(**fields)
    return the_mappings(fields=shipped.fields.model_copy(update={"ticket": ticket}))


def wrong(checks: Iterable[Check]) -> dict[str, str]:
    """Findings by id; what is fine or skipped is left out."""
    return {one.id: one.found for one in checks if one.status in {"failed", "warning"}}


def test_nothing_is_wrong_with_an_account_that_fits() -> None:
    facts, mappings = account(), the_mappings()
    assert wrong(desk.role_checks(ADMIN, facts)) == {}
    assert wrong(desk.group_checks(facts, mappings)) == {}
    assert wrong(desk.field_checks(facts, mappings)) == {}
    assert wrong(desk.organization_checks(facts, mappings)) == {}
    assert wrong(desk.service_checks(facts, api_token=False, now=NOVEMBER)) == {}


def test_an_agent_who_is_no_admin_is_told_once_and_not_twice() -> None:
    agent = Identity(id="1", name="Service", admin=False)
    found = list(desk.role_checks(agent, account(exports=False)))
    assert [one.id for one in found if one.status == "failed"] == ["zendesk.role.not_admin"]
    assert [one.id for one in found if one.status == "skipped"] == ["zendesk.export.refused"]


def test_an_admin_whose_exports_are_refused_is_told() -> None:
    assert set(wrong(desk.role_checks(ADMIN, account(exports=False)))) == {"zendesk.export.refused"}


def test_a_group_in_another_case_is_the_group() -> None:
    assert wrong(desk.group_checks(account(groups={"l2 support": 1}), the_mappings())) == {}


def test_a_missing_group_names_the_nearest() -> None:
    found = wrong(desk.group_checks(account(groups={"L2 Suport": 1}), the_mappings()))
    assert "Did you mean 'L2 Suport'?" in found["zendesk.group.missing"]


@pytest.mark.parametrize("name", [77, "Jira key"], ids=["by id", "by title"])
def test_a_ticket_field_is_known_by_id_and_by_title(name: int | str) -> None:
    field = FieldFacts(key="77", name="Jira key", kind="text")
    assert wrong(desk.field_checks(account(ticket_fields=(field,)), writing(jira_key=name))) == {}
    assert set(wrong(desk.field_checks(account(), writing(jira_key=name)))) == {
        "zendesk.field.missing"
    }


def test_a_jira_key_needs_a_text_field() -> None:
    field = FieldFacts(key="77", name="Jira key", kind="checkbox")
    found = wrong(desk.field_checks(account(ticket_fields=(field,)), writing(jira_key=77)))
    assert set(found) == {"zendesk.field.wrong_kind"}


def test_a_dropdown_of_states_has_to_have_every_state_that_is_written() -> None:
    states = ("open", "acknowledged", "in_progress", "resolved")
    field = FieldFacts(key="78", name="State", kind="tagger", options=states)
    found = wrong(desk.field_checks(account(ticket_fields=(field,)), writing(state=78)))
    assert found["zendesk.field.option_missing"].endswith("lacks de_escalated")


def test_fields_that_zendesk_does_not_show_are_skipped_and_not_missing() -> None:
    facts = account(ticket_fields=None, organization_fields=None)
    assert wrong(desk.field_checks(facts, writing(jira_key=77))) == {}
    assert wrong(desk.organization_checks(facts, the_mappings())) == {}


def test_an_organization_field_of_another_kind_is_told() -> None:
    facts = account(organization_fields=(FieldFacts(key="arr", name="ARR", kind="text"),))
    shipped = the_mappings()
    only_arr = shipped.fields.model_copy(update={"organization": OrganizationFields(arr="arr")})
    found = wrong(desk.organization_checks(facts, the_mappings(fields=only_arr)))
    assert set(found) == {"zendesk.organization_field.wrong_kind"}


@pytest.mark.parametrize(
    ("now", "warns"),
    [
        pytest.param(datetime(2027, 1, 29, tzinfo=UTC), False, id="91 days before the end"),
        pytest.param(datetime(2027, 1, 30, tzinfo=UTC), True, id="90 days before"),
        pytest.param(datetime(2027, 6, 1, tzinfo=UTC), True, id="after it"),
    ],
)
def test_the_end_of_api_tokens_is_told_in_time(now: datetime, *, warns: bool) -> None:
    found = wrong(desk.service_checks(account(), api_token=True, now=now))
    assert ("zendesk.token.ends" in found) is warns
    assert "zendesk.token.ends" not in wrong(
        desk.service_checks(account(), api_token=False, now=now)
    )


@pytest.mark.parametrize(("left", "warns"), [(70, False), (69, True)])
def test_a_used_up_rate_limit_is_told(left: int, *, warns: bool) -> None:
    facts = account(allowances={"account": Allowance(total=700, left=left)})
    found = wrong(desk.service_checks(facts, api_token=False, now=NOVEMBER))
    assert ("zendesk.rate_limit.low" in found) is warns
