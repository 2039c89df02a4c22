"""What a check is, and how findings are made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from connector.core.model import Frozen
from connector.doctor.kinds import KINDS
from connector.errors import ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Status = Literal["ok", "warning", "failed", "skipped"]


class Check(Frozen):
    """One line: what was looked at, what was found, and how to mend it.

    `measured`: seconds or requests, where the finding is a number that a monitor may watch.
    """

    id: str
    status: Status
    about: str
    found: str
    mend: str | None = None
    measured: float | None = None
    exit_code: ExitCode = ExitCode.DONE


class Examination(Frozen):
    """All checks of one run, in the order in which they are worth reading."""

    command: str = "check"
    now: datetime
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The worst of them, by the contract's order."""
        return worst(check.exit_code for check in self.checks)

    def count(self, status: Status) -> int:
        return sum(check.status == status for check in self.checks)


def fine(kind: str, about: str, found: str, *, measured: float | None = None) -> Check:
    return Check(id=_known(kind), status="ok", about=about, found=found, measured=measured)


def skipped(kind: str, about: str, why: str) -> Check:
    return Check(id=_known(kind), status="skipped", about=about, found=why)


def wrong(kind: str, about: str, found: str, mend: str, *, measured: float | None = None) -> Check:
    """A finding: a warning or a failure, as its kind says."""
    code = KINDS[kind].code
    status: Status = "warning" if code is ExitCode.SET_ASIDE else "failed"
    return Check(
        id=kind,
        status=status,
        about=about,
        found=found,
        mend=mend,
        measured=measured,
        exit_code=code,
    )


def lesser(check: Check) -> Check:
    """The same as a warning: what it hinders is not needed to do the work."""
    return check.model_copy(update={"status": "warning", "exit_code": ExitCode.SET_ASIDE})


def or_fine(found: Iterable[Check], kind: str, about: str, told: str) -> Iterator[Check]:
    """The findings, or one line that says that there are none."""
    some = False
    for check in found:
        some = True
        yield check
    if not some:
        yield fine(kind, about, told)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise KeyError(kind)
    return kind
