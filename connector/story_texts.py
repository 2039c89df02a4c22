"""One escalation as people read it: what it is and what is owed first, what was written last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from connector.core import render
from connector.core.brief import Brief, brief_document
from connector.learning import lesson_lines
from connector.ledger.rows import IntentState
from connector.plan_texts import DID, listed
from connector.texts import SEVERITY_COLOURS, counted, indented, spell_time, titled

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from connector.ledger.rows import IntentRow
    from connector.story import Story

_WIDEST = 100


def print_story(story: Story, screen: Console) -> None:
    """The head, what is owed, the tickets, the brief; then the history and what was written."""
    _print_head(story, screen)
    _part(screen, "Owed", _duties(story))
    told = [(link, f"  {link.result}" if link.result else "") for link in story.tickets]
    _part(
        screen,
        "Tickets",
        [f"{link.ticket_id}  {link.customer.name}{result}" for link, result in told],
    )
    if story.escalation.brief is not None:
        screen.print()
        document = brief_document(Brief.model_validate(story.escalation.brief))
        screen.print(Text(render.plain(document, width=min(screen.width, _WIDEST))))
    _part(screen, "History", [f"{spell_time(at)}  {line}" for at, line in _history(story)])
    _part(screen, f"Writes ({counted(len(story.writes), 'write')})", _writes(story))
    _part(screen, "Learned", list(lesson_lines(story.lesson)) if story.lesson else [])


def _print_head(story: Story, screen: Console) -> None:
    row = story.escalation
    screen.print(
        Text.assemble(
            (row.issue_key or row.id, "bold"),
            "  ",
            (row.severity, SEVERITY_COLOURS[row.severity]),
            f"  {row.state} -> {row.target}  {row.summary}",
        )
    )
    lines = [f"{row.id}, open since {spell_time(row.opened_at)}", f"because {row.reason}"]
    lines += [story.issue_url] if story.issue_url else []
    lines += [f"episode {row.episode}; before it: {story.earlier}"] if story.earlier else []
    lines += [f"it came back as {', '.join(story.later)}"] if story.later else []
    lines += [f"a duplicate: {row.follows} goes on for it"] if row.follows else []
    lines += [f"Jira does not show it since {spell_time(row.lost_at)}"] if row.lost_at else []
    if row.snoozed_until and row.snoozed_until > story.now:
        lines.append(f"no follow-ups before {spell_time(row.snoozed_until)}")
    for whom, at in (("team", row.internal_due_at), ("customer", row.customer_due_at)):
        if at is not None and row.closed_at is None:
            lines.append(f"next follow-up, {whom}: {spell_time(at)}")
    for line in lines:
        indented(screen, line)


def _duties(story: Story) -> list[str]:
    """The four duties, done or not; ticket by ticket where they are a ticket's."""
    if story.duties is None:
        return []
    return [
        f"[{'x' if duty.done else ' '}] {duty.name}"
        + (f", ticket {duty.ticket_id}" if duty.ticket_id else "")
        + (f": {spell_time(duty.done_at)}, {duty.how}" if duty.done_at else "")
        for duty in story.duties.duties
    ]


def _history(story: Story) -> list[tuple[datetime, str]]:
    """Moves, follow-ups and what people did, by time; what each move wrote stands beside it."""
    lines = [*_moves(story), *_follow_ups(story)]
    for event in story.events:
        if event.intent_id is None or event.what.startswith("draft "):
            about = f", ticket {event.ticket_id}" if event.ticket_id else ""
            lines.append((event.at, f"{event.what}{about} by {event.actor}"))
    return sorted(lines, key=lambda line: line[0])


def _moves(story: Story) -> list[tuple[datetime, str]]:
    writes = {intent.intent_id: intent for intent in story.writes}
    lines = []
    for step in story.transitions:
        made = [writes[one] for one in step.wrote if one in writes]
        wrote = f"; wrote {_places(made)}" if made else ""
        said = f"{step.kind} {step.old or '-'} -> {step.new} by {step.actor}: {step.reason}{wrote}"
        lines.append((step.at, said))
    return lines


def _follow_ups(story: Story) -> list[tuple[datetime, str]]:
    lines = []
    for one in story.follow_ups:
        asked = "the team was asked"
        whom = asked if one.clock == "internal" else f"ticket {one.ticket_id} was reminded"
        late = f", {one.late_by_minutes} min late" if one.late_by_minutes else ""
        lines.append((one.done_at, f"{whom} (due {spell_time(one.slot)}{late})"))
    return lines


def _places(made: list[IntentRow]) -> str:
    """`2 x note, 2 x tags, 1 x issue_comment`."""
    kinds = list(dict.fromkeys(intent.kind for intent in made))
    return ", ".join(f"{sum(one.kind == kind for one in made)} x {kind}" for kind in kinds)


def _writes(story: Story) -> list[str]:
    """What was done, one line a kind; each write that was not, with its reason."""
    done: dict[str, list[str]] = {}
    lines = []
    for intent in story.writes:
        if intent.state is IntentState.DONE:
            done.setdefault(intent.kind, []).append(intent.subject)
        else:
            reason = intent.reason or intent.error
            said = f"{DID[intent.kind]}: {intent.subject}  {intent.state}"
            lines.append(f"{said}: {reason}" if reason else said)
    return [f"{DID[kind]}: {listed(about)}" for kind, about in done.items()] + lines


def _part(screen: Console, title: str, lines: list[str]) -> None:
    if not lines:
        return
    titled(screen, title)
    for line in lines:
        indented(screen, line)
