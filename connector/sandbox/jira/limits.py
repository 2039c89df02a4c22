"""Cloud's rate limits on writes to one issue and on one endpoint, counted in real time."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from connector.sandbox.frame import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

PER_ISSUE = ((20, 2.0), (100, 30.0))
PER_SECOND = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}


class _Window:
    """Moments of the requests let through; asking too early prolongs the pause."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()
        self._closed_until = 0.0

    def wait(self, now: float, rules: tuple[tuple[int, float], ...]) -> float:
        """Seconds until the next request is let through; 0.0 lets this one through."""
        longest = max(seconds for _, seconds in rules)
        while self._moments and self._moments[0] <= now - longest:
            self._moments.popleft()
        pause = max(0.0, self._closed_until - now)
        for most, seconds in rules:
            if len(self._moments) >= most and self._moments[-most] > now - seconds:
                pause = max(pause, self._moments[-most] + seconds - now)
        if pause:
            self._closed_until = max(self._closed_until, now + math.ceil(pause))
            return math.ceil(pause)
        self._moments.append(now)
        return 0.0


class Limits:
    """All windows of one site. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._issues: defaultdict[str, _Window] = defaultdict(_Window)
        self._endpoints: defaultdict[tuple[str, str], _Window] = defaultdict(_Window)

    def endpoint(self, method: str, template: str) -> None:
        """Raises a 429 when this endpoint of the site is called too often."""
        rule = ((PER_SECOND.get(method, 100), 1.0),)
        pause = self._endpoints[method, template].wait(self._clock(), rule)
        if pause:
            raise _refusal("jira-burst-based", pause)

    def issue_write(self, issue_id: str) -> None:
        """Raises a 429 when this issue is written too often; others are not touched by it."""
        pause = self._issues[issue_id].wait(self._clock(), PER_ISSUE)
        if pause:
            raise _refusal("jira-per-issue-on-write", pause)


def _refusal(reason: str, pause: float) -> Refusal:
    return Refusal(
        429,
        {"errorMessages": ["Rate limit exceeded."], "errors": {}},
        {
            "Retry-After": str(int(pause)),
            "RateLimit-Reason": reason,
            "X-RateLimit-Remaining": "0",
        },
    )
