"""`escalation prune` on the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from connector.cli_files import as_json

if TYPE_CHECKING:
    from connector.app import App


class _Span(click.ParamType[timedelta]):
    """A span of calendar time."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        from connector.core.duration import Duration

        if isinstance(value, timedelta):
            return value
        try:
            span = Duration.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if span.business:
            self.fail(f"{value!r} counts business time; give days such as 400d", param, ctx)
        return span.amount


@click.command()
@click.option(
    "--older-than",
    type=_Span(),
    default="400d",
    show_default=True,
    metavar="SPAN",
    help="What was not touched for so long; 90d at least.",
)
@click.option("--dry-run", is_flag=True, help="Say how much; forget nothing.")
@as_json
@click.pass_obj
def prune(app: App, older_than: timedelta, dry_run: bool, json_: bool) -> None:  # noqa: FBT001
    """Let the ledger forget what is old, and give the room back to the disk.

    Live escalations, open tickets, markers, links, and what tells that a write was made are never
    forgotten. Made for cron, once a week or so.

    \b
    Example:
      escalation prune --dry-run
      escalation prune --older-than 730d
    """
    from connector.pruning import print_pruned
    from connector.pruning import prune as forget

    with app.ledger() as ledger, ledger.run_lock("prune", wait_seconds=app.patience):
        found = forget(
            ledger, now=app.now, older_than=older_than, progress=app.progress, dry_run=dry_run
        )
    app.finish(found, json_, print_pruned)
