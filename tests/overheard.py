"""Every statement that reaches the store, by SQLAlchemy or given to the driver directly."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from sqlalchemy import event

from connector.ledger import report_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from connector.ledger.store import Ledger


@contextmanager
def overheard(ledger: Ledger) -> Iterator[list[tuple[str, Any]]]:
    """The statements and their parameters, in the order in which they are sent."""
    said: list[tuple[str, Any]] = []
    fetched = report_queries.fetched

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    def fetch(connection: Connection, text: str, given: Any) -> Any:
        said.append((text, tuple(given) if isinstance(given, list) else given))
        return fetched(connection, text, given)

    engine = ledger._connection.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        with patch.object(report_queries, "fetched", fetch):
            yield said
    finally:
        event.remove(engine, "before_cursor_execute", listen)
