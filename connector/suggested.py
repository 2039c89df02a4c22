"""Groups that wait for a person's word, as `escalation list` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from connector.placing import at_least, explained, grouper_of
from connector.plan_texts import tickets
from connector.texts import CONFIRM, indented, spell_near, titled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from rich.console import Console

    from connector.core.model import Group
    from connector.ledger.store import Transaction


def suggested_groups(
    tx: Transaction, *, window: timedelta, customers: int, now: datetime
) -> tuple[Group, ...]:
    """Groups with a report in the window that a person has to confirm, from one customer below
    those that it takes; none that is escalated already.
    """
    grouper = grouper_of(tx, window)
    rows = tx.groups.suggested(now - window, at_least(customers))
    found = (explained(tx, grouper, row.id) for row in rows)
    return tuple(group for group in found if group is not None and not _escalated(tx, group))


def _escalated(tx: Transaction, group: Group) -> bool:
    members = [member.ticket_id for member in group.members]
    return any(row.state.live for row in tx.escalations.by_tickets(members))


def print_suggested(groups: Iterable[Group], least: int, screen: Console) -> None:
    """Each with its id, why, and what it nearly had; and how to decide."""
    titled(screen, "Perhaps the same issue: a person decides")
    for group in groups:
        indented(screen, Text.assemble((group.id, "bold"), f"  {group.label}"), 2)
        customers = f"{len(group.customers)} of the {least} customers that it takes"
        about = f"{customers}, {tickets([member.ticket_id for member in group.members])}"
        indented(screen, about, 6, style="dim")
        indented(screen, f"because {'; '.join(group.why)}", 6)
        if group.near:
            indented(screen, f"nearly: {spell_near(group.near)}", 6, style="dim")
    indented(screen, CONFIRM, 2, style="dim")
