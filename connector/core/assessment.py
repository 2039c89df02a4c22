"""Findings, suppressors and impact become a decision, with every reason named."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from connector.core.impact import (
    blocked_sources,
    customer_keys,
    group_of,
    measure_impact,
    score_parts,
    worst_sla,
)
from connector.core.model import (
    OPEN_STATUSES,
    Assessment,
    Finding,
    NearMiss,
    Severity,
    Target,
    Verdict,
)
from connector.core.severity import at_least, lowered, raised
from connector.core.signals import asserted, standing_words
from connector.core.triggers import SECURITY_KINDS
from connector.core.triggers.base import MOST_SOURCES
from connector.core.when import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connector.core.mapping import Mappings
    from connector.core.model import Case
    from connector.core.triggers import TriggersMapping

_REASONS = 3
"""How many tickets' reasons one merged finding spells out."""


@dataclass(frozen=True)
class _Look:
    """What the questions answered for one case."""

    case: Case
    findings: tuple[Finding, ...]
    suppressors: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...]


@dataclass(frozen=True)
class _Decision:
    severity: Severity
    severity_rule: str
    target: Target
    target_rule: str
    notify: tuple[Target, ...]


def assess(cases: Sequence[Case], mappings: Mappings, *, now: datetime) -> Assessment:
    """Why these tickets, which report one issue, are escalated or left alone.

    The order of the cases does not matter. Raises ValueError when there is none.
    """
    if not cases:
        raise ValueError("there is no case to assess")
    ordered = sorted(cases, key=lambda case: (case.ticket.created_at, case.ticket.id))
    looks = [_look(case, mappings.triggers) for case in ordered]
    if _sure_security(looks):
        return _assessed(looks, mappings, now)
    stopped = _stopped(looks, mappings)
    if not stopped:
        return _assessed(looks, mappings, now)
    free = [look.case for look in looks if look.case.ticket.id not in stopped]
    if not any(case.ticket.status in OPEN_STATUSES for case in free):
        return _assessed(looks, mappings, now, stopped=True)
    rest = [_look(_without(case, stopped), mappings.triggers) for case in free]
    aside = tuple(s for look in looks if look.case.ticket.id in stopped for s in look.suppressors)
    return _assessed(rest, mappings, now, aside=aside)


def anything_found(case: Case, mappings: Mappings) -> bool:
    """Whether any trigger fires: all that most tickets ever need to be asked."""
    return any(isinstance(q.check(case), Finding) for q in mappings.triggers.triggers)


def _look(case: Case, triggers: TriggersMapping) -> _Look:
    answers = [answer for q in triggers.triggers if (answer := q.check(case)) is not None]
    held = [answer for q in triggers.suppressors if (answer := q.check(case)) is not None]
    return _Look(
        case=case,
        findings=tuple(a for a in answers if isinstance(a, Finding)),
        suppressors=tuple(a for a in held if isinstance(a, Finding)),
        near_misses=tuple(a for a in (*answers, *held) if isinstance(a, NearMiss)),
    )


def _sure_security(looks: Iterable[_Look]) -> bool:
    return any(f.sure and f.kind in SECURITY_KINDS for look in looks for f in look.findings)


def _without(case: Case, stopped: frozenset[int]) -> Case:
    """The case without the tickets that stay in support: they are no reports any more."""
    if case.group is None:
        return case
    members = tuple(m for m in case.group.members if m.ticket_id not in stopped)
    group = case.group.model_copy(update={"members": members}) if members else None
    return case.model_copy(update={"group": group})


def _stopped(looks: Sequence[_Look], mappings: Mappings) -> frozenset[int]:
    """Tickets that a suppressor keeps in support, given how severe the whole issue is."""
    decision = _decide(looks, mappings)
    return frozenset(
        look.case.ticket.id
        for look in looks
        for finding in look.suppressors
        if finding.effect == "stop" and _reaches(finding, decision.severity, mappings)
    )


def _reaches(finding: Finding, severity: Severity, mappings: Mappings) -> bool:
    """Whether a stop holds at this severity (a suppressor's `up_to`)."""
    limits: dict[str, Severity] = {s.kind: s.up_to for s in mappings.triggers.suppressors}
    return severity.rank >= limits[finding.kind].rank


def _assessed(
    looks: Sequence[_Look],
    mappings: Mappings,
    now: datetime,
    *,
    stopped: bool = False,
    aside: tuple[Finding, ...] = (),
) -> Assessment:
    """`stopped`: all of it stays in support. `aside`: suppressors of tickets left out of it."""
    cases = [look.case for look in looks]
    findings = _merged(f for look in looks for f in look.findings)
    suppressors = _merged(s for look in looks for s in look.suppressors)
    lowering = not stopped and not _sure_security(looks)
    if lowering:
        suppressors = tuple(_softened(s) for s in suppressors)
    decision = _decide(looks, mappings)
    held = suppressors if lowering else ()
    near = _nearest(looks, findings)
    if not findings:
        nearest = f"; nearest: {near[0].kind}: {near[0].because}" if near else ""
        verdict, because = "leave", f"no trigger fired{nearest}"
    elif stopped:
        reasons = "; ".join(f"{s.kind}: {s.because}" for s in suppressors if s.effect == "stop")
        verdict, because = "leave", f"stays in support: {reasons}"
    else:
        verdict, because = _verdict(findings, decision, held)
        decision = _worsened(_eased(decision, held), cases, findings)
    impact = measure_impact(cases, mappings.triggers, suppressors, now=now)
    parts = score_parts(cases, impact, decision.severity, findings) if findings else ()
    return Assessment(
        now=now,
        tickets=tuple(case.ticket.id for case in cases),
        verdict=verdict,
        because=because,
        findings=findings,
        suppressors=_merged((*suppressors, *aside)),
        near_misses=near,
        **(asdict(decision) if findings else {}),
        impact=impact,
        score=round(sum(part.points for part in parts), 1),
        score_parts=parts,
        group=group_of(cases),
        earlier=next((case.earlier for case in cases if case.earlier), None),
    )


def _softened(finding: Finding) -> Finding:
    """A stop that does not reach this far only lowers."""
    if finding.effect != "stop":
        return finding
    because = f"{finding.because} (too severe to be stopped by it: lowered)"
    return finding.model_copy(update={"effect": "lower", "because": because})


def _eased(decision: _Decision, suppressors: Sequence[Finding]) -> _Decision:
    """One step less severe where something lowers; Medium stays, and waits for a person."""
    if not suppressors or decision.severity is Severity.MEDIUM:
        return decision
    kinds = ", ".join(finding.kind for finding in suppressors)
    return replace(
        decision,
        severity=lowered(decision.severity),
        severity_rule=f"{decision.severity_rule}; lowered from {decision.severity} by {kinds}",
    )


def _worsened(decision: _Decision, cases: Sequence[Case], findings: Sequence[Finding]) -> _Decision:
    """One step more severe than the time before where a fix did not hold."""
    earlier = next((case.earlier for case in cases if case.earlier), None)
    if earlier is None or not any(f.sure and f.kind == "fixed-came-back" for f in findings):
        return decision
    severity = at_least(decision.severity, raised(earlier.severity))
    if severity is decision.severity:
        return decision
    name = earlier.issue_key or earlier.id
    rule = f"{decision.severity_rule}; one step above {name}, whose fix did not hold"
    return replace(decision, severity=severity, severity_rule=rule)


def _verdict(
    findings: Sequence[Finding], decision: _Decision, held: Sequence[Finding]
) -> tuple[Verdict, str]:
    sure = [finding for finding in findings if finding.sure]
    if not sure:
        return "suggest", f"a person decides: {findings[0].kind}: {findings[0].because}"
    if held and decision.severity is Severity.MEDIUM:
        reason = f"{held[0].kind}: {held[0].because}"
        return "suggest", f"a person decides: only Medium, and {reason}"
    return "escalate", f"{sure[0].kind}: {sure[0].because}"


def _decide(looks: Sequence[_Look], mappings: Mappings) -> _Decision:
    """Severity and target by the rules; where anything is sure, hints do not weigh."""
    findings = _merged(finding for look in looks for finding in look.findings)
    sure = [finding for finding in findings if finding.sure]
    situation = _situation([look.case for look in looks], sure or findings, mappings)
    severity, severity_rule = mappings.severity.decide(situation)
    kinds = {finding.kind for finding in sure} & SECURITY_KINDS
    if kinds:
        floor = Severity.CRITICAL if "security-breach" in kinds else Severity.HIGH
        if at_least(severity, floor) is not severity:
            severity, severity_rule = floor, f"security is never less than {floor}"
    situation = situation.model_copy(update={"severity": severity})
    target, target_rule, notify = mappings.routing.decide(situation)
    if kinds and target is not Target.SECURITY:
        notify = mappings.routing.told(situation, Target.SECURITY, ())
        target, target_rule = Target.SECURITY, "security bypasses the tiers"
    hinted = not kinds and any(finding.kind in SECURITY_KINDS for finding in findings)
    if hinted and target is not Target.SECURITY:
        notify = tuple(dict.fromkeys((Target.SECURITY, *notify)))
    return _Decision(severity, severity_rule, target, target_rule, notify)


def _situation(cases: Sequence[Case], findings: Sequence[Finding], mappings: Mappings) -> Situation:
    return Situation(
        findings=frozenset(finding.kind for finding in findings),
        categories=frozenset(f.category for f in findings if f.category is not None),
        customers=len(customer_keys(cases)),
        high_value_customers=len({case.customer.key for case in cases if case.high_value}),
        sla=worst_sla(cases).state,
        blocked=bool(blocked_sources(cases, mappings.triggers)),
        feature_gap=any(_feature_gap(case, mappings.triggers) for case in cases),
        product_areas=frozenset(case.product_area for case in cases if case.product_area),
        tags=frozenset(tag for case in cases for tag in case.ticket.tags),
    )


def _feature_gap(case: Case, triggers: TriggersMapping) -> bool:
    if set(triggers.words.feature_gap_tags) & set(case.ticket.tags):
        return True
    return bool(asserted(standing_words(case), triggers.words.feature_gap))


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding a kind, in the order of the questions; sure ones speak for the others."""
    by_kind: dict[str, list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault(finding.kind, []).append(finding)
    return tuple(_one(same) for same in by_kind.values())


def _one(same: Sequence[Finding]) -> Finding:
    speaking = [finding for finding in same if finding.sure] or list(same)
    reasons = list(dict.fromkeys(finding.because for finding in speaking))
    more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
    sources = dict.fromkeys(source for finding in speaking for source in finding.sources)
    effects = {finding.effect for finding in same}
    return speaking[0].model_copy(
        update={
            "because": "; ".join(reasons[:_REASONS]) + more,
            "sources": tuple(sources)[: 2 * MOST_SOURCES],
            "effect": "stop" if "stop" in effects else speaking[0].effect,
        }
    )


def _nearest(looks: Sequence[_Look], findings: Sequence[Finding]) -> tuple[NearMiss, ...]:
    """How far each trigger was that did not fire; each reason once."""
    fired = {finding.kind for finding in findings}
    misses = (miss for look in looks for miss in look.near_misses if miss.kind not in fired)
    return tuple(dict.fromkeys(misses))
