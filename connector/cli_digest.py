"""`escalation digest` on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from connector.cli_files import as_json

if TYPE_CHECKING:
    from connector.app import App


class _Since(click.ParamType[timedelta | datetime]):
    """A span back from now, or an ISO 8601 time; without a zone it is read as UTC."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | datetime:
        from connector.core.duration import Duration

        if isinstance(value, timedelta | datetime):
            return value
        try:
            span = Duration.parse(value)
        except ValueError:
            return self._moment(value, param, ctx)
        if span.business:
            self.fail(f"{value!r} counts business time; give calendar time such as 24h", param, ctx)
        return span.amount

    def _moment(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is neither a span such as 24h or 7d nor an ISO 8601 time such as "
                "2026-01-31T09:00:00Z",
                param,
                ctx,
            )
        return at if at.tzinfo else at.replace(tzinfo=UTC)


@click.command()
@click.option(
    "--since",
    type=_Since(),
    default="24h",
    show_default=True,
    metavar="WHEN",
    help="What counts as opened and ended lately: 24h, 7d, or an ISO 8601 time.",
)
@as_json
@click.option("--html", is_flag=True, help="Print one HTML page that needs nothing else.")
@click.pass_obj
def digest(app: App, since: timedelta | datetime, json_: bool, html: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Tell what is open, due, late, fixed but untold, and how long things take.

    Reads the ledger only. Made for a daily mail from cron.

    \b
    Example:
      escalation digest --since 7d
      escalation digest --html > digest.html
    """
    from connector.digest import make_digest, print_digest

    if json_ and html:
        raise click.UsageError("give --json or --html, not both")
    settings = app.settings(need_credentials=False)
    start = app.now - since if isinstance(since, timedelta) else since
    with app.ledger(settings) as ledger:
        found = make_digest(
            ledger,
            now=app.now,
            since=start,
            zone=app.mappings(settings).cadence.zone,
            desk=settings.zendesk.url,
            site=settings.jira.url,
        )
    if html:
        from connector.digest_html import digest_html

        click.echo(digest_html(found))
        raise click.exceptions.Exit(found.exit_code)
    app.finish(found, json_, print_digest)
