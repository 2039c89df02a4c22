"""One escalated issue with its tickets, on the fakes: what sync needs and no more."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from builders import NOON, a_reply, a_ticket, the_mappings
from fakes import FakeDesk, FakeTracker

from connector.core.facts import customer_of
from connector.core.model import Severity, Target
from connector.ledger.rows import EscalationRow, LinkRow, MirrorRow
from connector.ports import Issue, TrackerComment
from connector.services import Services
from connector.sync import run_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.core.model import Ticket
    from connector.ledger.store import Ledger, Transaction
    from connector.lookup import Found
    from connector.report import Report

BRIEF = {
    "written_at": "2026-11-18T11:00:00Z",
    "summary": "Export stops with EXP-5031",
    "severity": "High",
    "target": "Engineering",
    "need": {"ask": "fix", "text": "fix it", "deadline": "2026-11-20T12:00:00Z"},
    "parts": [],
    "tickets": [1, 2],
    "customers": ["Northwind", "Contoso"],
    "required": [],
    "missing": [],
}


def no_retry(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    return call()


@dataclass
class Office:
    """The two services, the ledger, and what people do. `now` moves with `later`."""

    ledger: Ledger
    desk: FakeDesk
    tracker: FakeTracker
    now: datetime = NOON
    changes: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def services(self) -> Iterator[Services]:
        self.desk.at = self.now
        with self.ledger.run_lock("test") as lease:
            made = Services(
                desk=self.desk,
                tracker=self.tracker,
                ledger=self.ledger,
                lease=lease,
                mappings=the_mappings(),
                now=self.now,
                environment="test",
                desk_url="https://acme.zendesk.com",
                site="https://acme.example",
                window=timedelta(days=30),
                max_new=25,
                min_customers=2,
                resend=no_retry,
                calls=dict,
            )
            yield replace(made, **self.changes)

    def sync(self, after: timedelta = timedelta(0)) -> Report:
        self.now += after
        with self.services() as services:
            return run_sync(services)

    def run(self, command: Callable[..., Report], **options: Any) -> Report:
        with self.services() as services:
            return command(services, **options)

    def row(self, name: str = "e-1") -> EscalationRow:
        with self.ledger.snapshot() as tx:
            found = tx.escalations.get(name)
        assert found is not None
        return found

    def link(self, ticket_id: int, name: str = "e-1") -> LinkRow:
        with self.ledger.snapshot() as tx:
            return next(one for one in tx.links.of(name) if one.ticket_id == ticket_id)

    def states(self, name: str = "e-1") -> list[str]:
        with self.ledger.snapshot() as tx:
            return [step.new for step in tx.transitions.of(name)]

    def notes(self, ticket_id: int) -> list[str]:
        return [said.body for said in self.desk.comments[ticket_id] if not said.public]

    def replies(self, ticket_id: int) -> list[str]:
        return [said.body for said in self.desk.comments[ticket_id] if said.public]

    # --- what people do ---------------------------------------------------------------------

    def engineer(self, issue_id: str = "10001", /, **changes: Any) -> None:
        moved = {"updated": self.now, "category_changed": self.now} | changes
        self.tracker.stock[issue_id] = self.tracker.stock[issue_id].model_copy(update=moved)

    def fixes(self, issue_id: str = "10001") -> None:
        done = {"status_id": "5", "status": "Done", "category": "done", "resolution": "Fixed"}
        self.engineer(issue_id, **done)

    def says(self, text: str, issue_id: str = "10001") -> None:
        said = self.tracker.heard[issue_id]
        said.append(
            TrackerComment(
                id=str(700 + len(said)), created=self.now, author_id="eng", author="Eve", text=text
            )
        )
        self.engineer(issue_id)

    def replies_to(self, *ticket_ids: int, text: str = "It works again.") -> None:
        """An agent answers in public, and the next sweep has seen it."""
        for number in ticket_ids:
            said = a_reply(text, id=5000 + len(self.desk.comments[number]), ticket_id=number)
            said = said.model_copy(update={"created_at": self.now, "author_id": 9})
            self.desk.comments[number].append(said)
            self.mirrored(number, last_public_reply_at=self.now, last_comment_id=said.id)

    def mirrored(self, ticket_id: int, **facts: Any) -> None:
        """What the last sweep saw of a ticket."""
        with self.ledger.transaction() as tx:
            row = tx.mirror.get([ticket_id])[ticket_id]
            tx.mirror.put([row.model_copy(update=facts)])
        if "status" in facts or "tags" in facts:
            fresh: dict[str, Any] = {n: facts[n] for n in ("status", "tags") if n in facts}
            self.desk.stock[ticket_id] = self.desk.stock[ticket_id].model_copy(update=fresh)


def an_office(ledger: Ledger, *ids: int) -> Office:
    """Tickets 1 and 2 (or those named) of two customers, escalated an hour before noon."""
    office = Office(ledger, FakeDesk(), FakeTracker())
    with ledger.transaction() as tx:
        escalated(office, tx, "e-1", "10001", ids or (1, 2))
    return office


def escalated(
    office: Office, tx: Transaction, name: str, issue_id: str, ids: tuple[int, ...], **facts: Any
) -> None:
    """An escalation with its issue and its tickets, as a sweep left it."""
    key = f"ESC-{int(issue_id) - 10000}"
    opened = NOON - timedelta(hours=1)
    given: dict[str, Any] = {
        "id": name,
        "marker": f"marker-{name}",
        "first_ticket_id": ids[0],
        "target": Target.ENGINEERING,
        "severity": Severity.HIGH,
        "reason": "same-issue: 2 customers",
        "summary": "Export stops with EXP-5031",
        "ask": "fix",
        "deadline": NOON + timedelta(days=2),
        "project": "ESC",
        "issue_id": issue_id,
        "issue_key": key,
        "brief": BRIEF,
        "opened_at": opened,
        "changed_at": opened,
    }
    tx.escalations.add(EscalationRow.model_validate(given | facts))
    for number in ids:
        ticket = a_ticket(number, subject=f"Export {number}")
        office.desk.stock[number] = ticket
        tx.mirror.put([a_mirror(ticket)])
        customer = customer_of(ticket, the_mappings().fields)
        tx.links.add(
            LinkRow(escalation_id=name, ticket_id=number, customer=customer, joined_at=opened)
        )
    office.tracker.stock[issue_id] = an_issue(issue_id, key, opened)


def an_issue(issue_id: str, key: str, at: datetime) -> Issue:
    return Issue(
        id=issue_id,
        key=key,
        project=key.partition("-")[0],
        status_id="1",
        status="To Do",
        category="new",
        created=at,
        updated=at,
        category_changed=at,
    )


def a_mirror(ticket: Ticket) -> MirrorRow:
    return MirrorRow(
        ticket_id=ticket.id,
        exported_at=ticket.updated_at,
        content_hash="x",
        status=ticket.status,
        tags=ticket.tags,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        customer=customer_of(ticket, the_mappings().fields),
        last_comment_id=1,
    )
