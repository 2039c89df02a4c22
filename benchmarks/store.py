"""A ledger that has seen many tickets, as a process of its own: what a sweep finds in store.

A tenth of them, ten thousand at most, were created within the window and stand in the groups'
index; the others are older, mostly closed. Rows go through the ledger's own tables, and old ones
are multiplied inside the database.
"""

from __future__ import annotations

import argparse
import base64
import random
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from incidents import Maker
from load import LAST_HOURS, NOON
from sqlalchemy import insert, literal, select

from connector.core.grouping import fingerprint
from connector.core.model import Customer
from connector.ledger.rows import InboxRow, MirrorRow
from connector.ledger.schema import inbox, mirror, tally
from connector.ledger.store import Ledger, open_ledger
from connector.mapping_files import load_mappings
from connector.placing import update_groups
from connector.reading import COMMENTS, TICKETS
from connector.services import quiet

if TYPE_CHECKING:
    from connector.services import Services

FIRST_ID = 100_000_000
IN_WINDOW = 10_000
_SHARE = 10
_AT_ONCE = 1_000
_WINDOW = timedelta(days=30)
_YEARS = timedelta(days=1_500)


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--file", type=Path, required=True)
    wanted.add_argument("--tickets", type=int, required=True)
    asked = wanted.parse_args()
    with open_ledger(f"sqlite:///{asked.file}", now=NOON) as ledger:
        fill(ledger, asked.tickets)


def fill(ledger: Ledger, tickets: int) -> None:
    """So many tickets, and cursors that stand just before the busy desk's first."""
    chance = random.Random(9)  # noqa: S311 - made-up tickets, no secrets
    maker = Maker(chance)
    begin = NOON - LAST_HOURS - timedelta(minutes=1)
    recent = min(tickets // _SHARE, IN_WINDOW)
    step = (_WINDOW - LAST_HOURS - timedelta(hours=1)) / max(recent, 1)
    newest = [_row(chance, maker, FIRST_ID + n, begin - step * n) for n in range(recent)]
    base = min(_AT_ONCE, tickets - recent)
    first_old = FIRST_ID + recent
    old = [
        _row(chance, maker, first_old + n, NOON - _WINDOW - _YEARS * (n + 1) / base, old=True)
        for n in range(base)
    ]
    with ledger.transaction() as tx:
        for rows in (newest, old):
            tx.mirror.put(rows)
            tx.inbox.put(
                InboxRow(ticket_id=row.ticket_id, exported_at=row.exported_at) for row in rows
            )
        tx.set_cursor(TICKETS, _cursor(begin))
        tx.set_cursor(COMMENTS, begin.isoformat())
    update_groups(_services(ledger))
    with ledger.transaction() as tx:
        tx.inbox.done(tx.inbox.todo_ids(NOON))
    if base:
        _multiply(ledger, first_old, base, (tickets - recent) // base - 1)


def _services(ledger: Ledger) -> Services:
    """As much of a run as the groups' index needs."""
    found = SimpleNamespace(
        ledger=ledger, now=NOON, window=_WINDOW, mappings=load_mappings(None), progress=quiet
    )
    return cast("Services", found)


def _row(
    chance: random.Random, maker: Maker, number: int, at: datetime, *, old: bool = False
) -> MirrorRow:
    trouble = chance.random() < 0.4
    subject, body = (
        maker.report(*maker.trouble(), maker.evidence()) if trouble else maker.question()
    )
    opened = chance.random() < (0.02 if old else 0.3)
    firm = chance.randrange(3_000)
    return MirrorRow(
        ticket_id=number,
        exported_at=at,
        content_hash=f"{number:020x}",
        status="open" if opened else "closed",
        tags=("printer",),
        created_at=at,
        updated_at=at,
        customer=Customer(key=f"org:{firm}", name=f"Firm {firm}"),
        requester_id=chance.randrange(10**9),
        group_id=1,
        fingerprint=fingerprint(subject, body).model_dump(mode="json"),
        urgency=0.0,
        decided=f"{number:020x}",
        look_at=NOON + timedelta(days=5) if opened else None,
    )


def _multiply(ledger: Ledger, first: int, base: int, times: int) -> None:
    """Copies of the old rows under new ids; within the database, where it is quick."""
    with ledger.transaction() as tx:
        connection = tx._connection  # noqa: SLF001 - the one who seeds may
        for table in (mirror, inbox):
            for place in range(1, times + 1):
                shifted = table.c.ticket_id + literal(place * base)
                columns = [
                    shifted if name == "ticket_id" else column for name, column in table.c.items()
                ]
                rows = select(*columns).where(
                    table.c.ticket_id >= first, table.c.ticket_id < first + base
                )
                connection.execute(insert(table).from_select(list(table.c.keys()), rows))
        connection.execute(
            tally.update()
            .where(tally.c.name == mirror.name)
            .values(count=tally.c.count + times * base)
        )


def _cursor(at: datetime) -> str:
    """A cursor of the sandbox's export that begins at this moment."""
    return base64.b64encode(f"{int(at.timestamp())}.0||0|".encode()).decode()


if __name__ == "__main__":
    main()
