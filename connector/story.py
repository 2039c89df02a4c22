"""`escalation show`: one escalation from its beginning, and what is left of it; no call is made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.closing_loop import duties_of
from connector.core.duties import Checklist
from connector.core.lessons import Lesson
from connector.core.model import Frozen
from connector.errors import ExitCode
from connector.learning import lesson_of
from connector.ledger.rows import (
    DraftRow,
    EscalationRow,
    EventRow,
    FollowUpRow,
    IntentRow,
    LinkRow,
    TransitionRow,
)
from connector.refs import escalation_named

if TYPE_CHECKING:
    from connector.ledger.store import Ledger


class Story(Frozen):
    """Everything about one escalation: decided and written, by whom, when and why.

    `earlier` and `later`: ids of other episodes of the same issue.
    """

    command: str = "show"
    now: datetime
    escalation: EscalationRow
    tickets: tuple[LinkRow, ...]
    transitions: tuple[TransitionRow, ...]
    writes: tuple[IntentRow, ...]
    events: tuple[EventRow, ...]
    follow_ups: tuple[FollowUpRow, ...] = ()
    drafts: tuple[DraftRow, ...] = ()
    duties: Checklist | None = None
    lesson: Lesson | None = None
    issue_url: str | None = None
    earlier: str | None = None
    later: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def show_escalation(ledger: Ledger, *, ref: str, now: datetime) -> Story:
    """One escalation by Jira key, ticket id or escalation id. Raises ConfigError when unknown."""
    site = ledger.belongs_to().get("site")
    with ledger.snapshot() as tx:
        row = escalation_named(tx, ref)
        known = tx.escalations.by_ticket(row.first_ticket_id)
        return Story(
            now=now,
            escalation=row,
            tickets=tuple(tx.links.ever_of(row.id)),
            transitions=tuple(tx.transitions.of(row.id)),
            writes=tuple(tx.intents.of(row.id)),
            events=tuple(tx.events.of(row.id)),
            follow_ups=tuple(tx.follow_ups.of(row.id)),
            drafts=tuple(tx.drafts.of(row.id)),
            duties=duties_of(tx, row),
            lesson=lesson_of(tx, row) if row.learned else None,
            issue_url=f"{site}/browse/{row.issue_key}" if site and row.issue_key else None,
            earlier=row.previous_id,
            later=tuple(one.id for one in known if one.previous_id == row.id),
        )
