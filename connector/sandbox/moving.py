"""A seed moved in time as a whole, so that the demo week ends now and not in its own year."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from datetime import timedelta

    from connector.sandbox.seed import Seed

V = TypeVar("V")


def moved_to(seed: Seed, now: datetime) -> Seed:
    """The seed with every time as far from `now` as it was from the seed's own now.

    Dates move by whole days. Words in the tickets stay as they are.
    """
    return seed if seed.now is None else _moved(seed, now - seed.now)


def _moved(value: V, by: timedelta) -> V:
    moved: Any = value
    if isinstance(value, BaseModel):
        changed = {name: _moved(part, by) for name, part in value}
        moved = value.model_copy(update=changed)
    elif isinstance(value, tuple):
        moved = tuple(_moved(part, by) for part in value)
    elif isinstance(value, datetime | date):
        moved = value + by
    return moved  # type: ignore[no-any-return]  # the same type as came in
