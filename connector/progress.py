"""A line on the terminal for what takes longer than two seconds: how far, how fast, what it
waits for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_AFTER = 2.0
_EVERY = 0.1
_BAR = 20
_WIDTH = 78


class ProgressLine:
    """One line that rewrites itself on `out`, in plain ASCII. `clock`: monotonic seconds."""

    def __init__(
        self,
        out: TextIO,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._out = out
        self._clock = clock
        self._sleep = sleep
        self._why, self._long = "another try", False
        self._begun = clock()
        self._step, self._step_begun = "", self._begun
        self._drawn, self._last = "", float("-inf")
        self._said = ""

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """How far a step has come; `total` is None where nobody knows."""
        now = self._clock()
        if step != self._step:
            self._step, self._step_begun, self._last = step, now, float("-inf")
        self._said = self._text(step, done, total, now - self._step_begun)
        if now - self._last >= _EVERY or done == total:
            self._draw(self._said, now)

    def waiting(self, why: str, seconds: float) -> None:
        """What the next sleep is for."""
        self._why, self._long = why, seconds > _AFTER

    def sleep(self, seconds: float) -> None:
        """Sleeps, and counts the seconds down."""
        at = f"{self._said}; " if self._said else ""
        while seconds > 0:
            part = min(1.0, seconds)
            self._draw(
                f"{at}waits for {self._why}, {seconds:.0f} s", self._clock(), soon=self._long
            )
            self._sleep(part)
            seconds -= part

    def clear(self) -> None:
        """Makes room for what comes next."""
        if self._drawn:
            self._out.write("\r" + " " * len(self._drawn) + "\r")
            self._out.flush()
            self._drawn = ""

    def _draw(self, text: str, now: float, *, soon: bool = False) -> None:
        if now - self._begun < _AFTER and not soon:
            return
        shown = text[:_WIDTH]
        self._out.write("\r" + shown.ljust(len(self._drawn)))
        self._out.flush()
        self._drawn, self._last = shown, now

    @staticmethod
    def _text(step: str, done: int, total: int | None, seconds: float) -> str:
        rate = f", {done / seconds:,.0f}/s" if seconds >= 1 and done else ""
        if not total:
            return f"{step}: {done:,}{rate}"
        full = min(_BAR, _BAR * done // total)
        return f"{step}: [{'#' * full}{'.' * (_BAR - full)}] {done:,} of {total:,}{rate}"
