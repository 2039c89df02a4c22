"""Groups that wait for a person's word, as `escalation list` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from connector.core.model import OPEN_STATUSES
from connector.placing import at_least, explained, grouper_of
from connector.plan_texts import tickets
from connector.texts import CONFIRM, indented, spell_near, titled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from rich.console import Console

    from connector.core.model import Group
    from connector.ledger.store import Transaction

_SHOWN, _IN_FULL = 10, 3
"""More of them than that would push what is live off the screen."""


def suggested_groups(
    tx: Transaction, *, window: timedelta, customers: int, now: datetime
) -> tuple[Group, ...]:
    """Groups with a report in the window that a person has to confirm, from one customer below
    those that it takes; none that is escalated already, or of which nothing is open any more.
    """
    grouper = grouper_of(tx, window)
    rows = tx.groups.suggested(now - window, at_least(customers))
    found = (explained(tx, grouper, row.id) for row in rows)
    return tuple(group for group in found if group is not None and _waits(tx, group))


def _waits(tx: Transaction, group: Group) -> bool:
    members = [member.ticket_id for member in group.members]
    opened = any(row.status in OPEN_STATUSES for row in tx.mirror.get(members).values())
    return opened and not any(row.state.live for row in tx.escalations.by_tickets(members))


def print_suggested(groups: Iterable[Group], least: int, screen: Console) -> None:
    """Each with its id, why, and what it nearly had; and how to decide. Of many only the heads."""
    waiting = list(groups)
    whole = len(waiting) <= _IN_FULL
    titled(screen, "Perhaps the same issue: a person decides")
    for group in waiting[:_SHOWN]:
        indented(screen, Text.assemble((group.id, "bold"), f"  {group.label}"), 2)
        customers = f"{len(group.customers)} of the {least} customers that it takes"
        about = f"{customers}, {tickets([member.ticket_id for member in group.members])}"
        indented(screen, about, 6, style="dim")
        if whole:
            indented(screen, f"because {'; '.join(group.why)}", 6)
        if whole and group.near:
            indented(screen, f"nearly: {spell_near(group.near)}", 6, style="dim")
    if len(waiting) > _SHOWN:
        indented(screen, f"and {len(waiting) - _SHOWN:,} more: see --json", 2)
    if not whole:
        indented(screen, "`escalation assess ID` with one of the tickets says why.", 2, style="dim")
    indented(screen, CONFIRM, 2, style="dim")
