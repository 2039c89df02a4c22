"""Tickets that were merged into another one: the other one goes on for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core import notes
from connector.core.brief import Brief
from connector.core.facts import customer_of
from connector.core.plan import Affected, ticket_writes
from connector.deciding import fetch_tickets
from connector.drafting import place_of
from connector.escalating import intents
from connector.ledger.rows import EventRow, LinkRow
from connector.telling import is_closed

if TYPE_CHECKING:
    from connector.core.model import Ticket
    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.services import Services

_MERGED_TAG = "closed_by_merge"


def follow_merges(services: Services, gate: Gate) -> None:
    """Asks Zendesk only about linked tickets that its export says were closed by a merge."""
    with services.ledger.snapshot() as tx:
        rows = [row for row in tx.escalations.unclosed() if row.settled and not row.follows]
        held = tx.links.ever_of_each(row.id for row in rows)
        links = [
            (row, link)
            for row in rows
            for link in held[row.id]
            if link.left_at is None and link.merged_into is None
        ]
        mirror = tx.mirror.get(sorted({link.ticket_id for _, link in links}))
    merged = [
        (row, link)
        for row, link in links
        if (known := mirror.get(link.ticket_id)) is not None
        and known.status == "closed"
        and _MERGED_TAG in known.tags
    ]
    if not merged:
        return
    found = fetch_tickets(services, {link.ticket_id for _, link in merged})
    into = {number: one.merged_into for number, one in found.items() if one.merged_into}
    targets = fetch_tickets(services, set(into.values()))
    for row, link in merged:
        target = targets.get(into.get(link.ticket_id, 0))
        if target is not None:
            _follow(services, row, link, target)
            gate.settle(row.id)


def _follow(services: Services, row: EscalationRow, link: LinkRow, target: Ticket) -> None:
    with services.ledger.transaction() as tx:
        gone = {"merged_into": target.id, "closed": True, "result": f"merged into {target.id}"}
        tx.links.replace(link.model_copy(update=gone))
        known = {one.ticket_id for one in tx.links.of(row.id)}
        tx.events.add(
            EventRow(
                at=services.now,
                actor="zendesk",
                what="merged",
                escalation_id=row.id,
                ticket_id=link.ticket_id,
                detail={"into": target.id},
            )
        )
        if target.id in known:
            return
        joined = LinkRow(
            escalation_id=row.id,
            ticket_id=target.id,
            customer=customer_of(target, services.mappings.fields),
            joined_at=services.now,
            closed=is_closed(target),
            worn=target.tags,
        )
        tx.links.add(joined)
        brief = Brief.model_validate(row.brief)
        url = services.tracker.browse_url(row.issue_key) if row.issue_key else None
        planned = ticket_writes(
            place_of(services, row),
            Affected(ticket_id=target.id, customer_name=joined.customer.name, closed=joined.closed),
            note=notes.joined_note(brief, issue_key=row.issue_key, url=url),
            state=row.state,
            n="escalated",
        )
        tx.intents.add(intents(services, tx, row, planned))
