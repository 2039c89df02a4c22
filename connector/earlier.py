"""What a run whose ledger is gone may have done already: looked for before a first send.

A ledger that was lost, or put back from a copy, knows less than the services do. The run lock tells
of it where it can (its file is not part of a copy), and so does a long silence. From then on what
is about an escalation of before is looked for, once, before it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.writes import REPEATABLE, CreateIssue
from connector.lookup import Found, find_issue, look_up, lowest

if TYPE_CHECKING:
    from connector.core.writes import Write
    from connector.ledger.rows import EscalationRow, IntentRow
    from connector.ledger.store import Ledger
    from connector.ports import Desk, Issue, Tracker

_DOUBTED = "look_first"
_SILENCE = timedelta(hours=6)
_LONGEST_LAG = timedelta(hours=12)


@dataclass
class Earlier:
    """Looks, within one run. `doubted_at`: when this ledger was last found to know too little."""

    desk: Desk
    tracker: Tracker
    ledger: Ledger
    now: datetime
    doubted_at: datetime | None = None
    _adopted: dict[str, bool] = field(default_factory=dict)
    _young: dict[str, tuple[Issue, ...]] = field(default_factory=dict)

    def begin(self) -> None:
        """At the start of a run: whether its ledger may be an old one."""
        with self.ledger.transaction() as tx:
            last = tx.run.before(self.now)
            doubtful = self.ledger.rolled_back or last is None or self.now - last >= _SILENCE
            if doubtful:
                tx.set_cursor(_DOUBTED, self.now.isoformat())
            known = tx.cursor(_DOUBTED)
        self.doubted_at = datetime.fromisoformat(known) if known else None

    def found(self, row: IntentRow, write: Write, escalation: EscalationRow) -> Found | None:
        """The write's trace from before, or None where it may be sent."""
        if isinstance(write, CreateIssue):
            issue = find_issue(escalation.marker, self.tracker)
            if issue is None and self._lately_doubted():
                issue = lowest(self._unindexed(write.project), escalation.marker)
            return Found(ref=issue.id, issue=issue) if issue is not None else None
        if row.kind not in REPEATABLE and self.may_be_known(escalation):
            return look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        return None

    def _lately_doubted(self) -> bool:
        """Whether the search may still not know what a run before the doubt has made."""
        return self.doubted_at is not None and self.now - self.doubted_at < _LONGEST_LAG

    def _unindexed(self, project: str) -> tuple[Issue, ...]:
        """The project's issues that the search index does not know yet, read by their keys."""
        if project not in self._young:
            after = self.tracker.highest_key(project)
            self._young[project] = tuple(self.tracker.issues_after(project, after))
        return self._young[project]

    def may_be_known(self, escalation: EscalationRow) -> bool:
        """Whether the services may know more of it than the ledger. Without an issue nobody can
        say; one that this ledger made itself, and never doubted since, is known.
        """
        if escalation.issue_id is None:
            return True
        if self.doubted_at is not None and escalation.opened_at < self.doubted_at:
            return True
        if escalation.id not in self._adopted:
            with self.ledger.transaction() as tx:
                events = tx.events.of(escalation.id)
            known = any(event.what == "create_issue: adopted" for event in events)
            self._adopted[escalation.id] = known
        return self._adopted[escalation.id]
