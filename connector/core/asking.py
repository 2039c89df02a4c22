"""The words of follow-ups: one precise question for the team, and a draft for the customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.duration import Duration, spell
from connector.core.model import DeescalationReason, Frozen, Severity, State
from connector.core.wording import fill

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.core.marks import Letters

_WORTH_SAYING = timedelta(minutes=15)
"""Less late than that is a matter of when cron runs."""


class Asked(Frozen):
    """What a question is about. `ask`: what was asked for, as the brief says it."""

    severity: Severity
    state: State
    ask: str
    deadline: datetime | None = None
    owner: str | None = None
    since: datetime
    learning: bool = False


def question(asked: Asked, *, now: datetime, every: Duration, zone: ZoneInfo) -> str:
    """One question that can be answered in a sentence."""
    head = f"Follow-up ({asked.severity}, every {every} while nothing happens): "
    quiet = f"nothing has happened here since {spell_when(asked.since, zone)}. "
    if asked.learning:
        return (
            f"{head}what was the root cause, and what would have caught it earlier? Please answer "
            "with a comment that begins with #learned."
        )
    if asked.deadline is not None and asked.deadline <= now:
        by = spell_when(asked.deadline, zone)
        return (
            f"{head}{quiet}It was asked for by {by} ({asked.ask}). Is there a workaround that "
            "support can pass on today, and when is the fix expected?"
        )
    by = f" by {spell_when(asked.deadline, zone)}" if asked.deadline else ""
    if asked.state is State.OPEN:
        who = f"{asked.owner}, do you take this up" if asked.owner else "who takes this up"
        return f"{head}{quiet}{who[0].upper()}{who[1:]}, and when? Asked for: {asked.ask}{by}."
    who = f"{asked.owner}, what" if asked.owner else "What"
    return (
        f"{head}{quiet}{who} is known so far, and when do you expect a fix or a workaround? "
        f"Asked for: {asked.ask}{by}."
    )


def lateness(late: timedelta, due_at: datetime, zone: ZoneInfo) -> str:
    """A sentence that says how late a follow-up is; nothing when it is on time."""
    if late < _WORTH_SAYING:
        return ""
    due = spell_when(due_at, zone)
    return f"This follow-up is {spell(late)} late: it was due {due}, and nobody ran then. "


def letter(
    letters: Letters,
    *,
    state: State,
    reason: DeescalationReason | None,
    subject: str,
    workaround: str,
    next_update: str,
) -> str:
    """The draft for a customer, from what is known."""
    if state is State.DE_ESCALATED:
        words: str = getattr(letters, reason or DeescalationReason.REASSESSED)
    elif state in {State.RESOLVED, State.CONFIRMED}:
        words = letters.resolved
    else:
        words = letters.open if state is State.OPEN else letters.in_progress
    helps = f" What helps meanwhile: {workaround}" if workaround else ""
    return fill(words, {"subject": subject, "workaround": helps, "next": next_update})


def reminder(
    *, severity: Severity, every: Duration, last: datetime | None, zone: ZoneInfo, ended: bool
) -> str:
    """The internal note's first lines when a customer is to hear something."""
    heard = (
        f"the last public reply is from {spell_when(last, zone)}"
        if last
        else ("there is no public reply since")
    )
    if ended:
        return f"The customer does not know yet how this ended: {heard}."
    return f"The customer is due an update ({severity}: every {every}): {heard}."


def spell_when(at: datetime, zone: ZoneInfo) -> str:
    """`Tue 16 Jun 2026 12:00 UTC`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M} {local.tzname() or ''}".rstrip()
