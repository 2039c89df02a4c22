"""Jira's JSON as frozen models, and from there to the project's own values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AwareDatetime, ValidationError

from connector.clients.wire import TEXT_LIMIT, Listed, Wire, name_of, why
from connector.core.clean import clean_text
from connector.errors import DriftError
from connector.ports import Issue, IssueText, TrackerComment

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = (
    "status",
    "resolution",
    "priority",
    "assignee",
    "labels",
    "project",
    "created",
    "updated",
    "statuscategorychangedate",
)
"""What is asked for of every issue."""

Category = Literal["new", "indeterminate", "done"]

_CATEGORIES: dict[str, Category] = {"indeterminate": "indeterminate", "done": "done"}
_DEEPEST = 60
# A tuple, since any JSON is compared with these.
_INLINE = ("text", "mention", "emoji", "status", "date", "inlineCard")


class WireNamed(Wire):
    name: str | None = None


class WirePerson(Wire):
    """Cloud knows people by account id, Data Center by key and name."""

    accountId: str | None = None  # noqa: N815 - Jira's spelling
    key: str | None = None
    name: str | None = None
    displayName: str | None = None  # noqa: N815
    timeZone: str | None = None  # noqa: N815

    @property
    def id(self) -> str | None:
        return self.accountId or self.key or self.name


class WireCategory(Wire):
    key: str


class WireStatus(Wire):
    id: str
    name: str | None = None
    statusCategory: WireCategory  # noqa: N815


class WireProject(Wire):
    key: str


class WireFields(Wire):
    status: WireStatus
    resolution: WireNamed | None = None
    priority: WireNamed | None = None
    assignee: WirePerson | None = None
    labels: Annotated[tuple[str, ...], Listed] = ()
    project: WireProject | None = None
    created: AwareDatetime | None = None
    updated: AwareDatetime | None = None
    statuscategorychangedate: AwareDatetime | None = None


class WireIssue(Wire):
    id: str
    key: str
    fields: WireFields


class WireComment(Wire):
    id: str
    created: AwareDatetime
    author: WirePerson | None = None
    body: Any = None


class WireTransition(Wire):
    id: str
    name: str | None = None
    to: WireStatus
    fields: dict[str, Any] | None = None

    @property
    def free(self) -> bool:
        """Whether its screen asks for nothing that we would have to know."""
        return not any(
            isinstance(field, dict) and field.get("required") and not field.get("hasDefaultValue")
            for field in (self.fields or {}).values()
        )


def issue_of(raw: Any, extra: Sequence[str] = ()) -> Issue:
    """DriftError, naming the issue, when something that we rely on is missing."""
    try:
        wire = WireIssue.model_validate(raw)
    except ValidationError as error:
        key = raw.get("key") if isinstance(raw, dict) else None
        shown = name_of(key) if isinstance(key, str) else "of unknown key"
        raise DriftError(f"jira: issue {shown} could not be read: {why(error)}") from None
    fields = wire.fields
    return Issue(
        id=wire.id,
        key=wire.key,
        project=fields.project.key if fields.project else wire.key.rpartition("-")[0],
        status_id=fields.status.id,
        status=name_of(fields.status.name),
        category=category_of(fields.status),
        resolution=_named(fields.resolution),
        priority=_named(fields.priority),
        assignee=name_of(fields.assignee.displayName) or None if fields.assignee else None,
        labels=fields.labels,
        created=fields.created,
        updated=fields.updated,
        category_changed=fields.statuscategorychangedate,
        fields={name: value for name in extra if (value := _shown(raw["fields"].get(name)))},
    )


def _shown(value: Any) -> str:
    """A field's value as a person reads it: a text, or what an option is called."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    if isinstance(value, dict):
        value = value.get("value") or value.get("name")
    return name_of(value) if isinstance(value, str) else ""


def category_of(status: WireStatus) -> Category:
    """Jira also knows "undefined": such a status promises nothing, so it counts as new."""
    return _CATEGORIES.get(status.statusCategory.key, "new")


def comment_of(raw: Any) -> TrackerComment:
    try:
        wire = WireComment.model_validate(raw)
    except ValidationError as error:
        raise DriftError(f"jira: a comment could not be read: {why(error)}") from None
    return TrackerComment(
        id=wire.id,
        created=wire.created,
        author_id=wire.author.id if wire.author else None,
        author=name_of(wire.author.displayName) if wire.author else "",
        text=clean_text(text_of(wire.body), TEXT_LIMIT),
    )


def text_of_issue(raw: Any, dialect: Literal["adf", "wiki"]) -> IssueText:
    """Taken over as it stands, unknown nodes too: what people wrote is written back unchanged."""
    fields = raw.get("fields") if isinstance(raw, dict) else None
    if not isinstance(fields, dict):
        raise DriftError("jira: an issue was shown without its fields")
    summary, description = fields.get("summary"), fields.get("description")
    wanted = dict if dialect == "adf" else str
    if description is not None and not isinstance(description, wanted):
        raise DriftError(f"jira: a description is not {dialect}")
    return IssueText(summary=summary if isinstance(summary, str) else "", description=description)


def text_of(body: Any) -> str:
    """The words of a comment: a string as it is, an ADF document by its text nodes."""
    if isinstance(body, str):
        return body
    return "".join(_words(body, 0)).strip("\n")


def _words(node: Any, depth: int) -> list[str]:
    if not isinstance(node, dict) or depth > _DEEPEST:
        return []
    kind = node.get("type")
    if kind == "hardBreak":
        return ["\n"]
    attributes = node.get("attrs")
    shown = node.get("text") or (attributes.get("text") if isinstance(attributes, dict) else "")
    words = [shown] if isinstance(shown, str) else []
    content = node.get("content")
    for inner in content if isinstance(content, list) else []:
        words += _words(inner, depth + 1)
    return words if kind in _INLINE else [*words, "\n"]


def _named(wire: WireNamed | None) -> str | None:
    return (name_of(wire.name) or None) if wire else None
