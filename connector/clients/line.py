"""What the reading halves of a client need of its line to the service."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from connector.errors import DriftError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from connector.clients.retry import RetryPolicy
    from connector.clients.transport import Answer
    from connector.core.model import Json


class Line(Protocol):
    """Requests of one service, by path below its API."""

    policy: RetryPolicy

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A JSON object, repeated by the policy."""

    def once(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A JSON object, one request."""

    def send(self, method: str, path: str, document: Json = None) -> Answer:
        """One write, one request."""

    def now(self) -> datetime:
        """The service's own time."""


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage inside: of a page's many values none is garbage while it is read, and
    looking among them takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def rows(document: Mapping[str, Any], name: str, what: str) -> list[Any]:
    """A required list of an answer. DriftError when it is not there."""
    found = document.get(name)
    if not isinstance(found, list):
        raise DriftError(f"{what}: the answer has no list `{name}`")
    return found


def in_chunks(ids: list[Any], size: int) -> list[list[Any]]:
    """The ids in lists of at most `size`."""
    return [ids[begin : begin + size] for begin in range(0, len(ids), size)]


def next_cursor(document: Mapping[str, Any]) -> str | None:
    """Where a list by cursor goes on; None on its last page, and for lists without cursors."""
    meta = document.get("meta")
    if not isinstance(meta, dict) or meta.get("has_more") is not True:
        return None
    after = meta.get("after_cursor")
    return after if isinstance(after, str) and after else None
