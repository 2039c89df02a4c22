"""One pass back: what Jira says reaches every linked ticket, each with a result of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.brief import Brief, missing_request
from connector.core.lifecycle import may_follow
from connector.core.markers import COMMON_LABEL
from connector.core.model import Frozen, Json, State, Ticket
from connector.core.plan import Intended, NewStatus, update_writes
from connector.core.wording import fill
from connector.deciding import fetch_tickets
from connector.drafting import affected_by, place_of
from connector.errors import (
    ConfigError,
    ConnectorError,
    ExitCode,
    RefusedError,
    UnavailableError,
    one_of_ours,
)
from connector.escalating import intents, make_gate, resume
from connector.ledger.rows import EscalationRow, LinkRow, TransitionRow
from connector.ports import Issue
from connector.report import Report, SetAside, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.core.status import StatusRule
    from connector.gate import Gate
    from connector.services import Services

_OVER = frozenset({State.CONFIRMED, State.REGRESSED})
_LAST_READ, _LAST_FULL = "jira.read", "jira.full"
_OVERLAP = timedelta(minutes=5)
_FULL_EVERY = timedelta(hours=1)
_LONGEST_LOOK_BACK = timedelta(days=1)


class _Run:
    """What this run found."""

    def __init__(self) -> None:
        self.changed: list[StateChange] = []
        self.set_aside: list[SetAside] = []
        self.problems: list[str] = []
        self.codes: list[ExitCode] = []

    def trouble(self, error: ConnectorError) -> None:
        self.problems.append(str(error))
        self.codes.append(error.exit_code)


def run_sync(services: Services) -> Report:
    """Reads what moved in Jira since the last success and tells every linked ticket.

    Raises RefusedError or UnavailableError when Jira cannot be asked at all; trouble with Zendesk
    leaves its writes planned and says so.
    """
    run = _Run()
    gate = make_gate(services)
    services.tracker.whoami()
    try:
        services.desk.whoami()
    except (RefusedError, UnavailableError) as error:
        gate.rest("desk", error)
    gate.recover()
    resume(services, gate)
    reading = _read(services, run)
    whole = all(
        _applied(services, gate, escalation, issue, run) for escalation, issue in reading.moved
    )
    if whole:
        _keep_position(services, reading)
    for trouble in gate.troubles:
        run.trouble(trouble)
    return Report(
        command="sync",
        now=services.now,
        dry_run=services.dry_run,
        changed=tuple(run.changed),
        set_aside=tuple(run.set_aside),
        writes=tuple(gate.outcomes),
        calls=services.calls(),
        problems=tuple(run.problems),
        codes=tuple(run.codes),
    )


class _Reading(Frozen):
    """Escalations whose issue stands otherwise than what was acted on last; a full pass or not."""

    moved: tuple[tuple[EscalationRow, Issue], ...] = ()
    full: bool = False


def _read(services: Services, run: _Run) -> _Reading:
    with services.ledger.transaction() as tx:
        watched = {
            row.issue_id: row
            for row in tx.escalations.all()
            if row.issue_id is not None and row.state not in _OVER
        }
        last, last_full = tx.cursor(_LAST_READ), tx.cursor(_LAST_FULL)
    full = _passed(services, last, _LONGEST_LOOK_BACK) or _passed(services, last_full, _FULL_EVERY)
    if not watched:
        return _Reading(full=full)
    issues = (
        _all_issues(services, watched, run)
        if full or last is None
        else _changed_issues(services, watched.values(), last)
    )
    moved = [
        (watched[issue.id], issue)
        for issue in issues
        if issue.id in watched and watched[issue.id].applied != _facts(issue)
    ]
    return _Reading(moved=tuple(sorted(moved, key=lambda pair: pair[0].id)), full=full)


def _all_issues(
    services: Services, watched: Mapping[str, EscalationRow], run: _Run
) -> tuple[Issue, ...]:
    issues = services.tracker.issues(sorted(watched))
    for lost in sorted(set(watched) - {issue.id for issue in issues}):
        name = watched[lost].issue_key or watched[lost].id
        reason = "Jira does not show it: deleted, or hidden from us. It is not created again"
        run.set_aside.append(SetAside(what=name, reason=reason))
    return issues


def _changed_issues(
    services: Services, watched: Iterable[EscalationRow], last: str
) -> tuple[Issue, ...]:
    since = services.now - datetime.fromisoformat(last) + _OVERLAP
    minutes = int(since.total_seconds() // 60) + 1
    projects = sorted({row.project for row in watched if row.project})
    return tuple(services.tracker.changed_issues(projects, label=COMMON_LABEL, minutes=minutes))


def _keep_position(services: Services, reading: _Reading) -> None:
    """Only after everything read is kept as intents: a crash before reads it again."""
    at = services.now.astimezone(UTC).isoformat()
    with services.ledger.transaction() as tx:
        tx.set_cursor(_LAST_READ, at)
        if reading.full:
            tx.set_cursor(_LAST_FULL, at)


def _passed(services: Services, last: str | None, limit: timedelta) -> bool:
    return last is None or services.now - datetime.fromisoformat(last) >= limit


def _facts(issue: Issue) -> Json:
    return {
        "status": issue.status_id,
        "category": issue.category,
        "resolution": issue.resolution,
    }


def _applied(
    services: Services, gate: Gate, escalation: EscalationRow, issue: Issue, run: _Run
) -> bool:
    """False when something went wrong with this issue alone: the next run reads it again."""
    try:
        _apply(services, gate, escalation, issue, run)
    except (RefusedError, UnavailableError, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - one bad issue does not stop the others
        run.set_aside.append(SetAside(what=issue.key, reason=str(one_of_ours(error))))
        return False
    return True


def _apply(
    services: Services, gate: Gate, escalation: EscalationRow, issue: Issue, run: _Run
) -> None:
    rule = services.mappings.status.decide(issue.category, issue.status, issue.resolution)
    why_not = _why_not(escalation, issue, rule)
    if rule is None or rule.state is None or why_not:
        run.set_aside.append(SetAside(what=issue.key, reason=why_not))
        return
    resolved = services.now if rule.state is State.RESOLVED else escalation.resolved_at
    moved = rule.state is not escalation.state
    row = escalation.model_copy(
        update={
            "state": rule.state,
            "version": escalation.version + (1 if moved else 0),
            "applied": _facts(issue),
            "issue_key": issue.key,
            "owner": issue.assignee,
            "changed_at": services.now if moved else escalation.changed_at,
            "resolved_at": resolved,
        }
    )
    if not moved:
        with services.ledger.transaction() as tx:
            tx.escalations.replace(row)
        return
    _tell(services, escalation, row, issue, rule, run)
    gate.settle(row.id)


def _why_not(escalation: EscalationRow, issue: Issue, rule: StatusRule | None) -> str:
    """Why this status is reported and not acted on; empty when it is acted on."""
    stands = f"status {issue.status!r}" + (
        f", resolution {issue.resolution!r}" if issue.resolution else ""
    )
    if rule is None:
        return f"{stands} is in no rule of status.toml; add one, nothing is guessed"
    if rule.state is None:
        return f"{stands}: closed as a duplicate; link the issue that stays and escalate by hand"
    if not may_follow(escalation.state, rule.state):
        return f"{stands} means {rule.state}, which cannot follow {escalation.state}"
    return ""


def _tell(
    services: Services,
    before: EscalationRow,
    row: EscalationRow,
    issue: Issue,
    rule: StatusRule,
    run: _Run,
) -> None:
    """One transaction: the new state, its history, and what every linked ticket is to get."""
    because = f"{issue.key} is {issue.status}" + (
        f" ({issue.resolution})" if issue.resolution else ""
    )
    with services.ledger.transaction() as tx:
        links = tx.links.of(row.id)
    tickets = fetch_tickets(services, [link.ticket_id for link in links])
    closed = {link.ticket_id for link in links if _is_closed(link, tickets)}
    with services.ledger.transaction() as tx:
        tx.escalations.replace(row)
        tx.transitions.add(
            TransitionRow(
                escalation_id=row.id,
                at=services.now,
                actor="jira",
                kind="state",
                old=before.state,
                new=row.state,
                reason=because,
            )
        )
        for link in links:
            said = "closed in Zendesk: recorded here only" if link.ticket_id in closed else ""
            result = said or f"{row.state}: note planned"
            tx.links.replace(
                link.model_copy(update={"closed": link.ticket_id in closed, "result": result})
            )
        planned = _ticket_updates(services, row, issue, rule, tx.links.of(row.id), tickets)
        tx.intents.add(intents(services, tx, row, planned))
    for link in links:
        if link.ticket_id in closed and not link.closed:
            reason = f"closed in Zendesk: the news of {issue.key} is kept in the ledger only"
            run.set_aside.append(
                SetAside(what=f"ticket {link.ticket_id}", reason=reason, ticket_id=link.ticket_id)
            )
    run.changed.append(
        StateChange(
            id=row.id,
            issue_key=row.issue_key,
            kind="state",
            old=before.state,
            new=row.state,
            because=because,
            tickets=tuple(link.ticket_id for link in links),
        )
    )


def _is_closed(link: LinkRow, tickets: Mapping[int, Ticket]) -> bool:
    ticket = tickets.get(link.ticket_id)
    return ticket is None or ticket.status in {"closed", "deleted"}


def _ticket_updates(
    services: Services,
    row: EscalationRow,
    issue: Issue,
    rule: StatusRule,
    links: Sequence[LinkRow],
    tickets: Mapping[int, Ticket],
) -> list[Intended]:
    note = fill(
        rule.note,
        {
            "issue": issue.key,
            "status": issue.status,
            "resolution": issue.resolution or "",
            "state": row.state,
            "reason": rule.reason or "",
            "duplicate": "",
        },
    )
    missing = missing_request(Brief.model_validate(row.brief)) if rule.ask_missing else None
    field = services.mappings.fields.ticket.state
    fields = {str(field): rule.state_field} if field is not None else {}
    return [
        write
        for affected in affected_by(links)
        for write in update_writes(
            place_of(services, row),
            affected,
            note=f"{note}\n\n{missing}" if missing else note,
            tag=rule.state_tag or f"escalation_{row.state}",
            status=_new_status(rule, tickets.get(affected.ticket_id)),
            fields=fields,
            n=_change(issue),
        )
    ]


def _change(issue: Issue) -> str:
    """Names the change in Jira that is told: the same after a ledger was lost, another when the
    issue comes back to the same status later.
    """
    moved = issue.category_changed or issue.updated
    at = moved.isoformat() if moved else ""
    return f"state {issue.status_id} {issue.resolution or ''} {at}"


def _new_status(rule: StatusRule, ticket: Ticket | None) -> NewStatus | None:
    """Tickets are never solved from here, and only moved from where the rule says so."""
    if ticket is None or ticket.status not in rule.only_from:
        return None
    return rule.zendesk_status
