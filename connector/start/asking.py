"""The conversation of `escalation init` on a terminal: ask, test, look, propose, write.

Everything is said on stderr. A secret is asked for without echo, and written only where the person
says so.
"""

from __future__ import annotations

import shutil
import textwrap
import time
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import ValidationError

from connector.clients.retry import Budget, RetryPolicy
from connector.config import JiraSettings, ZendeskSettings
from connector.core.model import Target
from connector.credentials import variable_of
from connector.errors import ConnectorError, did_you_mean
from connector.mapping_files import load_mappings
from connector.start import proposal as propose
from connector.start.edits import config_text, edited
from connector.start.files import CONFIG, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.app import App
    from connector.clients.jira import JiraTracker
    from connector.clients.zendesk import ZendeskDesk
    from connector.start.proposal import Proposal

T = TypeVar("T")
S = TypeVar("S", ZendeskSettings, JiraSettings)
Key = tuple[str, str]

_SECONDS = 45.0
_SHOWN = 30
_CLOUD = ".atlassian.net"
_WHERE = {
    "variables": "nowhere: I set variables",
    "files": "in private files below secrets/",
    "config": "in config.toml, which only I may read then",
}


class Answers:
    """What was said: settings to write, and the secrets apart from them."""

    def __init__(self) -> None:
        self.settings: dict[Key, str] = {}
        self.secrets: dict[Key, str] = {}
        self.proposal = propose.Proposal()


def ask(app: App, *, clock: Callable[[], float] = time.monotonic) -> Answers:
    """The whole conversation. Nothing is written by it."""
    said = Answers()
    budget = Budget(_SECONDS, clock=clock)
    say("Empty answers take what stands in brackets. Nothing is written before the end.\n")
    desk = _sign_in(said, "Zendesk", _ask_zendesk, app.desk, budget)
    tracker = _sign_in(said, "Jira", _ask_jira, app.tracker, budget)
    of_desk = _looked(lambda: _of_desk(desk), budget) if desk else None
    of_tracker = _looked(lambda: _of_tracker(tracker, budget), budget) if tracker else None
    said.proposal = propose.together(
        of_tracker or propose.Proposal(), of_desk or propose.Proposal()
    )
    return said


def say(text: str) -> None:
    """Wrapped between words; lines and empty lines are kept."""
    width = shutil.get_terminal_size().columns
    lines = [textwrap.fill(line, width, replace_whitespace=False) for line in text.split("\n")]
    click.echo("\n".join(lines), err=True)


# --- credentials ----------------------------------------------------------------------------------


def _sign_in(
    said: Answers,
    name: str,
    question: Callable[[Answers], S],
    connect: Callable[[S, RetryPolicy], T],
    budget: Budget,
) -> T | None:
    """Asks until somebody is signed in, or the person gives up and goes on without."""
    while True:
        try:
            settings = question(said)
        except ValidationError as error:
            told = (str(one["msg"]) for one in error.errors(include_input=False))
            say("  ".join(one.removeprefix("Value error, ") for one in told) + "\n")
            continue
        try:
            budget.renew()
            service: Any = connect(settings, RetryPolicy(budget))
            me = service.whoami()
        except ConnectorError as error:
            say(f"{name} does not let us in: {error}")
            if click.confirm("Try again?", default=True, err=True):
                continue
            return None
        say(f"{name}: signed in as {me.name or me.id}.\n")
        known: T = service
        return known


def _ask_zendesk(said: Answers) -> ZendeskSettings:
    url = _url(_prompt("Zendesk address, such as https://acme.zendesk.com"), "zendesk.com")
    ZendeskSettings(url=url)
    section = "zendesk"
    said.settings[section, "url"] = url
    for key in ("email", "oauth_client_id"):
        said.settings.pop((section, key), None)
    for key in ("token", "oauth_client_secret"):
        said.secrets.pop((section, key), None)
    say("An OAuth client lasts; Zendesk ends API tokens on 2027-04-30.")
    way = _prompt("Sign in with", "oauth", click.Choice(["oauth", "token"]))
    if way == "oauth":
        said.settings[section, "oauth_client_id"] = _prompt("OAuth client id")
        said.secrets[section, "oauth_client_secret"] = _secret("OAuth client secret")
    else:
        said.settings[section, "email"] = _prompt("E-mail address of the service user")
        said.secrets[section, "token"] = _secret("API token")
    return ZendeskSettings(**_section(said, section))


def _ask_jira(said: Answers) -> JiraSettings:
    url = _url(_prompt("Jira address, such as https://acme.atlassian.net"), "atlassian.net")
    JiraSettings(url=url)
    section = "jira"
    said.settings[section, "url"] = url
    said.settings.pop((section, "email"), None)
    usual = "cloud" if url.endswith(_CLOUD) else "datacenter"
    kind = usual
    if usual != "cloud":
        kind = _prompt("Deployment", usual, click.Choice(["cloud", "datacenter"]))
    said.settings[section, "deployment"] = kind
    if kind == "cloud":
        said.settings[section, "email"] = _prompt("E-mail address of the service user")
    what = "API token" if kind == "cloud" else "Personal access token"
    said.secrets[section, "token"] = _secret(what)
    return JiraSettings(**_section(said, section))


def _section(said: Answers, section: str) -> dict[str, Any]:
    whole = said.settings | said.secrets
    return {key: value for (table, key), value in whole.items() if table == section}


def _url(text: str, domain: str) -> str:
    """`acme` alone is the name of a cloud account."""
    if text.replace("-", "").isalnum():
        return f"https://{text}.{domain}"
    return text if "://" in text else f"https://{text}"


def _prompt(text: str, default: str | None = None, kind: Any = None) -> str:
    return str(click.prompt(text, default=default, type=kind, err=True)).strip()


def _secret(text: str) -> str:
    return str(click.prompt(f"{text} (not shown)", hide_input=True, err=True)).strip()


# --- looking and proposing ------------------------------------------------------------------------


def _looked(look: Callable[[], Proposal], budget: Budget) -> Proposal | None:
    """A service that fails now leaves its part as it is shipped."""
    budget.renew()
    try:
        return look()
    except ConnectorError as error:
        say(f"Could not look further: {error}. The defaults are written for it.\n")
        return None


def _of_desk(desk: ZendeskDesk) -> Proposal:
    facts = desk.facts()
    found = propose.of_desk(facts)
    for name, field in found.ticket_fields.items():
        say(f"Zendesk field for {name}: {field.title} ({field.id})")
    for name, key in found.organization.items():
        say(f"Organization field for {name}: {key or 'there is none; it stays unknown'}")
    say(f"\nGroups: {_listed(sorted(facts.groups))}")
    group = _choice(
        "Group of second-level support", list(facts.groups), propose.likely_group(facts.groups)
    )
    return found.model_copy(update={"group": group})


def _of_tracker(tracker: JiraTracker, budget: Budget) -> Proposal:
    names = tracker.project_names()
    if not names:
        say("This account sees no Jira project: the defaults are written.\n")
        return propose.Proposal()
    say(f"\nJira projects: {_listed(f'{key} ({name})' for key, name in sorted(names.items()))}")
    likely = propose.likely_projects(names)
    chosen: dict[Target, str] = {}
    for target in propose.IN_JIRA:
        usual = likely.get(target) or (
            None if target is Target.SECURITY else chosen.get(Target.ENGINEERING)
        )
        chosen[target] = _choice(f"Project for {target}", list(names), usual)
    budget.renew()
    facts = tracker.facts(tuple(dict.fromkeys(chosen.values())))
    found = propose.of_tracker(facts, chosen, load_mappings(None).status)
    others = {key for target, key in chosen.items() if target is not Target.SECURITY}
    if chosen[Target.SECURITY] in others:
        found = found.model_copy(
            update={"security_level": _level(facts.projects[chosen[Target.SECURITY]].levels)}
        )
    for target, kind in found.issue_types.items():
        say(f"{target}: {chosen[target]}, as {kind}")
    for severity, priority in found.priorities.items():
        say(f"{severity}: priority {priority}")
    for one in (*found.resolutions, *found.statuses):
        say(f"{one.name!r} in Jira means: {one.state or 'the same as another issue'}")
    if found.unknown:
        say(f"Not known what these resolutions mean: {', '.join(found.unknown)} (see status.toml)")
    say("")
    return found


def _level(levels: tuple[str, ...] | None) -> str:
    say("Security shares its project: its issues need a security level that hides them.")
    if levels:
        return _choice("Security level", list(levels), levels[0])
    return _prompt("Security level")


def _choice(text: str, known: list[str], usual: str | None) -> str:
    """One of these, in any case; asked again for anything else."""
    folded = {name.casefold(): name for name in known}
    while True:
        answer = _prompt(text, usual)
        if answer.casefold() in folded:
            return folded[answer.casefold()]
        say(f"There is no {answer!r}.{did_you_mean(answer, known)}")


def _listed(names: Any) -> str:
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


# --- what will be written -------------------------------------------------------------------------


def texts_of(said: Answers) -> tuple[dict[str, str], dict[str, str]]:
    """The files by path, and those of them that only their owner may read."""
    texts = edited(shipped_texts(), said.proposal)
    settings = dict(said.settings)
    private: dict[str, str] = {}
    where = _where(said) if said.secrets else "variables"
    if where == "files":
        for (section, key), secret in said.secrets.items():
            path = f"secrets/{section}-{key.replace('_', '-')}"
            private[path] = f"{secret}\n"
            settings[section, f"{key}_file"] = path
    elif where == "config":
        settings |= said.secrets
    texts[CONFIG] = config_text(texts[CONFIG], settings)
    if where == "config":
        private[CONFIG] = texts[CONFIG]
    return texts, private


def _where(said: Answers) -> str:
    say("Where are the secrets to be kept?")
    for name, told in _WHERE.items():
        say(f"  {name:<10} {told}")
    where = _prompt("Keep secrets", "variables", click.Choice(list(_WHERE)))
    if where == "variables":
        say("\nSet these where the command runs (a file that cron reads, mode 0600):")
        for key in said.secrets:
            say(f"  export {variable_of(key)}=…")
    return where
