"""A decision becomes an escalation: recorded with all its writes first, then made by the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.changing import change_state
from connector.core.brief_changes import changes_between
from connector.core.brief_values import SPOKEN, Brief
from connector.core.markers import payload_hash
from connector.core.model import State
from connector.core.plan import Intended, name_write
from connector.core.severity import settle
from connector.core.writes import CreateIssue, RelateIssue, UpdateBrief, dump_write
from connector.drafting import (
    brief_writes,
    draft,
    first_writes,
    joined_writes,
    redraft,
    restriction,
    severity_writes,
    tickets_told,
)
from connector.gate import Gate
from connector.ledger.rows import EventRow, IntentRow, LinkRow, TransitionRow
from connector.report import EscalationLine, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.core.model import Case, Need
    from connector.core.writes import Write
    from connector.deciding import Decision
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Transaction
    from connector.lookup import Found
    from connector.services import Services


def make_gate(services: Services) -> Gate:
    """The gate of this run; it plans what follows once an issue exists.

    Raises ValueError for services without a lease: they were made for looking only.
    """
    if services.lease is None:
        raise ValueError("nothing is written without the run lock")
    return Gate(
        desk=services.desk,
        tracker=services.tracker,
        ledger=services.ledger,
        lease=services.lease,
        now=services.now,
        dry_run=services.dry_run,
        resend=services.resend,
        follow_on=lambda row, write, found, tx: intents(
            services, tx, row, _due_after(services, row, write, found, tx)
        ),
    )


def _due_after(
    services: Services, row: EscalationRow, write: Write, found: Found, tx: Transaction
) -> tuple[Intended, ...]:
    """Once the issue exists its tickets are told; once its brief is done, Jira is."""
    if isinstance(write, CreateIssue):
        tickets = tickets_told(services, row, tx.links.of(row.id))
        return (*restriction(services, row, write), *tickets, *_related(tx, row))
    if isinstance(write, UpdateBrief):
        told = write.left if found.left else write.told
        return (Intended(intent_id=write.comment_id, write=told),)
    return ()


def open_escalation(
    services: Services,
    decision: Decision,
    *,
    need: Need | None = None,
    actor: str = "sweep",
    reason: str = "",
    before: EscalationRow | None = None,
) -> EscalationRow:
    """Records a new escalation, its tickets and its first writes in one transaction."""
    row, brief, route = draft(services, decision, need, before)
    links = [_link(row.id, case, services) for case in decision.concerned]
    with services.ledger.transaction() as tx:
        _came_back(services, tx, before, row)
        tx.escalations.add(row)
        for link in links:
            tx.links.add(link)
        planned = first_writes(services, row, brief, route, decision.concerned, links)
        tx.intents.add(intents(services, tx, row, planned))
        tx.transitions.add(
            TransitionRow(
                escalation_id=row.id,
                at=services.now,
                actor=actor,
                kind="state",
                old="",
                new=row.state,
                reason=reason or decision.assessment.because,
            )
        )
    return row


def _came_back(
    services: Services, tx: Transaction, before: EscalationRow | None, row: EscalationRow
) -> None:
    """What was fixed is reported again: the fixed episode is over, this one goes on for it."""
    if before is None or before.state not in {State.RESOLVED, State.CONFIRMED}:
        return
    change_state(
        tx,
        before,
        State.REGRESSED,
        now=services.now,
        actor="sweep",
        reason=f"reported again after its fix; goes on as {row.id}, episode {row.episode}",
    )


def _related(tx: Transaction, row: EscalationRow) -> tuple[Intended, ...]:
    """The issue of the episode before is linked to the new one."""
    before = tx.escalations.get(row.previous_id) if row.previous_id else None
    if before is None or before.issue_id is None or row.issue_id is None:
        return ()
    return (name_write(row.marker, RelateIssue(other_id=before.issue_id), n=before.id),)


def follow(
    services: Services,
    live: EscalationRow,
    decision: Decision,
    new: Sequence[Case],
    *,
    actor: str = "sweep",
) -> StateChange | None:
    """A live escalation keeps up with its tickets: new reports join it, its severity follows the
    facts (up at once, down only when it holds), and its brief says what is true now.

    While its issue does not exist yet only the links are kept; the rest follows its creation.
    """
    row, said = _reassessed(services, live, decision)
    with services.ledger.transaction() as tx:
        for case in new:
            tx.links.add(_link(live.id, case, services))
        links = tx.links.of(live.id)
        row = _below_medium(services, tx, row, links, decision)
        planned: list[Intended] = []
        if live.settled:
            ids = [link.ticket_id for link in links]
            row, changes = _rewritten(services, live, row, decision, ids, said)
            planned += joined_writes(services, live, links, [case.ticket.id for case in new])
            if said:
                planned += severity_writes(services, live, row, said, links)
            if changes and row.issue_id is not None:
                planned += brief_writes(services, live, row, changes, ids)
        if row != live:
            tx.escalations.replace(row)
        tx.intents.add(intents(services, tx, row, planned))
        _record(services, tx, live, row, decision, new, actor)
    return _severity_change(live, row, decision) if said else None


def _reassessed(
    services: Services, live: EscalationRow, decision: Decision
) -> tuple[EscalationRow, str]:
    """The escalation at the severity that it has now, and how a change of it is told."""
    fresh = decision.assessment.severity
    if fresh is None or not live.settled:
        return live, ""
    lower_since = (live.lower_since or services.now) if fresh.rank > live.severity.rank else None
    held = services.now - (lower_since or services.now)
    severity = settle(live.severity, fresh, held, services.mappings.severity)
    if severity is live.severity:
        return live.model_copy(update={"lower_since": lower_since}), ""
    changed = {
        "severity": severity,
        "version": live.version + 1,
        "changed_at": services.now,
        "lower_since": None,
    }
    said = f"Severity is {severity} now; it was {live.severity}. {_because(decision)}"
    return live.model_copy(update=changed), said


def _below_medium(
    services: Services,
    tx: Transaction,
    row: EscalationRow,
    links: Iterable[LinkRow],
    decision: Decision,
) -> EscalationRow:
    """Since when nothing speaks for the escalation, as far as all its tickets were looked at."""
    below = decision.assessment.verdict == "leave"
    held = {link.ticket_id for link in links if link.merged_into is None}
    known = tx.mirror.get(sorted(held)).values()
    held -= {ticket.ticket_id for ticket in known if ticket.status == "deleted"}
    if below and not held <= {case.ticket.id for case in decision.cases}:
        return row
    since = (row.below_since or services.now) if below else None
    return row.model_copy(update={"below_since": since})


def _because(decision: Decision) -> str:
    return f"{decision.assessment.severity_rule}: {decision.assessment.because}"


def _rewritten(
    services: Services,
    live: EscalationRow,
    row: EscalationRow,
    decision: Decision,
    ids: Sequence[int],
    said: str,
) -> tuple[EscalationRow, tuple[str, ...]]:
    """The escalation with its brief as of now, and what changed in it: () leaves the old one."""
    if live.brief is None or not {case.ticket.id for case in decision.cases} & set(ids):
        return row, ()
    brief = redraft(services, row, decision, ids)
    changes = changes_between(live.brief, brief)
    if not changes:
        return row, ()
    kept = brief.model_dump(mode="json")
    fresh = {
        "brief": kept,
        "brief_hash": payload_hash(kept),
        "summary": brief.summary,
        "ask": brief.need.ask,
        "deadline": brief.need.deadline,
    }
    others = tuple(line for line in changes if not line.startswith("Severity: "))
    return row.model_copy(update=fresh), (said, *others) if said else changes


def _record(
    services: Services,
    tx: Transaction,
    live: EscalationRow,
    row: EscalationRow,
    decision: Decision,
    new: Sequence[Case],
    actor: str,
) -> None:
    """The history that `escalation show` tells."""
    if row.severity is not live.severity:
        tx.transitions.add(
            TransitionRow(
                escalation_id=row.id,
                at=services.now,
                actor="sweep",
                kind="severity",
                old=live.severity,
                new=row.severity,
                reason=_because(decision),
            )
        )
    if new:
        tx.events.add(
            EventRow(
                at=services.now,
                actor=actor,
                what="joined",
                escalation_id=live.id,
                detail={"tickets": [case.ticket.id for case in new]},
            )
        )


def _severity_change(live: EscalationRow, row: EscalationRow, decision: Decision) -> StateChange:
    return StateChange(
        id=row.id,
        issue_key=row.issue_key,
        kind="severity",
        old=live.severity,
        new=row.severity,
        because=_because(decision),
        tickets=decision.assessment.tickets,
    )


def resume(services: Services, gate: Gate) -> None:
    """Makes what earlier runs planned and could not send."""
    with services.ledger.transaction() as tx:
        waiting = {row.escalation_id for row in tx.intents.pending(services.now)}
    for escalation_id in sorted(waiting):
        gate.settle(escalation_id)


def intents(
    services: Services, tx: Transaction, row: EscalationRow, planned: Iterable[Intended]
) -> list[IntentRow]:
    """Intent rows that come after those the escalation has already."""
    items = tuple(planned)
    if not items:
        return []
    after = max((intent.seq for intent in tx.intents.of(row.id)), default=0)
    return [
        IntentRow(
            intent_id=item.intent_id,
            escalation_id=row.id,
            kind=item.write.kind,
            subject=item.write.subject,
            seq=seq,
            payload=dump_write(item.write),
            payload_hash=payload_hash(dump_write(item.write)),
            planned_at=services.now,
        )
        for seq, item in enumerate(items, after + 1)
    ]


def line_of(row: EscalationRow, because: str, cases: Iterable[Case]) -> EscalationLine:
    """How a report shows it."""
    told = tuple(cases)
    return EscalationLine(
        id=row.id,
        issue_key=row.issue_key,
        severity=row.severity,
        target=row.target,
        summary=row.summary,
        because=because,
        tickets=tuple(case.ticket.id for case in told),
        customers=tuple(dict.fromkeys(case.customer.name for case in told)),
        missing=_missing(row),
    )


def _missing(row: EscalationRow) -> tuple[str, ...]:
    if row.brief is None:
        return ()
    return tuple(SPOKEN[gap.item] for gap in Brief.model_validate(row.brief).missing)


def _link(escalation_id: str, case: Case, services: Services) -> LinkRow:
    return LinkRow(
        escalation_id=escalation_id,
        ticket_id=case.ticket.id,
        customer=case.customer,
        joined_at=services.now,
        closed=case.ticket.status == "closed",
        worn=case.ticket.tags,
    )
