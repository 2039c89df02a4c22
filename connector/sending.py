"""How each kind of write is made: what is read before it, and then exactly one HTTP request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.core.markers import reference_line
from connector.core.model import IssueRef, Json
from connector.core.render import in_place
from connector.core.writes import (
    ChangeTags,
    CloseIssue,
    CommentIssue,
    CreateIssue,
    LinkIssue,
    PutRemoteLink,
    RelateIssue,
    RestrictIssue,
    SendReply,
    UpdateBrief,
    UpdateIssue,
    UpdateTicket,
    Write,
)
from connector.errors import GoneError, InvalidError
from connector.lookup import Found
from connector.ports import ApprovedReply, IssueDraft, RemoteLink, TicketUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.core.model import Ticket
    from connector.ledger.rows import EscalationRow, IntentRow
    from connector.ports import Desk, Tracker

_STAMPS_HAVE = timedelta(seconds=2)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class Sender:
    """Makes requests for writes; knows nothing of states. `now` is the run's time.

    `seen`: tickets as this run read them, whose stamp the first note may bear without reading them
    again; one that changed since refuses it, and is read then.
    """

    desk: Desk
    tracker: Tracker
    now: datetime
    tags_seen: dict[int, tuple[str, ...]] = field(default_factory=dict)
    seen: dict[int, Ticket] = field(default_factory=dict)

    def probe(self, write: Write) -> Json:
        """What the look-up will need, read before the write is sent."""
        if isinstance(write, CreateIssue):
            # Its address stands in the notes, which are planned while the ledger is being written.
            self.tracker.browse_url(f"{write.project}-1")
            return {"highest": self.tracker.highest_key(write.project)}
        if isinstance(write, UpdateTicket):
            return {"stamp": self._stamp(write.ticket_id)}
        return None

    def _stamp(self, ticket_id: int) -> str:
        """The ticket's `updated_at` as read. Stamps have seconds: a fresh one is read twice."""
        known = self.seen.pop(ticket_id, None)
        tickets = (known,) if known is not None else self.desk.tickets([ticket_id])
        if tickets and tickets[0].updated_at > self.now - _STAMPS_HAVE:
            tickets = self.desk.tickets([ticket_id]) or tickets
        if not tickets:
            raise GoneError(f"ticket {ticket_id} is gone")
        self.tags_seen[ticket_id] = tickets[0].tags
        return tickets[0].updated_at.strftime(_STAMP)

    def request(
        self, row: IntentRow, write: Write, escalation: EscalationRow, probe: Json
    ) -> Found:
        """Exactly one HTTP request; two for tags that come and go."""
        issue_id = escalation.issue_id or ""
        match write:
            case CreateIssue():
                return self._create(write)
            case UpdateTicket():
                return self._note(row, write, probe)
            case ChangeTags():
                self._tags(write)
            case LinkIssue():
                issue = IssueRef(id=issue_id, key=escalation.issue_key or "")
                receipt = self.desk.link_issue(write.ticket_id, issue)
                return Found(ref=receipt.remote_id if receipt else "not installed")
            case PutRemoteLink():
                self.tracker.upsert_remote_link(issue_id, _remote_link(write))
            case UpdateIssue():
                self.tracker.update_issue(
                    write.issue_id or issue_id,
                    fields=write.fields,
                    add_labels=write.add_labels,
                    remove_labels=write.remove_labels,
                    properties=write.properties,
                )
            case SendReply():
                return self._reply(row, write)
            case RelateIssue():
                receipt = self.tracker.relate(issue_id, write.other_id, link_type=write.link_type)
                return Found(ref=receipt.remote_id)
            case UpdateBrief():
                return self._brief(issue_id, write)
            case RestrictIssue():
                self._restrict(issue_id, write)
            case CloseIssue():
                taken = self.tracker.transition(write.issue_id, to_category="done")
                return Found(ref=taken or "no transition leads to done")
            case CommentIssue():
                about = write.issue_id or issue_id
                receipt = self.tracker.comment(about, write.body, intent_id=row.intent_id)
                return Found(ref=receipt.remote_id)
        return Found(ref=issue_id)

    def _brief(self, issue_id: str, write: UpdateBrief) -> Found:
        """Read just before, whatever was planned: people write beside the brief, and inside it."""
        stands = self.tracker.text(issue_id)
        fields: dict[str, Json] = {}
        if stands.summary.strip() == write.summary_was:
            fields["summary"] = write.summary
        description = in_place(stands.description, write.document, write.limit)
        if description is not None:
            fields["description"] = description
        self.tracker.update_issue(issue_id, fields=fields, properties=write.properties)
        return Found(ref=issue_id, left=description is None)

    def _tags(self, write: ChangeTags) -> None:
        number, worn = write.ticket_id, self._worn(write)
        self.desk.change_tags(number, add=write.add, remove=(), updated_stamp=None)
        if worn:
            self.desk.change_tags(number, add=(), remove=worn, updated_stamp=None)

    def _worn(self, write: ChangeTags) -> tuple[str, ...]:
        """Of the tags to remove those that the ticket had when it was last read, else all."""
        seen = self.tags_seen.get(write.ticket_id)
        return tuple(tag for tag in write.remove if seen is None or tag in seen)

    def _restrict(self, issue_id: str, write: RestrictIssue) -> None:
        """Raises InvalidError when the level is not taken: then nothing of the text stays."""
        if self.tracker.is_restricted(issue_id):
            return
        self.tracker.update_issue(issue_id, fields={"security": write.level})
        if self.tracker.is_restricted(issue_id):
            return
        bare = {"summary": write.summary, "description": write.description}
        self.tracker.update_issue(issue_id, fields=bare)
        raise InvalidError(
            "Jira did not take the security level, so the issue's text was replaced; put the field "
            "on the project's screens, or mend security_level in routing.toml",
            fields=("security",),
        )

    def _create(self, write: CreateIssue) -> Found:
        issue = self.tracker.create_issue(
            IssueDraft(project=write.project, fields=write.fields, properties=write.properties)
        )
        return Found(ref=issue.id, issue=issue)

    def _note(self, row: IntentRow, write: UpdateTicket, probe: Json) -> Found:
        update = self.update_of(row, write, probe)
        receipt = self.desk.update_ticket(update)
        return Found(ref=receipt.remote_id)

    def update_of(self, row: IntentRow, write: UpdateTicket, probe: Json) -> TicketUpdate:
        """The update that this note is."""
        return TicketUpdate(
            ticket_id=write.ticket_id,
            intent_id=row.intent_id,
            updated_stamp=probe["stamp"],
            note=f"{write.note}\n\n{reference_line(row.intent_id)}",
            status=write.status,
            group_id=self.desk.group_id(write.group) if write.group else None,
            priority=write.priority,
            fields=write.fields,
        )

    def stamps(self, ticket_ids: Sequence[int]) -> dict[int, Json]:
        """The probes of many notes, read in one call; without those that are gone, or so fresh
        that their stamp says little.
        """
        found = [self.seen.pop(number) for number in ticket_ids if number in self.seen]
        known = {ticket.id for ticket in found}
        unknown = [number for number in ticket_ids if number not in known]
        found += self.desk.tickets(unknown) if unknown else ()
        self.tags_seen |= {ticket.id: ticket.tags for ticket in found}
        return {
            ticket.id: {"stamp": ticket.updated_at.strftime(_STAMP)}
            for ticket in found
            if ticket.updated_at <= self.now - _STAMPS_HAVE
        }

    def _reply(self, row: IntentRow, write: SendReply) -> Found:
        """Under the stamp that it was approved for, always: a ticket that changed since refuses."""
        receipt = self.desk.send_reply(
            ApprovedReply(
                approval=write.approval,
                ticket_id=write.ticket_id,
                intent_id=row.intent_id,
                updated_stamp=write.updated_stamp,
                text=write.text,
                text_sha256=write.text_sha256,
            )
        )
        return Found(ref=receipt.remote_id)


def _remote_link(write: PutRemoteLink) -> RemoteLink:
    return RemoteLink(
        global_id=write.global_id,
        url=write.url,
        title=write.title,
        summary=write.summary,
        resolved=write.resolved,
    )


def as_if(write: Write) -> Found:
    """What a dry run takes for the answer, so that what would follow is planned too."""
    if isinstance(write, CreateIssue):
        return Found(ref="0", issue=IssueRef(id="0", key=f"{write.project}-new"))
    return Found(ref="dry-run")
