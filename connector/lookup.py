"""Did it happen? Looks for a write of ours by its marker before it is ever sent again.

`look_up` knows where each kind of write leaves its trace, `proven_absent` when silence is proof.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.markers import marker_label, reference_line
from connector.core.model import Frozen, IssueRef
from connector.core.writes import (
    CloseIssue,
    CommentIssue,
    CreateIssue,
    LinkIssue,
    RelateIssue,
    SendReply,
    UpdateTicket,
    parse_write,
)

if TYPE_CHECKING:
    from connector.ledger.rows import EscalationRow, IntentRow
    from connector.ports import Desk, Issue, Tracker

_CLOCKS_APART = timedelta(minutes=5)
_CREATE_HOLD = timedelta(minutes=30)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Found(Frozen):
    """The write happened; `ref` is its remote id, `issue` is set for a create.

    `left`: a brief that was left alone, since somebody edited it.
    """

    ref: str
    issue: IssueRef | None = None
    left: bool = False


def look_up(
    row: IntentRow, escalation: EscalationRow, *, desk: Desk, tracker: Tracker
) -> Found | None:
    """The write's trace at the service, or None where none is seen (which proves nothing yet)."""
    write = parse_write(row.payload)
    if isinstance(write, CreateIssue):
        return _created(write.project, row, escalation, tracker)
    if isinstance(write, UpdateTicket | SendReply):
        return _noted(write.ticket_id, row, desk)
    if isinstance(write, LinkIssue):
        linked = escalation.issue_id in desk.linked_issues(write.ticket_id)
        return Found(ref=escalation.issue_id or "") if linked else None
    if isinstance(write, RelateIssue):
        related = tracker.related(escalation.issue_id or "")
        there = any(one.issue.id == write.other_id for one in related)
        return Found(ref=write.other_id) if there else None
    if isinstance(write, CloseIssue):
        closed = any(one.category == "done" for one in tracker.issues([write.issue_id]))
        return Found(ref=write.issue_id) if closed else None
    about = write.issue_id if isinstance(write, CommentIssue) else None
    return _commented(row, about or escalation.issue_id or "", tracker)


def find_issue(marker: str, tracker: Tracker) -> IssueRef | None:
    """An issue with this marker by the search index, in whatever project it is by now; of several,
    the one with the lowest id.
    """
    return lowest(tracker.find_by_label(marker_label(marker)), marker)


def proven_absent(row: IntentRow, now: datetime) -> bool:
    """Whether "not seen" in a later run is proof enough to send it again."""
    if row.kind != "create_issue":
        return True
    return row.sent_at is not None and now - row.sent_at >= _CREATE_HOLD


def _created(
    project: str, row: IntentRow, escalation: EscalationRow, tracker: Tracker
) -> Found | None:
    after = int((row.probe or {}).get("highest", 0))
    seen = lowest(tuple(tracker.issues_after(project, after)), escalation.marker)
    issue = seen or find_issue(escalation.marker, tracker)
    return Found(ref=issue.id, issue=issue) if issue else None


def lowest(issues: tuple[Issue, ...], marker: str) -> IssueRef | None:
    """Of the issues with this marker the first one that was made."""
    ours = [issue for issue in issues if marker_label(marker) in issue.labels]
    if not ours:
        return None
    first = min(ours, key=lambda issue: int(issue.id))
    return IssueRef(id=first.id, key=first.key)


def _since(row: IntentRow) -> datetime:
    """What this ledger never sent was sent, if at all, by one that is lost: whenever that was."""
    return row.sent_at - _CLOCKS_APART if row.sent_at else _BEGINNING


def _noted(ticket_id: int, row: IntentRow, desk: Desk) -> Found | None:
    for audit in desk.audits(ticket_id, since=_since(row)):
        if audit.intent_id == row.intent_id or reference_line(row.intent_id) in audit.text:
            return Found(ref=str(audit.id))
    return None


def _commented(row: IntentRow, issue_id: str, tracker: Tracker) -> Found | None:
    for comment in tracker.comments(issue_id, since=_since(row)):
        if reference_line(row.intent_id) in comment.text:
            return Found(ref=comment.id)
    return None
