"""`escalation quarantine`: tickets and writes that were set aside, and what a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from connector.changing import change_state
from connector.core.model import DeescalationReason, Frozen, State
from connector.errors import ConfigError, ExitCode
from connector.ledger.rows import AsideRow, EventRow, InboxRow
from connector.texts import counted, spell_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.ledger.store import Ledger, Transaction


class SetAsideList(Frozen):
    """What is set aside; `done`: what a retry or drop has just settled."""

    command: str = "quarantine"
    now: datetime
    waiting: tuple[AsideRow, ...]
    done: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """1 while something is set aside."""
        return ExitCode.SET_ASIDE if self.waiting else ExitCode.DONE


def listed(ledger: Ledger, *, now: datetime) -> SetAsideList:
    """Everything, what waits longest first."""
    with ledger.snapshot() as tx:
        return SetAsideList(now=now, waiting=tuple(tx.aside.list()))


def retry(ledger: Ledger, keys: Sequence[str], *, now: datetime) -> SetAsideList:
    """The next run takes them up again. A write of unknown outcome is then sent again: a person
    says with this that it did not happen. Raises ConfigError for an unknown key.
    """
    with ledger.transaction() as tx:
        for row in _named(tx, keys):
            if row.kind == "intent":
                tx.intents.planned_again(_intent_id(row), "a person asked for it")
            elif row.ticket_id is not None:
                tx.inbox.put([InboxRow(ticket_id=row.ticket_id, exported_at=now)])
            _settled(tx, row, "retried by a person", now)
        return SetAsideList(now=now, waiting=tuple(tx.aside.list()), done=tuple(keys))


def drop(ledger: Ledger, keys: Sequence[str], *, now: datetime) -> SetAsideList:
    """They are never tried again; the history says so. Raises ConfigError for an unknown key."""
    with ledger.transaction() as tx:
        for row in _named(tx, keys):
            if row.kind == "intent":
                tx.intents.dropped(_intent_id(row), "dropped by a person")
                _end_unborn(tx, row, now)
            elif row.ticket_id is not None:
                tx.inbox.done([row.ticket_id])
            _settled(tx, row, "dropped by a person", now)
        return SetAsideList(now=now, waiting=tuple(tx.aside.list()), done=tuple(keys))


def print_set_aside(found: SetAsideList, screen: Console) -> None:
    """One entry each: its key, the reason, and when it is tried next."""
    for key in found.done:
        screen.print(Text(f"{key}: settled"))
    if not found.waiting:
        screen.print(Text("Nothing is set aside."))
        return
    for row in found.waiting:
        screen.print(Text.assemble((row.key, "bold"), f"  since {spell_time(row.since)}"))
        tried = counted(row.tries, "try", "tries")
        again = f"next try {spell_time(row.next_try_at)}" if row.next_try_at else "no further try"
        for line in (row.reason, f"{row.error}, {tried}, {again}"):
            screen.print(Padding(Text(line), (0, 0, 0, 4), expand=False))


def _end_unborn(tx: Transaction, row: AsideRow, now: datetime) -> None:
    """An escalation whose issue will never be made is over: its tickets may be escalated afresh."""
    intent = tx.intents.get(_intent_id(row))
    escalation = tx.escalations.get(row.escalation_id) if row.escalation_id else None
    if intent is None or escalation is None or intent.kind != "create_issue":
        return
    over = change_state(
        tx,
        escalation,
        State.DE_ESCALATED,
        now=now,
        actor="operator",
        reason="its issue was never made: the write was dropped by a person",
        end_reason=DeescalationReason.REASSESSED,
    )
    tx.escalations.replace(over.model_copy(update={"closed_at": now}))


def _named(tx: Transaction, keys: Sequence[str]) -> list[AsideRow]:
    rows = []
    for key in dict.fromkeys(keys):
        row = tx.aside.get(key)
        if row is None:
            known = ", ".join(each.key for each in tx.aside.list()[:20]) or "nothing"
            raise ConfigError(f"{key!r} is not set aside. Set aside: {known}")
        rows.append(row)
    return rows


def _intent_id(row: AsideRow) -> str:
    return row.key.partition(":")[2]


def _settled(tx: Transaction, row: AsideRow, what: str, now: datetime) -> None:
    tx.aside.drop(row.key)
    tx.events.add(
        EventRow(
            at=now,
            actor="operator",
            what=what,
            escalation_id=row.escalation_id,
            ticket_id=row.ticket_id,
            detail={"key": row.key},
        )
    )
