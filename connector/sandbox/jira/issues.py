"""Creating, reading, editing and deleting issues, one or many."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer, Refusal
from connector.sandbox.jira import adf, site
from connector.sandbox.jira.api import INVALID_PAYLOAD, Ask, Site, refuse
from connector.sandbox.jira.fields import Draft, properties_of, refuse_four_bytes

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.values import Change, Issue

MOST_BULK_CREATED = 50
MOST_BULK_FETCHED = 100
MOST_PROPERTIES = 5


def issue_routes(home: Site) -> list[BaseRoute]:
    return [
        home.route("POST", "/issue", _create),
        home.route("POST", "/issue/bulk", _create_many),
        home.route("POST", "/issue/bulkfetch", _fetch_many, only="cloud", write=False),
        home.route("GET", "/issue/{issue}", _read, anonymous=True),
        home.route("PUT", "/issue/{issue}", _edit, anonymous=True),
        home.route("DELETE", "/issue/{issue}", _delete, anonymous=True),
    ]


def text_hash(text: Any) -> str:
    """What the journal says of a text: enough to tell the same from another, nothing to read."""
    return hashlib.sha256(adf.plain(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _create(ask: Ask) -> Response:
    body = ask.body("fields", "update", "properties", "historyMetadata")
    return JsonAnswer(_created(ask, body), status_code=201)


def _create_many(ask: Ask) -> Response:
    updates = ask.body("issueUpdates").get("issueUpdates")
    if not isinstance(updates, list) or not 0 < len(updates) <= MOST_BULK_CREATED:
        raise refuse(400, f"The number of issues must be between 1 and {MOST_BULK_CREATED}.")
    made: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for index, one in enumerate(updates):
        try:
            made.append(_created(ask, one))
        except Refusal as refusal:
            errors = {**refusal.body, "status": refusal.status}
            failed.append(
                {
                    "status": refusal.status,
                    "elementErrors": errors,
                    "failedElementNumber": index,
                }
            )
    return JsonAnswer({"issues": made, "errors": failed}, status_code=201 if made else 400)


def _created(ask: Ask, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise refuse(400, INVALID_PAYLOAD)
    fields, update = _parts(body)
    project = _project(ask, fields.pop("project", None))
    ask.need(project.key, "CREATE_ISSUES")
    draft = Draft(ask, project)
    draft.values["project"] = project.key
    draft.take(fields, update, {})
    draft.require(new=True)
    values = draft.settle()
    properties = properties_of(body.get("properties", []))
    if ask.state.switches.drops_security:
        values = {**values, "security": None}
    issue = ask.state.create(values, properties, ask.author)
    ask.call.effect(
        "create",
        issue=issue.id,
        key=issue.facts.key,
        project=project.key,
        labels=list(issue.facts.fields["labels"]),
        properties=sorted(properties),
        security=values.get("security"),
        summary=text_hash(values["summary"]),
    )
    link = ask.show.url(f"issue/{issue.id}")
    return {"id": issue.id, "key": issue.facts.key, "self": link}


def _parts(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    fields, update = body.get("fields", {}), body.get("update", {})
    if not isinstance(fields, dict) or not isinstance(update, dict):
        raise refuse(400, INVALID_PAYLOAD)
    return dict(fields), dict(update)


def _project(ask: Ask, given: Any) -> site.Project:
    message = "Specify a valid project ID or key" if ask.cloud else "project is required"
    if isinstance(given, dict):
        for one in ask.state.projects():
            if given.get("key") == one.key or str(given.get("id")) == one.id:
                return one
        message = "valid project is required"
    raise refuse(400, errors={"project": message})


def _read(ask: Ask) -> Response:
    pair = ask.issue()
    properties = ask.listed("properties") if "properties" in ask.call.query else None
    shown = ask.show.issue(
        pair,
        fields=ask.listed("fields"),
        properties=properties,
        changelog="changelog" in ask.listed("expand"),
    )
    return JsonAnswer(shown)


def _fetch_many(ask: Ask) -> Response:
    body = ask.body("issueIdsOrKeys", "fields", "fieldsByKeys", "properties", "expand")
    refs = _texts(body, "issueIdsOrKeys")
    if not 0 < len(refs) <= MOST_BULK_FETCHED:
        raise refuse(400, f"The number of issues must be between 1 and {MOST_BULK_FETCHED}.")
    properties = _texts(body, "properties") if "properties" in body else None
    if len(properties or ()) > MOST_PROPERTIES:
        raise refuse(400, f"At most {MOST_PROPERTIES} properties can be asked for.")
    fields = _texts(body, "fields") or ["*navigable"]
    changelog = "changelog" in _texts(body, "expand")
    found = {pair[0].id: pair for ref in refs if (pair := ask.state.by_key(ref)) is not None}
    shown = [
        ask.show.issue(found[key], fields=fields, properties=properties, changelog=changelog)
        for key in sorted(found, key=int)
    ]
    return JsonAnswer({"issues": shown, "issueErrors": []})


def _texts(body: dict[str, Any], name: str) -> list[str]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise refuse(400, INVALID_PAYLOAD)
    return given


def _edit(ask: Ask) -> Response:
    issue = ask.writable("EDIT_ISSUES")
    body = ask.body("fields", "update", "properties", "historyMetadata", "transition")
    fields, update = _parts(body)
    if not fields and not update and not body.get("properties"):
        raise refuse(400, "one of 'fields' or 'update' required")
    project = next(one for one in site.PROJECTS if one.key == issue.facts.project)
    draft = Draft(ask, project)
    draft.take(fields, update, issue.facts.fields)
    draft.require(new=False)
    values = draft.settle()
    properties = properties_of(body.get("properties", []))
    refuse_four_bytes(ask, orjson.dumps(properties).decode())
    changes = ask.state.edit(issue, values, ask.author)
    for name, value in properties.items():
        ask.state.set_property(issue, name, value)
    record_update(ask, issue, changes, properties=sorted(properties))
    if ask.cloud and ask.call.query.get("returnIssue") == "true":
        return JsonAnswer(ask.show.issue((issue, issue.facts), fields=["*all"]))
    return Response(status_code=204)


def record_update(ask: Ask, issue: Issue, changes: list[Change], **details: Any) -> None:
    """The journal's line of an edit: which fields got other values, and which labels."""
    labels = next((one for one in changes if one.field == "labels"), None)
    old = set(labels.old_text.split()) if labels else set()
    new = set(labels.new_text.split()) if labels else set()
    ask.call.effect(
        "update",
        issue=issue.id,
        fields=sorted(change.field for change in changes),
        labels_added=sorted(new - old),
        labels_removed=sorted(old - new),
        **details,
    )


def _delete(ask: Ask) -> Response:
    issue = ask.writable("DELETE_ISSUES")
    ask.state.delete(issue)
    ask.call.effect("delete", issue=issue.id)
    return Response(status_code=204)
