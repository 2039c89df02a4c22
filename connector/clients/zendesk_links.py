"""Zendesk's own Jira links: only where its integration is installed, and never relied upon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from connector.clients import jql
from connector.clients.line import next_cursor, rows
from connector.errors import GoneError, RefusedError, UncertainError
from connector.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.clients.line import Line
    from connector.core.model import IssueRef

T = TypeVar("T")

_PATHS = ("jira/links", "/api/services/jira/links")
_UNAUTHENTICATED = 401
_MOST_PAGES = 50


class JiraLinks:
    """Tries both of the integration's paths, and forgets one that the account does not have."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._paths = list(_PATHS)

    def link(self, ticket_id: int, issue: IssueRef) -> Receipt | None:
        """None when the integration is not installed, or we may not manage its links."""
        number = int(jql.issue_id(issue.id))
        link = {"ticket_id": ticket_id, "issue_id": number, "issue_key": issue.key}
        answer = self._first(lambda path: self._line.send("POST", path, {"link": link}))
        if answer is None:
            return None
        made = (answer.document or {}).get("link")
        if not isinstance(made, dict) or not isinstance(made.get("id"), int | str):
            raise UncertainError("zendesk: POST jira links answered without naming the link")
        return Receipt(remote_id=str(made["id"]), request_id=answer.trace)

    def issues(self, ticket_id: int) -> tuple[str, ...]:
        """Ids of the issues linked to the ticket. Some accounts ignore the filter: so do we."""
        links = self._first(lambda path: self._listed(path, ticket_id)) or []
        return tuple(
            str(link["issue_id"])
            for link in links
            if isinstance(link, dict)
            and str(link.get("ticket_id")) == str(ticket_id)
            and link.get("issue_id") is not None
        )

    def _listed(self, path: str, ticket_id: int) -> list[Any]:
        query: dict[str, Any] = {"filter[ticket_id]": ticket_id}
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            document = self._line.get(path, query)
            found += rows(document, "links", f"zendesk: {path}")
            after = next_cursor(document)
            if after is None or after == query.get("page[after]"):
                break
            query["page[after]"] = after
        return found

    def _first(self, ask: Callable[[str], T]) -> T | None:
        for path in list(self._paths):
            try:
                return ask(path)
            except (GoneError, RefusedError) as error:
                if isinstance(error, RefusedError) and error.status == _UNAUTHENTICATED:
                    raise
                if "RecordNotFound" not in str(error):
                    self._paths.remove(path)
        return None
