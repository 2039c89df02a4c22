"""`escalation deescalate`: by hand, for one of the five reasons; both sides are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.lifecycle import may_follow
from connector.core.model import DeescalationReason, State
from connector.core.plan import state_tag, update_writes
from connector.drafting import affected_by, comment_write, place_of
from connector.errors import ConfigError
from connector.escalating import intents, make_gate
from connector.ledger.rows import TransitionRow
from connector.report import Report, StateChange

if TYPE_CHECKING:
    from connector.services import Services

_WHY = {
    DeescalationReason.SUPPORT_RESOLVABLE: "support can resolve it",
    DeescalationReason.WORKAROUND: "a workaround unblocks the customer",
    DeescalationReason.SELF_RESOLVED: "it resolved itself",
    DeescalationReason.REASSESSED: "new information changed the assessment",
    DeescalationReason.REJECTED: "the team will not change it",
}


def deescalate(services: Services, *, ref: str, reason: str, learned: str) -> Report:
    """Ends the escalation, tells the team and every ticket, and keeps what was learned.

    Raises ConfigError for an unknown REF, and for one that is over already.
    """
    why = DeescalationReason(reason)
    services.desk.whoami()
    services.tracker.whoami()
    gate = make_gate(services)
    gate.recover()
    with services.ledger.transaction() as tx:
        row = tx.escalations.find(ref)
    if row is None:
        raise ConfigError(f"no escalation {ref!r}; `escalation list` shows the live ones")
    name = row.issue_key or row.id
    if row.state is State.DE_ESCALATED or not may_follow(row.state, State.DE_ESCALATED):
        raise ConfigError(f"{name} is {row.state}; it cannot be de-escalated any more")
    because = f"{_WHY[why]}. Learned: {learned}"
    after = row.model_copy(
        update={
            "state": State.DE_ESCALATED,
            "version": row.version + 1,
            "changed_at": services.now,
            "learned": {"reason": str(why), "text": learned, "at": services.now.isoformat()},
        }
    )
    with services.ledger.transaction() as tx:
        tx.escalations.replace(after)
        tx.transitions.add(
            TransitionRow(
                escalation_id=row.id,
                at=services.now,
                actor="operator",
                kind="state",
                old=row.state,
                new=after.state,
                reason=because,
            )
        )
        n = f"de-escalated {why} {learned}"
        note = (
            f"De-escalated ({name}): {because}\nPlease tell the customer what this means for them."
        )
        place = place_of(services, after)
        planned = [
            write
            for affected in affected_by(tx.links.of(row.id))
            for write in update_writes(place, affected, note=note, tag=state_tag(after.state), n=n)
        ]
        if after.issue_id is not None:
            said = f"De-escalated by support: {because}"
            planned.append(comment_write(services, after, said, n))
        tx.intents.add(intents(services, tx, after, planned))
        tickets = tuple(link.ticket_id for link in tx.links.of(row.id))
    gate.settle(row.id)
    change = StateChange(
        id=row.id,
        issue_key=row.issue_key,
        kind="state",
        old=row.state,
        new=after.state,
        because=because,
        tickets=tickets,
    )
    return Report(
        command="deescalate",
        now=services.now,
        dry_run=services.dry_run,
        changed=(change,),
        writes=tuple(gate.outcomes),
        calls=services.calls(),
        problems=tuple(str(error) for error in gate.troubles),
        codes=tuple(error.exit_code for error in gate.troubles),
    )
