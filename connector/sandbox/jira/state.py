"""The issues of the sandbox's Jira: what is stored, what changed, and what an index knows of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector.sandbox.jira import adf, site
from connector.sandbox.jira.values import (
    Change,
    Comment,
    Facts,
    History,
    Issue,
    IssueLink,
    Switches,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.sandbox.world import World


class JiraState:
    """Every issue, by id. Methods change at once and completely; rules are checked by callers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.switches = Switches()
        self.issues: dict[str, Issue] = {}
        self.links: list[IssueLink] = []
        self._keys: dict[str, str] = {}
        self._numbers = {project.key: count(1) for project in site.PROJECTS}
        self._ids = count(10_501)
        self._small_ids = count(20_001)

    def now(self) -> datetime:
        """The sandbox's clock, in whole milliseconds as Jira stores them."""
        moment = self.world.now()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.switches.zone)

    def next_id(self) -> str:
        return str(next(self._small_ids))

    # --- looking up

    def find(self, ref: str) -> Issue | None:
        """By id, key, or a key it had before it was moved."""
        return self.issues.get(self._keys.get(ref.upper(), ref))

    def readable(self, issue: Issue) -> bool:
        """Whether our account sees it."""
        level = issue.facts.fields.get("security")
        return (
            not issue.hidden
            and level not in self.switches.unreadable_levels
            and self.allowed(issue.facts.project, "BROWSE_PROJECTS")
        )

    def by_key(self, ref: str) -> tuple[Issue, Facts] | None:
        """What a read by id or key answers our account: stale where keys are not fresh."""
        issue = self.find(ref)
        if issue is None or not self.readable(issue):
            return None
        fresh = self.world.options.fresh_keys
        facts = issue.facts if fresh else self.indexed(issue)
        return None if facts is None else (issue, facts)

    def indexed(self, issue: Issue) -> Facts | None:
        """The newest version that the search index knows now."""
        now = self.now()
        for visible, facts in reversed(issue.versions):
            if visible <= now:
                return facts
        return None

    def searchable(self, reconciled: frozenset[str] = frozenset()) -> Iterator[tuple[Issue, Facts]]:
        """Everything that a search by our account may find."""
        for issue in self.issues.values():
            facts = issue.facts if issue.id in reconciled else self.indexed(issue)
            if facts is not None and self.readable(issue):
                yield issue, facts

    # --- changing

    def create(
        self, values: Mapping[str, Any], properties: Mapping[str, Any], author: site.User
    ) -> Issue:
        """`values` are canonical; project and issuetype among them."""
        now = self.now()
        project = values["project"]
        key = f"{project}-{next(self._numbers[project])}"
        made = {
            "status": site.STATUSES[0].id,
            "resolution": None,
            "resolutiondate": None,
            "labels": (),
            "reporter": author.account_id,
            "priority": "3" if len(self.switches.priorities) >= 3 else None,  # noqa: PLR2004 - Medium
            **values,
            "creator": author.account_id,
            "created": now,
            "updated": now,
            "statuscategorychangedate": now,
        }
        issue = Issue(Facts(str(next(self._ids)), key, made, dict(properties)))
        issue.watchers.append(author.account_id)
        self.issues[issue.id] = issue
        self._keys[key] = issue.id
        self._index(issue)
        return issue

    def edit(self, issue: Issue, values: Mapping[str, Any], author: site.User) -> list[Change]:
        """Sets canonical values; what is already so is no change and leaves `updated` alone."""
        before = issue.facts.fields
        new = {name: value for name, value in values.items() if before.get(name) != value}
        if not new:
            return []
        now = self.now()
        changes = [self._change(name, before.get(name), value) for name, value in new.items()]
        self._store(issue, {**new, "updated": now})
        issue.histories.append(History(self.next_id(), author, now, tuple(changes)))
        return changes

    def set_status(
        self, issue: Issue, status: str, resolution: str | None, author: site.User
    ) -> list[Change]:
        """`resolution` None clears it, with its date."""
        categories = {one.id: one.category for one in site.STATUSES}
        old = issue.facts.fields["status"]
        changes = self.edit(issue, {"status": status, "resolution": resolution}, author)
        moments: dict[str, datetime | None] = {}
        if categories[old] != categories[status]:
            moments["statuscategorychangedate"] = self.now()
        if any(change.field == "resolution" for change in changes):
            moments["resolutiondate"] = None if resolution is None else self.now()
        if moments:
            self._store(issue, moments)
        return changes

    def set_property(self, issue: Issue, name: str, value: Any) -> bool:
        """True when it is new. Properties do not touch `updated`."""
        new = name not in issue.facts.properties
        self._replace(issue, properties={**issue.facts.properties, name: value})
        return new

    def drop_property(self, issue: Issue, name: str) -> None:
        kept = {key: value for key, value in issue.facts.properties.items() if key != name}
        self._replace(issue, properties=kept)

    def comment(
        self,
        issue: Issue,
        author: site.User,
        body: Any,
        properties: Mapping[str, Any],
        visibility: Mapping[str, Any] | None = None,
    ) -> Comment:
        made = Comment(self.next_id(), author, self.now(), body, dict(properties), visibility)
        issue.comments.append(made)
        self._store(issue, {"updated": made.created})
        return made

    def move(self, issue: Issue, project: str, author: site.User) -> str:
        """The new key; the old one keeps leading here."""
        old = issue.facts.key
        key = f"{project}-{next(self._numbers[project])}"
        self._keys[key] = issue.id
        self._replace(issue, key=key)
        now = self.now()
        self._store(issue, {"project": project, "updated": now})
        change = Change("Key", None, old, None, key)
        issue.histories.append(History(self.next_id(), author, now, (change,)))
        return key

    def relate(self, source: Issue, target: Issue, type_id: str) -> IssueLink:
        """The source does to the target what the type's outward words say."""
        made = IssueLink(self.next_id(), type_id, source.id, target.id)
        self.links.append(made)
        return made

    def delete(self, issue: Issue) -> None:
        del self.issues[issue.id]
        self._keys = {key: held for key, held in self._keys.items() if held != issue.id}
        self.links = [link for link in self.links if issue.id not in (link.source, link.target)]

    def _store(self, issue: Issue, values: Mapping[str, Any]) -> None:
        self._replace(issue, fields={**issue.facts.fields, **values})

    def _replace(self, issue: Issue, **parts: Any) -> None:
        issue.facts = replace(issue.facts, **parts)
        self._index(issue)

    def _index(self, issue: Issue) -> None:
        issue.writes += 1
        now = self.now()
        known = [at for at, (visible, _) in enumerate(issue.versions) if visible <= now]
        issue.versions = issue.versions[known[-1] if known else 0 :]
        issue.versions.append((now + timedelta(seconds=self._lag(issue)), issue.facts))

    def _lag(self, issue: Issue) -> float:
        if not self.switches.lag:
            return self.world.options.search_lag
        seed = f"{self.switches.lag_seed}|{issue.id}|{issue.writes}".encode()
        digest = hashlib.sha256(seed).digest()
        roll, spread = (int.from_bytes(part) / 2**32 for part in (digest[:4], digest[4:8]))
        for share, seconds in self.switches.lag:
            if roll < share:
                return seconds * spread
            roll -= share
        return 0.0

    def _change(self, name: str, old: Any, new: Any) -> Change:
        return Change(name, _raw(old), self.text(name, old), _raw(new), self.text(name, new))

    def text(self, name: str, value: Any) -> str:
        """A canonical value as a person reads it in a history."""
        if value is None:
            return ""
        if isinstance(value, dict):
            return adf.plain(value)
        if isinstance(value, tuple):
            return " ".join(self.text(name, one) for one in value)
        named = {
            "status": site.STATUSES,
            "resolution": site.RESOLUTIONS,
            "issuetype": site.ISSUE_TYPES,
            "priority": self.priorities(),
            "components": tuple(one for project in site.PROJECTS for one in project.components),
            "security": tuple(one for project in site.PROJECTS for one in project.levels),
        }.get(name, ())
        people = {person.account_id: person.display_name for person in site.USERS}
        names = {one.id: one.name for one in named}
        return names.get(str(value)) or people.get(str(value)) or str(value)

    def projects(self) -> tuple[site.Project, ...]:
        """Those that our account may browse."""
        return tuple(one for one in site.PROJECTS if self.allowed(one.key, "BROWSE_PROJECTS"))

    def allowed(self, project: str, permission: str) -> bool:
        """Whether our account has the permission in the project."""
        denied = (project, permission) in self.switches.denied
        return permission not in site.NOT_OURS and not denied

    def priorities(self) -> tuple[site.Named, ...]:
        """The site's priorities, worst first."""
        return tuple(
            site.Named(str(number), name)
            for number, name in enumerate(self.switches.priorities, start=1)
        )


def _raw(value: Any) -> str | None:
    if value is None or isinstance(value, tuple | dict):
        return None
    return str(value)
