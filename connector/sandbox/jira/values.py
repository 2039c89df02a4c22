"""What the sandbox's Jira stores of an issue, and the switches of its site, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field as Setting
from pydantic import field_validator

from connector.core.model import Frozen
from connector.sandbox.jira import site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Pairs = tuple[tuple[str, str], ...]


class Switches(Frozen):
    """How this site differs from the default one. Changeable while running.

    `zone` is our account's: JQL dates mean it, and times are shown in it. `login`: whether our
    credentials work. `token` is what they are. `denied`: (project, permission) that we lack.
    `off_screen`, `required`: (project, field) of its create and edit screens.
    `closed_transitions`: ids that nobody may use; `needy_transitions`: ids whose screen requires a
    resolution. `priorities`: the site's names, worst first. `unreadable_levels`: security levels
    whose issues we cannot see. `drops_security`: the level is ignored without a word at creation.
    `refuses_four_bytes`: an old database; text with 4-byte characters is a 500. `lag`: (share,
    seconds) steps of a distribution of index lags instead of `Options.search_lag`, each lag
    spread evenly up to its step's seconds and drawn by `lag_seed`. `most_*`: per-issue limits.
    """

    zone: str = "Europe/Berlin"
    login: Literal["ok", "expired", "captcha"] = "ok"
    token: str = site.TOKEN
    denied: Pairs = ()
    off_screen: Pairs = ()
    required: Pairs = ()
    closed_transitions: tuple[str, ...] = ()
    needy_transitions: tuple[str, ...] = ("71",)
    priorities: tuple[str, ...] = tuple(one.name for one in site.PRIORITIES)
    unreadable_levels: tuple[str, ...] = ("10302",)
    drops_security: bool = False
    refuses_four_bytes: bool = False
    lag: tuple[tuple[float, float], ...] = ()
    lag_seed: int = 0
    most_comments: int = Setting(default=5000, ge=0)
    most_remote_links: int = Setting(default=2000, ge=0)
    most_attachments: int = Setting(default=2000, ge=0)
    most_issue_links: int = Setting(default=2000, ge=0)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except KeyError:
            raise ValueError(f"{value!r} is no time zone") from None
        return value


REALISTIC_LAG = ((0.8, 0.0), (0.15, 10.0), (0.049, 300.0), (0.001, 43200.0))
"""Shares and most seconds of search lag as seen on Cloud."""


@dataclass(frozen=True)
class Facts:
    """One issue at one moment; never changed.

    `fields` by field id, canonical: ids for named things, account ids for people, datetimes,
    tuples for labels and components, documents or strings for rich text.
    """

    id: str
    key: str
    fields: Mapping[str, Any]
    properties: Mapping[str, Any]

    @property
    def project(self) -> str:
        return self.key.rpartition("-")[0]

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])


@dataclass(frozen=True)
class Change:
    """One line of a history entry: raw values and what people read."""

    field: str
    old: str | None
    old_text: str
    new: str | None
    new_text: str


@dataclass(frozen=True)
class History:
    id: str
    author: site.User
    at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Comment:
    """`body` is a document or a string, as it was written."""

    id: str
    author: site.User
    created: datetime
    body: Any
    properties: Mapping[str, Any]
    visibility: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RemoteLink:
    """`object` has url and title; what a write leaves out is gone."""

    id: int
    global_id: str | None
    object: Mapping[str, Any]
    application: Mapping[str, Any]
    relationship: str | None


@dataclass(frozen=True)
class Attachment:
    id: str
    name: str
    content_type: str
    content: bytes
    author: site.User
    created: datetime


@dataclass(frozen=True)
class IssueLink:
    """`source` does to `target` what the type's outward words say."""

    id: str
    type: str
    source: str
    target: str


@dataclass
class Issue:
    """`facts` is the truth now; `versions` are (visible to the index from, facts)."""

    facts: Facts
    versions: list[tuple[datetime, Facts]] = field(default_factory=list)
    writes: int = 0
    comments: list[Comment] = field(default_factory=list)
    remote_links: list[RemoteLink] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    watchers: list[str] = field(default_factory=list)
    hidden: bool = False

    @property
    def id(self) -> str:
        return self.facts.id
