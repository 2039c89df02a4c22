"""What happened in Jira since the last look, in the fewest calls.

One search for what changed; hourly, and after an outage, every watched issue by id. For those that
did change: one call for all their histories, and one each for their comments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.markers import COMMON_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.core.model import Json
    from connector.ledger.rows import EscalationRow
    from connector.ports import Issue, IssueChange, TrackerComment
    from connector.services import Services

_LAST_READ, _LAST_FULL = "jira.read", "jira.full"
_OVERLAP = timedelta(minutes=5)
_FULL_EVERY = timedelta(hours=1)
_LONGEST_LOOK_BACK = timedelta(days=1)
_CLOCKS_APART = timedelta(minutes=1)
_LAG = timedelta(minutes=30)
"""An issue younger than this that Jira does not show is not shown yet."""

_BORN = timedelta(seconds=5)
"""An issue that changed no later than this after its creation was only created."""


@dataclass(frozen=True)
class News:
    """An issue that is otherwise than when it was read last. `changes` and `comments` are those
    since then, oldest first; also ours.
    """

    row: EscalationRow
    issue: Issue
    changes: tuple[IssueChange, ...] = ()
    comments: tuple[TrackerComment, ...] = ()


@dataclass
class Look:
    """What was found: news, and escalations whose issue Jira does not show."""

    news: list[News] = field(default_factory=list)
    lost: list[EscalationRow] = field(default_factory=list)
    back: list[EscalationRow] = field(default_factory=list)
    full: bool = False


def look_at_jira(services: Services) -> Look:
    """Reads only. Nothing is kept until `keep_position`."""
    with services.ledger.transaction() as tx:
        rows = [row for row in tx.escalations.unclosed() if not row.follows]
        last, last_full = tx.cursor(_LAST_READ), tx.cursor(_LAST_FULL)
    watched = {row.issue_id: row for row in rows if row.issue_id}
    look = Look(
        full=_passed(services, last, _LONGEST_LOOK_BACK)
        or _passed(services, last_full, _FULL_EVERY)
    )
    if not watched:
        return look
    if look.full or last is None:
        issues = _every(services, watched, look)
    else:
        issues = _changed(services, watched.values(), last)
    changed = [
        (watched[issue.id], issue)
        for issue in issues
        if issue.id in watched and _differs(watched[issue.id], issue)
    ]
    look.news = _read(services, sorted(changed, key=lambda pair: pair[0].id))
    return look


def keep_position(services: Services, look: Look) -> None:
    """Only after everything read is kept as intents: a crash before reads it again."""
    at = services.now.astimezone(UTC).isoformat()
    with services.ledger.transaction() as tx:
        tx.set_cursor(_LAST_READ, at)
        if look.full:
            tx.set_cursor(_LAST_FULL, at)


def facts_of(issue: Issue) -> Json:
    """What decides about an escalation's state."""
    return {
        "status": issue.status_id,
        "category": issue.category,
        "resolution": issue.resolution,
    }


def _every(
    services: Services, watched: Mapping[str, EscalationRow], look: Look
) -> tuple[Issue, ...]:
    issues = services.tracker.issues(sorted(watched))
    missing = sorted(set(watched) - {issue.id for issue in issues})
    if missing:
        # Asked once more before anybody is told: a lost line is no deletion.
        issues += services.tracker.issues(missing)
        missing = sorted(set(watched) - {issue.id for issue in issues})
    look.lost = _old_enough(services, [watched[one] for one in missing])
    look.back = [watched[one.id] for one in issues if watched[one.id].lost_at is not None]
    return issues


def _old_enough(services: Services, rows: list[EscalationRow]) -> list[EscalationRow]:
    """Those whose issue Jira has had time to show since it was asked for."""
    with services.ledger.transaction() as tx:
        asked = tx.intents.issues_asked_for(row.id for row in rows)
    fresh = services.now - _LAG
    return [row for row in rows if asked.get(row.id, row.opened_at) <= fresh]


def _changed(services: Services, watched: Iterable[EscalationRow], last: str) -> tuple[Issue, ...]:
    since = services.now - datetime.fromisoformat(last) + _OVERLAP
    minutes = int(since.total_seconds() // 60) + 1
    projects = sorted({row.project for row in watched if row.project})
    return tuple(services.tracker.changed_issues(projects, label=COMMON_LABEL, minutes=minutes))


def _differs(row: EscalationRow, issue: Issue) -> bool:
    known = (row.applied, row.issue_key, row.seen_at)
    return known != (facts_of(issue), issue.key, issue.updated)


def _read(services: Services, changed: list[tuple[EscalationRow, Issue]]) -> list[News]:
    talked = [(row, issue) for row, issue in changed if _was_touched(row, issue)]
    history: dict[str, list[IssueChange]] = {}
    if talked:
        since = min(_since(row) for row, _ in talked)
        ids = [issue.id for _, issue in talked]
        for change in services.tracker.changes(ids, since=since):
            history.setdefault(change.issue_id, []).append(change)
    touched = {issue.id for _, issue in talked}
    return [
        News(
            row=row,
            issue=issue,
            changes=tuple(
                change for change in history.get(issue.id, []) if change.at > _exactly_since(row)
            ),
            comments=_comments(services, row, issue) if issue.id in touched else (),
        )
        for row, issue in changed
    ]


def _was_touched(row: EscalationRow, issue: Issue) -> bool:
    """Whether anybody did something since the last look, creation apart."""
    if issue.updated is None or issue.updated == row.seen_at:
        return False
    if row.seen_at is None and issue.created is not None:
        return issue.updated - issue.created > _BORN
    return True


def _comments(services: Services, row: EscalationRow, issue: Issue) -> tuple[TrackerComment, ...]:
    found = services.tracker.comments(issue.id, since=_since(row))
    return tuple(sorted(found, key=lambda one: (one.created, one.id)))


def _exactly_since(row: EscalationRow) -> datetime:
    return row.seen_at or row.opened_at


def _since(row: EscalationRow) -> datetime:
    return _exactly_since(row) - _CLOCKS_APART


def _passed(services: Services, last: str | None, limit: timedelta) -> bool:
    return last is None or services.now - datetime.fromisoformat(last) >= limit
