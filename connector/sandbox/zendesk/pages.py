"""What a person's browser may ask for: a ticket's page and an attachment."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from connector.sandbox.frame import Call, route
from connector.sandbox.zendesk.desk import Desk, not_found
from connector.sandbox.zendesk.sla import stamp

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from connector.sandbox.zendesk.entities import Comment, Ticket

_STYLE = (
    "body{font:15px/1.5 system-ui;max-width:50em;margin:2em auto;padding:0 1em}"
    "article{border:1px solid #ccc;border-radius:6px;padding:.5em 1em;margin:1em 0}"
    "article.internal{background:#fff7e0}pre{white-space:pre-wrap;font:inherit}"
    "small{color:#555}"
)


def page_routes(desk: Desk) -> list[BaseRoute]:
    return [
        route("GET", "/agent/tickets/{ticket_id:int}", partial(_page, desk), world=desk.world),
        route("GET", "/attachments/token/{token}/", partial(_file, desk), world=desk.world),
    ]


def _page(desk: Desk, call: Call) -> Response:
    ticket = desk.store.tickets.get(call.path["ticket_id"])
    if ticket is None:
        raise not_found()
    said = "".join(_article(desk, comment) for comment in ticket.comments)
    title = escape(f"#{ticket.id} {ticket.subject}")
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{_facts(desk, ticket)}</p>{said}</html>"
    )


def _facts(desk: Desk, ticket: Ticket) -> str:
    store = desk.store
    organization = store.organizations.get(ticket.organization_id or 0)
    group = store.groups.get(ticket.group_id or 0)
    facts = {
        "status": ticket.status,
        "priority": ticket.priority or "none",
        "requester": store.users[ticket.requester_id].email,
        "organization": organization.name if organization else "none",
        "group": group.name if group else "none",
        "tags": " ".join(ticket.tags) or "none",
    }
    for known in store.custom_fields():
        if ticket.fields.get(known.id) is not None:
            facts[known.title] = str(ticket.fields[known.id])
    return " · ".join(f"{escape(name)} <b>{escape(value)}</b>" for name, value in facts.items())


def _article(desk: Desk, comment: Comment) -> str:
    kind = "public" if comment.public else "internal"
    author = escape(desk.store.users[comment.author_id].name)
    files = "".join(f" 📎 {escape(known.name)}" for known in comment.attachments)
    head = f"<small>{author}, {stamp(comment.created_at)}, {kind}{files}</small>"
    return f'<article class="{kind}">{head}<pre>{escape(comment.body)}</pre></article>'


def _file(desk: Desk, call: Call) -> Response:
    known = desk.store.attachments.get(call.path["token"])
    if known is None:
        raise not_found()
    headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Response(known.content, media_type=known.content_type, headers=headers)
