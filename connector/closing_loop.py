"""Closing the loop: which of the four duties are done, and the end when all of them are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.changing import change_state
from connector.core.duties import Checklist, TicketEnd, checklist
from connector.core.model import State
from connector.core.plan import name_write, state_tag, state_tags
from connector.core.writes import ChangeTags
from connector.escalating import intents
from connector.ledger.rows import EventRow, IntentState

if TYPE_CHECKING:
    from connector.gate import Gate
    from connector.ledger.rows import (
        EscalationRow,
        IntentRow,
        LinkRow,
        MirrorRow,
        TransitionRow,
    )
    from connector.ledger.store import Transaction
    from connector.running import Run
    from connector.services import Services

_SETTLED = {IntentState.DONE, IntentState.DROPPED}
_ENDS = {State.RESOLVED, State.DE_ESCALATED}
OUT_OF_REACH = "told outside Zendesk: "


def close_loops(services: Services, gate: Gate, run: Run) -> None:
    """Notices replies to customers, and closes what has nothing owed any more."""
    with services.ledger.snapshot() as tx:
        rows = [row for row in tx.escalations.unclosed() if row.ended_at and not row.follows]
    for row in rows:
        with services.ledger.transaction() as tx:
            notice_told(tx, row, services.now)
            duties = duties_of(tx, row)
            if duties is None or duties.missing:
                continue
            _close(services, tx, row, duties, run)
        gate.settle(row.id)


def notice_told(tx: Transaction, row: EscalationRow, now: datetime) -> None:
    """A public reply after the end informs the customer, whoever wrote it and however."""
    if row.ended_at is None:
        return
    links = tx.links.of(row.id)
    mirror = tx.mirror.get([link.ticket_id for link in links])
    sent = {
        draft.ticket_id: draft
        for draft in tx.drafts.of(row.id)
        if draft.state == "sent" and draft.decided_at and draft.decided_at >= row.ended_at
    }
    for link in links:
        if link.told_at is not None:
            continue
        told = _how_told(row, link, now, sent=link.ticket_id in sent, known=mirror)
        if told is not None:
            tx.links.replace(link.model_copy(update={"told_at": told[0], "told_how": told[1]}))


def _how_told(
    row: EscalationRow, link: LinkRow, now: datetime, *, sent: bool, known: dict[int, MirrorRow]
) -> tuple[datetime, str] | None:
    ticket = known.get(link.ticket_id)
    if link.merged_into is not None:
        return now, f"merged into ticket {link.merged_into}"
    if sent:
        return now, "the approved draft was sent"
    if ticket is None or row.ended_at is None:
        return None
    if ticket.status == "deleted":
        return now, "the ticket was deleted"
    reply = ticket.last_public_reply_at
    if reply is None:
        return None
    if reply >= row.ended_at:
        return reply, "public reply"
    solved = ticket.status in {"solved", "closed"} and ticket.unanswered_since is None
    if solved and row.end_reason == "self_resolved" and reply >= row.opened_at:
        return reply, "public reply with which it was solved"
    return None


def still_owed(tx: Transaction, row: EscalationRow) -> Checklist | None:
    """The duties of what has ended and is not closed; None for everything else."""
    return duties_of(tx, row) if row.closed_at is None else None


def duties_of(tx: Transaction, row: EscalationRow) -> Checklist | None:
    """None while it goes on."""
    if row.ended_at is None:
        return None
    steps = [step for step in tx.transitions.of(row.id) if step.kind == "state"]
    ends = [step for step in steps if step.new in _ENDS]
    if not ends:
        return None
    last = ends[-1]
    wrote = {one.intent_id: one for one in tx.intents.of(row.id)}
    ours = [wrote[name] for name in last.wrote if name in wrote]
    team_at, team_how = _team(row, last, ours)
    learned = row.learned if isinstance(row.learned, dict) else {}
    at = learned.get("at")
    return checklist(
        row.ended_at,
        team_at=team_at,
        team_how=team_how,
        tickets=[_ticket(link, last, ours) for link in tx.links.of(row.id)],
        learned_at=datetime.fromisoformat(at) if at else None,
        learned_how=f"by {learned.get('by', 'operator')}" if at else "",
    )


def _team(
    row: EscalationRow, last: TransitionRow, ours: list[IntentRow]
) -> tuple[datetime | None, str]:
    """The team that ended it itself knows; else a comment has to be on its issue."""
    if last.actor == "jira":
        return last.at, "the team ended it itself"
    if row.lost_at is not None:
        return row.lost_at, "the issue is gone"
    if row.issue_id is None:
        return last.at, "L2 works in the ticket"
    said = [one for one in ours if one.kind == "issue_comment"]
    if said and all(one.state in _SETTLED for one in said):
        return max((one.sent_at or last.at for one in said), default=last.at), "comment in Jira"
    return None, ""


def _ticket(link: LinkRow, last: TransitionRow, ours: list[IntentRow]) -> TicketEnd:
    mine = [one for one in ours if one.subject == f"ticket {link.ticket_id}" and one.kind == "note"]
    updated: datetime | None = last.at
    how = "closed: recorded here" if link.closed else "joined after the end"
    if link.merged_into is not None:
        merged = f"merged into ticket {link.merged_into}"
        return TicketEnd(
            ticket_id=link.ticket_id,
            updated_at=last.at,
            updated_how=merged,
            told_at=link.told_at or last.at,
            told_how=link.told_how or merged,
        )
    if mine:
        settled = all(one.state in _SETTLED for one in mine)
        updated = max(one.sent_at or last.at for one in mine) if settled else None
        how = "internal note" if settled else ""
    return TicketEnd(
        ticket_id=link.ticket_id,
        updated_at=updated,
        updated_how=how if updated else "",
        told_at=link.told_at,
        told_how=link.told_how or "",
    )


def _close(
    services: Services, tx: Transaction, row: EscalationRow, duties: Checklist, run: Run
) -> None:
    """Resolved becomes confirmed; what was de-escalated stays so, and is over."""
    reason = f"all is done: {duties.summary}"
    links = tx.links.of(row.id)
    if row.state is State.DE_ESCALATED:
        tx.escalations.replace(row.model_copy(update={"closed_at": services.now}))
        tx.events.add(
            EventRow(at=services.now, actor="sweep", what=f"closed: {reason}", escalation_id=row.id)
        )
        run.moved(row, row, reason, tuple(link.ticket_id for link in links))
        return
    add, remove = state_tags(row.target, state_tag(State.CONFIRMED))
    planned = [
        name_write(
            row.marker,
            ChangeTags(ticket_id=link.ticket_id, add=add, remove=remove),
            n=f"confirmed {row.version}",
        )
        for link in links
        if not link.closed and link.merged_into is None
    ]
    after = change_state(
        tx,
        row,
        State.CONFIRMED,
        now=services.now,
        actor="sweep",
        reason=reason,
        writes=intents(services, tx, row, planned),
    )
    run.moved(row, after, reason, tuple(link.ticket_id for link in links))
