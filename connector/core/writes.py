"""Every remote write that the product can make, as values. There is no other kind.

A write says what is sent, not to which issue id: that is read from the escalation when it is made,
since keys change when issues move. Only SendReply makes a comment public: what a person approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from connector.core.document import Document
from connector.core.model import Frozen, Json

Side = Literal["desk", "tracker"]


class CreateIssue(Frozen):
    """The issue with its marker label. `optional`: fields that may be left out when refused."""

    kind: Literal["create_issue"] = "create_issue"
    project: str
    fields: Mapping[str, Json]
    properties: Mapping[str, Json] = Field(default_factory=dict)
    optional: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return f"project {self.project}"


class PutRemoteLink(Frozen):
    """The web link from the issue to one ticket, upserted by its global id."""

    kind: Literal["remote_link"] = "remote_link"
    ticket_id: int
    global_id: str
    url: str
    title: str
    summary: str = ""
    resolved: bool = False

    @property
    def subject(self) -> str:
        return f"ticket {self.ticket_id}"


class UpdateTicket(Frozen):
    """One internal note and what goes with it. `fields` are custom fields by id."""

    kind: Literal["note"] = "note"
    ticket_id: int
    note: str
    status: str | None = None
    group: str | None = None
    priority: str | None = None
    fields: Mapping[str, str | None] = Field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"ticket {self.ticket_id}"


class SendReply(Frozen):
    """The one public write: a draft that a person approved, word for word.

    `updated_stamp` is the ticket's state that the approval is for; it is never read anew.
    """

    kind: Literal["public_reply"] = "public_reply"
    ticket_id: int
    text: str
    approval: str
    text_sha256: str
    updated_stamp: str

    @property
    def subject(self) -> str:
        return f"ticket {self.ticket_id}"


class ChangeTags(Frozen):
    """Adds and removes tags; other people's stay."""

    kind: Literal["tags"] = "tags"
    ticket_id: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return f"ticket {self.ticket_id}"


class LinkIssue(Frozen):
    """Zendesk's own Jira link, where its integration is installed."""

    kind: Literal["jira_link"] = "jira_link"
    ticket_id: int

    @property
    def subject(self) -> str:
        return f"ticket {self.ticket_id}"


class UpdateIssue(Frozen):
    """Fields, labels and properties of the issue: set, so safe to repeat.

    `issue_id`: of another issue than the escalation's.
    """

    kind: Literal["issue_update"] = "issue_update"
    issue_id: str | None = None
    fields: Mapping[str, Json] = Field(default_factory=dict)
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    properties: Mapping[str, Json] = Field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"issue {self.issue_id}" if self.issue_id else "issue"


class RelateIssue(Frozen):
    """A link between this escalation's issue and another one."""

    kind: Literal["issue_link"] = "issue_link"
    other_id: str
    link_type: Literal["Relates", "Duplicate"] = "Relates"

    @property
    def subject(self) -> str:
        return "issue"


class CommentIssue(Frozen):
    """One comment on the issue; `body` is rendered for its dialect, reference included.

    `issue_id`: another issue than the escalation's.
    """

    kind: Literal["issue_comment"] = "issue_comment"
    body: Json
    issue_id: str | None = None

    @property
    def subject(self) -> str:
        return f"issue {self.issue_id}" if self.issue_id else "issue"


class RestrictIssue(Frozen):
    """Sees to it that an issue for few eyes has its security level: set again where Jira left it
    out, and where it does so once more the text is replaced by `summary` and `description`.
    """

    kind: Literal["issue_restrict"] = "issue_restrict"
    level: Json
    summary: str
    description: Json

    @property
    def subject(self) -> str:
        return "issue"


class CloseIssue(Frozen):
    """Another issue than the escalation's is done, where a transition leads there."""

    kind: Literal["issue_close"] = "issue_close"
    issue_id: str

    @property
    def subject(self) -> str:
        return f"issue {self.issue_id}"


class UpdateBrief(Frozen):
    """The brief's own block of the description, put where the old one stands, and the property.

    The issue gets its new `summary` as long as it is still called `summary_was`. `told` is said
    once it is done, `left` when the old block is no longer as we wrote it, and so stays: one
    comment either way, named `comment_id`.
    """

    kind: Literal["brief_update"] = "brief_update"
    document: Document
    limit: int
    summary: str
    summary_was: str
    properties: Mapping[str, Json] = Field(default_factory=dict)
    comment_id: str
    told: CommentIssue
    left: CommentIssue

    @property
    def subject(self) -> str:
        return "issue"


Write = Annotated[
    CreateIssue
    | PutRemoteLink
    | UpdateTicket
    | SendReply
    | ChangeTags
    | LinkIssue
    | UpdateIssue
    | RelateIssue
    | UpdateBrief
    | RestrictIssue
    | CloseIssue
    | CommentIssue,
    Field(discriminator="kind"),
]

_WRITE: TypeAdapter[Write] = TypeAdapter(Write)

REPEATABLE = frozenset({"remote_link", "tags", "issue_update", "brief_update", "issue_restrict"})
"""Kinds that may be sent twice with the same result (reliability section 3)."""

_DESK = frozenset({"note", "public_reply", "tags", "jira_link"})


def side_of(kind: str) -> Side:
    """Which service a kind of write goes to."""
    return "desk" if kind in _DESK else "tracker"


def without_four_bytes(write: Write) -> Write:
    """The same without what old databases cannot store: characters beyond U+FFFF."""
    return parse_write(_in_three_bytes(dump_write(write)))


def _in_three_bytes(value: Json) -> Json:
    if isinstance(value, str):
        return "".join(char if char <= "\uffff" else "\ufffd" for char in value)
    if isinstance(value, list):
        return [_in_three_bytes(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _in_three_bytes(inner) for name, inner in value.items()}
    return value


def parse_write(payload: Json) -> Write:
    """The write that an intent's payload holds."""
    return _WRITE.validate_python(payload)


def dump_write(write: Write) -> Json:
    """Its JSON form, as kept in the ledger."""
    return write.model_dump(mode="json")
