"""The Jira site of a fresh sandbox, as values: people, projects, workflow, fields, screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EMAIL = "connector@sandbox.example"
TOKEN = "sandbox-jira-token"  # noqa: S105 - the sandbox's published credential, on loopback only
"""Cloud's API token, and the personal access token of Data Center."""

PLUGIN = "com.atlassian.jira.plugin.system.customfieldtypes:"


@dataclass(frozen=True)
class User:
    """`account_id` names a person on Cloud, `name` on Data Center."""

    account_id: str
    name: str
    email: str
    display_name: str


CONNECTOR = User("712020:5f0c", "escalation-connector", EMAIL, "Escalation Connector")
ENGINEER = User("712020:7ae1", "engineer", "priya.raman@sandbox.example", "Priya Raman")
USERS = (
    CONNECTOR,
    ENGINEER,
    User("712020:91d4", "product", "tomas.okafor@sandbox.example", "Tomás Okafor"),
    User("712020:c3b8", "security", "ines.halloran@sandbox.example", "Ines Halloran"),
)


@dataclass(frozen=True)
class Named:
    """A thing with an id and a name: a priority, resolution, issue type, component."""

    id: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class Status(Named):
    category: Literal["new", "indeterminate", "done"] = "new"


@dataclass(frozen=True)
class Level(Named):
    """A security level. `readable`: our account is among those who see its issues."""

    readable: bool = True


@dataclass(frozen=True)
class Project:
    id: str
    key: str
    name: str
    types: tuple[str, ...]
    components: tuple[Named, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Transition:
    """`resolution`: what the transition's screen says of it; "default": set when left out."""

    id: str
    name: str
    sources: tuple[str, ...]
    target: str
    resolution: Literal["required", "default"] | None = None


Kind = Literal[
    "summary", "rich", "labels", "priority", "security", "user", "components", "date", "number",
    "option", "text", "project", "issuetype", "readonly",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """`schema` is Jira's type name, `items` that of an array's members."""

    id: str
    name: str
    kind: Kind
    schema: str
    items: str | None = None
    custom: str | None = None
    options: tuple[Named, ...] = ()


PROJECTS = (
    Project(
        "10000",
        "ESC",
        "Escalations (Engineering)",
        ("10001", "10002", "10003"),
        tuple(
            Named(str(10010 + number), name)
            for number, name in enumerate(
                ("API", "Billing", "Calendar", "Exports", "Mobile", "SSO", "Web", "Webhooks")
            )
        ),
    ),
    Project("10100", "PROD", "Product", ("10002", "10003")),
    Project(
        "10200",
        "SEC",
        "Security",
        ("10001", "10002"),
        levels=(
            Level("10301", "Security team", "Security, and the connector's account"),
            Level("10302", "Board", "Nobody but the board; not the connector", readable=False),
        ),
    ),
    Project("10300", "LEAD", "Leadership", ("10002",)),
)

ISSUE_TYPES = (
    Named("10001", "Bug", "Something does not work as it should"),
    Named("10002", "Task", "Something that has to be done"),
    Named("10003", "Story", "What somebody wants to be able to do"),
)

STATUSES = (
    Status("10020", "To Do", category="new"),
    Status("3", "In Progress", category="indeterminate"),
    Status("10021", "In Review", category="indeterminate"),
    Status("10022", "Done", category="done"),
)

_OPEN = ("10020", "3", "10021")
TRANSITIONS = (
    Transition("21", "Start progress", ("10020",), "3"),
    Transition("31", "Ask for review", ("3",), "10021"),
    Transition("61", "Back to work", ("10021",), "3"),
    Transition("41", "Done", _OPEN, "10022", resolution="default"),
    Transition("71", "Resolve as…", _OPEN, "10022", resolution="required"),
    Transition("51", "Reopen", ("10022",), "10020"),
)

CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}

RESOLUTIONS = (
    Named("10030", "Done", "Work has been completed"),
    Named("10031", "Fixed", "A fix is in a release"),
    Named("10032", "Won't Do", "This will not be done"),
    Named("10033", "Duplicate", "Another issue says the same"),
    Named("10034", "Cannot Reproduce", "All attempts at reproducing it failed"),
)

PRIORITIES = tuple(
    Named(str(number), name)
    for number, name in enumerate(("Highest", "High", "Medium", "Low", "Lowest"), start=1)
)

LINK_TYPES = (
    ("10040", "Blocks", "is blocked by", "blocks"),
    ("10041", "Duplicate", "is duplicated by", "duplicates"),
    ("10042", "Relates", "relates to", "relates to"),
)

_SEVERITIES = tuple(
    Named(str(10400 + number), name) for number, name in enumerate(("Critical", "High", "Medium"))
)

FIELDS = (
    Field("summary", "Summary", "summary", "string"),
    Field("issuetype", "Issue Type", "issuetype", "issuetype"),
    Field("project", "Project", "project", "project"),
    Field("description", "Description", "rich", "string"),
    Field("priority", "Priority", "priority", "priority"),
    Field("labels", "Labels", "labels", "array", "string"),
    Field("components", "Components", "components", "array", "component"),
    Field("assignee", "Assignee", "user", "user"),
    Field("reporter", "Reporter", "user", "user"),
    Field("environment", "Environment", "rich", "string"),
    Field("duedate", "Due date", "date", "date"),
    Field("security", "Security Level", "security", "securitylevel"),
    Field("customfield_10050", "Customers affected", "number", "number", custom="float"),
    Field("customfield_10051", "ARR at risk", "number", "number", custom="float"),
    Field(
        "customfield_10052",
        "Escalation severity",
        "option",
        "option",
        custom="select",
        options=_SEVERITIES,
    ),
    Field("customfield_10053", "Zendesk tickets", "text", "string", custom="textfield"),
    Field("customfield_10054", "Business impact", "rich", "string", custom="textarea"),
    Field("status", "Status", "readonly", "status"),
    Field("resolution", "Resolution", "readonly", "resolution"),
    Field("resolutiondate", "Resolved", "readonly", "datetime"),
    Field("creator", "Creator", "readonly", "user"),
    Field("created", "Created", "readonly", "datetime"),
    Field("updated", "Updated", "readonly", "datetime"),
    Field("statuscategorychangedate", "Status Category Changed", "readonly", "datetime"),
    Field("comment", "Comment", "readonly", "comments-page"),
    Field("issuelinks", "Linked Issues", "readonly", "array", "issuelinks"),
    Field("attachment", "Attachment", "readonly", "array", "attachment"),
    Field("watches", "Watchers", "readonly", "watches"),
)

_EVERYWHERE = (
    "summary", "issuetype", "project", "description", "priority", "labels", "assignee",
    "reporter", "duedate",
)  # fmt: skip
_ESCALATION = (
    "customfield_10050", "customfield_10051", "customfield_10052", "customfield_10053",
    "customfield_10054",
)  # fmt: skip
REQUIRED = frozenset({"summary", "issuetype", "project"})

SCREENS = {
    "ESC": (*_EVERYWHERE, "components", "environment", *_ESCALATION),
    "PROD": (*_EVERYWHERE, *_ESCALATION),
    "SEC": (*_EVERYWHERE, "environment", "security", "customfield_10052", "customfield_10053"),
    "LEAD": (*_EVERYWHERE, *_ESCALATION),
}
"""What each project's create and edit screens show; the security level only where levels exist."""

PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "ASSIGN_ISSUES": "Assign Issues",
    "TRANSITION_ISSUES": "Transition Issues",
    "RESOLVE_ISSUES": "Resolve Issues",
    "SET_ISSUE_SECURITY": "Set Issue Security",
    "ADD_COMMENTS": "Add Comments",
    "LINK_ISSUES": "Link Issues",
    "CREATE_ATTACHMENTS": "Create Attachments",
    "MANAGE_WATCHERS": "Manage Watchers",
    "DELETE_ISSUES": "Delete Issues",
    "ADMINISTER": "Administer Jira",
}
NOT_OURS = frozenset({"DELETE_ISSUES", "ADMINISTER"})
"""Permissions that our account does not have, and never needs."""


def person(ref: str) -> User | None:
    """By account id, user name, e-mail address or display name."""
    return next(
        (
            user
            for user in USERS
            if ref in (user.account_id, user.name, user.email, user.display_name)
        ),
        None,
    )
