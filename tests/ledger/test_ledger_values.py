"""What goes into the ledger comes out the same, on both databases."""
# ruff: noqa: PT012, SIM117 - what fails here is a whole transaction or run

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import NOON, a_customer, a_mirror_row, an_escalation, an_intent, change, minutes

from connector.errors import StoreError
from connector.ledger import rows, schema

if TYPE_CHECKING:
    from connector.core.model import Frozen
    from connector.ledger.store import Ledger

SAME_STORE = settings(
    max_examples=40,
    deadline=None,  # a disk is at work
    # Each example is rehearsed and undone, so that none sees another's rows.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
ANY_TIME = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)


@pytest.mark.parametrize(
    ("table", "model"),
    [
        ("mirror", rows.MirrorRow),
        ("inbox", rows.InboxRow),
        ("escalation", rows.EscalationRow),
        ("link", rows.LinkRow),
        ("intent", rows.IntentRow),
        ("aside", rows.AsideRow),
        ("follow_up", rows.FollowUpRow),
        ("event", rows.EventRow),
        ("transition", rows.TransitionRow),
        ("label", rows.LabelRow),
        ("run", rows.RunRow),
    ],
)
def test_every_field_of_a_row_has_its_column(table: str, model: type[Frozen]) -> None:
    columns = set(schema.metadata.tables[table].columns.keys())
    assert set(model.model_fields) | ({"id"} if table in {"event", "transition"} else set()) == (
        columns
    )


@SAME_STORE
@given(subject=ANY_TEXT, area=ANY_TEXT, fingerprint=ANY_JSON, seen=ANY_TIME, look_at=ANY_TIME)
def test_a_mirror_row_comes_back_as_it_went_in(
    ledger: Ledger, subject: str, area: str, fingerprint: Any, seen: datetime, look_at: datetime
) -> None:
    row = a_mirror_row(
        content_hash=subject,
        product_area=area,
        fingerprint=fingerprint,
        created_at=seen,
        look_at=look_at,
    )
    with ledger.rehearsal(), ledger.transaction() as tx:
        tx.mirror.put([row])
        assert tx.mirror.get([1]) == {1: row}


@SAME_STORE
@given(payload=ANY_JSON, probe=ANY_JSON, reason=ANY_TEXT)
def test_an_intent_comes_back_as_it_went_in(
    ledger: Ledger, payload: Any, probe: Any, reason: str
) -> None:
    with ledger.rehearsal(), ledger.transaction() as tx:
        tx.intents.add([an_intent(payload=payload)])
        tx.intents.sending("i1", at=NOON, probe=probe)
        tx.intents.planned_again("i1", reason)
        kept = tx.intents.get("i1")
        assert kept is not None
        assert (kept.payload, kept.probe, kept.reason) == (payload, probe, reason)


def test_times_come_back_as_the_same_instant_in_utc(ledger: Ledger) -> None:
    kathmandu = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(look_at=kathmandu)])
        kept = tx.mirror.get([1])[1].look_at
    assert kept == NOON
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused_and_nothing_is_kept(ledger: Ledger) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"), ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(1)])
        tx.mirror.put([a_mirror_row(2, look_at=naive)])
    with ledger.transaction() as tx:
        assert tx.mirror.count() == 0


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        pytest.param("a\0b", "ab", id="NUL, which PostgreSQL refuses"),
        pytest.param("a\ud83db", "ab", id="half of a surrogate pair"),
        pytest.param("a\\u0000b", "a\\u0000b", id="the letters of an escape are only letters"),
        pytest.param("x'; DROP TABLE mirror; --", "x'; DROP TABLE mirror; --", id="SQL"),
    ],
)
def test_hostile_text_is_kept_without_what_no_database_takes(
    ledger: Ledger, hostile: str, kept: str
) -> None:
    customer = a_customer().model_copy(update={"name": hostile})
    fingerprint = {"words": [hostile, {"deep": hostile}], hostile: 1}
    row = a_mirror_row(product_area=hostile, customer=customer, fingerprint=fingerprint)
    with ledger.transaction() as tx:
        tx.mirror.put([row])
        found = tx.mirror.get([1])[1]
    assert found.product_area == kept
    assert found.customer.name == kept
    assert found.fingerprint == {"words": [kept, {"deep": kept}], kept: 1}


def test_a_value_that_is_no_json_is_refused_without_being_repeated(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="cannot keep") as caught, ledger.transaction() as tx:
        tx.escalations.add(an_escalation(brief={"secret text": object()}))
    assert "secret text" not in str(caught.value)


def test_ids_of_the_services_may_need_64_bits(ledger: Ledger) -> None:
    huge = 2**62
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row(huge, requester_id=huge)])
        assert tx.mirror.get([huge])[huge].requester_id == huge


def test_a_row_that_does_not_parse_is_named_without_its_content(
    ledger: Ledger, ledger_url: str
) -> None:
    with ledger.transaction() as tx:
        tx.mirror.put([a_mirror_row()])
    change(ledger_url, 'UPDATE mirror SET customer = \'{"name": "secret text"}\'')
    with pytest.raises(StoreError, match=r"row of mirror .*in customer") as caught:
        with ledger.transaction() as tx:
            tx.mirror.get([1])
    assert "secret text" not in str(caught.value)


def test_a_constraint_is_named_without_the_values_that_broke_it(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e1", marker="secret text"))
    with pytest.raises(ValueError, match="marker") as caught, ledger.transaction() as tx:
        tx.escalations.add(an_escalation("e2", marker="secret text"))
    assert "secret text" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_intent_of_no_escalation_is_refused_at_the_end(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="refuses the row"), ledger.transaction() as tx:
        tx.intents.add([an_intent(escalation_id="nobody")])
    with ledger.transaction() as tx:
        assert tx.intents.pending(NOON + minutes(1)) == []
