"""What an issue went through between two looks, from its history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class Changed(Protocol):
        """A change of status or resolution, as a history tells it."""

        @property
        def at(self) -> datetime: ...
        @property
        def field(self) -> str: ...
        @property
        def new(self) -> str | None: ...
        @property
        def new_name(self) -> str: ...


class Stand(Frozen):
    """Where an issue stood from `at` on; the resolution None: unresolved."""

    at: datetime
    status_id: str
    status: str
    resolution: str | None = None


def stands(
    changes: Iterable[Changed], *, status_id: str, status: str, resolution: str | None
) -> tuple[Stand, ...]:
    """Each stand after the one given, oldest first; what changed at one time is one stand."""
    found: list[Stand] = []
    now = (status_id, status, resolution)
    for change in sorted(changes, key=lambda change: change.at):
        if change.field == "status" and change.new is not None:
            now = (change.new, change.new_name, now[2])
        elif change.field == "resolution":
            now = (now[0], now[1], change.new_name or None)
        else:
            continue
        if found and found[-1].at == change.at:
            found.pop()
        found.append(Stand(at=change.at, status_id=now[0], status=now[1], resolution=now[2]))
    return tuple(found)
