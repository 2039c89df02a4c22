"""Every check that there is: a stable id, what a finding costs, what it means, how it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

_WARNING, _WRONG = ExitCode.SET_ASIDE, ExitCode.USAGE
_REFUSED, _LATER = ExitCode.REFUSED, ExitCode.TRY_LATER


class Kind(NamedTuple):
    """`code`: what a finding makes the command end with. The words are for the manual; a finding
    itself says more, and names names.
    """

    code: ExitCode
    means: str
    mend: str


_HERE: Mapping[str, Kind] = {
    "config.invalid": Kind(
        _WRONG,
        "config.toml, a variable or a file of mappings/ cannot be used",
        "each problem names file, key, value and what is allowed",
    ),
    "config.secret_exposed": Kind(
        _WARNING, "config.toml holds a secret, and others can read it", "chmod 600 config.toml"
    ),
    "ledger.unusable": Kind(
        _WRONG,
        "[store] url names no ledger, a damaged one, or one of a newer version",
        "correct the url; put a copy back, or move a damaged file away: an empty ledger takes over "
        "what exists; install the newer version",
    ),
    "ledger.unreachable": Kind(
        _LATER,
        "the ledger's file or server cannot be opened now",
        "see whether its disk or server is there, and may be used by this user",
    ),
    "ledger.not_writable": Kind(
        _LATER,
        "the ledger can be read, but not written",
        "write permission for the file and its folder, or for the database's tables",
    ),
    "ledger.not_migrated": Kind(
        _WARNING,
        "the ledger is of an older version",
        "nothing: the next run copies it and brings it up to date",
    ),
    "ledger.other_account": Kind(
        _WRONG,
        "the ledger belongs to another account or environment",
        "give each its own [store] url",
    ),
    "ledger.set_aside": Kind(
        _WARNING, "tickets or writes are set aside and wait", "escalation quarantine list"
    ),
    "sweep.stale": Kind(
        _WARNING,
        "the last sweep that did its work is more than an hour ago",
        "see whether cron still runs it, and what its last run said",
    ),
    "sync.stale": Kind(
        _WARNING, "the same of sync", "see whether cron still runs it, and what its last run said"
    ),
    "clock.skew": Kind(
        _WARNING,
        "this machine's clock differs from a service's by more than a minute",
        "switch on time synchronization",
    ),
}
_ZENDESK: Mapping[str, Kind] = {
    "zendesk.unreachable": Kind(
        _LATER,
        "Zendesk cannot be reached, or gives no usable answer",
        "see whether the url is right and can be reached from here (proxy, TLS); else try later",
    ),
    "zendesk.credentials.refused": Kind(
        _REFUSED,
        "Zendesk takes the credentials for nobody's, or refuses us a right",
        "a new token or OAuth client; the e-mail address or client id that goes with it",
    ),
    "zendesk.token.ends": Kind(
        _WARNING,
        "Zendesk ends API tokens within 90 days",
        "an OAuth client for client credentials in their place",
    ),
    "zendesk.role.not_admin": Kind(
        _REFUSED, "the service user is no admin; exports need one", "give it the role Admin"
    ),
    "zendesk.export.refused": Kind(
        _REFUSED,
        "Zendesk refuses the incremental export",
        "the role Admin; with OAuth, the scopes read and write",
    ),
    "zendesk.group.missing": Kind(
        _WRONG, "routing.toml names a group that does not exist", "make it, or name another"
    ),
    "zendesk.field.missing": Kind(
        _WRONG,
        "fields.toml or triggers.toml names a ticket field that does not exist or is not active",
        "make it, or name another by id or title",
    ),
    "zendesk.field.wrong_kind": Kind(
        _WRONG, "a ticket field cannot hold what is written to it", "name a text field"
    ),
    "zendesk.field.option_missing": Kind(
        _WRONG,
        "a dropdown lacks a value that is written to it",
        "add the value's tag, or another `field` in the rules of status.toml",
    ),
    "zendesk.organization_field.missing": Kind(
        _WARNING,
        "an organization field of fields.toml does not exist: its fact stays unknown",
        "make it, name another key, or take the line out",
    ),
    "zendesk.organization_field.wrong_kind": Kind(
        _WARNING,
        "an organization field holds another kind of value than is read from it",
        "name a field of that kind",
    ),
    "zendesk.integration.absent": Kind(
        _WARNING,
        "Zendesk's own Jira integration is not installed, or not for this user",
        "install it; without it notes and Jira's links are written all the same",
    ),
    "zendesk.rate_limit.low": Kind(
        _WARNING,
        "less than a tenth of the account's requests is left this minute",
        "see what else uses the account, or sweep less often",
    ),
}
_JIRA: Mapping[str, Kind] = {
    "jira.unreachable": Kind(
        _LATER,
        "Jira cannot be reached, or gives no usable answer",
        "see whether the url is right, with its path, and can be reached from here; else try later",
    ),
    "jira.credentials.refused": Kind(
        _REFUSED,
        "Jira takes the credentials for nobody's",
        "a new token; on Cloud the e-mail address that goes with it",
    ),
    "jira.token.ends": Kind(
        _WARNING, "Jira's tokens end, and it does not tell when", "note the date that Jira shows"
    ),
    "jira.deployment.wrong": Kind(
        _WRONG, "[jira] deployment is not what Jira says it is", "cloud or datacenter"
    ),
    "jira.project.missing": Kind(
        _WRONG,
        "a route names a project that we cannot see",
        "make it, give the service user Browse Projects in it, or name another",
    ),
    "jira.service_desk_project": Kind(
        _WARNING,
        "a route leads to a service project, whose issues customers may see",
        "use a software or business project",
    ),
    "jira.permission.missing": Kind(
        _REFUSED,
        "the service user lacks a right in a project",
        "grant it in the project's permission scheme",
    ),
    "jira.issue_type.missing": Kind(
        _WRONG, "a route's issue type does not exist in its project", "name one that does"
    ),
    "jira.field.not_on_screen": Kind(
        _WRONG,
        "a field that we fill is not on the create screen (a warning for the priority)",
        "add it to the screen, or leave it out of the mapping",
    ),
    "jira.field.required_unmapped": Kind(
        _WRONG,
        "the create screen requires a field that nothing fills",
        "make it optional, give it a default, or fill it in fields.toml",
    ),
    "jira.field.wrong_kind": Kind(
        _WRONG,
        "fields.toml fills a field of another kind",
        "the form of its kind; on Cloud, no multi-line text field",
    ),
    "jira.field.option_missing": Kind(
        _WRONG, "a select field lacks a value that is written to it", "add the option in Jira"
    ),
    "jira.priority.missing": Kind(
        _WRONG,
        "severity.toml or a route names a priority that does not exist there",
        "name one that does",
    ),
    "jira.component.missing": Kind(
        _WRONG, "a route names a component that does not exist there", "make it, or name another"
    ),
    "jira.assignee.missing": Kind(
        _WRONG,
        "a route names an assignee whom Jira does not know",
        "an account id on Cloud, a user name on Data Center",
    ),
    "jira.security_level.missing": Kind(
        _WRONG,
        "a route's security level does not exist there",
        "add it to the security scheme, or name another",
    ),
    "jira.security_level.unreadable": Kind(
        _WRONG,
        "the service user cannot see issues of a route's security level",
        "add the service user to the level",
    ),
    "jira.status.unmapped": Kind(
        _WARNING,
        "no rule of status.toml says what a status means: such an issue changes nothing",
        "add a rule",
    ),
    "jira.resolution.unmapped": Kind(
        _WARNING,
        "no rule of status.toml says what a resolution means: such an issue changes nothing",
        "add a rule",
    ),
    "jira.transition.missing": Kind(
        _WARNING,
        "no transition that the service user sees leads an open issue to its end",
        "see whether the team can close issues: escalations end when their issue does",
    ),
}
KINDS: Mapping[str, Kind] = {**_HERE, **_ZENDESK, **_JIRA}
"""By id. Ids are public: monitors and manuals name them."""
