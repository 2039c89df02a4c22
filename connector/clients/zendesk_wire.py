"""Zendesk's JSON as frozen models, and from there to the project's own values.

Tolerant of new keys, strict about those we rely on. Texts are cleaned here, once. Something broken
costs itself only; when too much of a page is broken, the page is not what we take it for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AwareDatetime, Field, ValidationError

from connector.clients.wire import NAME_LIMIT, TEXT_LIMIT, Listed, Wire, cleaned, name_of, why
from connector.core.clean import one_line
from connector.core.model import (
    FieldValue,
    Metrics,
    Organization,
    Person,
    Role,
    SlaClock,
    Status,
    Ticket,
)
from connector.errors import DriftError
from connector.ports import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")

SIDELOADS = "users,organizations,slas,metric_sets,comment_count"
"""What is asked to come along with tickets."""

_SUBJECT_LIMIT = 1_000
_DRIFT_SHARE = 0.05
_DRIFT_LEAST = 3
_LATEST = 253_402_300_799  # the last second of the year 9999
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class WireUser(Wire):
    id: int
    name: str | None = None
    email: str | None = None
    role: str | None = None
    verified: bool | None = None
    iana_time_zone: str | None = None


class WireOrganization(Wire):
    id: int
    name: str | None = None
    organization_fields: dict[str, Any] | None = None
    tags: Annotated[tuple[str, ...], Listed] = ()
    domain_names: Annotated[tuple[str, ...], Listed] = ()


class WireSla(Wire):
    metric: str
    stage: str = "unknown"
    breach_at: AwareDatetime | None = None


class WireSlas(Wire):
    policy_metrics: Annotated[tuple[WireSla, ...], Listed] = ()


class WireMetrics(Wire):
    reopens: int | None = None
    group_stations: int | None = None
    assignee_stations: int | None = None
    replies: int | None = None
    requester_updated_at: AwareDatetime | None = None
    assignee_updated_at: AwareDatetime | None = None
    solved_at: AwareDatetime | None = None


class WireField(Wire):
    id: int
    value: Any = None


class WireSatisfaction(Wire):
    score: str | None = None


class WireViaEnd(Wire):
    ticket_id: int | None = None


class WireViaSource(Wire):
    rel: str | None = None
    to: WireViaEnd | None = None
    origin: WireViaEnd | None = Field(default=None, validation_alias="from")


class WireVia(Wire):
    source: WireViaSource | None = None

    @property
    def merged_with(self) -> int | None:
        """The other ticket of the merge that this came from."""
        if self.source is None or self.source.rel != "merge":
            return None
        ends = (self.source.to, self.source.origin)
        return next((end.ticket_id for end in ends if end and end.ticket_id), None)


class WireTicket(Wire):
    id: int
    subject: str | None = None
    description: str | None = None
    status: Status
    type: str | None = None
    priority: str | None = None
    tags: Annotated[tuple[str, ...], Listed] = ()
    custom_fields: Annotated[tuple[WireField, ...], Listed] = ()
    requester_id: int | None = None
    organization_id: int | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    problem_id: int | None = None
    external_id: str | None = None
    satisfaction_rating: WireSatisfaction | None = None
    comment_count: int | None = None
    is_public: bool | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    generated_timestamp: int | None = Field(default=None, ge=0, le=_LATEST)
    slas: WireSlas | None = None
    metric_set: WireMetrics | None = None


class Sideloads:
    """The people and organizations that came with a page, by id. Broken ones are left out."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        users = _each(document.get("users"), WireUser)
        organizations = _each(document.get("organizations"), WireOrganization)
        self.people = {user.id: person_of(user) for user in users}
        self.organizations = {one.id: organization_of(one) for one in organizations}


class Tickets:
    """A page's tickets, what of the page could not be read, and what of a text was cut."""

    def __init__(self) -> None:
        self.good: list[Ticket] = []
        self.rejected: list[Rejected] = []
        self.notices: list[Rejected] = []


def read_tickets(
    raws: Iterable[Any], sideloads: Sideloads, place: str, *, sla_offered: bool
) -> Tickets:
    """The tickets of one page. DriftError when more than 5 % (and three) of them are broken.

    `sla_offered`: the account answers with SLA facts, so a ticket without any has none.
    """
    read, count = Tickets(), 0
    for count, raw in enumerate(raws, start=1):
        try:
            wire = WireTicket.model_validate(raw)
            read.good.append(ticket_of(wire, sideloads, sla_offered=sla_offered))
        except ValidationError as error:
            where = f"{place}, ticket {count} of the page"
            read.rejected.append(rejected(raw, where, error))
        else:
            read.notices += [
                Rejected(ticket_id=wire.id, place=place, reason=reason)
                for reason in _losses("description", wire.description or "")
            ]
    refuse_drift(len(read.rejected), count, place, read.rejected)
    return read


def refuse_drift(broken: int, of: int, place: str, rejects: list[Rejected]) -> None:
    """DriftError when so much is broken that the answer has another shape than documented."""
    if broken >= _DRIFT_LEAST and broken > of * _DRIFT_SHARE:
        raise DriftError(
            f"zendesk: {broken} of {of} entries of {place} could not be read, so none of them is "
            f"used; the first: {rejects[0].reason}"
        )


def rejected(raw: Any, place: str, error: ValidationError) -> Rejected:
    """Something broken, set aside: its id if it has one, where it was, what is wrong with it."""
    found = raw.get("id") if isinstance(raw, dict) else None
    known = found if isinstance(found, int) and not isinstance(found, bool) else None
    return Rejected(ticket_id=known, place=place, reason=why(error))


def ticket_of(wire: WireTicket, sideloads: Sideloads, *, sla_offered: bool) -> Ticket:
    """The project's ticket. A person or organization that did not come along is only an id."""
    return Ticket(
        id=wire.id,
        subject=one_line(cleaned(wire.subject or "", _SUBJECT_LIMIT), _SUBJECT_LIMIT),
        description=cleaned(wire.description or "", TEXT_LIMIT),
        status=wire.status,
        type=wire.type,
        priority=wire.priority,
        tags=wire.tags,
        fields={
            str(field.id): None if field.value is None else field_value(field.value)
            for field in wire.custom_fields
        },
        requester=_found(sideloads.people, wire.requester_id, lambda one: Person(id=one)),
        organization=_found(
            sideloads.organizations, wire.organization_id, lambda one: Organization(id=one, name="")
        ),
        assignee_id=wire.assignee_id,
        group_id=wire.group_id,
        problem_id=wire.problem_id,
        external_id=cleaned(wire.external_id, NAME_LIMIT) if wire.external_id else None,
        satisfaction=wire.satisfaction_rating.score if wire.satisfaction_rating else None,
        comment_count=wire.comment_count,
        is_public=wire.is_public,
        created_at=wire.created_at,
        updated_at=wire.updated_at,
        exported_at=_moment(wire.generated_timestamp),
        sla=clocks_of(wire.slas) if wire.slas or sla_offered else None,
        metrics=Metrics(**vars(wire.metric_set)) if wire.metric_set else None,
    )


def clocks_of(wire: WireSlas | None) -> tuple[SlaClock, ...]:
    """The SLA clocks; the units beside `breach_at` are ignored."""
    metrics = wire.policy_metrics if wire else ()
    return tuple(
        SlaClock(metric=one.metric, stage=one.stage, breach_at=one.breach_at) for one in metrics
    )


def person_of(wire: WireUser) -> Person:
    email = cleaned(wire.email, NAME_LIMIT) if wire.email else None
    return Person(
        id=wire.id,
        name=name_of(wire.name),
        email=email,
        role=role_of(wire.role),
        verified=wire.verified,
    )


def organization_of(wire: WireOrganization) -> Organization:
    fields = wire.organization_fields or {}
    return Organization(
        id=wire.id,
        name=name_of(wire.name),
        fields={str(key): field_value(value) for key, value in fields.items()},
        tags=wire.tags,
        domains=wire.domain_names,
    )


def role_of(role: str | None) -> Role:
    """Admins are agents; whoever is unknown or deleted counts as a customer."""
    return "agent" if role in {"agent", "admin"} else "end-user"


def field_value(value: Any) -> FieldValue:
    """A custom field's value as ours: texts cleaned, lists as tuples; None for what has no form."""
    if isinstance(value, str):
        return cleaned(value, TEXT_LIMIT)
    if isinstance(value, list):
        return tuple(cleaned(str(item), NAME_LIMIT) for item in value)
    return value if isinstance(value, bool | int | float) else None


def _losses(what: str, text: str) -> list[str]:
    """What cleaning changed so much that somebody should look at the original."""
    losses = []
    if len(text) > TEXT_LIMIT:
        losses.append(f"{what}: cut at {TEXT_LIMIT:,} of {len(text):,} characters")
    if _CONTROL.search(text):
        losses.append(f"{what}: control characters taken out")
    return losses


def _each(raws: Any, model: type[T]) -> list[T]:
    found: list[T] = []
    for raw in raws if isinstance(raws, list) else []:
        try:
            found.append(model.model_validate(raw))  # type: ignore[attr-defined]
        except ValidationError:
            continue
    return found


def _found(known: Mapping[int, T], wanted: int | None, otherwise: Callable[[int], T]) -> T | None:
    if wanted is None:
        return None
    return known.get(wanted) or otherwise(wanted)


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
