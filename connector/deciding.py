"""The second half of a sweep: a closer look at a candidate, and the decision.

The same code answers `assess`: what it shows is what the sweep would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.core.assessment import assess
from connector.core.facts import build_case
from connector.core.history import SOLVED_STATUSES, solved_alike
from connector.core.model import Assessment, Case, EarlierEscalation, Group, Thread, Ticket
from connector.core.plan import our_tag
from connector.errors import GoneError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from connector.ledger.rows import EscalationRow
    from connector.services import Services

_THREADS = 25
ONE_CALL = 100
_REMEMBERED = 100
"""How many of a group's newest reports are asked for what support did with them."""


@dataclass(frozen=True)
class Decision:
    """What is thought about a set of tickets, and the cases it was thought from."""

    assessment: Assessment
    cases: tuple[Case, ...]

    @property
    def concerned(self) -> tuple[Case, ...]:
        """The cases that it is about: without those that a suppressor keeps in support."""
        about = set(self.assessment.tickets)
        return tuple(case for case in self.cases if case.ticket.id in about)


def fetch_tickets(services: Services, ids: Iterable[int]) -> dict[int, Ticket]:
    """The tickets as they are now, a hundred a call."""
    wanted = sorted(set(ids))
    found: dict[int, Ticket] = {}
    for start in range(0, len(wanted), ONE_CALL):
        for ticket in services.desk.tickets(wanted[start : start + ONE_CALL]):
            found[ticket.id] = ticket
    return found


def decide(
    services: Services,
    tickets: Sequence[Ticket],
    *,
    group: Group | None,
    earlier: EscalationRow | None,
) -> Decision | None:
    """Reads the threads and assesses; None when none of the tickets is there any more.

    Every ticket is a case; of a large group only some threads are read, the others' reports stand.
    """
    cases = []
    solved = _solved(services, group)
    read = {ticket.id for ticket in to_read(tickets)}
    for ticket in sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.id)):
        known = ticket.id in read
        thread = _thread(services, ticket.id) if known else Thread(ticket_id=ticket.id)
        if thread is None:
            continue
        cases.append(
            build_case(
                ticket,
                thread,
                now=services.now,
                mappings=services.mappings,
                group=group,
                earlier=_earlier(earlier),
                solved_alike=solved_alike(ticket, group, solved),
            )
        )
    if not cases:
        return None
    assessment = assess(cases, services.mappings, now=services.now)
    return Decision(assessment, tuple(cases))


def _thread(services: Services, ticket_id: int) -> Thread | None:
    """None when the ticket is gone. One "not found" is not believed while the desk still shows the
    ticket: the second is raised, so that the ticket is set aside rather than forgotten.
    """
    try:
        return services.desk.thread(ticket_id)
    except GoneError:
        here = fetch_tickets(services, [ticket_id]).get(ticket_id)
        if here is None or here.status == "deleted":
            return None
    return services.desk.thread(ticket_id)


def to_read(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Of a large group the first and the newest threads: what happens, and since when."""
    ordered = sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.id))
    return ordered if len(ordered) <= _THREADS else [ordered[0], *ordered[-(_THREADS - 1) :]]


def _solved(services: Services, group: Group | None) -> dict[int, datetime]:
    """Of the group's tickets those that support solved without escalating, and when at the latest:
    no escalation ever held them, and they bear no tag of one that a lost ledger knew.
    """
    if group is None:
        return {}
    newest = [member.ticket_id for member in group.members[-_REMEMBERED:]]
    with services.ledger.snapshot() as tx:
        return {
            row.ticket_id: row.updated_at
            for row in tx.mirror.get(newest).values()
            if row.status in SOLVED_STATUSES
            and not any(our_tag(tag) for tag in row.tags)
            and not tx.links.of_ticket(row.ticket_id)
        }


def _earlier(row: EscalationRow | None) -> EarlierEscalation | None:
    if row is None:
        return None
    learned = row.learned.get("text") if isinstance(row.learned, dict) else None
    return EarlierEscalation(
        id=row.id,
        episode=row.episode,
        state=row.state,
        issue_key=row.issue_key,
        severity=row.severity,
        target=row.target,
        resolved_at=row.resolved_at,
        learned=learned,
    )
