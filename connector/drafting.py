"""What an escalation says, to whom, as intended writes: the brief, the notes, the comments.

What writes a brief is loaded by the first one that is written: reading threads takes many patterns,
and most sweeps write none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core import notes, render
from connector.core.brief_document import brief_document
from connector.core.brief_values import Brief, Links
from connector.core.document import Document, Paragraph, plain_run
from connector.core.markers import (
    PROPERTY,
    escalation_id_of,
    intent_id_of,
    marker_of,
    payload_hash,
    reference_line,
)
from connector.core.model import Assessment, IssueRef, Json, Target
from connector.core.plan import (
    Affected,
    Intended,
    Place,
    issue_writes,
    name_write,
    state_tag,
    ticket_writes,
    update_writes,
)
from connector.core.writes import CommentIssue, RestrictIssue, UpdateBrief, UpdateIssue
from connector.ledger.rows import EscalationRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from connector.core.fields import JiraFact
    from connector.core.model import Case, FieldValue, Need
    from connector.core.routing import Route
    from connector.core.writes import CreateIssue
    from connector.deciding import Decision
    from connector.ledger.rows import LinkRow
    from connector.services import Services

_NOTE_LIMIT = 20_000
"""Characters of a brief in a note: Zendesk takes 65,535 bytes, and a letter may have three."""
_OPTIONAL = ("priority", "components", "assignee")
"""Never the labels: the marker is among them, and an issue without it could be made twice."""


def draft(
    services: Services, decision: Decision, need: Need | None, before: EscalationRow | None
) -> tuple[EscalationRow, Brief, Route]:
    """The escalation as it will be recorded, its brief, and where it goes."""
    from connector.core.brief import write_brief

    assessment, cases = decision.assessment, decision.concerned
    if assessment.severity is None or assessment.target is None:
        raise ValueError("an escalation has a severity and a target")
    first = before.first_ticket_id if before else cases[0].ticket.id
    episode = before.episode + 1 if before else 1
    marker = marker_of(
        environment=services.environment,
        site=services.site,
        desk=services.desk.name,
        first_ticket_id=first,
        episode=episode,
    )
    brief = write_brief(
        assessment,
        cases,
        services.mappings.brief,
        now=services.now,
        links=Links(desk_url=services.desk_url),
        need=need,
        hours=services.mappings.cadence.business_hours,
    )
    route = services.mappings.routing.route(
        assessment.target, cases[0].product_area, assessment.severity
    )
    kept = brief.model_dump(mode="json")
    row = EscalationRow(
        id=escalation_id_of(marker),
        marker=marker,
        episode=episode,
        first_ticket_id=first,
        group_id=assessment.group.id if assessment.group else None,
        target=assessment.target,
        severity=assessment.severity,
        reason=assessment.because,
        summary=brief.summary,
        ask=brief.need.ask,
        deadline=brief.need.deadline,
        project=route.project,
        brief=kept,
        brief_hash=payload_hash(kept),
        assessment=assessment.model_dump(mode="json"),
        opened_at=services.now,
        changed_at=services.now,
        previous_id=before.id if before else None,
    )
    return row, brief, route


def place_of(services: Services, row: EscalationRow) -> Place:
    """Where the escalation's writes go."""
    issue = IssueRef(id=row.issue_id, key=row.issue_key or "") if row.issue_id else None
    key_field = services.mappings.fields.ticket.jira_key
    group = None
    if row.target is Target.L2:
        group = services.mappings.routing.route(row.target, None, row.severity).zendesk_group
    return Place(
        marker=row.marker,
        desk=services.desk.name,
        desk_url=services.desk_url,
        target=row.target,
        issue=issue,
        group=group,
        priority=services.mappings.severity.zendesk_priority.get(row.severity),
        key_fields=(str(key_field),) if key_field is not None else (),
    )


def first_writes(
    services: Services,
    row: EscalationRow,
    brief: Brief,
    route: Route,
    cases: Sequence[Case],
    links: Sequence[LinkRow],
) -> tuple[Intended, ...]:
    """The create request; for L2, which lives in Zendesk, what the tickets get, at once."""
    if row.target is Target.L2:
        return tickets_told(services, row, links)
    from connector.core.brief import brief_property

    return issue_writes(
        row.marker,
        project=route.project or "",
        fields=_issue_fields(services, row, brief, route, cases),
        optional=(*_OPTIONAL, *services.mappings.fields.jira),
        labels=(*route.labels, *notify_labels(row)),
        brief_property=brief_property(brief, row.marker, [link.ticket_id for link in links]),
    )


def restriction(
    services: Services, row: EscalationRow, created: CreateIssue
) -> tuple[Intended, ...]:
    """An issue with a security level is looked at once it is there: Jira may leave that out."""
    level = created.fields.get("security")
    if level is None:
        return ()
    bare = f"Restricted escalation {row.id}: its text was taken out"
    why = "Jira did not take this issue's security level. Read the escalation in Zendesk."
    blocks = (Paragraph(runs=plain_run(why)),)
    document = Document(title="", head=blocks, marked=False)
    write = RestrictIssue(level=level, summary=bare, description=_rendered(services, document))
    return (name_write(row.marker, write, "1"),)


def notify_labels(row: EscalationRow) -> tuple[str, ...]:
    """One label for each target that is told besides the one that owns it: what their Jira filters
    and subscriptions look for.
    """
    told = Assessment.model_validate(row.assessment).notify
    return tuple(f"notify-{target.lower()}" for target in told)


def tickets_told(
    services: Services, row: EscalationRow, links: Iterable[LinkRow]
) -> tuple[Intended, ...]:
    """Every ticket linked, noted and tagged; the first one is asked for what the brief lacks.

    L2 reads its brief there: it lives in Zendesk.
    """
    place, brief = place_of(services, row), Brief.model_validate(row.brief)
    note = notes.escalated_note(brief, issue_key=row.issue_key, url=_issue_url(services, row))
    whole = note
    if row.target is Target.L2:
        whole = render.plain(brief_document(brief), limit=_NOTE_LIMIT)
    from connector.core.brief import missing_request

    missing = missing_request(brief)
    first_note = f"{whole}\n\n{missing}" if missing else whole
    return tuple(
        write
        for affected in affected_by(links)
        for write in ticket_writes(
            place,
            affected,
            note=first_note if affected.ticket_id == row.first_ticket_id else note,
            state=row.state,
            n="escalated",
        )
    )


def joined_writes(
    services: Services, row: EscalationRow, links: Sequence[LinkRow], new: Iterable[int]
) -> tuple[Intended, ...]:
    """What the tickets get that join: linked, noted, tagged. Jira hears of it with the brief."""
    place, brief, fresh = place_of(services, row), Brief.model_validate(row.brief), frozenset(new)
    note = notes.joined_note(brief, issue_key=row.issue_key, url=_issue_url(services, row))
    return tuple(
        write
        for affected in affected_by(link for link in links if link.ticket_id in fresh)
        for write in ticket_writes(place, affected, note=note, state=row.state, n="escalated")
    )


def severity_writes(
    services: Services, old: EscalationRow, row: EscalationRow, said: str, links: Sequence[LinkRow]
) -> tuple[Intended, ...]:
    """A change of severity, told to every ticket. Jira hears of it with the brief."""
    n = f"severity {row.version} {old.severity} {row.severity}"
    place = place_of(services, row)
    told = tuple(
        write
        for affected in affected_by(links)
        for write in update_writes(
            place,
            affected,
            note=said,
            tag=state_tag(row.state),
            n=n,
            priority=place.priority,
        )
    )
    priority = _priority(services, row) if row.issue_id is not None else None
    if not priority:
        return told
    update = UpdateIssue(fields={"priority": {"name": priority}})
    return (*told, name_write(row.marker, update, n=n))


def redraft(
    services: Services, row: EscalationRow, decision: Decision, ids: Iterable[int]
) -> Brief:
    """The brief over again, from what its tickets say now.

    Target, severity and reason are the escalation's: a person may have chosen them.
    """
    from connector.core.brief import write_brief

    ours = frozenset(ids)
    cases = [case for case in decision.cases if case.ticket.id in ours]
    standing = {"severity": row.severity, "target": row.target, "because": row.reason}
    return write_brief(
        decision.assessment.model_copy(update=standing),
        cases,
        services.mappings.brief,
        now=services.now,
        links=Links(desk_url=services.desk_url),
        hours=services.mappings.cadence.business_hours,
        before=Brief.model_validate(row.brief),
    )


def brief_writes(
    services: Services,
    old: EscalationRow,
    row: EscalationRow,
    changes: Sequence[str],
    tickets: Sequence[int],
) -> tuple[Intended, ...]:
    """The issue's brief and property brought up to date, with one comment that says what changed.

    Named by what it changes: a ledger that is restored plans the same write again.
    """
    from connector.core.brief import brief_property

    brief = Brief.model_validate(row.brief)
    n = f"brief {old.brief_hash} {payload_hash(list(changes))}"
    comment_id = intent_id_of(row.marker, "issue_comment", "issue", n)
    write = UpdateBrief(
        document=brief_document(brief),
        limit=services.mappings.brief.limits.description,
        summary=row.summary,
        summary_was=old.summary,
        properties={PROPERTY: brief_property(brief, row.marker, tickets)},
        comment_id=comment_id,
        told=_comment(services, (notes.BRIEF_UPDATED, *changes), comment_id),
        left=_comment(services, (notes.BRIEF_LEFT, *changes), comment_id),
    )
    return (name_write(row.marker, write, n),)


def comment_write(
    services: Services, row: EscalationRow, text: str, n: str, *, issue_id: str | None = None
) -> Intended:
    """One comment on the issue (`issue_id`: on another one), and nothing else."""
    subject = CommentIssue(body="", issue_id=issue_id).subject
    intent_id = intent_id_of(row.marker, "issue_comment", subject, n)
    said = _comment(services, text.splitlines(), intent_id)
    return name_write(row.marker, said.model_copy(update={"issue_id": issue_id}), n)


def _comment(services: Services, lines: Iterable[str], intent_id: str) -> CommentIssue:
    """One comment, with the visible reference that a look-up finds again."""
    told = [line for line in (*lines, reference_line(intent_id)) if line.strip()]
    blocks = tuple(Paragraph(runs=plain_run(line)) for line in told)
    return CommentIssue(body=_rendered(services, Document(title="", head=blocks, marked=False)))


def affected_by(links: Iterable[LinkRow]) -> tuple[Affected, ...]:
    """The escalation's tickets as the planner wants them."""
    return tuple(
        Affected(ticket_id=link.ticket_id, customer_name=link.customer.name, closed=link.closed)
        for link in links
        if link.merged_into is None
    )


def jira_facts(row: EscalationRow, cases: Sequence[Case]) -> dict[JiraFact, FieldValue | date]:
    """What fields.toml may fill Jira fields with."""
    assessment = Assessment.model_validate(row.assessment)
    impact = assessment.impact
    names = tuple(dict.fromkeys(case.customer.name for case in cases))
    facts: dict[JiraFact, FieldValue | date] = {
        "customers": len({case.customer.key for case in cases}),
        "customer_names": names,
        "ticket_count": len(cases),
        "tickets": tuple(str(case.ticket.id) for case in cases),
        "arr_at_risk": impact.arr_at_risk if impact else None,
        "severity": row.severity,
        "product_area": cases[0].product_area,
        "environment": cases[0].environment_field,
    }
    moments: dict[JiraFact, datetime | None] = {
        "first_report": min(case.ticket.created_at for case in cases),
        "next_breach": impact.sla.breach_at if impact else None,
        "deadline": row.deadline,
    }
    return facts | {name: at for name, at in moments.items() if at is not None}


def _priority(services: Services, row: EscalationRow) -> str | None:
    route = services.mappings.routing.route(row.target, None, row.severity)
    return route.priority.get(row.severity) or services.mappings.severity.jira_priority.get(
        row.severity
    )


def _issue_url(services: Services, row: EscalationRow) -> str | None:
    return services.tracker.browse_url(row.issue_key) if row.issue_key else None


def _issue_fields(
    services: Services, row: EscalationRow, brief: Brief, route: Route, cases: Sequence[Case]
) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "project": {"key": route.project},
        "issuetype": {"name": route.issue_type},
        "summary": brief.summary,
        "description": _rendered(services, brief_document(brief)),
    }
    priority = _priority(services, row)
    if priority:
        fields["priority"] = {"name": priority}
    if route.components:
        fields["components"] = [{"name": name} for name in route.components]
    if route.assignee:
        who = "accountId" if services.tracker.dialect == "adf" else "name"
        fields["assignee"] = {who: route.assignee}
    fields |= services.mappings.fields.jira_fields(row.target, jira_facts(row, cases))
    if route.security_level:
        fields["security"] = {"name": route.security_level}
    return fields


def _rendered(services: Services, document: Document) -> Json:
    if services.tracker.dialect == "adf":
        return render.adf(document, services.mappings.brief.limits.description)
    return render.wiki(document, services.mappings.brief.limits.description)
