"""`escalation init`: a configuration and the mappings to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from connector.errors import ConfigError, ExitCode
from connector.mapping_files import shipped_mappings

_CONFIG = "config.toml"
_MAPPINGS = "mappings"


def write_defaults(folder: Path, *, force: bool) -> ExitCode:
    """Writes config.toml and mappings/ into the folder; secrets are named, never written.

    Raises ConfigError, and writes nothing, when something of it is there and `force` is not set.
    """
    config, mappings = folder / _CONFIG, folder / _MAPPINGS
    there = [item.name for item in (config, mappings) if item.exists()]
    if there and not force:
        raise ConfigError(f"{' and '.join(there)} exist(s) in {folder} already; --force overwrites")
    config.write_text(_example().read_text("utf-8"), "utf-8")
    shutil.copytree(shipped_mappings(), mappings, dirs_exist_ok=True)
    click.echo(f"Wrote {config.name} and {mappings.name}/.", err=True)
    click.echo(
        "Next: put your URLs into config.toml and the credentials into variables such as\n"
        "$ESCALATION_ZENDESK__TOKEN and $ESCALATION_JIRA__TOKEN; then try\n"
        "`escalation sweep --dry-run`, which writes nothing.",
        err=True,
    )
    return ExitCode.DONE


def _example() -> Path:
    """config.example.toml: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "config.example.toml"
    return inside if inside.is_file() else package.parent / "config.example.toml"
