"""The commands on a file of tickets: a file in, an answer out, no account needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from connector.app import App

as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document on stdout.")
tickets_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
output_file = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@tickets_file
@output_file
@click.pass_obj
def extract(app: App, file: Path, output: Path | None) -> None:
    """Show what a brief takes from a file of reports. No account needed.

    \b
    Example:
      escalation extract reports.jsonl -o extracted.jsonl
    """
    from connector.files import extract_reports

    raise click.exceptions.Exit(extract_reports(app, file, output))


@click.command()
@click.argument(
    "file", metavar="EXPORT", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--truth-tag", metavar="TAG", help="The tag of tickets that really were escalated.")
@click.option(
    "--truth-field", metavar="FIELD", help="The same told by a key or custom field id of the lines."
)
@as_json
@click.pass_obj
def backtest(
    app: App,
    file: Path,
    truth_tag: str | None,
    truth_field: str | None,
    json_: bool,  # noqa: FBT001 - click passes flags by name
) -> None:
    """Replay an export: what would have been escalated, when and why.

    With --truth-tag or --truth-field it is measured against what really was escalated:
    precision and recall for each trigger, misses, false alarms. No account needed.

    \b
    Example:
      escalation backtest export.jsonl --truth-tag went_to_engineering
    """
    from connector.backtest import Column, backtest_file
    from connector.backtest_texts import print_backtest

    if truth_tag is not None and truth_field is not None:
        raise click.UsageError("give --truth-tag or --truth-field, not both")
    column = None
    if truth_tag is not None:
        column = Column("tag", truth_tag)
    elif truth_field is not None:
        column = Column("field", truth_field)
    mappings, window = app.offline()
    found = backtest_file(
        file,
        mappings,
        window,
        column=column,
        progress=lambda done: app.progress("events replayed", done),
    )
    app.finish(found, json_, print_backtest)
