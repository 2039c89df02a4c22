"""What support's own past says about a ticket: tickets like it that were solved before it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.model import OPEN_STATUSES, Group, Member, SolvedAlike, Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SOLVED_STATUSES = frozenset({"solved", "closed"})


def solved_alike(
    ticket: Ticket, group: Group | None, solved: Mapping[int, datetime]
) -> tuple[SolvedAlike, ...]:
    """Reports of the same group that were solved before an open ticket was made, the newest first.

    `solved`: when support solved each of the group's tickets that it solved without escalating. Two
    tickets are as similar as the less sure of them is to belong to the group.
    """
    if group is None or ticket.status not in OPEN_STATUSES:
        return ()
    mine = next((m for m in group.members if m.ticket_id == ticket.id), None)
    if mine is None:
        return ()
    found = [
        SolvedAlike(
            ticket_id=member.ticket_id,
            solved_at=solved[member.ticket_id],
            similarity=min(_belongs(mine), _belongs(member)),
        )
        for member in group.members
        if member.ticket_id in solved and solved[member.ticket_id] <= ticket.created_at
    ]
    return tuple(sorted(found, key=lambda one: (one.solved_at, one.ticket_id), reverse=True))


def _belongs(member: Member) -> float:
    """The first report is what the group is about."""
    return 1.0 if member.chance is None else member.chance
