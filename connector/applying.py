"""Jira's news applied: status and resolution become the state, and every ticket is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.changing import change_state
from connector.closed_duplicates import follow
from connector.core.brief import Brief, missing_request
from connector.core.hops import Stand, stands
from connector.core.lifecycle import may_follow
from connector.core.model import State
from connector.core.plan import name_write, state_tag
from connector.core.wording import fill
from connector.core.writes import UpdateTicket
from connector.deescalating import early_end
from connector.drafting import affected_by
from connector.escalating import intents
from connector.following_up import marked_by_label
from connector.ledger.rows import EventRow
from connector.sharing import others, share
from connector.telling import Words, move_and_tell
from connector.watching import News, facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.core.status import StatusRule
    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.ports import Issue
    from connector.running import Run
    from connector.services import Services


def apply(services: Services, gate: Gate, news: News, run: Run) -> None:
    """All that one issue's news mean. What it says is kept as read only at the very end."""
    issue = news.issue
    row = _passed_through(services, news, run)
    row = share(services, row, news, run)
    row = _kept(services, row, _activity(run, row, news))
    rule = services.mappings.status.decide(issue.category, issue.status, issue.resolution)
    reached = row.applied == facts_of(issue) and row.state is news.row.state
    if not reached:
        row, reached = _follow_rule(services, news, row, rule, run)
    if row.issue_id == issue.id and not row.follows:
        row = _moved(services, row, issue) if row.issue_key != issue.key else row
        row = marked_by_label(services, row, issue, run)
        row = early_end(services, row, issue, run)
        _kept(services, row, _as_seen(issue, reached=reached))
    gate.settle(row.id)
    if row.follows:
        gate.settle(row.follows)


def _as_seen(issue: Issue, *, reached: bool) -> dict[str, object]:
    seen: dict[str, object] = {"seen_at": issue.updated}
    seen |= {"project": issue.project, "owner": issue.assignee}
    return seen | ({"applied": facts_of(issue)} if reached else {})


def _kept(services: Services, row: EscalationRow, facts: Mapping[str, object]) -> EscalationRow:
    fresh = row.model_copy(update=facts)
    if fresh != row:
        with services.ledger.transaction() as tx:
            tx.escalations.replace(fresh)
    return fresh


def _activity(run: Run, row: EscalationRow, news: News) -> dict[str, object]:
    """When the team last did something: what somebody else than we wrote or moved."""
    times = [one.created for one in others(run, news.comments)]
    times += [one.at for one in others(run, news.changes)]
    if row.internal_at is not None:
        times.append(row.internal_at)
    return {"internal_at": max(times, default=None)}


def _passed_through(services: Services, news: News, run: Run) -> EscalationRow:
    """Where the issue stood between two looks goes into the history; tickets hear the last word."""
    row = news.row
    known = row.applied if isinstance(row.applied, dict) else {}
    steps = stands(
        news.changes,
        status_id=str(known.get("status") or ""),
        status="",
        resolution=known.get("resolution"),
    )
    if len(steps) < 2:  # noqa: PLR2004 - the last one is where it stands now
        return row
    categories = services.tracker.categories()
    for step in steps[:-1]:
        row = _stood(services, row, step, categories.get(step.status_id, "new"), news, run)
    return row


def _stood(
    services: Services, row: EscalationRow, step: Stand, category: str, news: News, run: Run
) -> EscalationRow:
    rule = services.mappings.status.decide(category, step.status, step.resolution)
    if rule is None or rule.state in {None, row.state} or rule.follow:
        return row
    new = State(str(rule.state))
    if not may_follow(row.state, new):
        return row
    resolution = f" ({step.resolution})" if step.resolution else ""
    reason = f"{news.issue.key} was {step.status}{resolution} for a while"
    with services.ledger.transaction() as tx:
        after = change_state(
            tx,
            row,
            new,
            now=services.now,
            actor="jira",
            reason=reason,
            at=step.at,
            end_reason=rule.reason,
        )
    run.moved(row, after, reason, ())
    return after


def _follow_rule(
    services: Services, news: News, row: EscalationRow, rule: StatusRule | None, run: Run
) -> tuple[EscalationRow, bool]:
    """The row, and whether what Jira says is settled with it."""
    issue = news.issue
    if rule is not None and rule.follow is not None:
        row, stays = follow(services, row, issue, rule, run)
        if stays is None:
            return row, False
        beyond = services.mappings.status.decide(stays.category, stays.status, stays.resolution)
        return _follow_rule(services, News(row=row, issue=stays), row, beyond, run)
    why_not = _why_not(row, issue, rule)
    if rule is None or rule.state is None or why_not:
        run.aside(issue.key, why_not)
        return row, False
    if rule.state is row.state or _seen_already(row, issue, rule):
        return row, True
    told = Words(
        note=_note(row, issue, rule),
        tag=rule.state_tag or state_tag(rule.state),
        n=_change(issue),
        rule=rule,
        letters=rule.state in {State.RESOLVED, State.DE_ESCALATED},
    )
    resolution = f" ({issue.resolution})" if issue.resolution else ""
    row = move_and_tell(
        services,
        row,
        rule.state,
        told,
        actor="jira",
        reason=f"{issue.key} is {issue.status}{resolution}",
        at=_when(news),
        run=run,
        end_reason=rule.reason,
        issue_key=issue.key,
    )
    return row, True


def _seen_already(row: EscalationRow, issue: Issue, rule: StatusRule) -> bool:
    """Somebody acknowledged it here, and in Jira it only stays where it was."""
    before = row.applied if isinstance(row.applied, dict) else {}
    stayed = before.get("category", "new") == issue.category == "new"
    return stayed and (row.state, rule.state) == (State.ACKNOWLEDGED, State.OPEN)


def _why_not(row: EscalationRow, issue: Issue, rule: StatusRule | None) -> str:
    """Why this status is reported and not acted on; empty when it is acted on."""
    stands_at = f"status {issue.status!r}" + (
        f", resolution {issue.resolution!r}" if issue.resolution else ""
    )
    if rule is None:
        return f"{stands_at} is in no rule of status.toml; add one, nothing is guessed"
    if rule.state is not None and not may_follow(row.state, rule.state):
        return f"{stands_at} means {rule.state}, which cannot follow {row.state}"
    return ""


def _note(row: EscalationRow, issue: Issue, rule: StatusRule) -> str:
    note = fill(
        rule.note,
        {
            "issue": issue.key,
            "status": issue.status,
            "resolution": issue.resolution or "",
            "state": str(rule.state),
            "reason": rule.reason or "",
            "duplicate": "",
        },
    )
    if row.issue_key and row.issue_key != issue.key:
        note = f"{row.issue_key} was moved: it is {issue.key} now.\n{note}"
    missing = missing_request(Brief.model_validate(row.brief)) if rule.ask_missing else None
    return f"{note}\n\n{missing}" if missing else note


def _change(issue: Issue) -> str:
    """Names the change in Jira that is told: the same after a ledger was lost, another when the
    issue comes back to the same status later.
    """
    moved = issue.category_changed or issue.updated
    at = moved.isoformat() if moved else ""
    return f"state {issue.status_id} {issue.resolution or ''} {at}"


def _when(news: News) -> datetime | None:
    """When it happened in Jira, by its history, else by its own date."""
    last = max((change.at for change in news.changes), default=None)
    return last or news.issue.category_changed


def _moved(services: Services, row: EscalationRow, issue: Issue) -> EscalationRow:
    """A new key and nothing else: each ticket is told under which name it goes on."""
    key_field = services.mappings.fields.ticket.jira_key
    fields = {str(key_field): issue.key} if key_field is not None else {}
    moved = row.model_copy(update={"issue_key": issue.key, "project": issue.project})
    note = f"{row.issue_key} was moved: it is {issue.key} now. Nothing else has changed."
    said = f"moved: {row.issue_key} is {issue.key} now"
    with services.ledger.transaction() as tx:
        tx.escalations.replace(moved)
        tx.events.add(EventRow(at=services.now, actor="jira", what=said, escalation_id=row.id))
        planned = [
            name_write(
                row.marker,
                UpdateTicket(ticket_id=affected.ticket_id, note=note, fields=fields),
                n=f"moved {issue.key}",
            )
            for affected in affected_by(tx.links.of(row.id))
            if not affected.closed
        ]
        tx.intents.add(intents(services, tx, row, planned))
    return moved
