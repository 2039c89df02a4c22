from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.core.model import DeescalationReason, State
from connector.core.status import SharedComments, StatusMapping, StatusRule
from connector.core.wording import fill
from connector.mapping_files import load_mappings

SHIPPED = load_mappings(None).status


def a_rule(**changes: Any) -> StatusRule:
    return StatusRule.model_validate({"note": "Something happened."} | changes)


@pytest.mark.parametrize(
    ("category", "status", "resolution", "state", "reason"),
    [
        ("new", "To Do", None, State.OPEN, None),
        ("new", "Triaged", None, State.ACKNOWLEDGED, None),
        ("indeterminate", "In Review", None, State.IN_PROGRESS, None),
        ("done", "Closed", "Fixed", State.RESOLVED, None),
        ("done", "Erledigt", "DONE", State.RESOLVED, None),
        ("done", "Done", None, State.RESOLVED, None),
        ("done", "Closed", "Won't Do", State.DE_ESCALATED, DeescalationReason.REJECTED),
        ("done", "Done", "Cannot Reproduce", State.DE_ESCALATED, DeescalationReason.REASSESSED),
    ],
)
def test_the_shipped_rules_mean_what_the_domain_says(
    category: str,
    status: str,
    resolution: str | None,
    state: State,
    reason: DeescalationReason | None,
) -> None:
    rule = SHIPPED.decide(category, status, resolution)
    assert rule is not None
    assert (rule.state, rule.reason) == (state, reason)


def test_a_duplicate_follows_the_issue_that_stays() -> None:
    rule = SHIPPED.decide("done", "Closed", "Duplicate")
    assert rule is not None
    assert (rule.follow, rule.state, rule.state_tag, rule.state_field) == (
        "duplicate",
        None,
        None,
        None,
    )


def test_what_could_not_be_reproduced_asks_for_what_is_missing() -> None:
    asking = [rule for rule in SHIPPED.rules if rule.ask_missing]
    assert [rule.resolution[0] for rule in asking] == ["Cannot Reproduce"]


@pytest.mark.parametrize(
    ("category", "status", "resolution"),
    [
        ("done", "Closed", "Parked for now"),
        ("done", "Done", "Parked for now"),
        ("done", "Closed", None),
        ("elsewhere", "Somewhere", None),
    ],
)
def test_what_no_rule_maps_is_reported_and_never_guessed(
    category: str, status: str, resolution: str | None
) -> None:
    assert SHIPPED.decide(category, status, resolution) is None


def test_a_resolution_that_stayed_on_a_reopened_issue_does_not_resolve_it() -> None:
    rule = SHIPPED.decide("indeterminate", "In Progress", "Fixed")
    assert rule is not None
    assert rule.state is State.IN_PROGRESS


def test_a_resolution_goes_before_a_status_and_a_status_before_a_category() -> None:
    by_category = a_rule(category=["done"], state="in_progress")
    by_status = a_rule(status=["Released"], state="acknowledged")
    by_both = a_rule(category=["done"], status=["Released"], state="open")
    by_resolution = a_rule(resolution=["Fixed"], state="resolved")
    for rules in ([by_category, by_status, by_both, by_resolution],) * 2:
        mapping = StatusMapping(rules=tuple(rules))
        assert mapping.decide("done", "released ", "FIXED") == by_resolution
        assert mapping.decide("done", "Released", None) == by_both
        assert mapping.decide("indeterminate", "Released", None) == by_status
        assert mapping.decide("done", "Closed", None) == by_category
        rules.reverse()


@given(
    st.sampled_from(["new", "indeterminate", "done"]),
    st.text(max_size=20),
    st.none() | st.text(max_size=20),
)
def test_a_decision_depends_on_what_is_said_and_not_on_the_order_of_the_rules(
    category: str, status: str, resolution: str | None
) -> None:
    other_way = StatusMapping(rules=tuple(reversed(SHIPPED.rules)))
    first, second = (m.decide(category, status, resolution) for m in (SHIPPED, other_way))
    assert (first and first.weight) == (second and second.weight)
    assert first is None or first.holds(category, status, resolution)


def test_tags_and_fields_are_the_state_s_unless_the_rule_says_otherwise() -> None:
    plain = a_rule(category=["new"], state="open")
    own = a_rule(category=["new"], state="open", tag="escalation_seen", field="Seen")
    assert (plain.state_tag, plain.state_field) == ("escalation_open", "open")
    assert (own.state_tag, own.state_field) == ("escalation_seen", "Seen")
    assert StatusMapping(rules=(own,)).tags == {"escalation_seen"}


def test_every_shipped_note_can_be_filled() -> None:
    values = dict.fromkeys(("issue", "status", "resolution", "state", "reason", "duplicate"), "x")
    notes = [fill(rule.note, values) for rule in SHIPPED.rules]
    assert not any("{" in note for note in notes)


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert fill("{status} of {issue}", {"status": "{issue}", "issue": "ESC-1"}) == (
        "{issue} of ESC-1"
    )


def test_braces_that_name_nothing_stay_as_they_are() -> None:
    assert fill("a { b, {status}, c }", {"status": "Done"}) == "a { b, Done, c }"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"state": "open"}, "needs category, status or resolution"),
        ({"category": ["new"]}, "needs either state or follow"),
        (
            {"category": ["new"], "state": "open", "follow": "duplicate"},
            "needs either state or follow",
        ),
        ({"category": ["done"], "state": "de_escalated"}, "reason goes with state 'de_escalated'"),
        (
            {"category": ["done"], "state": "resolved", "reason": "rejected"},
            "reason goes with state 'de_escalated'",
        ),
        ({"category": ["done"], "state": "confirmed"}, "no state that an issue in Jira can lead"),
        ({"category": ["done"], "state": "resolved", "zendesk_status": "solved"}, "'open', 'pend"),
        ({"category": ["done"], "state": "resolved", "tag": "done"}, "should match pattern"),
        ({"category": ["done"], "state": "resolved", "note": "{who}"}, "no text that can be"),
        ({"category": ["done"], "state": "resolved", "note": "{issue.__class__}"}, "no text that"),
    ],
)
def test_a_rule_that_cannot_mean_anything_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_rule(**changes)


def test_two_rules_about_the_same_thing_are_refused() -> None:
    one = a_rule(category=["done"], resolution=["Fixed", "Done"], state="resolved")
    two = a_rule(category=["done"], resolution=["fixed"], state="in_progress")
    with pytest.raises(ValidationError, match="two rules decide about 'done / fixed'; keep one"):
        StatusMapping(rules=(one, two))


# --- comments that reach tickets -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "labels", "shared"),
    [
        ("#support: A fix ships on Monday.", (), "A fix ships on Monday."),
        ("  #SUPPORT\nA fix ships.", (), "A fix ships."),
        ("A fix ships, #support", (), None),
        ("Internal talk", ("other",), None),
        ("Internal talk", ("share",), "Internal talk"),
        ("#support", (), None),
        ("", ("share",), None),
    ],
)
def test_a_comment_reaches_tickets_only_when_a_person_marked_it(
    text: str, labels: tuple[str, ...], shared: str | None
) -> None:
    marks = SharedComments(prefix="#support", label="share")
    assert marks.shared_text(text, labels=labels) == shared


@given(st.text(max_size=60))
def test_without_marks_nothing_is_shared(text: str) -> None:
    assert SharedComments().shared_text(text, labels=("share",)) is None
