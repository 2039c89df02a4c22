"""News of an escalation for all its tickets, each with its own result, and drafts beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.changing import change_state
from connector.core.asking import letter, spell_when
from connector.core.clean import one_line
from connector.core.plan import Affected, Intended, NewStatus, update_writes
from connector.core.redact import redact
from connector.core.slots import after
from connector.deciding import fetch_tickets
from connector.drafting import comment_write, place_of
from connector.escalating import intents
from connector.ledger.rows import DraftRow, IntentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Literal

    from connector.core.model import State, Ticket
    from connector.core.status import StatusRule
    from connector.ledger.rows import EscalationRow, LinkRow
    from connector.ledger.store import Transaction
    from connector.running import Run
    from connector.services import Services

_SUBJECT = 120
_PLANNED = ": note planned"
_CAME_OF = {
    IntentState.DONE: ": told by an internal note",
    IntentState.DROPPED: ": the ticket took no note",
    IntentState.QUARANTINED: ": its note is set aside",
}


@dataclass(frozen=True)
class Words:
    """What every ticket is told. `n` names the event; `rule` sets status and field if it says so.

    `letters`: a draft for the customer goes with it.
    """

    note: str
    tag: str
    n: str
    rule: StatusRule | None = None
    letters: bool = False


def tickets_of(services: Services, row: EscalationRow) -> dict[int, Ticket]:
    """The escalation's tickets as they are now, without those that went into another one."""
    with services.ledger.snapshot() as tx:
        links = tx.links.of(row.id)
    return fetch_tickets(services, [one.ticket_id for one in links if one.merged_into is None])


def tell_tickets(
    services: Services,
    tx: Transaction,
    row: EscalationRow,
    tickets: Mapping[int, Ticket],
    words: Words,
) -> tuple[list[Intended], tuple[int, ...]]:
    """The writes, and the tickets that were found closed only now. Each link keeps its result."""
    planned: list[Intended] = []
    closed_now: list[int] = []
    place = place_of(services, row)
    for link in tx.links.of(row.id):
        if link.merged_into is not None:
            continue
        ticket = tickets.get(link.ticket_id)
        closed = is_closed(ticket)
        if closed and not link.closed:
            closed_now.append(link.ticket_id)
        result = "closed in Zendesk: recorded here only" if closed else f"{row.state}{_PLANNED}"
        tx.links.replace(link.model_copy(update={"closed": closed, "result": result}))
        note = words.note
        if words.letters and ticket is not None and not closed:
            note = f"{note}\n\n{offer(add_draft(services, tx, row, ticket, 'end'))}"
        planned += update_writes(
            place,
            Affected(ticket_id=link.ticket_id, customer_name=link.customer.name, closed=closed),
            note=note,
            tag=words.tag,
            status=_new_status(words.rule, ticket),
            fields=_fields(services, words.rule),
            n=words.n,
        )
    return planned, tuple(closed_now)


def move_and_tell(
    services: Services,
    row: EscalationRow,
    new: State,
    words: Words,
    *,
    actor: str,
    reason: str,
    at: datetime | None = None,
    comment: str | None = None,
    before: Sequence[Intended] = (),
    run: Run,
    **facts: Any,
) -> EscalationRow:
    """One transaction: the new state, its history, and what both sides are to get.

    `comment`: what the team is told, where it is not the team that moved it. `before`: writes that
    go first.
    """
    tickets = tickets_of(services, row)
    preview = row.model_copy(update={"state": new, **facts})
    with services.ledger.transaction() as tx:
        planned, closed = tell_tickets(services, tx, preview, tickets, words)
        if comment is not None and row.issue_id is not None and row.lost_at is None:
            planned.append(comment_write(services, row, comment, words.n))
        after_move = change_state(
            tx,
            row,
            new,
            now=services.now,
            actor=actor,
            reason=reason,
            at=at,
            writes=intents(services, tx, row, [*before, *planned]),
            **facts,
        )
        links = tx.links.of(row.id)
    name = row.issue_key or row.id
    for ticket_id in closed:
        run.aside(
            f"ticket {ticket_id}",
            f"closed in Zendesk: the news of {name} is kept in the ledger only",
            ticket_id,
        )
    run.moved(row, after_move, reason, tuple(link.ticket_id for link in links))
    return after_move


def keep_results(services: Services, escalation_ids: Iterable[str]) -> None:
    """What came of each ticket's note, where it was only planned so far."""
    with services.ledger.transaction() as tx:
        for name in sorted(escalation_ids):
            notes = {one.subject: one.state for one in tx.intents.of(name) if one.kind == "note"}
            for link in tx.links.of(name):
                state = notes.get(f"ticket {link.ticket_id}")
                before, planned, _ = link.result.partition(_PLANNED)
                if planned and state in _CAME_OF:
                    result = f"{before}{_CAME_OF[state]}"
                    tx.links.replace(link.model_copy(update={"result": result}))


def is_closed(ticket: Ticket | None) -> bool:
    """Whether Zendesk takes no more changes to it."""
    return ticket is None or ticket.status in {"closed", "deleted"}


def _new_status(rule: StatusRule | None, ticket: Ticket | None) -> NewStatus | None:
    """Tickets are never solved from here, and only moved from where the rule says so."""
    if rule is None or ticket is None or ticket.status not in rule.only_from:
        return None
    return rule.zendesk_status


def _fields(services: Services, rule: StatusRule | None) -> dict[str, str | None]:
    field = services.mappings.fields.ticket.state
    return {str(field): rule.state_field} if rule is not None and field is not None else {}


# --- drafts --------------------------------------------------------------------------------------


def add_draft(
    services: Services,
    tx: Transaction,
    row: EscalationRow,
    ticket: Ticket,
    about: Literal["update", "end"],
) -> DraftRow:
    """Words for the ticket's customer from what is known; earlier ones that wait are outdated."""
    cadence = services.mappings.cadence
    hours = cadence.business_hours
    due = after(services.now, cadence.schedule(row.severity).customer, hours)
    learned = row.learned if isinstance(row.learned, dict) else {}
    text = letter(
        cadence.letters,
        state=row.state,
        reason=row.end_reason,
        subject=one_line(redact(ticket.subject).text, _SUBJECT),
        workaround=str(learned.get("workaround") or ""),
        next_update=spell_when(due, hours.zone),
    )
    known = tx.mirror.get([ticket.id]).get(ticket.id)
    seen = known.last_comment_id if known else None
    basis = f"{row.state}|{ticket.status}|{seen or 0}"
    digest = hashlib.sha256(f"{row.marker}|{ticket.id}|{about}|{basis}|{text}".encode())
    draft = DraftRow(
        id=f"d-{digest.hexdigest()[:10]}",
        escalation_id=row.id,
        ticket_id=ticket.id,
        about=about,
        text=text,
        basis=basis,
        made_at=services.now,
    )
    for waiting in tx.drafts.of(row.id):
        if (waiting.ticket_id, waiting.state) == (ticket.id, "open") and waiting.id != draft.id:
            reason = f"replaced by {draft.id}"
            tx.drafts.replace(waiting.model_copy(update={"state": "outdated", "reason": reason}))
    tx.drafts.add(draft)
    return draft


def offer(draft: DraftRow) -> str:
    """How a note shows a draft to the ticket's agent."""
    quoted = "\n".join(f"> {line}".rstrip() for line in draft.text.splitlines())
    return (
        f"A draft for the customer, {draft.id}. Nothing is sent until a person says so: "
        f"`escalation drafts approve {draft.id}` sends exactly this, and your own reply counts as "
        f"well.\n\n{quoted}"
    )


def customers(links: Sequence[LinkRow]) -> tuple[str, ...]:
    """Who is affected, each once, whatever was merged into what."""
    return tuple(dict.fromkeys(link.customer.name for link in links))
