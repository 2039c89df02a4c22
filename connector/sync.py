"""One pass back: what Jira says reaches every linked ticket, and what is due is followed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.applying import apply
from connector.closing_loop import close_loops
from connector.core.plan import name_write
from connector.core.writes import UpdateTicket
from connector.deescalating import ends_in_zendesk
from connector.drafting import affected_by
from connector.errors import (
    ConfigError,
    RefusedError,
    UnavailableError,
    first_to_mend,
    one_of_ours,
)
from connector.escalating import intents, make_gate, resume
from connector.following_up import follow_up
from connector.ledger.rows import EventRow
from connector.merging import follow_merges
from connector.replies import settle_drafts
from connector.running import Run
from connector.telling import keep_results
from connector.watching import keep_position, look_at_jira

if TYPE_CHECKING:
    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.report import Report
    from connector.services import Services
    from connector.watching import News


def run_sync(services: Services) -> Report:
    """Reads what moved in Jira since the last success, tells every linked ticket, and asks whom
    nobody has asked for too long.

    Raises RefusedError or UnavailableError when Jira cannot be asked at all; trouble with Zendesk
    leaves its writes planned and says so.
    """
    gate = make_gate(services)
    try:
        services.desk.whoami()
    except (RefusedError, UnavailableError) as error:
        gate.resting.leave("desk", error)
    try:
        run = Run(me=services.tracker.whoami().id)
    except (RefusedError, UnavailableError) as error:
        raise first_to_mend([error, *gate.resting.troubles]) from error
    gate.recover()
    resume(services, gate)
    if not gate.resting.whole("desk"):
        follow_merges(services, gate)
    look = look_at_jira(services)
    applied = [_applied(services, gate, news, run) for news in look.news]
    for row in look.lost:
        _lost(services, gate, row, run)
    for row in look.back:
        _back(services, row)
    if all(applied):
        keep_position(services, look)
    for escalation_id in ends_in_zendesk(services, run):
        gate.settle(escalation_id)
    settle_drafts(services)
    if not gate.resting.whole("desk"):
        follow_up(services, gate, run)
    close_loops(services, gate, run)
    keep_results(services, {change.id for change in run.changed})
    return run.report(services, gate, "sync")


def _applied(services: Services, gate: Gate, news: News, run: Run) -> bool:
    """False when something went wrong with this issue alone: the next run reads it again."""
    try:
        apply(services, gate, news, run)
    except (RefusedError, UnavailableError, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - one bad issue does not stop the others
        run.aside(news.issue.key, str(one_of_ours(error)))
        return False
    return True


def _lost(services: Services, gate: Gate, row: EscalationRow, run: Run) -> None:
    """Deleted, or hidden from us: said once to the report and to each ticket; never made again."""
    if row.lost_at is not None:
        return
    name = row.issue_key or row.id
    run.aside(name, "Jira does not show it: deleted, or hidden from us. It is not created again")
    note = (
        f"{name} cannot be seen in Jira any more: it was deleted, or hidden from this program. It "
        "is not created again. Please ask the team; news from there do not reach this ticket now."
    )
    with services.ledger.transaction() as tx:
        tx.escalations.replace(row.model_copy(update={"lost_at": services.now}))
        said = f"{name} is not shown by Jira any more"
        tx.events.add(EventRow(at=services.now, actor="jira", what=said, escalation_id=row.id))
        planned = [
            name_write(
                row.marker,
                UpdateTicket(ticket_id=affected.ticket_id, note=note),
                n=f"lost {row.version}",
            )
            for affected in affected_by(tx.links.of(row.id))
            if not affected.closed
        ]
        tx.intents.add(intents(services, tx, row, planned))
    gate.settle(row.id)


def _back(services: Services, row: EscalationRow) -> None:
    with services.ledger.transaction() as tx:
        fresh = tx.escalations.get(row.id) or row
        tx.escalations.replace(fresh.model_copy(update={"lost_at": None}))
        said = f"{row.issue_key or row.id} is shown by Jira again"
        tx.events.add(EventRow(at=services.now, actor="jira", what=said, escalation_id=row.id))
