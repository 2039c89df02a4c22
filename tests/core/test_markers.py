"""Names of what we do come from what it is about, and from nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.core.markers import (
    escalation_id_of,
    intent_id_of,
    marker_label,
    marker_of,
    payload_hash,
    reference_line,
)


def a_marker(**changes: object) -> str:
    facts: dict[str, object] = {
        "environment": "production",
        "site": "https://acme.atlassian.net",
        "desk": "acme",
        "first_ticket_id": 7,
        "episode": 1,
    }
    return marker_of(**(facts | changes))  # type: ignore[arg-type]  # a table of facts


def test_the_same_facts_give_the_same_marker_in_every_process() -> None:
    assert a_marker() == a_marker()
    assert a_marker() == "79397a58d41e960f484c"


def test_each_fact_changes_the_marker() -> None:
    others = [
        a_marker(environment="staging"),
        a_marker(site="https://other.atlassian.net"),
        a_marker(desk="other"),
        a_marker(first_ticket_id=8),
        a_marker(episode=2),
    ]
    assert len({a_marker(), *others}) == 6


def test_a_marker_label_fits_jira_labels() -> None:
    label = marker_label(a_marker())
    assert label == label.lower()
    assert " " not in label
    assert len(label) <= 255


def test_people_can_tell_an_escalation_id_from_a_ticket_id_and_a_jira_key() -> None:
    name = escalation_id_of(a_marker())
    assert name.startswith("e-")
    assert not name.isdigit()
    assert name == name.lower()


@given(st.text(max_size=20), st.text(max_size=20))
def test_intents_of_different_kinds_never_share_a_name(kind: str, n: str) -> None:
    one = intent_id_of("m", kind, "ticket 1", n)
    assert one != intent_id_of("m", kind + "x", "ticket 1", n)
    assert reference_line(one) == f"ref {one}"


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=6))
def test_a_payloads_hash_does_not_depend_on_the_order_of_its_keys(
    payload: dict[str, object],
) -> None:
    turned = dict(reversed(payload.items()))
    assert payload_hash(payload) == payload_hash(turned)
