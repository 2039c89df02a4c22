"""`escalation list`: what somebody still owes somebody, without any call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from connector.closing_loop import duties_of
from connector.core.model import Frozen, Group, Severity, State
from connector.errors import ExitCode
from connector.ledger.rows import EscalationRow
from connector.plan_texts import tickets
from connector.suggested import print_suggested, suggested_groups
from connector.texts import SEVERITY_COLOURS, indented, short_span, titled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from rich.console import Console

    from connector.ledger.store import Ledger, Transaction


_COLUMNS = ("Issue", "Severity", "State", "Open for", "Next", "Tickets", "Summary")
_GAP = 2


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
    duties = duties_of(tx, row) if row.closed_at is None else None
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


def print_listing(listing: Listing, screen: Console) -> None:
    """What is fixed and not told, then one line an escalation, then what waits for a person."""
    if listing.escalations:
        _print_escalations(listing, screen)
    else:
        screen.print(Text("No live escalation."))
    if listing.suggested:
        print_suggested(listing.suggested, listing.customers, screen)


def _print_escalations(listing: Listing, screen: Console) -> None:
    _print_untold(listing, screen)
    rows = [_line(item, listing.now) for item in listing.escalations]
    widths = [
        max(map(len, column)) for column in zip(_COLUMNS[:-1], *(r[:-1] for r in rows), strict=True)
    ]
    left = max(screen.width - sum(width + _GAP for width in widths), _GAP)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for name in _COLUMNS:
        table.add_column(name, no_wrap=True)
    for key, severity, *rest, summary in rows:
        style = SEVERITY_COLOURS[Severity(severity)]
        shown = Text(summary)
        shown.truncate(left, overflow="ellipsis")
        table.add_row(key, Text(severity, style=style), *map(Text, rest), shown)
    screen.print(table)


def _print_untold(listing: Listing, screen: Console) -> None:
    over = [item for item in listing.escalations if item.untold]
    if not over:
        return
    screen.print(Text("Fixed, customer not told", style="bold underline"))
    for item in over:
        row = item.escalation
        since = short_span(listing.now - (row.ended_at or row.changed_at))
        told = f"  {row.state} for {since}: {tickets(item.untold)}"
        indented(screen, Text.assemble((row.issue_key or row.id, "bold"), told))
        others = [name for name in item.missing if name != "customer informed"]
        if others:
            indented(screen, f"also missing: {', '.join(others)}", 6)
    titled(screen, "All")


def _line(item: Listed, now: datetime) -> Sequence[str]:
    row, at = item.escalation, item.next_at
    coming = "-" if at is None else f"in {_about(at - now)}" if at > now else "now"
    return (
        row.issue_key or row.id,
        row.severity.value,
        row.state.value,
        short_span(now - row.opened_at),
        coming,
        str(len(item.tickets)),
        row.summary,
    )


def _about(amount: timedelta) -> str:
    """The largest unit is enough for what is to come: `19 h`, `40 min`."""
    return " ".join(short_span(amount).split()[:2])
