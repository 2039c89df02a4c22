"""`escalation prune`: the ledger forgets what is old and no longer needed, and gives room back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.text import Text

from connector.core.model import Frozen
from connector.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from connector.ledger.store import Ledger

LEAST = timedelta(days=90)
"""Younger than this may still be grouped, compared with, or asked about."""


class Pruned(Frozen):
    """How much was forgotten, or would be. `texts`: of writes, which stay known themselves."""

    command: str = "prune"
    now: datetime
    before: datetime
    dry_run: bool = False
    tickets: int = 0
    briefs: int = 0
    texts: int = 0
    events: int = 0
    runs: int = 0

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DONE


def prune(
    ledger: Ledger,
    *,
    now: datetime,
    older_than: timedelta,
    progress: Callable[[str, int], None],
    dry_run: bool = False,
) -> Pruned:
    """Forgets what is older, a few thousand rows at a time. Raises ConfigError for a span that
    would reach into what sweeps still read.
    """
    if older_than < LEAST:
        raise ConfigError(
            f"--older-than {older_than.days}d is too short: sweeps and groups still read the last "
            f"{LEAST.days} days. Give {LEAST.days}d or more."
        )
    before = now - older_than
    if dry_run:
        with ledger.rehearsal():
            return _forget(ledger, now, before, progress).model_copy(update={"dry_run": True})
    found = _forget(ledger, now, before, progress)
    ledger.compact()
    return found


def _forget(
    ledger: Ledger, now: datetime, before: datetime, progress: Callable[[str, int], None]
) -> Pruned:
    tickets = 0
    while True:
        with ledger.transaction() as tx:
            forgotten = tx.retention.tickets(before)
        if not forgotten:
            break
        tickets += forgotten
        progress("tickets forgotten", tickets)
    with ledger.transaction() as tx:
        return Pruned(
            now=now,
            before=before,
            tickets=tickets,
            briefs=tx.retention.briefs(before),
            texts=tx.retention.texts(before),
            events=tx.retention.events(before),
            runs=tx.retention.runs(before),
        )


def print_pruned(found: Pruned, screen: Console) -> None:
    """What was forgotten, and that nothing live was."""
    would = "would be " if found.dry_run else ""
    counts = (
        (found.tickets, "closed tickets that no escalation held"),
        (found.briefs, "briefs of escalations that are over"),
        (found.texts, "texts of writes that are settled"),
        (found.events, "entries of history"),
        (found.runs, "reports of runs"),
    )
    screen.print(Text(f"Older than {found.before:%Y-%m-%d}, {would}forgotten:"))
    for count, what in counts:
        screen.print(Text(f"  {count:>9,}  {what}"))
    screen.print(
        Text("Kept: live escalations, open tickets, and what tells that a write was made.")
    )
