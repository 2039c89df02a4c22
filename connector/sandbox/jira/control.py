"""What people do in Jira, for tests and the demo: under /_sandbox/jira/, without log-in.

GET  issues                       every issue in full, hidden ones too
GET  issues/{issue}               one of them
POST issues                       {"project", "summary", "type", "labels", …} by an engineer
POST issues/{issue}/status        {"status", "resolution", "author"}
POST issues/{issue}/comment       {"text", "author"}
POST issues/{issue}/move          {"project"} -> the new key
POST issues/{issue}/set           {"priority", "assignee", "labels", "summary", "security"}
POST issues/{issue}/link          {"to", "type"}: what the issue does to the other ("Duplicate")
POST issues/{issue}/hide          {"hidden": bool}
POST issues/{issue}/delete
GET, POST switches                how the site differs from the default (any of Switches)
POST lag                          {"preset": "realistic" | "none"} of search lags
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from connector.core.model import Frozen
from connector.sandbox.control import order_of
from connector.sandbox.frame import Call, JsonAnswer, Refusal, route
from connector.sandbox.jira import adf, site
from connector.sandbox.jira.show import Show
from connector.sandbox.jira.values import REALISTIC_LAG, Switches

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.api import Site
    from connector.sandbox.jira.values import Issue


class _By(Frozen):
    """`author`: a user's name, e-mail address, account id or full name; None: the engineer."""

    author: str | None = None


class _Values(_By):
    """Field values as people know them. Those not sent stay as they are."""

    summary: str = "Untitled"
    description: str | dict[str, Any] | None = None
    priority: str | None = None
    assignee: str | None = None
    security: str | None = None
    labels: tuple[str, ...] = ()


class _Creation(_Values):
    project: str
    type: str = "Task"


class _Status(_By):
    status: str
    resolution: str | None = None


class _Text(_By):
    text: str


class _Move(_By):
    project: str


class _Link(Frozen):
    to: str
    type: str = "Duplicate"


class _Hidden(Frozen):
    hidden: bool = True


class _Lag(Frozen):
    preset: Literal["realistic", "none"]


def control_routes(home: Site) -> list[BaseRoute]:
    control = Control(home)
    paths = {
        ("GET", "issues"): control.dump,
        ("POST", "issues"): control.create,
        ("GET", "issues/{issue}"): control.dump_one,
        ("POST", "issues/{issue}/status"): control.status,
        ("POST", "issues/{issue}/comment"): control.comment,
        ("POST", "issues/{issue}/move"): control.move,
        ("POST", "issues/{issue}/set"): control.set,
        ("POST", "issues/{issue}/link"): control.link,
        ("POST", "issues/{issue}/hide"): control.hide,
        ("POST", "issues/{issue}/delete"): control.delete,
        ("GET", "switches"): control.switches,
        ("POST", "switches"): control.switch,
        ("POST", "lag"): control.lag,
    }
    return [
        route(method, f"/_sandbox/jira/{path}", handler, world=home.world)
        for (method, path), handler in paths.items()
    ]


def _named(named: tuple[site.Named, ...], wanted: str, what: str) -> str:
    for one in named:
        if wanted in (one.id, one.name):
            return one.id
    names = ", ".join(one.name for one in named)
    raise Refusal(400, {"error": f"no {what} {wanted!r}; known: {names}"})


def _project(wanted: str) -> site.Project:
    for one in site.PROJECTS:
        if wanted == one.key:
            return one
    raise Refusal(400, {"error": f"no project {wanted!r}"})


def _author(given: str | None) -> site.User:
    user = site.ENGINEER if given is None else site.person(given)
    if user is None:
        raise Refusal(400, {"error": f"no user {given!r}"})
    return user


class Control:
    def __init__(self, home: Site) -> None:
        self.home = home
        self.state = home.state

    def _issue(self, call: Call) -> Issue:
        issue = self.state.find(call.path["issue"])
        if issue is None:
            raise Refusal(404, {"error": f"no issue {call.path['issue']}"})
        return issue

    def _text(self, text: str | dict[str, Any]) -> Any:
        """A text as this deployment stores it; a document is stored as it is."""
        cloud = self.home.world.options.deployment == "cloud"
        return adf.document_of(text) if cloud and isinstance(text, str) else text

    # --- what engineers do

    def create(self, call: Call) -> Response:
        wanted = order_of(call, _Creation)
        values = {
            "project": _project(wanted.project).key,
            "issuetype": _named(site.ISSUE_TYPES, wanted.type, "issue type"),
            "summary": wanted.summary,
            **self._values(wanted),
        }
        issue = self.state.create(values, {}, _author(wanted.author))
        return JsonAnswer(self._full(issue), status_code=201)

    def status(self, call: Call) -> Response:
        """Straight to the status, whatever the workflow says."""
        issue, wanted = self._issue(call), order_of(call, _Status)
        status = _named(site.STATUSES, wanted.status, "status")
        given = wanted.resolution
        resolution = None if given is None else _named(site.RESOLUTIONS, given, "resolution")
        self.state.set_status(issue, status, resolution, _author(wanted.author))
        return JsonAnswer(self._full(issue))

    def comment(self, call: Call) -> Response:
        issue, wanted = self._issue(call), order_of(call, _Text)
        self.state.comment(issue, _author(wanted.author), self._text(wanted.text), {})
        return JsonAnswer(self._full(issue), status_code=201)

    def move(self, call: Call) -> Response:
        issue, wanted = self._issue(call), order_of(call, _Move)
        project = _project(wanted.project)
        return JsonAnswer({"key": self.state.move(issue, project.key, _author(wanted.author))})

    def set(self, call: Call) -> Response:
        issue, wanted = self._issue(call), order_of(call, _Values)
        self.state.edit(issue, self._values(wanted), _author(wanted.author))
        return JsonAnswer(self._full(issue))

    def _values(self, wanted: _Values) -> dict[str, Any]:
        """Those that were sent, made canonical."""
        levels = tuple(level for project in site.PROJECTS for level in project.levels)
        made: dict[str, Any] = {"summary": wanted.summary, "labels": wanted.labels}
        if wanted.priority is not None:
            made["priority"] = _named(self.state.priorities(), wanted.priority, "priority")
        if wanted.security is not None:
            made["security"] = _named(levels, wanted.security, "security level")
        if wanted.assignee is not None:
            made["assignee"] = _author(wanted.assignee).account_id
        if wanted.description is not None:
            made["description"] = self._text(wanted.description)
        return {name: made.get(name) for name in _VALUES & wanted.model_fields_set}

    def link(self, call: Call) -> Response:
        issue, wanted = self._issue(call), order_of(call, _Link)
        other = self.state.find(wanted.to)
        kinds = {name.lower(): number for number, name, *_ in site.LINK_TYPES}
        if other is None or wanted.type.lower() not in kinds:
            raise Refusal(400, {"error": f"no issue {wanted.to!r} or link {wanted.type!r}"})
        self.state.relate(issue, other, kinds[wanted.type.lower()])
        return JsonAnswer(self._full(issue), status_code=201)

    def hide(self, call: Call) -> Response:
        issue = self._issue(call)
        issue.hidden = order_of(call, _Hidden).hidden
        return JsonAnswer({"hidden": issue.hidden})

    def delete(self, call: Call) -> Response:
        self.state.delete(self._issue(call))
        return JsonAnswer({"deleted": call.path["issue"]})

    # --- looking at everything

    def dump(self, _: Call) -> Response:
        return JsonAnswer({"issues": [self._full(one) for one in self.state.issues.values()]})

    def dump_one(self, call: Call) -> Response:
        return JsonAnswer(self._full(self._issue(call)))

    def _full(self, issue: Issue) -> dict[str, Any]:
        """The truth about an issue; texts as a person reads them, `raw` as they are stored."""
        cloud = self.home.world.options.deployment == "cloud"
        base = self.home.world.jira_url
        show = Show(self.state, cloud=cloud, version="3" if cloud else "2", base=base)
        facts, text = issue.facts, self.state.text
        named = ("status", "resolution", "priority", "issuetype", "assignee", "security")
        return {
            "id": issue.id,
            "key": facts.key,
            "url": f"{base}/browse/{facts.key}",
            "project": facts.project,
            "summary": facts.fields.get("summary"),
            "description": adf.plain(facts.fields.get("description")),
            "raw": facts.fields.get("description"),
            **{name: text(name, facts.fields.get(name)) or None for name in named},
            "labels": list(facts.fields["labels"]),
            "properties": dict(facts.properties),
            "hidden": issue.hidden,
            "created": facts.fields["created"].isoformat(),
            "updated": facts.fields["updated"].isoformat(),
            "fields": show.fields(issue, facts, ["*all", "-comment"]),
            "remote_links": [show.remote_link(issue, one) for one in issue.remote_links],
            "issue_links": show.issue_links(issue),
            "comments": [
                {
                    "id": one.id,
                    "author": one.author.display_name,
                    "account": one.author.account_id,
                    "created": one.created.isoformat(),
                    "text": adf.plain(one.body),
                    "properties": dict(one.properties),
                }
                for one in issue.comments
            ],
            "history": [show.history(one) for one in issue.histories],
        }

    # --- the site

    def switches(self, _: Call) -> Response:
        return JsonAnswer(self.state.switches.model_dump())

    def switch(self, call: Call) -> Response:
        wanted = order_of(call, Switches)
        changed = {name: getattr(wanted, name) for name in wanted.model_fields_set}
        self.state.switches = self.state.switches.model_copy(update=changed)
        return self.switches(call)

    def lag(self, call: Call) -> Response:
        lag = REALISTIC_LAG if order_of(call, _Lag).preset == "realistic" else ()
        self.state.switches = self.state.switches.model_copy(update={"lag": lag})
        return self.switches(call)


_VALUES = frozenset(_Values.model_fields) - {"author"}
