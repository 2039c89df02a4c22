"""The statements of the groups' index, built once: asking is much of what placing costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    any_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from connector.core.grouping import Arrival
from connector.ledger.schema import LIVE, escalation, link, mirror, tally
from connector.ledger.schema_groups import posting, report, sketch, term

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Select

COUNTED: Final = "reports counted"
STORED: Final = "reports stored"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class Row(NamedTuple):
    """It begins with what an `Arrival` is."""

    number: int
    ticket_id: int
    customer_key: str
    created_at: datetime
    weight: float
    kept: bool
    group_id: str
    chance: float | None

    @classmethod
    def read(cls, row: Sequence[Any]) -> Self:
        """From the table, which has times as `ticks`."""
        return cls._make((*row[:3], _EPOCH + timedelta(0, 0, row[3]), *row[4:]))

    @property
    def arrival(self) -> Arrival:
        return Arrival._make(self[: len(Arrival._fields)])


def ticks(time: datetime) -> int:
    """A time as the table has it: microseconds since 1970."""
    return (time - _EPOCH) // _TICK


ROW = tuple(report.c[name] for name in Row._fields)


TALLIES = select(tally.c.name, tally.c.count).where(tally.c.name.in_([COUNTED, STORED]))
INSERT_REPORT = insert(report)
INSERT_SKETCH = insert(sketch)
ASSIGN = (
    update(report)
    .where(report.c.number == bindparam("of"))
    .values(group_id=bindparam("to"), chance=bindparam("chance"))
)
MEMBERS = (
    select(*ROW)
    .where(report.c.group_id.in_(bindparam("of", expanding=True)))
    .order_by(report.c.number)
)


@cache
def asked(server: bool, what: str) -> Select[Any]:  # noqa: FBT001 - a dialect, not an option
    """The questions asked for each report that is placed, built once."""
    match what:
        case "counts":
            return select(term.c.key, term.c.count).where(among(term.c.key, server))
        case "postings":
            return select(posting.c.month, posting.c.key, posting.c.numbers).where(
                among(posting.c.month, server, "months"), among(posting.c.key, server)
            )
        case "rows":
            return select(*ROW).where(among(report.c.number, server))
        case "tickets":
            return select(*ROW).where(among(report.c.ticket_id, server))
        case "sketches":
            return select(sketch.c.number, sketch.c.content).where(among(sketch.c.number, server))
        case _:
            return select(mirror.c.ticket_id, mirror.c.customer, mirror.c.fingerprint).where(
                among(mirror.c.ticket_id, server)
            )


@cache
def put(server: bool, table: str) -> Any:  # noqa: FBT001 - a dialect, not an option
    """The writes of `save`, built once."""
    insert_into = postgresql.insert if server else sqlite.insert
    match table:
        case "term":
            add: Any = insert_into(term)
            more = {"count": term.c["count"] + add.excluded["count"]}
            return add.on_conflict_do_update(index_elements=["key"], set_=more)
        case "posting":
            new: Any = insert_into(posting)
            numbers = {"numbers": new.excluded.numbers}
            return new.on_conflict_do_update(index_elements=["month", "key"], set_=numbers)
        case _:
            new = insert_into(tally)
            count = {"count": new.excluded["count"]}
            return new.on_conflict_do_update(index_elements=["name"], set_=count)


def kept_before(month: int) -> Select[Any]:
    """Reports of older months that an escalation was said to hold."""
    known = select(report.c.ticket_id, report.c.number)
    return known.where(report.c.month < month, report.c.kept)


def still_held(server: bool, resolved_since: datetime) -> Select[Any]:  # noqa: FBT001 - a dialect, not an option
    """Of these tickets those whose escalation lives, or was resolved since then."""
    return (
        select(link.c.ticket_id)
        .join(escalation, escalation.c.id == link.c.escalation_id)
        .where(among(link.c.ticket_id, server), link.c.left_at.is_(None))
        .where(or_(LIVE, escalation.c.resolved_at >= resolved_since))
    )


def among(column: Column[Any], server: bool, name: str = "keys") -> ColumnElement[bool]:  # noqa: FBT001 - a dialect, not an option
    """Any number of values in one parameter: nothing to compile anew, and no limit to how many."""
    if server:
        among_them: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(BigInteger)))
        return among_them
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def listed(values: Collection[int], server: bool) -> Any:  # noqa: FBT001 - a dialect, not an option
    return list(values) if server else orjson.dumps(list(values)).decode()
