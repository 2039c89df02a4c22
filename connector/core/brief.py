"""What the receiver reads: an assessment and the cases' threads as one brief."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.brief_changes import changes_between
from connector.core.brief_choice import telling
from connector.core.brief_document import brief_document
from connector.core.brief_facts import Facts
from connector.core.brief_parts import all_parts
from connector.core.brief_prose import Scope, summary_line, write_prose
from connector.core.brief_reproduction import told_steps
from connector.core.brief_values import SPOKEN, Brief, Entry, Gap, Links, Part, Said
from connector.core.clean import one_line
from connector.core.extraction import extract
from connector.core.model import Need, Target
from connector.core.wording import fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from connector.core.brief_mapping import BriefMapping, Item
    from connector.core.cadence import BusinessHours
    from connector.core.model import Ask, Assessment, Case, Json

__all__ = [
    "Brief",
    "Entry",
    "Gap",
    "Links",
    "Part",
    "Said",
    "brief_document",
    "brief_property",
    "changes_between",
    "missing_request",
    "need_for",
    "summary_line",
    "write_brief",
]

PROPERTY_TICKETS: Final = 2_000
"""Ticket ids in the issue property; more would go past Jira's 32,768 characters."""


def write_brief(
    assessment: Assessment,
    cases: Sequence[Case],
    mapping: BriefMapping,
    *,
    now: datetime,
    links: Links,
    need: Need | None = None,
    hours: BusinessHours | None = None,
    before: Brief | None = None,
) -> Brief:
    """The brief of an assessment that has a severity and a target (ValueError otherwise).

    `cases`: same issue, first report first, at least one. Without `need`, ask and deadline follow
    from the mapping, severity, SLA and business hours; without `hours`, every hour counts.
    `before`: the brief that this one follows. What fails keeps its words, a person's ask stands,
    and so does the deadline as long as the severity is the same.
    """
    if assessment.severity is None or assessment.target is None:
        raise ValueError("a brief needs a severity and a target")
    if need is None and before is not None and before.need_given:
        need = before.need
    drafted = _draft(assessment, cases, mapping, now=now, need=need, hours=hours, before=before)
    facts, target = drafted.facts, assessment.target
    parts = all_parts(facts)
    shown = mapping.targets[target].sections
    required = mapping.required(target)
    missing = [item for item in required if not _is_there(item, parts, facts)]
    return Brief(
        written_at=now,
        summary=drafted.summary,
        failure=facts.prose.failure,
        severity=assessment.severity,
        target=target,
        need=facts.need,
        need_given=need is not None,
        zone=str(facts.zone),
        tickets=tuple(case.ticket.id for case in cases),
        customers=drafted.scope.customers,
        arr_at_risk=assessment.impact.arr_at_risk if assessment.impact else None,
        parts=tuple(part for part in parts if part.key in shown),
        required=required,
        missing=tuple(Gap(item=item, question=_question(mapping, item)) for item in missing),
        redacted=facts.extract.redacted,
        hidden=facts.extract.hidden,
        left_out=facts.extract.left_out,
        links=links,
    )


def need_for(
    assessment: Assessment,
    cases: Sequence[Case],
    mapping: BriefMapping,
    *,
    now: datetime,
    hours: BusinessHours | None = None,
    ask: Ask | None = None,
) -> Need:
    """What the brief would ask for by itself, in words that fit `ask` when that is given."""
    return _draft(assessment, cases, mapping, now=now, hours=hours, ask=ask).facts.need


class _Draft(NamedTuple):
    summary: str
    scope: Scope
    facts: Facts


def _draft(
    assessment: Assessment,
    cases: Sequence[Case],
    mapping: BriefMapping,
    *,
    now: datetime,
    need: Need | None = None,
    hours: BusinessHours | None = None,
    ask: Ask | None = None,
    before: Brief | None = None,
) -> _Draft:
    target = assessment.target or Target.L2
    personal = mapping.redaction.personal
    zone: tzinfo = hours.zone if hours is not None else UTC
    found = extract(cases, personal=personal)
    scope = _scope(assessment, cases)
    same = before is not None and before.target is target
    known_as = before.failure if before is not None and same else ""
    prose = write_prose(found, cases, assessment, scope=scope, personal=personal, known_as=known_as)
    summary = one_line(prose.summary, mapping.limits.summary)
    if need is None:
        wanted = ask or mapping.targets[target].ask
        by = _deadline(assessment, mapping, now, hours, before)
        text = fill(
            mapping.wording.ask[wanted],
            {
                "target": target.value,
                "summary": summary,
                "deadline": f"{by.astimezone(zone):%a %d %b %Y %H:%M %Z}",
                "failure": prose.failure,
                "customers": scope.whom(),
            },
        )
        need = Need(ask=wanted, text=text, deadline=by)
    facts = Facts(
        assessment=assessment,
        cases=cases,
        extract=found,
        prose=prose,
        scope=scope,
        mapping=mapping,
        need=need,
        zone=zone,
        now=now,
    )
    return _Draft(summary, scope, facts)


def _scope(assessment: Assessment, cases: Sequence[Case]) -> Scope:
    names = dict.fromkeys(one_line(case.customer.name, 80) for case in cases)
    first = min(case.ticket.created_at for case in cases)
    reported = assessment.impact.first_report if assessment.impact else None
    return Scope(
        customers=tuple(names),
        customer_count=len({case.customer.key for case in cases}),
        tickets=len(cases),
        first_report=(reported or first).astimezone(UTC),
    )


def _deadline(
    assessment: Assessment,
    mapping: BriefMapping,
    now: datetime,
    hours: BusinessHours | None,
    before: Brief | None,
) -> datetime:
    """By severity, counted from when it became that; never after the next SLA breach."""
    severity = assessment.severity
    if severity is None:
        raise ValueError("a deadline needs a severity")
    allowed = mapping.deadline[severity]
    if before is not None and before.severity is severity:
        by = before.need.deadline
    elif allowed.business and hours is not None:
        by = hours.add(now, allowed.amount)
    else:
        by = now + allowed.amount
    breach = assessment.impact.sla.breach_at if assessment.impact else None
    if breach is not None and now < breach < by:
        by = breach
    return by.replace(second=0, microsecond=0)


def _question(mapping: BriefMapping, item: Item) -> str:
    return mapping.wording.question.get(item, SPOKEN[item])


def _is_there(item: Item, parts: Sequence[Part], facts: Facts) -> bool:
    """Whether somebody has told what the target must be told."""
    found = facts.extract
    timed = found.expects or found.promised or found.first_seen
    business = _known(parts, "impact", "workflow") or _known(parts, "impact", "revenue")
    there: Mapping[Item, bool] = {
        "ticket_summary": bool(found.observed or found.errors),
        "steps_tried": bool(found.tried),
        "customer_context": any(case.customer.name for case in facts.cases),
        "reproduction_steps": bool(told_steps(found)),
        "expected_result": bool(found.expected),
        "actual_result": bool(telling(found)),
        "environment": bool(found.environment),
        "logs_or_errors": bool(found.errors or found.attachments),
        "business_impact": _known(parts, "impact", "workflow"),
        "customer_timeline": bool(timed),
        "use_case": bool(found.use_case),
        "request_frequency": bool(facts.cases),
        "competitive_pressure": bool(found.competitive),
        "observed": bool(found.observed),
        "affected": _known(parts, "impact", "workflow"),
        "containment": bool(found.contained),
        "urgency": bool(found.frequency or found.first_seen or found.expects),
        "business_context": business,
        "revenue_at_risk": _known(parts, "impact", "revenue"),
        "decision_needed": bool(facts.need.text),
        "deadline": True,
    }
    return there[item]


def _known(parts: Sequence[Part], part: str, key: str) -> bool:
    return any(
        entry.key == key and not entry.missing
        for one in parts
        if one.key == part
        for entry in one.entries
    )


def missing_request(brief: Brief) -> str | None:
    """The text of an internal note that asks for exactly what is missing; None when nothing is."""
    if not brief.missing:
        return None
    asked = "\n".join(f"- {SPOKEN[gap.item]}: {gap.question}" for gap in brief.missing)
    return (
        f"{brief.target.value} still needs {len(brief.missing)} of {len(brief.required)} things. "
        f"Please add them to this ticket, as a reply or an internal note:\n{asked}"
    )


def brief_property(brief: Brief, marker: str, tickets: Sequence[int]) -> dict[str, Json]:
    """The machine-readable copy for the issue property, at most 32,768 characters.

    Numbers and our own words only: nothing a customer wrote, no names of people or organizations.
    """
    return {
        "v": 1,
        "id": marker,
        "tickets": list(tickets)[:PROPERTY_TICKETS],
        "ticket_count": len(tickets),
        "customer_count": len(brief.customers),
        "severity": brief.severity.value,
        "target": brief.target.value,
        "ask": brief.need.ask.value,
        "deadline": brief.need.deadline.isoformat(),
        "required": list(brief.required),
        "missing": [gap.item for gap in brief.missing],
        "written_at": brief.written_at.isoformat(),
        "redacted": dict(sorted(brief.redacted.items())),
    }
