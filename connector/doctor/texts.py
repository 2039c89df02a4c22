"""An examination as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from connector.texts import counted, spell_time

if TYPE_CHECKING:
    from rich.console import Console

    from connector.doctor.checks import Check, Examination

_COLOURS = {"ok": "green", "warning": "yellow", "failed": "bold red", "skipped": "dim"}


def print_examination(found: Examination, screen: Console) -> None:
    """One line each; what is wrong also says how to mend it, and the sum comes last."""
    lines = Table.grid(padding=(0, 2))
    for check in found.checks:
        lines.add_row(Text(check.status, style=_COLOURS[check.status]), _told(check))
    screen.print(lines)
    parts = [
        counted(found.count("failed"), "failure"),
        counted(found.count("warning"), "warning"),
        f"{found.count('ok')} ok",
        f"{found.count('skipped')} not looked at",
    ]
    screen.print()
    screen.print(Text(f"check at {spell_time(found.now)}: {', '.join(parts)}.", style="bold"))


def _told(check: Check) -> Text:
    told = f"{check.about}: {check.found}"
    if check.mend is None:
        return Text(told)
    return Text.assemble((check.id, "bold"), f"\n{told}\nmend: {check.mend}")
