"""Searching: Cloud's token pages over an index that lags, Data Center's `startAt`, and the 410."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from connector.sandbox.frame import JsonAnswer
from connector.sandbox.jira.api import INVALID_PAYLOAD, Ask, Site, refuse
from connector.sandbox.jira.jql import JqlError
from connector.sandbox.jira.query import MOST_ORDER_FIELDS, Search

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.responses import Response
    from starlette.routing import BaseRoute

MOST_WITH_FIELDS = 100
MOST_BARE = 5000
MOST_DATACENTER = 1000
MOST_RECONCILED = 50
MOST_PROPERTIES = 5
TOKEN_LIFE = timedelta(days=7)
_MOST_TOKENS = 500
_BARE = frozenset({"id", "key"})
_UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
_REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def search_routes(home: Site) -> list[BaseRoute]:
    cloud = CloudSearch()

    def read(
        method: str,
        path: str,
        handler: Callable[[Ask], Response],
        only: Literal["cloud"] | None = None,
    ) -> BaseRoute:
        return home.route(method, path, handler, only=only, anonymous=True, write=False)

    return [
        read("GET", "/search/jql", cloud.get, "cloud"),
        read("POST", "/search/jql", cloud.post, "cloud"),
        read("POST", "/search/approximate-count", _count, "cloud"),
        read("GET", "/search", _search),
        read("POST", "/search", _search_by_post),
    ]


@dataclass(frozen=True)
class _Wanted:
    """One search as asked. `lists` may hold anything JSON: it is checked before use."""

    jql: str
    fields: list[str]
    properties: list[str] | None
    most: int
    expand: str = ""
    token: str | None = None
    reconciled: frozenset[str] = frozenset()


class CloudSearch:
    """`/search/jql`. A token names the ids of the pages to come, as they were at the first page."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[str, tuple[str, ...], datetime]] = OrderedDict()

    def get(self, ask: Ask) -> Response:
        properties = ask.listed("properties") if "properties" in ask.call.query else None
        reconciled = ask.listed("reconcileIssues")
        wanted = _Wanted(
            jql=ask.call.query.get("jql", ""),
            fields=ask.listed("fields"),
            properties=properties,
            most=ask.number("maxResults", 50),
            expand=ask.call.query.get("expand", ""),
            token=ask.call.query.get("nextPageToken"),
            reconciled=_ids(reconciled),
        )
        return self._answer(ask, wanted)

    def post(self, ask: Ask) -> Response:
        """Values of another type than documented, null among them, are an invalid payload."""
        body = ask.body(*_BODY)
        if any(not _fits(value, _BODY[name]) for name, value in body.items()):
            raise refuse(400, INVALID_PAYLOAD)
        wanted = _Wanted(
            jql=body.get("jql", ""),
            fields=body.get("fields", []),
            properties=body.get("properties"),
            most=body.get("maxResults", 50),
            expand=body.get("expand", ""),
            token=body.get("nextPageToken"),
            reconciled=_ids([str(one) for one in body.get("reconcileIssues", [])]),
        )
        return self._answer(ask, wanted)

    def _answer(self, ask: Ask, wanted: _Wanted) -> Response:
        search = _compiled(ask, wanted.jql)
        _bounded(search)
        if len(wanted.properties or ()) > MOST_PROPERTIES:
            raise refuse(400, f"At most {MOST_PROPERTIES} properties can be asked for.")
        bare = set(wanted.fields) <= _BARE
        most = min(wanted.most, MOST_BARE if bare else MOST_WITH_FIELDS)
        if most < 1:
            raise refuse(400, "maxResults must be greater than 0.")
        ids = self._ids(ask, wanted, search)
        page, rest = ids[:most], ids[most:]
        answer: dict[str, Any] = {
            "issues": [shown for one in page if (shown := _shown(ask, wanted, one)) is not None],
            "isLast": not rest,
        }
        if rest:
            answer["nextPageToken"] = self._keep(ask, wanted.jql, rest)
        return JsonAnswer(answer)

    def _ids(self, ask: Ask, wanted: _Wanted, search: Search) -> tuple[str, ...]:
        if wanted.token is None:
            if ask.me is None:
                return ()
            found = search.run(ask.state.searchable(wanted.reconciled))
            return tuple(facts.id for _, facts in found)
        jql, ids, born = self._pages.get(wanted.token, ("", (), ask.state.now()))
        if not ids or jql != wanted.jql or ask.state.now() - born > TOKEN_LIFE:
            raise refuse(400, "The provided next page token is invalid or expired.")
        return ids

    def _keep(self, ask: Ask, jql: str, ids: tuple[str, ...]) -> str:
        token = secrets.token_urlsafe(12)
        self._pages[token] = (jql, ids, ask.state.now())
        while len(self._pages) > _MOST_TOKENS:
            self._pages.popitem(last=False)
        return token


_BODY = {
    "jql": "text",
    "fields": "texts",
    "properties": "texts",
    "expand": "text",
    "nextPageToken": "text",
    "maxResults": "number",
    "fieldsByKeys": "flag",
    "reconcileIssues": "numbers",
}


def _fits(value: Any, kind: str) -> bool:
    if kind in {"texts", "numbers"}:
        return isinstance(value, list) and all(_fits(one, kind[:-1]) for one in value)
    number = isinstance(value, int) and not isinstance(value, bool)
    return {"text": isinstance(value, str), "flag": isinstance(value, bool), "number": number}[kind]


def _ids(given: list[str]) -> frozenset[str]:
    if not all(one.isdigit() for one in given):
        raise refuse(400, "reconcileIssues holds issue ids.")
    if len(given) > MOST_RECONCILED:
        raise refuse(400, f"At most {MOST_RECONCILED} issues can be reconciled.")
    return frozenset(given)


def _compiled(ask: Ask, jql: str, *, strict: bool = True) -> Search:
    """Nobody sees no project: on Cloud that is an empty answer, on Data Center a refusal."""
    if ask.me is None and ask.cloud:
        strict = False
    try:
        return Search(ask.state, jql, me=ask.me, strict=strict)
    except JqlError as error:
        raise refuse(400, error.message) from None


def _bounded(search: Search) -> None:
    if search.query.where is None:
        raise refuse(400, _UNBOUNDED)
    if len(search.query.order) > MOST_ORDER_FIELDS:
        raise refuse(400, f"At most {MOST_ORDER_FIELDS} fields can be sorted by.")


def _shown(ask: Ask, wanted: _Wanted, issue_id: str) -> dict[str, Any] | None:
    """One issue of a page as the index knows it; None when it has gone since."""
    issue = ask.state.find(issue_id)
    if issue is None or not ask.state.readable(issue):
        return None
    facts = issue.facts if issue_id in wanted.reconciled else ask.state.indexed(issue)
    if facts is None:
        return None
    if set(wanted.fields) <= {"id"} and not wanted.properties and not wanted.expand:
        return {"id": facts.id}
    return ask.show.issue(
        (issue, facts),
        fields=wanted.fields or ["id"],
        properties=wanted.properties,
        changelog="changelog" in wanted.expand.split(","),
    )


def _count(ask: Ask) -> Response:
    search = _compiled(ask, str(ask.body("jql").get("jql", "")))
    _bounded(search)
    found = search.run(ask.state.searchable()) if ask.me is not None else []
    return JsonAnswer({"count": len(found)})


def _search(ask: Ask) -> Response:
    """Data Center, by GET. Cloud has removed it."""
    wanted = _Wanted(
        jql=ask.call.query.get("jql", ""),
        fields=ask.listed("fields"),
        properties=None,
        most=ask.number("maxResults", 50),
        expand=ask.call.query.get("expand", ""),
    )
    lenient = ask.call.query.get("validateQuery", "true").lower() in {"false", "none", "warn"}
    return _page(ask, wanted, ask.number("startAt", 0), strict=not lenient)


def _search_by_post(ask: Ask) -> Response:
    body = ask.body("jql", "startAt", "maxResults", "validateQuery", "fields", "expand")
    fields, expand = body.get("fields") or [], body.get("expand") or []
    start, most = body.get("startAt", 0), body.get("maxResults", 50)
    if not _fits(fields, "texts") or not _fits(start, "number") or not _fits(most, "number"):
        raise refuse(400, INVALID_PAYLOAD)
    wanted = _Wanted(
        jql=str(body.get("jql") or ""),
        fields=fields,
        properties=None,
        most=most,
        expand=",".join(expand) if isinstance(expand, list) else str(expand),
    )
    strict = str(body.get("validateQuery", True)).lower() not in {"false", "none", "warn"}
    return _page(ask, wanted, start, strict=strict)


def _page(ask: Ask, wanted: _Wanted, start: int, *, strict: bool) -> Response:
    if ask.cloud:
        raise refuse(410, _REMOVED)
    search = _compiled(ask, wanted.jql, strict=strict)
    found = search.run(ask.state.searchable()) if ask.me is not None else []
    most = min(wanted.most, MOST_DATACENTER)
    changelog = "changelog" in wanted.expand.split(",")
    shown = [
        ask.show.issue(pair, fields=wanted.fields or ["*navigable"], changelog=changelog)
        for pair in found[start : start + most]
    ]
    answer: dict[str, Any] = {
        "expand": "schema,names",
        "startAt": start,
        "maxResults": most,
        "total": len(found),
        "issues": shown,
    }
    if search.warnings:
        answer["warningMessages"] = search.warnings
    return JsonAnswer(answer)
