"""Follow-ups: the team is asked, and a ticket's agent reminded, while nobody does anything.

Two clocks for each escalation: one for the team, one for the customer of each ticket. What really
happens starts them anew; a slot is served once, under its own name, whatever crashes or repeats.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from connector.clocks import Watch, customer_clocks, last_reply, team_clock, watched, with_due
from connector.core.asking import Asked, lateness, question, reminder
from connector.core.cadence import first_pass
from connector.core.model import State, Ticket
from connector.core.plan import Intended, name_write, state_tag
from connector.core.writes import UpdateTicket
from connector.deciding import fetch_tickets
from connector.drafting import comment_write
from connector.escalating import intents
from connector.ledger.repository import chunks
from connector.ledger.rows import EscalationRow, FollowUpRow
from connector.report import FollowedUp
from connector.telling import Words, add_draft, is_closed, move_and_tell, offer

if TYPE_CHECKING:
    from datetime import date

    from connector.core.slots import FollowUp
    from connector.gate import Gate
    from connector.ledger.store import Transaction
    from connector.ports import Issue
    from connector.running import Run
    from connector.services import Services

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

_AT_ONCE = 200
"""Escalations whose clocks are read together."""


def follow_up(services: Services, gate: Gate, run: Run) -> None:
    """Everything that is due by now, once."""
    with services.ledger.snapshot() as tx:
        rows = [
            row
            for row in tx.escalations.unclosed()
            if row.settled and not row.follows and row.state is not State.REGRESSED
        ]
    for some in chunks(rows, _AT_ONCE):
        with services.ledger.snapshot() as tx:
            watches = watched(tx, some)
        for watch in watches:
            if _one(services, watch, run):
                gate.settle(watch.row.id)


def _one(services: Services, watch: Watch, run: Run) -> bool:
    """Whether anything was planned. What is watched was read with others; before anybody is asked
    or reminded it is read again.
    """
    heeded = _heed_tags(services, watch, run)
    if heeded is watch.row and not _has_struck(services, watch):
        return False
    moved = heeded.state is not watch.row.state
    with services.ledger.snapshot() as tx:
        (watch,) = watched(tx, [tx.escalations.get(heeded.id) or heeded])
    asked = team_clock(services, watch)
    late = {number: due for number, due in customer_clocks(services, watch).items() if due.due}
    tickets = fetch_tickets(services, late) if late else {}
    with services.ledger.transaction() as tx:
        planned: list[Intended] = []
        if asked is not None and asked.due:
            planned += _ask(services, tx, watch, asked, run)
        for number, due in late.items():
            planned += _remind(services, tx, watch, tickets.get(number), number, due, run)
        tx.intents.add(intents(services, tx, watch.row, planned))
        _keep_due(services, tx, watch)
    return bool(planned) or moved


def _has_struck(services: Services, watch: Watch) -> bool:
    """Whether a clock has, or strikes at another time than the ledger says."""
    asked, clocks = team_clock(services, watch), customer_clocks(services, watch)
    struck = any(one.due for one in clocks.values()) or (asked is not None and asked.due)
    return struck or with_due(watch.row, asked, clocks) != watch.row


def _keep_due(services: Services, tx: Transaction, watch: Watch) -> None:
    """When each clock strikes next, for `list`."""
    row = watch.row
    watch = replace(watch, served=tx.follow_ups.last_slots([row.id])[row.id])
    fresh = with_due(row, team_clock(services, watch), customer_clocks(services, watch))
    if fresh != row:
        tx.escalations.replace(fresh)


# --- what is said ---------------------------------------------------------------------------------


def _ask(
    services: Services, tx: Transaction, watch: Watch, due: FollowUp, run: Run
) -> list[Intended]:
    """One precise question: a comment on the issue, or for L2 a note on the ticket."""
    row, cadence = watch.row, services.mappings.cadence
    zone = cadence.business_hours.zone
    asked = Asked(
        severity=row.severity,
        state=row.state,
        ask=row.ask,
        deadline=row.deadline,
        owner=row.owner,
        since=row.internal_at or row.opened_at,
        learning=row.ended_at is not None,
    )
    every = cadence.schedule(row.severity).internal
    text = lateness(due.late, services.now - due.late, zone) + question(
        asked, now=services.now, every=every, zone=zone
    )
    n = f"internal {due.slot.isoformat()}"
    if not _serve(services, tx, watch, "internal", 0, due, run):
        return []
    if row.issue_id is not None:
        return [comment_write(services, row, text, n)]
    here = [link for link in watch.own if not link.closed]
    return [
        name_write(row.marker, UpdateTicket(ticket_id=link.ticket_id, note=text), n)
        for link in here[:1]
    ]


def _remind(
    services: Services,
    tx: Transaction,
    watch: Watch,
    ticket: Ticket | None,
    number: int,
    due: FollowUp,
    run: Run,
) -> list[Intended]:
    """An internal note with a ready draft, for the ticket's agent."""
    if ticket is None or is_closed(ticket):
        return []
    row, cadence = watch.row, services.mappings.cadence
    zone = cadence.business_hours.zone
    ended = row.ended_at is not None
    draft = add_draft(services, tx, row, ticket, "end" if ended else "update")
    head = reminder(
        severity=row.severity,
        every=cadence.schedule(row.severity).customer,
        last=last_reply(watch, number),
        zone=zone,
        ended=ended,
    )
    late = lateness(due.late, services.now - due.late, zone)
    if not _serve(services, tx, watch, "customer", number, due, run, draft.id):
        return []
    note = UpdateTicket(ticket_id=number, note=f"{late}{head}\n\n{offer(draft)}")
    return [name_write(row.marker, note, n=f"customer {due.slot.isoformat()}")]


def _serve(
    services: Services,
    tx: Transaction,
    watch: Watch,
    clock: str,
    ticket_id: int,
    due: FollowUp,
    run: Run,
    draft: str | None = None,
) -> bool:
    """Records the slot; False when it was served before."""
    minutes = int(due.late.total_seconds() // 60)
    row = FollowUpRow.model_validate(
        {
            "escalation_id": watch.row.id,
            "clock": clock,
            "ticket_id": ticket_id,
            "slot": due.slot,
            "done_at": services.now,
            "late_by_minutes": minutes,
        }
    )
    if not tx.follow_ups.add(row):
        return False
    run.followed.append(
        FollowedUp(
            id=watch.row.id,
            issue_key=watch.row.issue_key,
            clock=row.clock,
            ticket_id=ticket_id or None,
            slot=due.slot,
            late_minutes=minutes,
            draft=draft,
        )
    )
    return True


# --- seen, and not now ----------------------------------------------------------------------------


def marked_by_label(
    services: Services, row: EscalationRow, issue: Issue, run: Run
) -> EscalationRow:
    """What labels of the issue say about follow-ups."""
    if row.follows:
        return row
    marks = services.mappings.cadence.marks
    row = _quieted(services, row, marks.snoozed((), issue.labels), "jira")
    who = marks.acknowledged((), issue.labels)
    return acknowledge(services, row, who, run) if who else row


def _heed_tags(services: Services, watch: Watch, run: Run) -> EscalationRow:
    """What tags of its tickets say about follow-ups."""
    marks = services.mappings.cadence.marks
    row = _quieted(services, watch.row, marks.snoozed(watch.tags, ()), "zendesk")
    who = marks.acknowledged(watch.tags, ())
    return acknowledge(services, row, who, run) if who else row


def _quieted(
    services: Services, row: EscalationRow, marked: tuple[bool, date | None], who: str
) -> EscalationRow:
    """Quiet while the mark is there; when it goes, the clocks strike again from now."""
    there, day = marked
    if not there:
        if row.snoozed_by != who:
            return row
        return snooze(services, row, services.now, by=None)
    hours = services.mappings.cadence.business_hours
    until = hours.next_open(first_pass(day, time(0), hours.zone)) if day else FOREVER
    if row.snoozed_until == until:
        return row
    return snooze(services, row, until, by=who)


def snooze(
    services: Services, row: EscalationRow, until: datetime, *, by: str | None
) -> EscalationRow:
    """No follow-ups before then."""
    quiet = row.model_copy(update={"snoozed_until": until, "snoozed_by": by})
    with services.ledger.transaction() as tx:
        tx.escalations.replace(quiet)
    return quiet


def acknowledge(services: Services, row: EscalationRow, who: str, run: Run) -> EscalationRow:
    """The team has seen it; said to the tickets once, and only while it was open."""
    if row.state is not State.OPEN:
        return row
    name = row.issue_key or row.id
    return move_and_tell(
        services,
        row,
        State.ACKNOWLEDGED,
        Words(
            note=f"{name} has been seen: somebody takes care of it.",
            tag=state_tag(State.ACKNOWLEDGED),
            n=f"acknowledged {row.version}",
        ),
        actor=who,
        reason=f"{name} was acknowledged",
        run=run,
        internal_at=services.now,
    )
