"""The fixed sections of a brief, one function each, in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.core.brief_choice import to_the_point
from connector.core.brief_facts import Facts, and_more, entry_of, gap_entry, quotes
from connector.core.brief_reproduction import reproduction
from connector.core.brief_values import Entry, Part, Said
from connector.core.clean import one_line
from connector.core.model import Severity, Source, Target

if TYPE_CHECKING:
    from connector.core.extraction.values import Attempt

_SLA: Final = {
    "within": "Within SLA",
    "at_risk": "At risk",
    "breached": "Breached",
    "unknown": "Unknown: the desk tells no SLA for these tickets",
}


def all_parts(facts: Facts) -> tuple[Part, ...]:
    return (
        _impact(facts),
        _description(facts),
        reproduction(facts),
        _tried(facts),
        _communication(facts),
        _needed(facts),
        _context(facts),
    )


# --- IMPACT ----------------------------------------------------------------------------------


def _impact(facts: Facts) -> Part:
    impact = facts.assessment.impact
    entries = [_customers(facts)]
    if facts.thin:
        entries.append(entry_of("workflow", "Who or what may be affected", _may_be_affected(facts)))
    else:
        entries.append(_workflow(facts))
    entries += [_revenue(facts), _sla(facts)]
    if impact is not None:
        for key, label, dimension in (
            ("duration", "Duration", impact.duration),
            ("reputation", "Reputation", impact.reputation),
            ("contractual", "Contractual", impact.contractual),
        ):
            # A contract that is kept says no more than the SLA status does.
            kept = dimension is impact.contractual and not dimension.number
            if dimension.known and dimension.text and not kept:
                entries.append(entry_of(key, label, facts.safe(dimension.text)))
    if facts.target is Target.PRODUCT:
        entries.append(
            entry_of("request_frequency", "Frequency of the request", facts.scope.words())
        )
        entries.append(
            quotes(
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
    if impact is not None:
        # The names stand in the line above.
        spread = impact.breadth.text.partition("), ")[2] or impact.breadth.text
        lines += [Said(text=facts.safe(spread))] if spread else []
    return Entry(key="customers", label="Customers affected", lines=tuple(lines))


def _may_be_affected(facts: Facts) -> str:
    return f"Reported by {facts.scope.words()}. Nobody has confirmed yet who else is affected."


def _workflow(facts: Facts) -> Entry:
    said = quotes("workflow", "Workflow impact", facts.extract.impact, "")
    impact = facts.assessment.impact
    depth = impact.depth if impact is not None and impact.depth.known else None
    if said.missing and depth is None:
        return gap_entry(
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
        return gap_entry("revenue", "Revenue at risk", text or facts.gap("revenue_at_risk"))
    return entry_of("revenue", "Revenue at risk", facts.safe(impact.revenue.text))


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
            quotes(
                "use_case",
                "Use case",
                to_the_point(facts.extract.use_case, facts.cases),
                facts.gap("use_case"),
                3,
            )
        )
    return Part(key="description", title="Issue description", entries=tuple(entries))


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
            entries.append(gap_entry("containment", "Containment", text))
        return Part(key="tried", title=title, entries=tuple(entries))
    attempts = facts.extract.tried
    if attempts:
        lines = tuple(
            Said(
                text=_attempt(one),
                sources=(one.source,),
                quoted=True,
            )
            for one in attempts[:10]
        )
        told = and_more(lines, len(attempts))
        entries.append(Entry(key="tried", lines=told, numbered=True))
    else:
        entries.append(gap_entry("tried", "", facts.gap("steps_tried")))
    if facts.extract.workaround:
        entries.append(quotes("workaround", "Workaround", facts.extract.workaround, "", 2))
    else:
        entries.append(entry_of("workaround", "Workaround", "None is mentioned."))
    return Part(key="tried", title=title, entries=tuple(entries))


def _attempt(one: Attempt) -> str:
    """`action → result`; a finding is its own result."""
    if one.result is None and _FINDING.search(one.action):
        return one.action
    return f"{one.action} → {one.result or 'result not said'}"


_FINDING = re.compile(r"\b(?:confirmed|reproduced|same result)\b", re.IGNORECASE)


# --- CUSTOMER COMMUNICATION ------------------------------------------------------------------


def _communication(facts: Facts) -> Part:
    entries = [_last_update(facts)]
    if not facts.thin:
        entries.append(
            quotes(
                "expects",
                "Customer expects",
                facts.extract.expects,
                "Not stated, and no date given.",
                2,
            )
        )
        entries.append(_promised(facts))
    entries.append(entry_of("risk", "Escalation risk", _risk(facts)))
    return Part(key="communication", title="Customer communication", entries=tuple(entries))


def _last_update(facts: Facts) -> Entry:
    last = facts.extract.last_update
    if last is None:
        return entry_of("last_update", "Last update", "None yet: no public reply has been sent.")
    when = facts.when(last.at)
    if facts.thin:
        return entry_of("last_update", "Last update", when)
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
        return entry_of("promised", "Promised", "Nothing was promised.")
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
        entry_of("ask", ask, facts.need.text),
        entry_of("deadline", "Deadline", facts.when(facts.need.deadline)),
    )
    return Part(key="needed", title="What's needed", entries=entries)


# --- SUPPORTING CONTEXT ----------------------------------------------------------------------


def _context(facts: Facts) -> Part:
    entries = [
        _tickets(facts),
        entry_of("why", "Why it was escalated", facts.safe(facts.assessment.because)),
    ]
    triggers = tuple(
        Said(text=facts.safe(f"{one.kind}: {one.because}"))
        for one in facts.assessment.findings[:8]
        if f"{one.kind}: {one.because}" != facts.assessment.because
    )
    if triggers and not facts.thin:
        entries.append(Entry(key="triggers", label="Other triggers", lines=triggers))
    earlier = facts.assessment.earlier
    if earlier is not None:
        text = f"{earlier.issue_key or earlier.id}, {earlier.state.value}"
        learned = f": {facts.safe(earlier.learned)}" if earlier.learned else ""
        entries.append(entry_of("earlier", "Escalated before", text + learned))
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
    return Entry(key="tickets", label="Tickets", lines=and_more(lines, len(facts.cases)))


def _attachments(facts: Facts) -> Entry:
    files = facts.extract.attachments
    if not files:
        return entry_of("attachments", "Logs and screenshots", "None attached.")
    if facts.thin:
        return entry_of("attachments", "Logs and screenshots", f"{len(files)} in the ticket.")
    lines = tuple(
        Said(text=facts.safe(one.attachment.name), sources=(one.source,), quoted=True)
        for one in files[:10]
    )
    told = and_more(lines, len(files))
    return Entry(key="attachments", label="Logs and screenshots", lines=told)
