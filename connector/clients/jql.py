"""JQL, built only from names that were looked at first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.errors import ConfigError, InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{1,254}")
_ID = re.compile(r"\d{1,19}")


def quoted(value: str) -> str:
    """A JQL string literal that holds exactly this value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isprintable():
        raise InvalidError("a value for a Jira search holds a control character")
    return f'"{escaped}"'


def is_project_key(key: str) -> bool:
    return _PROJECT.fullmatch(key) is not None


def project_key(key: str) -> str:
    """The key itself. ConfigError when it is none, whoever wrote it."""
    if not is_project_key(key):
        raise ConfigError(
            f"{key[:80]!r} is no Jira project key: those are capitals, digits and underscores, "
            "starting with a capital"
        )
    return key


def issue_id(number: str) -> str:
    """The id itself. InvalidError when it is not a number."""
    if not _ID.fullmatch(number):
        raise InvalidError(f"{number[:80]!r} is no Jira issue id: those are numbers")
    return number


def with_label(projects: Iterable[str], label: str, *, minutes: int | None = None) -> str:
    """Issues of the projects (none named: of all) with the label, updated so many minutes ago."""
    keys = ", ".join(quoted(project_key(key)) for key in projects)
    within = f"project in ({keys}) AND " if keys else ""
    lately = f" AND updated >= -{int(minutes)}m" if minutes is not None else ""
    return f"{within}labels = {quoted(label)}{lately} ORDER BY updated ASC, key ASC"


def newest_key(project: str) -> str:
    """The project's issues, the highest key first."""
    return f"project = {quoted(project_key(project))} ORDER BY key DESC"


def with_ids(ids: Iterable[str]) -> str:
    """The issues with these ids."""
    return f"id in ({', '.join(issue_id(number) for number in ids)}) ORDER BY key ASC"
