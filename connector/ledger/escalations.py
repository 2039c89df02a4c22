"""Escalations and the tickets that they link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, or_, select, union, update

from connector.ledger.repository import Repository, chunks
from connector.ledger.rows import EscalationRow, LinkRow
from connector.ledger.schema import LIVE, UNCLOSED, escalation, link
from connector.ledger.schema_groups import report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from connector.core.model import State


class Escalations(Repository[EscalationRow]):
    """Unique: id, marker, first ticket + episode; and one live episode for each first ticket."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, escalation, EscalationRow)

    def add(self, row: EscalationRow) -> None:
        """ValueError when one of the unique values is taken."""
        self._insert(row)

    def get(self, escalation_id: str) -> EscalationRow | None:
        return self._one(self._select().where(escalation.c.id == escalation_id))

    def replace(self, row: EscalationRow) -> None:
        """LookupError for an escalation that was never added."""
        self._replace(row)

    def live(self) -> list[EscalationRow]:
        """Most urgent first: by severity, then by what is due next."""
        return sorted(self._many(self._select().where(LIVE)), key=_urgency)

    def unclosed(self) -> list[EscalationRow]:
        """Those about which somebody still has to be told something, by id."""
        return self._many(self._select().where(UNCLOSED).order_by(escalation.c.id))

    def learned(self) -> list[EscalationRow]:
        """Those from which something was learned, the newest first."""
        known = self._select().where(escalation.c.learned.is_not(None))
        return self._many(known.order_by(escalation.c.opened_at.desc(), escalation.c.id))

    def all(self, state: State | None = None) -> list[EscalationRow]:
        """In one state, or in any; the newest first."""
        statement = self._select()
        if state is not None:
            statement = statement.where(escalation.c.state == state)
        return self._many(statement.order_by(escalation.c.opened_at.desc(), escalation.c.id))

    def since(self, at: datetime) -> list[EscalationRow]:
        """The live ones, and those that were opened or changed from `at` on; the newest first."""
        lately = or_(LIVE, escalation.c.opened_at >= at, escalation.c.changed_at >= at)
        newest = (escalation.c.opened_at.desc(), escalation.c.id)
        return self._many(self._select().where(lately).order_by(*newest))

    def by_ticket(self, ticket_id: int) -> list[EscalationRow]:
        """Those that link the ticket or began with it; the latest episode first."""
        return self.by_tickets([ticket_id])

    def tickets_among(self, ids: Iterable[int]) -> set[int]:
        """Those of these tickets that any escalation links or began with."""
        return {
            ticket_id
            for chunk in chunks(ids)
            for ticket_id in self._connection.scalars(
                union(
                    select(link.c.ticket_id).where(link.c.ticket_id.in_(chunk)),
                    select(escalation.c.first_ticket_id).where(
                        escalation.c.first_ticket_id.in_(chunk)
                    ),
                )
            )
        }

    def by_tickets(self, ids: Collection[int]) -> list[EscalationRow]:
        """Those that link one of the tickets or began with it, unless a person took it out; the
        latest episode first.
        """
        found: dict[str, EscalationRow] = {}
        for chunk in chunks(ids):
            mine = link.c.ticket_id.in_(chunk)
            left = select(link.c.escalation_id).where(mine, link.c.left_at.is_not(None))
            linked = select(link.c.escalation_id).where(mine, link.c.left_at.is_(None))
            began = select(escalation.c.id).where(
                escalation.c.first_ticket_id.in_(chunk), escalation.c.id.not_in(left)
            )
            rows = self._latest(escalation.c.id.in_(union(linked, began)))
            found |= {row.id: row for row in rows}
        return sorted(found.values(), key=lambda row: (row.opened_at, row.episode), reverse=True)

    def by_issue(self, issue: str) -> EscalationRow | None:
        """By Jira's issue id, or else by its key; the latest episode."""
        found = self._latest(escalation.c.issue_id == issue)
        found = found or self._latest(escalation.c.issue_key == issue)
        return found[0] if found else None

    def by_marker(self, marker: str) -> EscalationRow | None:
        return self._one(self._select().where(escalation.c.marker == marker))

    def by_group(self, group_id: str) -> list[EscalationRow]:
        """The latest episode first."""
        return self._latest(escalation.c.group_id == group_id)

    def find(self, ref: str) -> EscalationRow | None:
        """By escalation id, Jira key or issue id in any case, or ticket id; the latest episode."""
        name = ref.strip()
        found = self.get(name) or self.by_issue(name.upper())
        digits = name.removeprefix("#")
        if found is None and digits.isascii() and digits.isdigit() and len(digits) < _BIG_DIGITS:
            found = next(iter(self.by_ticket(int(digits))), None)
        return found

    def _latest(self, condition: ColumnElement[bool]) -> list[EscalationRow]:
        newest = (escalation.c.opened_at.desc(), escalation.c.episode.desc(), escalation.c.id)
        return self._many(self._select().where(condition).order_by(*newest))


_BIG_DIGITS = 19
"""As many digits as an id of 64 bits may not have."""


class Links(Repository[LinkRow]):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, link, LinkRow)

    def add(self, row: LinkRow) -> bool:
        """False when the escalation links this ticket already; that link stays as it is. One that
        a person had taken out is back. Its report is found as long as the issue may come back.
        """
        kept = update(report).where(report.c.ticket_id == row.ticket_id)
        self._connection.execute(kept.values(kept=True))
        if self._insert_if_new(row):
            return True
        known = link.c.escalation_id == row.escalation_id, link.c.ticket_id == row.ticket_id
        back = update(link).where(*known, link.c.left_at.is_not(None))
        return self._connection.execute(back.values(left_at=None)).rowcount == 1

    def of(self, escalation_id: str) -> list[LinkRow]:
        """In the order in which the tickets joined, without those that a person took out."""
        return [row for row in self.ever_of(escalation_id) if row.left_at is None]

    def ever_of(self, escalation_id: str) -> list[LinkRow]:
        """All that it ever linked, in the order in which they joined."""
        return self.ever_of_each([escalation_id])[escalation_id]

    def ever_of_each(self, escalation_ids: Iterable[str]) -> dict[str, list[LinkRow]]:
        """The same for many at once; every one of them is a key."""
        found: dict[str, list[LinkRow]] = {one: [] for one in escalation_ids}
        for some in chunks(found):
            for row in self._sorted(link.c.escalation_id.in_(some)):
                found[row.escalation_id].append(row)
        return found

    def held(self, resolved_since: datetime) -> dict[str, list[int]]:
        """The tickets of each escalation that lives, or was resolved since then."""
        statement = (
            select(link.c.escalation_id, link.c.ticket_id)
            .join(escalation, escalation.c.id == link.c.escalation_id)
            .where(link.c.left_at.is_(None))
            .where(or_(LIVE, escalation.c.resolved_at >= resolved_since))
            .order_by(link.c.escalation_id, link.c.ticket_id)
        )
        found: dict[str, list[int]] = {}
        for escalation_id, ticket_id in self._connection.execute(statement):
            found.setdefault(escalation_id, []).append(ticket_id)
        return found

    def of_ticket(self, ticket_id: int) -> list[LinkRow]:
        return self._sorted(link.c.ticket_id == ticket_id)

    def replace(self, row: LinkRow) -> None:
        """LookupError for a link that was never added."""
        self._replace(row)

    def _sorted(self, *conditions: ColumnElement[bool]) -> list[LinkRow]:
        return self._many(
            self._select().where(*conditions).order_by(link.c.joined_at, link.c.ticket_id)
        )


def _urgency(row: EscalationRow) -> tuple[int, bool, datetime, str]:
    due = [at for at in (row.internal_due_at, row.customer_due_at) if at is not None]
    return row.severity.rank, not due, min(due, default=row.opened_at), row.id
