"""Web links on an issue, upserted by their global id; a write says everything a link has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.jira.api import Ask, Site, refuse
from connector.sandbox.jira.fields import refuse_four_bytes
from connector.sandbox.jira.values import RemoteLink

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.values import Issue

_MOST_GLOBAL_ID = 255
_OBJECT = ("url", "title", "summary", "icon", "status")


def remote_link_routes(home: Site) -> list[BaseRoute]:
    links = "/issue/{issue}/remotelink"
    return [
        home.route("GET", links, _list, anonymous=True),
        home.route("POST", links, _upsert, anonymous=True),
        home.route("DELETE", links, _delete_by_global_id, anonymous=True),
        home.route("GET", links + "/{link}", _read, anonymous=True),
        home.route("DELETE", links + "/{link}", _delete, anonymous=True),
    ]


def _upsert(ask: Ask) -> Response:
    issue = ask.writable("LINK_ISSUES")
    body = ask.body("globalId", "application", "relationship", "object")
    global_id = body.get("globalId")
    if global_id is not None and not (
        isinstance(global_id, str) and len(global_id) <= _MOST_GLOBAL_ID
    ):
        raise refuse(400, errors={"globalId": "The global id cannot exceed 255 characters."})
    made = RemoteLink(
        id=int(ask.state.next_id()),
        global_id=global_id,
        object=_object(ask, body.get("object")),
        application={k: v for k, v in (body.get("application") or {}).items() if v is not None},
        relationship=body.get("relationship"),
    )
    old = _by_global_id(issue, global_id) if global_id else None
    if old is None:
        _room(ask, issue)
        issue.remote_links.append(made)
    else:
        made = replace(made, id=old.id)
        issue.remote_links[issue.remote_links.index(old)] = made
    ask.call.effect(
        "remotelink", issue=issue.id, id=made.id, globalId=global_id, created=old is None
    )
    shown = ask.show.remote_link(issue, made)
    status = 201 if old is None and ask.cloud else 200
    return JsonAnswer({"id": shown["id"], "self": shown["self"]}, status_code=status)


def _room(ask: Ask, issue: Issue) -> None:
    most = ask.state.switches.most_remote_links
    if len(issue.remote_links) >= most:
        raise refuse(413, f"The issue has reached its limit of {most} remote links.")


def _object(ask: Ask, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise refuse(400, errors={"object": "'object' is required."})
    missing = {
        name: f"'{name}' is required."
        for name in ("url", "title")
        if not isinstance(given.get(name), str) or not given[name]
    }
    if missing:
        raise refuse(400, errors=missing)
    refuse_four_bytes(ask, orjson.dumps(given).decode())
    return {name: given[name] for name in _OBJECT if given.get(name) is not None}


def _by_global_id(issue: Issue, global_id: str) -> RemoteLink | None:
    return next((one for one in issue.remote_links if one.global_id == global_id), None)


def _list(ask: Ask) -> Response:
    """With `globalId`: one link, not a list."""
    issue, _ = ask.issue()
    wanted = ask.call.query.get("globalId")
    if wanted is None:
        return JsonAnswer([ask.show.remote_link(issue, one) for one in issue.remote_links])
    found = _by_global_id(issue, wanted)
    if found is None:
        raise refuse(404, "No remote issue link with that global id exists on the issue.")
    return JsonAnswer(ask.show.remote_link(issue, found))


def _one(ask: Ask, issue: Issue) -> RemoteLink:
    for one in issue.remote_links:
        if str(one.id) == ask.call.path["link"]:
            return one
    raise refuse(404, "The remote issue link does not exist.")


def _read(ask: Ask) -> Response:
    issue, _ = ask.issue()
    return JsonAnswer(ask.show.remote_link(issue, _one(ask, issue)))


def _delete(ask: Ask) -> Response:
    issue = ask.writable("LINK_ISSUES")
    return _gone(ask, issue, _one(ask, issue))


def _delete_by_global_id(ask: Ask) -> Response:
    issue = ask.writable("LINK_ISSUES")
    wanted = ask.call.query.get("globalId")
    if not wanted:
        raise refuse(400, "'globalId' query parameter is required.")
    found = _by_global_id(issue, wanted)
    if found is None:
        raise refuse(404, "No remote issue link with that global id exists on the issue.")
    return _gone(ask, issue, found)


def _gone(ask: Ask, issue: Issue, link: RemoteLink) -> Response:
    issue.remote_links.remove(link)
    ask.call.effect("remotelink", issue=issue.id, id=link.id, globalId=link.global_id, gone=True)
    return Response(status_code=204)
