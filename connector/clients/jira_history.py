"""What happened to issues, and what they are linked to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import AwareDatetime, ValidationError

from connector.clients import jql
from connector.clients.jira_wire import Category, WirePerson, WireStatus, category_of
from connector.clients.line import Line, in_chunks, rows
from connector.clients.wire import Listed, Wire, name_of, why
from connector.core.model import IssueRef
from connector.errors import DriftError, GoneError
from connector.ports import IssueChange, RelatedIssue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIELDS = ("status", "resolution")
_ISSUES_A_CALL = 1000
_CHANGES_A_PAGE = 1000
_MOST_PAGES = 200


class HistoryLine(Line, Protocol):
    """The line to Jira, lists included."""

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        """A JSON list."""


class WireItem(Wire):
    """`from` is a word of Python's own, so the items are read by hand where they are used."""

    field: str
    fieldId: str | None = None  # noqa: N815 - Jira's spelling
    fromString: str | None = None  # noqa: N815
    toString: str | None = None  # noqa: N815
    to: str | None = None


class WireHistory(Wire):
    """Cloud's bulk answer gives `created` in milliseconds, every other one as ISO 8601."""

    created: int | AwareDatetime
    author: WirePerson | None = None
    items: Annotated[tuple[dict[str, Any], ...], Listed] = ()

    @property
    def at(self) -> datetime:
        if isinstance(self.created, int):
            return datetime.fromtimestamp(self.created / 1000, UTC)
        return self.created


class WireEnd(Wire):
    id: str
    key: str


class WireLinkType(Wire):
    name: str | None = None


class WireIssueLink(Wire):
    type: WireLinkType
    outwardIssue: WireEnd | None = None  # noqa: N815
    inwardIssue: WireEnd | None = None  # noqa: N815


class Histories:
    """Histories, links and statuses of one site."""

    def __init__(self, line: HistoryLine, *, cloud: bool) -> None:
        self._line = line
        self._cloud = cloud

    def changes(self, ids: Sequence[str], since: datetime) -> tuple[IssueChange, ...]:
        """Changes of status and resolution, oldest first. Cloud: one call for all of them."""
        known = [jql.issue_id(one) for one in dict.fromkeys(ids)]
        found = self._bulk(known) if self._cloud else self._one_by_one(known)
        told = [
            change
            for issue_id, raw in found
            for change in _changes_of(issue_id, raw)
            if change.at >= since
        ]
        return tuple(sorted(told, key=lambda change: change.at))

    def _bulk(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for some in in_chunks(list(ids), _ISSUES_A_CALL):
            asked: dict[str, Any] = {
                "issueIdsOrKeys": some,
                "fieldIds": list(_FIELDS),
                "maxResults": _CHANGES_A_PAGE,
            }
            for _ in range(_MOST_PAGES):
                document = self._read("changelog/bulkfetch", asked)
                for log in rows(document, "issueChangeLogs", "jira: changelogs"):
                    if isinstance(log, dict):
                        histories = log.get("changeHistories")
                        for raw in histories if isinstance(histories, list) else []:
                            yield str(log.get("issueId")), raw
                token = document.get("nextPageToken")
                if not isinstance(token, str) or token == asked.get("nextPageToken"):
                    break
                asked["nextPageToken"] = token

    def _read(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        def once() -> dict[str, Any]:
            answer = self._line.send("POST", path, asked).document
            return answer if isinstance(answer, dict) else {}

        return self._line.policy.read(once)

    def _one_by_one(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for one in ids:
            try:
                document = self._line.get(
                    f"issue/{one}", {"fields": "status", "expand": "changelog"}
                )
            except GoneError:
                continue
            log = document.get("changelog")
            histories = log.get("histories") if isinstance(log, dict) else None
            for raw in histories if isinstance(histories, list) else []:
                yield one, raw

    def related(self, issue_id: str) -> tuple[RelatedIssue, ...]:
        """Links of the issue, in Jira's order."""
        document = self._line.get(f"issue/{jql.issue_id(issue_id)}", {"fields": "issuelinks"})
        fields = document.get("fields")
        raws = fields.get("issuelinks") if isinstance(fields, dict) else None
        found = []
        for raw in raws if isinstance(raws, list) else []:
            try:
                link = WireIssueLink.model_validate(raw)
            except ValidationError:
                continue
            end = link.outwardIssue or link.inwardIssue
            if end is not None:
                found.append(
                    RelatedIssue(
                        issue=IssueRef(id=end.id, key=end.key),
                        kind=name_of(link.type.name),
                        outward=link.outwardIssue is not None,
                    )
                )
        return tuple(found)

    def categories(self) -> dict[str, Category]:
        """By status id."""
        found: dict[str, Category] = {}
        for raw in self._line.items("status"):
            try:
                status = WireStatus.model_validate(raw)
            except ValidationError:
                continue
            found[status.id] = category_of(status)
        return found


def _changes_of(issue_id: str, raw: Any) -> Iterator[IssueChange]:
    try:
        history = WireHistory.model_validate(raw)
        items = [(WireItem.model_validate(item), item.get("from")) for item in history.items]
    except ValidationError as error:
        raise DriftError(
            f"jira: the history of {issue_id} could not be read: {why(error)}"
        ) from None
    for item, old in items:
        name = item.fieldId or item.field
        if name in _FIELDS:
            yield IssueChange(
                issue_id=issue_id,
                at=history.at,
                author_id=history.author.id if history.author else None,
                field=name,
                old=old if isinstance(old, str) else None,
                new=item.to,
                old_name=name_of(item.fromString),
                new_name=name_of(item.toString),
            )
