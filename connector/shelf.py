"""`escalation list`: what somebody still owes somebody, without any call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.closing_loop import still_owed
from connector.core.model import Frozen, Group, State
from connector.errors import ExitCode
from connector.ledger.rows import EscalationRow
from connector.suggested import suggested_groups

if TYPE_CHECKING:
    from connector.ledger.store import Ledger, Transaction


class Listed(Frozen):
    """One escalation on the list; times are UTC.

    `untold`: tickets whose customer does not know that it is over; `missing`: every duty that is
    left. `follow_up_at` and `customer_update_at`: when each clock strikes next. `sla_breach_at`:
    the next breach among its tickets.
    """

    escalation: EscalationRow
    customers: tuple[str, ...]
    tickets: tuple[int, ...]
    untold: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    follow_up_at: datetime | None = None
    customer_update_at: datetime | None = None
    sla_breach_at: datetime | None = None

    @property
    def next_at(self) -> datetime | None:
        """When something is due next."""
        times = (self.follow_up_at, self.customer_update_at)
        return min((at for at in times if at is not None), default=None)


class Listing(Frozen):
    """Escalations: first those that are over while customers don't know, the longest first; then
    the most urgent. `suggested`: groups that wait for a person, those of most customers first;
    `customers`: how many it takes for a sure one to escalate.
    """

    command: str = "list"
    now: datetime
    escalations: tuple[Listed, ...]
    suggested: tuple[Group, ...] = ()
    customers: int = 3

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def list_escalations(
    ledger: Ledger, *, state: str | None, now: datetime, window: timedelta, customers: int
) -> Listing:
    """What is not closed yet and the groups that wait for a person; or those in one state."""
    with ledger.snapshot() as tx:
        rows = tx.escalations.all(State(state)) if state else _unclosed(tx)
        return Listing(
            now=now,
            escalations=tuple(_listed(tx, row) for row in rows),
            suggested=()
            if state
            else suggested_groups(tx, window=window, customers=customers, now=now),
            customers=customers,
        )


def _unclosed(tx: Transaction) -> list[EscalationRow]:
    over = [row for row in tx.escalations.unclosed() if row.ended_at is not None]
    over.sort(key=lambda row: (row.ended_at or row.changed_at, row.id))
    known = {row.id for row in over}
    return [*over, *(row for row in tx.escalations.live() if row.id not in known)]


def _listed(tx: Transaction, row: EscalationRow) -> Listed:
    links = tx.links.of(row.id)
    here = [link.ticket_id for link in links if link.merged_into is None]
    duties = still_owed(tx, row)
    breaches = [one.breach_at for one in tx.mirror.get(here).values() if one.breach_at]
    return Listed(
        escalation=row,
        customers=tuple(dict.fromkeys(link.customer.name for link in links)),
        tickets=tuple(link.ticket_id for link in links),
        untold=duties.untold if duties else (),
        missing=tuple(dict.fromkeys(duty.name for duty in duties.missing)) if duties else (),
        follow_up_at=row.internal_due_at if row.closed_at is None else None,
        customer_update_at=row.customer_due_at if row.closed_at is None else None,
        sla_breach_at=min(breaches, default=None),
    )
