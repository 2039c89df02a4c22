"""What a run found, as it goes; its report at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.report import FollowedUp, Report, SetAside, StateChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.errors import ConnectorError
    from connector.gate import Gate
    from connector.ledger.rows import AsideRow, EscalationRow
    from connector.services import Services


_PASSES = frozenset({"sweep", "sync"})
"""Runs that are about everything; a command by hand tells of its own work."""


def report_of(
    services: Services,
    gate: Gate,
    command: str,
    troubles: Iterable[ConnectorError] = (),
    **told: Any,
) -> Report:
    """The report of a run: what it has to tell itself, its writes, in a sweep or sync what is set
    aside from before, and each trouble once, its own before those for which writes wait.
    """
    every = [*troubles, *gate.resting.troubles]
    news = tuple(told.pop("set_aside", ()))
    return Report(
        command=command,
        now=services.now,
        dry_run=services.dry_run,
        writes=tuple(gate.outcomes),
        calls=services.calls(),
        problems=tuple(dict.fromkeys(map(str, every))),
        codes=tuple(error.exit_code for error in every),
        set_aside=(*news, *(_still_aside(services, gate, news) if command in _PASSES else ())),
        **told,
    )


def _still_aside(services: Services, gate: Gate, news: Iterable[SetAside]) -> Iterator[SetAside]:
    """What an earlier run set aside, and this one had no word of: it is still missing."""
    told = {f"intent:{outcome.intent_id}" for outcome in gate.outcomes}
    told |= {f"ticket:{item.ticket_id}" for item in news} | {f"place:{item.what}" for item in news}
    with services.ledger.snapshot() as tx:
        rows = tx.aside.list()
    for row in rows:
        if row.key not in told and row.since < services.now:
            yield SetAside(what=row.key, reason=_when(row), ticket_id=row.ticket_id)


def _when(row: AsideRow) -> str:
    again = f", next try {row.next_try_at:%Y-%m-%d %H:%M} UTC" if row.next_try_at else ""
    return f"set aside since {row.since:%Y-%m-%d %H:%M} UTC{again}: {row.reason}"


@dataclass
class Run:
    """Of the way back. Collects; decides nothing. `me`: who we are in Jira: our own words."""

    me: str = ""
    changed: list[StateChange] = field(default_factory=list)
    followed: list[FollowedUp] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)

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
        return report_of(
            services,
            gate,
            command,
            changed=tuple(self.changed),
            followed=tuple(self.followed),
            shared=tuple(self.shared),
            set_aside=tuple(self.set_aside),
        )
