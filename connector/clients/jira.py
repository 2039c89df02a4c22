"""Jira as our `Tracker`, Cloud and Data Center: reads from JSON, and writes that leave once.

The jira client holds the session, its URLs and its headers, built so that it makes no request of
its own. The only module that imports jira.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Literal, cast

import orjson
from pydantic import ValidationError

from connector.clients import jql
from connector.clients.auth import tracker_signer
from connector.clients.jira_facts import project_names, tracker_facts
from connector.clients.jira_history import Histories
from connector.clients.jira_read import CloudReader, DatacenterReader, Reader, readable
from connector.clients.jira_wire import (
    WirePerson,
    WireTransition,
    category_of,
    comment_of,
    issue_of,
    text_of_issue,
)
from connector.clients.line import rows
from connector.clients.transport import DEADLINE, TIMEOUTS, Transport
from connector.clients.wire import name_of
from connector.core.model import IssueRef
from connector.errors import (
    AnswerLostError,
    DriftError,
    GoneError,
    InvalidError,
    RefusedError,
    UncertainError,
)
from connector.ports import Identity, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.clients.auth import ApiToken, BearerToken
    from connector.clients.calls import CallObserver
    from connector.clients.jira_wire import Category
    from connector.clients.retry import RetryPolicy
    from connector.clients.transport import Answer
    from connector.core.model import Json
    from connector.ports import (
        Issue,
        IssueChange,
        IssueDraft,
        IssueText,
        RelatedIssue,
        RemoteLink,
        TrackerComment,
        TrackerFacts,
    )

Deployment = Literal["cloud", "datacenter"]

_POST_READS = frozenset({"bulkfetch", "jql", "search", "list", "approximate-count"})
_SILENT = frozenset({"issueLink"})
_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d{1,19}")
_SAMPLE = 20
_COMMENTS_A_PAGE = 100
_MOST_COMMENT_PAGES = 60
_EVENT = "escalation.event"
_INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
_APPLICATION = {"type": "com.zendesk", "name": "Zendesk"}


class JiraTracker:
    """`connector.ports.Tracker` on a real site, or on anything that speaks like one.

    One object per thread and run. `fields`: ids of fields that are read besides the usual ones.
    """

    def __init__(
        self,
        url: str,
        credential: ApiToken | BearerToken,
        deployment: Deployment,
        *,
        policy: RetryPolicy | None = None,
        observers: Sequence[CallObserver] = (),
        fields: Sequence[str] = (),
        deadline: float = DEADLINE,
        wall: Callable[[], float] = time.time,
    ) -> None:
        transport = Transport(
            "jira",
            url,
            policy=policy,
            observers=observers,
            reads=_POST_READS,
            silent=_SILENT,
            deadline=deadline,
            wall=wall,
        )
        transport.signer = tracker_signer(credential)
        cloud = deployment == "cloud"
        self.dialect: Literal["adf", "wiki"] = "adf" if cloud else "wiki"
        self._line = _JiraLine(transport, deployment)
        self._extra = tuple(fields)
        reader = CloudReader if cloud else DatacenterReader
        self._reader: Reader = reader(self._line, self._extra)
        self._histories = Histories(self._line, cloud=cloud)
        self._me: Identity | None = None
        self._site: str | None = None

    def close(self) -> None:
        """Closes the connections."""
        self._line.close()

    # --- reads ------------------------------------------------------------------------------

    def whoami(self) -> Identity:
        """Who the credentials are. RefusedError when Jira takes us for nobody."""
        try:
            person = WirePerson.model_validate(self._line.get("myself"))
        except ValidationError:
            person = WirePerson()
        if person.id is None:
            raise RefusedError("jira: the credentials are nobody's", side="jira", status=401)
        self._me = Identity(id=person.id, name=name_of(person.displayName), zone=person.timeZone)
        return self._me

    def site(self) -> str:
        """The base URL as Jira tells it, else as configured. Asked once.

        It is part of every marker: only a definite answer may decide it, so an unavailable
        Jira raises.
        """
        if self._site is None:
            try:
                told = self._line.get("serverInfo").get("baseUrl")
            except (GoneError, InvalidError):
                told = None
            base = (
                told if isinstance(told, str) and told.startswith(("http://", "https://")) else ""
            )
            self._site = (base or self._line.transport.origin.url).rstrip("/")
        return self._site

    def browse_url(self, key: str) -> str:
        return f"{self.site()}/browse/{key}"

    def highest_key(self, project: str) -> int:
        self._sure()
        found = self._reader.search(jql.newest_key(project), most=1)
        keys = [raw.get("key") for raw in found if isinstance(raw, dict)]
        return max((int(str(key).rpartition("-")[2]) for key in keys if _is_key(key)), default=0)

    def issues_after(self, project: str, number: int) -> Iterator[Issue]:
        self._sure()
        return readable(self._reader.after(jql.project_key(project), number), self._extra)

    def find_by_label(self, label: str) -> tuple[Issue, ...]:
        self._sure()
        return tuple(readable(self._reader.search(jql.with_label([], label))))

    def changed_issues(
        self, projects: Sequence[str], *, label: str, minutes: int, written: Sequence[str] = ()
    ) -> Iterator[Issue]:
        if not projects:
            return
        self._sure()
        query = jql.with_label(projects, label, minutes=minutes)
        yield from readable(self._reader.search(query, written=written), self._extra)

    def issues(self, ids: Sequence[str]) -> tuple[Issue, ...]:
        """DriftError when one that exists cannot be read: it must not pass for deleted."""
        self._sure()
        return tuple(
            issue_of(raw, self._extra) for raw in self._reader.by_id(list(dict.fromkeys(ids)))
        )

    def text(self, issue_id: str) -> IssueText:
        """DriftError when the description is not in the form that we write."""
        path = f"issue/{_segment(issue_id)}"
        return text_of_issue(self._line.get(path, {"fields": "summary,description"}), self.dialect)

    def comments(self, issue_id: str, *, since: datetime) -> tuple[TrackerComment, ...]:
        found: dict[str, TrackerComment] = {}
        path = f"issue/{_segment(issue_id)}/comment"
        for page in range(_MOST_COMMENT_PAGES):
            document = self._line.get(
                path,
                {
                    "orderBy": "-created",
                    "startAt": page * _COMMENTS_A_PAGE,
                    "maxResults": _COMMENTS_A_PAGE,
                },
            )
            read = [comment_of(raw) for raw in rows(document, "comments", "jira: comments")]
            found |= {comment.id: comment for comment in read}
            falling = len(read) > 1 and read[0].created >= read[-1].created
            if len(read) < _COMMENTS_A_PAGE or (falling and read[-1].created < since):
                newest = sorted(found.values(), key=lambda one: one.created, reverse=True)
                return tuple(comment for comment in newest if comment.created >= since)
        raise DriftError(f"jira: the comments of {issue_id} have no end")

    def is_restricted(self, issue_id: str) -> bool:
        document = self._line.get(f"issue/{_segment(issue_id)}", {"fields": "security"})
        fields = document.get("fields")
        if not isinstance(fields, dict):
            raise DriftError("jira: an issue came without its fields")
        return fields.get("security") is not None

    def related(self, issue_id: str) -> tuple[RelatedIssue, ...]:
        return self._histories.related(issue_id)

    def changes(self, ids: Sequence[str], *, since: datetime) -> tuple[IssueChange, ...]:
        self._sure()
        return self._histories.changes(ids, since)

    def categories(self) -> Mapping[str, Category]:
        return self._histories.categories()

    def facts(self, projects: Sequence[str], people: Sequence[str] = ()) -> TrackerFacts:
        """What the site has, to be held against a configuration."""
        self._sure()

        def newest(project: str) -> tuple[Issue, ...]:
            return tuple(readable(self._reader.search(jql.newest_key(project), most=_SAMPLE)))

        cloud = self.dialect == "adf"
        found = tracker_facts(self._line, projects, people, newest, cloud=cloud)
        return found.model_copy(update={"clock_ahead": self._line.transport.clock_ahead})

    def project_names(self) -> Mapping[str, str]:
        """Every project that we can see, its name by its key."""
        self._sure()
        return project_names(self._line, cloud=self.dialect == "adf")

    # --- writes: one request each -------------------------------------------------------------

    def create_issue(self, draft: IssueDraft) -> IssueRef:
        """The issue with its marker, in one request. UncertainError when no issue is named back."""
        fields = {**draft.fields, "project": {"key": jql.project_key(draft.project)}}
        body = {"fields": fields, "properties": _properties(draft.properties)}
        answer = self._line.send("POST", "issue", body)
        made = answer.document or {}
        number, key = made.get("id"), made.get("key")
        if not str(number).isdecimal() or not _is_key(key):
            raise _unclear("POST issue", answer)
        return IssueRef(id=str(number), key=str(key))

    def upsert_remote_link(self, issue_id: str, link: RemoteLink) -> None:
        """The whole object each time: Jira sets what is absent to null."""
        body = {
            "globalId": link.global_id,
            "application": _APPLICATION,
            "relationship": "escalated from",
            "object": {
                "url": link.url,
                "title": link.title,
                "summary": link.summary,
                "status": {"resolved": link.resolved},
            },
        }
        answer = self._line.send("POST", f"issue/{_segment(issue_id)}/remotelink", body)
        if "id" not in (answer.document or {}):
            raise _unclear("POST issue/{id}/remotelink", answer)

    def update_issue(
        self,
        issue_id: str,
        *,
        fields: Mapping[str, Json] | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        properties: Mapping[str, Json] | None = None,
    ) -> None:
        """One request, or none when there is nothing to do."""
        labels = [{"add": label} for label in add_labels]
        labels += [{"remove": label} for label in remove_labels]
        if labels and "labels" in (fields or {}):
            raise InvalidError("labels are either set or added and removed", fields=("labels",))
        body: dict[str, Any] = {}
        if fields:
            body["fields"] = dict(fields)
        if labels:
            body["update"] = {"labels": labels}
        if properties:
            body["properties"] = _properties(properties)
        if body:
            _expect_done(
                "PUT issue/{id}", self._line.send("PUT", f"issue/{_segment(issue_id)}", body)
            )

    def comment(self, issue_id: str, body: Json, *, intent_id: str) -> Receipt:
        """Carries its intent, and is internal in a service project, in the same request."""
        properties = [{"key": _EVENT, "value": {"id": intent_id}}, _INTERNAL]
        path = f"issue/{_segment(issue_id)}/comment"
        answer = self._line.send("POST", path, {"body": body, "properties": properties})
        number = (answer.document or {}).get("id")
        if not isinstance(number, str | int):
            raise _unclear("POST issue/{id}/comment", answer)
        return Receipt(remote_id=str(number), request_id=answer.trace)

    def relate(
        self,
        issue_id: str,
        other_id: str,
        *,
        link_type: Literal["Relates", "Duplicate"] = "Relates",
    ) -> Receipt:
        """Jira names nothing in its answer; the link is found again by `related`."""
        body = {
            "type": {"name": link_type},
            "inwardIssue": {"id": jql.issue_id(issue_id)},
            "outwardIssue": {"id": jql.issue_id(other_id)},
        }
        answer = self._line.send("POST", "issueLink", body)
        return Receipt(remote_id=other_id, request_id=answer.trace)

    def transition(self, issue_id: str, *, to_category: str) -> str | None:
        """Takes the first transition that leads there and asks for nothing."""
        path = f"issue/{_segment(issue_id)}/transitions"
        document = self._line.get(path, {"expand": "transitions.fields"})
        for raw in rows(document, "transitions", "jira: transitions"):
            try:
                wire = WireTransition.model_validate(raw)
            except ValidationError:
                continue
            if category_of(wire.to) == to_category and wire.free:
                answer = self._line.send("POST", path, {"transition": {"id": wire.id}})
                _expect_done("POST issue/{id}/transitions", answer)
                return name_of(wire.name)
        return None

    def _sure(self) -> None:
        """A search by nobody finds nothing, with status 200: so first we must be somebody."""
        if self._me is None:
            self.whoami()


class _JiraLine:
    """The jira client's session and URLs, without its retries, look-ups and redirects."""

    def __init__(self, transport: Transport, deployment: Deployment) -> None:
        from jira import JIRA  # noqa: TID251 - here and nowhere else, and only when used

        cloud = deployment == "cloud"
        self.transport = transport
        self.policy = transport.policy
        self._client = client = JIRA(
            server=transport.origin.url,
            options={"rest_api_version": "3" if cloud else "2"},
            get_server_info=False,
            max_retries=0,
            timeout=TIMEOUTS,
            logging=False,
        )
        client.deploymentType = "Cloud" if cloud else "Server"
        transport.equip(client._session)  # noqa: SLF001 - the recipe; the version is pinned

    def close(self) -> None:
        cast("Any", self._client).close()

    def now(self) -> datetime:
        return self.transport.now()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self.policy.read(lambda: self.once(path, params))

    def once(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        document = self._document(path, params)
        if not isinstance(document, dict):
            raise AnswerLostError(f"jira: GET {path} answered with a list, not an object")
        return document

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        document = self.policy.read(lambda: self._document(path, params))
        if not isinstance(document, list):
            raise DriftError(f"jira: GET {path} answered with an object, not a list")
        return document

    def send(self, method: str, path: str, document: Json = None) -> Answer:
        session = self._client._session  # noqa: SLF001
        sent = session.request(method, self._url(path), data=orjson.dumps(document))
        return cast("Answer", sent)

    def _document(self, path: str, params: Mapping[str, Any] | None) -> Json:
        session = self._client._session  # noqa: SLF001
        return cast("Answer", session.get(self._url(path), params=params)).document

    def _url(self, path: str) -> str:
        return self._client._get_url(path)  # noqa: SLF001


def _properties(named: Mapping[str, Json]) -> list[dict[str, Json]]:
    return [{"key": key, "value": value} for key, value in named.items()]


def _segment(issue_id: str) -> str:
    """An id or key that is safe to stand in a path."""
    return issue_id if _is_key(issue_id) else jql.issue_id(issue_id)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _expect_done(what: str, answer: Answer) -> None:
    """Jira says 204, or shows the issue; anything else said 200 for it."""
    if answer.document is not None and "key" not in answer.document:
        raise _unclear(what, answer)


def _unclear(what: str, answer: Answer) -> UncertainError:
    trace = f" (request {answer.trace})" if answer.trace else ""
    return UncertainError(
        f"jira: {what} answered {answer.status_code} without naming what it made{trace}; "
        "whether it happened is not known"
    )
