"""A write that comes late: what it may still change once later ones have said how things stand.

A write that was refused is tried again hours later. By then the next news may be told, and what was
true before must not be put back over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.writes import (
    ChangeTags,
    PutRemoteLink,
    UpdateBrief,
    UpdateIssue,
    UpdateTicket,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import TypeVar

    V = TypeVar("V")


def left_over(write: Write, later: Iterable[Write]) -> Write | None:
    """The write without all that `later` ones to the same ticket or issue have decided.

    None when nothing of it is left. What is said (notes, comments) is always left.
    """
    for one in later:
        match write, one:
            case (PutRemoteLink(), PutRemoteLink()) | (UpdateBrief(), UpdateBrief()):
                return None
            case ChangeTags(), ChangeTags():
                decided = {*one.add, *one.remove}
                changes = {"add": _but(write.add, decided), "remove": _but(write.remove, decided)}
                write = write.model_copy(update=changes)
                if not (write.add or write.remove):
                    return None
            case UpdateTicket(), UpdateTicket():
                write = _note(write, one)
            case UpdateIssue(), UpdateIssue():
                write = _issue(write, one)
                if write == UpdateIssue(issue_id=write.issue_id):
                    return None
    return write


def _note(write: UpdateTicket, later: UpdateTicket) -> UpdateTicket:
    return write.model_copy(
        update={
            "status": None if later.status else write.status,
            "group": None if later.group else write.group,
            "priority": None if later.priority else write.priority,
            "fields": _without(write.fields, later.fields),
        }
    )


def _issue(write: UpdateIssue, later: UpdateIssue) -> UpdateIssue:
    labels = {*later.add_labels, *later.remove_labels}
    return write.model_copy(
        update={
            "fields": _without(write.fields, later.fields),
            "add_labels": _but(write.add_labels, labels),
            "remove_labels": _but(write.remove_labels, labels),
            "properties": _without(write.properties, later.properties),
        }
    )


def _but(names: Iterable[str], decided: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in decided)


def _without(named: Mapping[str, V], decided: Collection[str]) -> dict[str, V]:
    return {name: value for name, value in named.items() if name not in decided}
