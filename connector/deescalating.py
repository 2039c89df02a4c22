"""Ends that do not come from Jira's resolution: marks, solved tickets, and facts that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.model import Assessment, DeescalationReason, State
from connector.core.plan import state_tag
from connector.ledger.repository import chunks
from connector.telling import Words, move_and_tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.ledger.rows import EscalationRow, LinkRow, MirrorRow
    from connector.ports import Issue
    from connector.running import Run
    from connector.services import Services

_WORK = frozenset({State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS})
_SPREAD = frozenset({"same-issue", "several-customers"})
_SOLVED = frozenset({"solved", "closed"})

WHY = {
    DeescalationReason.SUPPORT_RESOLVABLE: "support can resolve it",
    DeescalationReason.WORKAROUND: "a workaround unblocks the customer",
    DeescalationReason.SELF_RESOLVED: "it resolved itself",
    DeescalationReason.REASSESSED: "new information changed the assessment",
    DeescalationReason.REJECTED: "the team will not change it",
}


def early_end(services: Services, row: EscalationRow, issue: Issue, run: Run) -> EscalationRow:
    """By the issue's labels and field."""
    if row.state not in _WORK or row.follows:
        return row
    ends = services.mappings.status.ends
    for label in issue.labels:
        if label in ends.labels:
            why = f"{issue.key} has the label {label}"
            return end(services, row, ends.labels[label], why, actor="jira", run=run)
    value = issue.fields.get(ends.field) if ends.field else None
    if value in ends.values:
        why = f"{ends.field} of {issue.key} is {value}"
        return end(services, row, ends.values[str(value)], why, actor="jira", run=run)
    return row


def ends_in_zendesk(services: Services, run: Run) -> list[str]:
    """By tags, by agents who solved every ticket, and by facts; from the ledger alone.

    The escalations that ended.
    """
    ended = []
    with services.ledger.snapshot() as tx:
        rows = [row for row in tx.escalations.unclosed() if row.state in _WORK and row.settled]
    for some in chunks(rows):
        with services.ledger.snapshot() as tx:
            links = tx.links.ever_of_each(row.id for row in some)
            ids = sorted({link.ticket_id for held in links.values() for link in held})
            mirror = tx.mirror.get(ids)
            begun_by = tx.transitions.begun_by(row.id for row in some)
        for row in some:
            by_hand = begun_by.get(row.id) == "operator"
            found = _why(services, row, links[row.id], mirror, by_hand=by_hand)
            if found is not None:
                actor, reason, why = found
                end(services, row, reason, why, actor=actor, run=run)
                ended.append(row.id)
    return ended


def _why(
    services: Services,
    row: EscalationRow,
    links: Sequence[LinkRow],
    mirror: Mapping[int, MirrorRow],
    *,
    by_hand: bool,
) -> tuple[str, DeescalationReason, str] | None:
    """Who ends it, why, and in words; None while it goes on. `links`: all that it ever had."""
    ends = services.mappings.status.ends
    here = [link for link in links if link.left_at is None and link.merged_into is None]
    known = [(link, mirror[link.ticket_id]) for link in here if link.ticket_id in mirror]
    for link, ticket in known:
        for tag in ticket.tags:
            if tag in ends.tags and tag not in link.worn:
                return "zendesk", ends.tags[tag], f"ticket {link.ticket_id} has the tag {tag}"
    still = [(link, ticket) for link, ticket in known if ticket.status not in _SOLVED | {"deleted"}]
    for tag, reason in ends.everywhere.items():
        fresh = any(tag not in link.worn for link, _ in still)
        if still and fresh and all(tag in ticket.tags for _, ticket in still):
            which = ", ".join(str(link.ticket_id) for link, _ in still)
            return "zendesk", reason, f"every open ticket ({which}) has the tag {tag}"
    if ends.solved and known and not still and any(t.status in _SOLVED for _, t in known):
        return "zendesk", DeescalationReason.SELF_RESOLVED, "agents have solved every ticket of it"
    if by_hand:
        return None
    return _by_facts(services, row, _customers(links), _customers(link for link, _ in still))


def _customers(links: Iterable[LinkRow]) -> int:
    return len({link.customer.key for link in links})


def _by_facts(
    services: Services, row: EscalationRow, ever: int, left: int
) -> tuple[str, DeescalationReason, str] | None:
    """What it was escalated for is not so any more, and has not been for a while. `ever` and
    `left`: its customers; only what was a group can shrink, one customer with many users cannot.
    """
    held = services.mappings.severity.falls_after.amount
    if row.below_since is not None and services.now - row.below_since >= held:
        why = "its severity fell below Medium: nothing in its tickets speaks for it any more"
        return "sweep", DeescalationReason.REASSESSED, why
    kinds = (
        {finding.kind for finding in Assessment.model_validate(row.assessment).findings}
        if (row.assessment)
        else set()
    )
    needed = services.min_customers
    shrunk = services.mappings.status.ends.shrunk and kinds and kinds <= _SPREAD
    if shrunk and left < needed <= ever and services.now - row.opened_at >= held:
        why = f"the group shrank to {left} of at least {needed} customers"
        return "sweep", DeescalationReason.REASSESSED, why
    return None


def end(
    services: Services,
    row: EscalationRow,
    reason: DeescalationReason,
    why: str,
    *,
    actor: str,
    run: Run,
) -> EscalationRow:
    """De-escalates, and tells the team and every ticket."""
    name = row.issue_key or row.id
    because = f"{WHY[reason]} ({why})"
    return move_and_tell(
        services,
        row,
        State.DE_ESCALATED,
        Words(
            note=f"De-escalated ({name}): {because}.\n"
            "Please tell the customer what this means for them.",
            tag=state_tag(State.DE_ESCALATED),
            n=f"de-escalated {reason} {row.version} {why}",
            letters=True,
        ),
        actor=actor,
        reason=because,
        comment=f"De-escalated by support: {because}.",
        run=run,
        end_reason=reason,
    )
