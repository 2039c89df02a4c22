"""The command line: wires the real things together, prints, exits. Nothing imports it."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from connector import __version__
from connector.cli_completion import completion
from connector.cli_digest import digest
from connector.cli_doctor import check, diagnose
from connector.cli_drafts import drafts
from connector.cli_files import as_json, backtest, extract
from connector.cli_followups import ack_, snooze_, told_
from connector.cli_groups import group
from connector.cli_learning import learn, learned
from connector.cli_prune import prune
from connector.cli_words import Commands, Names, TicketNumber, When
from connector.ending import leave

if TYPE_CHECKING:
    from connector.app import App

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_TARGETS = Names(["L2", "Engineering", "Product", "Security", "Leadership"], case_sensitive=False)
_SEVERITIES = Names(["Critical", "High", "Medium"], case_sensitive=False)
_ASKS = Names(["investigate", "fix", "decide", "approve"])
_STATES = Names(
    ["open", "acknowledged", "in_progress", "resolved", "confirmed", "de_escalated", "regressed"]
)
_REASONS = Names(["support_resolvable", "workaround", "self_resolved", "reassessed", "rejected"])
dry = click.option("--dry-run", is_flag=True, help="Show every write; make none.")


@click.group(cls=Commands, context_settings=_CONTEXT)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    envvar="ESCALATION_CONFIG",
    help="The configuration file. [default: $ESCALATION_CONFIG, then ./config.toml]",
)
@click.option("-v", "--verbose", count=True, help="Say more: -v each call, -vv everything.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
@click.option("--log-format", type=Names(["text", "json"]), default="text")
@click.option("--now", type=When(), hidden=True, help="The time to take for now (replays, tests).")
@click.version_option(__version__, prog_name="escalation")
@click.pass_context
def cli(
    ctx: click.Context,
    config: Path | None,
    verbose: int,
    quiet: bool,  # noqa: FBT001 - click passes flags by name
    log_format: Literal["text", "json"],
    now: datetime | None,
) -> None:
    """Escalates what cannot wait from Zendesk to Jira, once, and brings the answer back.

    \b
    Try it without any account:   escalation demo
    From cron, every few minutes: escalation sweep; escalation sync
    """
    from connector.app import App

    ctx.obj = App(
        config=config,
        now=now or datetime.now(UTC),  # noqa: TID251 - the one place that reads the clock
        frozen=now is not None,
        verbosity=-1 if quiet else verbose,
        log_format=log_format,
    )


@cli.command()
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.pass_obj
def init(app: App, force: bool) -> None:  # noqa: FBT001
    """Write a commented config.toml and a copy of mappings/ to edit.

    On a terminal it asks for addresses and credentials, tests them, and proposes mappings
    that fit what it finds in both services. Elsewhere it writes the defaults.

    \b
    Example:
      escalation init
    """
    from connector.start.run import run_init

    raise click.exceptions.Exit(run_init(app, force=force))


@cli.command()
@dry
@as_json
@click.option("--limit", type=click.IntRange(min=0), help="At most N new escalations in this run.")
@click.option("--full", is_flag=True, help="Read again all open tickets and the window's.")
@click.pass_obj
def sweep(app: App, dry_run: bool, json_: bool, limit: int | None, full: bool) -> None:  # noqa: FBT001
    """Look once at the tickets that changed, and escalate what cannot wait.

    Made for cron: a second sweep over the same facts writes nothing, and one that finds
    another still running leaves at once with exit code 4.

    \b
    Example:
      escalation sweep --dry-run
    """
    from connector.sweep import run_sweep
    from connector.texts import print_report

    report = app.run("sweep", run_sweep, dry_run=dry_run, limit=limit, full=full)
    app.finish(report, json_, print_report)


@cli.command()
@dry
@as_json
@click.pass_obj
def sync(app: App, dry_run: bool, json_: bool) -> None:  # noqa: FBT001
    """Bring Jira's news back to every linked ticket, and follow up what is due.

    \b
    Example:
      escalation sync --json
    """
    from connector.sync import run_sync
    from connector.texts import print_report

    app.finish(app.run("sync", run_sync, dry_run=dry_run), json_, print_report)


@cli.command()
@click.argument("tickets", metavar="ID...", nargs=-1, required=True, type=TicketNumber())
@click.option("--target", type=_TARGETS, help="Who receives it. [default: as assessed]")
@click.option("--severity", type=_SEVERITIES, help="[default: as assessed]")
@click.option("--ask", type=_ASKS, help="What the receiver is asked to do.")
@click.option("--need", metavar="TEXT", help="The specific ask, in one sentence.")
@click.option("--deadline", type=When(), metavar="WHEN", help="ISO 8601. [default: by severity]")
@click.option("--reason", metavar="TEXT", help="Why you escalate; kept in the history.")
@dry
@as_json
@click.pass_obj
def ticket(app: App, /, tickets: tuple[int, ...], json_: bool, **chosen: Any) -> None:  # noqa: FBT001
    """Escalate tickets by hand. Several IDs are one issue: they share one escalation.

    Says so, and where, when a ticket is escalated already; the others join it.

    \b
    Example:
      escalation ticket 1042 --target Engineering --severity High --ask fix
    """
    from connector.manual import escalate_by_hand
    from connector.texts import print_report

    report = app.run("ticket", escalate_by_hand, tickets=tickets, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)


@cli.command()
@click.argument("tickets", metavar="[ID]...", nargs=-1, type=TicketNumber())
@click.option(
    "--from-file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Assess every ticket of a JSON Lines file; no account needed.",
)
@as_json
@click.pass_obj
def assess(app: App, tickets: tuple[int, ...], file: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Say why a ticket would be escalated, or why not. Writes nothing.

    \b
    Example:
      escalation assess 1042
      escalation assess --from-file export.jsonl --json
    """
    from connector.explain import assess_file, assess_tickets, print_explanations

    if bool(tickets) == (file is not None):
        raise click.UsageError("give ticket ids, or --from-file FILE")
    if file is not None:
        mappings, window = app.offline()
        found = assess_file(file, mappings, window, app.now)
    else:
        found = app.look(assess_tickets, tickets=tickets)
    app.finish(found, json_, print_explanations)


@cli.command(name="deescalate")
@click.argument("ref")
@click.option("--reason", type=_REASONS, required=True)
@click.option("--learned", metavar="TEXT", required=True, help="Kept, and found again.")
@dry
@as_json
@click.pass_obj
def deescalate_(app: App, /, ref: str, json_: bool, **chosen: Any) -> None:  # noqa: FBT001
    """End an escalation by hand; the team and every ticket are told.

    \b
    Example:
      escalation deescalate ESC-12 --reason workaround --learned "Export as CSV works"
    """
    from connector.closing import deescalate
    from connector.texts import print_report

    report = app.run("deescalate", deescalate, ref=ref, wait=app.patience, **chosen)
    app.finish(report, json_, print_report)


@cli.command(name="list")
@click.option("--state", type=_STATES, help="Only this state. [default: the live ones]")
@as_json
@click.pass_obj
def list_(app: App, state: str | None, json_: bool) -> None:  # noqa: FBT001
    """The live escalations, most urgent first, and the groups that wait for a person.

    \b
    Example:
      escalation list
      escalation list --state resolved
    """
    from connector.listing_texts import print_listing
    from connector.shelf import list_escalations

    mappings, window = app.offline()
    with app.ledger() as ledger:
        least = mappings.triggers.same_issue_customers
        found = list_escalations(ledger, state=state, now=app.now, window=window, customers=least)
    app.finish(found, json_, print_listing)


@cli.command()
@click.argument("ref")
@as_json
@click.pass_obj
def show(app: App, ref: str, json_: bool) -> None:  # noqa: FBT001
    """One escalation: brief, tickets, history, and what was written where.

    REF is a Jira key, a ticket id or an escalation id.

    \b
    Example:
      escalation show ESC-12
    """
    from connector.story import show_escalation
    from connector.story_texts import print_story

    with app.ledger() as ledger:
        found = show_escalation(ledger, ref=ref, now=app.now)
    app.finish(found, json_, print_story)


@cli.group()
def quarantine() -> None:
    """Tickets and writes that were set aside, with the reason.

    \b
    Example:
      escalation quarantine list
      escalation quarantine retry ticket:1042
    """


@quarantine.command(name="list")
@as_json
@click.pass_obj
def quarantine_list(app: App, json_: bool) -> None:  # noqa: FBT001
    """What is set aside, and when it is tried next.

    \b
    Example:
      escalation quarantine list --json
    """
    from connector.quarantine import listed, print_set_aside

    with app.ledger() as ledger:
        found = listed(ledger, now=app.now)
    app.finish(found, json_, print_set_aside)


@quarantine.command(name="retry")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@as_json
@click.pass_obj
def quarantine_retry(app: App, keys: tuple[str, ...], json_: bool) -> None:  # noqa: FBT001
    """Let the next run take them up again.

    For a write of unknown outcome you say with this that it did not happen.

    \b
    Example:
      escalation quarantine retry ticket:1042
    """
    from connector.quarantine import print_set_aside, retry

    with app.ledger() as ledger, ledger.run_lock("quarantine", wait_seconds=app.patience):
        found = retry(ledger, keys, now=app.now)
    app.finish(found, json_, print_set_aside)


@quarantine.command(name="drop")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@as_json
@click.pass_obj
def quarantine_drop(app: App, keys: tuple[str, ...], json_: bool) -> None:  # noqa: FBT001
    """Never try them again; the history says so.

    \b
    Example:
      escalation quarantine drop intent:0f3a
    """
    from connector.quarantine import drop, print_set_aside

    with app.ledger() as ledger, ledger.run_lock("quarantine", wait_seconds=app.patience):
        found = drop(ledger, keys, now=app.now)
    app.finish(found, json_, print_set_aside)


@cli.command()
@click.option("--port", type=click.IntRange(0, 65534), default=8900, show_default=True)
@click.option(
    "--load",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tickets from a JSON Lines file in place of the demo week.",
)
@click.option("--empty", is_flag=True, help="Start without any ticket.")
@click.option(
    "--deployment", type=Names(["cloud", "datacenter"]), default="cloud", show_default=True
)
@click.option("--limits", type=Names(["real", "trial", "off"]), default="real")
@click.option("--search-lag", type=float, default=0.0, help="Seconds that Jira's search lags.")
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Speak HTTPS with this certificate (PEM); needs --key.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate's private key (PEM).",
)
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), hidden=True)
@click.pass_obj
def sandbox(app: App, /, **chosen: Any) -> None:
    """Run Zendesk and Jira on loopback, in the foreground, until Ctrl-C.

    Prints a configuration that points at it; Jira listens on the next port.

    \b
    Example:
      escalation sandbox --port 8900
    """
    from connector.play import run_sandbox

    raise click.exceptions.Exit(run_sandbox(app, **chosen))


@cli.command()
@click.pass_obj
def demo(app: App) -> None:
    """Show the whole story on the sandbox, in under a minute. No account needed.

    \b
    Example:
      escalation demo
    """
    from connector.demo import run_demo

    raise click.exceptions.Exit(run_demo(app))


for command in (backtest, check, completion, diagnose, digest, extract, group, prune):
    cli.add_command(command)
for command in (ack_, drafts, learn, learned, snooze_, told_):
    cli.add_command(command)


def collect_rarely() -> None:
    """What is imported lives as long as a command: no search for garbage needs to go through it."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def main() -> NoReturn:
    """The installed command."""
    collect_rarely()
    leave(lambda: cli.main(standalone_mode=False))


if __name__ == "__main__":
    main()
