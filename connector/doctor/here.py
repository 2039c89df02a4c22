"""This machine's side: the ledger, the age of the last runs, the clock."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.config import holds_secrets, is_loopback
from connector.doctor.checks import Check, fine, skipped, wrong
from connector.errors import StoreError, UnavailableError
from connector.ledger.peek import peek
from connector.ledger.store import open_ledger
from connector.texts import counted, short_span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from connector.config import Settings
    from connector.ledger.peek import Peek
    from connector.ledger.store import Ledger

STALE_AFTER = timedelta(hours=1)
"""A sweep and a sync are for every few minutes; an hour without one means that cron has stopped."""

_MOST_SKEW = timedelta(seconds=60)
_LEDGER = "ledger"


def exposure_checks(file: Path, settings: Settings) -> Iterator[Check]:
    """Secrets in config.toml itself are allowed, but then it is a secret file as well.

    What signs in to services on this machine only (the sandbox) is no secret.
    """
    hosts = (urlsplit(url).hostname or "" for url in (settings.zendesk.url, settings.jira.url))
    if os.name != "posix" or all(map(is_loopback, hosts)) or not holds_secrets(file):
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield wrong(
            "config.secret_exposed",
            str(file),
            f"holds a secret and can be read by others (mode {mode:04o})",
            f"Run: chmod 600 {quote(str(file))}",
        )
    else:
        yield fine("config.secret_exposed", str(file), "holds a secret; only its owner can read it")


def ledger_checks(url: str, pinned: Mapping[str, str], now: datetime) -> Iterator[Check]:
    """`pinned`: the environment, desk and site that the configuration means."""
    try:
        seen = peek(url, now=now)
    except StoreError as error:
        mend = "See [store] url in config.toml, and what the message says."
        yield wrong("ledger.unusable", _LEDGER, str(error), mend)
        return
    except UnavailableError as error:
        mend = "See whether its disk or server is there, and may be used by this user."
        yield wrong("ledger.unreachable", _LEDGER, str(error), mend)
        return
    yield _writable(seen)
    if seen.revision is None:
        yield fine(
            "ledger.unusable", _LEDGER, f"{seen.place} does not exist yet: the first run makes it"
        )
    elif not seen.fresh:
        yield wrong(
            "ledger.not_migrated",
            _LEDGER,
            f"{seen.place} has the schema {seen.revision} of an older version",
            "Nothing has to be done: the next run copies it and brings it up to date.",
        )
    else:
        yield fine("ledger.unusable", _LEDGER, f"{seen.place}, schema {seen.revision}")
        with open_ledger(url, now=now) as ledger:
            yield from _contents(ledger, pinned, now)


def _writable(seen: Peek) -> Check:
    if seen.writable:
        return fine("ledger.not_writable", "ledger's place", "can be written")
    return wrong(
        "ledger.not_writable",
        "ledger's place",
        f"{seen.place} cannot be written by this user",
        "Give this user write permission for the file and its folder, or for the database.",
    )


def _contents(ledger: Ledger, pinned: Mapping[str, str], now: datetime) -> Iterator[Check]:
    for name, value in ledger.belongs_to().items():
        if pinned[name] != value:
            yield wrong(
                "ledger.other_account",
                _LEDGER,
                f"belongs to {name} {value!r}, but the configuration says {pinned[name]!r}",
                "Give each account and environment a [store] url of its own.",
            )
    with ledger.snapshot() as tx:
        waiting = len(tx.aside.list())
        last = {kind: tx.run.last(kind, successful=True) for kind in ("sweep", "sync")}
    for kind, run in last.items():
        yield _age(kind, run.started_at if run else None, now)
    if waiting:
        entries = counted(waiting, "entry", "entries")
        mend = "`escalation quarantine list` shows each with its reason."
        yield wrong("ledger.set_aside", "set aside", entries, mend, measured=waiting)
    else:
        yield fine("ledger.set_aside", "set aside", "nothing", measured=0)


def _age(kind: str, at: datetime | None, now: datetime) -> Check:
    about = f"last good {kind}"
    if at is None:
        return skipped(f"{kind}.stale", about, "none yet")
    found, seconds = f"{short_span(now - at)} ago", max((now - at).total_seconds(), 0.0)
    if now - at <= STALE_AFTER:
        return fine(f"{kind}.stale", about, found, measured=seconds)
    return wrong(
        f"{kind}.stale",
        about,
        found,
        f"See whether cron still runs `escalation {kind}`, and what its last run said.",
        measured=seconds,
    )


def clock_check(side: str, ahead: float | None) -> Check:
    """`ahead`: seconds that the service's clock is ahead of ours."""
    about = f"clock against {side}"
    if ahead is None:
        return skipped("clock.skew", about, f"{side} does not tell the time")
    told = (
        f"{abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead'}" if abs(ahead) >= 1 else "equal"
    )
    if timedelta(seconds=abs(ahead)) <= _MOST_SKEW:
        return fine("clock.skew", about, told, measured=ahead)
    mend = "Switch on time synchronization (NTP) on this machine."
    return wrong("clock.skew", about, f"this machine is {told}", mend, measured=ahead)
