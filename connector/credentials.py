"""Secrets from variables and private files, and whether we have enough of them to sign in.

Messages name places, never values.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

Key = tuple[str, str]
"""Section and key of config.toml."""

SECRETS: tuple[Key, ...] = (
    ("zendesk", "oauth_client_secret"),
    ("zendesk", "token"),
    ("jira", "token"),
)
PREFIX, BETWEEN = "ESCALATION_", "__"
_LONGEST = 65_536


def variable_of(key: Key) -> str:
    """The environment variable that overrides this key."""
    return PREFIX + BETWEEN.join(key).upper()


@dataclass
class Given:
    """What was given so far, by section and key: `file` is the name of config.toml to show.

    `tables` holds the settings as they will be validated; `variables` the keys that came from the
    environment; `broken` the secrets that were given and are no good, as `problems` says.
    """

    file: str
    folder: Path
    tables: dict[str, Any]
    variables: Collection[Key]
    problems: list[str] = field(default_factory=list)
    broken: set[Key] = field(default_factory=set)

    def place(self, key: Key) -> str:
        """Where a value came from, as people look it up."""
        return f"${variable_of(key)}" if key in self.variables else f"{self.file}: {'.'.join(key)}"

    def table(self, section: str) -> dict[str, Any]:
        """The section's table; an empty one when it is none, which validation will tell."""
        table = self.tables.get(section)
        return table if isinstance(table, dict) else {}


def take_secrets(given: Given) -> None:
    """Puts each secret in its place: from its variable or file, stripped and checked."""
    for section, key in SECRETS:
        table = given.table(section)
        secret, file = (section, key), (section, f"{key}_file")
        value, path = table.get(key), table.get(f"{key}_file")
        if value is not None and path is not None:
            if (secret in given.variables) == (file in given.variables):
                given.problems.append(
                    f"{given.place(secret)} and {given.place(file)} are both set; keep one."
                )
                given.broken.add(secret)
                continue
            if secret in given.variables:
                path = None
        where = secret
        if isinstance(path, str):
            where, value = file, _read(given, file, path)
        table.pop(key, None)
        if value is not None:
            table[key] = _clean(given, where, secret, value)


def _read(given: Given, where: Key, path: str) -> str | None:
    """The file's text; None, and a line among the problems, when it must not or cannot be read."""
    file = given.folder / Path(path).expanduser()
    wrong = _unsafe(file)
    if not wrong:
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            wrong = "cannot be read as text"
    given.problems.append(f"{given.place(where)} is {str(file)!r}, which {wrong}.")
    given.broken.add((where[0], where[1].removesuffix("_file")))
    return None


def _unsafe(file: Path) -> str | None:
    """Why the file is not to be read, or None."""
    try:
        status = file.stat()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not stat.S_ISREG(status.st_mode):
        return "is no ordinary file"
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(status.st_mode)
        return f"others can read (mode {mode:04o}). Run: chmod 600 {quote(str(file))}"
    if status.st_size > _LONGEST:
        return "is too long to hold a secret"
    return None


def _clean(given: Given, where: Key, secret: Key, value: Any) -> Any:
    """Without space around it. A line break inside would make clients print it in their errors."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text and text.isascii() and text.isprintable():
        return text
    wrong = "holds a control character or one that is not ASCII" if text else "is empty"
    given.problems.append(f"{given.place(where)} (its value is not shown) {wrong}.")
    given.broken.add(secret)
    return None


def credential_problems(given: Given) -> list[str]:
    """A line for each service that we could not sign in to with what was given."""
    cloud = given.table("jira").get("deployment", "cloud") != "datacenter"
    ways = {
        "zendesk": (("oauth_client_id", "oauth_client_secret"), ("email", "token")),
        "jira": (("email", "token"),) if cloud else (("token",),),
    }
    return [
        line
        for section, possible in ways.items()
        if isinstance(given.tables.get(section), dict)
        and (line := _cannot_sign_in(given, section, possible))
    ]


def _cannot_sign_in(
    given: Given, section: str, possible: tuple[tuple[str, ...], ...]
) -> str | None:
    table = given.table(section)
    missing = [
        [k for k in way if table.get(k) is None and (section, k) not in given.broken]
        for way in possible
    ]
    if not all(missing):
        return None
    keys = [key for way in missing for key in way]
    looked = [
        k for key in keys for k in (key, f"{key}_file") if k == key or (section, key) in SECRETS
    ]
    needed = ", or ".join(" and ".join(way) for way in possible)
    return (
        f"{given.file}: [{section}] cannot sign in: it needs {needed}. Not found there: "
        f"{', '.join(looked)}; nor as {', '.join(f'${variable_of((section, k))}' for k in looked)}."
    )
