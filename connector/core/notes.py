"""What agents and engineers read about an escalation: short, plain, with the next step.

The gate adds the reference line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.core.brief import Brief

BRIEF_UPDATED = "The brief in the description is up to date. What changed:"
BRIEF_LEFT = (
    "Somebody edited the brief in the description or took it away, or there is no room for it any "
    "more, so it stays as it is. What changed:"
)


def escalated_note(brief: Brief, *, issue_key: str | None, url: str | None) -> str:
    """For every ticket of a new escalation."""
    return "\n".join(
        [
            f"Escalated to {_place(brief, issue_key, url)} as {brief.severity.value}.",
            brief.summary,
            f"Asked for: {brief.need.ask.value}, by {_deadline(brief)}.",
            f"Brief: {brief.completeness}.",
            "You keep the customer: answers from there are noted here.",
        ]
    )


def joined_note(brief: Brief, *, issue_key: str | None, url: str | None) -> str:
    """For a ticket that reports an issue which is escalated already."""
    known = (_count(len(brief.tickets), "ticket"), _count(len(brief.customers), "customer"))
    return "\n".join(
        [
            f"This ticket joined an escalation of the same issue: {_place(brief, issue_key, url)}.",
            brief.summary,
            f"Known before: {known[0]} of {known[1]}.",
            "Nothing needs to be escalated again; new facts in this ticket reach the brief.",
        ]
    )


def status_note(*, issue_key: str | None, state: str, because: str, next_step: str = "") -> str:
    """For every ticket when the escalation's state changed."""
    where = f"{issue_key} " if issue_key else "The escalation "
    lines = [f"{where}is now {state.replace('_', ' ')}: {because}"]
    if next_step:
        lines.append(f"Next: {next_step}")
    return "\n".join(lines)


def _place(brief: Brief, issue_key: str | None, url: str | None) -> str:
    if issue_key is None:
        return brief.target.value
    return f"{brief.target.value}, {issue_key}" + (f" <{url}>" if url else "")


def _deadline(brief: Brief) -> str:
    entry = brief.entry("needed", "deadline")
    return (
        entry.lines[0].text if entry and entry.lines else f"{brief.need.deadline:%Y-%m-%d %H:%M %Z}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
