"""The fixed sections of a brief, one function each, in the order of domain section 5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.core.brief_prose import plainest_first
from connector.core.brief_values import SPOKEN, Entry, Part, Said
from connector.core.clean import one_line
from connector.core.model import Severity, Source, Target
from connector.core.redact import redact
from connector.core.wording import fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from connector.core.brief_mapping import BriefMapping, Item
    from connector.core.brief_prose import Prose, Scope
    from connector.core.extraction import Extract, Statement
    from connector.core.model import Assessment, Case, Need

_LINES: Final = 5
_SLA: Final = {
    "within": "Within SLA",
    "at_risk": "At risk",
    "breached": "Breached",
    "unknown": "Unknown: the desk tells no SLA for these tickets",
}
_BUGS: Final = frozenset({Target.ENGINEERING, Target.L2})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the sections are written from. `zone`: in which times are told."""

    assessment: Assessment
    cases: Sequence[Case]
    extract: Extract
    prose: Prose
    scope: Scope
    mapping: BriefMapping
    need: Need
    zone: tzinfo
    now: datetime

    @property
    def target(self) -> Target:
        return self.assessment.target or Target.L2

    @property
    def thin(self) -> bool:
        """A security brief holds no words of customers but the redacted observation."""
        return self.target is Target.SECURITY

    def gap(self, item: Item) -> str:
        """The line for something that is not known: named as missing where it is required."""
        if item in self.mapping.required(self.target):
            return fill(self.mapping.wording.missing, {"item": SPOKEN[item]})
        return self.mapping.wording.unknown

    def safe(self, text: str) -> str:
        """Words from outside the extract (findings, names), on one line and redacted."""
        return redact(one_line(text, 400), personal=self.mapping.redaction.personal).text

    def when(self, moment: datetime) -> str:
        """A moment in the cadence's zone, with the zone."""
        local = moment.astimezone(self.zone)
        return f"{local:%a %d %b %Y %H:%M} {local.tzname() or 'UTC'}"


def all_parts(facts: Facts) -> tuple[Part, ...]:
    return (
        _impact(facts),
        _description(facts),
        _reproduction(facts),
        _tried(facts),
        _communication(facts),
        _needed(facts),
        _context(facts),
    )


def _missing(key: str, label: str, text: str) -> Entry:
    return Entry(key=key, label=label, lines=(Said(text=text),), missing=True)


def _one(key: str, label: str, text: str) -> Entry:
    return Entry(key=key, label=label, lines=(Said(text=text),))


def _quotes(
    key: str, label: str, statements: Sequence[Statement], otherwise: str, most: int = _LINES
) -> Entry:
    """People's own words with their sources, or what is missing."""
    if not statements:
        return _missing(key, label, otherwise)
    lines = tuple(
        Said(text=f"“{one.text}”", sources=(one.source,), quoted=True) for one in statements[:most]
    )
    return Entry(key=key, label=label, lines=lines)


# --- IMPACT ----------------------------------------------------------------------------------


def _impact(facts: Facts) -> Part:
    impact = facts.assessment.impact
    entries = [_customers(facts)]
    if facts.thin:
        entries.append(_one("workflow", "Who or what may be affected", _may_be_affected(facts)))
    else:
        entries.append(_workflow(facts))
    entries += [_revenue(facts), _sla(facts)]
    if impact is not None:
        for key, label, dimension in (
            ("duration", "Duration", impact.duration),
            ("reputation", "Reputation", impact.reputation),
            ("contractual", "Contractual", impact.contractual),
        ):
            if dimension.known and dimension.text:
                entries.append(_one(key, label, facts.safe(dimension.text)))
    if facts.target is Target.PRODUCT:
        entries.append(_one("request_frequency", "Frequency of the request", facts.scope.words()))
        entries.append(
            _quotes(
                "competitive",
                "Competitive pressure",
                facts.extract.competitive,
                facts.gap("competitive_pressure"),
                2,
            )
        )
    return Part(key="impact", title="Impact", entries=tuple(entries))


def _customers(facts: Facts) -> Entry:
    names = [facts.safe(name) for name in facts.scope.customers]
    most = facts.mapping.limits.customers
    shown = ", ".join(names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    text = (
        f"{facts.scope.customer_count}: {shown}{more}" if names else str(facts.scope.customer_count)
    )
    lines = [Said(text=text)]
    impact = facts.assessment.impact
    if impact is not None and impact.breadth.text:
        lines.append(Said(text=facts.safe(impact.breadth.text)))
    return Entry(key="customers", label="Customers affected", lines=tuple(lines))


def _may_be_affected(facts: Facts) -> str:
    return f"Reported by {facts.scope.words()}. Nobody has confirmed yet who else is affected."


def _workflow(facts: Facts) -> Entry:
    said = _quotes("workflow", "Workflow impact", facts.extract.impact, "", _LINES)
    impact = facts.assessment.impact
    depth = impact.depth if impact is not None and impact.depth.known else None
    if said.missing and depth is None:
        return _missing(
            "workflow",
            "Workflow impact",
            facts.gap("business_impact"),
        )
    ours = (Said(text=facts.safe(depth.text)),) if depth is not None and depth.text else ()
    return Entry(
        key="workflow",
        label="Workflow impact",
        lines=ours + (() if said.missing else said.lines),
    )


def _revenue(facts: Facts) -> Entry:
    impact = facts.assessment.impact
    if impact is None or not impact.revenue.known:
        text = facts.safe(impact.revenue.text) if impact and impact.revenue.text else ""
        return _missing("revenue", "Revenue at risk", text or facts.gap("revenue_at_risk"))
    return _one("revenue", "Revenue at risk", facts.safe(impact.revenue.text))


def _sla(facts: Facts) -> Entry:
    impact = facts.assessment.impact
    sla = impact.sla if impact is not None else facts.cases[0].sla
    text = _SLA[sla.state]
    if sla.breach_at is not None:
        metric = (sla.metric or "SLA target").replace("_", " ")
        verb = "breached since" if sla.breach_at <= facts.now else "breach at"
        text += f": {metric} {verb} {facts.when(sla.breach_at)}"
    return Entry(
        key="sla", label="SLA status", lines=(Said(text=text),), missing=sla.state == "unknown"
    )


# --- ISSUE DESCRIPTION -----------------------------------------------------------------------


def _description(facts: Facts) -> Part:
    entries = [Entry(key="what", lines=facts.prose.description)]
    if facts.target is Target.PRODUCT:
        entries.append(
            _quotes(
                "use_case",
                "Use case",
                facts.extract.use_case,
                facts.gap("use_case"),
                3,
            )
        )
    return Part(key="description", title="Issue description", entries=tuple(entries))


# --- REPRODUCTION STEPS ----------------------------------------------------------------------


def _reproduction(facts: Facts) -> Part:
    title = "Reproduction steps"
    extract = facts.extract
    if facts.thin:
        text = "Left out of the open text: they are in the ticket, for those who may read it."
        return Part(key="reproduction", title=title, entries=(_one("steps", "Steps", text),))
    steps = _steps(facts)
    if facts.target not in _BUGS and steps.missing and not extract.errors:
        text = "None given. This is not escalated as a bug."
        return Part(key="reproduction", title=title, entries=(_one("steps", "Steps", text),))
    entries = [
        steps,
        _quotes(
            "expected", "Expected", _outright(extract.expected), facts.gap("expected_result"), 3
        ),
        _quotes("actual", "Actual", _actual(facts), facts.gap("actual_result"), 4),
        _environment(facts),
        _quotes(
            "frequency",
            "Frequency",
            extract.frequency,
            facts.mapping.wording.unknown,
            2,
        ),
        _quotes("ruled_out", "Ruled out", extract.ruled_out, facts.mapping.wording.unknown, 4),
        *_errors(facts),
    ]
    return Part(key="reproduction", title=title, entries=tuple(entries))


def _outright(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Those under a heading that says what they are, where there are any."""
    said = tuple(one for one in statements if "under a heading EB" in one.cues)
    return said or statements


def _actual(facts: Facts) -> tuple[Statement, ...]:
    """The plainest observations, in the order in which they were told."""
    best = plainest_first(facts.extract, facts.cases)[:4]
    return tuple(one for one in facts.extract.observed if one in best)


def _steps(facts: Facts) -> Entry:
    """The steps of the one comment that tells most of them: mixed lists lead nowhere."""
    by_source: dict[tuple[int, int | None], list[Statement]] = {}
    for step in facts.extract.steps:
        by_source.setdefault((step.source.ticket_id, step.source.comment_id), []).append(step)
    if not by_source:
        return _missing("steps", "Steps", facts.gap("reproduction_steps"))
    steps = max(by_source.values(), key=lambda told: (min(len(told), 12), told[0].role == "agent"))
    lines = tuple(
        Said(
            text=_without_number(step.text),
            sources=(step.source,) if number == 0 else (),
            quoted=True,
        )
        for number, step in enumerate(steps[:20])
    )
    return Entry(key="steps", label="Steps", lines=lines, numbered=True)


def _without_number(text: str) -> str:
    """The list gets numbers of its own."""
    return _NUMBER.sub("", text, count=1) or text


_NUMBER = re.compile(
    r"^(?:step\s?)?[(\[]?\d{1,2}\s?[.):\]>-]{0,2}\s{0,4}(?=[^\d\s.:)])|^[-*•#–]{1,3}\s{1,4}",
    re.IGNORECASE,
)


def _environment(facts: Facts) -> Entry:
    names: dict[str, list[Said]] = {}
    for fact in facts.extract.environment:
        text = (
            f"{fact.value} ({len(fact.tickets)} of {fact.of} tickets)"
            if fact.of > 1
            else fact.value
        )
        names.setdefault(fact.name, []).append(
            Said(text=text, sources=fact.sources[:3], quoted=True)
        )
    if not names:
        return _missing("environment", "Environment", facts.gap("environment"))
    lines = []
    for name, values in sorted(names.items(), key=lambda one: _ENVIRONMENT_ORDER.get(one[0], 9)):
        sources = tuple(dict.fromkeys(source for value in values[:4] for source in value.sources))
        told = "; ".join(value.text for value in values[:4])
        differs = " (tickets differ)" if _differs(facts.extract, name) else ""
        lines.append(Said(text=f"{name}: {told}{differs}", sources=sources[:3], quoted=True))
    return Entry(key="environment", label="Environment", lines=tuple(lines[:10]))


_ENVIRONMENT_ORDER: Final = {
    "version": 0,
    "environment": 1,
    "OS": 2,
    "browser": 3,
    "device": 4,
    "plan": 5,
}


def _differs(extract: Extract, name: str) -> bool:
    """Whether two tickets name different values and none names both."""
    facts = [fact for fact in extract.environment if fact.name == name]
    tickets = [set(fact.tickets) for fact in facts]
    return len(tickets) > 1 and any(not one & other for one in tickets for other in tickets)


def _errors(facts: Facts) -> list[Entry]:
    extract = facts.extract
    if not extract.errors:
        return [_missing("errors", "Errors and logs", facts.gap("logs_or_errors"))]
    entries = []
    most = facts.mapping.limits.error_lines
    for number, error in enumerate(extract.errors[: facts.mapping.limits.errors]):
        lines = error.text.split("\n")
        cut = [*lines[:most], "… (cut, see ticket)"] if len(lines) > most else lines
        seen = f"in {len(error.tickets)} tickets, " if len(error.tickets) > 1 else ""
        said = Said(text="\n".join(cut), sources=error.sources[:3], quoted=True)
        label = (
            f"Error {number + 1} ({seen}as pasted)"
            if len(extract.errors) > 1
            else f"Error ({seen}as pasted)"
        )
        entries.append(Entry(key=f"errors-{number}", label=label, lines=(said,), verbatim=True))
    return entries


# --- WHAT'S BEEN TRIED -----------------------------------------------------------------------


def _tried(facts: Facts) -> Part:
    title = "What's been tried"
    entries: list[Entry] = []
    if facts.thin:
        text = facts.gap("containment")
        if facts.extract.contained:
            sources = tuple(one.source for one in facts.extract.contained[:3])
            said = Said(text="Steps are reported in the ticket.", sources=sources)
            entries.append(Entry(key="containment", label="Containment", lines=(said,)))
        else:
            entries.append(_missing("containment", "Containment", text))
        return Part(key="tried", title=title, entries=tuple(entries))
    attempts = facts.extract.tried
    if attempts:
        lines = tuple(
            Said(
                text=f"{one.action} → {one.result or 'result not said'}",
                sources=(one.source,),
                quoted=True,
            )
            for one in attempts[:10]
        )
        entries.append(Entry(key="tried", lines=lines, numbered=True))
    else:
        entries.append(_missing("tried", "", facts.gap("steps_tried")))
    if facts.extract.workaround:
        entries.append(_quotes("workaround", "Workaround", facts.extract.workaround, "", 2))
    else:
        entries.append(_one("workaround", "Workaround", "None is mentioned."))
    return Part(key="tried", title=title, entries=tuple(entries))


# --- CUSTOMER COMMUNICATION ------------------------------------------------------------------


def _communication(facts: Facts) -> Part:
    entries = [_last_update(facts)]
    if not facts.thin:
        entries.append(
            _quotes(
                "expects",
                "Customer expects",
                facts.extract.expects,
                "Not stated, and no date given.",
                2,
            )
        )
        entries.append(_promised(facts))
    entries.append(_one("risk", "Escalation risk", _risk(facts)))
    return Part(key="communication", title="Customer communication", entries=tuple(entries))


def _last_update(facts: Facts) -> Entry:
    last = facts.extract.last_update
    if last is None:
        return _one("last_update", "Last update", "None yet: no public reply has been sent.")
    when = facts.when(last.at)
    if facts.thin:
        return _one("last_update", "Last update", when)
    said = Said(text=f"{when}: “{one_line(last.text, 300)}”", sources=(last.source,), quoted=True)
    return Entry(key="last_update", label="Last update", lines=(said,))


def _promised(facts: Facts) -> Entry:
    lines = tuple(
        Said(
            text=f"{facts.when(one.at)}: “{one.text}”" + (f" (by: {one.by})" if one.by else ""),
            sources=(one.source,),
            quoted=True,
        )
        for one in facts.extract.promised[:2]
    )
    if not lines:
        return _one("promised", "Promised", "Nothing was promised.")
    return Entry(key="promised", label="Promised", lines=lines)


def _risk(facts: Facts) -> str:
    business = [one for one in facts.assessment.findings if one.category in {"business", "time"}]
    if business and not facts.thin:
        return facts.safe("; ".join(one.because for one in business))
    if facts.assessment.severity is Severity.CRITICAL:
        return "High by its severity; no customer has said so."
    return "No sign of it in the tickets."


# --- WHAT'S NEEDED ---------------------------------------------------------------------------


def _needed(facts: Facts) -> Part:
    ask = facts.need.ask.value.capitalize()
    entries = (
        _one("ask", ask, facts.need.text),
        _one("deadline", "Deadline", facts.when(facts.need.deadline)),
    )
    return Part(key="needed", title="What's needed", entries=entries)


# --- SUPPORTING CONTEXT ----------------------------------------------------------------------


def _context(facts: Facts) -> Part:
    entries = [
        _tickets(facts),
        _one("why", "Why it was escalated", facts.safe(facts.assessment.because)),
    ]
    triggers = tuple(
        Said(text=facts.safe(f"{one.kind}: {one.because}")) for one in facts.assessment.findings[:8]
    )
    if triggers and not facts.thin:
        entries.append(Entry(key="triggers", label="Triggers", lines=triggers))
    earlier = facts.assessment.earlier
    if earlier is not None:
        text = f"{earlier.issue_key or earlier.id}, {earlier.state.value}"
        learned = f": {facts.safe(earlier.learned)}" if earlier.learned else ""
        entries.append(_one("earlier", "Escalated before", text + learned))
    if facts.extract.notes:
        count = len(facts.extract.notes)
        said = Said(
            text=f"{count} internal note" + ("" if count == 1 else "s"),
            sources=facts.extract.notes[-3:],
        )
        entries.append(Entry(key="notes", label="Internal threads", lines=(said,)))
    entries.append(_attachments(facts))
    return Part(key="context", title="Supporting context", entries=tuple(entries))


def _tickets(facts: Facts) -> Entry:
    lines = tuple(
        Said(
            text=f"{one_line(case.customer.name, 60)}, {case.ticket.created_at:%Y-%m-%d}"
            f", {case.ticket.status}",
            sources=(Source(ticket_id=case.ticket.id),),
        )
        for case in facts.cases[: facts.mapping.limits.tickets]
    )
    return Entry(key="tickets", label="Tickets", lines=lines)


def _attachments(facts: Facts) -> Entry:
    files = facts.extract.attachments
    if not files:
        return _one("attachments", "Logs and screenshots", "None attached.")
    if facts.thin:
        return _one("attachments", "Logs and screenshots", f"{len(files)} in the ticket.")
    lines = tuple(
        Said(text=facts.safe(one.attachment.name), sources=(one.source,), quoted=True)
        for one in files[:10]
    )
    return Entry(key="attachments", label="Logs and screenshots", lines=lines)
