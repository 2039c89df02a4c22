"""`escalation assess`: why, or why not, by the same code that the sweep decides with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.text import Text

from connector.candidates import groups_with
from connector.core.assessment import assess
from connector.core.facts import build_case, customer_of
from connector.core.grouping import Grouper, Report, fingerprint, in_order
from connector.core.history import SOLVED_STATUSES, solved_alike
from connector.core.lessons import Lesson, alike
from connector.core.model import Assessment, Frozen, Group
from connector.deciding import decide, fetch_tickets
from connector.errors import ExitCode
from connector.filecases import FileTicket, file_tickets
from connector.learning import all_lessons, lesson_lines
from connector.texts import CONFIRM, indented, print_assessment, spell_near
from connector.ticketfile import BadLine, TicketLine, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from rich.console import Console

    from connector.core.mapping import Mappings
    from connector.ledger.rows import EscalationRow
    from connector.services import Services


class Explained(Frozen):
    """One assessment; `ids` are as they were given, `escalation` names the live one if any.

    `lessons`: what was learned from escalations like it, the most alike first.
    """

    ids: tuple[int | str, ...]
    assessment: Assessment
    escalation: str | None = None
    lessons: tuple[Lesson, ...] = ()


class Explanations(Frozen):
    """All that was asked about; `missing`: what could not be assessed, and why."""

    command: str = "assess"
    now: datetime
    assessed: tuple[Explained, ...]
    missing: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """1 when something that was asked about could not be assessed."""
        return ExitCode.SET_ASIDE if self.missing else ExitCode.DONE


def assess_tickets(services: Services, *, tickets: Sequence[int]) -> Explanations:
    """Each ticket as it is now, in the group that the last sweeps' facts put it in."""
    services.desk.whoami()
    found = fetch_tickets(services, tickets)
    with services.ledger.snapshot() as tx:
        groups = list(groups_with(tx, services.window, tickets))
        known = {number: tx.escalations.by_ticket(number) for number in tickets}
        lessons = all_lessons(tx)
    by_ticket = _by_ticket(groups)
    told: list[Explained] = []
    missing: list[str] = []
    for number in dict.fromkeys(tickets):
        if number not in found:
            missing.append(f"ticket {number}: no such ticket")
            continue
        group = by_ticket.get(number)
        sure = group is not None and group.strength == "sure"
        together = {member.ticket_id for member in group.members} if group and sure else set()
        here = fetch_tickets(services, together | {number})
        earlier = next((row for row in known[number] if not row.state.live), None)
        decision = decide(services, list(here.values()), group=group, earlier=earlier)
        if decision is None:
            missing.append(f"ticket {number}: its thread is gone")
            continue
        live = _live_name(known[number])
        ticket = found[number]
        told.append(
            Explained(
                ids=(number,),
                assessment=decision.assessment,
                escalation=live,
                lessons=alike(f"{ticket.subject} {ticket.description}", lessons),
            )
        )
    return Explanations(now=services.now, assessed=tuple(told), missing=tuple(missing))


def assess_file(path: Path, mappings: Mappings, window: timedelta, now: datetime) -> Explanations:
    """Every ticket of a file, same-issue groups found among them. No account needed."""
    missing: list[str] = []
    tickets = list(file_tickets(_good_lines(path, missing), undated=now))
    groups = _by_ticket(_groups(tickets, mappings, window))
    solved = {
        item.ticket.id: item.ticket.updated_at
        for item in tickets
        if item.ticket.status in SOLVED_STATUSES
    }
    cases = {
        item.ticket.id: build_case(
            item.ticket,
            item.thread,
            now=now,
            mappings=mappings,
            group=groups.get(item.ticket.id),
            solved_alike=solved_alike(item.ticket, groups.get(item.ticket.id), solved),
        )
        for item in tickets
    }
    names = {item.ticket.id: item.given_id for item in tickets}
    told: list[Explained] = []
    done: set[int] = set()
    for item in tickets:
        if item.ticket.id in done:
            continue
        group = groups.get(item.ticket.id)
        together = [item.ticket.id]
        if group is not None and group.strength == "sure":
            together = [member.ticket_id for member in group.members]
        done |= set(together)
        assessment = assess([cases[number] for number in together], mappings, now=now)
        told.append(
            Explained(ids=tuple(names[number] for number in together), assessment=assessment)
        )
    return Explanations(now=now, assessed=tuple(told), missing=tuple(missing))


def _good_lines(path: Path, missing: list[str]) -> Iterator[TicketLine]:
    with path.open("rb") as handle:
        for line in read_lines(handle):
            if isinstance(line, BadLine):
                missing.append(f"line {line.number}: {line.reason}")
                click.echo(f"{path}: line {line.number}: {line.reason}; left out", err=True)
            else:
                yield line


def _groups(
    tickets: Iterable[FileTicket], mappings: Mappings, window: timedelta
) -> tuple[Group, ...]:
    reports = []
    for item in tickets:
        customer = customer_of(item.ticket, mappings.fields)
        reports.append(
            Report(
                ticket_id=item.ticket.id,
                customer_key=customer.key,
                customer_name=customer.name,
                created_at=item.ticket.created_at,
                fingerprint=fingerprint(item.ticket.subject, item.ticket.description),
            )
        )
    grouper = Grouper(window=window)
    ordered = in_order(reports)
    grouper.learn_rarity(ordered)
    for report in ordered:
        grouper.place(report)
    return grouper.groups()


def _by_ticket(groups: Iterable[Group]) -> Mapping[int, Group]:
    return {member.ticket_id: group for group in groups for member in group.members}


def _live_name(rows: Iterable[EscalationRow]) -> str | None:
    live = next((row for row in rows if row.state.live), None)
    return (live.issue_key or live.id) if live else None


def _print_group(group: Group, screen: Console) -> None:
    indented(screen, Text(f"In group {group.id} ({group.strength})", style="bold"), 2)
    for why in group.why:
        indented(screen, f"- {why}", 4)
    if group.near:
        indented(screen, f"- nearly in it: {spell_near(group.near)}", 4)
    if group.strength == "suggested":
        indented(screen, CONFIRM, 4, style="dim")


def print_explanations(found: Explanations, screen: Console) -> None:
    """Each assessment with an empty line between; what is missing last."""
    for number, one in enumerate(found.assessed):
        if number:
            screen.print()
        print_assessment(one.assessment, screen, one.ids)
        if one.assessment.group is not None:
            _print_group(one.assessment.group, screen)
        if one.escalation:
            screen.print(Text(f"  escalated already: {one.escalation}"))
        for lesson in one.lessons:
            screen.print(
                Text(f"  Something like it: {lesson.issue_key or lesson.id}, {lesson.state}")
            )
            for line in lesson_lines(lesson):
                indented(screen, line, 4)
    for reason in found.missing:
        screen.print(Text(reason, style="yellow"))
