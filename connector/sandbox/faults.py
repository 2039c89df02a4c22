"""Faults on order: what goes wrong with which request, before or after it took effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from connector.core.model import Frozen

PLAIN_FAULTS = frozenset(
    {"reset", "close", "truncate", "html", "empty", "kill", "stop", "duplicate", "garbage"}
)
_NUMBERED = re.compile(r"(?:status:[1-9]\d\d|(?:hang|delay|drip|bomb):\d{1,6}(?:\.\d{1,6})?)\Z")


class Fault(Frozen):
    """One fault: the `nth` to `nth + times - 1` matching request meets it.

    `path` is a regular expression searched in the path. `when` "before": the request takes no
    effect; "after": it does, and only the answer suffers.

    | fault           | what the client sees                                              |
    |-----------------|-------------------------------------------------------------------|
    | status:N        | status N with `headers`, and `body` or a plain error body          |
    | reset, close    | the connection is reset, or closed without an answer               |
    | truncate        | the true head, half of the body, then the connection closes        |
    | garbage, empty  | 200 with cut JSON; with no body at all                             |
    | html            | 200 with a login page, or `body`                                   |
    | hang:S, delay:S | S seconds of silence, then closed; or then the true answer         |
    | drip:S          | the true answer, drop by drop over S seconds                       |
    | bomb:N          | 200 with a small gzip body that unpacks to N MiB                   |
    | duplicate       | the request is handled twice, as if a proxy had sent it again      |
    | kill            | the registered processes get SIGKILL, and the connection closes    |
    | stop            | the registered processes get SIGSTOP; the true answer waits for them |
    """

    side: Literal["zendesk", "jira"] | None = None
    method: str | None = None
    path: str = ""
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=1)
    when: Literal["before", "after"] = "before"
    fault: str
    headers: Mapping[str, str] = {}
    body: str | None = None

    @field_validator("fault")
    @classmethod
    def _known(cls, value: str) -> str:
        if value in PLAIN_FAULTS or _NUMBERED.match(value):
            return value
        raise ValueError(f"{value!r} is no fault; known: {sorted(PLAIN_FAULTS)}, status:N, hang:S")

    @field_validator("path")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from None
        return value

    @property
    def kind(self) -> str:
        return self.fault.partition(":")[0]

    @property
    def number(self) -> float:
        """The N or S of a fault that has one."""
        return float(self.fault.partition(":")[2])

    def matches(self, side: str, method: str, path: str) -> bool:
        return (
            self.side in (None, side)
            and self.method in (None, method)
            and re.search(self.path, path) is not None
        )


class Faults:
    """The schedule. Each fault counts its own matching requests from when it was ordered."""

    def __init__(self) -> None:
        self._ordered: list[tuple[Fault, list[int]]] = []

    def order(self, *faults: Fault) -> None:
        self._ordered += [(fault, [0]) for fault in faults]

    def clear(self) -> None:
        self._ordered.clear()

    def meet(self, side: str, method: str, path: str) -> Fault | None:
        """The fault that this request meets; every matching fault counts it."""
        met: Fault | None = None
        for fault, seen in self._ordered:
            if not fault.matches(side, method, path):
                continue
            seen[0] += 1
            if met is None and fault.nth <= seen[0] < fault.nth + fault.times:
                met = fault
        return met

    def pending(self) -> list[Fault]:
        """Those that have not struck for the last time yet."""
        return [fault for fault, seen in self._ordered if seen[0] < fault.nth + fault.times - 1]
