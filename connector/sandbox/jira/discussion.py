"""What hangs on an issue: comments, remote links, properties, watchers, attachments, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.jira import site
from connector.sandbox.jira.api import INVALID_PAYLOAD, NO_ISSUE, Ask, Site, refuse
from connector.sandbox.jira.fields import (
    FieldError,
    check_property,
    properties_of,
    refuse_four_bytes,
    rich_text,
)
from connector.sandbox.jira.issues import text_hash
from connector.sandbox.jira.values import Attachment

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.jira.values import Comment, Issue

_MOST_IDS = 1000
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_FILENAME = re.compile(rb'filename="((?:[^"\\]|\\.)*)"')
_PART_TYPE = re.compile(rb"^content-type:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def discussion_routes(home: Site) -> list[BaseRoute]:
    issue = "/issue/{issue}"
    one_property = issue + "/properties/{property}"
    return [
        home.route("GET", issue + "/comment", _comments, anonymous=True),
        home.route("POST", issue + "/comment", _comment, anonymous=True),
        home.route("POST", "/comment/list", _comment_list, only="cloud", write=False),
        home.route("GET", issue + "/properties", _property_keys, anonymous=True),
        home.route("GET", one_property, _property, anonymous=True),
        home.route("PUT", one_property, _set_property, anonymous=True),
        home.route("DELETE", one_property, _drop_property, anonymous=True),
        home.route("GET", issue + "/watchers", _watchers, anonymous=True),
        home.route("POST", issue + "/watchers", _watch, anonymous=True),
        home.route("POST", issue + "/attachments", _attach, anonymous=True),
        home.route("POST", "/issueLink", _link_issues),
        home.route("GET", "/issueLinkType", _link_types),
    ]


def _full(held: int, most: int, what: str) -> None:
    if held >= most:
        raise refuse(413, f"The issue has reached its limit of {most} {what}.")


# --- comments


def _comment(ask: Ask) -> Response:
    issue = ask.writable("ADD_COMMENTS")
    body = ask.body("body", "properties", "visibility", "jsdPublic")
    _full(len(issue.comments), ask.state.switches.most_comments, "comments")
    if body.get("body") in (None, ""):
        raise refuse(400, errors={"comment": "Comment body can not be empty!"})
    try:
        text = rich_text(ask, body["body"])
    except FieldError as error:
        raise refuse(400, errors={"comment": str(error)}) from None
    properties = properties_of(body.get("properties", []))
    refuse_four_bytes(ask, orjson.dumps(text).decode())
    made = ask.state.comment(issue, ask.author, text, properties, body.get("visibility"))
    ask.call.effect(
        "comment", issue=issue.id, id=made.id, text=text_hash(text), properties=properties
    )
    return JsonAnswer(ask.show.comment(made, properties=bool(properties)), status_code=201)


def _comments(ask: Ask) -> Response:
    """Listing never shows properties."""
    issue, _ = ask.issue()
    order = ask.call.query.get("orderBy", "created")
    if order.lstrip("+- ") != "created":
        raise refuse(400, f"The order '{order}' is not valid: use created.")
    listed = sorted(issue.comments, key=_age, reverse=order.startswith("-"))
    start = ask.number("startAt", 0)
    most = ask.number("maxResults", 100 if ask.cloud else 1_048_576)
    page = listed[start : start + most]
    return JsonAnswer(ask.show.comments(page, start, most, len(listed)))


def _age(comment: Comment) -> tuple[Any, int]:
    return (comment.created, int(comment.id))


def _comment_list(ask: Ask) -> Response:
    ids = ask.body("ids").get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= _MOST_IDS:
        raise refuse(400, f"The number of ids must be between 1 and {_MOST_IDS}.")
    wanted = {str(one) for one in ids}
    found = [
        comment
        for issue in ask.state.issues.values()
        if ask.state.readable(issue)
        for comment in issue.comments
        if comment.id in wanted
    ]
    detailed = "properties" in ask.listed("expand")
    values = [ask.show.comment(one, properties=detailed) for one in sorted(found, key=_age)]
    shape = {"startAt": 0, "maxResults": _MOST_IDS, "total": len(values), "isLast": True}
    return JsonAnswer({**shape, "values": values})


# --- properties


def _property_keys(ask: Ask) -> Response:
    issue, facts = ask.issue()
    url = ask.show.url(f"issue/{issue.id}/properties/")
    return JsonAnswer({"keys": [{"self": url + key, "key": key} for key in facts.properties]})


def _property(ask: Ask) -> Response:
    _, facts = ask.issue()
    name = ask.call.path["property"]
    if name not in facts.properties:
        raise refuse(404, f"The property {name} does not exist.")
    return JsonAnswer({"key": name, "value": facts.properties[name]})


def _set_property(ask: Ask) -> Response:
    issue = ask.writable("EDIT_ISSUES")
    name, value = ask.call.path["property"], ask.json()
    check_property(name, value)
    refuse_four_bytes(ask, orjson.dumps(value).decode())
    new = ask.state.set_property(issue, name, value)
    ask.call.effect("property", issue=issue.id, key=name)
    return Response(status_code=201 if new else 200)


def _drop_property(ask: Ask) -> Response:
    issue = ask.writable("EDIT_ISSUES")
    name = ask.call.path["property"]
    if name not in issue.facts.properties:
        raise refuse(404, f"The property {name} does not exist.")
    ask.state.drop_property(issue, name)
    ask.call.effect("property", issue=issue.id, key=name, gone=True)
    return Response(status_code=204)


# --- watchers and attachments


def _watchers(ask: Ask) -> Response:
    issue, facts = ask.issue()
    shown = ask.show.value(issue, facts, "watches")
    return JsonAnswer({**shown, "watchers": [ask.show.person(one) for one in issue.watchers]})


def _watch(ask: Ask) -> Response:
    """The body is a bare JSON string: an account id on Cloud, a user name on Data Center."""
    issue = ask.writable("MANAGE_WATCHERS")
    given = ask.json()
    for user in site.USERS:
        if given is None or given == (user.account_id if ask.cloud else user.name):
            chosen = ask.author if given is None else user
            if chosen.account_id not in issue.watchers:
                issue.watchers.append(chosen.account_id)
            ask.call.effect("watcher", issue=issue.id, user=chosen.account_id)
            return Response(status_code=204)
    raise refuse(404, "The user does not exist.")


def _attach(ask: Ask) -> Response:
    if ask.call.request.headers.get("x-atlassian-token") not in {"no-check", "nocheck"}:
        raise refuse(403, "XSRF check failed")
    issue = ask.writable("CREATE_ATTACHMENTS")
    files = _files(ask.call.request.headers.get("content-type", ""), ask.call.body)
    if not files:
        raise refuse(400, "No file was uploaded.")
    held, most = len(issue.attachments), ask.state.switches.most_attachments
    _full(held + len(files) - 1, most, "attachments")
    made = [
        Attachment(ask.state.next_id(), name, kind, content, ask.author, ask.state.now())
        for name, kind, content in files
    ]
    issue.attachments += made
    for one in made:
        ask.call.effect("attachment", issue=issue.id, id=one.id, size=len(one.content))
    return JsonAnswer([ask.show.attachment(one) for one in made])


def _files(content_type: str, body: bytes) -> list[tuple[str, str, bytes]]:
    """(name, type, content) of each part called "file"."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None or not content_type.startswith("multipart/form-data"):
        raise refuse(415, "The request is not multipart/form-data.")
    found: list[tuple[str, str, bytes]] = []
    for part in body.split(b"--" + boundary.group(1).encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name, kind = _FILENAME.search(head), _PART_TYPE.search(head)
        if name is not None and b'name="file"' in head:
            shown = name.group(1).decode("utf-8", "replace")
            found.append(
                (
                    shown,
                    kind.group(1).decode() if kind else "application/octet-stream",
                    content.removesuffix(b"\r\n"),
                )
            )
    return found


# --- links between issues


def _link_issues(ask: Ask) -> Response:
    """Repeating it makes a second link."""
    body = ask.body("type", "inwardIssue", "outwardIssue", "comment")
    given = body.get("type")
    named = next(
        (
            one
            for one in site.LINK_TYPES
            if isinstance(given, dict)
            and (given.get("id") == one[0] or str(given.get("name", "")).lower() == one[1].lower())
        ),
        None,
    )
    if named is None:
        raise refuse(404, "No issue link type with that name or id found.")
    source, target = _end(ask, body.get("inwardIssue")), _end(ask, body.get("outwardIssue"))
    ask.need(source.facts.project, "LINK_ISSUES")
    held = sum(source.id in (link.source, link.target) for link in ask.state.links)
    _full(held, ask.state.switches.most_issue_links, "issue links")
    made = ask.state.relate(source, target, named[0])
    ask.call.effect("issuelink", id=made.id, type=named[1], source=source.id, target=target.id)
    return Response(status_code=201)


def _end(ask: Ask, given: Any) -> Issue:
    if not isinstance(given, dict) or not (given.get("id") or given.get("key")):
        raise refuse(400, INVALID_PAYLOAD)
    found = ask.state.by_key(str(given.get("id") or given.get("key")))
    if found is None:
        raise refuse(404, NO_ISSUE)
    return found[0]


def _link_types(ask: Ask) -> Response:
    shown = [ask.show.link_type(one[0]) for one in site.LINK_TYPES]
    return JsonAnswer({"issueLinkTypes": shown})
