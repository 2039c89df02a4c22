"""What a run did, as one value: printed as text, or as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from connector.core.model import Frozen, NearTicket, Severity, Target
from connector.errors import ExitCode, worst
from connector.settling import Outcome


class EscalationLine(Frozen):
    """One escalation that this run opened, joined or changed. `missing`: what its target must be
    told and nobody has said yet; the first ticket's agent is asked for it. `near`: tickets that
    nearly belonged to it.
    """

    id: str
    issue_key: str | None = None
    severity: Severity
    target: Target
    summary: str
    because: str
    tickets: tuple[int, ...]
    customers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    near: tuple[NearTicket, ...] = ()


class TicketLeft(Frozen):
    """A ticket that was looked at and left alone, or only shown, and why."""

    ticket_id: int
    because: str


class SetAside(Frozen):
    """What was not done, where, why, and what to do about it."""

    what: str
    reason: str
    ticket_id: int | None = None


class StateChange(Frozen):
    """An escalation whose state or severity changed, or when it is followed up."""

    id: str
    issue_key: str | None
    kind: Literal["state", "severity", "follow-ups"]
    old: str
    new: str
    because: str
    tickets: tuple[int, ...] = ()


class FollowedUp(Frozen):
    """A follow-up that was due: the team was asked, or a ticket's agent reminded, once."""

    id: str
    issue_key: str | None
    clock: Literal["internal", "customer"]
    ticket_id: int | None = None
    slot: datetime
    late_minutes: int = 0
    draft: str | None = None


class VerdictLine(Frozen):
    """What a person said of tickets and what it means now. `group`: the one that they are in; None
    for tickets that stand alone.
    """

    verdict: Literal["confirmed", "rejected", "split", "joined"]
    group: str | None
    tickets: tuple[int, ...]
    means: str


class Report(Frozen):
    """A whole run. `calls` counts HTTP requests by side and endpoint. `quiet`: changed tickets in
    which no trigger fired; `backlog`: tickets with no news within the window, only mirrored;
    `grouped`: new reports placed into groups; `regrouped`: those of the whole window, when the
    groups had to be made anew, and `unread` those of them that only `--full` brings back;
    `more_suggested`: how many more groups wait for a person than are shown;
    `waiting`: candidates that the next sweep looks at, since this one looked at enough. `shared`:
    comments in Jira that were passed on to tickets, or kept as what was learned.
    """

    command: str
    now: datetime
    dry_run: bool = False
    tickets_read: int = 0
    comments_read: int = 0
    in_store: int = 0
    grouped: int = 0
    regrouped: int = 0
    unread: int = 0
    escalated: tuple[EscalationLine, ...] = ()
    joined: tuple[EscalationLine, ...] = ()
    already: tuple[EscalationLine, ...] = ()
    suggested: tuple[EscalationLine, ...] = ()
    more_suggested: int = 0
    deferred: tuple[EscalationLine, ...] = ()
    changed: tuple[StateChange, ...] = ()
    followed: tuple[FollowedUp, ...] = ()
    shared: tuple[str, ...] = ()
    verdicts: tuple[VerdictLine, ...] = ()
    left: tuple[TicketLeft, ...] = ()
    quiet: int = 0
    backlog: int = 0
    waiting: tuple[int, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    writes: tuple[Outcome, ...] = ()
    calls: Mapping[str, int] = Field(default_factory=dict)
    problems: tuple[str, ...] = ()
    codes: tuple[ExitCode, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """The contract's exit code for this run."""
        found = list(self.codes)
        if self.set_aside or any(
            write.result in {"uncertain", "set_aside", "dropped"} for write in self.writes
        ):
            found.append(ExitCode.SET_ASIDE)
        return worst(found)
