"""What a Jira site has, for `escalation check`: reads only, none of them in a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

from pydantic import Field, ValidationError

from connector.clients import jql
from connector.clients.jira_wire import WireStatus, WireTransition, category_of
from connector.clients.wire import Listed, Wire, name_of
from connector.errors import GoneError, InvalidError, RefusedError
from connector.ports import FieldFacts, ProjectFacts, StatusFacts, TrackerFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connector.ports import Issue

W = TypeVar("W", bound=Wire)

PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
    "ASSIGN_ISSUES",
    "SET_ISSUE_SECURITY",
)
"""What the product does in a project, or looks at."""

_PAGE = 200
_MOST_PAGES = 20
_UNAUTHENTICATED = 401


class JiraLine(Protocol):
    """As much of the line to Jira as is needed here."""

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]: ...

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        """A JSON list."""


class WireNamed(Wire):
    id: str | None = None
    name: str | None = None
    value: str | None = None


class WireSchema(Wire):
    type: str = "unknown"
    custom: str | None = None
    system: str | None = None

    @property
    def kind(self) -> str:
        """Jira's type; "textarea" for long texts, which take documents on Cloud."""
        long = self.system == "environment" or (self.custom or "").endswith(":textarea")
        return "textarea" if long else self.type


class WireScreenField(Wire):
    fieldId: str | None = None  # noqa: N815 - Jira's spelling
    key: str | None = None
    name: str | None = None
    required: bool = False
    hasDefaultValue: bool = False  # noqa: N815
    schema_: WireSchema = Field(default=WireSchema(), validation_alias="schema")
    allowedValues: Annotated[tuple[WireNamed, ...], Listed] = ()  # noqa: N815


class WireStatuses(Wire):
    statuses: Annotated[tuple[WireStatus, ...], Listed] = ()


class WireProjectFacts(Wire):
    key: str
    name: str | None = None
    projectTypeKey: str = "unknown"  # noqa: N815
    components: Annotated[tuple[WireNamed, ...], Listed] = ()


def tracker_facts(
    line: JiraLine,
    projects: Sequence[str],
    people: Sequence[str],
    newest: Callable[[str], Sequence[Issue]],
    *,
    cloud: bool,
) -> TrackerFacts:
    """The named projects, as far as we see them, the site's names, and who exists of `people`.

    `newest` finds a project's newest issues, of which one that is open shows its transitions.
    """
    seen = {key: _project(line, key, newest) for key in projects}
    return TrackerFacts(
        projects={key: facts for key, facts in seen.items() if facts is not None},
        priorities=_names(line.items("priority")),
        resolutions=_names(line.items("resolution")),
        deployment=_deployment(line),
        people=frozenset(name for name in people if _exists(line, name, cloud=cloud)),
    )


def project_names(line: JiraLine, *, cloud: bool) -> dict[str, str]:
    """Every project that we can see, its name by its key."""
    raws = _paged(line, "project/search", "values") if cloud else line.items("project")
    read = [_read(WireProjectFacts, raw) for raw in raws]
    return {one.key: name_of(one.name) for one in read if one is not None}


def _deployment(line: JiraLine) -> Literal["cloud", "datacenter"] | None:
    try:
        told = line.get("serverInfo").get("deploymentType")
    except (GoneError, RefusedError) as error:
        _let_pass(error)
        return None
    if not isinstance(told, str):
        return None
    return "cloud" if told.casefold() == "cloud" else "datacenter"


def _exists(line: JiraLine, name: str, *, cloud: bool) -> bool:
    try:
        line.get("user", {"accountId" if cloud else "username": name})
    except (GoneError, InvalidError, RefusedError) as error:
        _let_pass(error)
        return False
    return True


def _project(
    line: JiraLine, key: str, newest: Callable[[str], Sequence[Issue]]
) -> ProjectFacts | None:
    if not jql.is_project_key(key):
        return None
    try:
        project = WireProjectFacts.model_validate(line.get(f"project/{key}"))
    except (GoneError, RefusedError) as error:
        _let_pass(error)
        return None
    asked = {"projectKey": key, "permissions": ",".join(PERMISSIONS)}
    permissions = line.get("mypermissions", asked).get("permissions")
    allowed = {name: _have(permissions, name) for name in PERMISSIONS}
    return ProjectFacts(
        key=project.key,
        name=name_of(project.name),
        kind=project.projectTypeKey,
        screens=_screens(line, key) if allowed["CREATE_ISSUES"] else None,
        components=tuple(name_of(one.name) for one in project.components),
        levels=_levels(line, key),
        statuses=_statuses(line.items(f"project/{key}/statuses")),
        allowed=allowed,
        ends=_ends(line, newest(key)) if allowed["TRANSITION_ISSUES"] else None,
    )


def _ends(line: JiraLine, newest: Sequence[Issue]) -> bool | None:
    issue = next((one for one in newest if one.category != "done"), None)
    if issue is None:
        return None
    asked = {"expand": "transitions.fields"}
    raws = line.get(f"issue/{jql.issue_id(issue.id)}/transitions", asked).get("transitions")
    found = [_read(WireTransition, raw) for raw in (raws if isinstance(raws, list) else [])]
    return any(one is not None and category_of(one.to) == "done" and one.free for one in found)


def _screens(line: JiraLine, key: str) -> dict[str, tuple[FieldFacts, ...]] | None:
    """The create screen of each issue type. Cloud and Data Center name their pages differently."""
    path = f"issue/createmeta/{key}/issuetypes"
    screens = {}
    try:
        kinds = _paged(line, path, "issueTypes")
    except (GoneError, InvalidError, RefusedError) as error:
        _let_pass(error)
        return None
    for raw in kinds:
        kind = _read(WireNamed, raw)
        if kind is None or kind.id is None or not kind.id.isdecimal():
            continue
        fields = [_screen_field(field) for field in _paged(line, f"{path}/{kind.id}", "fields")]
        screens[name_of(kind.name)] = tuple(field for field in fields if field is not None)
    return screens


def _paged(line: JiraLine, path: str, name: str) -> list[Any]:
    found: list[Any] = []
    for _ in range(_MOST_PAGES):
        document = line.get(path, {"startAt": len(found), "maxResults": _PAGE})
        page = document.get(name, document.get("values"))
        page = page if isinstance(page, list) else []
        found += page
        total = document.get("total")
        if not page or not isinstance(total, int) or len(found) >= total:
            break
    return found


def _screen_field(raw: Any) -> FieldFacts | None:
    wire = _read(WireScreenField, raw)
    key = (wire.fieldId or wire.key) if wire else None
    if wire is None or key is None:
        return None
    return FieldFacts(
        key=key,
        name=name_of(wire.name),
        kind=wire.schema_.kind,
        required=wire.required and not wire.hasDefaultValue,
        options=tuple(name_of(one.name or one.value) for one in wire.allowedValues),
    )


def _levels(line: JiraLine, key: str) -> tuple[str, ...] | None:
    try:
        levels = line.get(f"project/{key}/securitylevel").get("levels")
    except (GoneError, RefusedError) as error:
        _let_pass(error)
        return None
    return _names(levels if isinstance(levels, list) else [])


def _statuses(kinds: list[Any]) -> tuple[StatusFacts, ...]:
    """Of all issue types, each status once."""
    found: dict[str, StatusFacts] = {}
    for raw in kinds:
        kind = _read(WireStatuses, raw)
        for one in kind.statuses if kind else ():
            found.setdefault(one.id, StatusFacts(name=name_of(one.name), category=category_of(one)))
    return tuple(found.values())


def _names(raws: list[Any]) -> tuple[str, ...]:
    read = [_read(WireNamed, raw) for raw in raws]
    return tuple(name_of(one.name) for one in read if one is not None and one.name)


def _have(permissions: Any, name: str) -> bool:
    one = permissions.get(name) if isinstance(permissions, dict) else None
    return isinstance(one, dict) and one.get("havePermission") is True


def _read(model: type[W], raw: Any) -> W | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _let_pass(error: GoneError | InvalidError | RefusedError) -> None:
    """A credential that is refused is no missing project."""
    if isinstance(error, RefusedError) and error.status == _UNAUTHENTICATED:
        raise error
