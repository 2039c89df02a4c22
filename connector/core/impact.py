"""The six dimensions of impact, with numbers and their sources, and the score that orders cases."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.core import vocabulary
from connector.core.duration import spell
from connector.core.model import Customer, Dimension, Impact, ScorePart, Severity, SlaStatus
from connector.core.signals import asserted, standing_words
from connector.core.triggers import SECURITY_KINDS
from connector.core.triggers.base import counted, place
from connector.core.triggers.impact import people_affected
from connector.core.triggers.pattern import growth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connector.core.model import Case, Finding, Group, Source
    from connector.core.triggers import TriggersMapping

GROWTH_WINDOW = timedelta(days=7)
"""Growth compares the reports of this span with those of the one before."""

_NAMES = 10
"""How many customers are named; the rest are counted."""


def measure_impact(
    cases: Sequence[Case],
    triggers: TriggersMapping,
    suppressors: Sequence[Finding],
    *,
    now: datetime,
) -> Impact:
    """The impact of one issue over all its cases (first report first)."""
    customers = distinct_customers(cases)
    sla = worst_sla(cases)
    first = min(_reported(cases))
    dated = any(case.ticket.dated for case in cases)
    known = [customer.arr for customer in customers if customer.arr is not None]
    keys = customer_keys(cases)
    unknown = len(keys) - len(known)
    return Impact(
        breadth=_breadth(cases, keys, customers, now),
        depth=_depth(cases, triggers, suppressors),
        duration=_duration(first if dated else None, sla, now),
        revenue=_revenue(customers, known, unknown, now),
        reputation=_reputation(cases, customers),
        contractual=_contractual(cases, sla),
        customers=customers,
        arr_at_risk=sum(known) if known else None,
        arr_unknown_for=unknown,
        sla=sla,
        first_report=first,
    )


def distinct_customers(cases: Iterable[Case]) -> tuple[Customer, ...]:
    """Each customer once, in order of the first report; facts of a later ticket fill gaps."""
    found: dict[str, Customer] = {}
    for case in cases:
        before = found.get(case.customer.key)
        found[case.customer.key] = (
            case.customer if before is None else _filled(before, case.customer)
        )
    return tuple(found.values())


def _filled(first: Customer, other: Customer) -> Customer:
    gaps = {
        name: getattr(other, name)
        for name in ("tier", "arr", "renewal_date", "reference")
        if getattr(first, name) is None
    }
    return first.model_copy(update={**gaps, "verified": first.verified or other.verified})


def customer_keys(cases: Sequence[Case]) -> tuple[str, ...]:
    """Distinct customers of the cases and of the group that they are in."""
    group = group_of(cases)
    members = group.customers if group else ()
    return tuple(dict.fromkeys([*(case.customer.key for case in cases), *members]))


def group_of(cases: Iterable[Case]) -> Group | None:
    """The cases' group; the largest where they name more than one."""
    groups = [case.group for case in cases if case.group is not None]
    return max(groups, key=lambda group: (len(group.members), group.id), default=None)


def worst_sla(cases: Iterable[Case]) -> SlaStatus:
    """The SLA that matters most: breached before at risk before within, the earliest first."""
    order = ("breached", "at_risk", "within", "unknown")

    def rank(sla: SlaStatus) -> tuple[int, bool, float]:
        at = sla.breach_at.timestamp() if sla.breach_at else 0.0
        return order.index(sla.state), sla.breach_at is None, at

    return min((case.sla for case in cases), key=rank)


def _reported(cases: Sequence[Case]) -> list[datetime]:
    group = group_of(cases)
    members = group.members if group else ()
    return [c.ticket.created_at for c in cases] + [member.created_at for member in members]


def _tickets(cases: Sequence[Case]) -> tuple[int, ...]:
    group = group_of(cases)
    members = group.members if group else ()
    return tuple(dict.fromkeys([*(c.ticket.id for c in cases), *(m.ticket_id for m in members)]))


def _breadth(
    cases: Sequence[Case], keys: Sequence[str], customers: Sequence[Customer], now: datetime
) -> Dimension:
    group = group_of(cases)
    names = {customer.key: customer.name for customer in customers}
    names |= {m.customer_key: m.customer_name for m in group.members} if group else {}
    shown = [names.get(key) or key for key in keys[:_NAMES]]
    more = f" and {len(keys) - _NAMES} more" if len(keys) > _NAMES else ""
    tickets = _tickets(cases)
    text = f"{counted(len(keys), 'customer')} ({', '.join(shown)}{more}), "
    text += counted(len(tickets), "ticket")
    sources = [f"ticket {ticket}" for ticket in tickets]
    people, source = max((people_affected(case) for case in cases), key=lambda found: found[0])
    if source is not None:
        text += f"; {people} people said to be affected"
        sources.append(place(source))
    else:
        text += "; number of users unknown"
    if group:
        recent, before = growth(group, now, GROWTH_WINDOW)
        text += f"; {counted(recent, 'report')} in the last 7 days, {before} in the 7 before"
    if any(not case.customer.verified for case in cases):
        text += "; some requesters are not verified"
    return Dimension(text=text, number=float(len(keys)), sources=tuple(sources))


def _depth(
    cases: Sequence[Case], triggers: TriggersMapping, suppressors: Sequence[Finding]
) -> Dimension:
    workaround = next((s for s in suppressors if s.kind == "known-solution"), None)
    sources = blocked_sources(cases, triggers)
    around = (
        f"a workaround is known ({workaround.because})" if workaround else "no workaround known"
    )
    if sources:
        said = next(source.quote for source in sources)
        return Dimension(
            text=f"blocked: “{said}”; {around}", sources=tuple(place(s) for s in sources)
        )
    return Dimension(text=f"unknown whether anybody is blocked; {around}", known=bool(workaround))


def blocked_sources(cases: Iterable[Case], triggers: TriggersMapping) -> tuple[Source, ...]:
    """Where customers say that they are blocked."""
    return tuple(
        hit.source
        for case in cases
        for hit in asserted(standing_words(case), triggers.words.blocked)
    )


def _duration(first: datetime | None, sla: SlaStatus, now: datetime) -> Dimension:
    text = "unknown when it was first reported"
    if first is not None:
        text = f"first reported {spell(now - first)} ago ({first:%Y-%m-%d %H:%M} UTC)"
    if sla.breach_at is None:
        text += (
            "; next SLA breach unknown" if sla.state == "unknown" else "; no SLA clock is running"
        )
    elif sla.breach_at > now:
        text += f"; next SLA breach in {spell(sla.breach_at - now)}"
    else:
        text += f"; SLA breached {spell(now - sla.breach_at)} ago"
    if first is None:
        return Dimension(text=text, known=False)
    return Dimension(text=text, number=round((now - first).total_seconds() / 3600, 1))


def _revenue(
    customers: Sequence[Customer], known: Sequence[float], unknown: int, now: datetime
) -> Dimension:
    renewals = sorted(
        (c.renewal_date, c.name)
        for c in customers
        if c.renewal_date and c.renewal_date >= now.date()
    )
    near = "".join(f"; {name} renews on {day.isoformat()}" for day, name in renewals[:3])
    if not known:
        return Dimension(text=f"unknown: no ARR is known for any customer{near}", known=False)
    gap = f"; unknown for {counted(unknown, 'customer')}" if unknown else ""
    named = tuple(f"{c.name}: {c.arr:,.0f}" for c in customers if c.arr is not None)
    total = f"{sum(known):,.0f} ARR of {counted(len(known), 'customer')}"
    return Dimension(text=f"{total}{gap}{near}", number=sum(known), sources=named)


def _reputation(cases: Sequence[Case], customers: Sequence[Customer]) -> Dimension:
    references = [customer.name for customer in customers if customer.reference]
    hits = [hit for c in cases for hit in asserted(standing_words(c), vocabulary.PRESS)]
    parts = []
    if references:
        parts.append(f"reference customer: {', '.join(references)}")
    if hits:
        parts.append(f"public mention: “{hits[0].quote}”")
    if parts:
        sources = tuple(place(hit.source) for hit in hits)
        number = float(len(references))
        return Dimension(text="; ".join(parts), number=number, sources=sources)
    if all(customer.reference is False for customer in customers):
        return Dimension(text="no reference customer, no public mention", number=0.0)
    return Dimension(text="unknown: no public mention in the tickets", known=False)


def _contractual(cases: Sequence[Case], sla: SlaStatus) -> Dimension:
    told = [case for case in cases if case.ticket.sla is not None]
    if not told:
        return Dimension(text="unknown: the desk told no SLA", known=False)
    breached = [case for case in told if case.sla.state == "breached"]
    near = [case for case in told if case.sla.state == "at_risk"]
    if not breached and not near:
        text = "within SLA" if sla.state == "within" else "no SLA applies"
        return Dimension(text=text, number=0.0)
    text = f"SLA breached on {counted(len(breached), 'ticket')}, at risk on {len(near)}"
    sources = tuple(f"ticket {c.ticket.id}: {c.sla.metric}" for c in (*breached, *near))
    return Dimension(text=text, number=float(len(breached)), sources=sources)


_SEVERITY_POINTS = {Severity.CRITICAL: 100.0, Severity.HIGH: 60.0, Severity.MEDIUM: 20.0}
_SECURITY_POINTS = 100.0
_SLA_POINTS = {"breached": 20.0, "at_risk": 15.0}


def score_parts(
    cases: Sequence[Case], impact: Impact, severity: Severity, findings: Sequence[Finding]
) -> tuple[ScorePart, ...]:
    """What the order of candidates is made of; parts without points are left out.

    security 100 · severity 100/60/20 · customers 10 a doubling, to 40 · ARR 10 a tenfold from
    10,000, to 30 · high-value customers 5 each, to 15 · SLA breached 20, at risk 15 · waiting 1 for
    4 business hours, to 10 · growth 5 a new report this week beyond the first, to 15.
    """
    group = group_of(cases)
    count = int(impact.breadth.number or 1)
    arr = impact.arr_at_risk or 0.0
    valued = len({case.customer.key for case in cases if case.high_value})
    waited = max(case.waited for case in cases)
    recent = growth(group, cases[0].now, GROWTH_WINDOW)[0] if group else 0
    sure = any(finding.sure and finding.kind in SECURITY_KINDS for finding in findings)
    parts = (
        ("security", _SECURITY_POINTS if sure else 0.0, "a sure sign of a security matter"),
        ("severity", _SEVERITY_POINTS[severity], severity.value),
        ("customers", min(40.0, 10 * math.log2(count)), counted(count, "customer")),
        (
            "revenue",
            min(30.0, max(0.0, 10 * math.log10(arr / 1000))) if arr else 0.0,
            f"ARR {arr:,.0f}",
        ),
        ("high value", min(15.0, 5.0 * valued), counted(valued, "high-value customer")),
        ("SLA", _SLA_POINTS.get(impact.sla.state, 0.0), f"SLA {impact.sla.state}"),
        (
            "waiting",
            min(10.0, waited / timedelta(hours=4)),
            f"waited {spell(waited)} of business time",
        ),
        ("growth", min(15.0, 5.0 * max(0, recent - 1)), f"{counted(recent, 'report')} in 7 days"),
    )
    return tuple(
        ScorePart(name=name, points=round(points, 1), because=because)
        for name, points, because in parts
        if round(points, 1) > 0
    )
