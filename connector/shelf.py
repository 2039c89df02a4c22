"""`escalation list` and `show`: what the ledger knows, without any call."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connector.core import render
from connector.core.brief import Brief, brief_document
from connector.core.model import Frozen, Severity, State
from connector.errors import ConfigError, ExitCode
from connector.ledger.rows import EscalationRow, EventRow, IntentRow, LinkRow, TransitionRow
from connector.texts import SEVERITY_COLOURS, counted, short_span, spell_time

if TYPE_CHECKING:
    from rich.console import Console

    from connector.ledger.store import Ledger


_COLUMNS = ("Issue", "Severity", "State", "Open for", "Tickets", "Summary")
_GAP = 2


class Listed(Frozen):
    """One escalation on the list; times are UTC."""

    escalation: EscalationRow
    customers: tuple[str, ...]
    tickets: tuple[int, ...]


class Listing(Frozen):
    """Escalations, the most urgent first."""

    command: str = "list"
    now: datetime
    escalations: tuple[Listed, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


class Story(Frozen):
    """Everything about one escalation."""

    command: str = "show"
    now: datetime
    escalation: EscalationRow
    tickets: tuple[LinkRow, ...]
    transitions: tuple[TransitionRow, ...]
    writes: tuple[IntentRow, ...]
    events: tuple[EventRow, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def list_escalations(ledger: Ledger, *, state: str | None, now: datetime) -> Listing:
    """The live ones, or those in one state."""
    with ledger.snapshot() as tx:
        rows = tx.escalations.all(State(state)) if state else tx.escalations.live()
        listed = []
        for row in rows:
            links = tx.links.of(row.id)
            listed.append(
                Listed(
                    escalation=row,
                    customers=tuple(dict.fromkeys(link.customer.name for link in links)),
                    tickets=tuple(link.ticket_id for link in links),
                )
            )
    return Listing(now=now, escalations=tuple(listed))


def show_escalation(ledger: Ledger, *, ref: str, now: datetime) -> Story:
    """One escalation by Jira key, ticket id or escalation id. Raises ConfigError when unknown."""
    with ledger.snapshot() as tx:
        row = tx.escalations.find(ref)
        if row is None:
            raise ConfigError(
                f"no escalation {ref!r}; expected a Jira key, a ticket id or an escalation id. "
                "`escalation list` shows the live ones"
            )
        return Story(
            now=now,
            escalation=row,
            tickets=tuple(tx.links.ever_of(row.id)),
            transitions=tuple(tx.transitions.of(row.id)),
            writes=tuple(tx.intents.of(row.id)),
            events=tuple(tx.events.of(row.id)),
        )


def print_listing(listing: Listing, screen: Console) -> None:
    """One line an escalation."""
    if not listing.escalations:
        screen.print(Text("No live escalation."))
        return
    rows = [
        (
            row.issue_key or row.id,
            row.severity.value,
            row.state.value,
            short_span(listing.now - row.opened_at),
            str(len(item.tickets)),
            row.summary,
        )
        for item in listing.escalations
        for row in (item.escalation,)
    ]
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


def print_story(story: Story, screen: Console) -> None:
    """The head, the tickets, the history, what was written, and the brief."""
    row = story.escalation
    head = Text.assemble(
        (row.issue_key or row.id, "bold"),
        "  ",
        (row.severity, SEVERITY_COLOURS[row.severity]),
        f"  {row.state} -> {row.target}  {row.summary}",
    )
    screen.print(head)
    screen.print(
        Padding(
            Text(f"{row.id}, open since {spell_time(row.opened_at)}"), (0, 0, 0, 2), expand=False
        )
    )
    screen.print(Padding(Text(f"because {row.reason}"), (0, 0, 0, 2), expand=False))
    _part(
        screen,
        "Tickets",
        [
            f"{link.ticket_id}  {link.customer.name}"
            + (f"  {link.result}" if link.result else "")
            + (f"  taken out {spell_time(link.left_at)}" if link.left_at else "")
            for link in story.tickets
        ],
    )
    _part(
        screen,
        "History",
        [
            f"{spell_time(step.at)}  {step.kind} {step.old or '-'} -> {step.new} "
            f"by {step.actor}: {step.reason}"
            for step in story.transitions
        ],
    )
    _part(
        screen,
        f"Writes ({counted(len(story.writes), 'write')})",
        [f"{intent.kind}: {intent.subject}  {intent.state}" for intent in story.writes],
    )
    if row.brief is not None:
        screen.print()
        document = brief_document(Brief.model_validate(row.brief))
        screen.print(Text(render.plain(document, width=min(screen.width, 100))))


def _part(screen: Console, title: str, lines: list[str]) -> None:
    if not lines:
        return
    screen.print()
    screen.print(Text(title, style="bold underline"))
    for line in lines:
        screen.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
