"""What a run of the way back found, as it goes; its report at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.report import FollowedUp, Report, SetAside, StateChange

if TYPE_CHECKING:
    from connector.errors import ConnectorError, ExitCode
    from connector.gate import Gate
    from connector.ledger.rows import EscalationRow
    from connector.services import Services


@dataclass
class Run:
    """Collects; decides nothing. `me`: who we are in Jira, so that our own words are known."""

    me: str = ""
    changed: list[StateChange] = field(default_factory=list)
    followed: list[FollowedUp] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    codes: list[ExitCode] = field(default_factory=list)

    def trouble(self, error: ConnectorError) -> None:
        if str(error) not in self.problems:
            self.problems.append(str(error))
        self.codes.append(error.exit_code)

    def aside(self, what: str, reason: str, ticket_id: int | None = None) -> None:
        self.set_aside.append(SetAside(what=what, reason=reason, ticket_id=ticket_id))

    def moved(
        self, before: EscalationRow, after: EscalationRow, because: str, tickets: tuple[int, ...]
    ) -> None:
        self.changed.append(
            StateChange(
                id=after.id,
                issue_key=after.issue_key,
                kind="state",
                old=before.state,
                new=after.state,
                because=because,
                tickets=tickets,
            )
        )

    def report(self, services: Services, gate: Gate, command: str) -> Report:
        for trouble in gate.troubles:
            self.trouble(trouble)
        return Report(
            command=command,
            now=services.now,
            dry_run=services.dry_run,
            changed=tuple(self.changed),
            followed=tuple(self.followed),
            shared=tuple(self.shared),
            set_aside=tuple(self.set_aside),
            writes=tuple(gate.outcomes),
            calls=services.calls(),
            problems=tuple(self.problems),
            codes=tuple(self.codes),
        )
