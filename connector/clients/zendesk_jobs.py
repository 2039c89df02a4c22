"""Many tickets in one request: Zendesk's background jobs, and what came of each row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from connector.errors import (
    ClosedError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    UncertainError,
)
from connector.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.clients.line import Line

AT_ONCE = 100
"""Tickets in one job; Zendesk takes no more."""

_WAITS = (0.2, 0.5, 1.0, 2.0, 3.0, *[5.0] * 18)
"""Seconds before each question whether a job has ended: a hundred tickets take some seconds."""

_JOB = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CONFLICTS = frozenset({"TicketUpdateConflict", "UpdateConflict"})


class Jobs:
    """Sends a batch once, and asks for its end."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def update(self, tickets: Sequence[Mapping[str, Any]]) -> dict[int, Receipt | ConnectorError]:
        """What came of each ticket. Raises when the batch as a whole was not taken, or when
        nobody can say what came of it (UncertainError).
        """
        path = "tickets/update_many.json"
        answer = self._line.send("PUT", path, {"tickets": list(tickets)})
        job = _job_of(answer.document)
        found: dict[int, Receipt | ConnectorError] = {}
        for row in self._rows(job):
            number = row.get("id") if isinstance(row, dict) else None
            if isinstance(number, int):
                found[number] = _came_of(row, job)
        unknown = UncertainError("zendesk: the job does not say what came of this ticket")
        return {one["id"]: found.get(one["id"], unknown) for one in tickets}

    def _rows(self, job: str) -> list[Any]:
        """The rows of a job that has ended."""
        for seconds in _WAITS:
            self._line.policy.pause(seconds, "a job of Zendesk's")
            try:
                document = self._line.get("job_statuses/show_many.json", {"ids": job})
            except ConnectorError as error:
                raise UncertainError(
                    f"zendesk: what came of a batch of notes is not known: {error}"
                ) from None
            listed = document.get("job_statuses")
            state = listed[0] if isinstance(listed, list) and listed else None
            if isinstance(state, dict) and state.get("status") in {"completed", "failed", "killed"}:
                rows = state.get("results")
                return rows if isinstance(rows, list) else []
        raise UncertainError(
            "zendesk: a batch of notes has not ended; whether it will is not known"
        )


def _job_of(document: Any) -> str:
    status = document.get("job_status") if isinstance(document, dict) else None
    job = status.get("id") if isinstance(status, dict) else None
    if not isinstance(job, str) or not _JOB.fullmatch(job):
        raise UncertainError("zendesk: PUT tickets/update_many.json answered without its job")
    return job


def _came_of(row: Mapping[str, Any], job: str) -> Receipt | ConnectorError:
    if row.get("success") is True:
        return Receipt(remote_id=f"job {job}")
    name, details = str(row.get("error") or "")[:80], str(row.get("details") or "").lower()
    if name in _CONFLICTS:
        return ConflictError("zendesk: the ticket changed since it was read")
    if "closed prevents" in details:
        return ClosedError("zendesk: the ticket is closed")
    if name == "RecordNotFound":
        return GoneError("zendesk: the ticket is gone")
    known = name if name.isalnum() else "an error without a name"
    return InvalidError(f"zendesk: the job refused the ticket: {known}")
