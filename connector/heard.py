"""Comments that wait for their ticket's page; on disk when they are many, gone with the process.

Events are read before tickets, so a run that finds a hundred thousand comments would hold them
all. They are kept in a temporary file that has no name and that nobody else can open.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from connector.core.model import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

IN_MEMORY = 4 * 1024 * 1024
"""Bytes that are kept in memory; beyond that a file is used."""


class Heard:
    """Comments by ticket, in the order in which they were made."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as this does
        self._places: dict[int, list[int]] = {}
        self._end = 0

    def add(self, comments: Iterable[Comment]) -> None:
        """Takes comments in, in the order in which they were made."""
        self._file.seek(self._end)
        for comment in comments:
            self._places.setdefault(comment.ticket_id, []).append(self._end)
            self._end += self._file.write(comment.model_dump_json().encode() + b"\n")

    def take(self, ticket_ids: Iterable[int]) -> dict[int, list[Comment]]:
        """The comments of these tickets, which then wait no longer."""
        found = self.peek(ticket_ids)
        for ticket_id in found:
            del self._places[ticket_id]
        return found

    def peek(self, ticket_ids: Iterable[int]) -> dict[int, list[Comment]]:
        """The comments of these tickets, which go on waiting."""
        return {
            ticket_id: [self._read(place) for place in self._places[ticket_id]]
            for ticket_id in ticket_ids
            if ticket_id in self._places
        }

    def tickets(self) -> list[int]:
        """The tickets whose comments still wait."""
        return list(self._places)

    def oldest(self) -> datetime | None:
        """When the oldest comment was made that still waits."""
        first = (self._read(places[0]).created_at for places in self._places.values())
        return min(first, default=None)

    def close(self) -> None:
        """Forgets all of it."""
        self._file.close()

    def _read(self, place: int) -> Comment:
        self._file.seek(place)
        return Comment.model_validate_json(self._file.readline())
