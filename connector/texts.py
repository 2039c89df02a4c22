"""Reports and assessments as people read them: 80 columns, colour only on a terminal."""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from datetime import timedelta
from typing import IO, TYPE_CHECKING, cast

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from connector.core.duration import spell
from connector.core.model import Severity
from connector.plan_texts import DID, plan_lines, tickets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connector.core.model import Assessment, Finding, NearTicket
    from connector.report import EscalationLine, Report
    from connector.settling import Outcome

SEVERITY_COLOURS = {Severity.CRITICAL: "bold red", Severity.HIGH: "yellow", Severity.MEDIUM: "cyan"}
CONFIRM = "`escalation group --confirm ID` makes it sure; `--reject ID` keeps its tickets apart."
_FILLED = re.compile(r" +\n")
_SHOWN = 20
_NAMED = 5


class _Trimmed(io.TextIOBase):
    """Stdout without the spaces that fill a line up to its width."""

    def write(self, text: str) -> int:
        sys.stdout.write(_FILLED.sub("\n", text))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()


def console() -> Console:
    """Stdout; plain and 80 columns wide where no terminal says otherwise. Obeys NO_COLOR."""
    screen = Console(highlight=False, soft_wrap=False)
    if screen.is_terminal:
        return screen
    return Console(file=cast("IO[str]", _Trimmed()), highlight=False, width=80)


def spell_time(at: datetime) -> str:
    """`2026-03-04 10:00 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or ''}".rstrip()


def short_span(amount: timedelta) -> str:
    """`3 d 4 h`, `2 h 5 min`, `40 min`: short enough for a table."""
    minutes = max(int(amount.total_seconds() // 60), 0)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 ticket`, `2,100 tickets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def print_report(report: Report, screen: Console) -> None:
    """A run, the most important first; empty parts are left out."""
    would = "would be " if report.dry_run else ""
    head = [counted(report.tickets_read, "ticket") + " read"] if report.command == "sweep" else []
    head += [
        f"{len(found)} {would}{what}"
        for found, what in (
            (report.escalated, "escalated"),
            (report.joined, "joined"),
            (report.changed, "changed"),
            (report.followed, "followed up"),
            (report.shared, "passed on"),
            (report.set_aside, "set aside"),
        )
        if found
    ]
    title = "Dry run of " if report.dry_run else ""
    title += f"{report.command} at {spell_time(report.now)}"
    head += [f"{counted(len(line.tickets), 'ticket')} {line.verdict}" for line in report.verdicts]
    screen.print(Text(f"{title}: {', '.join(head) or 'nothing new'}.", style="bold"))
    plan = _Plan(report)
    _lines(screen, f"{would}escalated".capitalize(), report.escalated, plan)
    _lines(screen, f"{would}joined".capitalize(), report.joined, plan)
    _lines(screen, "Escalated already", report.already)
    _changes(screen, report, plan)
    _followed(screen, report)
    _verdicts(screen, report)
    _lines(screen, "Suggested: a person decides", report.suggested)
    if report.more_suggested:
        told = f"and {counted(report.more_suggested, 'more group')}: see `escalation list --json`"
        indented(screen, told, 2)
    if any(line.id for line in report.suggested):
        indented(screen, CONFIRM, 2, style="dim")
    _lines(screen, "Waiting for the next sweep (cap reached)", report.deferred)
    _left(screen, report)
    if report.regrouped:
        told = f"Groups were made anew from {counted(report.regrouped, 'ticket')} of the window"
        screen.print(Text(f"\n{told}: the way to find them changed."))
    if report.unread:
        told = f"The words of {counted(report.unread, 'ticket')} were kept by an older version"
        screen.print(Text(f"{told}; `escalation sweep --full` reads them again."))
    _aside(screen, report)
    _writes(screen, report, plan)
    for problem in report.problems:
        screen.print(Text(f"\nProblem: {problem}", style="red"))


def titled(screen: Console, title: str) -> None:
    """The heading of a part, with an empty line before it."""
    screen.print()
    screen.print(Text(title, style="bold underline"))


def indented(screen: Console, text: str | Text, by: int = 2, style: str = "") -> None:
    shown = text if isinstance(text, Text) else Text(text, style=style)
    screen.print(Padding(shown, (0, 0, 0, by), expand=False))


class _Plan:
    """A dry run's writes, told once each beneath what they belong to."""

    def __init__(self, report: Report) -> None:
        self._writes = list(report.writes) if report.dry_run else []

    def tell(self, screen: Console, escalation_id: str, by: int) -> None:
        own = [write for write in self._writes if write.escalation_id == escalation_id]
        self._writes = [write for write in self._writes if write.escalation_id != escalation_id]
        for line in plan_lines(own):
            indented(screen, Text(line, style="green"), by)

    def rest(self) -> list[str]:
        """The escalations that have not been told of yet."""
        return list(dict.fromkeys(write.escalation_id for write in self._writes))


def _lines(
    screen: Console, title: str, lines: Sequence[EscalationLine], plan: _Plan | None = None
) -> None:
    if not lines:
        return
    titled(screen, title)
    for line in lines:
        head = Text.assemble(
            (line.issue_key or line.id, "bold"),
            "  ",
            (str(line.severity), SEVERITY_COLOURS[line.severity]),
            f" -> {line.target}  ",
            line.summary,
        )
        indented(screen, head, 2)
        who = counted(len(line.customers), "customer") if line.customers else ""
        about = ", ".join([*([who] if who else []), tickets(line.tickets)])
        indented(screen, Text(about, style="dim"), 6)
        indented(screen, Text(f"because {line.because}"), 6)
        if line.near:
            indented(screen, Text(f"nearly: {spell_near(line.near)}", style="dim"), 6)
        if line.missing:
            asked = f"asked for in ticket {line.tickets[0]}: {', '.join(line.missing)}"
            indented(screen, Text(asked, style="yellow"), 6)
        if plan is not None:
            plan.tell(screen, line.id, 6)


def spell_near(near: Iterable[NearTicket]) -> str:
    """`ticket 12 (31 %), ticket 40 of g38 (24 %)`."""
    return ", ".join(
        f"ticket {miss.ticket_id}"
        + (f" of {miss.group}" if miss.group != f"g{miss.ticket_id}" else "")
        + f" ({round(100 * miss.chance)}\N{NO-BREAK SPACE}%)"
        for miss in near
    )


def _changes(screen: Console, report: Report, plan: _Plan) -> None:
    if not report.changed:
        return
    titled(screen, "Changed")
    for change in report.changed:
        head = Text.assemble(
            (change.issue_key or change.id, "bold"),
            f"  {change.kind}: {change.old} -> {change.new}",
        )
        indented(screen, head, 2)
        if change.tickets:
            indented(screen, Text(tickets(change.tickets), style="dim"), 6)
        indented(screen, Text(f"because {change.because}"), 6)
        plan.tell(screen, change.id, 6)


def _followed(screen: Console, report: Report) -> None:
    if report.shared:
        titled(screen, "Passed on from Jira")
        for line in report.shared:
            indented(screen, line)
    if not report.followed:
        return
    titled(screen, "Followed up")
    for one in report.followed:
        late = f", {spell(timedelta(minutes=one.late_minutes))} late" if one.late_minutes else ""
        if one.clock == "internal":
            said = f"the team was asked (due {spell_time(one.slot)}{late})"
        else:
            said = (
                f"ticket {one.ticket_id}: its agent was reminded (due {spell_time(one.slot)}{late})"
            )
        if one.draft:
            said += f"; draft {one.draft}"
        indented(screen, Text.assemble((one.issue_key or one.id, "bold"), f"  {said}"))


def _verdicts(screen: Console, report: Report) -> None:
    for line in report.verdicts:
        titled(screen, f"{line.verdict.capitalize()}: {tickets(line.tickets)}")
        indented(screen, line.means)


def _left(screen: Console, report: Report) -> None:
    if not (report.left or report.quiet or report.backlog or report.waiting):
        return
    titled(screen, "Left alone")
    for left in report.left[:_SHOWN]:
        indented(screen, Text(f"ticket {left.ticket_id}: {left.because}"), 2)
    if len(report.left) > _SHOWN:
        more = len(report.left) - _SHOWN
        indented(screen, Text(f"and {counted(more, 'more ticket')}: see --json"), 2)
    if report.quiet:
        told = f"{counted(report.quiet, 'ticket')} in which no trigger fired"
        indented(screen, f"{told}; `escalation assess ID` says why")
    if report.backlog:
        told = f"{counted(report.backlog, 'ticket')} with no news within the window"
        indented(screen, f"{told}: mirrored only")
    if report.waiting:
        told = f"{counted(len(report.waiting), 'more candidate')} for the next sweep"
        indented(screen, f"{told}: this one looked at the most urgent")


def _aside(screen: Console, report: Report) -> None:
    """By reason: one line for all that have the same."""
    if not report.set_aside:
        return
    titled(screen, "Set aside")
    alike: dict[str, list[str]] = {}
    for item in report.set_aside:
        alike.setdefault(item.reason, []).append(item.what)
    for reason, what in list(alike.items())[:_SHOWN]:
        more = f" and {len(what) - _NAMED:,} more" if len(what) > _NAMED else ""
        indented(screen, f"{', '.join(what[:_NAMED])}{more}: {reason}")
    if len(alike) > _SHOWN:
        indented(screen, f"and {len(alike) - _SHOWN:,} more reasons: see --json")


def _writes(screen: Console, report: Report, plan: _Plan) -> None:
    """A dry run has told its plan; a real run counts, and names what did not go through."""
    if report.dry_run:
        for number, escalation_id in enumerate(plan.rest()):
            if not number:
                titled(screen, "Would also be written")
            indented(screen, Text(escalation_id, style="bold"), 2)
            plan.tell(screen, escalation_id, 6)
        told = f"a real run makes {counted(len(report.writes), 'write')}"
        screen.print(Text(f"\nNothing was written; {told}.", style="bold"))
        return
    if not report.writes:
        return
    titled(screen, "Written")
    made = Counter(write.kind for write in report.writes if write.result in {"done", "adopted"})
    told = ", ".join(f"{number} x {DID[kind]}" for kind, number in made.items())
    indented(screen, Text(told or "nothing"), 2)
    for write in report.writes:
        if write.reason or write.result not in {"done", "adopted"}:
            line = f"{spell_write(write)}: {write.result.replace('_', ' ')}: {write.reason}"
            indented(screen, Text(line, style="yellow"), 2)


def spell_write(write: Outcome) -> str:
    """`internal note on ticket 7 (e-12ab…)`."""
    return f"{DID[write.kind]}: {write.subject} [{write.escalation_id}]"


def print_assessment(assessment: Assessment, screen: Console, ids: Sequence[int | str]) -> None:
    """Why, or why not: the verdict first, then everything that it rests on.

    `ids`: its tickets as they were asked about.
    """
    head = Text.assemble(
        (f"T{tickets(ids)[1:]}", "bold"),
        ": ",
        (assessment.verdict.upper(), "bold"),
        f", {assessment.because}",
    )
    screen.print(head)
    if assessment.severity is not None and assessment.target is not None:
        told = Text.assemble(
            "Severity ",
            (str(assessment.severity), SEVERITY_COLOURS[assessment.severity]),
            f" ({assessment.severity_rule}), target {assessment.target} ({assessment.target_rule})",
        )
        indented(screen, told, 2)
    _findings(screen, "Triggers that fired", assessment.findings)
    _findings(screen, "Suppressors", assessment.suppressors)
    _bullets(
        screen,
        "Near misses",
        [f"{miss.kind}: {miss.because}" for miss in assessment.near_misses],
    )
    _impact(screen, assessment)
    parts = [f"{p.points:+g} {p.name}: {p.because}" for p in assessment.score_parts]
    _bullets(screen, f"Rank {assessment.score:g}", parts)


def _findings(screen: Console, title: str, findings: Iterable[Finding]) -> None:
    lines = [
        f"{finding.kind}: {finding.because}{'' if finding.sure else ' (for a person to decide)'}"
        for finding in findings
    ]
    _bullets(screen, title, lines)


def _impact(screen: Console, assessment: Assessment) -> None:
    impact = assessment.impact
    if impact is None:
        return
    names = ("breadth", "depth", "duration", "revenue", "reputation", "contractual")
    _bullets(screen, "Impact", [f"{name}: {getattr(impact, name).text}" for name in names])


def _bullets(screen: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    indented(screen, Text(title, style="bold"), 2)
    for line in lines:
        indented(screen, Text(f"- {line}"), 4)
