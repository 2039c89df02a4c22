"""Open tickets that nobody touched for long, by search: what a first run cannot get cheaply.

The export would tell of every ticket there ever was, ten pages a minute. A search answers with the
open ones alone, a hundred at a time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.clients.line import rows
from connector.clients.zendesk_wire import SIDELOADS
from connector.errors import DriftError
from connector.ports import Rejected, TicketPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.clients.line import Line
    from connector.clients.zendesk_lookup import Lookups

_PER_PAGE = 100
_MOST_OF_ONE_QUERY = 10
"""Pages: no search answers with more than a thousand results."""
_MOST_PAGES = 20_000
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Backlog:
    """Walks by creation time, not by page number: a ticket that leaves the results on the way
    would move all later ones up, and one of them out of sight.
    """

    def __init__(self, line: Line, lookups: Lookups) -> None:
        self._line = line
        self._lookups = lookups

    def tickets(self, unchanged_since: datetime, position: str) -> Iterator[TicketPage]:
        """Each page's cursor is the second from which to go on."""
        since = datetime.fromisoformat(position) if position else _BEGINNING
        seen, number = set[int](), 1
        for _ in range(_MOST_PAGES):
            document = self._ask(unchanged_since, since, number)
            place = f"the open tickets made since {since:%Y-%m-%d %H:%M:%S}"
            raws = rows(document, "results", f"zendesk: {place}")
            fresh = [one for one in raws if not isinstance(one, dict) or one.get("id") not in seen]
            offered = any("slas" in raw for raw in fresh if isinstance(raw, dict))
            read = self._lookups.page(fresh, document, place, sla_offered=offered)
            last = max((ticket.created_at for ticket in read.good), default=since)
            end = len(raws) < _PER_PAGE or document.get("next_page") is None
            notices = list(read.notices)
            if last > since:
                since, number, seen = last, 1, set()
            elif number < _MOST_OF_ONE_QUERY:
                number += 1
            elif not end:
                notices.append(_crowded(since))
                since, number = since + timedelta(seconds=1), 1
            seen |= {ticket.id for ticket in read.good if ticket.created_at >= since}
            yield TicketPage(
                tickets=tuple(read.good),
                rejected=tuple(read.rejected),
                notices=tuple(notices),
                cursor=since.isoformat(),
                end=end,
            )
            if end:
                return
        raise DriftError(f"zendesk: the search for open tickets has no end after {_MOST_PAGES}")

    def _ask(self, unchanged_since: datetime, since: datetime, number: int) -> dict[str, Any]:
        terms = (
            "type:ticket status<solved",
            f"updated<{unchanged_since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            f"created>={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
        query = {
            "query": " ".join(terms),
            "sort_by": "created_at",
            "sort_order": "asc",
            "per_page": _PER_PAGE,
            "page": number,
            "include": f"tickets({SIDELOADS})",
        }
        return self._line.get("search.json", query)


def _crowded(second: datetime) -> Rejected:
    reason = (
        f"more than {_PER_PAGE * _MOST_OF_ONE_QUERY:,} open tickets were made in one second; "
        "those beyond are read when they change"
    )
    return Rejected(ticket_id=None, place=f"open tickets of {second:%Y-%m-%d %H:%M:%S}",
                    reason=reason)  # fmt: skip
