"""`escalation diagnose`: what somebody who helps needs to know, and nothing of any ticket.

Numbers, states and our own messages only: of a run's report no text is taken, of the configuration
no secret and no address of a person.
"""

from __future__ import annotations

import difflib
import os
import platform
import re
import sqlite3
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from connector import __version__
from connector.app import secret_values
from connector.config import load_settings
from connector.doctor.run import examine
from connector.errors import ConfigError, ConnectorError
from connector.ledger.peek import peek
from connector.ledger.store import open_ledger
from connector.mapping_files import MODELS, shipped_mappings
from connector.start.files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.app import App
    from connector.config import Settings
    from connector.core.model import Json
    from connector.ledger.store import Ledger

_RUNS = 20
_LIBRARIES = (
    *("alembic", "click", "jira", "orjson", "psycopg", "pydantic", "requests", "rich"),
    *("sqlalchemy", "tenacity", "urllib3", "zenpy"),
)
_ABOUT = """\
Made by `escalation diagnose`, for whoever helps you. It holds no ticket text, no customers, no
secrets and no addresses of people; look through it before you pass it on.

versions.json   this program, Python, the system, the libraries
config.json     the configuration without secrets
mappings.diff   how your mappings differ from the shipped ones
checks.json     what `escalation check` says
runs.json       the last runs: times, exit codes, counts
ledger.json     how many rows of each kind, and what is set aside, with its reason
"""
_SAID = re.compile(r"(answered \d{3}): .*", re.DOTALL)
_KEPT = frozenset({"command", "now", "calls", "codes"})
"""What of a report says nothing about anybody."""


def write_bundle(app: App, file: Path | None) -> Path:
    """Writes the zip file, for its owner only. ConfigError when the file exists already."""
    path = file or Path(f"escalation-diagnose-{app.now:%Y%m%dT%H%M%SZ}.zip")
    if path.exists():
        raise ConfigError(f"{path} exists already; name another file with -o")
    settings, problems = _settings(app)
    hidden = secret_values(settings) if settings else ()
    parts: dict[str, Json | str] = {
        "README.txt": _ABOUT,
        "versions.json": _versions(),
        "config.json": _redacted(settings) if settings else {"problems": problems},
        "mappings.diff": _differences(settings.mappings.path if settings else None),
        "checks.json": _unquoted(examine(app).model_dump(mode="json")),
        **(_ledger(settings, app) if settings else {}),
    }
    write_private(path, b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, _without(_text(part), hidden))
    return path


def _settings(app: App) -> tuple[Settings | None, list[str]]:
    try:
        return load_settings(app.config, os.environ, need_credentials=False), []
    except ConfigError as error:
        return None, str(error).splitlines()


def _text(part: Json | str) -> str:
    if isinstance(part, str):
        return part
    return orjson.dumps(part, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _without(text: str, secrets: Iterable[str]) -> str:
    """The last defence, as in the logs."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _versions() -> Json:
    return {
        "escalation": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _redacted(settings: Settings) -> Json:
    """Whether a secret or a person's address is set, never what it is."""
    shown = settings.model_dump(mode="json", exclude={"store"})
    for section in ("zendesk", "jira"):
        for key in ("email", "token", "oauth_client_id", "oauth_client_secret"):
            if key in shown[section]:
                shown[section][key] = "set" if shown[section][key] else None
    return {**shown, "store": {"url": settings.store.location}}


def _differences(folder: Path | None) -> str:
    if folder is None:
        return "The shipped mappings are used.\n"
    lines: list[str] = []
    for name in MODELS:
        own, shipped = folder / f"{name}.toml", shipped_mappings() / f"{name}.toml"
        if own.is_file():
            texts = [file.read_text("utf-8", errors="replace") for file in (shipped, own)]
            before, after = (text.splitlines(keepends=True) for text in texts)
            lines += difflib.unified_diff(before, after, f"shipped/{name}.toml", f"own/{name}.toml")
    return "".join(lines) or "They are the shipped ones.\n"


def _ledger(settings: Settings, app: App) -> Mapping[str, Json]:
    """Without making or migrating anything."""
    url = settings.store.url.get_secret_value()
    try:
        seen = peek(url, now=app.now)
        if not seen.fresh:
            return {"ledger.json": seen.model_dump(mode="json")}
        with open_ledger(url, now=app.now) as ledger:
            return _contents(ledger, seen.model_dump(mode="json"))
    except ConnectorError as error:
        return {"ledger.json": {"problem": str(error)}}


def _contents(ledger: Ledger, seen: Mapping[str, Any]) -> Mapping[str, Json]:
    with ledger.snapshot() as tx:
        runs = tx.run.recent(_RUNS)
        aside = [
            row.model_dump(mode="json", include={"key", "kind", "reason", "tries", "since"})
            for row in tx.aside.list()
        ]
        rows = tx.sizes()
    pinned = ledger.belongs_to()
    return {
        "ledger.json": {
            **seen,
            "rows": rows,
            "set_aside": _unquoted(aside),
            "belongs_to": pinned,
        },
        "runs.json": [
            {**run.model_dump(mode="json", exclude={"report"}), "report": numbers_of(run.report)}
            for run in runs
        ],
    }


def _unquoted(value: Json) -> Json:
    """Our messages without what a service said in them: it may repeat what it was sent."""
    if isinstance(value, str):
        return _SAID.sub(r"\1", value)
    if isinstance(value, list):
        return [_unquoted(one) for one in value]
    if isinstance(value, dict):
        return {key: _unquoted(one) for key, one in value.items()}
    return value


def numbers_of(report: Json) -> Json:
    """A run's report without its words: numbers, lists by their length, calls by endpoint."""
    if not isinstance(report, dict):
        return None
    shown: dict[str, Json] = {}
    for key, value in report.items():
        if key in _KEPT or value is None or isinstance(value, int | float):
            shown[key] = value
        elif isinstance(value, list | dict):
            shown[key] = len(value)
    return shown
