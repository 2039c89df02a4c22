"""What a check is, and every one that there is: a stable id, what it costs, what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from connector.core.model import Frozen
from connector.errors import ExitCode, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WARNING, _WRONG = ExitCode.SET_ASIDE, ExitCode.USAGE
_REFUSED, _LATER = ExitCode.REFUSED, ExitCode.TRY_LATER

Status = Literal["ok", "warning", "failed", "skipped"]


class Kind(NamedTuple):
    """`code`: what a finding of this kind makes the command end with. `means`: for the manual."""

    code: ExitCode
    means: str


KINDS: Mapping[str, Kind] = {
    "config.invalid": Kind(_WRONG, "config.toml, a variable or a file of mappings/ cannot be used"),
    "config.secret_exposed": Kind(_WARNING, "config.toml holds a secret, and others can read it"),
    "ledger.unusable": Kind(_WRONG, "[store] url names no ledger, a damaged one, or a newer one"),
    "ledger.unreachable": Kind(_LATER, "the ledger's file or server cannot be opened now"),
    "ledger.not_writable": Kind(_LATER, "the ledger can be read, but not written"),
    "ledger.not_migrated": Kind(
        _WARNING, "the ledger is of an older version; the next run brings it up to date"
    ),
    "ledger.other_account": Kind(_WRONG, "the ledger belongs to another account or environment"),
    "ledger.set_aside": Kind(_WARNING, "tickets or writes are set aside and wait"),
    "sweep.stale": Kind(_WARNING, "the last sweep that did its work is too long ago"),
    "sync.stale": Kind(_WARNING, "the last sync that did its work is too long ago"),
    "clock.skew": Kind(_WARNING, "this machine's clock differs from a service's"),
    "zendesk.unreachable": Kind(_LATER, "Zendesk cannot be reached, or gives no usable answer"),
    "zendesk.credentials.refused": Kind(_REFUSED, "Zendesk takes the credentials for nobody's"),
    "zendesk.token.ends": Kind(_WARNING, "Zendesk ends API tokens soon"),
    "zendesk.role.not_admin": Kind(_REFUSED, "the service user is no admin; exports need one"),
    "zendesk.export.refused": Kind(_REFUSED, "Zendesk refuses the incremental export"),
    "zendesk.group.missing": Kind(_WRONG, "routing.toml names a group that does not exist"),
    "zendesk.field.missing": Kind(_WRONG, "a mapping names a ticket field that does not exist"),
    "zendesk.field.wrong_kind": Kind(_WRONG, "a ticket field cannot hold what is written to it"),
    "zendesk.field.option_missing": Kind(_WRONG, "a dropdown lacks a value that is written to it"),
    "zendesk.organization_field.missing": Kind(
        _WARNING, "an organization field of fields.toml does not exist: its fact stays unknown"
    ),
    "zendesk.organization_field.wrong_kind": Kind(
        _WARNING, "an organization field holds another kind of value than is read from it"
    ),
    "zendesk.integration.absent": Kind(
        _WARNING, "Zendesk's own Jira integration is not installed, or not for this user"
    ),
    "zendesk.rate_limit.low": Kind(_WARNING, "few requests are left of the account's rate limit"),
    "jira.unreachable": Kind(_LATER, "Jira cannot be reached, or gives no usable answer"),
    "jira.credentials.refused": Kind(_REFUSED, "Jira takes the credentials for nobody's"),
    "jira.token.ends": Kind(_WARNING, "Jira's tokens end, and it does not tell when"),
    "jira.deployment.wrong": Kind(_WRONG, "[jira] deployment is not what Jira says it is"),
    "jira.project.missing": Kind(_WRONG, "a route names a project that we cannot see"),
    "jira.service_desk_project": Kind(
        _WARNING, "a route leads to a service project, whose issues customers may see"
    ),
    "jira.permission.missing": Kind(_REFUSED, "the service user lacks a right in a project"),
    "jira.issue_type.missing": Kind(_WRONG, "a route's issue type does not exist in its project"),
    "jira.field.not_on_screen": Kind(_WRONG, "a field that we fill is not on the create screen"),
    "jira.field.required_unmapped": Kind(
        _WRONG, "the create screen requires a field that nothing fills"
    ),
    "jira.field.wrong_kind": Kind(_WRONG, "fields.toml fills a field of another kind"),
    "jira.field.option_missing": Kind(_WRONG, "a select field lacks a value that is written to it"),
    "jira.priority.missing": Kind(_WRONG, "a mapping names a priority that does not exist there"),
    "jira.component.missing": Kind(_WRONG, "a route names a component that does not exist there"),
    "jira.assignee.missing": Kind(_WRONG, "a route names an assignee whom Jira does not know"),
    "jira.security_level.missing": Kind(_WRONG, "a route's security level does not exist there"),
    "jira.security_level.unreadable": Kind(
        _WRONG, "the service user cannot see issues of a route's security level"
    ),
    "jira.status.unmapped": Kind(_WARNING, "no rule of status.toml says what a status means"),
    "jira.resolution.unmapped": Kind(
        _WARNING, "no rule of status.toml says what a resolution means"
    ),
    "jira.transition.missing": Kind(
        _WARNING, "no transition that we see leads an open issue to its end"
    ),
}
"""By id. Ids are public: monitors and manuals name them."""


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
