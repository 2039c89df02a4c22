"""What we need of a desk (Zendesk) and of a tracker (Jira): two Protocols.

Reads are retried inside the clients by the one policy. A write makes exactly one HTTP request and
raises one of `connector.errors`: BusyError and NotSentError mean certainly not done, UncertainError
means it may have happened, every other error means the service said no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from connector.core.model import Comment, Frozen, IssueRef, Json, Thread, Ticket

if TYPE_CHECKING:
    from connector.errors import ConnectorError


class Identity(Frozen):
    """Who the service says we are. `id` is text on both sides; `zone` is an IANA name if known."""

    id: str
    name: str = ""
    zone: str | None = None
    admin: bool | None = None


class Rejected(Frozen):
    """Something in a page that could not be read: set aside, with its place and the reason."""

    ticket_id: int | None
    place: str
    reason: str


class TicketPage(Frozen):
    """One page of the ticket export. `cursor` is opaque and goes with the page's tickets.

    `rejected` tickets are not among `tickets`; `notices` are about tickets that are, and say what
    of them was cut or cleaned.
    """

    tickets: tuple[Ticket, ...]
    rejected: tuple[Rejected, ...] = ()
    notices: tuple[Rejected, ...] = ()
    cursor: str
    end: bool


class CommentPage(Frozen):
    """One page of comment events. `until` is the next `since` (the events' end_time).

    Who wrote them is known by id only: `Desk.signed` says the rest.
    """

    comments: tuple[Comment, ...]
    rejected: tuple[Rejected, ...] = ()
    until: datetime
    end: bool


class TicketUpdate(Frozen):
    """One ticket update with at most one internal note.

    `intent_id` travels as audit metadata. `updated_stamp` is the ticket's `updated_at` as read
    (ISO text, second resolution) and makes the update safe. Nothing here can make a note public.
    """

    ticket_id: int
    intent_id: str
    updated_stamp: str
    note: str | None = None
    status: str | None = None
    group_id: int | None = None
    priority: str | None = None
    fields: Mapping[str, str | int | bool | None] = {}


class ApprovedReply(Frozen):
    """A reply to the customer that a person approved: these very words, to this ticket as it was.

    `approval` names the draft, `text_sha256` its words as they were approved. The only thing that
    is ever public; the wire guard admits one request that holds exactly this, and nothing like it.
    """

    approval: str
    ticket_id: int
    intent_id: str
    updated_stamp: str
    text: str
    text_sha256: str


class Receipt(Frozen):
    """A write that was answered: the remote id (audit, comment, issue, link) and request id.

    `ignored` names the keys that the service says it dropped from the write.
    """

    remote_id: str
    request_id: str | None = None
    ignored: tuple[str, ...] = ()


class Audit(Frozen):
    """Enough of a ticket's audit to recognise our own writes."""

    id: int
    at: datetime
    author_id: int | None
    intent_id: str | None
    public: bool | None
    text: str = ""


class Desk(Protocol):
    """Zendesk, as far as the product needs it."""

    name: str
    """The subdomain or host, part of every marker."""

    def whoami(self) -> Identity: ...

    def changed_tickets(self, *, cursor: str | None, since: datetime) -> Iterator[TicketPage]:
        """Pages of tickets changed since the cursor (or `since`), sideloads resolved."""

    def changed_comments(self, *, since: datetime) -> Iterator[CommentPage]:
        """Pages of comments since `since` (inclusive: the caller de-duplicates by id)."""

    def open_tickets(self, *, unchanged_since: datetime, position: str) -> Iterator[TicketPage]:
        """Pages of open tickets in which nothing happened since then, the oldest first.

        `position`: a page's cursor to go on after it, "" to begin with the first.
        """

    def signed(self, comments: Sequence[Comment]) -> tuple[Comment, ...]:
        """The comments with their authors' names and roles."""

    def tickets(self, ids: Sequence[int]) -> tuple[Ticket, ...]:
        """Those that exist, with organization, requester and SLA; missing ids are left out."""

    def thread(self, ticket_id: int) -> Thread:
        """Comments and field changes, oldest first. GoneError when the ticket is gone."""

    def update_ticket(self, update: TicketUpdate) -> Receipt: ...

    def update_tickets(
        self, updates: Sequence[TicketUpdate]
    ) -> Mapping[int, Receipt | ConnectorError]:
        """Up to a hundred different tickets in one request: what came of each, by its id.

        Raises like `update_ticket` when that holds for all of them.
        """

    def send_reply(self, reply: ApprovedReply) -> Receipt:
        """The one public write. ConflictError when the ticket changed since it was approved."""

    def change_tags(
        self,
        ticket_id: int,
        *,
        add: Sequence[str],
        remove: Sequence[str],
        updated_stamp: str | None,
    ) -> None:
        """Adds and removes tags; other people's tags stay."""

    def audits(self, ticket_id: int, *, since: datetime) -> tuple[Audit, ...]: ...

    def link_issue(self, ticket_id: int, issue: IssueRef) -> Receipt | None:
        """Zendesk's own Jira link; None when the integration is not installed (best effort)."""

    def linked_issues(self, ticket_id: int) -> tuple[str, ...]:
        """Issue ids that Zendesk's own Jira links name; () without the integration."""

    def group_id(self, name: str) -> int | None: ...

    def ticket_field_ids(self) -> Mapping[str, int]:
        """Custom ticket fields' ids by title."""


class FieldFacts(Frozen):
    """A field that a mapping may name. `key`: what an organization field is known by, or its id.

    `required`: nothing fills it by itself. `options` are the values that it takes, () where any
    will do.
    """

    key: str
    name: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()


class Allowance(Frozen):
    """A rate limit as the service tells it: `left` of `total` requests."""

    total: int
    left: int


class DeskFacts(Frozen):
    """What an account has, to be held against a configuration. None: we may not see it.

    `statuses`: the labels of custom statuses, by category. `allowances`: rate limits by scope.
    `clock_ahead`: seconds that the service's clock is ahead of ours, None where it does not tell.
    """

    groups: Mapping[str, int] = {}
    ticket_fields: tuple[FieldFacts, ...] | None = None
    organization_fields: tuple[FieldFacts, ...] | None = None
    statuses: Mapping[str, tuple[str, ...]] = {}
    exports: bool = False
    native_links: bool = False
    allowances: Mapping[str, Allowance] = {}
    clock_ahead: float | None = None


class IssueDraft(Frozen):
    """What a create request holds: the marker label is among `fields["labels"]`."""

    project: str
    fields: Mapping[str, Json]
    properties: Mapping[str, Json] = {}


class Issue(Frozen):
    """A Jira issue as last read. `category` decides; names are for people. `fields`: the values of
    those fields that were asked for besides, as a person reads them.
    """

    id: str
    key: str
    project: str
    status_id: str
    status: str
    category: Literal["new", "indeterminate", "done"]
    resolution: str | None = None
    priority: str | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    created: datetime | None = None
    updated: datetime | None = None
    category_changed: datetime | None = None
    fields: Mapping[str, str] = {}


class IssueText(Frozen):
    """What an issue says now, exactly as it stands: people write there too."""

    summary: str = ""
    description: Json = None


class RemoteLink(Frozen):
    """One web link on an issue; upserted by `global_id` (always the full object)."""

    global_id: str
    url: str
    title: str
    summary: str = ""
    resolved: bool = False


class TrackerComment(Frozen):
    """A comment as listed; `text` is its plain text, for the visible reference."""

    id: str
    created: datetime
    author_id: str | None
    text: str
    author: str = ""


class RelatedIssue(Frozen):
    """An issue that another one is linked to. `kind`: the link type's name. `outward`: the other
    one does to this what the type says: of a duplicate, this is the issue that stays.
    """

    issue: IssueRef
    kind: str
    outward: bool


class IssueChange(Frozen):
    """One changed field of one issue, as its history tells. `old` and `new` are ids, or texts where
    a field has none; the names are for people.
    """

    issue_id: str
    at: datetime
    author_id: str | None
    field: str
    old: str | None = None
    new: str | None = None
    old_name: str = ""
    new_name: str = ""


class StatusFacts(Frozen):
    name: str
    category: Literal["new", "indeterminate", "done"]


class ProjectFacts(Frozen):
    """A project as our account sees it. `kind`: Jira's project type, "service_desk" among them.

    `screens`: by issue type, the fields that a create request may hold; None where Jira does not
    tell, as without the right to create. `levels`: the security levels that we may set, None
    likewise. `allowed`: by Jira's permission key. `ends`: whether an open issue has a transition
    to the category done that asks for nothing; None where there is no open issue to look at.
    """

    key: str
    name: str
    kind: str
    screens: Mapping[str, tuple[FieldFacts, ...]] | None = None
    components: tuple[str, ...] = ()
    levels: tuple[str, ...] | None = None
    statuses: tuple[StatusFacts, ...] = ()
    allowed: Mapping[str, bool] = {}
    ends: bool | None = None


class TrackerFacts(Frozen):
    """What a site has, to be held against a configuration. Projects that we cannot see lack.

    `deployment` is what Jira says of itself, None where it does not tell. `people`: of those asked
    about, who exists. `clock_ahead`: seconds that its clock is ahead of ours.
    """

    projects: Mapping[str, ProjectFacts] = {}
    priorities: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    deployment: Literal["cloud", "datacenter"] | None = None
    people: frozenset[str] = frozenset()
    clock_ahead: float | None = None


class Tracker(Protocol):
    """Jira, as far as the product needs it. `body` values are already rendered for `dialect`."""

    dialect: Literal["adf", "wiki"]

    def whoami(self) -> Identity: ...

    def create_issue(self, draft: IssueDraft) -> IssueRef: ...

    def highest_key(self, project: str) -> int:
        """The highest issue number seen in the project; 0 when none. Too low only costs reads."""

    def issues_after(self, project: str, number: int) -> Iterator[Issue]:
        """Issues by key number + 1, + 2, … read without the search index, until none answers."""

    def find_by_label(self, label: str) -> tuple[Issue, ...]:
        """By the search index, which lags: absence proves nothing."""

    def changed_issues(
        self, projects: Sequence[str], *, label: str, minutes: int, written: Sequence[str] = ()
    ) -> Iterator[Issue]:
        """Issues with the label updated in the last `minutes`; `written`: ids to reconcile."""

    def issues(self, ids: Sequence[str]) -> tuple[Issue, ...]:
        """By id; deleted or hidden ones are left out."""

    def text(self, issue_id: str) -> IssueText:
        """Summary and description, the latter in `dialect`. GoneError when the issue is gone."""

    def upsert_remote_link(self, issue_id: str, link: RemoteLink) -> None: ...

    def update_issue(
        self,
        issue_id: str,
        *,
        fields: Mapping[str, Json] | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        properties: Mapping[str, Json] | None = None,
    ) -> None:
        """Sets fields, adds and removes labels, sets properties: safe to repeat."""

    def is_restricted(self, issue_id: str) -> bool:
        """Whether the issue has a security level."""

    def comment(self, issue_id: str, body: Json, *, intent_id: str) -> Receipt: ...

    def comments(self, issue_id: str, *, since: datetime) -> tuple[TrackerComment, ...]:
        """Newest first, back to `since`."""

    def related(self, issue_id: str) -> tuple[RelatedIssue, ...]:
        """What is linked to the issue, seen from it."""

    def relate(
        self,
        issue_id: str,
        other_id: str,
        *,
        link_type: Literal["Relates", "Duplicate"] = "Relates",
    ) -> Receipt:
        """Links the two as related: not safe to repeat, so look at `related` first."""

    def changes(self, ids: Sequence[str], *, since: datetime) -> tuple[IssueChange, ...]:
        """What happened to status and resolution since then, oldest first."""

    def categories(self) -> Mapping[str, Literal["new", "indeterminate", "done"]]:
        """Every status's category by its id."""

    def transition(self, issue_id: str, *, to_category: str) -> str | None:
        """The name of the transition made, or None when none leads there."""

    def browse_url(self, key: str) -> str: ...
