"""What the contract tests play against: a small account with a past, on the embedded sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests

from connector.ports import IssueDraft, TicketUpdate
from connector.sandbox.seed import (
    Seed,
    SeedAttachment,
    SeedChange,
    SeedComment,
    SeedOrganization,
    SeedOrganizationFields,
    SeedSla,
    SeedTicket,
    SeedUser,
)

if TYPE_CHECKING:
    from connector.clients.jira import JiraTracker
    from connector.clients.zendesk import ZendeskDesk
    from connector.core.model import Ticket
    from connector.sandbox.server import Sandbox

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SINCE = NOON - timedelta(days=30)
INTENT = "0123456789abcdef0123"

SEED = Seed(
    now=NOON,
    organizations=(
        SeedOrganization(
            name="Acme GmbH",
            fields=SeedOrganizationFields(arr=250_000, tier="enterprise", reference_customer=True),
            domains=("acme.example",),
            tags=("vip",),
        ),
    ),
    users=(
        SeedUser(name="Ana Lima", email="ana@acme.example", organization="Acme GmbH"),
        SeedUser(name="Sam Reed", email="sam@support.example", role="agent"),
    ),
    tickets=(
        SeedTicket(
            id=101,
            requester="ana@acme.example",
            subject="Export fails with a timeout",
            body="Since Monday every export ends in a timeout.\x00",
            created_at=NOON - 2 * DAY,
            priority="high",
            tags=("export",),
            group="Support",
            comments=(
                SeedComment(
                    author="sam@support.example",
                    created_at=NOON - DAY,
                    body="We reproduced it.",
                    public=False,
                ),
                SeedComment(
                    author="sam@support.example",
                    created_at=NOON - 20 * HOUR,
                    body="We are looking into it.",
                    attachments=(SeedAttachment(name="log.txt", content="boom"),),
                ),
            ),
            sla=(SeedSla(metric="next_reply_time", breach_at=NOON + HOUR),),
            changes=(SeedChange(at=NOON - DAY, field="priority", old="normal", new="high"),),
            satisfaction="bad",
        ),
        SeedTicket(
            id=102,
            requester="ben@other.example",
            subject="How do I invite a colleague?",
            body="I cannot find the button.",
            created_at=NOON - DAY,
        ),
        SeedTicket(
            id=103,
            requester="cy@other.example",
            subject="Old and closed",
            body="Done long ago.",
            created_at=NOON - 20 * DAY,
            status="closed",
        ),
    ),
)


def play(sandbox: Sandbox, side: str, path: str, **order: Any) -> Any:
    """What people do meanwhile, by the sandbox's control routes."""
    url = sandbox.zendesk_url if side == "zendesk" else sandbox.jira_url
    answer = requests.post(f"{url}/_sandbox/{side}/{path}", json=order, timeout=10)
    answer.raise_for_status()
    return answer.json()


def write_in(sandbox: Sandbox, **order: Any) -> int:
    """A new ticket of one test's own."""
    known = {"requester": "ana@acme.example", "subject": "It broke", "body": "It broke today."}
    made = play(sandbox, "zendesk", "tickets", **{**known, **order})
    return int(made["ticket"]["id"])


def update(desk: ZendeskDesk, ticket_id: int, **changes: Any) -> TicketUpdate:
    stamp = desk.tickets([ticket_id])[0].updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    known = {"intent_id": INTENT, "updated_stamp": stamp, "note": f"Internal.\n\nref {INTENT}"}
    return TicketUpdate(ticket_id=ticket_id, **{**known, **changes})


def exported(desk: ZendeskDesk) -> dict[int, Ticket]:
    pages = list(desk.changed_tickets(cursor=None, since=SINCE))
    assert pages[-1].end
    return {ticket.id: ticket for page in pages for ticket in page.tickets}


def draft(tracker: JiraTracker, marker: str, **fields: Any) -> IssueDraft:
    text: Any = "It broke."
    if tracker.dialect == "adf":
        words = {"type": "paragraph", "content": [{"type": "text", "text": "It broke."}]}
        text = {"type": "doc", "version": 1, "content": [words]}
    known = {
        "summary": "It broke",
        "issuetype": {"name": "Bug"},
        "description": text,
        "labels": ["zdesc", f"zdesc-{marker}"],
    }
    return IssueDraft(
        project="ESC",
        fields={**known, **fields},
        properties={"zdesc.escalation": {"v": 1, "id": marker}},
    )


def body(tracker: JiraTracker, text: str) -> Any:
    if tracker.dialect == "wiki":
        return text
    words = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [words]}
