"""What people do in Zendesk while the connector looks on: the control API's actions.

Customers write, agents answer, solve, close, merge and delete; SLA clocks are set. None of it is
limited, and none needs credentials: it stands for the world outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from connector.core.model import Frozen
from connector.sandbox.control import order_of
from connector.sandbox.frame import Call, JsonAnswer, Refusal, route
from connector.sandbox.seed import SeedAttachment, SeedSla, SeedTicket
from connector.sandbox.zendesk.build import Builder
from connector.sandbox.zendesk.creation import NewTicket, create
from connector.sandbox.zendesk.desk import Desk, living_ticket
from connector.sandbox.zendesk.entities import CLOSED_FOR_WRITES
from connector.sandbox.zendesk.merging import merge_into
from connector.sandbox.zendesk.updates import Update

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from connector.sandbox.zendesk.entities import Ticket, User

Action = Callable[[Desk, Call], Any]
_AGENT = "agent@sandbox.example"


class _TicketOrder(Frozen):
    """A ticket as a customer sends it now; times are the sandbox's."""

    requester: str
    subject: str
    body: str
    organization: str | None = None
    type: Literal["question", "incident", "problem", "task"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None
    assignee: str | None = None
    fields: Mapping[str, str | int | float | bool | None] = {}
    attachments: tuple[SeedAttachment, ...] = ()
    sla: tuple[SeedSla, ...] = ()


class _CommentOrder(Frozen):
    """`author` None: the requester when `by` is "customer", else an agent."""

    body: str
    by: Literal["customer", "agent"] = "customer"
    author: str | None = None
    public: bool = True
    status: Literal["open", "pending", "hold", "solved"] | None = None


class _ChangeOrder(Frozen):
    """An agent's change of fields; names as in a seed."""

    author: str | None = None
    status: Literal["open", "pending", "hold", "solved", "closed"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    type: Literal["question", "incident", "problem", "task"] | None = None
    group: str | None = None
    assignee: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    satisfaction: Literal["good", "bad", "offered"] | None = None


class _MergeOrder(Frozen):
    """Merges the ticket of the path into this one."""

    into: int


class _SlaOrder(Frozen):
    clocks: tuple[SeedSla, ...]


class _SeedOrder(Frozen):
    """Tickets with their past, as in a seed; the export shows them as changed now."""

    tickets: tuple[SeedTicket, ...]


def action_routes(desk: Desk) -> list[BaseRoute]:
    """POST, under /_sandbox/zendesk/ (bodies: the order classes above; answers: the ticket).

    tickets                 a customer writes in
    tickets/{id}/comments   the customer or an agent comments, in public or not
    tickets/{id}/change     an agent changes fields and tags
    tickets/{id}/solve      an agent solves it;  /close, /delete likewise
    tickets/{id}/merge      an agent merges it into another
    tickets/{id}/sla        sets SLA clocks
    seed                    adds tickets with their past
    tokens/revoke           every bearer token stops working
    """
    paths: dict[str, Action] = {
        "tickets": _write_in,
        "tickets/{ticket_id:int}/comments": _comment,
        "tickets/{ticket_id:int}/change": _change,
        "tickets/{ticket_id:int}/solve": lambda desk, call: _to(desk, call, "solved"),
        "tickets/{ticket_id:int}/close": lambda desk, call: _to(desk, call, "closed"),
        "tickets/{ticket_id:int}/delete": _delete,
        "tickets/{ticket_id:int}/merge": _merge,
        "tickets/{ticket_id:int}/sla": _sla,
        "seed": _seed,
        "tokens/revoke": lambda desk, _: {"revoked": desk.access.revoke_all()},
    }
    return [
        route("POST", f"/_sandbox/zendesk/{path}", _answering(desk, action), world=desk.world)
        for path, action in paths.items()
    ]


def _answering(desk: Desk, action: Action) -> Callable[[Call], Response]:
    return lambda call: JsonAnswer(action(desk, call))


def _shown(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    return {"ticket": desk.shapes.ticket(ticket, generated=True)}


def _named(desk: Desk, call: Call) -> Ticket:
    return living_ticket(desk.store, call.path["ticket_id"])


def _agent(desk: Desk, email: str | None = None) -> User:
    return Builder(desk.store).user(email or _AGENT, staff=True)


def _write_in(desk: Desk, call: Call) -> Any:
    order = order_of(call, _TicketOrder)
    store, builder = desk.store, Builder(desk.store)
    customer = builder.user(order.requester, organization=order.organization)
    made = create(
        store,
        NewTicket(
            requester=customer, submitter=customer, subject=order.subject, body=order.body,
            at=store.now(), channel="email",
            attachments=[store.attach(known.name, known.content_type, known.content.encode())
                         for known in order.attachments],
            fields={builder.field_id(title): value for title, value in order.fields.items()},
            attributes={
                "type": order.type, "priority": order.priority, "tags": sorted(set(order.tags)),
                "group_id": builder.group_id(order.group),
                "assignee_id": builder.agent_id(order.assignee),
            },
        ),
    )  # fmt: skip
    made.commit()
    for clock in order.sla:
        builder.sla(made.ticket, clock)
    return _shown(desk, made.ticket)


def _comment(desk: Desk, call: Call) -> Any:
    order = order_of(call, _CommentOrder)
    ticket, store = _named(desk, call), desk.store
    if order.by == "customer":
        known = Builder(store).user(order.author) if order.author else None
        author = known or store.users[ticket.requester_id]
    else:
        author = _agent(desk, order.author)
    if ticket.status in CLOSED_FOR_WRITES:
        return _shown(desk, _follow_up(desk, ticket, author, order.body))
    channel = "email" if order.by == "customer" else "web"
    update = Update(store, ticket, author, channel=channel)
    update.comment(order.body, public=order.public)
    if order.status is not None:
        update.set("status", order.status)
    update.commit()
    return _shown(desk, ticket)


def _follow_up(desk: Desk, ticket: Ticket, author: User, body: str) -> Ticket:
    """Who writes to a closed ticket gets a new one."""
    new = NewTicket(
        requester=author, submitter=author, subject=ticket.subject, body=body,
        at=desk.store.now(), channel="email", attributes={"follows": ticket.id},
    )  # fmt: skip
    made = create(desk.store, new)
    made.commit()
    ticket.followup_ids = [*ticket.followup_ids, made.ticket.id]
    return made.ticket


def _change(desk: Desk, call: Call) -> Any:
    order = order_of(call, _ChangeOrder)
    ticket, builder = _open(desk, call), Builder(desk.store)
    update = Update(desk.store, ticket, _agent(desk, order.author), channel="web")
    if order.group is not None:
        update.set("group_id", builder.group_id(order.group))
    if order.assignee is not None:
        update.set("assignee_id", builder.agent_id(order.assignee))
    for name in ("priority", "type", "status"):
        if getattr(order, name) is not None:
            update.set(name, getattr(order, name))
    if order.satisfaction is not None:
        update.set("satisfaction", {"score": order.satisfaction})
    if order.add_tags or order.remove_tags:
        kept = [tag for tag in ticket.tags if tag not in order.remove_tags]
        update.set_tags([*kept, *order.add_tags])
    update.commit()
    return _shown(desk, ticket)


def _to(desk: Desk, call: Call, status: str) -> Any:
    ticket = _open(desk, call)
    update = Update(desk.store, ticket, _agent(desk), channel="web")
    update.set("status", status)
    update.commit()
    return _shown(desk, ticket)


def _open(desk: Desk, call: Call) -> Ticket:
    ticket = _named(desk, call)
    if ticket.status in CLOSED_FOR_WRITES:
        raise Refusal(422, {"error": f"ticket {ticket.id} is {ticket.status}"})
    return ticket


def _delete(desk: Desk, call: Call) -> Any:
    ticket = _named(desk, call)
    update = Update(desk.store, ticket, _agent(desk), channel="web")
    ticket.deleted_at = update.at
    update.set("status", "deleted")
    update.commit()
    return _shown(desk, ticket)


def _merge(desk: Desk, call: Call) -> Any:
    source = _named(desk, call)
    target = living_ticket(desk.store, order_of(call, _MergeOrder).into)
    merge_into(desk.store, _agent(desk), target, [source], lambda **_: None)
    return _shown(desk, target)


def _sla(desk: Desk, call: Call) -> Any:
    """The ticket does not move in the export: a clock is not a change of the ticket."""
    ticket = _named(desk, call)
    for clock in order_of(call, _SlaOrder).clocks:
        Builder(desk.store).sla(ticket, clock)
    return {**_shown(desk, ticket), "slas": desk.shapes.slas(ticket)}


def _seed(desk: Desk, call: Call) -> Any:
    made = []
    for seed in order_of(call, _SeedOrder).tickets:
        ticket = Builder(desk.store).ticket(seed)
        desk.store.adopt(ticket)
        made.append(ticket.id)
    return {"tickets": made}
