"""Writes to tickets: create, update, tags, delete, make private."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.zendesk.creation import NewTicket, create
from connector.sandbox.zendesk.desk import bad_request, invalid, not_found
from connector.sandbox.zendesk.updates import Update
from connector.sandbox.zendesk.wishes import (
    Reader,
    Wish,
    check_stamp,
    check_writable,
    tag_list,
    warning,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox.zendesk.desk import Visit
    from connector.sandbox.zendesk.entities import Audit, Comment, Ticket, User

IDEMPOTENT_FOR = timedelta(hours=2)


def update(visit: Visit) -> Response:
    """PUT /tickets/{ticket_id}"""
    ticket = visit.ticket()
    wish = Reader(visit.store, "update").read(visit.body("ticket"), ticket)
    visit.headers |= warning("update", wish.unknown)
    audit = make(visit, ticket, wish)
    told = {"ticket": visit.shapes.ticket(ticket), "audit": visit.shapes.audit(audit)}
    return JsonAnswer(told)


def make(visit: Visit, ticket: Ticket, wish: Wish) -> Audit:
    """Applies a checked wish as one audit; solving a problem solves its incidents likewise."""
    made = Update(visit.store, ticket, visit.user, custom=wish.custom)
    wish.apply(made)
    audit = made.commit(visit.call.effect)
    if wish.values.get("status") == "solved" and ticket.type == "problem":
        _solve_incidents(visit, ticket, wish)
    return audit


def _solve_incidents(visit: Visit, problem: Ticket, wish: Wish) -> None:
    """The solving comment is copied to every open incident: a trap for internal texts."""
    copied = Wish(values={"status": "solved"}, comment=wish.comment)
    for ticket in list(visit.store.tickets.values()):
        if ticket.problem_id == problem.id and ticket.status in {"new", "open", "pending", "hold"}:
            made = Update(visit.store, ticket, visit.user, custom=wish.custom)
            copied.apply(made)
            made.commit(visit.call.effect)


def create_one(visit: Visit) -> Response:
    """POST /tickets. The same Idempotency-Key answers the same again, for two hours."""
    key = visit.call.request.headers.get("idempotency-key")
    digest = hashlib.sha256(visit.call.body).digest()
    if key is not None:
        known = visit.store.idempotent.get(key)
        if known is not None and known[0] + IDEMPOTENT_FOR > visit.desk.world.now():
            return _again(visit, known, digest)
    answer = _create(visit, visit.body("ticket"))
    if key is not None:
        visit.headers["x-idempotency-lookup"] = "miss"
        visit.store.idempotent[key] = (visit.desk.world.now(), digest, bytes(answer.body))
    return answer


def _again(visit: Visit, known: tuple[Any, bytes, bytes], digest: bytes) -> Response:
    if known[1] != digest:
        text = "The idempotency key was used before, with other parameters"
        raise bad_request("IdempotentRequestError", text)
    visit.headers["x-idempotency-lookup"] = "hit"
    return JsonAnswer(orjson.loads(known[2]), status_code=201)


def _create(visit: Visit, asked: dict[str, Any]) -> Response:
    made = new_of(visit, asked, Reader(visit.store, "create"))
    audit = made.commit(visit.call.effect)
    shape = visit.shapes.ticket(made.ticket)
    shape["generated_timestamp"] = 0
    answer = JsonAnswer({"ticket": shape, "audit": visit.shapes.audit(audit)}, status_code=201)
    answer.headers["location"] = shape["url"]
    return answer


def new_of(visit: Visit, asked: dict[str, Any], reader: Reader) -> Update:
    """The ticket that a create asks for, not yet committed; 422 without any text."""
    wish = reader.read(asked)
    visit.headers |= warning("create", wish.unknown)
    text = wish.comment.body if wish.comment else str(asked.get("description") or "")
    if not text:
        raise invalid({"base": ["Description: cannot be blank"]})
    values = dict(wish.values)
    subject = str(values.pop("subject", None) or text[:80])
    requester = _requester(visit, asked, values.pop("requester_id", None))
    followed = asked.get("via_followup_source_id")
    made = create(
        visit.store,
        NewTicket(
            requester=requester, submitter=visit.user, subject=subject, body=text,
            at=visit.store.now(), channel="api", custom=wish.custom, fields=wish.fields,
            public=wish.comment is None or wish.comment.public is not False,
            attachments=wish.comment.attachments if wish.comment else [],
            attributes={**values, "tags": sorted(set(wish.tags or ()))},
        ),
    )  # fmt: skip
    if followed in visit.store.tickets:
        made.ticket.follows = followed
        visit.store.tickets[followed].followup_ids = [
            *visit.store.tickets[followed].followup_ids, made.ticket.id,
        ]  # fmt: skip
    return made


def _requester(visit: Visit, asked: dict[str, Any], requester_id: int | None) -> User:
    if requester_id is not None:
        return visit.store.users[requester_id]
    given = asked.get("requester")
    email = given.get("email") if isinstance(given, dict) else None
    if not email:
        return visit.user
    known = visit.store.users_by_email.get(str(email).lower())
    name = str(given.get("name") or email) if isinstance(given, dict) else str(email)
    return known or visit.store.add_user(name, str(email), at=visit.store.now())


def add_tags(visit: Visit) -> Response:
    """PUT /tickets/{ticket_id}/tags: adds"""
    return _change_tags(visit, lambda old, given: [*old, *given])


def set_tags(visit: Visit) -> Response:
    """POST /tickets/{ticket_id}/tags: replaces"""
    answer = _change_tags(visit, lambda _, given: given)
    answer.status_code = 201
    return answer


def remove_tags(visit: Visit) -> Response:
    """DELETE /tickets/{ticket_id}/tags: takes away those of the body (or of `?tags=`)"""
    return _change_tags(visit, lambda old, given: [tag for tag in old if tag not in set(given)])


def _change_tags(visit: Visit, change: Callable[[list[str], list[str]], list[str]]) -> Response:
    ticket, asked = visit.ticket(), visit.json()
    check_writable(ticket)
    check_stamp(ticket, asked)
    given = tag_list(asked.get("tags", visit.query.get("tags")))
    made = Update(visit.store, ticket, visit.user)
    made.set_tags(change(ticket.tags, given))
    made.commit(visit.call.effect)
    return JsonAnswer({"tags": ticket.tags})


def delete(visit: Visit) -> Response:
    """DELETE /tickets/{ticket_id}"""
    ticket = visit.ticket()
    made = Update(visit.store, ticket, visit.user)
    ticket.deleted_at = made.at
    made.set("status", "deleted")
    made.commit(visit.call.effect)
    return Response(status_code=204)


def make_comment_private(visit: Visit) -> Response:
    """PUT /tickets/{ticket_id}/comments/{comment_id}/make_private"""
    ticket = visit.ticket()
    wanted = visit.call.path["comment_id"]
    return _hide(visit, ticket, [said for said in ticket.comments if said.id == wanted])


def make_audit_private(visit: Visit) -> Response:
    """PUT /tickets/{ticket_id}/audits/{audit_id}/make_private"""
    ticket = visit.ticket()
    wanted = visit.call.path["audit_id"]
    return _hide(visit, ticket, [said for said in ticket.comments if said.audit_id == wanted])


def _hide(visit: Visit, ticket: Ticket, comments: list[Comment]) -> Response:
    if not comments:
        raise not_found()
    for comment in comments:
        comment.public = False
        visit.call.effect("made_private", ticket=ticket.id, comment=comment.id)
    ticket.updated_at = visit.store.now()
    visit.store.changed(ticket, None)
    return Response(media_type="application/json; charset=utf-8")
