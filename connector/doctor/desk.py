"""What a Zendesk account has, held against the mappings: decided from values alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from connector.core.model import Target
from connector.doctor.checks import Check, fine, or_fine, skipped, wrong
from connector.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from connector.core.mapping import Mappings
    from connector.ports import DeskFacts, FieldFacts, Identity

API_TOKENS_END = date(2027, 4, 30)
_SOON = timedelta(days=90)
_LOW = 0.1
_CALLS_OF_A_SWEEP = 6
_TEXT = frozenset({"text", "textarea", "regexp"})
_CHOICE = frozenset({"tagger", "multiselect", "dropdown"})
_ORGANIZATION_KINDS: Mapping[str, frozenset[str]] = {
    "arr": frozenset({"decimal", "integer"}),
    "tier": frozenset({"dropdown", "tagger", "text"}),
    "renewal_date": frozenset({"date"}),
    "reference_customer": frozenset({"checkbox"}),
}


def role_checks(me: Identity, facts: DeskFacts) -> Iterator[Check]:
    """Only an admin may read the exports, and without them there is no sweep."""
    mend = "Admin Center > People > Team members: give this user the role Admin"
    if me.admin is False:
        yield wrong("zendesk.role.not_admin", "role", f"{me.name or me.id} is no admin", f"{mend}.")
    else:
        yield fine("zendesk.role.not_admin", "role", "admin")
    if facts.exports:
        yield fine("zendesk.export.refused", "incremental export", "answers")
    elif me.admin is False:
        yield skipped("zendesk.export.refused", "incremental export", "needs an admin")
    else:
        yield wrong(
            "zendesk.export.refused",
            "incremental export",
            "Zendesk refuses it to this user",
            f"{mend}; with OAuth, grant the client the scopes read and write.",
        )


def group_checks(facts: DeskFacts, mappings: Mappings) -> Iterator[Check]:
    known = {name.casefold() for name in facts.groups}

    def missing() -> Iterator[Check]:
        for n, route in enumerate(mappings.routing.routes):
            name = route.zendesk_group
            if route.target is Target.L2 and name and name.casefold() not in known:
                near = did_you_mean(name, facts.groups)
                yield wrong(
                    "zendesk.group.missing",
                    f"routing.toml: routes[{n}].zendesk_group",
                    f"there is no group {name!r}.{near}",
                    "Make it in Admin Center > People > Groups, or name another one: "
                    f"{_listed(facts.groups)}.",
                )

    names = {route.zendesk_group for route in mappings.routing.routes if route.zendesk_group}
    yield from or_fine(missing(), "zendesk.group.missing", "groups", ", ".join(sorted(names)))


def field_checks(facts: DeskFacts, mappings: Mappings) -> Iterator[Check]:
    """Ticket fields that fields.toml or triggers.toml name, by id or by title."""
    if facts.ticket_fields is None:
        yield skipped("zendesk.field.missing", "ticket fields", "Zendesk does not show them to us")
        return
    known = facts.ticket_fields
    by_name = {field.key: field for field in known} | {field.name: field for field in known}

    def missing() -> Iterator[Check]:
        for place, name in _fields_named(mappings):
            if str(name) not in by_name:
                titles = [field.name for field in known]
                yield wrong(
                    "zendesk.field.missing",
                    place,
                    f"there is no active ticket field {name!r}.{did_you_mean(str(name), titles)}",
                    "Make it in Admin Center > Objects and rules > Fields, or name one of: "
                    f"{_listed(f'{field.name} ({field.key})' for field in known)}.",
                )

    count = len(list(_fields_named(mappings)))
    told = f"all {count} that the mappings name" if count else "the mappings name none"
    yield from or_fine(missing(), "zendesk.field.missing", "ticket fields", told)
    yield from _written_fields(by_name, mappings)


def _fields_named(mappings: Mappings) -> Iterator[tuple[str, int | str]]:
    for name, value in mappings.fields.ticket.model_dump().items():
        if value is not None:
            yield f"fields.toml: ticket.{name}", value
    questions = (
        ("triggers", mappings.triggers.triggers),
        ("suppressors", mappings.triggers.suppressors),
    )
    for list_, asked in questions:
        for n, question in enumerate(asked):
            for field in getattr(question, "fields", {}):
                yield f"triggers.toml: {list_}[{n}].fields", field


def _written_fields(by_name: Mapping[str, FieldFacts], mappings: Mappings) -> Iterator[Check]:
    """The two that we write: the key is free text, the state text or one of a list."""
    ticket = mappings.fields.ticket
    key, state = by_name.get(str(ticket.jira_key)), by_name.get(str(ticket.state))
    if key is not None and key.kind not in _TEXT:
        yield wrong(
            "zendesk.field.wrong_kind",
            "fields.toml: ticket.jira_key",
            f"{key.name!r} is of the kind {key.kind}; Jira's keys need text",
            "Name a field of the kind text.",
        )
    if state is not None and state.kind not in _TEXT | _CHOICE:
        yield wrong(
            "zendesk.field.wrong_kind",
            "fields.toml: ticket.state",
            f"{state.name!r} is of the kind {state.kind}",
            "Name a text field or a dropdown.",
        )
    elif state is not None and state.options:
        values = {rule.state_field for rule in mappings.status.rules if rule.state_field}
        lacking = sorted(values - set(state.options))
        if lacking:
            yield wrong(
                "zendesk.field.option_missing",
                "fields.toml: ticket.state",
                f"the dropdown {state.name!r} lacks {', '.join(lacking)}",
                "Add these as tags of the dropdown's values, or give the rules of status.toml a "
                "`field` that it has.",
            )


def organization_checks(facts: DeskFacts, mappings: Mappings) -> Iterator[Check]:
    """Facts about customers that are nice to have."""
    if facts.organization_fields is None:
        about, why = "organization fields", "Zendesk does not show them to us"
        yield skipped("zendesk.organization_field.missing", about, why)
        return
    known = {field.key: field for field in facts.organization_fields}
    named = {
        name: key
        for name, key in mappings.fields.organization.model_dump().items()
        if key is not None
    }

    def wanting() -> Iterator[Check]:
        for name, key in named.items():
            place, field = f"fields.toml: organization.{name}", known.get(key)
            if field is None:
                yield wrong(
                    "zendesk.organization_field.missing",
                    place,
                    f"there is no organization field {key!r}; {name} stays unknown."
                    f"{did_you_mean(key, known)}",
                    "Make it in Admin Center > People > Organization fields, name another key "
                    f"({_listed(known)}), or take the line out.",
                )
            elif field.kind not in _ORGANIZATION_KINDS[name]:
                kinds = " or ".join(sorted(_ORGANIZATION_KINDS[name]))
                yield wrong(
                    "zendesk.organization_field.wrong_kind",
                    place,
                    f"{key!r} is of the kind {field.kind}; {name} is read from {kinds}",
                    "Name a field of that kind.",
                )

    told = ", ".join(named.values()) or "the mappings name none"
    about = "organization fields"
    yield from or_fine(wanting(), "zendesk.organization_field.missing", about, told)


def service_checks(facts: DeskFacts, *, api_token: bool, now: datetime) -> Iterator[Check]:
    """The integration, how long the credentials last, and what the rate limits leave us."""
    if facts.native_links:
        yield fine("zendesk.integration.absent", "Jira integration", "installed")
    else:
        yield wrong(
            "zendesk.integration.absent",
            "Jira integration",
            "not installed, or not for this user; notes and Jira's links are written all the same",
            "Install 'Jira' from Zendesk's Marketplace and connect it, so that tickets show the "
            "issue beside them.",
        )
    if api_token:
        yield _token_end(now.date())
    yield _allowance(facts)


def _token_end(today: date) -> Check:
    left = (API_TOKENS_END - today).days
    found = f"Zendesk ends API tokens on {API_TOKENS_END}: {max(left, 0)} days left"
    if timedelta(days=left) > _SOON:
        return fine("zendesk.token.ends", "API token", found, measured=left)
    mend = "Make an OAuth client for client credentials and set oauth_client_id and its secret."
    return wrong("zendesk.token.ends", "API token", found, mend, measured=left)


def _allowance(facts: DeskFacts) -> Check:
    account = facts.allowances.get("account")
    exports = next(
        (one for name, one in facts.allowances.items() if name.startswith("incremental")), None
    )
    if account is None:
        about, why = "rate limits", "Zendesk does not tell them"
        return skipped("zendesk.rate_limit.low", about, why)
    found = f"{account.left} of {account.total} requests a minute are left"
    if exports is not None:
        found += f", {exports.left} of {exports.total} for exports"
    found += f"; a sweep without news takes about {_CALLS_OF_A_SWEEP}, 2 of them exports"
    if account.left >= account.total * _LOW:
        return fine("zendesk.rate_limit.low", "rate limits", found, measured=account.left)
    return wrong(
        "zendesk.rate_limit.low",
        "rate limits",
        found,
        "See which other programs use the account at this time, or run the sweep less often.",
        measured=account.left,
    )


def _listed(names: Collection[str] | Iterator[str] | Mapping[str, int]) -> str:
    found = sorted(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return (", ".join(found[:_SHOWN]) + more) or "there is none"


_SHOWN = 12
