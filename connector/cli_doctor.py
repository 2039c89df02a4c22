"""`escalation check` and `diagnose`: the command line of connector/doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli_files import as_json

if TYPE_CHECKING:
    from connector.app import App


@click.command()
@as_json
@click.pass_obj
def check(app: App, json_: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """See whether everything is there that a sweep relies on. Writes nothing.

    Credentials and rights, every name in the mappings against both services, create
    screens, the ledger, clocks, and the age of the last good sweep and sync. Each
    failure has a stable id and says how to mend it.

    \b
    Example:
      escalation check
      escalation check --json
    """
    from connector.doctor.run import examine
    from connector.doctor.texts import print_examination

    app.finish(examine(app), json_, print_examination)


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The zip file to write. [default: escalation-diagnose-TIME.zip here]",
)
@click.pass_obj
def diagnose(app: App, output: Path | None) -> None:
    """Write a zip file for whoever helps you: no ticket text, no secrets.

    Versions, the configuration without secrets, how the mappings differ from the shipped
    ones, what `check` says, and counts of the last runs and of the ledger.

    \b
    Example:
      escalation diagnose -o for-support.zip
    """
    from connector.doctor.bundle import write_bundle

    click.echo(
        f"Wrote {write_bundle(app, output)}; look through it before you pass it on.", err=True
    )
