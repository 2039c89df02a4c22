"""When the team is to be asked, and the agents reminded: two clocks for each escalation.

One for the team, one for the customer of each ticket. What really happens starts them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.core.model import OPEN_STATUSES
from connector.core.slots import FollowUp, next_loud

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.core.duration import Duration
    from connector.ledger.rows import EscalationRow, LinkRow, MirrorRow
    from connector.ledger.store import Transaction
    from connector.services import Services

_GONE = frozenset({"closed", "deleted"})


@dataclass(frozen=True)
class Watch:
    """One escalation with all that its clocks depend on.

    `links`: with those of merged tickets, on which no clock runs. `served`: the last slot of each
    clock and ticket. `sent`: when each ticket's last draft was.
    """

    row: EscalationRow
    links: Sequence[LinkRow]
    mirror: Mapping[int, MirrorRow]
    served: Mapping[tuple[str, int], datetime]
    sent: Mapping[int, datetime]

    @property
    def own(self) -> list[LinkRow]:
        """Its tickets that are not merged into another."""
        return [link for link in self.links if link.merged_into is None]

    @property
    def tags(self) -> list[str]:
        """Of all its tickets."""
        known = (self.mirror.get(link.ticket_id) for link in self.links)
        return [tag for ticket in known if ticket for tag in ticket.tags]


def watched(tx: Transaction, rows: Iterable[EscalationRow]) -> list[Watch]:
    """Each of these with what its clocks depend on; a few questions for hundreds of them."""
    by_id = {row.id: row for row in rows}
    ever = tx.links.ever_of_each(by_id)
    links = {name: [link for link in held if link.left_at is None] for name, held in ever.items()}
    mirror = tx.mirror.get(sorted({link.ticket_id for held in links.values() for link in held}))
    served, sent = tx.follow_ups.last_slots(by_id), tx.drafts.last_sent(by_id)
    return [
        Watch(
            row=row,
            links=links[name],
            mirror=mirror,
            served=served[name],
            sent=sent[name],
        )
        for name, row in by_id.items()
    ]


def team_clock(services: Services, watch: Watch) -> FollowUp | None:
    """The team's clock; None while there is nobody to ask, or nothing to ask for."""
    row = watch.row
    ended = row.ended_at is not None
    if row.lost_at is not None or (ended and row.learned is not None):
        return None
    return _clock(
        services,
        watch,
        services.mappings.cadence.schedule(row.severity).internal,
        (row.opened_at, row.internal_at, row.ended_at),
        watch.served.get(("internal", 0)),
    )


def customer_clocks(services: Services, watch: Watch) -> dict[int, FollowUp]:
    """The clock of each ticket whose customer waits for an answer, by ticket id."""
    every = services.mappings.cadence.schedule(watch.row.severity).customer
    return {
        link.ticket_id: _clock(
            services,
            watch,
            every,
            (link.joined_at, watch.row.ended_at, last_reply(watch, link.ticket_id)),
            watch.served.get(("customer", link.ticket_id)),
        )
        for link in watch.own
        if _waits(watch, link)
    }


def _waits(watch: Watch, link: LinkRow) -> bool:
    """Whether the ticket's customer is to hear something some day."""
    ticket = watch.mirror.get(link.ticket_id)
    if ticket is None or link.closed or ticket.status in _GONE:
        return False
    if watch.row.ended_at is not None:
        return link.told_at is None
    return ticket.status in OPEN_STATUSES


def last_reply(watch: Watch, ticket_id: int) -> datetime | None:
    """When the ticket's customer heard something last."""
    ticket = watch.mirror.get(ticket_id)
    times = (watch.sent.get(ticket_id), ticket.last_public_reply_at if ticket else None)
    return max((at for at in times if at is not None), default=None)


def _clock(
    services: Services,
    watch: Watch,
    every: Duration,
    activity: Sequence[datetime | None],
    done: datetime | None,
) -> FollowUp:
    return next_loud(
        every,
        services.mappings.cadence.business_hours,
        last_activity=max(at for at in activity if at is not None),
        now=services.now,
        done=done,
        quiet_until=watch.row.snoozed_until,
    )


def with_due(
    row: EscalationRow, internal: FollowUp | None, customers: Mapping[int, FollowUp]
) -> EscalationRow:
    """The row with the times at which its clocks strike next."""
    due = {
        "internal_due_at": internal.slot if internal else None,
        "customer_due_at": min((one.slot for one in customers.values()), default=None),
    }
    return row.model_copy(update=due)
