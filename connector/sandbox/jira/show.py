"""What is stored, as Jira's JSON: times in our account's zone, people and rich text by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.sandbox.jira import adf, site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from connector.sandbox.jira.state import JiraState
    from connector.sandbox.jira.values import (
        Attachment,
        Change,
        Comment,
        Facts,
        History,
        Issue,
        RemoteLink,
    )

Json = dict[str, Any]
_FIELDS = {field.id: field for field in site.FIELDS}


def _of(named: Iterable[Any], wanted: str | None) -> Any:
    return next((one for one in named if one.id == wanted), None)


@dataclass(frozen=True)
class Show:
    """`version` is the API's ("3" writes documents, "2" strings); `base` the site's URL."""

    state: JiraState
    cloud: bool
    version: str
    base: str

    def url(self, path: str) -> str:
        return f"{self.base}/rest/api/{self.version}/{path}"

    def time(self, moment: datetime | None) -> str | None:
        """With milliseconds and an offset that has no colon."""
        if moment is None:
            return None
        local = moment.astimezone(self.state.zone)
        return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"

    def rich(self, value: Any) -> Any:
        """A document on v3, text on v2, however it was stored."""
        if value is None:
            return None
        if self.version == "3":
            return adf.document_of(value) if isinstance(value, str) else value
        return adf.plain(value)

    # --- people and named things

    def user(self, person: site.User) -> Json:
        shown: Json = {
            "emailAddress": person.email,
            "displayName": person.display_name,
            "active": True,
            "timeZone": self.state.switches.zone,
        }
        if self.cloud:
            link = self.url(f"user?accountId={person.account_id}")
            ids = {"self": link, "accountId": person.account_id, "accountType": "atlassian"}
        else:
            link = self.url(f"user?username={person.name}")
            ids = {"self": link, "name": person.name, "key": f"JIRAUSER{person.account_id[-4:]}"}
        return {**ids, **shown}

    def person(self, account_id: str | None) -> Json | None:
        found = next((one for one in site.USERS if one.account_id == account_id), None)
        return None if found is None else self.user(found)

    def named(self, kind: str, one: site.Named) -> Json:
        """`kind` is the resource's path: priority, resolution, component, securitylevel."""
        return {
            "self": self.url(f"{kind}/{one.id}"),
            "id": one.id,
            "name": one.name,
            "description": one.description,
        }

    def issue_type(self, one: site.Named) -> Json:
        icon = f"{self.base}/images/{one.name.lower()}.svg"
        shown = {**self.named("issuetype", one), "iconUrl": icon, "subtask": False}
        return {**shown, "hierarchyLevel": 0} if self.cloud else shown

    def status(self, status_id: str) -> Json:
        one = _of(site.STATUSES, status_id)
        number, name, colour = site.CATEGORIES[one.category]
        category = {
            "self": self.url(f"statuscategory/{number}"),
            "id": number,
            "key": one.category,
            "colorName": colour,
            "name": name,
        }
        icon = {"iconUrl": f"{self.base}/images/status.svg"}
        return {**self.named("status", one), **icon, "statusCategory": category}

    def project(self, one: site.Project) -> Json:
        shown = {
            "self": self.url(f"project/{one.id}"),
            "id": one.id,
            "key": one.key,
            "name": one.name,
            "projectTypeKey": "software",
        }
        return {**shown, "simplified": False, "style": "classic"} if self.cloud else shown

    # --- issues

    def issue(
        self,
        pair: tuple[Issue, Facts],
        *,
        fields: list[str],
        properties: list[str] | None = None,
        changelog: bool = False,
    ) -> Json:
        """`fields` as asked: ids, "*all", "*navigable", "-id" to leave one out."""
        issue, facts = pair
        shown: Json = {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog",
            "id": facts.id,
            "self": self.url(f"issue/{facts.id}"),
            "key": facts.key,
            "fields": self.fields(issue, facts, fields),
        }
        if properties is not None:
            held = facts.properties
            wanted = list(held) if "*all" in properties else properties
            shown["properties"] = {name: held[name] for name in wanted if name in held}
        if changelog:
            histories = [self.history(one) for one in issue.histories]
            shown["changelog"] = {
                "startAt": 0,
                "maxResults": len(histories),
                "total": len(histories),
                "histories": histories[::-1] if self.cloud else histories,
            }
        return shown

    def fields(self, issue: Issue, facts: Facts, asked: list[str]) -> Json:
        everything = "*all" in asked or "*navigable" in asked or all(a[:1] == "-" for a in asked)
        wanted = set(_FIELDS) if everything else {name for name in asked if name in _FIELDS}
        wanted -= {name[1:] for name in asked if name.startswith("-")}
        if "*all" not in asked and "*navigable" in asked:
            wanted -= {"comment", "attachment"}
        return {name: self.value(issue, facts, name) for name in _FIELDS if name in wanted}

    def value(self, issue: Issue, facts: Facts, name: str) -> Any:
        """One field of an issue."""
        if name == "comment":
            return self.comments(issue.comments, 0, len(issue.comments), len(issue.comments))
        if name == "attachment":
            return [self.attachment(one) for one in issue.attachments]
        if name == "issuelinks":
            return self.issue_links(issue)
        if name == "watches":
            return {
                "self": self.url(f"issue/{facts.key}/watchers"),
                "watchCount": len(issue.watchers),
                "isWatching": site.CONNECTOR.account_id in issue.watchers,
            }
        return self._stored(name, facts.fields.get(name))

    def _stored(self, name: str, value: Any) -> Any:
        field = _FIELDS[name]
        if name == "labels":
            return list(value or ())
        if name == "components":
            every = [one for project in site.PROJECTS for one in project.components]
            return [self.named("component", _of(every, one)) for one in value or ()]
        if value is None:
            return None
        if field.schema == "datetime":
            return self.time(value)
        if field.schema == "user":
            return self.person(value)
        if field.kind == "rich":
            return self.rich(value)
        return self._thing(field, value)

    def _thing(self, field: site.Field, value: Any) -> Any:
        if field.id == "status":
            return self.status(value)
        if field.id == "project":
            return self.project(next(one for one in site.PROJECTS if one.key == value))
        if field.id == "issuetype":
            return self.issue_type(_of(site.ISSUE_TYPES, value))
        if field.id == "priority":
            return self.priority(_of(self.state.priorities(), value))
        if field.id == "resolution":
            return self.named("resolution", _of(site.RESOLUTIONS, value))
        if field.id == "security":
            levels = [one for project in site.PROJECTS for one in project.levels]
            return self.named("securitylevel", _of(levels, value))
        if field.kind == "option":
            return self.option(_of(field.options, value))
        return value

    def priority(self, one: site.Named | None) -> Json | None:
        if one is None:
            return None
        icons = {"iconUrl": f"{self.base}/images/priority.svg", "statusColor": "#cd1316"}
        return {**self.named("priority", one), **icons}

    def option(self, one: site.Named) -> Json:
        return {"self": self.url(f"customFieldOption/{one.id}"), "value": one.name, "id": one.id}

    # --- what hangs on an issue

    def comments(self, shown: Iterable[Comment], start: int, most: int, total: int) -> Json:
        return {
            "comments": [self.comment(one) for one in shown],
            "startAt": start,
            "maxResults": most,
            "total": total,
        }

    def comment(self, one: Comment, *, properties: bool = False) -> Json:
        shown = {
            "self": self.url(f"comment/{one.id}"),
            "id": one.id,
            "author": self.user(one.author),
            "updateAuthor": self.user(one.author),
            "body": self.rich(one.body),
            "created": self.time(one.created),
            "updated": self.time(one.created),
        }
        if one.visibility is not None:
            shown["visibility"] = dict(one.visibility)
        if self.cloud:
            shown["jsdPublic"] = True
        if properties:
            shown["properties"] = [{"key": k, "value": v} for k, v in one.properties.items()]
        return shown

    def history(self, one: History) -> Json:
        return {
            "id": one.id,
            "author": self.user(one.author),
            "created": self.time(one.at),
            "items": [self._change(change) for change in one.changes],
        }

    def _change(self, change: Change) -> Json:
        field = _FIELDS.get(change.field)
        custom = field is not None and field.custom is not None
        shown = {
            "field": field.name if custom and field else change.field,
            "fieldtype": "custom" if custom else "jira",
            "from": change.old,
            "fromString": change.old_text,
            "to": change.new,
            "toString": change.new_text,
        }
        return {**shown, "fieldId": change.field} if self.cloud and field else shown

    def remote_link(self, issue: Issue, one: RemoteLink) -> Json:
        link = {"self": self.url(f"issue/{issue.facts.key}/remotelink/{one.id}"), "id": one.id}
        application = dict(one.application)
        named = {"globalId": one.global_id, "relationship": one.relationship}
        named = {name: value for name, value in named.items() if value is not None}
        return {**link, **named, "application": application, "object": dict(one.object)}

    def issue_links(self, issue: Issue) -> list[Json]:
        shown = []
        for link in self.state.links:
            if issue.id not in (link.source, link.target):
                continue
            outward = issue.id == link.source
            other = self.state.issues[link.target if outward else link.source]
            facts = other.facts
            few = ["summary", "status", "priority", "issuetype"]
            seen = {
                "id": facts.id,
                "key": facts.key,
                "self": self.url(f"issue/{facts.id}"),
                "fields": self.fields(other, facts, few),
            }
            side = {"outwardIssue" if outward else "inwardIssue": seen}
            head = {"id": link.id, "self": self.url(f"issueLink/{link.id}")}
            shown.append({**head, "type": self.link_type(link.type), **side})
        return shown

    def link_type(self, type_id: str) -> Json:
        found = next(one for one in site.LINK_TYPES if one[0] == type_id)
        names = dict(zip(("id", "name", "inward", "outward"), found, strict=True))
        return {**names, "self": self.url(f"issueLinkType/{type_id}")}

    def attachment(self, one: Attachment) -> Json:
        return {
            "self": self.url(f"attachment/{one.id}"),
            "id": one.id,
            "filename": one.name,
            "author": self.user(one.author),
            "created": self.time(one.created),
            "size": len(one.content),
            "mimeType": one.content_type,
            "content": self.url(f"attachment/content/{one.id}"),
        }
