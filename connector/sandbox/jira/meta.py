"""What a site says of itself: people, permissions, projects, fields, screens, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.jira import site
from connector.sandbox.jira.api import Ask, Site, refuse
from connector.sandbox.jira.fields import screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.routing import BaseRoute

_MOST_META = 200
_CLOUD_VERSION = [1001, 0, 0]
_DATACENTER_VERSION = [10, 3, 2]


def meta_routes(home: Site) -> list[BaseRoute]:
    project = "/project/{project}"
    types = "/issue/createmeta/{project}/issuetypes"
    return [
        home.route("GET", types, _creatable_types),
        home.route("GET", types + "/{type}", _creatable_fields),
        home.route("GET", "/serverInfo", _server_info, anonymous=True),
        home.route("GET", "/myself", _myself),
        home.route("GET", "/mypermissions", _permissions, anonymous=True),
        home.route("GET", "/user", _user),
        home.route("GET", "/user/search", _user_search),
        home.route("GET", "/priority", _priorities),
        home.route("GET", "/field", _fields, anonymous=True),
        home.route("GET", "/status", _statuses),
        home.route("GET", "/resolution", _resolutions),
        home.route("GET", "/issuetype", _issue_types),
        home.route("GET", "/application-properties", _application_properties),
        home.route("GET", "/project", _projects, anonymous=True),
        home.route("GET", "/project/search", _project_search, only="cloud", anonymous=True),
        home.route("GET", project, _project, anonymous=True),
        home.route("GET", project + "/components", _components),
        home.route("GET", project + "/statuses", _project_statuses),
        home.route("GET", project + "/securitylevel", _security_levels),
    ]


# --- the site, and who we are


def _server_info(ask: Ask) -> Response:
    numbers = _CLOUD_VERSION if ask.cloud else _DATACENTER_VERSION
    dotted = ".".join(map(str, numbers))
    shown: dict[str, Any] = {
        "baseUrl": ask.show.base,
        "version": f"{dotted}-SNAPSHOT" if ask.cloud else dotted,
        "versionNumbers": numbers,
        "deploymentType": "Cloud" if ask.cloud else "Server",
        "buildNumber": 100_284 if ask.cloud else 10_030_002,
        "buildDate": "2026-10-01T00:00:00.000+0000",
        "scmInfo": "sandbox",
        "serverTitle": "Sandbox",
    }
    if ask.cloud:
        shown["displayUrl"] = ask.show.base
    if ask.me is not None:
        shown["serverTime"] = ask.show.time(ask.state.now())
    return JsonAnswer(shown)


def _myself(ask: Ask) -> Response:
    return JsonAnswer({**ask.show.user(ask.author), "locale": "en_US"})


def _permissions(ask: Ask) -> Response:
    """Cloud wants to be told which."""
    asked = ask.listed("permissions")
    if ask.cloud and (not asked or not set(asked) <= set(site.PERMISSIONS)):
        raise refuse(400, "The 'permissions' query parameter is required and names permissions.")
    project = _permission_project(ask)
    shown = {}
    for number, (key, name) in enumerate(site.PERMISSIONS.items(), start=1):
        if asked and key not in asked:
            continue
        have = ask.me is not None and ask.state.allowed(project, key)
        shown[key] = {
            "id": str(number),
            "key": key,
            "name": name,
            "type": "GLOBAL" if key == "ADMINISTER" else "PROJECT",
            "description": f"Ability to {name.lower()}.",
            "havePermission": have,
        }
    return JsonAnswer({"permissions": shown})


def _permission_project(ask: Ask) -> str:
    ref = ask.call.query.get("issueKey") or ask.call.query.get("issueId")
    if ref is not None:
        found = ask.state.by_key(ref)
        if found is None:
            raise refuse(404, f"The issue '{ref}' does not exist.")
        return found[1].project
    wanted = ask.call.query.get("projectKey") or ask.call.query.get("projectId")
    return "" if wanted is None else _found_project(ask, wanted).key


def _user(ask: Ask) -> Response:
    wanted = ask.call.query.get("accountId" if ask.cloud else "username")
    for user in site.USERS:
        if wanted == (user.account_id if ask.cloud else user.name):
            return JsonAnswer(ask.show.user(user))
    raise refuse(404, "The user does not exist or you do not have permission to view it.")


def _user_search(ask: Ask) -> Response:
    wanted = ask.call.query.get("query" if ask.cloud else "username")
    if wanted is None:
        raise refuse(400, "A query parameter is required.")
    found = [
        ask.show.user(user)
        for user in site.USERS
        if any(
            wanted.casefold() in text.casefold()
            for text in (user.display_name, user.email, user.name)
        )
    ]
    return JsonAnswer(found)


def _application_properties(ask: Ask) -> Response:
    known = {"jira.title": "Sandbox", "jira.text.field.character.limit": "32767"}
    key = ask.call.query.get("key")
    if key is not None and key not in known:
        raise refuse(404, f"The application property {key} does not exist.")
    shown = [
        {"id": name, "key": name, "name": name, "type": "string", "value": value}
        for name, value in known.items()
        if key in (None, name)
    ]
    return JsonAnswer(shown[0] if key is not None and not ask.cloud else shown)


# --- names


def _priorities(ask: Ask) -> Response:
    return JsonAnswer([ask.show.priority(one) for one in ask.state.priorities()])


def _statuses(ask: Ask) -> Response:
    return JsonAnswer([ask.show.status(one.id) for one in site.STATUSES])


def _resolutions(ask: Ask) -> Response:
    return JsonAnswer([ask.show.named("resolution", one) for one in site.RESOLUTIONS])


def _issue_types(ask: Ask) -> Response:
    return JsonAnswer([ask.show.issue_type(one) for one in site.ISSUE_TYPES])


def _fields(ask: Ask) -> Response:
    return JsonAnswer([_field(ask, one) for one in site.FIELDS])


def _field(ask: Ask, one: site.Field) -> dict[str, Any]:
    custom = one.custom is not None
    names = [f"cf[{one.id.removeprefix('customfield_')}]", one.name] if custom else [one.id]
    shown = {
        "id": one.id,
        "name": one.name,
        "custom": custom,
        "orderable": one.kind != "readonly",
        "navigable": one.id not in {"comment", "attachment"},
        "searchable": True,
        "clauseNames": names,
        "schema": _schema(one),
    }
    return {**shown, "key": one.id} if ask.cloud else shown


def _schema(one: site.Field) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": one.schema}
    if one.items is not None:
        shown["items"] = one.items
    if one.custom is None:
        return {**shown, "system": one.id}
    number = int(one.id.removeprefix("customfield_"))
    return {**shown, "custom": site.PLUGIN + one.custom, "customId": number}


# --- projects


def _found_project(ask: Ask, ref: str) -> site.Project:
    if ask.me is not None:
        for one in ask.state.projects():
            if ref.upper() == one.key or ref == one.id:
                return one
    raise refuse(404, f"No project could be found with key '{ref}'.")


def _seen(ask: Ask) -> tuple[site.Project, ...]:
    return () if ask.me is None else ask.state.projects()


def _projects(ask: Ask) -> Response:
    return JsonAnswer([ask.show.project(one) for one in _seen(ask)])


def _project_search(ask: Ask) -> Response:
    keys = ask.call.query.getlist("keys")
    word = ask.call.query.get("query", "").casefold()
    found = [
        one
        for one in _seen(ask)
        if (not keys or one.key in keys) and word in f"{one.key} {one.name}".casefold()
    ]
    start = ask.number("startAt", 0)
    most = min(ask.number("maxResults", 50), 100)
    shown = {
        "self": ask.show.url(f"project/search?startAt={start}&maxResults={most}"),
        "startAt": start,
        "maxResults": most,
        "total": len(found),
        "isLast": start + most >= len(found),
        "values": [ask.show.project(one) for one in found[start : start + most]],
    }
    return JsonAnswer(shown)


def _project(ask: Ask) -> Response:
    one = _found_project(ask, ask.call.path["project"])
    types = [ask.show.issue_type(kind) for kind in site.ISSUE_TYPES if kind.id in one.types]
    components = [ask.show.named("component", named) for named in one.components]
    return JsonAnswer({**ask.show.project(one), "issueTypes": types, "components": components})


def _components(ask: Ask) -> Response:
    one = _found_project(ask, ask.call.path["project"])
    shown = {"project": one.key, "projectId": int(one.id)}
    return JsonAnswer([{**ask.show.named("component", c), **shown} for c in one.components])


def _project_statuses(ask: Ask) -> Response:
    one = _found_project(ask, ask.call.path["project"])
    statuses = [ask.show.status(status.id) for status in site.STATUSES]
    shown = [
        {
            "self": ask.show.url(f"issuetype/{kind.id}"),
            "id": kind.id,
            "name": kind.name,
            "subtask": False,
            "statuses": statuses,
        }
        for kind in site.ISSUE_TYPES
        if kind.id in one.types
    ]
    return JsonAnswer(shown)


def _security_levels(ask: Ask) -> Response:
    """Only levels whose issues our account sees."""
    one = _found_project(ask, ask.call.path["project"])
    hidden = ask.state.switches.unreadable_levels
    shown = [
        ask.show.named("securitylevel", level) for level in one.levels if level.id not in hidden
    ]
    return JsonAnswer({"levels": shown})


# --- create screens


def _creatable_types(ask: Ask) -> Response:
    one = _creatable(ask)
    types = [ask.show.issue_type(kind) for kind in site.ISSUE_TYPES if kind.id in one.types]
    return _meta_page(ask, "issueTypes", types)


def _creatable_fields(ask: Ask) -> Response:
    one = _creatable(ask)
    if ask.call.path["type"] not in one.types:
        raise refuse(400, f"Issue type {ask.call.path['type']} is not in project {one.key}.")
    known = {field.id: field for field in site.FIELDS}
    shown = [
        _on_screen(ask, one, known[name], required=required)
        for name, required in screen(ask, one.key).items()
    ]
    return _meta_page(ask, "fields", shown)


def _creatable(ask: Ask) -> site.Project:
    one = _found_project(ask, ask.call.path["project"])
    if not ask.state.allowed(one.key, "CREATE_ISSUES"):
        raise refuse(400, "You do not have permission to create issues in this project.")
    return one


def _on_screen(
    ask: Ask, project: site.Project, field: site.Field, *, required: bool
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "required": required,
        "schema": _schema(field),
        "name": field.name,
        "fieldId": field.id,
        "hasDefaultValue": field.kind in {"priority", "user"},
        "operations": ["add", "set", "remove"] if field.schema == "array" else ["set"],
    }
    if ask.cloud:
        shown["key"] = field.id
    allowed = _ALLOWED.get(field.kind)
    if allowed is not None:
        shown["allowedValues"] = allowed(ask, project, field)
    return shown


_ALLOWED: dict[str, Callable[[Ask, site.Project, site.Field], list[Any]]] = {
    "priority": lambda ask, _project, _field: [
        ask.show.priority(one) for one in ask.state.priorities()
    ],
    "components": lambda ask, project, _field: [
        ask.show.named("component", one) for one in project.components
    ],
    "security": lambda ask, project, _field: [
        ask.show.named("securitylevel", one) for one in project.levels
    ],
    "option": lambda ask, _project, field: [ask.show.option(one) for one in field.options],
    "project": lambda ask, project, _field: [ask.show.project(project)],
    "issuetype": lambda ask, project, _field: [
        ask.show.issue_type(one) for one in site.ISSUE_TYPES if one.id in project.types
    ],
}


def _meta_page(ask: Ask, name: str, everything: list[dict[str, Any]]) -> Response:
    """Cloud names the list for what it holds; Data Center calls it values."""
    start, most = ask.number("startAt", 0), ask.number("maxResults", 50)
    if most > _MOST_META:
        raise refuse(400, f"Parameter 'maxResults' must not exceed the limit '{_MOST_META}'")
    page = everything[start : start + most]
    shown: dict[str, Any] = {"startAt": start, "maxResults": most, "total": len(everything)}
    if ask.cloud:
        return JsonAnswer({**shown, name: page})
    return JsonAnswer({**shown, "isLast": start + most >= len(everything), "values": page})
