"""From a decision to intended writes."""

from __future__ import annotations

from connector.core.model import IssueRef, State, Target
from connector.core.plan import (
    Affected,
    Place,
    issue_writes,
    our_tag,
    state_tag,
    ticket_writes,
    update_writes,
)
from connector.core.writes import (
    ChangeTags,
    CreateIssue,
    UpdateTicket,
    dump_write,
    parse_write,
    side_of,
)

PLACE = Place(
    marker="0f" * 10,
    desk="acme",
    desk_url="https://acme.zendesk.com",
    target=Target.ENGINEERING,
    issue=IssueRef(id="10001", key="ESC-1"),
    key_fields=("360",),
)


def kinds(writes: tuple[object, ...]) -> list[str]:
    return [item.write.kind for item in writes]  # type: ignore[attr-defined]  # Intended


def test_the_marker_and_the_property_are_in_the_create_request() -> None:
    (planned,) = issue_writes(
        PLACE.marker,
        project="ESC",
        fields={"summary": "Export fails"},
        optional=(),
        labels=("support",),
        brief_property={"v": 1},
    )
    assert isinstance(planned.write, CreateIssue)
    assert planned.write.fields["labels"] == ["support", "zdesc", f"zdesc-{PLACE.marker}"]
    assert planned.write.properties == {"zdesc.escalation": {"v": 1}}


def test_a_ticket_is_linked_noted_tagged_and_linked_natively_in_this_order() -> None:
    writes = ticket_writes(PLACE, Affected(ticket_id=7), note="Hi", state=State.OPEN, n="1")
    assert kinds(writes) == ["remote_link", "note", "tags", "jira_link"]
    note = writes[1].write
    assert isinstance(note, UpdateTicket)
    assert note.fields == {"360": "ESC-1"}


def test_a_closed_ticket_is_only_linked() -> None:
    closed = Affected(ticket_id=7, closed=True)
    writes = ticket_writes(PLACE, closed, note="Hi", state=State.OPEN, n="1")
    assert kinds(writes) == ["remote_link", "jira_link"]
    assert update_writes(PLACE, closed, note="Hi", tag=state_tag(State.RESOLVED), n="2") == ()


def test_l2_needs_no_issue() -> None:
    place = PLACE.model_copy(update={"issue": None, "target": Target.L2, "group": "L2 Support"})
    writes = ticket_writes(place, Affected(ticket_id=7), note="Brief", state=State.OPEN, n="1")
    assert kinds(writes) == ["note", "tags"]
    assert isinstance(writes[0].write, UpdateTicket)
    assert writes[0].write.group == "L2 Support"


def test_a_state_tag_replaces_the_others_and_no_tag_of_other_people() -> None:
    writes = update_writes(
        PLACE, Affected(ticket_id=7), note="Done", tag=state_tag(State.RESOLVED), n="2"
    )
    tags = writes[1].write
    assert isinstance(tags, ChangeTags)
    assert tags.add == ("escalated", "escalated_engineering", "escalation_resolved")
    assert "escalation_resolved" not in tags.remove
    assert all(our_tag(tag) for tag in tags.remove)


def test_planning_twice_names_the_same_intents() -> None:
    one, two = (
        ticket_writes(PLACE, Affected(ticket_id=7), note="Hi", state=State.OPEN, n="1")
        for _ in range(2)
    )
    assert [item.intent_id for item in one] == [item.intent_id for item in two]


def test_every_write_survives_the_ledger_and_knows_its_side() -> None:
    for item in ticket_writes(PLACE, Affected(ticket_id=7), note="Hi", state=State.OPEN, n="1"):
        assert parse_write(dump_write(item.write)) == item.write
    assert side_of("note") == "desk"
    assert side_of("create_issue") == "tracker"


def test_a_zendesk_priority_is_set_only_where_the_mapping_wants_one() -> None:
    usual = ticket_writes(PLACE, Affected(ticket_id=7), note="Hi", state=State.OPEN, n="1")
    raised = ticket_writes(
        PLACE.model_copy(update={"priority": "urgent"}),
        Affected(ticket_id=7),
        note="Hi",
        state=State.OPEN,
        n="1",
    )
    found = [item.write for writes in (usual, raised) for item in writes]
    notes = [write for write in found if isinstance(write, UpdateTicket)]
    assert [note.priority for note in notes] == [None, "urgent"]
