"""Zendesk's own Jira links, on the documented path and on the older one that zenpy uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.zendesk.access import forbidden
from connector.sandbox.zendesk.desk import invalid, no_endpoint, not_found
from connector.sandbox.zendesk.entities import JiraLink

if TYPE_CHECKING:
    from connector.sandbox.zendesk.desk import Visit

PAGE = 1000
_KEYS = ("ticket_id", "issue_id", "issue_key")


def listed(visit: Visit) -> Response:
    """GET /jira/links and /services/jira/links, in order of id.

    `filter[ticket_id]`, `filter[issue_id]`, or without the brackets; `page[after]` on the new path
    and `since_id` on the old one are exclusive.
    """
    _check_installed(visit)
    found = sorted(visit.store.links.values(), key=lambda link: link.id)
    for key in ("ticket_id", "issue_id"):
        wanted = visit.query.get(f"filter[{key}]", visit.query.get(key))
        if wanted is not None:
            found = [link for link in found if getattr(link, key) == wanted]
    after = visit.query.get("page[after]") or visit.query.get("since_id") or "0"
    size = visit.query.get("page[size]", str(PAGE))
    rest = [link for link in found if link.id > (int(after) if after.isdigit() else 0)]
    part = rest[: min(int(size) if size.isdigit() else PAGE, PAGE)]
    told: dict[str, Any] = {"links": [_shape(visit, link) for link in part], "total": len(rest)}
    if "/services/" not in visit.call.asked_path:
        last = str(part[-1].id) if part else None
        told["meta"] = {"has_more": len(part) < len(rest), "after_cursor": last}
    return JsonAnswer(told)


def create(visit: Visit) -> Response:
    """POST /jira/links. Neither side is checked to exist; the same pair again is refused."""
    _check_installed(visit)
    asked = visit.body("link")
    missing = {key: [f"{key} is required"] for key in _KEYS if asked.get(key) in (None, "")}
    if missing:
        raise invalid(missing)
    values = {key: str(asked[key]) for key in _KEYS}
    for known in visit.store.links.values():
        if (known.ticket_id, known.issue_id) == (values["ticket_id"], values["issue_id"]):
            raise invalid({"base": ["The ticket is already linked to this issue"]})
    link = JiraLink(visit.store.new_id(), **values, created_at=visit.store.now())
    visit.store.links[link.id] = link
    visit.call.effect("jira_link", ticket=link.ticket_id, issue=link.issue_id, id=link.id)
    return JsonAnswer({"link": _shape(visit, link)}, status_code=201)


def delete(visit: Visit) -> Response:
    """DELETE /jira/links/{id}"""
    _check_installed(visit)
    link = visit.store.links.pop(visit.call.path["id"], None)
    if link is None:
        raise not_found()
    visit.call.effect("jira_unlink", ticket=link.ticket_id, issue=link.issue_id, id=link.id)
    return Response(status_code=204)


def _check_installed(visit: Visit) -> None:
    state = visit.desk.world.options.integration
    if state == "absent":
        raise no_endpoint()
    if state == "forbidden":
        raise forbidden()


def _shape(visit: Visit, link: JiraLink) -> dict[str, Any]:
    made = f"{link.created_at:%Y-%m-%dT%H:%M:%S.000Z}"
    return {
        "id": link.id,
        "ticket_id": link.ticket_id,
        "issue_id": link.issue_id,
        "issue_key": link.issue_key,
        "url": f"{visit.shapes.site}/api/services/jira/links/{link.id}",
        "created_at": made,
        "updated_at": made,
    }
