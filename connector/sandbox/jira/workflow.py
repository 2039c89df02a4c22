"""Transitions and the history of issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.jira import site
from connector.sandbox.jira.api import INVALID_PAYLOAD, Ask, Site, refuse

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.state import JiraState
    from connector.sandbox.jira.values import Issue

MOST_ISSUES = 1000
MOST_FIELDS = 10
_CHANGES_A_PAGE = 100


def workflow_routes(home: Site) -> list[BaseRoute]:
    return [
        home.route("GET", "/issue/{issue}/transitions", _transitions, anonymous=True),
        home.route("POST", "/issue/{issue}/transitions", _transition, anonymous=True),
        home.route("GET", "/issue/{issue}/changelog", _changelog, anonymous=True, only="cloud"),
        home.route("POST", "/changelog/bulkfetch", _changelogs, only="cloud", write=False),
    ]


def available(state: JiraState, issue: Issue) -> list[site.Transition]:
    """What our account may do with the issue now."""
    if not state.allowed(issue.facts.project, "TRANSITION_ISSUES"):
        return []
    return [
        one
        for one in site.TRANSITIONS
        if issue.facts.fields["status"] in one.sources
        and one.id not in state.switches.closed_transitions
    ]


def _needs_resolution(state: JiraState, transition: site.Transition) -> bool:
    return transition.resolution is not None and transition.id in state.switches.needy_transitions


def _transitions(ask: Ask) -> Response:
    issue, _ = ask.issue()
    detailed = "transitions.fields" in ask.listed("expand")
    wanted = ask.call.query.get("transitionId")
    shown = [
        _shown(ask, one, detailed=detailed)
        for one in available(ask.state, issue)
        if wanted in (None, one.id)
    ]
    return JsonAnswer({"expand": "transitions", "transitions": shown})


def _shown(ask: Ask, one: site.Transition, *, detailed: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "to": ask.show.status(one.target),
        "hasScreen": one.resolution is not None,
        "isGlobal": False,
        "isInitial": False,
        "isConditional": False,
    }
    if ask.cloud:
        shown["isAvailable"] = True
    if detailed:
        shown["fields"] = {}
        if one.resolution is not None:
            shown["fields"]["resolution"] = _resolution_field(ask, one)
    return shown


def _resolution_field(ask: Ask, one: site.Transition) -> dict[str, Any]:
    return {
        "required": _needs_resolution(ask.state, one),
        "schema": {"type": "resolution", "system": "resolution"},
        "name": "Resolution",
        "key": "resolution",
        "operations": ["set"],
        "hasDefaultValue": False,
        "allowedValues": [ask.show.named("resolution", named) for named in site.RESOLUTIONS],
    }


def _transition(ask: Ask) -> Response:
    issue = ask.writable("TRANSITION_ISSUES")
    body = ask.body("transition", "fields", "update", "properties", "historyMetadata")
    given = body.get("transition")
    if not isinstance(given, dict) or "id" not in given:
        raise refuse(400, "Missing 'transition' identifier")
    chosen = _chosen(ask, issue, str(given["id"]))
    resolution = _resolution(ask, chosen, body.get("fields") or {})
    old = issue.facts.fields["status"]
    ask.state.set_status(issue, chosen.target, resolution, ask.author)
    ask.call.effect(
        "transition",
        issue=issue.id,
        transition=chosen.id,
        old=ask.state.text("status", old),
        new=ask.state.text("status", chosen.target),
        resolution=ask.state.text("resolution", resolution),
    )
    return Response(status_code=204)


def _chosen(ask: Ask, issue: Issue, wanted: str) -> site.Transition:
    for one in available(ask.state, issue):
        if one.id == wanted:
            return one
    if not ask.cloud and wanted not in {one.id for one in site.TRANSITIONS}:
        raise refuse(500, "Internal server error")
    raise refuse(
        400,
        f"It seems that you have tried to perform a workflow operation (id {wanted}) that is not "
        f"valid for the current state of this issue {issue.facts.key}.",
    )


def _resolution(ask: Ask, chosen: site.Transition, fields: Any) -> str | None:
    """The resolution after the transition; leaving "done" clears it."""
    if not isinstance(fields, dict):
        raise refuse(400, INVALID_PAYLOAD)
    for name in fields:
        if name != "resolution" or chosen.resolution is None:
            raise refuse(
                400,
                errors={
                    name: f"Field '{name}' cannot be set. It is not on the appropriate screen, "
                    "or unknown."
                },
            )
    if chosen.resolution is None:
        return None
    given = fields.get("resolution")
    if given is None:
        if _needs_resolution(ask.state, chosen):
            raise refuse(400, errors={"resolution": "Resolution is required."})
        return site.RESOLUTIONS[0].id
    for named in site.RESOLUTIONS:
        if isinstance(given, dict) and (
            given.get("id") == named.id or given.get("name") == named.name
        ):
            return named.id
    raise refuse(400, errors={"resolution": "The resolution selected is invalid."})


def _changelog(ask: Ask) -> Response:
    """Oldest first."""
    issue, _ = ask.issue()
    start = ask.number("startAt", 0)
    most = min(ask.number("maxResults", _CHANGES_A_PAGE), _CHANGES_A_PAGE)
    total = len(issue.histories)
    url = ask.show.url(f"issue/{issue.facts.key}/changelog?maxResults={most}&startAt=")
    shown: dict[str, Any] = {
        "self": f"{url}{start}",
        "startAt": start,
        "maxResults": most,
        "total": total,
        "isLast": start + most >= total,
        "values": [ask.show.history(one) for one in issue.histories[start : start + most]],
    }
    if not shown["isLast"]:
        shown["nextPage"] = f"{url}{start + most}"
    return JsonAnswer(shown)


def _changelogs(ask: Ask) -> Response:
    """Many issues at once; `created` is in epoch milliseconds here, unlike everywhere else."""
    body = ask.body("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken")
    refs, names = body.get("issueIdsOrKeys"), body.get("fieldIds", [])
    if not isinstance(refs, list) or not 0 < len(refs) <= MOST_ISSUES:
        raise refuse(400, f"The number of issues must be between 1 and {MOST_ISSUES}.")
    if not isinstance(names, list) or len(names) > MOST_FIELDS:
        raise refuse(400, f"At most {MOST_FIELDS} field ids can be asked for.")
    found = {pair[0].id: pair[0] for ref in refs if (pair := ask.state.by_key(str(ref)))}
    lines = [
        (issue, history)
        for issue in sorted(found.values(), key=lambda one: int(one.id))
        for history in issue.histories
        if not names or any(change.field in names for change in history.changes)
    ]
    start, most = _page(body)
    shown: dict[str, list[dict[str, Any]]] = {}
    for issue, history in lines[start : start + most]:
        line = ask.show.history(history)
        items = [item for item in line["items"] if not names or item.get("fieldId") in names]
        moment = int(history.at.timestamp() * 1000)
        shown.setdefault(issue.id, []).append({**line, "created": moment, "items": items})
    answer: dict[str, Any] = {
        "issueChangeLogs": [
            {"issueId": issue_id, "changeHistories": histories}
            for issue_id, histories in shown.items()
        ]
    }
    if start + most < len(lines):
        answer["nextPageToken"] = str(start + most)
    return JsonAnswer(answer)


def _page(body: dict[str, Any]) -> tuple[int, int]:
    token, most = body.get("nextPageToken", "0"), body.get("maxResults", 1000)
    if not isinstance(token, str) or not token.isdigit() or not isinstance(most, int):
        raise refuse(400, INVALID_PAYLOAD)
    return int(token), max(1, min(most, 10_000))
