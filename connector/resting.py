"""What a run leaves alone until the next one, and why: a side, a kind of write, or one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.core.writes import side_of
from connector.errors import ACCOUNT_WIDE, BusyError, ConnectorError, RefusedError

if TYPE_CHECKING:
    from connector.core.writes import Side
    from connector.ledger.rows import IntentRow


@dataclass
class Resting:
    """Reasons by what they hold for."""

    reasons: dict[str, ConnectorError] = field(default_factory=dict)

    @property
    def troubles(self) -> tuple[ConnectorError, ...]:
        """Why writes wait for the next run: each reason once."""
        return tuple({str(error): error for error in self.reasons.values()}.values())

    def whole(self, side: Side) -> bool:
        """Whether nothing more is asked of a side."""
        return side in self.reasons

    def leave(self, side: Side, error: ConnectorError) -> None:
        """Leaves a whole side alone for the rest of this run."""
        self.reasons[side] = error

    def why(self, row: IntentRow) -> ConnectorError | None:
        """Why this write waits, if it does."""
        names = (side_of(row.kind), _kind(row), _place(row))
        return next((self.reasons[name] for name in names if name in self.reasons), None)

    def after(self, row: IntentRow, error: ConnectorError) -> None:
        """A limit or a refusal holds for what it is about: other tickets, issues and calls go on.

        A missing permission is of one project, issue or ticket; missing credentials are not.
        """
        name: str = side_of(row.kind)
        if isinstance(error, RefusedError) and error.status != 401:  # noqa: PLR2004 - HTTP status
            name = _place(row)
        elif isinstance(error, BusyError) and error.scope not in ACCOUNT_WIDE:
            about_one = error.scope.startswith(("issue ", "ticket "))
            name = _place(row) if about_one else _kind(row)
        self.reasons[name] = error


def _kind(row: IntentRow) -> str:
    return f"every {row.kind}"


def _place(row: IntentRow) -> str:
    """What a permission or a narrow limit is about: a project, an issue, or a ticket."""
    side = side_of(row.kind)
    if side == "desk" or row.kind == "create_issue":
        return f"{side} {row.subject}"
    return f"{side} issue of {row.escalation_id}"
