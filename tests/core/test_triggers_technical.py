"""Technical and complexity triggers: bugs, infrastructure, data; diagnosis, access, custom work."""

from __future__ import annotations

from typing import Any

import pytest
from builders import a_case, a_ticket

from connector.core.model import Finding, NearMiss
from connector.core.triggers import (
    BeyondDiagnosis,
    ConfirmedBug,
    CustomImplementation,
    DataLoss,
    Infrastructure,
    NeedsAccess,
)


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"ticket": a_ticket(tags=("bug_confirmed",))}, True),
        ({"ticket": a_ticket(type="problem")}, True),
        ({"ticket": a_ticket(type="incident")}, False),
        ({"notes": "Reproduced on staging, needs a fix."}, True),
        ({"notes": "Confirmed as a bug by the team."}, True),
        ({"notes": "Could not be reproduced."}, False),
        ({"notes": "I was unable to reproduce it."}, False),
        ({"notes": "Is it reproduced anywhere?"}, True),
        ({"says": "I reproduced it, it is a bug."}, False),
        ({}, False),
    ],
    ids=str,
)
def test_a_bug_is_confirmed_by_our_side_only(facts: dict[str, Any], *, fires: bool) -> None:
    assert isinstance(ConfirmedBug().check(a_case(**facts)), Finding) is fires


@pytest.mark.parametrize(
    ("facts", "sure"),
    [
        ({"notes": "The database cluster is unreachable again."}, True),
        ({"notes": "TLS handshake fails at the load balancer."}, True),
        ({"says": "We get 502 Bad Gateway all day."}, False),
        ({"says": "Your certificate has expired."}, False),
        ({"says": "We do not get a 502 Bad Gateway any more."}, None),
        ({"says": "The button is blue."}, None),
    ],
    ids=str,
)
def test_an_error_signature_of_one_customer_is_only_a_hint(
    facts: dict[str, Any],
    sure: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    finding = Infrastructure().check(a_case(**facts))
    assert (finding.sure if isinstance(finding, Finding) else None) is sure


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"says": "All our orders are gone."}, True),
        ({"says": "The backup file is corrupted."}, True),
        ({"notes": "Customer lost data in the migration."}, True),
        ({"says": "No data was lost."}, False),
        ({"says": "Is there a guide about data loss?"}, False),
    ],
    ids=str,
)
def test_data_loss_is_heard_from_both_sides(facts: dict[str, Any], *, fires: bool) -> None:
    assert isinstance(DataLoss().check(a_case(**facts)), Finding) is fires


@pytest.mark.parametrize(
    ("replies", "moves", "reopens", "answer"),
    [
        (6, 2, 0, Finding),
        (6, 0, 1, Finding),
        (6, 1, 0, NearMiss),
        (5, 2, 1, NearMiss),
        (4, 2, 1, None),
        (6, None, None, NearMiss),
    ],
)
def test_many_replies_that_lead_nowhere_are_beyond_diagnosis(
    replies: int, moves: int | None, reopens: int | None, answer: type | None
) -> None:
    case = a_case(public_replies=replies, reassignments=moves, reopens=reopens)
    found = BeyondDiagnosis().check(case)
    assert found is None if answer is None else isinstance(found, answer)


@pytest.mark.parametrize(
    ("trigger", "facts", "fires"),
    [
        (BeyondDiagnosis(), {"notes": "I am out of ideas here."}, True),
        (BeyondDiagnosis(), {"notes": "Need engineering to look at it."}, True),
        (BeyondDiagnosis(), {"notes": "All clear now."}, False),
        (NeedsAccess(), {"ticket": a_ticket(tags=("needs_access",))}, True),
        (NeedsAccess(), {"notes": "We have no access to the database."}, True),
        (NeedsAccess(), {"says": "I have no access to the page."}, False),
        (CustomImplementation(), {"ticket": a_ticket(tags=("custom_implementation",))}, True),
        (CustomImplementation(), {"notes": "They run a custom integration."}, True),
        (CustomImplementation(), {"notes": "Standard set-up."}, False),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_complexity_is_told_by_tags_and_internal_notes(
    trigger: BeyondDiagnosis | NeedsAccess | CustomImplementation,
    facts: dict[str, Any],
    *,
    fires: bool,
) -> None:
    assert isinstance(trigger.check(a_case(**facts)), Finding) is fires


def test_a_field_value_can_be_enough() -> None:
    trigger = ConfirmedBug(fields={"77": ("yes",)})
    assert isinstance(trigger.check(a_case(ticket=a_ticket(fields={"77": "yes"}))), Finding)
    assert isinstance(trigger.check(a_case(ticket=a_ticket(fields={"77": ("no", "yes")}))), Finding)
    assert trigger.check(a_case(ticket=a_ticket(fields={"77": "no"}))) is None


def test_own_words_replace_the_shipped_ones_and_more_words_add_to_them() -> None:
    case = a_case(says="The flux is out.")
    assert DataLoss().check(case) is None
    assert isinstance(DataLoss(words=("flux ... out",)).check(case), Finding)
    assert isinstance(DataLoss(more_words=("flux ... out",)).check(case), Finding)
    assert DataLoss(words=("flux ... out",)).check(a_case(says="Data loss.")) is None


def test_a_finding_names_the_words_and_where_they_stand() -> None:
    finding = DataLoss().check(a_case(ticket=a_ticket(7), says="Data loss since nine."))
    assert isinstance(finding, Finding)
    assert finding.sources[0].ticket_id == 7
    assert finding.sources[0].quote == "Data loss since nine."
    assert "ticket 7" in finding.because
