"""The statements of the groups' index, built once: asking is much of what placing costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Text,
    any_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from connector.core.grouping import Arrival
from connector.ledger.schema import LIVE, escalation, link, mirror, tally
from connector.ledger.schema_groups import posting, report, sketch, term

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, Dialect, Select

COUNTED: Final = "reports counted"
STORED: Final = "reports stored"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class Row(NamedTuple):
    """A report as it is in the table, but for what it is compared by."""

    arrival: Arrival
    group_id: str = ""
    chance: float | None = None

    @classmethod
    def read(cls, row: Sequence[Any]) -> Self:
        """From the columns `ROW`, which have times as `ticks`."""
        number, ticket_id, customer_key, created_at, kept, group_id, chance = row
        time = _EPOCH + timedelta(0, 0, created_at)
        arrival = Arrival(number, ticket_id, customer_key, time, bool(kept))
        return cls(arrival, group_id, chance)


def ticks(time: datetime) -> int:
    """A time as the table has it: microseconds since 1970."""
    return (time - _EPOCH) // _TICK


def start_of(month: int) -> datetime:
    """When a month of the index begins; `month` is year * 12 + month, as in `Placed`."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


ROW = tuple(report.c[name] for name in (*Arrival._fields, "group_id", "chance"))


INSERT_REPORT = insert(report)
ASSIGN = (
    update(report)
    .where(report.c.number == bindparam("of"))
    .values(group_id=bindparam("to"), chance=bindparam("chance"))
)


@cache
def asked(server: bool, what: str) -> Select[Any]:  # noqa: FBT001 - a dialect, not an option
    """The questions asked for each report that is placed, built once."""
    match what:
        case "tallies":
            return select(tally.c.name, tally.c.count).where(among(tally.c.name, server, of=Text))
        case "counts":
            return select(term.c.key, term.c.count).where(among(term.c.key, server))
        case "postings":
            return select(posting.c.month, posting.c.key, posting.c.numbers).where(
                among(posting.c.month, server, "months"), among(posting.c.key, server)
            )
        case "rows":
            return select(*ROW).where(among(report.c.number, server))
        case "tickets":
            named = among(report.c.group_id, server, "groups", of=Text)
            tickets = select(*ROW).where(or_(among(report.c.ticket_id, server), named))
            return tickets.order_by(report.c.number)
        case "weights":
            columns = (report.c.number, report.c.created_at, report.c.weight, report.c.kept)
            return select(*columns).where(among(report.c.number, server))
        case "companions":
            groups = select(report.c.group_id).where(among(report.c.number, server))
            companions = select(*ROW).where(report.c.group_id.in_(groups))
            return companions.order_by(report.c.number)
        case "members":
            members = select(*ROW).where(among(report.c.group_id, server, "groups", of=Text))
            return members.order_by(report.c.number)
        case "sketches":
            return select(sketch.c.number, sketch.c.content).where(among(sketch.c.number, server))
        case _:
            return select(mirror.c.ticket_id, mirror.c.customer, mirror.c.fingerprint).where(
                among(mirror.c.ticket_id, server)
            )


def ask(
    connection: Connection, what: str, **values: Collection[int | str]
) -> Sequence[Sequence[Any]]:
    """Rows as the driver gives them: numbers, words and bytes, in which SQLAlchemy would look for
    something to do. Only the mirror's words are read by it.

    The driver is asked directly: of a look-up by key that takes 20 microseconds SQLAlchemy makes
    100 to 200, and a report that is placed alone asks for eight.
    """
    server = connection.dialect.name == "postgresql"
    these = {name: listed(value, server) for name, value in values.items()}
    if what == "words":
        return connection.execute(asked(server, what), these).all()
    text, order = _asked_by(connection.dialect, what)
    return fetched(connection, text, these if order is None else [these[name] for name in order])


def fetched(connection: Connection, text: str, given: Any) -> Sequence[Sequence[Any]]:
    """The driver's own rows. Its errors come out as SQLAlchemy would tell them."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, given)
        return cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raw: Any = connection.connection.dbapi_connection
        if connection.dialect.is_disconnect(error, raw, cursor):
            connection.invalidate(error)
        raise DBAPIError(text, None, error, hide_parameters=True) from None
    finally:
        cursor.close()


@lru_cache(maxsize=128)
def _asked_by(dialect: Dialect, what: str) -> tuple[str, Sequence[str] | None]:
    """The text, and its parameters' order where this driver asks for them by place."""
    compiled = asked(dialect.name == "postgresql", what).compile(dialect=dialect)
    return str(compiled), compiled.positiontup


def put(connection: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes of `save`: rows of one of the index's tables, their values in its order.

    The statement is compiled for the dialect and given to its driver with the rows as they are:
    SQLAlchemy would look at each value of each row, for all of which there is nothing to do
    (numbers and bytes), and that is most of what writing some hundred rows a report costs.
    """
    text, names = _put_by(connection.dialect, table)
    given: Any = list(rows) if names is None else [dict(zip(names, r, strict=True)) for r in rows]
    connection.exec_driver_sql(text, given)


@lru_cache(maxsize=16)
def _put_by(dialect: Dialect, table: str) -> tuple[str, tuple[str, ...] | None]:
    """The text, and its parameters' names where this driver asks for them by name."""
    compiled = _put(table, server=dialect.name == "postgresql").compile(dialect=dialect)
    return str(compiled), None if dialect.positional else tuple(compiled.params)


def _put(table: str, *, server: bool) -> Any:
    insert_into: Any = sqlite.insert
    if server:
        from sqlalchemy.dialects import postgresql

        insert_into = postgresql.insert
    match table:
        case "term":
            add: Any = insert_into(term)
            more = {"count": term.c["count"] + add.excluded["count"]}
            return add.on_conflict_do_update(index_elements=["key"], set_=more)
        case "posting":
            new: Any = insert_into(posting)
            numbers = {"numbers": new.excluded.numbers}
            return new.on_conflict_do_update(index_elements=["month", "key"], set_=numbers)
        case "sketch":
            return insert_into(sketch)
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


def among(
    column: Column[Any],
    server: bool,  # noqa: FBT001 - a dialect, not an option
    name: str = "keys",
    *,
    of: type[BigInteger | Text] = BigInteger,
) -> ColumnElement[bool]:
    """Any number of values in one parameter: nothing to compile anew, and no limit to how many."""
    if server:
        from sqlalchemy.dialects.postgresql import ARRAY

        among_them: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(of)))
        return among_them
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def listed(values: Collection[int | str], server: bool) -> Any:  # noqa: FBT001 - a dialect, not an option
    return list(values) if server else orjson.dumps(list(values)).decode()
