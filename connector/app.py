"""Builds the real things from the configuration, once each, and only when a command needs them."""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

import click
from pydantic import SecretStr

from connector.config import (
    GroupingSettings,
    SweepSettings,
    effective_mappings,
    effective_sweep,
    grouping_settings,
    load_settings,
)
from connector.errors import (
    ConfigError,
    ConnectorError,
    ExitCode,
    InvalidConfigError,
    did_you_mean,
)
from connector.logs import set_up_logging
from connector.mapping_files import load_mappings
from connector.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from rich.console import Console

    from connector.clients.auth import ApiToken, BearerToken, Credential
    from connector.clients.calls import CallObserver
    from connector.clients.jira import JiraTracker
    from connector.clients.retry import RetryPolicy
    from connector.clients.zendesk import ZendeskDesk
    from connector.config import JiraSettings, Settings, ZendeskSettings
    from connector.core.mapping import Mappings
    from connector.ledger.lock import Lease
    from connector.ledger.store import Ledger
    from connector.meaning import SentenceModel
    from connector.ports import Desk
    from connector.report import Report
    from connector.services import Services


class Answer(Protocol):
    """What a command found: a frozen value with the contract's exit code."""

    @property
    def exit_code(self) -> ExitCode: ...

    def model_dump_json(self, *, indent: int | None = None) -> str: ...


A = TypeVar("A")


@dataclass
class App:
    """The command line's options, and what is built from them.

    `frozen`: --now was given. `patience`: seconds that a command by hand waits for the lock.
    """

    config: Path | None
    now: datetime
    frozen: bool = False
    verbosity: int = 0
    log_format: Literal["text", "json"] = "text"
    patience: float = 30.0
    _line: ProgressLine | None = field(default=None, init=False)

    def settings(self, *, need_credentials: bool = True) -> Settings:
        """config.toml and the environment. Raises ConfigError with every problem at once."""
        settings = load_settings(self.config, os.environ, need_credentials=need_credentials)
        set_up_logging(
            verbosity=self.verbosity, form=self.log_format, secrets=secret_values(settings)
        )
        return settings

    def mappings(self, settings: Settings) -> Mappings:
        """The mapping files, validated as a whole; config.toml's numbers win."""
        return effective_mappings(load_mappings(settings.mappings.path), settings.sweep)

    def configured(self) -> tuple[Settings, Mappings]:
        """Settings and mappings. Raises InvalidConfigError with the problems of both at once."""
        problems: list[str] = []
        settings: Settings | None = None
        mappings: Mappings | None = None
        try:
            settings = self.settings()
        except InvalidConfigError as error:
            problems += error.problems
        try:
            mappings = load_mappings(settings.mappings.path if settings else self._beside())
        except InvalidConfigError as error:
            problems += error.problems
        if settings is None or mappings is None:
            raise InvalidConfigError(problems)
        return settings, effective_mappings(mappings, settings.sweep)

    def _beside(self) -> Path | None:
        """The folder of mappings beside a configuration that could not be read as a whole."""
        file = self.config or Path(os.environ.get("ESCALATION_CONFIG") or "config.toml")
        folder = file.parent / "mappings"
        return folder if folder.is_dir() else None

    def offline(self) -> tuple[Mappings, timedelta]:
        """Mappings and window for a command that needs no account: without a configuration the
        shipped ones.
        """
        if self.config is None and not Path("config.toml").exists():
            return load_mappings(None), timedelta(days=SweepSettings().window_days)
        settings = self.settings(need_credentials=False)
        return self.mappings(settings), timedelta(days=settings.sweep.window_days)

    def meaning(self) -> SentenceModel | None:
        """The sentence model to tell reports by; None: by words alone."""
        return _meaning(grouping_settings(self.config, os.environ))

    @contextmanager
    def ledger(self, settings: Settings | None = None) -> Iterator[Ledger]:
        """The store, migrated. Without `settings` no credentials are needed."""
        from connector.ledger.store import open_ledger

        known = settings or self.settings(need_credentials=False)
        with open_ledger(known.store.url.get_secret_value(), now=self.now) as ledger:
            yield ledger

    def run(
        self,
        name: str,
        command: Callable[..., Report],
        *,
        dry_run: bool = False,
        wait: float = 0.0,
        **options: Any,
    ) -> Report:
        """One run of a command that may write: locked, pinned to its account, recorded.

        A dry run works on a ledger that forgets everything at the end.
        """
        settings, mappings = self.configured()
        owner = f"{name} (process {os.getpid()} on {socket.gethostname()})"
        with self.ledger(settings) as ledger, ledger.run_lock(owner, wait_seconds=wait) as lease:
            if dry_run:
                with ledger.rehearsal():
                    services = self.services(settings, mappings, ledger, lease, dry_run=True)
                    return command(services, **options)
            services = self.services(settings, mappings, ledger, lease)
            return self._recorded(name, command, services, options)

    def look(self, command: Callable[..., A], **options: Any) -> A:
        """One run of a command that only reads from the services; no lock."""
        settings, mappings = self.configured()
        with self.ledger(settings) as ledger:
            return command(self.services(settings, mappings, ledger, None), **options)

    def _recorded(
        self,
        name: str,
        command: Callable[..., Report],
        services: Services,
        options: dict[str, Any],
    ) -> Report:
        with services.ledger.transaction() as tx:
            run = tx.run.start(name, self.now)
        code, kept = ExitCode.TRY_LATER, None
        try:
            report = command(services, **options)
            code, kept = report.exit_code, report.model_dump(mode="json", exclude={"writes"})
        except ConnectorError as error:
            code = error.exit_code
            raise
        finally:
            with services.ledger.transaction() as tx:
                tx.run.finish(run, self.now, code, kept)
        return report

    def services(
        self,
        settings: Settings,
        mappings: Mappings,
        ledger: Ledger,
        lease: Lease | None,
        *,
        dry_run: bool = False,
    ) -> Services:
        """Both clients and all that a run works with."""
        from connector.clients.calls import CallCounter
        from connector.clients.retry import Budget, RetryPolicy
        from connector.services import Services

        line = self._on_terminal()
        policy = RetryPolicy(
            Budget(settings.sweep.budget_seconds),
            sleep=line.sleep if line else time.sleep,
            waiting=line.waiting if line else None,
            still_ours=None if lease is None else partial(ledger.still_held, lease),
        )
        calls = CallCounter()
        asked = (mappings.status.ends.field,) if mappings.status.ends.field else ()
        desk, tracker = self._clients(settings, policy, calls, fields=asked)
        ledger.pin(settings.sweep.environment, desk.name, settings.jira.url)
        mappings = _with_field_ids(mappings, desk)
        sweep = effective_sweep(settings.sweep, mappings)
        return Services(
            desk=desk,
            tracker=tracker,
            ledger=ledger,
            lease=lease,
            mappings=mappings,
            now=self.now,
            environment=settings.sweep.environment,
            desk_url=settings.zendesk.url,
            site=settings.jira.url,
            window=timedelta(days=sweep.window_days),
            max_new=sweep.max_new_per_run,
            min_customers=sweep.min_customers,
            resend=policy.resend,
            calls=calls.by_endpoint,
            dry_run=dry_run,
            progress=self.progress,
            meaning=_meaning(settings.grouping),
        )

    def _clients(
        self,
        settings: Settings,
        policy: RetryPolicy,
        *observers: CallObserver,
        fields: Sequence[str] = (),
    ) -> tuple[ZendeskDesk, JiraTracker]:
        desk = self.desk(settings.zendesk, policy, *observers)
        return desk, self.tracker(settings.jira, policy, *observers, fields=fields)

    def desk(
        self, zendesk: ZendeskSettings, policy: RetryPolicy, *observers: CallObserver
    ) -> ZendeskDesk:
        """Zendesk; every call is logged, and told to the observers."""
        from connector.clients.calls import CallLog
        from connector.clients.zendesk import ZendeskDesk

        watchers = (*observers, CallLog())
        login = _desk_login(zendesk)
        return ZendeskDesk(zendesk.url, login, policy=policy, observers=watchers, wall=self.wall)

    def tracker(
        self,
        jira: JiraSettings,
        policy: RetryPolicy,
        *observers: CallObserver,
        fields: Sequence[str] = (),
    ) -> JiraTracker:
        """Jira, likewise; `fields` are read besides the usual ones."""
        from connector.clients.calls import CallLog
        from connector.clients.jira import JiraTracker

        return JiraTracker(
            jira.url,
            _tracker_login(jira),
            jira.deployment,
            policy=policy,
            observers=(*observers, CallLog()),
            wall=self.wall,
            fields=fields,
        )

    @contextmanager
    def clients(
        self, settings: Settings, *, seconds: float
    ) -> Iterator[tuple[ZendeskDesk, JiraTracker]]:
        """Both services for looking at, without a ledger, for at most so many seconds."""
        from connector.clients.retry import Budget, RetryPolicy

        desk, tracker = self._clients(settings, RetryPolicy(Budget(seconds)))
        try:
            yield desk, tracker
        finally:
            desk.close()
            tracker.close()

    def wall(self) -> float:
        """Seconds since the epoch, by --now if it was given."""
        return self.now.timestamp() if self.frozen else time.time()

    # --- saying it ----------------------------------------------------------------------------

    def progress(self, step: str, done: int, total: int | None = None) -> None:
        """A line that rewrites itself, on a terminal only."""
        line = self._on_terminal()
        if line is not None:
            line(step, done, total)

    def clear_progress(self) -> None:
        """Makes room for what comes next."""
        if self._line is not None:
            self._line.clear()

    def _on_terminal(self) -> ProgressLine | None:
        """None where nobody looks, or where each call is told anyway."""
        if self._line is None and self.verbosity == 0 and sys.stderr.isatty():
            self._line = ProgressLine(sys.stderr)
        return self._line

    def finish(
        self,
        answer: Answer,
        as_json: bool,  # noqa: FBT001 - the command's own flag, passed on
        show: Callable[[Any, Console], None],
    ) -> None:
        """Prints the answer and leaves with its exit code."""
        self.clear_progress()
        if as_json:
            click.echo(answer.model_dump_json(indent=2))
        else:
            from connector.texts import console

            show(answer, console())
        raise click.exceptions.Exit(answer.exit_code)


def _meaning(grouping: GroupingSettings) -> SentenceModel | None:
    from connector.meaning import find_model

    return None if grouping.vectors == "off" else find_model(grouping.model)


def _with_field_ids(mappings: Mappings, desk: Desk) -> Mappings:
    """Ticket fields that fields.toml names by title, by id. ConfigError for an unknown title."""
    titles = mappings.fields.titles
    if not titles:
        return mappings
    known = desk.ticket_field_ids()
    strange = [title for title in titles if title not in known]
    if strange:
        near = did_you_mean(strange[0], known)
        raise ConfigError(
            f"fields.toml: ticket names the field {strange[0]!r}, which Zendesk does not have."
            f"{near} Known: {', '.join(sorted(known))}."
        )
    return mappings.model_copy(update={"fields": mappings.fields.with_ids(known)})


def _desk_login(zendesk: ZendeskSettings) -> Credential:
    from connector.clients.auth import ApiToken, OAuthClient

    if zendesk.oauth_client_id is not None and zendesk.oauth_client_secret is not None:
        return OAuthClient(
            client_id=zendesk.oauth_client_id, client_secret=zendesk.oauth_client_secret
        )
    return ApiToken(email=zendesk.email or "", token=zendesk.token or SecretStr(""))


def _tracker_login(jira: JiraSettings) -> ApiToken | BearerToken:
    from connector.clients.auth import ApiToken, BearerToken

    token = jira.token or SecretStr("")
    if jira.deployment == "cloud":
        return ApiToken(email=jira.email or "", token=token)
    return BearerToken(token=token)


def secret_values(settings: Settings) -> tuple[str, ...]:
    """Every secret of the configuration, so that the log can hide them."""
    held = (settings.zendesk.oauth_client_secret, settings.zendesk.token, settings.jira.token)
    password = urlsplit(settings.store.url.get_secret_value()).password
    found = [secret.get_secret_value() for secret in held if secret is not None]
    return tuple(found + ([password] if password else []))
