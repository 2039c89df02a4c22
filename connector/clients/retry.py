"""The one retry policy: what is tried again, how long it waits, and when a side rests.

The classes are those of docs/reliability.md. Reads are repeated here by the clients
themselves. A write is one request; who may send it again uses `RetryPolicy.resend`.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
)

from connector.clients.calls import ACCOUNT, HIDES, INCREMENTAL, last_segment
from connector.errors import (
    AnswerLostError,
    BusyError,
    ConnectorError,
    NotSentError,
    RestingError,
    UncertainError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connector.clients.calls import Call, Side

T = TypeVar("T")

TRIES = 4
LOST_TRIES = 3
FAILURES_BEFORE_REST = 5
LONGEST_BACKOFF = 30.0
LONGEST_CALL = 7_200.0
"""Seconds after which a call is not tried again, whatever the service promises."""


class Budget:
    """The time that a run may take. None: no limit."""

    def __init__(
        self, seconds: float | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """The whole time again: what went by belonged to a person who was asked something."""
        self._ends = None if self._seconds is None else self._clock() + self._seconds

    def remaining(self) -> float:
        """Seconds left, never negative; infinite without a limit."""
        return float("inf") if self._ends is None else max(0.0, self._ends - self._clock())


class Pauses:
    """Until when which scope of which side must be left alone, shared by everything in a run."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[tuple[Side, str], float] = {}

    def add(self, side: Side, scope: str, seconds: float) -> None:
        until = self._clock() + seconds
        self._until[side, scope] = max(until, self._until.get((side, scope), 0.0))

    def longest(self, side: Side, scopes: Iterable[str]) -> tuple[float, str]:
        """Seconds still to wait for the slowest of these scopes, and its name."""
        now = self._clock()
        waits = ((self._until.get((side, scope), 0.0) - now, scope) for scope in scopes)
        return max(waits, default=(0.0, ACCOUNT))


class RetryPolicy:
    """One for a whole run, shared by both clients and the gate.

    `sleep`, `clock` (monotonic seconds) and `rng` are injected, so that no test waits.
    `waiting` is told what a pause is for and how many seconds it takes, before it. `still_ours`
    raises LockedError when the run has lost the right to write: asked before each write leaves.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        waiting: Callable[[str, float], None] | None = None,
        still_ours: Callable[[], None] | None = None,
    ) -> None:
        self.clock = clock
        self._still_ours = still_ours
        self._waiting = waiting
        self.budget = budget or Budget(clock=clock)
        self.pauses = Pauses(clock)
        self.attempt = 1
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._failures: dict[Side, int] = defaultdict(int)
        self._resting: set[Side] = set()

    # --- around each request ------------------------------------------------------------------

    def admit(self, call: Call) -> None:
        """Raises RestingError or BusyError when this call must not be sent now."""
        if call.side in self._resting:
            raise RestingError(
                f"{call.side} rests until the next run: {FAILURES_BEFORE_REST} requests in a row "
                f"had no usable answer; {call.method} {call.endpoint} was not sent"
            )
        if self.budget.remaining() <= 0:
            raise RestingError(f"{call.what} was not sent: the run's time is used up")
        wait, scope = self.pauses.longest(call.side, call.scopes)
        if wait > 0:
            raise BusyError(
                f"{call.what} was not sent: rate limit of {scope}, {wait:.0f} s to go",
                retry_after=wait,
                scope=scope,
            )

    def leaves(self, call: Call) -> None:
        """Right before a request's bytes: LockedError for a write of a run that lost its lease.

        What came before (a wait, a read, a new token) may have taken longer than the lease lasts.
        Hiding what came out public waits for nobody: it is safe to repeat, and a leak is worse.
        """
        hides = last_segment(call.endpoint) == HIDES
        if call.write and not hides and self._still_ours is not None:
            self._still_ours()

    def failed(self, side: Side, error: ConnectorError) -> ConnectorError:
        """Counts a request that found the side unable, and returns what to raise for it.

        The fifth in a row puts the side to rest, so that nobody waits for it any more.
        """
        if isinstance(error, BusyError):
            self.pauses.add(side, error.scope, error.retry_after)
        self._failures[side] += 1
        if self._failures[side] < FAILURES_BEFORE_REST:
            return error
        self._resting.add(side)
        if isinstance(error, UncertainError):
            return error
        return RestingError(f"{error}; {side} rests until the next run")

    def answered(self, side: Side) -> None:
        """The side works, whatever it answered."""
        self._failures[side] = 0

    def pause(self, seconds: float, why: str) -> None:
        """Waits for something that is no limit; UnavailableError when the run's time is up."""
        if seconds >= self.budget.remaining():
            raise RestingError(f"the run's time is used up while it waits for {why}")
        self._sleep(seconds)

    # --- around each call that may be repeated --------------------------------------------------

    def read(self, call: Callable[[], T], *, lost_tries: int = LOST_TRIES) -> T:
        """Runs a read, again when its answer was lost, it was not sent, or the side was busy."""
        return self._repeat(call, lost_tries, (NotSentError, BusyError, AnswerLostError))

    def resend(self, call: Callable[[], T], *, repeatable: bool = False) -> T:
        """Runs a write, again when it certainly did not happen.

        `repeatable` (sent twice, it changes nothing more): also when its outcome is unknown.
        """
        again = (NotSentError, BusyError, *((UncertainError,) if repeatable else ()))
        return self._repeat(call, LOST_TRIES, again)

    def _repeat(
        self, call: Callable[[], T], lost_tries: int, again: tuple[type[Exception], ...]
    ) -> T:
        def worth_it(error: BaseException) -> bool:
            return isinstance(error, again) and not isinstance(error, RestingError)

        bounded = stop_after_attempt(max(TRIES, lost_tries)) | stop_after_delay(LONGEST_CALL)

        def enough(state: RetryCallState) -> bool:
            lost = isinstance(_error_of(state), AnswerLostError | UncertainError)
            return (
                bounded(state)
                or (lost and state.attempt_number >= lost_tries)
                or state.upcoming_sleep >= self.budget.remaining()
            )

        retrying = Retrying(
            retry=retry_if_exception(worth_it),
            stop=enough,
            wait=self._wait,
            before=self._count,
            before_sleep=self._tell,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(call)
        finally:
            self.attempt = 1

    def _count(self, state: RetryCallState) -> None:
        self.attempt = state.attempt_number

    def _tell(self, state: RetryCallState) -> None:
        error = _error_of(state)
        if self._waiting is not None:
            why = limit_named(error.scope) if isinstance(error, BusyError) else "another try"
            self._waiting(why, state.upcoming_sleep)

    def _wait(self, state: RetryCallState) -> float:
        error = _error_of(state)
        backoff = self._rng.uniform(0, min(LONGEST_BACKOFF, 2.0 ** (state.attempt_number - 1)))
        if isinstance(error, BusyError):
            told = error.retry_after
            return max(told, backoff) + self._rng.uniform(0, min(5.0, 0.5 + told / 10))
        return backoff


def limit_named(scope: str) -> str:
    """A rate limit's scope as people know it."""
    names = {ACCOUNT: "the account's limit", INCREMENTAL: "the export limit"}
    return names.get(scope, f"the limit of {scope}")


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
