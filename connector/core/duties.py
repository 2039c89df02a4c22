"""What is still owed after an escalation has ended: four duties, and who has done them.

The team is told, every ticket is updated, every customer is informed, and what was learned is
kept. Only when all of it is done is the loop closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

DutyName = Literal["team told", "ticket updated", "customer informed", "learning recorded"]


class Duty(Frozen):
    """One duty; `ticket_id` for those that each ticket has. `how`: by what it was done."""

    name: DutyName
    ticket_id: int | None = None
    done_at: datetime | None = None
    how: str = ""

    @property
    def done(self) -> bool:
        return self.done_at is not None


class TicketEnd(Frozen):
    """How far a ticket has come since the end: None where it has not."""

    ticket_id: int
    updated_at: datetime | None = None
    updated_how: str = ""
    told_at: datetime | None = None
    told_how: str = ""


class Checklist(Frozen):
    """All duties of one ended escalation, in the order in which they are shown."""

    ended_at: datetime
    duties: tuple[Duty, ...]

    @property
    def missing(self) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties if not duty.done)

    @property
    def untold(self) -> tuple[int, ...]:
        """Tickets whose customer has not been informed."""
        return tuple(
            duty.ticket_id
            for duty in self.missing
            if duty.name == "customer informed" and duty.ticket_id is not None
        )

    @property
    def summary(self) -> str:
        """`team told, 3 tickets updated, 3 customers informed, learning recorded`."""
        tickets = sum(duty.name == "ticket updated" for duty in self.duties)
        one = tickets == 1
        return (
            f"team told, {tickets} ticket{'' if one else 's'} updated, their "
            f"customer{'' if one else 's'} informed, learning recorded"
        )


def checklist(
    ended_at: datetime,
    *,
    team_at: datetime | None,
    team_how: str,
    tickets: Sequence[TicketEnd],
    learned_at: datetime | None,
    learned_how: str,
) -> Checklist:
    """The duties of an escalation that ended then."""
    duties = [Duty(name="team told", done_at=team_at, how=team_how)]
    for ticket in tickets:
        about = ticket.ticket_id
        duties.append(
            Duty(
                name="ticket updated",
                ticket_id=about,
                done_at=ticket.updated_at,
                how=ticket.updated_how,
            )
        )
        duties.append(
            Duty(
                name="customer informed",
                ticket_id=about,
                done_at=ticket.told_at,
                how=ticket.told_how,
            )
        )
    duties.append(Duty(name="learning recorded", done_at=learned_at, how=learned_how))
    return Checklist(ended_at=ended_at, duties=tuple(duties))
