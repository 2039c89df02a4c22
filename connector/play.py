"""`escalation sandbox`: both services on loopback, in the foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from connector.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from connector.app import App
    from connector.sandbox.seed import Seed
    from connector.sandbox.server import Sandbox

_CONFIG = """\
# A configuration for this sandbox. Save it as config.toml; nothing in it is a secret.
[zendesk]
url = "{zendesk}"
email = "{email}"
token = "{token}"

[jira]
url = "{jira}"
deployment = "{deployment}"
{login}

[store]
url = "sqlite:///sandbox.db"
"""


def run_sandbox(
    app: App,
    *,
    port: int,
    load: Path | None,
    empty: bool,
    deployment: Literal["cloud", "datacenter"],
    limits: Literal["real", "trial", "off"],
    search_lag: float,
    certificate: Path | None,
    key: Path | None,
    journal: Path | None,
) -> ExitCode:
    """Serves until Ctrl-C or SIGTERM. Lines of `load` that are no tickets are told by number."""
    import ssl

    from connector.sandbox.server import serve_foreground
    from connector.sandbox.world import Clock, Journal, Options, World

    if load is not None and empty:
        raise ConfigError("--load and --empty exclude each other: name a file, or start empty")
    if (certificate is None) is not (key is None):
        raise ConfigError("--certificate and --key belong together: give both files, or none")
    seed, bad = _seed(load, app.now, empty=empty)
    if app.frozen and (empty or load is not None):
        seed = seed.model_copy(update={"now": app.now})
    world = World(
        clock=Clock(seed.now),
        journal=Journal(journal),
        options=Options(deployment=deployment, limits=limits, search_lag=search_lag),
    )

    def ready(sandbox: Sandbox) -> None:
        click.echo(config_for(sandbox))
        tickets = f"{len(seed.tickets):,} tickets" if seed.tickets else "no tickets"
        click.echo(
            f"Zendesk on {sandbox.zendesk_url}, Jira ({deployment}) on {sandbox.jira_url}, "
            f"{tickets}; it is {world.now():%Y-%m-%d %H:%M} UTC there. Ctrl-C ends it.",
            err=True,
        )

    try:
        serve_foreground(world, seed, port, ready, certificate=certificate, key=key)
    except ssl.SSLError:
        raise ConfigError(
            f"--certificate {certificate} and --key {key}: not a certificate and its key in PEM"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"--port {port}: {error.strerror}; two neighbouring free ports are needed, "
            "or --port 0 to have them chosen"
        ) from None
    return ExitCode.SET_ASIDE if bad else ExitCode.DONE


def config_for(sandbox: Sandbox) -> str:
    """A config.toml that points at a running sandbox."""
    from connector.sandbox.jira import EMAIL as JIRA_EMAIL
    from connector.sandbox.jira import TOKEN as JIRA_TOKEN
    from connector.sandbox.zendesk.access import API_TOKEN, EMAIL

    deployment = sandbox.world.options.deployment
    login = f'token = "{JIRA_TOKEN}"'
    if deployment == "cloud":
        login = f'email = "{JIRA_EMAIL}"\n{login}'
    return _CONFIG.format(
        zendesk=sandbox.zendesk_url,
        jira=sandbox.jira_url,
        email=EMAIL,
        token=API_TOKEN,
        deployment=deployment,
        login=login,
    )


def _seed(load: Path | None, now: datetime, *, empty: bool) -> tuple[Seed, int]:
    from connector.sandbox.lines import seed_from_lines
    from connector.sandbox.seed import Seed
    from connector.ticketfile import BadLine, TicketLine, read_lines

    if empty:
        return Seed(), 0
    if load is None:
        from connector.sandbox.demo import demo_seed
        from connector.sandbox.moving import moved_to

        return moved_to(demo_seed(), now), 0
    lines: list[TicketLine] = []
    bad = 0
    with load.open("rb") as handle:
        for line in read_lines(handle):
            if isinstance(line, BadLine):
                bad += 1
                click.echo(f"{load}: line {line.number}: {line.reason}; left out", err=True)
            else:
                lines.append(line)
    return seed_from_lines(lines, now=now), bad
