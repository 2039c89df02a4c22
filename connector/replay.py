"""The past of a file of tickets once more, event by event, decided as the sweep would have.

What a file tells limits what can be replayed. It holds how a ticket ended, not how it became so:
tags and priority count from the beginning, and a ticket that ended solved counts as solved from its
last comment on. No SLA clock, no move between groups, no organization's value is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from connector.core.assessment import assess
from connector.core.facts import build_case, customer_of, look_at
from connector.core.grouping import Grouper, Report, fingerprint
from connector.core.history import SOLVED_STATUSES, solved_alike
from connector.core.model import OPEN_STATUSES, Assessment, Case, Group, Thread, Ticket
from connector.deciding import to_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, timedelta

    from connector.core.mapping import Mappings
    from connector.filecases import FileTicket


@dataclass
class Raised:
    """One escalation: `assessment` as of the moment that it would have been opened.

    `joined`: when each later ticket would have joined it.
    """

    assessment: Assessment
    joined: dict[int, datetime] = field(default_factory=dict)

    @property
    def tickets(self) -> tuple[int, ...]:
        return (*self.assessment.tickets, *self.joined)


class Replay:
    """`last`: what was thought of each ticket in the end; `suggested`: what is left to people."""

    def __init__(
        self, tickets: Iterable[FileTicket], mappings: Mappings, window: timedelta
    ) -> None:
        self._tickets: dict[int, FileTicket] = {item.ticket.id: item for item in tickets}
        self._mappings = mappings
        self._window = window
        self._grouper = Grouper(window=window)
        self._events = [
            (at, number) for number, item in self._tickets.items() for at in _news(item)
        ]
        self._known = set(self._events)
        self._live: dict[int, Raised] = {}
        self.raised: list[Raised] = []
        self.suggested: dict[int, Assessment] = {}
        self.last: dict[int, Assessment] = {}
        self.since = min((at for at, _ in self._events), default=None)
        self.until = max(
            (max(at, self._tickets[number].ticket.updated_at) for at, number in self._events),
            default=None,
        )

    def run(self) -> Iterator[int]:
        """Plays it to the file's newest moment; yields after each event how many came so far."""
        heapify(self._events)
        placed: set[int] = set()
        done = 0
        while self._events:
            now, number = heappop(self._events)
            if number not in placed:
                placed.add(number)
                self._place(number)
            if number not in self._live and self._open(number, now):
                self._decide(number, now)
            done += 1
            yield done

    def _open(self, number: int, now: datetime) -> bool:
        return _ticket_at(self._tickets[number], now).status in OPEN_STATUSES

    def _place(self, number: int) -> None:
        ticket = self._tickets[number].ticket
        customer = customer_of(ticket, self._mappings.fields)
        area = self._mappings.fields.product_area(ticket.fields, ticket.tags)
        self._grouper.place(
            Report(
                ticket_id=number,
                customer_key=customer.key,
                customer_name=customer.name,
                created_at=ticket.created_at,
                fingerprint=fingerprint(ticket.subject, ticket.description, product_area=area),
            )
        )

    def _decide(self, number: int, now: datetime) -> None:
        """A ticket is decided about with its sure group, and joins what is live there already."""
        group = self._group(number, now)
        ids = [number]
        if group is not None and group.strength == "sure":
            ids = [member.ticket_id for member in group.members]
        live = next((self._live[one] for one in ids if one in self._live), None)
        if live is not None:
            self._join(live, ids, now)
            return
        here = [_ticket_at(self._tickets[one], now) for one in ids]
        cases = [self._case(ticket, now, group) for ticket in to_read(here)]
        assessment = assess(cases, self._mappings, now=now)
        waiting = [one for one in ids if self._open(one, now)]
        self.last |= dict.fromkeys(waiting, assessment)
        if assessment.verdict == "escalate":
            self._raise(assessment, ids, now)
            return
        if assessment.verdict == "suggest":
            for one in waiting:
                self.suggested.setdefault(one, assessment)
        for case in cases:
            self._look_again(case)

    def _raise(self, assessment: Assessment, ids: Iterable[int], now: datetime) -> None:
        raised = Raised(assessment)
        self.raised.append(raised)
        self._live |= dict.fromkeys(assessment.tickets, raised)
        self._join(raised, ids, now)

    def _join(self, live: Raised, ids: Iterable[int], now: datetime) -> None:
        for one in ids:
            if one not in self._live:
                live.joined[one] = now
                self._live[one] = live
            self.suggested.pop(one, None)

    def _group(self, number: int, now: datetime) -> Group | None:
        """As a sweep sees it then: without the reports from before its window."""
        group = self._grouper.group_with(number)
        if group is None:
            return None
        members = tuple(m for m in group.members if now - m.created_at <= self._window)
        return group.model_copy(update={"members": members}) if len(members) > 1 else None

    def _case(self, ticket: Ticket, now: datetime, group: Group | None) -> Case:
        said = self._tickets[ticket.id].thread.comments
        thread = Thread(ticket_id=ticket.id, comments=tuple(c for c in said if c.created_at <= now))
        return build_case(
            ticket,
            thread,
            now=now,
            mappings=self._mappings,
            group=group,
            solved_alike=solved_alike(ticket, group, self._solved(group, now)),
        )

    def _solved(self, group: Group | None, now: datetime) -> dict[int, datetime]:
        """The group's tickets that were solved by then and never escalated."""
        ids = [m.ticket_id for m in group.members] if group else []
        past = [self._tickets[number] for number in ids if number not in self._live]
        return {
            item.ticket.id: max(_news(item))
            for item in past
            if _ticket_at(item, now).status in SOLVED_STATUSES
        }

    def _look_again(self, case: Case) -> None:
        """Time alone may change the answer; the file says nothing after its newest moment."""
        at = look_at(case, self._mappings)
        if at is None or self.until is None or at > self.until:
            return
        event = (at, case.ticket.id)
        if event not in self._known:
            self._known.add(event)
            heappush(self._events, event)


def _news(item: FileTicket) -> set[datetime]:
    """When something happened that the file tells of."""
    return {item.ticket.created_at} | {
        comment.created_at
        for comment in item.thread.comments
        if comment.created_at >= item.ticket.created_at
    }


def _ticket_at(item: FileTicket, now: datetime) -> Ticket:
    """Open until its last comment, however it ended."""
    ticket = item.ticket
    if ticket.status in OPEN_STATUSES or now > max(_news(item)):
        return ticket
    return ticket.model_copy(update={"status": "open"})
