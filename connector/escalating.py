"""A decision becomes an escalation: recorded with all its writes first, then made by the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.brief_values import SPOKEN, Brief
from connector.core.markers import payload_hash
from connector.core.severity import settle
from connector.core.writes import dump_write
from connector.drafting import draft, first_writes, joined_writes, severity_writes, tickets_told
from connector.gate import Gate
from connector.ledger.rows import EventRow, IntentRow, LinkRow, TransitionRow
from connector.report import EscalationLine, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.core.model import Case, Need, Severity
    from connector.core.plan import Intended
    from connector.deciding import Decision
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Transaction
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
        follow_on=lambda row, tx: intents(
            services, tx, row, tickets_told(services, row, tx.links.of(row.id))
        ),
    )


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


def join(
    services: Services, live: EscalationRow, new: Sequence[Case], *, actor: str = "sweep"
) -> None:
    """New reports of a live escalation: linked, noted, and told once in Jira for all of them.

    While the issue does not exist yet only the links are kept; the rest follows its creation.
    """
    with services.ledger.transaction() as tx:
        for case in new:
            tx.links.add(_link(live.id, case, services))
        if live.settled:
            planned = joined_writes(services, live, tx.links.of(live.id), new)
            tx.intents.add(intents(services, tx, live, planned))
        tx.events.add(
            EventRow(
                at=services.now,
                actor=actor,
                what="joined",
                escalation_id=live.id,
                detail={"tickets": [case.ticket.id for case in new]},
            )
        )


def reassess(services: Services, live: EscalationRow, decision: Decision) -> StateChange | None:
    """Severity follows the facts: up at once, down only when it holds. Both sides are told."""
    fresh = decision.assessment.severity
    if fresh is None or not live.settled:
        return None
    lower_since = (live.lower_since or services.now) if fresh.rank > live.severity.rank else None
    held = services.now - (lower_since or services.now)
    severity = settle(live.severity, fresh, held, services.mappings.severity)
    if severity is live.severity:
        if lower_since != live.lower_since:
            with services.ledger.transaction() as tx:
                tx.escalations.replace(live.model_copy(update={"lower_since": lower_since}))
        return None
    return _change_severity(services, live, severity, decision)


def _change_severity(
    services: Services, live: EscalationRow, severity: Severity, decision: Decision
) -> StateChange:
    because = f"{decision.assessment.severity_rule}: {decision.assessment.because}"
    row = live.model_copy(
        update={
            "severity": severity,
            "version": live.version + 1,
            "changed_at": services.now,
            "lower_since": None,
        }
    )
    with services.ledger.transaction() as tx:
        tx.escalations.replace(row)
        tx.transitions.add(
            TransitionRow(
                escalation_id=row.id,
                at=services.now,
                actor="sweep",
                kind="severity",
                old=live.severity,
                new=severity,
                reason=because,
            )
        )
        planned = severity_writes(services, live, row, because, tx.links.of(row.id))
        tx.intents.add(intents(services, tx, row, planned))
    return StateChange(
        id=row.id,
        issue_key=row.issue_key,
        kind="severity",
        old=live.severity,
        new=severity,
        because=because,
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
        for seq, item in enumerate(planned, after + 1)
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
    )
