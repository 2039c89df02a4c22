"""Rate limits: the account's and the named buckets', counted in real time by fixed windows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from connector.sandbox.frame import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """`real` and `trial` are requests per window; `prefix` as its header was recorded."""

    name: str
    real: int
    trial: int
    window: float = MINUTE
    prefix: str = "zendesk-ratelimit"

    @property
    def header(self) -> str:
        return f"{self.prefix}-{self.name}"

    def total(self, mode: str) -> int:
        return self.trial if mode == "trial" else self.real


ACCOUNT = Bucket("account", real=700, trial=700)
EXPORTS = Bucket("incremental-exports", real=10, trial=10)
CURSOR_EXPORTS = Bucket("incremental-exports-cursor", real=10, trial=10)
TICKETS_INDEX = Bucket("tickets-index", real=20_000, trial=100)
SEARCH = Bucket("search-index", real=2500, trial=2500)
SEARCH_EXPORT = Bucket("search-export", real=100, trial=100)
AUDITS = Bucket("ticket-audits", real=500, trial=500)
UPDATES = Bucket("tickets-update", real=100, trial=20, prefix="zendesk-rate-limit")
PER_TICKET = Bucket("per-ticket-updates", real=30, trial=30, window=600.0)


@dataclass(slots=True)
class _Window:
    ends_at: float
    used: int


class Limits:
    """Counts requests. `mode` is asked at each request, so that it can change while running."""

    def __init__(
        self, mode: Callable[[], str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._mode = mode
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, buckets: Iterable[tuple[Bucket, str]]) -> dict[str, str]:
        """Counts one request in the account and in each (bucket, key); returns the headers.

        Refuses with 429 and Retry-After when one of them is empty; then none is counted.
        """
        wanted = [(ACCOUNT, ""), *buckets]
        mode, now = self._mode(), self._clock()
        if mode == "off":
            return _headers([(ACCOUNT, ACCOUNT.real, ACCOUNT.real, MINUTE)])
        windows = [(bucket, self._window(bucket, key, now)) for bucket, key in wanted]
        full = [(bucket, known) for bucket, known in windows if known.used >= bucket.total(mode)]
        if not full:
            for _, known in windows:
                known.used += 1
        headers = _headers(
            [
                (bucket, bucket.total(mode), bucket.total(mode) - known.used, known.ends_at - now)
                for bucket, known in windows
            ]
        )
        if full:
            wait = max(ceil(known.ends_at - now) for _, known in full)
            raise _too_many(full[0][0], {**headers, "retry-after": str(wait)})
        return headers

    def _window(self, bucket: Bucket, key: str, now: float) -> _Window:
        known = self._windows.get((bucket.name, key))
        if known is None or known.ends_at <= now:
            known = _Window(now + bucket.window, 0)
            self._windows[bucket.name, key] = known
        return known


def _headers(states: list[tuple[Bucket, int, int, float]]) -> dict[str, str]:
    """The first state is the account's."""
    (_, total, left, resets), *others = states
    headers = {
        "ratelimit-limit": str(total),
        "ratelimit-remaining": str(left),
        "ratelimit-reset": str(ceil(resets)),
        "x-rate-limit": str(total),
        "x-rate-limit-remaining": str(left),
    }
    for bucket, total, left, resets in others:
        headers[bucket.header] = f"total={total}; remaining={left}; resets={ceil(resets)}"
    return headers


def _too_many(bucket: Bucket, headers: dict[str, str]) -> Refusal:
    if bucket is ACCOUNT:
        description = "Number of allowed API requests per minute exceeded"
    else:
        description = f"Number of allowed requests for {bucket.name} exceeded"
    return Refusal(429, {"error": "APIRateLimitExceeded", "description": description}, headers)
