"""One HTTP request as reports and limits see it, and who is told about it."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from connector.clients.purposes import purpose_of

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

Side = Literal["zendesk", "jira"]

ACCOUNT = "account"
INCREMENTAL = "incremental"

_NUMBER = re.compile(r"(?<!/rest/api/)(?<=/)\d+(?=[/.]|$)")
_KEY = re.compile(r"(?<=/)[A-Z][A-Z0-9_]+-\d+(?=/|$)")
HIDES = "make_private"
"""The last path segment of the request that makes a comment internal."""

_TICKET = re.compile(r"/tickets/(\d+)")
_ISSUE = re.compile(r"/issue/([A-Z0-9_-]*\d+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Call:
    """One request before it leaves. `endpoint` is its path without ids, host and query.

    `write`: its outcome matters when the answer is lost. `scopes`: what a rate limit that pauses
    this request may be about, the widest first.
    """

    side: Side
    method: str
    endpoint: str
    write: bool
    scopes: tuple[str, ...]

    @property
    def what(self) -> str:
        """How messages name it."""
        return f"{self.side}: {self.method} {self.endpoint}"


def describe(side: Side, method: str, path: str, reads: frozenset[str]) -> Call:
    """The call that a request makes. `reads`: last path segments whose POST only reads."""
    endpoint = _KEY.sub("{key}", _NUMBER.sub("{id}", path))
    reading = method in {"GET", "HEAD"} or (method == "POST" and last_segment(path) in reads)
    scopes = [ACCOUNT, f"{method} {endpoint}"]
    if side == "zendesk":
        scopes += [INCREMENTAL] if "/incremental/" in path else []
        scopes += [f"ticket {found[1]}" for found in _TICKET.finditer(path)]
    elif not reading:
        scopes += [f"issue {found[1]}" for found in _ISSUE.finditer(path)]
    return Call(side, method, endpoint, write=not reading, scopes=tuple(scopes))


def last_segment(path: str) -> str:
    """What stands after a path's last slash, without Zendesk's `.json`."""
    return path.rpartition("/")[2].removesuffix(".json")


class CallObserver(Protocol):
    """Told of each request that was tried, after it ended."""

    def on_call(
        self, side: Side, method: str, endpoint: str, status: int | None, ms: float, attempt: int
    ) -> None:
        """`status` is None when no answer came; `attempt` counts from 1."""


@dataclass
class CallStats:
    """What one endpoint has cost so far. `statuses` counts answers, None those that never came."""

    calls: int = 0
    ms: float = 0.0
    slowest_ms: float = 0.0
    statuses: Counter[int | None] = field(default_factory=Counter)


@dataclass
class CallCounter:
    """Counts a run's requests by side and endpoint, for reports and benchmarks."""

    stats: dict[tuple[Side, str, str], CallStats] = field(default_factory=dict)

    def on_call(
        self, side: Side, method: str, endpoint: str, status: int | None, ms: float, attempt: int
    ) -> None:
        del attempt
        one = self.stats.setdefault((side, method, endpoint), CallStats())
        one.calls += 1
        one.ms += ms
        one.slowest_ms = max(one.slowest_ms, ms)
        one.statuses[status] += 1

    @property
    def total(self) -> int:
        """All requests so far, repeated ones included."""
        return sum(one.calls for one in self.stats.values())

    def by_endpoint(self) -> Mapping[str, int]:
        """`"zendesk GET /api/v2/…"` to the number of requests, the most frequent first."""
        most_first = sorted(self.stats.items(), key=lambda item: (-item[1].calls, item[0]))
        return {" ".join(name): one.calls for name, one in most_first}


class CallLog:
    """Logs each request at INFO: what for, side, endpoint, status, time, attempt; nothing of its
    content.
    """

    def on_call(
        self, side: Side, method: str, endpoint: str, status: int | None, ms: float, attempt: int
    ) -> None:
        facts = {"side": side, "endpoint": f"{method} {endpoint}", "status": status}
        log.info(
            purpose_of(method, endpoint),
            extra={**facts, "ms": round(ms, 1), "attempt": attempt},
        )
