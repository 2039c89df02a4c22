"""Comments that wait for their ticket's page; on disk when they are many, gone with the process.

Events are read before tickets, so a run that finds a hundred thousand comments would hold them
all. They are kept in a temporary file that has no name and that nobody else can open.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from connector.core.model import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

IN_MEMORY = 4 * 1024 * 1024
"""Bytes that are kept in memory; beyond that a file is used."""

_NONE = -1


class Heard:
    """Comments by ticket, in the order in which they were made.

    Of a ticket only the place of its newest comment is kept: each one's entry begins with the
    place of the one before it.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as this does
        self._newest: dict[int, int] = {}
        self._end = 0

    def add(self, comments: Iterable[Comment]) -> None:
        """Takes comments in, in the order in which they were made."""
        self._file.seek(self._end)
        for comment in comments:
            before = self._newest.get(comment.ticket_id, _NONE)
            self._newest[comment.ticket_id] = self._end
            self._end += self._file.write(b"%d %b\n" % (before, comment.model_dump_json().encode()))

    def take(self, ticket_ids: Iterable[int]) -> dict[int, list[Comment]]:
        """The comments of these tickets, which then wait no longer."""
        found = self.peek(ticket_ids)
        for ticket_id in found:
            del self._newest[ticket_id]
        return found

    def peek(self, ticket_ids: Iterable[int]) -> dict[int, list[Comment]]:
        """The comments of these tickets, which go on waiting."""
        return {
            ticket_id: [*self._back_from(self._newest[ticket_id])][::-1]
            for ticket_id in ticket_ids
            if ticket_id in self._newest
        }

    def tickets(self) -> list[int]:
        """The tickets whose comments still wait."""
        return list(self._newest)

    def oldest(self) -> datetime | None:
        """When the oldest comment was made that still waits."""
        every = (one for newest in self._newest.values() for one in self._back_from(newest))
        return min((comment.created_at for comment in every), default=None)

    def close(self) -> None:
        """Forgets all of it."""
        self._file.close()

    def _back_from(self, place: int) -> Iterator[Comment]:
        while place != _NONE:
            self._file.seek(place)
            before, _, comment = self._file.readline().partition(b" ")
            place = int(before)
            yield Comment.model_validate_json(comment)
