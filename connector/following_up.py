"""Follow-ups: the team is asked, and a ticket's agent reminded, while nobody does anything.

Two clocks for each escalation: one for the team, one for the customer of each ticket. What really
happens starts them anew; a slot is served once, under its own name, whatever crashes or repeats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from connector.core.asking import Asked, lateness, question, reminder
from connector.core.cadence import first_pass
from connector.core.model import OPEN_STATUSES, State, Ticket
from connector.core.plan import Intended, name_write, state_tag
from connector.core.slots import FollowUp, next_loud
from connector.core.writes import UpdateTicket
from connector.deciding import fetch_tickets
from connector.drafting import comment_write
from connector.escalating import intents
from connector.ledger.rows import EscalationRow, FollowUpRow
from connector.report import FollowedUp
from connector.telling import Words, add_draft, is_closed, move_and_tell, offer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from connector.core.duration import Duration
    from connector.gate import Gate
    from connector.ledger.rows import DraftRow, LinkRow, MirrorRow
    from connector.ledger.store import Transaction
    from connector.ports import Issue
    from connector.running import Run
    from connector.services import Services

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_GONE = frozenset({"closed", "deleted"})


@dataclass
class _Watch:
    """One escalation with all that its clocks depend on."""

    row: EscalationRow
    links: list[LinkRow]
    mirror: dict[int, MirrorRow]
    served: list[FollowUpRow]
    sent: list[DraftRow]
    due: dict[int, FollowUp] = field(default_factory=dict)

    def done(self, clock: str, ticket_id: int = 0) -> datetime | None:
        slots = [
            one.slot for one in self.served if (one.clock, one.ticket_id) == (clock, ticket_id)
        ]
        return max(slots, default=None)


def follow_up(services: Services, gate: Gate, run: Run) -> None:
    """Everything that is due by now, once."""
    with services.ledger.snapshot() as tx:
        rows = [
            row
            for row in tx.escalations.unclosed()
            if row.settled and not row.follows and row.state is not State.REGRESSED
        ]
    for row in rows:
        if _one(services, row, run):
            gate.settle(row.id)


def _one(services: Services, row: EscalationRow, run: Run) -> bool:
    """Whether anything was planned."""
    heeded = _heed_tags(services, row, run)
    watch = _watch(services, heeded)
    asked = _internal(services, watch)
    clocks = _customers(services, watch)
    late = {number: due for number, due in clocks.items() if due.due}
    if not late and not (asked and asked.due) and _with_due(watch.row, asked, clocks) == watch.row:
        return heeded.state is not row.state
    tickets = fetch_tickets(services, late) if late else {}
    with services.ledger.transaction() as tx:
        planned: list[Intended] = []
        if asked is not None and asked.due:
            planned += _ask(services, tx, watch, asked, run)
        for number, due in late.items():
            planned += _remind(services, tx, watch, tickets.get(number), number, due, run)
        tx.intents.add(intents(services, tx, watch.row, planned))
        _keep_due(services, tx, watch)
    return bool(planned) or heeded.state is not row.state


def _watch(services: Services, row: EscalationRow) -> _Watch:
    with services.ledger.snapshot() as tx:
        links = [link for link in tx.links.of(row.id) if link.merged_into is None]
        return _Watch(
            row=tx.escalations.get(row.id) or row,
            links=links,
            mirror=tx.mirror.get([link.ticket_id for link in links]),
            served=tx.follow_ups.of(row.id),
            sent=[draft for draft in tx.drafts.of(row.id) if draft.state == "sent"],
        )


# --- the two clocks -------------------------------------------------------------------------------


def _internal(services: Services, watch: _Watch) -> FollowUp | None:
    """None while there is nobody to ask, or nothing to ask for."""
    row = watch.row
    ended = row.ended_at is not None
    if row.lost_at is not None or (ended and row.learned is not None):
        return None
    return _clock(
        services,
        watch,
        services.mappings.cadence.schedule(row.severity).internal,
        (row.opened_at, row.internal_at, row.ended_at),
        watch.done("internal"),
    )


def _customers(services: Services, watch: _Watch) -> dict[int, FollowUp]:
    every = services.mappings.cadence.schedule(watch.row.severity).customer
    return {
        link.ticket_id: _clock(
            services,
            watch,
            every,
            (link.joined_at, watch.row.ended_at, _last_reply(watch, link.ticket_id)),
            watch.done("customer", link.ticket_id),
        )
        for link in watch.links
        if _waits(watch, link)
    }


def _waits(watch: _Watch, link: LinkRow) -> bool:
    """Whether the ticket's customer is to hear something some day."""
    ticket = watch.mirror.get(link.ticket_id)
    if ticket is None or link.closed or ticket.status in _GONE:
        return False
    if watch.row.ended_at is not None:
        return link.told_at is None
    return ticket.status in OPEN_STATUSES


def _last_reply(watch: _Watch, ticket_id: int) -> datetime | None:
    ticket = watch.mirror.get(ticket_id)
    times = [one.decided_at for one in watch.sent if one.ticket_id == ticket_id]
    times.append(ticket.last_public_reply_at if ticket else None)
    return max((at for at in times if at is not None), default=None)


def _clock(
    services: Services,
    watch: _Watch,
    every: Duration,
    activity: Sequence[datetime | None],
    done: datetime | None,
) -> FollowUp:
    return next_loud(
        every,
        services.mappings.cadence.business_hours,
        last_activity=max(at for at in activity if at is not None),
        now=services.now,
        done=done,
        quiet_until=watch.row.snoozed_until,
    )


def _keep_due(services: Services, tx: Transaction, watch: _Watch) -> None:
    """When each clock strikes next, for `list`."""
    watch.served = tx.follow_ups.of(watch.row.id)
    fresh = _with_due(watch.row, _internal(services, watch), _customers(services, watch))
    if fresh != watch.row:
        tx.escalations.replace(fresh)


def _with_due(
    row: EscalationRow, internal: FollowUp | None, customers: Mapping[int, FollowUp]
) -> EscalationRow:
    due = {
        "internal_due_at": internal.slot if internal else None,
        "customer_due_at": min((one.slot for one in customers.values()), default=None),
    }
    return row.model_copy(update=due)


# --- what is said ---------------------------------------------------------------------------------


def _ask(
    services: Services, tx: Transaction, watch: _Watch, due: FollowUp, run: Run
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
    here = [link for link in watch.links if not link.closed]
    return [
        name_write(row.marker, UpdateTicket(ticket_id=link.ticket_id, note=text), n)
        for link in here[:1]
    ]


def _remind(
    services: Services,
    tx: Transaction,
    watch: _Watch,
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
        last=_last_reply(watch, number),
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
    watch: _Watch,
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


def _heed_tags(services: Services, row: EscalationRow, run: Run) -> EscalationRow:
    """What tags of its tickets say about follow-ups."""
    with services.ledger.snapshot() as tx:
        ids = [link.ticket_id for link in tx.links.of(row.id)]
        tags = [tag for ticket in tx.mirror.get(ids).values() for tag in ticket.tags]
    marks = services.mappings.cadence.marks
    row = _quieted(services, row, marks.snoozed(tags, ()), "zendesk")
    who = marks.acknowledged(tags, ())
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
