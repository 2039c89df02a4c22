"""Issues made twice for one escalation are folded into one: the last defence, and hardly ever used.

Nothing of ours makes a second issue. A proxy that sends a request again does, and so did, perhaps,
an older version: a look at the young issues of the routes' projects finds them by their marker.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.core.markers import COMMON_LABEL, marker_label
from connector.core.plan import Intended, name_write
from connector.core.writes import CloseIssue, RelateIssue, UpdateIssue
from connector.drafting import comment_write
from connector.escalating import intents

if TYPE_CHECKING:
    from connector.ledger.rows import EscalationRow
    from connector.ports import Issue
    from connector.services import Services

_YOUNG = timedelta(days=2)
_FOLDED_LABEL = "zdesc-folded"


def fold_duplicates(services: Services) -> None:
    """Plans what folds them; the gate makes it with everything else that waits."""
    since = services.now - _YOUNG
    with services.ledger.transaction() as tx:
        rows = [row for row in tx.escalations.since(since) if row.issue_id is not None]
        asked = tx.intents.issues_asked_for(row.id for row in rows)
    young = {
        marker_label(row.marker): row for row in rows if asked.get(row.id, row.opened_at) >= since
    }
    if not young:
        return
    minutes = int(_YOUNG.total_seconds() // 60)
    projects = sorted({row.project for row in young.values() if row.project})
    issues = services.tracker.changed_issues(projects, label=COMMON_LABEL, minutes=minutes)
    alike: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        for label in young.keys() & set(issue.labels):
            alike[label].append(issue)
    for label, several in sorted(alike.items()):
        if len(several) > 1:
            _fold(services, young[label], several)


def _fold(services: Services, row: EscalationRow, several: list[Issue]) -> None:
    """The issue that the ledger holds stays: tickets and notes name it."""
    others = [issue for issue in several if issue.id != row.issue_id]
    planned = [write for other in others for write in _writes(services, row, other)]
    if len(others) < len(several):
        with services.ledger.transaction() as tx:
            tx.intents.add(intents(services, tx, row, planned))


def _writes(services: Services, row: EscalationRow, other: Issue) -> list[Intended]:
    """The labels go last: without them nothing finds it again."""
    n = f"duplicate {other.id}"
    said = comment_write(
        services,
        row,
        f"Made twice for one escalation: {row.issue_key} stays, and holds the tickets.",
        n=n,
        issue_id=other.id,
    )
    labels = (marker_label(row.marker), COMMON_LABEL)
    return [
        name_write(row.marker, RelateIssue(other_id=other.id, link_type="Duplicate"), n),
        said,
        name_write(row.marker, CloseIssue(issue_id=other.id), n),
        name_write(
            row.marker,
            UpdateIssue(issue_id=other.id, add_labels=(_FOLDED_LABEL,), remove_labels=labels),
            n,
        ),
    ]
