"""A small working desk and tracker in memory, and ways to make one write go wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from connector.core.model import OPEN_STATUSES, Comment, IssueRef, Json, Thread, Ticket
from connector.errors import ConflictError, ConnectorError, GoneError
from connector.ports import (
    ApprovedReply,
    Audit,
    CommentPage,
    Identity,
    Issue,
    IssueChange,
    IssueDraft,
    IssueText,
    Receipt,
    RelatedIssue,
    RemoteLink,
    TicketPage,
    TicketUpdate,
    TrackerComment,
)

Trouble = Callable[[str], None]
"""Called with the write's name before it takes effect, and with "after …" when it has."""


def no_trouble(step: str) -> None:
    """Everything works."""


class Once:
    """Raises the error at the first step of this name, and never again."""

    def __init__(self, step: str, error: Exception) -> None:
        self.step, self.error, self.raised = step, error, 0

    def __call__(self, step: str) -> None:
        if step == self.step and not self.raised:
            self.raised += 1
            raise self.error


@dataclass
class Always:
    """A trouble that does not end."""

    step: str
    error: Exception

    def __call__(self, step: str) -> None:
        if step == self.step:
            raise self.error


@dataclass
class FakeDesk:
    """Tickets by id; every note becomes a comment that carries its intent id."""

    stock: dict[int, Ticket] = field(default_factory=dict)
    trouble: Trouble = no_trouble
    name: str = "acme"
    comments: dict[int, list[Comment]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    links: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[int, str] = field(default_factory=dict)
    asked: list[TicketUpdate] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)
    integration: bool = True
    shown: set[int] = field(default_factory=set)
    at: datetime | None = None

    def whoami(self) -> Identity:
        return Identity(id="1", name="connector", admin=True)

    def changed_tickets(self, *, cursor: str | None, since: datetime) -> Iterator[TicketPage]:
        changed = [
            ticket
            for ticket in self.stock.values()
            if (
                ticket.updated_at >= since
                if cursor is None
                else ticket.updated_at.isoformat() > cursor or ticket.id not in self.shown
            )
        ]
        self.shown |= {ticket.id for ticket in changed}
        newest = max((ticket.updated_at.isoformat() for ticket in self.stock.values()), default="")
        yield TicketPage(tickets=tuple(changed), cursor=newest, end=True)

    def changed_comments(self, *, since: datetime) -> Iterator[CommentPage]:
        said = tuple(
            comment
            for comments in self.comments.values()
            for comment in comments
            if comment.created_at >= since
        )
        yield CommentPage(comments=said, until=self.at or since, end=True)

    def open_tickets(self, *, unchanged_since: datetime, position: str) -> Iterator[TicketPage]:
        old = [
            ticket
            for ticket in self.stock.values()
            if ticket.status in OPEN_STATUSES and ticket.updated_at < unchanged_since
        ]
        self.shown |= {ticket.id for ticket in old}
        yield TicketPage(tickets=tuple(old), cursor=unchanged_since.isoformat(), end=True)

    def signed(self, comments: Sequence[Comment]) -> tuple[Comment, ...]:
        return tuple(comments)

    def tickets(self, ids: Sequence[int]) -> tuple[Ticket, ...]:
        return tuple(self.stock[number] for number in ids if number in self.stock)

    def thread(self, ticket_id: int) -> Thread:
        if ticket_id not in self.stock:
            raise GoneError(f"ticket {ticket_id} is gone")
        return Thread(ticket_id=ticket_id, comments=tuple(self.comments[ticket_id]))

    def update_ticket(self, update: TicketUpdate) -> Receipt:
        self.asked.append(update)
        self.trouble("note")
        ticket = self.stock[update.ticket_id]
        number = 900 + sum(len(said) for said in self.comments.values())
        self.comments[update.ticket_id].append(
            Comment(
                id=number,
                ticket_id=update.ticket_id,
                role="agent",
                public=False,
                created_at=self.at or ticket.updated_at,
                body=update.note or "",
                intent_id=update.intent_id,
            )
        )
        if update.status:
            self.statuses[update.ticket_id] = update.status
        self.stock[update.ticket_id] = ticket.model_copy(
            update={"updated_at": ticket.updated_at + timedelta(seconds=1)}
        )
        self.writes["note"] += 1
        self.trouble("after note")
        return Receipt(remote_id=str(number))

    def send_reply(self, reply: ApprovedReply) -> Receipt:
        """As Zendesk does it: a stale stamp is a conflict."""
        self.trouble("public_reply")
        ticket = self.stock[reply.ticket_id]
        if ticket.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ") != reply.updated_stamp:
            raise ConflictError("zendesk: UpdateConflict")
        number = 900 + sum(len(said) for said in self.comments.values())
        self.comments[reply.ticket_id].append(
            Comment(
                id=number,
                ticket_id=reply.ticket_id,
                role="agent",
                public=True,
                created_at=self.at or ticket.updated_at,
                body=reply.text,
                intent_id=reply.intent_id,
            )
        )
        touched = {"updated_at": ticket.updated_at + timedelta(seconds=1)}
        self.stock[reply.ticket_id] = ticket.model_copy(update=touched)
        self.writes["public_reply"] += 1
        self.trouble("after public_reply")
        return Receipt(remote_id=str(number))

    def update_tickets(
        self, updates: Sequence[TicketUpdate]
    ) -> dict[int, Receipt | ConnectorError]:
        self.trouble("job")
        came: dict[int, Receipt | ConnectorError] = {}
        for update in updates:
            try:
                came[update.ticket_id] = self.update_ticket(update)
            except ConnectorError as error:
                came[update.ticket_id] = error
        self.writes["job"] += 1
        self.trouble("after job")
        return came

    def change_tags(
        self,
        ticket_id: int,
        *,
        add: Sequence[str],
        remove: Sequence[str],
        updated_stamp: str | None,
    ) -> None:
        self.trouble("tags")
        self.tags[ticket_id] = (self.tags[ticket_id] | set(add)) - set(remove)
        worn = {"tags": tuple(sorted(self.tags[ticket_id]))}
        self.stock[ticket_id] = self.stock[ticket_id].model_copy(update=worn)
        self.writes["tags"] += 1
        self.trouble("after tags")

    def audits(self, ticket_id: int, *, since: datetime) -> tuple[Audit, ...]:
        return tuple(
            Audit(
                id=said.id,
                at=said.created_at,
                author_id=1,
                intent_id=said.intent_id,
                public=said.public,
                text=said.body,
            )
            for said in self.comments[ticket_id]
            if said.created_at >= since
        )

    def link_issue(self, ticket_id: int, issue: IssueRef) -> Receipt | None:
        self.trouble("jira_link")
        if not self.integration:
            return None
        self.links[ticket_id].add(issue.id)
        self.writes["jira_link"] += 1
        self.trouble("after jira_link")
        return Receipt(remote_id=f"{ticket_id}-{issue.id}")

    def linked_issues(self, ticket_id: int) -> tuple[str, ...]:
        return tuple(self.links[ticket_id])

    def group_id(self, name: str) -> int | None:
        return 77

    def ticket_field_ids(self) -> Mapping[str, int]:
        return {}


@dataclass
class FakeTracker:
    """Issues by id; `searchable` False: the search index has not seen anything yet."""

    trouble: Trouble = no_trouble
    dialect: Literal["adf", "wiki"] = "adf"
    searchable: bool = True
    readable_by_key: bool = True
    stock: dict[str, Issue] = field(default_factory=dict)
    drafts: dict[str, IssueDraft] = field(default_factory=dict)
    remote: dict[str, dict[str, RemoteLink]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[str, list[tuple[str, Json]]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, list[TrackerComment]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[RelatedIssue]] = field(default_factory=lambda: defaultdict(list))
    history: list[IssueChange] = field(default_factory=list)
    updates: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    words: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    writes: Counter[str] = field(default_factory=Counter)

    def whoami(self) -> Identity:
        return Identity(id="bot", zone="UTC")

    def create_issue(self, draft: IssueDraft) -> IssueRef:
        self.trouble("create_issue")
        number = len(self.stock) + 1
        issue = Issue(
            id=str(10000 + number),
            key=f"{draft.project}-{number}",
            project=draft.project,
            status_id="1",
            status="To Do",
            category="new",
            labels=tuple(draft.fields["labels"]),
        )
        self.stock[issue.id] = issue
        self.drafts[issue.id] = draft
        self.writes["create_issue"] += 1
        self.trouble("after create_issue")
        return IssueRef(id=issue.id, key=issue.key)

    def highest_key(self, project: str) -> int:
        return len(self.stock) if self.searchable else 0

    def issues_after(self, project: str, number: int) -> Iterator[Issue]:
        if self.readable_by_key:
            for issue in self.stock.values():
                if issue.project == project and int(issue.key.partition("-")[2]) > number:
                    yield issue

    def find_by_label(self, label: str) -> tuple[Issue, ...]:
        if not self.searchable:
            return ()
        return tuple(issue for issue in self.stock.values() if label in issue.labels)

    def changed_issues(
        self, projects: Sequence[str], *, label: str, minutes: int, written: Sequence[str] = ()
    ) -> Iterator[Issue]:
        yield from self.stock.values()

    def issues(self, ids: Sequence[str]) -> tuple[Issue, ...]:
        return tuple(self.stock[number] for number in ids if number in self.stock)

    def text(self, issue_id: str) -> IssueText:
        if issue_id not in self.drafts:
            raise GoneError(f"issue {issue_id} is gone")
        words = {**self.drafts[issue_id].fields, **self.words[issue_id]}
        return IssueText(summary=words["summary"], description=words.get("description"))

    def upsert_remote_link(self, issue_id: str, link: RemoteLink) -> None:
        self.trouble("remote_link")
        self.remote[issue_id][link.global_id] = link
        self.writes["remote_link"] += 1
        self.trouble("after remote_link")

    def update_issue(
        self,
        issue_id: str,
        *,
        fields: Mapping[str, Json] | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        properties: Mapping[str, Json] | None = None,
    ) -> None:
        self.trouble("issue_update")
        self.updates.append((issue_id, {"fields": fields, "properties": properties}))
        self.words[issue_id].update(fields or {})
        self.writes["issue_update"] += 1
        self.trouble("after issue_update")

    def comment(self, issue_id: str, body: Json, *, intent_id: str) -> Receipt:
        self.trouble("issue_comment")
        self.said[issue_id].append((intent_id, body))
        self.writes["issue_comment"] += 1
        self.trouble("after issue_comment")
        return Receipt(remote_id=str(len(self.said[issue_id])))

    def comments(self, issue_id: str, *, since: datetime) -> tuple[TrackerComment, ...]:
        ours = [
            TrackerComment(id=str(number), created=since, author_id="bot", text=f"ref {intent}")
            for number, (intent, _) in enumerate(self.said[issue_id], 1)
        ]
        return (*ours, *(one for one in self.heard[issue_id] if one.created >= since))

    def is_restricted(self, issue_id: str) -> bool:
        draft = self.drafts.get(issue_id)
        return draft is not None and "security" in draft.fields

    def related(self, issue_id: str) -> tuple[RelatedIssue, ...]:
        return tuple(self.links[issue_id])

    def relate(
        self,
        issue_id: str,
        other_id: str,
        *,
        link_type: Literal["Relates", "Duplicate"] = "Relates",
    ) -> Receipt:
        self.trouble("issue_link")
        other = self.stock[other_id]
        end = IssueRef(id=other.id, key=other.key)
        self.links[issue_id].append(RelatedIssue(issue=end, kind=link_type, outward=True))
        self.writes["issue_link"] += 1
        self.trouble("after issue_link")
        return Receipt(remote_id=other_id)

    def changes(self, ids: Sequence[str], *, since: datetime) -> tuple[IssueChange, ...]:
        return tuple(one for one in self.history if one.issue_id in ids and one.at >= since)

    def categories(self) -> Mapping[str, Literal["new", "indeterminate", "done"]]:
        return {"1": "new", "3": "indeterminate", "5": "done"}

    def transition(self, issue_id: str, *, to_category: str) -> str | None:
        return None

    def browse_url(self, key: str) -> str:
        return f"https://acme.example/browse/{key}"
