"""What a late write may still change: never what a later one has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from connector.core.overtaken import left_over
from connector.core.writes import (
    ChangeTags,
    CommentIssue,
    PutRemoteLink,
    UpdateIssue,
    UpdateTicket,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAMES = st.sampled_from("abcd")
_FIELDS = st.dictionaries(_NAMES, st.sampled_from(["1", "2"]), max_size=3)
_SETS = st.sets(_NAMES, max_size=3).map(sorted)
_MAYBE = st.none() | st.sampled_from(["open", "solved"])


@st.composite
def tag_changes(draw: st.DrawFn) -> ChangeTags:
    add = draw(_SETS)
    return ChangeTags(
        ticket_id=7, add=tuple(add), remove=tuple(tag for tag in draw(_SETS) if tag not in add)
    )


@st.composite
def issue_updates(draw: st.DrawFn) -> UpdateIssue:
    add = draw(_SETS)
    remove = tuple(label for label in draw(_SETS) if label not in add)
    fields, properties = draw(_FIELDS), draw(_FIELDS)
    return UpdateIssue(
        fields=fields, add_labels=tuple(add), remove_labels=remove, properties=properties
    )


def notes() -> st.SearchStrategy[UpdateTicket]:
    return st.builds(
        UpdateTicket,
        ticket_id=st.just(7),
        note=st.sampled_from(["one", "two"]),
        status=_MAYBE,
        group=_MAYBE,
        priority=_MAYBE,
        fields=_FIELDS,
    )


def after(writes: Iterable[Write | None]) -> dict[str, object]:
    """How ticket and issue stand after these, without what is said."""
    stand: dict[str, object] = {}
    for write in writes:
        match write:
            case ChangeTags():
                stand |= dict.fromkeys(write.add, True) | dict.fromkeys(write.remove, False)
            case UpdateIssue():
                stand |= {f"field {name}": value for name, value in write.fields.items()}
                stand |= {f"property {name}": value for name, value in write.properties.items()}
                stand |= dict.fromkeys(write.add_labels, True)
                stand |= dict.fromkeys(write.remove_labels, False)
            case UpdateTicket():
                told = {"status": write.status, "group": write.group, "priority": write.priority}
                stand |= {name: value for name, value in told.items() if value}
                stand |= {f"field {name}": value for name, value in write.fields.items()}
    return stand


@given(
    st.lists(tag_changes(), min_size=1, max_size=4)
    | st.lists(issue_updates(), min_size=1, max_size=4)
    | st.lists(notes(), min_size=1, max_size=4)
)
def test_a_write_that_comes_last_leaves_all_as_if_it_had_come_in_its_turn(
    writes: Sequence[Write],
) -> None:
    first, *later = writes
    assert after([*later, left_over(first, later)]) == after(writes)


@given(st.lists(notes(), min_size=1, max_size=4))
def test_a_late_note_is_still_said(writes: Sequence[UpdateTicket]) -> None:
    first, *later = writes
    left = left_over(first, later)
    assert isinstance(left, UpdateTicket)
    assert left.note == first.note


def test_what_is_said_on_an_issue_is_never_overtaken() -> None:
    comment = CommentIssue(body="one")
    assert left_over(comment, [CommentIssue(body="two")]) == comment


def test_a_link_that_was_put_anew_meanwhile_is_not_put_as_it_was() -> None:
    link = PutRemoteLink(ticket_id=7, global_id="7", url="https://acme.example/7", title="Seven")
    solved = link.model_copy(update={"resolved": True})
    assert left_over(link, [solved]) is None
    assert left_over(link, []) == link
