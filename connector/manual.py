"""`escalation ticket`: by hand, through the same decision, the same brief and the same gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.brief import need_for
from connector.core.model import Ask, Need, Severity, Target
from connector.deciding import Decision, decide, fetch_tickets
from connector.errors import ConfigError
from connector.escalating import follow, line_of, make_gate, open_escalation
from connector.report import EscalationLine, Report, SetAside
from connector.running import report_of
from connector.services import sign_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connector.core.model import Ticket
    from connector.ledger.rows import EscalationRow
    from connector.services import Services


def escalate_by_hand(
    services: Services,
    *,
    tickets: Sequence[int],
    target: str | None = None,
    severity: str | None = None,
    ask: str | None = None,
    need: str | None = None,
    deadline: datetime | None = None,
    reason: str | None = None,
) -> Report:
    """All given tickets become one escalation, or join the live one that some of them have.

    Raises ConfigError when none of the tickets exists.
    """
    sign_in(services)
    gate = make_gate(services)
    gate.recover()
    found = fetch_tickets(services, tickets)
    here = [ticket for ticket in found.values() if ticket.status != "deleted"]
    live, linked, over = _known(services, here)
    others = fetch_tickets(services, linked - set(found)).values()
    decision = decide(services, [*here, *others], group=None, earlier=live) if here else None
    if decision is None:
        raise ConfigError(f"no such ticket: {', '.join(map(str, tickets))}; check the ids")
    escalated: list[EscalationLine] = []
    joined: list[EscalationLine] = []
    already: list[EscalationLine] = []
    if live is None:
        chosen = _chosen(decision, target=target, severity=severity, reason=reason)
        wanted = _need(services, chosen, ask=ask, need=need, deadline=deadline)
        live = open_escalation(
            services,
            chosen,
            need=wanted,
            actor="operator",
            reason=reason or "by hand",
            before=over,
        )
        gate.settle(live.id)
        escalated.append(line_of(_fresh(services, live), chosen.assessment.because, chosen.cases))
    else:
        named = [case for case in decision.cases if case.ticket.id in found]
        new = [case for case in named if case.ticket.id not in linked]
        old = [case for case in named if case.ticket.id in linked]
        if new:
            follow(services, live, decision, new, actor="operator")
            joined.append(line_of(live, reason or "joined by hand", new))
        if old:
            already.append(line_of(live, "escalated already", old))
        gate.settle(live.id)
    return report_of(
        services,
        gate,
        "ticket",
        escalated=tuple(escalated),
        joined=tuple(joined),
        already=tuple(already),
        set_aside=_set_aside(set(tickets) - set(found)),
    )


def _set_aside(missing: Iterable[int]) -> tuple[SetAside, ...]:
    return tuple(
        SetAside(what=f"ticket {number}", reason="no such ticket", ticket_id=number)
        for number in sorted(missing)
    )


def _known(
    services: Services, tickets: Sequence[Ticket]
) -> tuple[EscalationRow | None, frozenset[int], EscalationRow | None]:
    """The live escalation that some of the tickets have, the tickets it holds, and the newest one
    that is over.

    Raises ConfigError when they have more than one: a person has to say which.
    """
    with services.ledger.snapshot() as tx:
        known = [row for ticket in tickets for row in tx.escalations.by_ticket(ticket.id)]
        rows = {row.id: row for row in known if row.state.live}
        if len(rows) > 1:
            names = ", ".join(row.issue_key or row.id for row in rows.values())
            raise ConfigError(f"these tickets have several live escalations: {names}; name fewer")
        live = next(iter(rows.values()), None)
        links = tx.links.of(live.id) if live else []
    over = [row for row in known if not row.state.live]
    newest = max(over, key=lambda row: row.episode, default=None)
    return live, frozenset(link.ticket_id for link in links), newest


def _chosen(
    decision: Decision, *, target: str | None, severity: str | None, reason: str | None
) -> Decision:
    """The assessment with what the operator chose; what is left open is as assessed."""
    assessment = decision.assessment
    by_hand = {
        "verdict": "escalate",
        "tickets": tuple(case.ticket.id for case in decision.cases),
        "because": reason or f"escalated by hand; {assessment.because}",
        "target": Target(target) if target else assessment.target or Target.L2,
        "target_rule": "chosen by hand" if target else assessment.target_rule or "by hand",
        "severity": Severity(severity) if severity else assessment.severity or Severity.MEDIUM,
        "severity_rule": "chosen by hand" if severity else assessment.severity_rule or "by hand",
    }
    return Decision(assessment.model_copy(update=by_hand), decision.cases)


def _need(
    services: Services,
    decision: Decision,
    *,
    ask: str | None,
    need: str | None,
    deadline: datetime | None,
) -> Need | None:
    """What the operator asks for, the rest as the brief would ask; None: all of it as it would."""
    if ask is None and need is None and deadline is None:
        return None
    usual = need_for(
        decision.assessment,
        decision.cases,
        services.mappings.brief,
        now=services.now,
        hours=services.mappings.cadence.business_hours,
        ask=Ask(ask) if ask else None,
    )
    return Need(
        ask=usual.ask,
        text=need or usual.text,
        deadline=deadline or usual.deadline,
    )


def _fresh(services: Services, row: EscalationRow) -> EscalationRow:
    """The escalation as the ledger has it now, with its issue's key."""
    with services.ledger.transaction() as tx:
        return tx.escalations.get(row.id) or row
