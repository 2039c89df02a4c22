"""Closed as a duplicate: the tickets follow the issue that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.changing import change_state
from connector.core.brief import Brief, brief_property
from connector.core.markers import COMMON_LABEL, PROPERTY, marker_label
from connector.core.model import DeescalationReason, IssueRef, State
from connector.core.plan import (
    Affected,
    Intended,
    name_write,
    ticket_writes,
)
from connector.core.wording import fill
from connector.core.writes import UpdateIssue
from connector.drafting import affected_by, place_of
from connector.escalating import intents
from connector.ledger.rows import EventRow, LinkRow

if TYPE_CHECKING:
    from connector.core.status import StatusRule
    from connector.ledger.rows import EscalationRow
    from connector.ledger.store import Transaction
    from connector.ports import Issue
    from connector.running import Run
    from connector.services import Services

_LONGEST_CHAIN = 5


def follow(
    services: Services, row: EscalationRow, issue: Issue, rule: StatusRule, run: Run
) -> tuple[EscalationRow, Issue | None]:
    """Joins the escalation of the issue that stays, or takes that issue for its own.

    The row, and the issue that became its own; what cannot be followed is reported.
    """
    stays, why_not = _what_stays(services, issue)
    if stays is None:
        run.aside(issue.key, why_not)
        return row, None
    note = fill(
        rule.note,
        {
            "issue": issue.key,
            "status": issue.status,
            "resolution": issue.resolution or "",
            "state": row.state,
            "reason": "",
            "duplicate": stays.key,
        },
    )
    with services.ledger.transaction() as tx:
        other = tx.escalations.by_issue(stays.id)
        if other is not None and other.id != row.id and other.closed_at is None:
            return _join(services, tx, row, other, issue, note, run), None
        return _adopt(services, tx, row, stays, issue, note, run), stays


def _what_stays(services: Services, issue: Issue) -> tuple[Issue | None, str]:
    """The end of the chain of duplicates. Only a link in the right direction counts."""
    rules = services.mappings.status
    here, seen = issue, {issue.id}
    for _ in range(_LONGEST_CHAIN):
        ends = [
            one.issue
            for one in services.tracker.related(here.id)
            if one.outward and "duplicat" in one.kind.casefold()
        ]
        fresh = [end for end in ends if end.id not in seen]
        if not fresh:
            return None, (
                f"{issue.key} is closed as a duplicate, and no link says of what; link it in Jira "
                '("duplicates"), the next sync follows it'
            )
        found = services.tracker.issues([fresh[0].id])
        if not found:
            return None, f"{issue.key} duplicates {fresh[0].key}, which Jira does not show us"
        here = found[0]
        seen.add(here.id)
        rule = rules.decide(here.category, here.status, here.resolution)
        if rule is None or rule.follow is None:
            return here, ""
    return None, f"{issue.key} is closed as a duplicate in a chain without an end"


def _join(
    services: Services,
    tx: Transaction,
    row: EscalationRow,
    other: EscalationRow,
    issue: Issue,
    note: str,
    run: Run,
) -> EscalationRow:
    """Its tickets become the other one's; it is over itself."""
    known = {link.ticket_id for link in tx.links.of(other.id)}
    place = place_of(services, other)
    planned: list[Intended] = []
    name = other.issue_key or other.id
    for link in tx.links.of(row.id):
        gone = {"told_at": services.now, "told_how": f"goes on with {name}"}
        tx.links.replace(link.model_copy(update=gone))
        if link.merged_into is not None or link.ticket_id in known:
            continue
        tx.links.add(
            LinkRow(
                escalation_id=other.id,
                ticket_id=link.ticket_id,
                customer=link.customer,
                joined_at=services.now,
                closed=link.closed,
                worn=link.worn,
            )
        )
        affected = Affected(
            ticket_id=link.ticket_id, customer_name=link.customer.name, closed=link.closed
        )
        planned += ticket_writes(
            place, affected, note=note, state=other.state, n=f"follows from {issue.id}"
        )
    links = tx.links.of(other.id)
    kept = brief_property(
        Brief.model_validate(other.brief), other.marker, [link.ticket_id for link in links]
    )
    update = UpdateIssue(properties={PROPERTY: kept})
    planned.append(name_write(other.marker, update, n=f"follows from {issue.id}"))
    tx.intents.add(intents(services, tx, other, planned))
    reason = f"{issue.key} is a duplicate of {name}, which goes on for it"
    after = change_state(
        tx,
        row,
        State.DE_ESCALATED,
        now=services.now,
        actor="jira",
        reason=reason,
        end_reason=DeescalationReason.REASSESSED,
        follows=other.id,
    )
    after = after.model_copy(update={"closed_at": services.now})
    tx.escalations.replace(after)
    run.moved(row, after, reason, tuple(link.ticket_id for link in links))
    return after


def _adopt(
    services: Services,
    tx: Transaction,
    row: EscalationRow,
    stays: Issue,
    issue: Issue,
    note: str,
    run: Run,
) -> EscalationRow:
    """The issue that stays becomes this escalation's own, with our labels and every ticket linked.

    The labels leave the other one: a marker names one issue.
    What it says itself is applied after this.
    """
    ref = IssueRef(id=stays.id, key=stays.key)
    adopted = row.model_copy(
        update={
            "issue_id": ref.id,
            "issue_key": ref.key,
            "project": stays.project,
            "applied": None,
            "seen_at": stays.updated,
            "owner": stays.assignee,
        }
    )
    tx.escalations.replace(adopted)
    place, n = place_of(services, adopted), f"follows {stays.id}"
    links = tx.links.of(row.id)
    kept = brief_property(
        Brief.model_validate(row.brief), row.marker, [link.ticket_id for link in links]
    )
    ours = UpdateIssue(
        add_labels=(COMMON_LABEL, marker_label(row.marker)), properties={PROPERTY: kept}
    )
    left = UpdateIssue(issue_id=issue.id, remove_labels=ours.add_labels)
    planned = [name_write(row.marker, write, n=n) for write in (ours, left)]
    for affected in affected_by(links):
        planned += ticket_writes(place, affected, note=note, state=row.state, n=n)
    tx.intents.add(intents(services, tx, adopted, planned))
    reason = f"{issue.key} is a duplicate of {stays.key}: its tickets follow {stays.key} now"
    tx.events.add(EventRow(at=services.now, actor="jira", what=reason, escalation_id=row.id))
    run.moved(row, adopted, reason, tuple(link.ticket_id for link in links))
    return adopted
