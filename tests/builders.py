"""Small, whole values for tests: a test says what matters to it, the rest is ordinary.

Everything is fixed: the same call gives an equal value.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from connector.core.facts import build_case, customer_of
from connector.core.mapping import Mappings
from connector.core.model import (
    Case,
    Change,
    Comment,
    Customer,
    Group,
    Member,
    Organization,
    Passage,
    Person,
    SlaClock,
    Source,
    Thread,
    Ticket,
)

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday, in opening hours (09:00-17:00 UTC by the shipped cadence.toml)."""

_SHIPPED = Path(__file__).resolve().parents[1] / "mappings"


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def days(count: float) -> timedelta:
    return timedelta(days=count)


@cache
def _shipped_mappings() -> Mappings:
    files = {name: (_SHIPPED / f"{name}.toml").read_text() for name in Mappings.model_fields}
    return Mappings.model_validate({name: tomllib.loads(text) for name, text in files.items()})


def the_mappings(**changes: Any) -> Mappings:
    """The shipped mappings/; `changes` replace whole files by their mapping value."""
    return _shipped_mappings().model_copy(update=changes)


def a_person(id: int = 5, **changes: Any) -> Person:  # noqa: A002 - the field's own name
    values = {"name": f"Person {id}", "email": f"person{id}@customer{id}.example"}
    return Person(**{"id": id, **values, **changes})


def an_organization(id: int = 50, **changes: Any) -> Organization:  # noqa: A002 - as above
    """`arr`, `tier`, `renewal_date` and `reference_customer` go into its fields."""
    names = ("arr", "tier", "renewal_date", "reference_customer")
    fields = {name: changes.pop(name) for name in names if name in changes}
    return Organization(**{"id": id, "name": f"Organization {id}", "fields": fields, **changes})


def a_ticket(
    id: int = 1,  # noqa: A002 - as above
    *,
    age: timedelta = timedelta(hours=2),
    now: datetime = NOON,
    **changes: Any,
) -> Ticket:
    """An open ticket, `age` old, from a requester of its own without an organization."""
    values: dict[str, Any] = {
        "subject": "Export",
        "description": "The export takes a while.",
        "status": "open",
        "requester": a_person(100 + id),
        "created_at": now - age,
        "updated_at": now - age,
    }
    return Ticket(**{"id": id, **values, **changes})


def a_comment(
    body: str,
    *,
    id: int = 2,  # noqa: A002 - as above
    ticket_id: int = 1,
    role: Literal["end-user", "agent", "system"] = "end-user",
    public: bool = True,
    age: timedelta = timedelta(hours=1),
    now: datetime = NOON,
    **changes: Any,
) -> Comment:
    """A public comment of a customer, `age` before `now`."""
    values: dict[str, Any] = {
        "id": id,
        "ticket_id": ticket_id,
        "role": role,
        "public": public,
        "created_at": now - age,
        "body": body,
    }
    return Comment(**{**values, **changes})


def a_note(body: str, **changes: Any) -> Comment:
    """An agent's internal note."""
    return a_comment(body, **{"role": "agent", "public": False, **changes})


def a_reply(body: str, **changes: Any) -> Comment:
    """An agent's public reply."""
    return a_comment(body, **{"role": "agent", **changes})


def a_change(field: str, old: Any, new: Any, *, age: timedelta = timedelta(hours=1)) -> Change:
    return Change(at=NOON - age, field=field, old=old, new=new)


def a_clock(
    left: timedelta,
    *,
    metric: str = "next_reply_time",
    stage: str = "active",
    target: timedelta | None = None,
    now: datetime = NOON,
) -> SlaClock:
    """A running SLA clock with `left` until its breach (negative: past it)."""
    whole = int(target.total_seconds() // 60) if target else None
    return SlaClock(metric=metric, stage=stage, breach_at=now + left, target_minutes=whole)


def a_group(
    *ages: timedelta,
    customers: int | None = None,
    strength: Literal["sure", "suggested"] = "sure",
    verified: bool = True,
    now: datetime = NOON,
) -> Group:
    """A group whose tickets 1, 2, … are so old, each of another customer.

    `customers`: how many distinct customers share the tickets (the first ones repeat).
    """
    distinct = customers or len(ages)
    members = tuple(
        Member(
            ticket_id=number,
            customer_key=f"organization:{(number - 1) % distinct + 1}",
            customer_name=f"Organization {(number - 1) % distinct + 1}",
            created_at=now - age,
            verified=verified,
        )
        for number, age in enumerate(ages, 1)
    )
    return Group(id="g1", label="export fails", strength=strength, members=members, why=("same",))


def a_case(*, now: datetime = NOON, mappings: Mappings | None = None, **facts: Any) -> Case:
    """A case with these facts as they are given; a `ticket` of its own unless given.

    `says` and `notes` are short for the customer's words and agents' internal notes. Nothing is
    derived from the ticket but its customer: use `case_of` for that.
    """
    ticket = facts.pop("ticket", None) or a_ticket(now=now)
    customer: Customer = facts.pop("customer", None) or customer_of(
        ticket, (mappings or the_mappings()).fields
    )
    says, notes = facts.pop("says", None), facts.pop("notes", None)
    source = Source(ticket_id=ticket.id)
    if says is not None:
        facts["customer_words"] = (Passage(source=source, text=says, at=ticket.created_at),)
    if notes is not None:
        facts["agent_notes"] = (Passage(source=source, text=notes, at=ticket.created_at),)
    if isinstance(facts.get("unanswered"), Source) or facts.get("waited"):
        facts.setdefault("unanswered", source)
        facts.setdefault("unanswered_since", now - facts.get("waited", timedelta(0)))
    thread = facts.pop("thread", None) or Thread(ticket_id=ticket.id)
    return Case(now=now, ticket=ticket, customer=customer, thread=thread, **facts)


def case_of(
    ticket: Ticket,
    *comments: Comment,
    now: datetime = NOON,
    mappings: Mappings | None = None,
    changes: tuple[Change, ...] = (),
    **facts: Any,
) -> Case:
    """The case that `build_case` makes of a ticket and its comments."""
    thread = Thread(ticket_id=ticket.id, comments=comments, changes=changes)
    return build_case(ticket, thread, now=now, mappings=mappings or the_mappings(), **facts)
