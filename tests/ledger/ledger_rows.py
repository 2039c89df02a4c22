"""Rows and dumps for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from connector.core.grouping import Grouper, Report, fingerprint
from connector.core.model import Customer, Finding, Severity, Source, State, Target
from connector.ledger import schema
from connector.ledger.engine import make_engine, parse_url
from connector.ledger.rows import (
    AsideRow,
    EscalationRow,
    IntentRow,
    LinkRow,
    MirrorRow,
)

if TYPE_CHECKING:
    from connector.ledger.store import Transaction

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_customer(key: str = "organization:7") -> Customer:
    return Customer(
        key=key, name="Höhne & Söhne", organization_id=7, arr=120_000.5, renewal_date=NOON.date()
    )


def a_mirror_row(ticket_id: int = 1, **facts: Any) -> MirrorRow:
    given: dict[str, Any] = {
        "exported_at": NOON,
        "content_hash": "c0ffee",
        "status": "open",
        "tags": ("vip", "crash"),
        "created_at": NOON - timedelta(days=1),
        "updated_at": NOON,
        "customer": a_customer(),
        "signals": (
            Finding(kind="bug", because="says so", sources=(Source(ticket_id=1, quote="ö"),)),
        ),
        "fingerprint": {"words": ["crash", "login"], "weights": [0.5, 2]},
    }
    return MirrorRow(ticket_id=ticket_id, **{**given, **facts})


def an_escalation(name: str = "e1", **facts: Any) -> EscalationRow:
    given: dict[str, Any] = {
        "marker": f"marker-{name}",
        "first_ticket_id": int(name.removeprefix("e") or 0),
        "target": Target.ENGINEERING,
        "severity": Severity.HIGH,
        "state": State.OPEN,
        "opened_at": NOON,
        "changed_at": NOON,
    }
    return EscalationRow(id=name, **{**given, **facts})


def a_link(escalation_id: str = "e1", ticket_id: int = 1, **facts: Any) -> LinkRow:
    given: dict[str, Any] = {"customer": a_customer(), "joined_at": NOON}
    return LinkRow(escalation_id=escalation_id, ticket_id=ticket_id, **{**given, **facts})


def an_intent(intent_id: str = "i1", escalation_id: str = "e1", **facts: Any) -> IntentRow:
    given: dict[str, Any] = {
        "kind": "note",
        "subject": "ticket 1",
        "seq": 1,
        "payload": {"note": "Hello"},
        "payload_hash": "beef",
        "planned_at": NOON,
    }
    return IntentRow(intent_id=intent_id, escalation_id=escalation_id, **{**given, **facts})


def an_aside(key: str = "ticket:1", **facts: Any) -> AsideRow:
    given: dict[str, Any] = {
        "kind": "ticket",
        "reason": "no created_at",
        "error": "DriftError",
        "since": NOON,
    }
    return AsideRow(key=key, **{**given, **facts})


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as another program sees them."""
    with make_engine(parse_url(url)).connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in schema.metadata.tables.items()
        }


def change(url: str, statement: str, **values: Any) -> None:
    """Another program's hand in the store."""
    with make_engine(parse_url(url)).begin() as connection:
        connection.execute(text(statement), values)


def a_report(
    number: int, text: str = "Paying ends in HTTP 502 at /api/v2/pay.", **facts: Any
) -> Report:
    given: dict[str, Any] = {
        "ticket_id": number,
        "customer_key": f"organization:{number}",
        "created_at": NOON + timedelta(hours=number),
        "fingerprint": fingerprint("Checkout fails", text),
    }
    return Report(**{**given, **facts})


def place(tx: Transaction, *reports: Report, window: timedelta = timedelta(days=30)) -> Grouper:
    """As one part of a sweep does."""
    grouper = Grouper(window=window, index=tx.reports)
    for report in reports:
        grouper.place(report)
    tx.reports.save()
    return grouper
