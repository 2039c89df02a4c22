"""What every Zendesk handler works with, and the errors that several of them answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.sandbox.frame import Refusal

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from connector.sandbox.frame import Call
    from connector.sandbox.world import World
    from connector.sandbox.zendesk.access import Access
    from connector.sandbox.zendesk.entities import Id, Ticket, User
    from connector.sandbox.zendesk.limits import Limits
    from connector.sandbox.zendesk.shapes import Shapes
    from connector.sandbox.zendesk.store import Store

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """The account and everything around it."""

    world: World
    store: Store
    shapes: Shapes
    access: Access
    limits: Limits


@dataclass(slots=True)
class Visit:
    """One request of a known user. `headers` are added to its answer."""

    desk: Desk
    call: Call
    user: User
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def shapes(self) -> Shapes:
        return self.desk.shapes

    @property
    def query(self) -> QueryParams:
        return self.call.query

    @property
    def includes(self) -> frozenset[str]:
        """The names of `include`."""
        return frozenset(part for part in self.query.get("include", "").split(",") if part)

    def body(self, key: str) -> dict[str, Any]:
        """The object under `key` of the JSON body; refused when there is none."""
        value = self.json().get(key)
        if not isinstance(value, dict):
            raise bad_request("ParameterMissing", f"Parameter {key} is required")
        return value

    def json(self) -> dict[str, Any]:
        try:
            value = self.call.json()
        except ValueError:
            raise bad_request("BadRequest", "The request body is not JSON") from None
        return value if isinstance(value, dict) else {}

    def ticket(self) -> Ticket:
        """The ticket that the path names; deleted ones are gone."""
        return living_ticket(self.store, self.call.path["ticket_id"])


def living_ticket(store: Store, ticket_id: Any) -> Ticket:
    """Refuses with 404 what is no ticket any more, or never was one."""
    known = store.tickets.get(int(ticket_id)) if str(ticket_id).isdigit() else None
    if known is None or known.status == "deleted":
        raise not_found()
    return known


def ids_of(query: QueryParams, most: int = MOST_AT_ONCE) -> list[Id]:
    """`ids` of a show_many; refused with 400 when there are too many."""
    given = [part.strip() for part in query.get("ids", "").split(",") if part.strip()]
    if len(given) > most:
        raise too_many_values("ids")
    return [int(part) for part in given if part.isdigit()]


def not_found() -> Refusal:
    return Refusal(404, {"error": "RecordNotFound", "description": "Not found"})


def no_endpoint() -> Refusal:
    return Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})


def bad_request(error: str, description: str) -> Refusal:
    return Refusal(400, {"error": error, "description": description})


def too_many_values(name: str = "") -> Refusal:
    description = f"Parameter {name} cannot specify more than {MOST_AT_ONCE} values"
    body = {"error": "TooManyValues", "description": description, "max_count": MOST_AT_ONCE}
    return Refusal(400, body)


def invalid(details: dict[str, list[str]]) -> Refusal:
    """422 RecordInvalid; `details` are problems by field name, "base" for the whole record."""
    told = {name: [{"description": text} for text in texts] for name, texts in details.items()}
    body = {"error": "RecordInvalid", "description": "Record validation errors", "details": told}
    return Refusal(422, body)


def conflict() -> Refusal:
    description = (
        "Safe Update prevented the update due to outdated ticket data. "
        "Please fetch the latest ticket data and try again."
    )
    return Refusal(409, {"error": "UpdateConflict", "description": description})
