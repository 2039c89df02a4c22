"""A backtest as a lead reads it: what would have come, whether it was right, what was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from connector.texts import SEVERITY_COLOURS, counted, indented, spell_time, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.backtest import Agreement, Backtest, Escalated, Id, Kept, TriggerCount

_SHOWN = 20
_NAMED = 12
_LIMITS = (
    "Tags and priority count from a ticket's beginning, as the file ends with them. A ticket that "
    "ended solved counts as solved from its last comment on. A file holds no SLA clocks, no moves "
    "between groups, no organization's value: triggers that need them stay silent here. A trigger "
    "speaks for every ticket of an escalation that it fired in; `alone` are tickets that no other "
    "trigger brought up."
)


def print_backtest(found: Backtest, screen: Console) -> None:
    """The most useful first; empty parts are left out."""
    whole = counted(found.tickets, "ticket")
    span = (
        f", {spell_time(found.since)} to {spell_time(found.until)}"
        if found.since is not None and found.until is not None
        else ""
    )
    screen.print(Text(f"Backtest of {whole}{span}.", style="bold"))
    number = sum(len(one.tickets) + len(one.joined) for one in found.escalated)
    about = f" about {counted(number, 'ticket')}" if number else ""
    screen.print(
        f"{counted(len(found.escalated), 'escalation')}{about}; "
        f"{counted(len(found.suggested), 'ticket')} suggested to a person, "
        f"{len(found.held):,} held back by a suppressor."
    )
    _truth(screen, found)
    _triggers(screen, found.triggers)
    _escalated(screen, found.escalated)
    _kept(screen, "Missed: really escalated, and not found here", found.misses)
    _kept(screen, "False alarms: found here, and not really escalated", found.false_alarms)
    _kept(screen, "Suggested: a person decides", found.suggested)
    _kept(screen, "Held back by a suppressor", found.held)
    titled(screen, "How to read this")
    indented(screen, _LIMITS)
    if found.untimed:
        lines = counted(found.untimed, "ticket has no time", "tickets have no time")
        indented(screen, f"{lines} in the file: taken as made with the line before.")
    if found.missing:
        titled(screen, "Left out")
        for reason in found.missing:
            indented(screen, reason, style="yellow")


def _truth(screen: Console, found: Backtest) -> None:
    truth, overall = found.truth, found.overall
    if truth is None or overall is None:
        return
    have = counted(truth.tickets, "ticket has it", "tickets have it")
    titled(screen, f"Against the {truth.by} {truth.name} ({have})")
    right = f"{overall.right:,} of {overall.tickets:,} that would be escalated really were"
    indented(screen, f"precision {_share(overall.precision)}  ({right})")
    caught = f"{overall.right:,} of {truth.tickets:,} that really were would be"
    indented(screen, f"recall    {_share(overall.recall)}  ({caught})")


def _triggers(screen: Console, triggers: Sequence[TriggerCount]) -> None:
    if not triggers:
        return
    titled(screen, "By trigger")
    measured = triggers[0].agreement is not None
    head = f"{'':22}{'escalations':>12}{'tickets':>9}{'alone':>7}"
    indented(screen, head + (f"{'precision':>11}{'recall':>8}" if measured else ""), style="dim")
    for one in triggers:
        row = f"{one.kind:22}{one.escalations:>12,}{one.tickets:>9,}{one.alone:>7,}"
        indented(screen, row + _measured(one.agreement))


def _measured(agreement: Agreement | None) -> str:
    if agreement is None:
        return ""
    return f"{_share(agreement.precision):>11}{_share(agreement.recall):>8}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _escalated(screen: Console, escalated: Sequence[Escalated]) -> None:
    """By time, all of them: this is what the team's week would have looked like."""
    if not escalated:
        return
    titled(screen, "Would have been escalated")
    for one in escalated:
        severity, target = one.assessment.severity, one.assessment.target
        head = Text.assemble((spell_time(one.at), "bold"), "  ")
        if severity is not None:
            head.append(str(severity), SEVERITY_COLOURS[severity])
        head.append(f" -> {target}  {one.summary}")
        indented(screen, head)
        joined = f"; later {_ids([given for given, _ in one.joined])}" if one.joined else ""
        word = "ticket" if len(one.tickets) == 1 else "tickets"
        indented(screen, Text(f"{word} {_ids(one.tickets)}{joined}", style="dim"), 6)
        indented(screen, f"because {one.assessment.because}", 6)


def _ids(ids: Sequence[Id]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(str(given) for given in ids[:_NAMED]) + more


def _kept(screen: Console, title: str, kept: Sequence[Kept]) -> None:
    if not kept:
        return
    titled(screen, title)
    for one in kept[:_SHOWN]:
        indented(screen, Text.assemble((f"ticket {one.ticket}", "bold"), f"  {one.subject}"))
        indented(screen, f"{spell_time(one.at)}: {one.because}", 6)
    if len(kept) > _SHOWN:
        indented(screen, f"and {len(kept) - _SHOWN:,} more: see --json")
