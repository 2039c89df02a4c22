"""The two incremental exports: tickets by cursor, comment events by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.clients.line import rows, uncollected
from connector.clients.zendesk_thread import Events
from connector.clients.zendesk_wire import SIDELOADS
from connector.errors import AnswerLostError, DriftError
from connector.ports import CommentPage, TicketPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.clients.line import Line
    from connector.clients.zendesk_lookup import Lookups
    from connector.clients.zendesk_wire import Tickets

_SIZES = (1000, 500, 250, 100)
_NEWEST_LEFT_OUT = timedelta(seconds=61)
_MOST_PAGES = 10_000


class Exports:
    """Pages of what changed. Page sizes shrink for the run when a page is too much for a server."""

    def __init__(self, line: Line, lookups: Lookups) -> None:
        self._line = line
        self._lookups = lookups
        self._size = _SIZES[0]
        self._sla_offered = False

    def tickets(self, cursor: str | None, since: datetime) -> Iterator[TicketPage]:
        """From the cursor on, else from `since`. The last page's cursor is where to go on later.

        Ends with `end_of_stream`, or where a cursor repeats or is missing.
        """
        at: dict[str, Any] = {"cursor": cursor} if cursor else {"start_time": self._start(since)}
        seen = {"", cursor or ""}
        for number in range(1, _MOST_PAGES + 1):
            page = self._ticket_page(at, cursor, seen)
            cursor, end = page.cursor, page.end
            yield page
            del page  # else two are held while the next one is read
            if end:
                return
            seen.add(cursor)
            at = {"cursor": cursor}
            if number == _MOST_PAGES:
                raise DriftError(f"zendesk: the ticket export has no end after {number} pages")

    def _ticket_page(self, at: Mapping[str, Any], cursor: str | None, seen: set[str]) -> TicketPage:
        place = f"the ticket export after {cursor or at['start_time']}"
        with uncollected():
            document = self._page("incremental/tickets/cursor.json", {**at, "include": SIDELOADS})
            read = self._read(document, place)
        after = document.get("after_cursor")
        after = after if isinstance(after, str) else ""
        return TicketPage(
            tickets=tuple(read.good),
            rejected=tuple(read.rejected),
            notices=tuple(read.notices),
            cursor=after or cursor or "",
            end=document.get("end_of_stream") is True or after in seen,
        )

    def comments(self, since: datetime) -> Iterator[CommentPage]:
        """From `since` on, inclusive. Ends with `end_of_stream`, or when nothing new comes.

        A page may begin with what the last one ended with: the rows of its last second.
        """
        at, seen = self._start(since), set[int]()
        for number in range(1, _MOST_PAGES + 1):
            page, boundary = self._comment_page(at, seen)
            until, end = int(page.until.timestamp()), page.end
            yield page
            del page  # as above
            if end:
                return
            seen, at = boundary | (seen if until == at else set()), until
            if number == _MOST_PAGES:
                raise DriftError(f"zendesk: the event export has no end after {number} pages")

    def _comment_page(self, at: int, seen: set[int]) -> tuple[CommentPage, set[int]]:
        """And the rows of its last second, which the next page may begin with."""
        query = {"start_time": at, "include": "comment_events"}
        place = f"the event export from {at}"
        with uncollected():
            document = self._page("incremental/ticket_events.json", query)
            events = Events(rows(document, "ticket_events", f"zendesk: {place}"), place)
            said = tuple(events.comments(seen))
        until = document.get("end_time")
        until = until if isinstance(until, int) and until >= at else at
        quiet = until == at and seen.issuperset(events.seconds)
        page = CommentPage(
            comments=said,
            rejected=tuple(events.rejected),
            until=datetime.fromtimestamp(until, UTC),
            end=document.get("end_of_stream") is True or quiet,
        )
        return page, {number for number, second in events.seconds.items() if second >= until}

    def _read(self, document: Mapping[str, Any], place: str) -> Tickets:
        raws = rows(document, "tickets", f"zendesk: {place}")
        self._sla_offered |= any("slas" in raw for raw in raws if isinstance(raw, dict))
        return self._lookups.page(raws, document, place, sla_offered=self._sla_offered)

    def _start(self, since: datetime) -> int:
        """Exports leave out the last minute, and refuse a start in it."""
        return int(min(since, self._line.now() - _NEWEST_LEFT_OUT).timestamp())

    def _page(self, path: str, query: Mapping[str, Any]) -> dict[str, Any]:
        """One page, asked for again in a smaller size when its answer is lost."""

        def ask() -> dict[str, Any]:
            try:
                return self._line.once(path, {**query, "per_page": self._size})
            except AnswerLostError:
                self._size = next((size for size in _SIZES if size < self._size), _SIZES[-1])
                raise

        return self._line.policy.read(ask, lost_tries=len(_SIZES) + 1)
