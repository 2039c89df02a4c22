"""What agents and engineers read about an escalation: short, plain, with the next step.

The gate adds the reference line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.brief import Brief

_NAMES = 10


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


def growth_comment(
    *, new_tickets: Sequence[int], new_customers: Sequence[str], customers: int, tickets: int
) -> str:
    """For the issue, once for all tickets that joined in one sweep."""
    named = ", ".join(f"#{ticket}" for ticket in new_tickets[:_NAMES])
    more = ", …" if len(new_tickets) > _NAMES else ""
    who = f" from {', '.join(new_customers[:_NAMES])}" if new_customers else ""
    return (
        f"{_count(len(new_tickets), 'new ticket')}{who}: {named}{more}. "
        f"In all {_count(tickets, 'ticket')} of {_count(customers, 'customer')}."
    )


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
