"""`escalation digest`: what a lead wants to know once a day, from the ledger alone.

As text for cron's mail, as JSON, or as one HTML file that needs nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from connector.closing_loop import still_owed
from connector.core.digest import HORIZON, Digest, Tracked, Typical, build_digest
from connector.core.model import Frozen
from connector.errors import ExitCode
from connector.plan_texts import tickets
from connector.texts import (
    SEVERITY_COLOURS,
    counted,
    indented,
    short_span,
    spell_time,
    titled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.core.digest import Due
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Ledger, Transaction

_SHOWN = 15


class DigestReport(Frozen):
    """The digest with its surroundings. `set_aside`: what `quarantine list` shows; `desk` and
    `site` are the configured addresses, for links.
    """

    command: str = "digest"
    now: datetime
    zone: str
    desk: str
    site: str
    last_sweep: datetime | None = None
    last_sync: datetime | None = None
    set_aside: int = 0
    digest: Digest

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def make_digest(
    ledger: Ledger, *, now: datetime, since: datetime, zone: str, desk: str, site: str
) -> DigestReport:
    """Reads the live escalations and those of the last half year; nothing else, and no service."""
    with ledger.snapshot() as tx:
        known = [_tracked(tx, row) for row in tx.escalations.since(now - HORIZON)]
        sweep, sync = tx.run.last("sweep", successful=True), tx.run.last("sync", successful=True)
        set_aside = len(tx.aside.list())
    return DigestReport(
        now=now,
        zone=zone,
        desk=desk.rstrip("/"),
        site=site.rstrip("/"),
        last_sweep=sweep.started_at if sweep else None,
        last_sync=sync.started_at if sync else None,
        set_aside=set_aside,
        digest=build_digest(known, now=now, since=since, zone=ZoneInfo(zone)),
    )


def _tracked(tx: Transaction, row: EscalationRow) -> Tracked:
    links = [link for link in tx.links.of(row.id) if link.merged_into is None]
    duties = still_owed(tx, row)
    told = [link.told_at for link in links if link.told_at is not None]
    return Tracked(
        id=row.id,
        issue_key=row.issue_key,
        severity=row.severity,
        target=row.target,
        state=row.state,
        summary=row.summary,
        owner=row.owner,
        customers=tuple(dict.fromkeys(link.customer.name for link in links)),
        tickets=tuple(link.ticket_id for link in links),
        untold=duties.untold if duties else (),
        triggers=_triggers(row),
        opened_at=row.opened_at,
        acknowledged_at=row.acknowledged_at,
        resolved_at=row.resolved_at,
        told_at=max(told, default=None),
        ended_at=row.ended_at,
        internal_due_at=row.internal_due_at,
        customer_due_at=row.customer_due_at,
    )


def _triggers(row: EscalationRow) -> tuple[str, ...]:
    findings = (row.assessment or {}).get("findings", ())
    return tuple(dict.fromkeys(finding["kind"] for finding in findings if finding["sure"]))


# --- as text ----------------------------------------------------------------------------------


def print_digest(report: DigestReport, screen: Console) -> None:
    """The most pressing first; a part without anything is left out."""
    digest = report.digest
    local = ZoneInfo(report.zone)
    head = f"Escalations at {spell_time(report.now.astimezone(local))}"
    screen.print(Text(f"{head}: {', '.join(headline(report))}.", style="bold"))
    _untold_part(screen, digest)
    _dues(screen, "Late", digest.late, report)
    _dues(screen, "Due within 24 hours", digest.due, report)
    _escalations(screen, "Open", digest.open, report.now)
    since = spell_time(digest.since.astimezone(local))
    _names(screen, f"Opened since {since}", digest.opened)
    _names(screen, f"Ended since {since}", digest.ended)
    _teams(screen, digest)
    titled(screen, "Runs")
    indented(screen, f"last good sweep {_ago(report.last_sweep, report.now)}")
    indented(screen, f"last good sync {_ago(report.last_sync, report.now)}")


def headline(report: DigestReport) -> list[str]:
    """The numbers that a subject line would carry, the nought ones left out but for "open"."""
    digest = report.digest
    counts = [
        (len(digest.late), "late"),
        (sum(len(one.untold) for one in digest.untold), "fixed, customer not told"),
        (len(digest.opened), "opened"),
        (len(digest.ended), "ended"),
        (report.set_aside, "set aside"),
    ]
    return [f"{len(digest.open)} open", *(f"{number} {what}" for number, what in counts if number)]


def _untold_part(screen: Console, digest: Digest) -> None:
    if not digest.untold:
        return
    titled(screen, "Fixed, customer not told")
    for one in digest.untold:
        waited = short_span(digest.now - (one.ended_at or digest.now))
        indented(screen, Text(f"{one.name}  for {waited}: {_short(one)}", style="red"))
        indented(screen, tickets(one.untold), 6)


def _dues(screen: Console, title: str, dues: Sequence[Due], report: DigestReport) -> None:
    if not dues:
        return
    titled(screen, title)
    for due in dues[:_SHOWN]:
        at = spell_time(due.at.astimezone(ZoneInfo(report.zone)))
        indented(screen, f"{due.escalation.name}  {spell_due(due)} {at}: {_short(due.escalation)}")
    _more(screen, len(dues))


def spell_due(due: Due) -> str:
    """What is to be done, before its time."""
    return "ask the team, due" if due.clock == "internal" else "tell the customer, due"


def _escalations(screen: Console, title: str, found: Sequence[Tracked], now: datetime) -> None:
    if not found:
        return
    titled(screen, title)
    for one in found[:_SHOWN]:
        state, age = one.state.replace("_", " "), short_span(now - one.opened_at)
        line = Text.assemble(
            f"{one.name}  ",
            (one.severity, SEVERITY_COLOURS[one.severity]),
            f" {state}, {one.target}, for {age}, ",
            f"{counted(len(one.customers), 'customer')}: {_short(one)}",
        )
        indented(screen, line)
    _more(screen, len(found))


def _names(screen: Console, title: str, found: Sequence[Tracked]) -> None:
    if not found:
        return
    titled(screen, title)
    for one in found[:_SHOWN]:
        indented(screen, f"{one.name}  {one.severity} -> {one.target}: {_short(one)}")
    _more(screen, len(found))


def _more(screen: Console, number: int) -> None:
    if number > _SHOWN:
        indented(screen, f"and {number - _SHOWN:,} more: see --json")


def _teams(screen: Console, digest: Digest) -> None:
    if not digest.teams:
        return
    titled(screen, "Teams, with medians of the last 26 weeks")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("  Target")
    for name in ("Open", "Late", "Untold", "Opened", "Ended"):
        table.add_column(name, justify="right")
    for name in ("Acknowledge", "Resolve", "Tell"):
        table.add_column(name, justify="right", no_wrap=True)
    for team in digest.teams:
        counts = (team.open, team.late, team.untold, team.opened, team.ended)
        times = (team.times.acknowledge, team.times.resolve, team.times.tell)
        table.add_row(f"  {team.target}", *map(str, counts), *map(spell_typical, times))
    screen.print(table)


def spell_typical(span: Typical) -> str:
    """`2 h 5 min`, or a dash."""
    return "-" if span.median is None else short_span(span.median)


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{short_span(now - at)} ago"


def _short(one: Tracked) -> str:
    return one.summary or f"tickets {', '.join(map(str, one.tickets))}"
