"""Every error of the project, grouped by what a person or the program does about it.

A message says where, what was found, what was expected and what to do. It never holds a secret,
a header, a body or ticket text.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


class ExitCode(IntEnum):
    """The command's exit codes (public contract). When several apply: 2 > 3 > 4 > 1 > 0."""

    DONE = 0
    SET_ASIDE = 1
    USAGE = 2
    REFUSED = 3
    TRY_LATER = 4


_PRECEDENCE = (
    ExitCode.USAGE,
    ExitCode.REFUSED,
    ExitCode.TRY_LATER,
    ExitCode.SET_ASIDE,
    ExitCode.DONE,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The one exit code that stands for all of them."""
    found = set(codes)
    return next((code for code in _PRECEDENCE if code in found), ExitCode.DONE)


class ConnectorError(Exception):
    """Base of all our errors; `exit_code` is what the command ends with if nobody handles it."""

    exit_code: ExitCode = ExitCode.SET_ASIDE


class ConfigError(ConnectorError):
    """A person has to edit a file or a call. Nothing has been written yet."""

    exit_code = ExitCode.USAGE


def first_to_mend(errors: Sequence[ConnectorError]) -> ConnectorError:
    """Of several, the one that the command ends with: what a person has to mend before what passes.

    ValueError for none at all.
    """
    return min(errors, key=lambda error: _PRECEDENCE.index(error.exit_code))


class InvalidConfigError(ConfigError):
    """Everything that is wrong with config.toml, its variables or mappings/, at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        first = "" if len(problems) == 1 else f"{len(problems)} problems:\n  "
        super().__init__(first + "\n  ".join(problems))


_NEAR = 0.65
"""Less than that, and the nearest name is a guess that misleads ("hold" for "solved")."""


def did_you_mean(value: str, known: Collection[str]) -> str:
    """`" Did you mean 'x'?"` for the nearest known name in any case, or an empty string."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(value.casefold(), list(by_folded), n=1, cutoff=_NEAR)
    return f" Did you mean {by_folded[near[0]]!r}?" if near else ""


class StoreError(ConfigError):
    """The ledger is corrupt, newer than this program, or belongs to another account."""


class RefusedError(ConnectorError):
    """A service refuses us: credentials (401) or permissions (403). A person has to act."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, side: str, status: int) -> None:
        super().__init__(message)
        self.side = side
        self.status = status


class UnavailableError(ConnectorError):
    """Try later: a service or the store is out of reach or busy, or another run holds the lock."""

    exit_code = ExitCode.TRY_LATER


class NotSentError(UnavailableError):
    """The request certainly did not arrive (DNS, refused, connect timeout, TLS)."""


class RestingError(NotSentError):
    """A side rests for the rest of this run (it kept failing, or time is up): nothing was sent."""


class AnswerLostError(UnavailableError):
    """A read got no usable answer: 5xx, timeout, connection lost, cut, too large, not JSON."""


ACCOUNT_WIDE = ("account", "incremental")
"""Scopes of a 429 that hold for more than one kind of call, ticket or issue."""


class BusyError(UnavailableError):
    """The service said 429: certainly not done. `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float, scope: str = "account") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.scope = scope


class LockedError(UnavailableError):
    """Another run is at work on this ledger."""


class TicketError(ConnectorError):
    """This one ticket or write is set aside with a reason; the rest goes on."""


class GoneError(TicketError):
    """404 or 410: deleted, moved out of sight, or no such endpoint."""


class ClosedError(TicketError):
    """The ticket is closed: Zendesk accepts no more changes."""


class InvalidError(TicketError):
    """400, 413 or 422: the service names fields that it does not accept."""

    def __init__(self, message: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class ConflictError(TicketError):
    """409: somebody else changed it; re-read, decide again."""


class DriftError(TicketError):
    """An answer lacks a required key or has another shape than documented."""


class BugError(TicketError):
    """A bug of ours that one ticket or issue brought to light: that one is set aside."""


def one_of_ours(error: Exception) -> ConnectorError:
    """The error itself when it is one of ours; of any other its kind and place, nothing it says."""
    if isinstance(error, ConnectorError):
        return error
    return BugError(f"unexpected {type(error).__name__} at {place_of(error)}")


def place_of(error: Exception) -> str:
    """File and line where it was raised: all of a traceback that holds no text of anybody."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        "?"
        if trace is None
        else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    )


class UncertainError(ConnectorError):
    """A write may or may not have happened. It is looked up before it is ever sent again."""


class PublicWriteRefusedError(ConnectorError):
    """A comment without `public: false` was about to leave. It was not sent."""


class PublicNoteError(UncertainError):
    """Zendesk made our note public although it was sent as internal. Never to be sent again."""
