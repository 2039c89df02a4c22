"""A ticket with its thread becomes a case: all the facts that rules ask about, as of `now`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from connector.core.customers import customer_key, mail_domain
from connector.core.language import language_of
from connector.core.model import (
    OPEN_STATUSES,
    Case,
    Comment,
    Customer,
    EarlierEscalation,
    FieldValue,
    Group,
    Passage,
    SlaStatus,
    SolvedAlike,
    Source,
    Thread,
    Ticket,
)
from connector.core.words import lines_of, own_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.core.cadence import BusinessHours
    from connector.core.fields import FieldsMapping
    from connector.core.mapping import Mappings
    from connector.core.triggers import HighValue, SlaWarning

_INSTANT = timedelta(seconds=1)
_SAME_MOMENT = timedelta(seconds=5)


def customer_of(ticket: Ticket, fields: FieldsMapping) -> Customer:
    """Who the ticket counts for. Facts that no field tells are None."""
    organization, requester = ticket.organization, ticket.requester
    email = requester.email if requester else None
    key = customer_key(
        organization.id if organization else None, email, requester.id if requester else None
    )
    values = organization.fields if organization else {}
    names = fields.organization
    return Customer(
        key=key or f"requester:unknown-{ticket.id}",
        name=_name(ticket, key or ""),
        organization_id=organization.id if organization else None,
        tier=_text(values, names.tier),
        arr=_amount(values, names.arr),
        renewal_date=_date(values, names.renewal_date),
        reference=_flag(values, names.reference_customer),
        verified=requester is None or requester.verified is not False,
    )


def _name(ticket: Ticket, key: str) -> str:
    """What people call the customer."""
    if ticket.organization:
        return ticket.organization.name
    requester = ticket.requester
    if requester is None:
        return "unknown requester"
    if key.startswith("domain:"):
        return mail_domain(requester.email or "") or requester.name
    return requester.name or f"requester {requester.id}"


def _value(values: Mapping[str, FieldValue], key: str | None) -> FieldValue:
    return values.get(key) if key is not None else None


def _text(values: Mapping[str, FieldValue], key: str | None) -> str | None:
    value = _value(values, key)
    return value.strip().lower() or None if isinstance(value, str) else None


def _flag(values: Mapping[str, FieldValue], key: str | None) -> bool | None:
    value = _value(values, key)
    return value if isinstance(value, bool) else None


def _amount(values: Mapping[str, FieldValue], key: str | None) -> float | None:
    """A number, or a text that is one ("250,000", "250000.50"); anything else is not known."""
    value = _value(values, key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = float(value.replace(",", "").replace(" ", "") if isinstance(value, str) else value)
    except ValueError:
        return None
    return amount if 0 <= amount < float("inf") else None


def _date(values: Mapping[str, FieldValue], key: str | None) -> date | None:
    value = _value(values, key)
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def high_value(customer: Customer, today: date, value: HighValue) -> tuple[str, ...]:
    """Every reason why the customer counts as high-value; () when none is known."""
    reasons = []
    if customer.arr is not None and customer.arr >= value.arr:
        reasons.append(f"ARR {customer.arr:,.0f}")
    if customer.tier is not None and customer.tier in {tier.lower() for tier in value.tiers}:
        reasons.append(f"tier {customer.tier}")
    if customer.renewal_date is not None:
        left = customer.renewal_date - today
        if timedelta(0) <= left <= value.renewal_within.amount:
            reasons.append(f"renewal in {left.days} days" if left else "renewal today")
    return tuple(reasons)


def sla_status(ticket: Ticket, now: datetime, warning: SlaWarning) -> SlaStatus:
    """The ticket's SLA: the first breach that has happened, else the next one.

    Only clocks in stage "active" with a time run. No running clock: "within" when the desk told of
    clocks (all are paused or met), "unknown" when it told nothing or the ticket has none.
    """
    running = [
        (clock.breach_at, clock.metric, clock.target_minutes)
        for clock in ticket.sla or ()
        if clock.stage == "active" and clock.breach_at is not None
    ]
    if not running or ticket.status not in OPEN_STATUSES:
        return SlaStatus(state="within" if ticket.sla else "unknown")
    breach_at, metric, target = min(running, key=lambda clock: (clock[0], clock[1]))
    warn_at = (
        min(warns_at(breach, minutes, warning) for breach, _, minutes in running if breach > now)
        if breach_at > now
        else warns_at(breach_at, target, warning)
    )
    state: Literal["within", "at_risk", "breached"] = "within"
    if breach_at <= now:
        state = "breached"
    elif warn_at <= now:
        state = "at_risk"
    return SlaStatus(state=state, metric=metric, breach_at=breach_at, warn_at=warn_at)


def warns_at(breach_at: datetime, target_minutes: int | None, warning: SlaWarning) -> datetime:
    """From when on a breach counts as near: `before` it, or with less than `fraction` left.

    A target in business hours is measured as calendar time here: the desk does not say which of
    the hours until `breach_at` are open.
    """
    moment = breach_at - warning.before.amount
    if not target_minutes:
        return moment
    part = timedelta(minutes=target_minutes) * warning.fraction
    return min(moment, breach_at - part + _INSTANT)


def build_case(
    ticket: Ticket,
    thread: Thread,
    *,
    now: datetime,
    mappings: Mappings,
    group: Group | None = None,
    earlier: EarlierEscalation | None = None,
    solved_alike: Sequence[SolvedAlike] = (),
) -> Case:
    """Every fact of the ticket as of `now`.

    The thread may be partial (only the newest comments); the description then stands for what is
    missing at its beginning. Comments by machines and our own are nobody's words.
    """
    customer = customer_of(ticket, mappings.fields)
    said = _said(ticket, thread, now)
    public = [c for c in said if c.public]
    unanswered = _unanswered(ticket, public)
    words = _customer_words(ticket, thread, said)
    hours = mappings.cadence.business_hours
    speaker = public[-1] if public else None
    return Case(
        now=now,
        ticket=ticket,
        customer=customer,
        thread=thread,
        product_area=mappings.fields.product_area(ticket.fields, ticket.tags),
        environment_field=mappings.fields.environment(ticket.fields),
        last_speaker=_side(ticket, speaker) if speaker else "customer",
        turn=_turn(ticket, waiting=unanswered is not None),
        high_value=high_value(customer, now.astimezone(hours.zone).date(), mappings.triggers.value),
        unanswered=unanswered[0] if unanswered else None,
        unanswered_since=unanswered[1] if unanswered else None,
        waited=hours.elapsed(unanswered[1], now) if unanswered else timedelta(0),
        last_public_reply=max(
            (c.created_at for c in public if _side(ticket, c) == "agent"), default=None
        ),
        public_replies=_replies(ticket, thread, public),
        reopens=_reopens(ticket, thread),
        reassignments=_reassignments(ticket, thread),
        priority_changes=tuple(
            change for change in thread.changes if change.field == "priority" and change.at <= now
        ),
        sla=sla_status(ticket, now, mappings.triggers.sla),
        language=language_of("\n".join(passage.text for passage in words)),
        customer_words=words,
        agent_notes=_agent_notes(ticket, said),
        group=group,
        earlier=earlier,
        solved_alike=tuple(solved_alike),
    )


def _said(ticket: Ticket, thread: Thread, now: datetime) -> list[Comment]:
    """What people said until now, oldest first; the description where the thread lacks it."""
    said = sorted(
        (
            comment
            for comment in thread.comments
            if comment.intent_id is None and comment.role != "system" and comment.created_at <= now
        ),
        key=lambda comment: (comment.created_at, comment.id),
    )
    begins = said[0].created_at if said else None
    if begins is not None and begins - ticket.created_at <= _SAME_MOMENT:
        return said
    if any(comment.body.strip() == ticket.description.strip() for comment in said):
        return said
    return [_description(ticket), *said]


def _description(ticket: Ticket) -> Comment:
    """The ticket's first words as a comment; id 0 stands for the ticket itself."""
    return Comment(
        id=0,
        ticket_id=ticket.id,
        author_id=ticket.requester.id if ticket.requester else None,
        role="end-user",
        public=ticket.is_public is not False,
        created_at=ticket.created_at,
        body=ticket.description,
    )


def _side(ticket: Ticket, comment: Comment) -> Literal["customer", "agent"]:
    """The requester speaks as a customer, also where that is one of our own people."""
    requester = ticket.requester.id if ticket.requester else None
    if comment.author_id is not None and comment.author_id == requester:
        return "customer"
    return "agent" if comment.role == "agent" else "customer"


def _source(comment: Comment) -> Source:
    return Source(ticket_id=comment.ticket_id, comment_id=comment.id or None)


def _unanswered(ticket: Ticket, public: Sequence[Comment]) -> tuple[Source, datetime] | None:
    """The customer's oldest comment without a public reply after it; none once it is solved."""
    if ticket.status not in OPEN_STATUSES:
        return None
    oldest = None
    for comment in reversed(public):
        if _side(ticket, comment) == "agent":
            break
        oldest = comment
    if oldest is None:
        return None
    return _source(oldest), oldest.created_at


def _turn(ticket: Ticket, *, waiting: bool) -> Literal["customer", "agent"] | None:
    if ticket.status not in OPEN_STATUSES:
        return None
    return "agent" if waiting or ticket.status == "new" else "customer"


def _replies(ticket: Ticket, thread: Thread, public: Sequence[Comment]) -> int:
    """Agents' public replies: counted, or Zendesk's count where the thread is partial."""
    seen = sum(1 for comment in public if _side(ticket, comment) == "agent")
    told = ticket.metrics.replies if ticket.metrics else None
    partial = thread.cut > 0 or len(thread.comments) < (ticket.comment_count or 0)
    return max(seen, told or 0) if partial else seen


def _reopens(ticket: Ticket, thread: Thread) -> int | None:
    """Zendesk's count, else solved tickets that were opened again, counted in the changes."""
    if ticket.metrics and ticket.metrics.reopens is not None:
        return ticket.metrics.reopens
    changes = [change for change in thread.changes if change.field == "status"]
    if not changes:
        return None
    return sum(1 for c in changes if c.old == "solved" and c.new in {"new", "open", "pending"})


def _reassignments(ticket: Ticket, thread: Thread) -> int | None:
    """Moves between groups. Zendesk counts stations: the first one is no move."""
    changes = [change for change in thread.changes if change.field == "group_id"]
    moves = sum(1 for c in changes if c.old not in (None, "") and c.new != c.old)
    stations = ticket.metrics.group_stations if ticket.metrics else None
    if stations is not None:
        return max(moves, stations - 1, 0)
    return moves if changes else None


def _customer_words(ticket: Ticket, thread: Thread, said: Sequence[Comment]) -> tuple[Passage, ...]:
    """The customer's own words, oldest first, the subject before all others.

    What an agent (or we) wrote earlier in the thread is no customer's word when it is repeated.
    """
    passages = [
        Passage(source=Source(ticket_id=ticket.id), text=ticket.subject, at=ticket.created_at)
    ]
    ours: set[str] = set()
    spoken = {comment.id for comment in said}
    heard = [*said, *(c for c in thread.comments if c.id not in spoken)]
    for comment in sorted(heard, key=lambda c: (c.created_at, c.id)):
        if comment.id not in spoken or _side(ticket, comment) == "agent":
            ours |= lines_of([comment.body])
            continue
        text = own_words(comment.body, others=ours)
        passages.append(Passage(source=_source(comment), text=text, at=comment.created_at))
    return tuple(passage for passage in passages if passage.text.strip())


def _agent_notes(ticket: Ticket, said: Sequence[Comment]) -> tuple[Passage, ...]:
    """Agents' internal notes, oldest first."""
    notes = (
        Passage(source=_source(c), text=own_words(c.body), at=c.created_at)
        for c in said
        if not c.public and _side(ticket, c) == "agent"
    )
    return tuple(note for note in notes if note.text)


def look_at(case: Case, mappings: Mappings) -> datetime | None:
    """When time alone may next change what is found in this ticket; always after `case.now`."""
    if case.ticket.status not in OPEN_STATUSES:
        return None
    hours = mappings.cadence.business_hours
    moments = [
        moment
        for trigger in mappings.triggers.triggers
        if trigger.enabled
        for moment in trigger.moments(case, hours)
    ]
    renewal = case.customer.renewal_date
    if renewal is not None:
        moments.append(_day_begins(renewal - mappings.triggers.value.renewal_within.amount, hours))
    return min((moment for moment in moments if moment > case.now), default=None)


def _day_begins(day: date, hours: BusinessHours) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=hours.zone)
