"""`escalation init`: asks where somebody can answer, and writes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.errors import ExitCode
from connector.mapping_files import load_mappings
from connector.start.files import CONFIG, MAPPINGS, refuse_to_overwrite, shipped_texts, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.app import App


def run_init(app: App, *, force: bool) -> ExitCode:
    """On a terminal with what was found and said in it; elsewhere the defaults."""
    folder = Path()
    refuse_to_overwrite(folder, force=force)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        write(folder, shipped_texts(), {})
        click.echo(
            f"Wrote {CONFIG} and {MAPPINGS}/.\n"
            "Next: put your addresses into config.toml and the credentials into variables such as\n"
            "$ESCALATION_ZENDESK__TOKEN and $ESCALATION_JIRA__TOKEN, then see what fits:\n"
            "`escalation check`, which writes nothing.",
            err=True,
        )
        return ExitCode.DONE
    from connector.start.asking import ask, say, texts_of

    texts, private = texts_of(ask(app))
    _validate(texts)
    question = f"Write {CONFIG} and {MAPPINGS}/ into {folder.resolve()}?"
    click.confirm(question, default=True, abort=True, err=True)
    write(folder, texts, private)
    made = ", ".join([CONFIG, f"{MAPPINGS}/", *(path for path in private if path != CONFIG)])
    say(f"\nWrote {made}.")
    say("Next: `escalation check`, then `escalation sweep --dry-run`; neither writes anything.")
    return ExitCode.DONE


def _validate(texts: Mapping[str, str]) -> None:
    """Raises InvalidConfigError, and nothing is written, when the files would not be accepted."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {path: text for path, text in texts.items() if path != CONFIG}, {})
        load_mappings(Path(folder) / MAPPINGS)
