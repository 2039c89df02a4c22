"""Reading issues: Cloud by token pages and bulk fetch, Data Center by `startAt` and one by one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from connector.clients import jql
from connector.clients.jira_wire import FIELDS, issue_of
from connector.clients.line import in_chunks, rows
from connector.errors import AnswerLostError, DriftError, GoneError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.clients.line import Line
    from connector.ports import Issue

log = logging.getLogger(__name__)

_PAGE = 100
_MOST_PAGES = 500
_BULK = 100
_PROBE = 50
_MOST_PROBES = 200
_MISSES = 10
_IDS_A_SEARCH = 200
_RECONCILED = 50


class Reader(Protocol):
    """What differs between the two kinds of Jira when issues are read."""

    def search(self, query: str, *, written: Sequence[str] = (), most: int = 0) -> Iterator[Any]:
        """Raw issues of a search, `most` of them (0: all). The index may lag."""

    def by_id(self, ids: Sequence[str]) -> Iterator[Any]:
        """Raw issues by id; those that do not exist or are hidden are left out."""

    def after(self, project: str, number: int) -> Iterator[Any]:
        """Raw issues by key from `number` + 1 on, without the index."""


class CloudReader:
    """`/search/jql` and `/issue/bulkfetch`."""

    def __init__(self, line: Line, extra: Sequence[str] = ()) -> None:
        self._line = line
        self._fields = (*FIELDS, *extra)

    def search(self, query: str, *, written: Sequence[str] = (), most: int = 0) -> Iterator[Any]:
        asked: dict[str, Any] = {
            "jql": query,
            "fields": ",".join(self._fields),
            "maxResults": most or _PAGE,
        }
        if written:
            asked["reconcileIssues"] = [jql.issue_id(one) for one in written[-_RECONCILED:]]
        tokens = set[str]()
        for _ in range(_MOST_PAGES):
            document = self._line.get("search/jql", asked)
            yield from rows(document, "issues", "jira: search")
            token = document.get("nextPageToken")
            if most or not isinstance(token, str) or document.get("isLast") is True:
                return
            if token in tokens:
                raise DriftError("jira: the search repeats a page; it was not read to its end")
            tokens.add(token)
            asked["nextPageToken"] = token
        raise DriftError(f"jira: the search has no end after {_MOST_PAGES} pages")

    def by_id(self, ids: Sequence[str]) -> Iterator[Any]:
        for some in in_chunks([jql.issue_id(one) for one in ids], _BULK):
            yield from self._bulk(some)

    def after(self, project: str, number: int) -> Iterator[Any]:
        for _ in range(_MOST_PROBES):
            keys = [f"{project}-{number + offset}" for offset in range(1, _PROBE + 1)]
            found = self._bulk(keys)
            yield from found
            if not found:
                return
            number += _PROBE
        raise DriftError(f"jira: keys of {project} have no end after {project}-{number}")

    def _bulk(self, ids: list[str]) -> list[Any]:
        """What exists of these. Errors in `issueErrors` may pass, so they are asked for again;
        unknown and hidden issues are in neither list.
        """
        asked = {"issueIdsOrKeys": ids, "fields": list(self._fields)}

        def once() -> list[Any]:
            answer = self._line.send("POST", "issue/bulkfetch", asked).document
            document = answer if isinstance(answer, dict) else {}
            if document.get("issueErrors"):
                raise AnswerLostError("jira: POST issue/bulkfetch could not read some issues now")
            return rows(document, "issues", "jira: bulk fetch")

        return self._line.policy.read(once)


class DatacenterReader:
    """`/search` with `startAt`, and single GETs where the index must not be asked."""

    def __init__(self, line: Line, extra: Sequence[str] = ()) -> None:
        self._line = line
        self._fields = (*FIELDS, *extra)

    def search(self, query: str, *, written: Sequence[str] = (), most: int = 0) -> Iterator[Any]:
        del written  # the index of the node that we write to is the one that we read
        return self._pages({"jql": query}, most)

    def by_id(self, ids: Sequence[str]) -> Iterator[Any]:
        for some in in_chunks(list(ids), _IDS_A_SEARCH):
            asked = {"jql": jql.with_ids(some), "validateQuery": "false"}
            found = {str(raw.get("id")): raw for raw in self._pages(asked, 0) if _is_object(raw)}
            yield from found.values()
            # The index may not know a young issue yet: missing in it is not gone.
            for one in some:
                if one not in found:
                    yield from self._single(one)

    def after(self, project: str, number: int) -> Iterator[Any]:
        missed, tries = 0, 0
        while missed < _MISSES:
            number, tries = number + 1, tries + 1
            if tries > _MOST_PROBES * _PROBE:
                raise DriftError(f"jira: keys of {project} have no end after {project}-{number}")
            found = self._single(f"{project}-{number}")
            missed = 0 if found else missed + 1
            yield from found

    def _single(self, id_or_key: str) -> list[Any]:
        try:
            return [self._line.get(f"issue/{id_or_key}", {"fields": ",".join(self._fields)})]
        except GoneError:
            return []

    def _pages(self, asked: Mapping[str, Any], most: int) -> Iterator[Any]:
        start = 0
        for _ in range(_MOST_PAGES):
            query = {
                **asked,
                "fields": ",".join(self._fields),
                "startAt": start,
                "maxResults": most or _PAGE,
            }
            document = self._line.get("search", query)
            page = rows(document, "issues", "jira: search")
            yield from page
            start += len(page)
            total = document.get("total")
            if most or not page or not isinstance(total, int) or start >= total:
                return
        raise DriftError(f"jira: the search has no end after {_MOST_PAGES} pages")


def readable(raws: Iterator[Any], extra: Sequence[str] = ()) -> Iterator[Issue]:
    """The issues that can be read, each once; a broken one is logged and does not stop others."""
    seen = set[str]()
    for raw in raws:
        try:
            issue = issue_of(raw, extra)
        except DriftError as error:
            log.warning("%s", error)
            continue
        if issue.id not in seen:
            seen.add(issue.id)
            yield issue


def _is_object(raw: Any) -> bool:
    return isinstance(raw, dict)
