"""`escalation learned` and `learn` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli_files import as_json

if TYPE_CHECKING:
    from connector.app import App


@click.command()
@click.argument("text", nargs=-1)
@as_json
@click.pass_obj
def learned(app: App, text: tuple[str, ...], json_: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Find what was learned from earlier escalations: root cause, fix, workaround, times.

    Without TEXT everything, the newest first.

    \b
    Example:
      escalation learned export stops at 80 percent
    """
    from connector.learning import print_lessons, search

    with app.ledger() as ledger:
        found = search(ledger, text=" ".join(text), now=app.now)
    app.finish(found, json_, print_lessons)


@click.command()
@click.argument("ref")
@click.option("--root-cause", metavar="TEXT", help="What was really wrong.")
@click.option("--resolution", metavar="TEXT", help="What was done about it.")
@click.option("--workaround", metavar="TEXT", help="What helps until then; drafts tell it.")
@click.option("--earlier", metavar="TEXT", help="What would have caught it earlier.")
@as_json
@click.pass_obj
def learn(
    app: App,
    ref: str,
    root_cause: str | None,
    resolution: str | None,
    workaround: str | None,
    earlier: str | None,
    json_: bool,  # noqa: FBT001 - as above
) -> None:
    """Keep what was learned from an escalation, so that the next one like it begins with it.

    An engineer does the same by a comment in Jira that begins with #learned.

    \b
    Example:
      escalation learn ESC-12 --root-cause "schema of the ledger" --earlier "a test of the export"
    """
    from connector.learning import print_lessons, record

    parts = {
        "root_cause": root_cause or "",
        "resolution": resolution or "",
        "workaround": workaround or "",
        "earlier": earlier or "",
    }
    if not any(parts.values()):
        raise click.UsageError("say at least one of --root-cause, --resolution, --workaround, ...")
    with app.ledger() as ledger, ledger.run_lock("learn", wait_seconds=app.patience):
        found = record(ledger, ref=ref, parts=parts, now=app.now)
    app.finish(found, json_, print_lessons)
