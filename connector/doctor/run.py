"""One examination: this machine, then both services, each as far as it lets us look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from connector.config import config_file
from connector.doctor import desk as zendesk
from connector.doctor import tracker as jira
from connector.doctor.checks import Check, Examination, fine, skipped, wrong
from connector.doctor.here import clock_check, exposure_checks, ledger_checks
from connector.errors import (
    ConfigError,
    ConnectorError,
    InvalidConfigError,
    RefusedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.app import App
    from connector.clients.jira import JiraTracker
    from connector.clients.zendesk import ZendeskDesk
    from connector.config import Settings
    from connector.core.mapping import Mappings

CONNECTION_SECONDS = 45.0
"""How long a service may be tried for: somebody sits and waits for the answer."""

_UNAUTHENTICATED = 401


def examine(app: App) -> Examination:
    """Everything that can be looked at; what cannot be is told as skipped."""
    return Examination(now=app.now, checks=tuple(_all(app)))


def _all(app: App) -> Iterator[Check]:
    try:
        settings, mappings = app.configured()
    except InvalidConfigError as error:
        yield from (_invalid(problem) for problem in error.problems)
        yield skipped("zendesk.unreachable", "Zendesk and Jira", "the configuration comes first")
        return
    except ConfigError as error:
        yield _invalid(str(error))
        return
    yield fine("config.invalid", "configuration", "config.toml and all mappings are valid")
    yield from exposure_checks(config_file(app.config, os.environ), settings)
    with app.clients(settings, seconds=CONNECTION_SECONDS) as (desk, tracker):
        pinned = {
            "environment": settings.sweep.environment,
            "desk": desk.name,
            "site": settings.jira.url,
        }
        yield from ledger_checks(settings.store.url.get_secret_value(), pinned, app.now)
        yield from _guarded("zendesk", _desk(desk, settings, mappings, app))
        yield from _guarded("jira", _tracker(tracker, settings, mappings))


def _invalid(problem: str) -> Check:
    mend = "Correct what it names, then check again; `escalation init` writes a new one."
    return wrong("config.invalid", "configuration", problem, mend)


def _guarded(side: str, checks: Iterator[Check]) -> Iterator[Check]:
    """What a service's failure means; what was found before it stays."""
    try:
        yield from checks
    except RefusedError as error:
        if error.status == _UNAUTHENTICATED:
            mend = "Make a new token, or correct the e-mail address or client id that goes with it."
        else:
            mend = "Give the service user the right that is refused: see docs/connect.md."
        yield wrong(f"{side}.credentials.refused", "credentials", str(error), mend)
    except UnavailableError as error:
        mend = f"See whether [{side}] url is right and can be reached from here; else try later."
        yield wrong(f"{side}.unreachable", f"[{side}] url", str(error), mend)
    except ConnectorError as error:
        mend = f"See whether [{side}] url is really the address of the service."
        yield wrong(f"{side}.unreachable", f"[{side}] url", str(error), mend)


def _desk(desk: ZendeskDesk, settings: Settings, mappings: Mappings, app: App) -> Iterator[Check]:
    me = desk.whoami()
    yield fine("zendesk.unreachable", "Zendesk", settings.zendesk.url)
    yield fine("zendesk.credentials.refused", "Zendesk user", me.name or me.id)
    facts = desk.facts()
    yield from zendesk.role_checks(me, facts)
    yield from zendesk.group_checks(facts, mappings)
    yield from zendesk.field_checks(facts, mappings)
    yield from zendesk.organization_checks(facts, mappings)
    api_token = settings.zendesk.oauth_client_id is None
    yield from zendesk.service_checks(facts, api_token=api_token, now=app.now)
    yield clock_check("Zendesk", facts.clock_ahead)


def _tracker(tracker: JiraTracker, settings: Settings, mappings: Mappings) -> Iterator[Check]:
    me = tracker.whoami()
    yield fine("jira.unreachable", "Jira", settings.jira.url)
    yield fine("jira.credentials.refused", "Jira user", f"{me.name or me.id}, zone {me.zone}")
    yield skipped("jira.token.ends", "Jira token", _TOKEN_ENDS[settings.jira.deployment])
    wanted = jira.projects_of(mappings)
    facts = tracker.facts(wanted, jira.assignees_of(mappings))
    unseen = set(wanted) - set(facts.projects)
    known = tracker.project_names() if unseen else {}
    cloud = settings.jira.deployment == "cloud"
    yield from jira.deployment_checks(facts, settings.jira.deployment)
    yield from jira.project_checks(facts, mappings, known)
    yield from jira.permission_checks(facts, mappings)
    yield from jira.route_checks(facts, mappings, cloud=cloud)
    yield from jira.status_checks(facts, mappings)
    yield clock_check("Jira", facts.clock_ahead)


_TOKEN_ENDS = {
    "cloud": "Jira does not tell when it ends (a year at most): id.atlassian.com > Security",
    "datacenter": "Jira does not tell when it ends: profile > Personal access tokens",
}
