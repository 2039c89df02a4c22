"""The list as people read it: how bad, where, since when, what is due next, and what it is about.

A terminal that is narrow gives each escalation a second line for its summary; elsewhere each is one
line of a table that stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from connector.core.model import Severity
from connector.plan_texts import tickets
from connector.suggested import print_suggested
from connector.texts import SEVERITY_COLOURS, counted, indented, short_span, titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import Console

    from connector.shelf import Listed, Listing

_GAP = 2
_WIDE = 110
_LATE = "bold red"
_ON_A_TERMINAL = frozenset({"Owner", "SLA"})
"""Columns for which 80 characters without a second line have no room."""


class _Cell(NamedTuple):
    text: str
    style: str = ""


def print_listing(listing: Listing, screen: Console) -> None:
    """What is fixed and not told, what is live, the most urgent first, what waits for a person."""
    if listing.escalations:
        _print_escalations(listing, screen)
    else:
        screen.print(Text("No live escalation."))
    if listing.suggested:
        print_suggested(listing.suggested, listing.customers, screen)


def _print_escalations(listing: Listing, screen: Console) -> None:
    _print_untold(listing, screen)
    if screen.is_terminal:
        screen.print(_sum(listing))
        screen.print()
    names, rows = _columns(listing, all_of_them=screen.is_terminal)
    widths = [max(map(len, column)) for column in zip(names, *_texts(rows), strict=True)]
    beside = not screen.is_terminal or screen.width >= _WIDE
    head = _padded([_Cell(name, "bold") for name in names], widths)
    screen.print(head.append("Summary", "bold") if beside else head)
    for row, item in zip(rows, listing.escalations, strict=True):
        for line in _entry(_padded(row, widths), item.escalation.summary, screen, beside=beside):
            screen.print(line, no_wrap=True, overflow="crop")


def _entry(facts: Text, summary: str, screen: Console, *, beside: bool) -> Iterator[Text]:
    """One line, or two where the summary would have no room."""
    shown = Text(summary)
    if beside:
        shown.truncate(max(screen.width - len(facts), _GAP), overflow="ellipsis")
        yield facts.append_text(shown)
        return
    yield facts
    shown.truncate(screen.width - _GAP, overflow="ellipsis")
    yield Text(" " * _GAP).append_text(shown)


def _texts(rows: Sequence[Sequence[_Cell]]) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def _padded(cells: Sequence[_Cell], widths: Sequence[int]) -> Text:
    line = Text()
    for cell, width in zip(cells, widths, strict=True):
        line.append(cell.text, cell.style or None)
        line.append(" " * (width - len(cell.text) + _GAP))
    return line


def _columns(listing: Listing, *, all_of_them: bool) -> tuple[list[str], list[list[_Cell]]]:
    """A column in which nothing would stand is left out."""
    rows = [_facts(item, listing.now) for item in listing.escalations]
    kept = [
        name
        for name in rows[0]
        if (all_of_them or name not in _ON_A_TERMINAL)
        and any(row[name].text != "-" for row in rows)
    ]
    return kept, [[row[name] for name in kept] for row in rows]


def _facts(item: Listed, now: datetime) -> dict[str, _Cell]:
    row = item.escalation
    return {
        "Issue": _Cell(row.issue_key or row.id, "bold"),
        "Severity": _Cell(row.severity.value, SEVERITY_COLOURS[row.severity]),
        "Owner": _Cell(row.target.value),
        "State": _Cell(row.state.value),
        "Open for": _Cell(short_span(now - row.opened_at)),
        "Next": _until(item.next_at, now, "now"),
        "SLA": _until(item.sla_breach_at, now, "late"),
        "Tickets": _Cell(str(len(item.tickets))),
    }


def _until(at: datetime | None, now: datetime, passed: str) -> _Cell:
    """`in 40 min`, in red once it has passed."""
    if at is None:
        return _Cell("-")
    return _Cell(f"in {short_span(at - now)}") if at > now else _Cell(passed, _LATE)


def _sum(listing: Listing) -> Text:
    """`13 escalations: 1 Critical, 6 High, 6 Medium; 2 follow-ups are due`."""
    of = {
        severity: sum(one.escalation.severity is severity for one in listing.escalations)
        for severity in Severity
    }
    parts = ", ".join(f"{count} {severity}" for severity, count in of.items() if count)
    due = sum(one.next_at is not None and one.next_at <= listing.now for one in listing.escalations)
    late = f"; {counted(due, 'follow-up')} due now" if due else ""
    return Text(f"{counted(len(listing.escalations), 'escalation')}: {parts}{late}", "bold")


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
