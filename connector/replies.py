"""`escalation drafts`: words for customers, which only a person's yes can send."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from connector.closing_loop import close_loops, notice_told
from connector.core.model import Frozen
from connector.core.plan import name_write
from connector.core.turns import foreign
from connector.core.writes import SendReply
from connector.errors import ConfigError, ExitCode, GoneError
from connector.escalating import intents, make_gate
from connector.ledger.rows import DraftRow, EscalationRow, EventRow, IntentState
from connector.running import Run
from connector.telling import is_closed
from connector.texts import indented, spell_time

if TYPE_CHECKING:
    from rich.console import Console

    from connector.core.model import Comment, Ticket
    from connector.ledger.store import Ledger, Transaction
    from connector.report import Report
    from connector.services import Services


class Shown(Frozen):
    """A draft and whose it is."""

    draft: DraftRow
    issue_key: str | None = None
    customer: str = ""


_ABOUT = {"update": "an update", "end": "how it ended"}
_STATES = {"open": "waits for a person"}
_HINT = "`escalation drafts show ID` shows the words; `approve ID` sends them, `drop ID` never."


class DraftList(Frozen):
    """Drafts, the oldest first."""

    command: str = "drafts"
    now: datetime
    drafts: tuple[Shown, ...]
    whole: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """Looking is always done."""
        return ExitCode.DONE


def waiting_drafts(ledger: Ledger, *, now: datetime) -> DraftList:
    """Those that wait for a person, and those on their way."""
    with ledger.snapshot() as tx:
        return DraftList(now=now, drafts=tuple(_shown(tx, one) for one in tx.drafts.waiting()))


def show_draft(ledger: Ledger, *, draft_id: str, now: datetime) -> DraftList:
    """One of them with its words. Raises ConfigError for an unknown one."""
    with ledger.snapshot() as tx:
        return DraftList(now=now, drafts=(_shown(tx, _draft(tx, draft_id)),), whole=True)


def drop_draft(ledger: Ledger, *, draft_id: str, now: datetime) -> DraftList:
    """It is never sent. Raises ConfigError for one that is unknown, or past dropping."""
    with ledger.transaction() as tx:
        draft = _draft(tx, draft_id)
        if draft.state != "open":
            raise ConfigError(f"{draft.id} is {draft.state}: {_why(draft)}")
        gone = _decided(tx, draft, "dropped", now, "dropped by a person")
        return DraftList(now=now, drafts=(_shown(tx, gone),), whole=True)


def approve_draft(services: Services, *, draft_id: str) -> Report:
    """Sends exactly these words to the customer: the one public write there is.

    Raises ConfigError when the draft is unknown, replaced or dropped, and when the ticket is not
    any more what the draft was made for.
    """
    run = Run()
    gate = make_gate(services)
    services.desk.whoami()
    gate.recover()
    settle_drafts(services)
    with services.ledger.snapshot() as tx:
        draft = _draft(tx, draft_id)
        row = tx.escalations.get(draft.escalation_id)
    if row is None:
        raise ConfigError(f"{draft.id} belongs to no escalation that is known")
    if draft.state in {"outdated", "dropped"}:
        raise ConfigError(f"{draft.id} is {draft.state}: {_why(draft)}")
    if draft.state == "open":
        gate.settle(row.id)
        _plan(services, row, draft, _unchanged(services, row, draft))
    gate.settle(row.id)
    settle_drafts(services)
    with services.ledger.transaction() as tx:
        notice_told(tx, row, services.now)
    close_loops(services, gate, run)
    return run.report(services, gate, "drafts")


def settle_drafts(services: Services) -> None:
    """What became of approved drafts, and those that the escalation has left behind."""
    with services.ledger.transaction() as tx:
        for draft in tx.drafts.waiting():
            intent = tx.intents.get(draft.intent_id) if draft.intent_id else None
            row = tx.escalations.get(draft.escalation_id)
            if intent is not None and intent.state is IntentState.DONE:
                _decided(tx, draft, "sent", intent.sent_at or services.now, "")
            elif intent is not None and intent.state is IntentState.DROPPED:
                _decided(tx, draft, "outdated", services.now, intent.reason or "")
            elif draft.state == "open" and (row is None or _left_behind(row, draft)):
                state = row.state if row else "gone"
                _decided(tx, draft, "outdated", services.now, f"the escalation is {state} now")


def _left_behind(row: EscalationRow, draft: DraftRow) -> bool:
    return row.state != draft.basis.partition("|")[0] or row.closed_at is not None


def _unchanged(services: Services, row: EscalationRow, draft: DraftRow) -> Ticket:
    """The ticket, when it still is what the draft was made for."""
    number = draft.ticket_id
    found = services.desk.tickets([number])
    if not found or is_closed(found[0]):
        raise _outdated(services, draft, f"ticket {number} is closed or gone")
    ticket = found[0]
    state, status, seen = draft.basis.split("|")
    if row.state != state:
        raise _outdated(services, draft, f"the escalation is {row.state} now, no longer {state}")
    if ticket.status != status and ticket.status == "solved":
        raise _outdated(services, draft, f"ticket {number} is {ticket.status} now, it was {status}")
    try:
        said = services.desk.thread(number).comments
    except GoneError:
        raise _outdated(services, draft, f"ticket {number} is gone") from None
    fresh = [one for one in foreign(said) if one.public and _is_news(one, int(seen), draft)]
    if fresh:
        last = fresh[-1]
        who = "the customer" if last.role == "end-user" else "an agent"
        raise _outdated(
            services, draft, f"{who} wrote in ticket {number} at {spell_time(last.created_at)}"
        )
    return ticket


def _is_news(comment: Comment, seen: int, draft: DraftRow) -> bool:
    """Whether the draft was made without knowing this comment."""
    return comment.id > seen if seen else comment.created_at > draft.made_at


def _outdated(services: Services, draft: DraftRow, why: str) -> ConfigError:
    with services.ledger.transaction() as tx:
        _decided(tx, draft, "outdated", services.now, why)
    return ConfigError(
        f"{draft.id} was not sent: {why}. An approval is for the words and the ticket as they "
        "were; reply in Zendesk, or wait for the next draft"
    )


def _plan(services: Services, row: EscalationRow, draft: DraftRow, ticket: Ticket) -> None:
    """The approval and its one write, in one transaction: bound to the words and the stamp."""
    write = SendReply(
        ticket_id=draft.ticket_id,
        text=draft.text,
        approval=draft.id,
        text_sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
        updated_stamp=ticket.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    with services.ledger.transaction() as tx:
        item = name_write(row.marker, write, n=draft.id)
        tx.intents.add(intents(services, tx, row, [item]))
        fresh = draft.model_copy(update={"intent_id": item.intent_id})
        _decided(tx, fresh, "approved", services.now, "")


def _decided(tx: Transaction, draft: DraftRow, state: str, at: datetime, reason: str) -> DraftRow:
    fresh = DraftRow.model_validate(
        draft.model_dump() | {"state": state, "decided_at": at, "reason": reason or None}
    )
    tx.drafts.replace(fresh)
    tx.events.add(
        EventRow(
            at=at,
            actor="operator" if state in {"approved", "dropped"} else "sweep",
            what=f"draft {state}",
            escalation_id=draft.escalation_id,
            intent_id=draft.intent_id,
            ticket_id=draft.ticket_id,
            detail={"draft": draft.id, "detail": reason},
        )
    )
    return fresh


def _draft(tx: Transaction, draft_id: str) -> DraftRow:
    draft = tx.drafts.get(draft_id.strip())
    if draft is None:
        known = ", ".join(one.id for one in tx.drafts.waiting()[:10]) or "none"
        raise ConfigError(f"no draft {draft_id!r}; waiting: {known}")
    return draft


def _why(draft: DraftRow) -> str:
    return draft.reason or "it is past deciding"


def _shown(tx: Transaction, draft: DraftRow) -> Shown:
    row = tx.escalations.get(draft.escalation_id)
    links = [one for one in tx.links.of(draft.escalation_id) if one.ticket_id == draft.ticket_id]
    return Shown(
        draft=draft,
        issue_key=row.issue_key if row else None,
        customer=links[0].customer.name if links else "",
    )


def print_drafts(found: DraftList, screen: Console) -> None:
    """One line each; the words of the one that was asked for."""
    if not found.drafts:
        screen.print(Text("No draft waits."))
    for shown in found.drafts:
        draft = shown.draft
        name = shown.issue_key or draft.escalation_id
        head = Text.assemble(
            (draft.id, "bold"),
            f"  ticket {draft.ticket_id} ({shown.customer}), {name}, {_ABOUT[draft.about]}: "
            f"{_STATES.get(draft.state, draft.state)}",
        )
        screen.print(head)
        indented(screen, f"made {spell_time(draft.made_at)}", 4)
        if draft.reason:
            indented(screen, draft.reason, 4)
        if found.whole:
            for line in draft.text.splitlines():
                indented(screen, line or " ", 4)
    if found.drafts and not found.whole:
        screen.print(Text(_HINT, style="dim"))
