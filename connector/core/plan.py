"""From a decision to intended writes. Values in, values out; nothing is sent here.

Each write gets its name from what it is about (`connector.core.markers`), so that planning the same
thing twice gives the same intents, which the ledger takes once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connector.core.markers import COMMON_LABEL, PROPERTY, global_id, intent_id_of, marker_label
from connector.core.model import Frozen, IssueRef, Json, State, Target
from connector.core.writes import (
    ChangeTags,
    CreateIssue,
    LinkIssue,
    PutRemoteLink,
    UpdateTicket,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SUMMARY = 200

NewStatus = Literal["open", "pending", "hold"]
"""What a ticket's status may be set to; never solved, which copies notes to incidents."""


class Intended(Frozen):
    """One write with its name, before it is recorded."""

    intent_id: str
    write: Write


class Affected(Frozen):
    """A ticket that is to be linked and told. `closed`: Zendesk takes no more changes to it."""

    ticket_id: int
    customer_name: str = ""
    closed: bool = False


class Place(Frozen):
    """Where an escalation lives, as far as its writes need it. `issue` is None for L2.

    `priority`: Zendesk's, for its tickets, where severity.toml wants one.
    """

    marker: str
    desk: str
    desk_url: str
    target: Target
    issue: IssueRef | None = None
    group: str | None = None
    priority: str | None = None
    key_fields: tuple[str, ...] = ()


def our_tag(tag: str) -> bool:
    """Whether a ticket tag is one of those that we write."""
    return tag == "escalated" or tag.startswith(("escalated_", "escalation_"))


def state_tag(state: State) -> str:
    """The tag that says an escalation's state, unless status.toml names another."""
    return f"escalation_{state}"


def state_tags(target: Target, tag: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags to add and to remove: a state tag replaces the last one (contract, defaults)."""
    add = ("escalated", f"escalated_{target.lower()}", tag)
    return add, tuple(other for other in map(state_tag, State) if other != tag)


def ticket_url(desk_url: str, ticket_id: int) -> str:
    """Where an agent opens the ticket."""
    return f"{desk_url.rstrip('/')}/agent/tickets/{ticket_id}"


def name_write(marker: str, write: Write, n: str) -> Intended:
    """`n` tells repeated writes of one kind to one subject apart."""
    return Intended(intent_id=intent_id_of(marker, write.kind, write.subject, n), write=write)


def issue_writes(
    marker: str,
    *,
    project: str,
    fields: Mapping[str, Json],
    optional: Sequence[str],
    labels: Sequence[str],
    brief_property: Json,
) -> tuple[Intended, ...]:
    """The create request: marker label and property are in it, so issue and marker are one."""
    ours = (COMMON_LABEL, marker_label(marker))
    write = CreateIssue(
        project=project,
        fields={**fields, "labels": sorted({*ours, *labels})},
        properties={PROPERTY: brief_property},
        optional=tuple(optional),
    )
    return (name_write(marker, write, "1"),)


def ticket_writes(
    place: Place, affected: Affected, *, note: str, state: State, n: str
) -> tuple[Intended, ...]:
    """All that a ticket gets when it becomes part of an escalation, in this order."""
    writes: list[Write] = []
    if place.issue is not None:
        writes.append(_remote_link(place, affected, resolved=False))
    if not affected.closed:
        key = place.issue.key if place.issue else None
        writes.append(
            UpdateTicket(
                ticket_id=affected.ticket_id,
                note=note,
                group=place.group,
                priority=place.priority,
                fields=dict.fromkeys(place.key_fields, key) if key else {},
            )
        )
        add, remove = state_tags(place.target, state_tag(state))
        writes.append(ChangeTags(ticket_id=affected.ticket_id, add=add, remove=remove))
    if place.issue is not None:
        writes.append(LinkIssue(ticket_id=affected.ticket_id))
    return tuple(name_write(place.marker, write, n) for write in writes)


def update_writes(
    place: Place,
    affected: Affected,
    *,
    note: str,
    tag: str,
    n: str,
    status: NewStatus | None = None,
    priority: str | None = None,
    fields: Mapping[str, str | None] | None = None,
) -> tuple[Intended, ...]:
    """What a linked ticket gets when its escalation changes; nothing when it is closed.

    `tag` is the state tag, which replaces the last one.
    """
    if affected.closed:
        return ()
    told = UpdateTicket(
        ticket_id=affected.ticket_id,
        note=note,
        status=status,
        priority=priority,
        fields=dict(fields or {}),
    )
    add, remove = state_tags(place.target, tag)
    tags = ChangeTags(ticket_id=affected.ticket_id, add=add, remove=remove)
    return name_write(place.marker, told, n), name_write(place.marker, tags, n)


def _remote_link(place: Place, affected: Affected, *, resolved: bool) -> PutRemoteLink:
    return PutRemoteLink(
        ticket_id=affected.ticket_id,
        global_id=global_id(place.desk, affected.ticket_id),
        url=ticket_url(place.desk_url, affected.ticket_id),
        title=f"Zendesk #{affected.ticket_id}",
        summary=affected.customer_name[:_SUMMARY],
        resolved=resolved,
    )
