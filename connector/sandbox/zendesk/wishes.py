"""What a client wants of a ticket, read from its JSON and checked as Zendesk checks it.

Keys that Zendesk does not know are dropped and only named in a response header; whatever it
refuses is refused before anything has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk.desk import conflict, invalid
from connector.sandbox.zendesk.entities import CLOSED_FOR_WRITES
from connector.sandbox.zendesk.updates import MAX_BODY, MAX_COMMENTS

if TYPE_CHECKING:
    from connector.sandbox.zendesk.entities import Attachment, Ticket, TicketField, User
    from connector.sandbox.zendesk.store import Store
    from connector.sandbox.zendesk.updates import Update

_STATUSES = frozenset({"new", "open", "pending", "hold", "solved", "closed"})
_TYPES = frozenset({"question", "incident", "problem", "task"})
_PRIORITIES = frozenset({"low", "normal", "high", "urgent"})
_KNOWN = frozenset(
    {"comment", "subject", "raw_subject", "description", "status", "custom_status_id", "type",
     "priority", "tags", "custom_fields", "fields", "group_id", "assignee_id", "assignee_email",
     "requester_id", "organization_id", "external_id", "problem_id", "due_at", "metadata",
     "safe_update", "updated_stamp", "collaborator_ids", "follower_ids", "email_cc_ids",
     "brand_id", "ticket_form_id"}
)  # fmt: skip
_ONLY_NEW = frozenset({"requester", "submitter_id", "via_followup_source_id", "created_at"})
_ONLY_MANY = frozenset({"id", "additional_tags", "remove_tags"})
_KNOWN_IN_COMMENT = frozenset(
    {"body", "html_body", "plain_body", "public", "author_id", "uploads", "metadata", "type"}
)  # fmt: skip
_SPACES = re.compile(r"[\s,]+")


@dataclass(slots=True)
class CommentWish:
    body: str
    html: str | None
    public: bool | None
    author: User | None
    attachments: list[Attachment]


@dataclass(slots=True)
class Wish:
    """A checked update. `values` are attributes of `Ticket`; None fields are left alone."""

    values: dict[str, Any] = field(default_factory=dict)
    fields: dict[int, Any] = field(default_factory=dict)
    tags: list[str] | None = None
    add_tags: list[str] = field(default_factory=list)
    remove_tags: list[str] = field(default_factory=list)
    comment: CommentWish | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def apply(self, update: Update) -> None:
        """Makes the changes, the comment first: a status given with it is the last word."""
        if self.comment is not None:
            said = self.comment
            update.comment(
                said.body, public=said.public, author=said.author, html=said.html,
                attachments=said.attachments,
            )  # fmt: skip
        for name, value in self.values.items():
            update.set(name, value)
        for field_id, value in self.fields.items():
            update.set_field(field_id, value)
        if self.tags is not None:
            update.set_tags(self.tags)
        if self.add_tags or self.remove_tags:
            kept = [tag for tag in update.ticket.tags if tag not in set(self.remove_tags)]
            update.set_tags([*kept, *self.add_tags])


class Reader:
    """Reads one ticket object of a request body. `where`: "update", "create" or "update_many"."""

    def __init__(self, store: Store, where: str) -> None:
        self._store = store
        self._where = where
        self._problems: dict[str, list[str]] = {}

    def read(self, asked: dict[str, Any], ticket: Ticket | None = None) -> Wish:
        """The wish; refused with 409 when stale, with 422 naming every field that is wrong."""
        if ticket is not None:
            check_writable(ticket)
            check_stamp(ticket, asked, batch=self._where == "update_many")
        wish = Wish(unknown=self._unknown(asked))
        self._plain(asked, wish)
        self._choices(asked, wish)
        self._places(asked, wish)
        self._custom_fields(asked, wish)
        if "tags" in asked:
            wish.tags = tag_list(asked["tags"])
        if self._where == "update_many":
            wish.add_tags = tag_list(asked.get("additional_tags"))
            wish.remove_tags = tag_list(asked.get("remove_tags"))
        wish.comment = self._comment(asked.get("comment"), ticket)
        custom = asked.get("metadata")
        wish.custom = custom if isinstance(custom, dict) else {}
        if self._problems:
            raise invalid(self._problems)
        return wish

    def _wrong(self, name: str, text: str) -> None:
        self._problems.setdefault(name, []).append(text)

    def _unknown(self, asked: dict[str, Any]) -> list[str]:
        known = _KNOWN
        if self._where == "create":
            known = known | _ONLY_NEW
        if self._where == "update_many":
            known = known | _ONLY_MANY
        dropped = [f"ticket.{name}" for name in asked if name not in known]
        said = asked.get("comment")
        if isinstance(said, dict):
            dropped += [f"ticket.comment.{name}" for name in said if name not in _KNOWN_IN_COMMENT]
        return dropped

    def _plain(self, asked: dict[str, Any], wish: Wish) -> None:
        for name in ("subject", "external_id", "due_at", "problem_id"):
            if name in asked:
                wish.values[name] = asked[name]
        if wish.values.get("external_id") is not None:
            wish.values["external_id"] = str(wish.values["external_id"])
        problem = wish.values.get("problem_id")
        if problem is not None and problem not in self._store.tickets:
            self._wrong("problem_id", "Problem: is invalid")

    def _choices(self, asked: dict[str, Any], wish: Wish) -> None:
        choices = (("status", _STATUSES), ("type", _TYPES), ("priority", _PRIORITIES))
        for name, known in choices:
            value = asked.get(name)
            if name not in asked or (value is None and name == "status"):
                continue
            if value is not None and value not in known:
                self._wrong(name, f"{name.title()}: {value} is not recognized")
                continue
            wish.values[name] = value
        by_id = {id_: status for status, id_ in self._store.statuses.items()}
        chosen = asked.get("custom_status_id")
        if chosen is not None and chosen not in by_id:
            self._wrong("custom_status_id", "Ticket status: is invalid")
        elif chosen is not None:
            wish.values["status"] = by_id[chosen]

    def _places(self, asked: dict[str, Any], wish: Wish) -> None:
        store = self._store
        held: tuple[tuple[str, Any], ...] = (
            ("group_id", store.groups),
            ("organization_id", store.organizations),
            ("requester_id", store.users),
            ("assignee_id", store.users),
        )
        for name, known in held:
            if name not in asked or (asked[name] is None and name == "requester_id"):
                continue
            if asked[name] is not None and asked[name] not in known:
                self._wrong(name.removesuffix("_id"), f"{name.split('_')[0].title()}: is invalid")
                continue
            wish.values[name] = asked[name]
        email = asked.get("assignee_email")
        if email:
            agent = store.users_by_email.get(str(email).lower())
            if agent is None or not agent.staff:
                self._wrong("assignee", "Assignee: is invalid")
            else:
                wish.values["assignee_id"] = agent.id

    def _custom_fields(self, asked: dict[str, Any], wish: Wish) -> None:
        """Pairs of a list, or an object by id; a field that does not exist is passed over."""
        given = asked.get("custom_fields", asked.get("fields"))
        pairs: list[tuple[Any, Any]] = []
        if isinstance(given, dict):
            pairs = list(given.items())
        elif isinstance(given, list):
            pairs = [(item.get("id"), item.get("value")) for item in given if "id" in item]
        for id_, value in pairs:
            known = self._store.fields.get(int(id_)) if str(id_).isdigit() else None
            if known is None or not known.custom:
                continue
            problem = _misfit(known, value)
            if problem:
                self._wrong(str(known.id), f"{known.title}: {problem}")
            wish.fields[known.id] = value

    def _comment(self, said: Any, ticket: Ticket | None) -> CommentWish | None:
        if isinstance(said, str):
            said = {"body": said}
        if not isinstance(said, dict):
            return None
        html = said.get("html_body")
        body = said.get("body") or said.get("plain_body") or _bare(html)
        if not body:
            return None
        if len(str(body)) > MAX_BODY:
            self._wrong("comment", f"Comment: is too long (maximum is {MAX_BODY} characters)")
        if ticket is not None and len(ticket.comments) >= MAX_COMMENTS:
            self._wrong("comment", f"Comment: a ticket has at most {MAX_COMMENTS} comments")
        author = None
        if said.get("author_id") is not None:
            author = self._store.users.get(said["author_id"])
            if author is None:
                self._wrong("author", "Author: is invalid")
        public = said.get("public")
        return CommentWish(
            str(body), html, None if public is None else _truth(public), author,
            self._uploads(said.get("uploads")),
        )  # fmt: skip

    def _uploads(self, tokens: Any) -> list[Attachment]:
        wanted = [tokens] if isinstance(tokens, str) else (tokens or [])
        found = [self._store.attachments.get(str(token)) for token in wanted]
        if None in found:
            self._wrong("uploads", "Uploads: token is invalid")
        return [known for known in found if known is not None]


def check_writable(ticket: Ticket) -> None:
    if ticket.status in CLOSED_FOR_WRITES:
        raise invalid({"status": ["Status: closed prevents ticket update"]})


def check_stamp(ticket: Ticket, asked: dict[str, Any], *, batch: bool = False) -> None:
    """Any value of `safe_update` switches the check on; in a batch both keys are required."""
    guarded = "safe_update" in asked and asked["safe_update"] is not None
    stamp = asked.get("updated_stamp")
    if not guarded or (batch and stamp is None):
        return
    try:
        seen = datetime.fromisoformat(str(stamp))
    except ValueError:
        raise conflict() from None
    seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
    if ticket.updated_at > seen:
        raise conflict()


def tag_list(given: Any) -> list[str]:
    """Lower case; a tag holds no space."""
    if given is None:
        return []
    parts = _SPACES.split(given) if isinstance(given, str) else [str(tag) for tag in given]
    return [tag for part in parts for tag in _SPACES.split(part.strip().lower()) if tag]


def warning(action: str, unknown: list[str]) -> dict[str, str]:
    """The header that tells of dropped keys, as Ruby prints it."""
    if not unknown:
        return {}
    names = ", ".join(f'"{name}"' for name in unknown)
    told = f'{{:allowed_parameters=>{{:controller=>"tickets", :action=>"{action}", '
    return {"x-zendesk-api-warn": f"{told}:unpermitted_keys=>[{names}], :invalid_values=>[]}}}}"}


def _misfit(known: TicketField, value: Any) -> str | None:
    """Why the value does not fit the field; None when it does."""
    if value is None or value == "":
        return None
    if known.type == "tagger" and known.options and value not in known.options:
        return f"{value} is not a valid option"
    if known.type == "checkbox" and not isinstance(value, bool):
        return None if value in {"true", "false", 0, 1} else "is invalid"
    try:
        if known.type == "integer":
            int(value)
        elif known.type == "decimal":
            float(value)
        elif known.type == "date":
            date.fromisoformat(str(value)[:10])
    except (TypeError, ValueError):
        return "is invalid"
    return None


def _bare(html: Any) -> str:
    return re.sub(r"<[^<>]{0,500}>", "", html) if isinstance(html, str) else ""


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() not in {"false", "0", ""}
