"""Zendesk as our `Desk`: reads straight from JSON, and writes that are internal or not sent.

zenpy holds the session and makes each request; what is above and below it is ours
(docs/decisions.md says why). The only module that imports zenpy.
"""

from __future__ import annotations

import logging
import os
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import requests
from pydantic import ValidationError

from connector.clients.auth import desk_signer
from connector.clients.calls import HIDES
from connector.clients.guard import PublicGuard, reply_body
from connector.clients.line import next_cursor, rows
from connector.clients.transport import DEADLINE, TIMEOUTS, Transport
from connector.clients.wire import name_of
from connector.clients.zendesk_backlog import Backlog
from connector.clients.zendesk_export import Exports
from connector.clients.zendesk_facts import desk_facts
from connector.clients.zendesk_jobs import AT_ONCE, Jobs
from connector.clients.zendesk_links import JiraLinks
from connector.clients.zendesk_lookup import Lookups
from connector.clients.zendesk_people import Directory
from connector.clients.zendesk_wire import WireUser
from connector.core.markers import AUDIT_KEY
from connector.errors import (
    AnswerLostError,
    ConnectorError,
    DriftError,
    InvalidError,
    PublicNoteError,
    RefusedError,
    UncertainError,
)
from connector.ports import Identity, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connector.clients.auth import Credential
    from connector.clients.calls import CallObserver
    from connector.clients.retry import RetryPolicy
    from connector.clients.transport import Answer
    from connector.core.model import Comment, IssueRef, Json, Thread, Ticket
    from connector.ports import (
        ApprovedReply,
        Audit,
        CommentPage,
        DeskFacts,
        TicketPage,
        TicketUpdate,
    )

log = logging.getLogger(__name__)

_MEDDLING = ("ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME", "DEBUG_LOG")
_GRANT = frozenset({"tokens"})
_SILENT = frozenset({HIDES})
_UNPERMITTED = re.compile(r"unpermitted_keys[\"']?\s*(?:=>|:)\s*\[([^\]]{0,2000})\]")
_KEY_NAME = re.compile(r"[A-Za-z0-9_.]{1,80}")
_MOST_PAGES = 50


class ZendeskDesk:
    """`connector.ports.Desk` on a real account, or on anything that speaks like one.

    One object per thread and run: it remembers people, page sizes and what the account lacks.
    """

    def __init__(
        self,
        url: str,
        credential: Credential,
        *,
        policy: RetryPolicy | None = None,
        observers: Sequence[CallObserver] = (),
        deadline: float = DEADLINE,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._guard = PublicGuard()
        transport = Transport(
            "zendesk",
            url,
            policy=policy,
            observers=observers,
            guard=self._guard,
            reads=_GRANT,
            silent=_SILENT,
            deadline=deadline,
            wall=wall,
        )
        grant = "/oauth/tokens"
        transport.signer = desk_signer(credential, lambda asked: transport.ask(grant, asked))
        self.name = _name_of(transport.origin.host)
        self._line = _ZenpyLine(transport)
        directory = Directory(self._line)
        self._lookups = Lookups(self._line, directory)
        self._exports = Exports(self._line, self._lookups)
        self._backlog = Backlog(self._line, self._lookups)
        self._links = JiraLinks(self._line)
        self._jobs = Jobs(self._line)
        self._groups: dict[str, int] | None = None

    def close(self) -> None:
        """Closes the connections."""
        self._line.session.close()

    # --- reads ------------------------------------------------------------------------------

    def whoami(self) -> Identity:
        """Who the credentials are. RefusedError for nobody: Zendesk then says "Anonymous user"."""
        document = self._line.get("users/me.json")
        try:
            user = WireUser.model_validate(document.get("user"))
        except ValidationError:
            user = None
        if user is None or user.id <= 0:
            raise RefusedError(
                "zendesk: the credentials are nobody's (it answers as to an anonymous visitor)",
                side="zendesk",
                status=401,
            )
        return Identity(
            id=str(user.id),
            name=name_of(user.name),
            zone=user.iana_time_zone,
            admin=user.role == "admin",
        )

    def changed_tickets(self, *, cursor: str | None, since: datetime) -> Iterator[TicketPage]:
        return self._exports.tickets(cursor, since)

    def changed_comments(self, *, since: datetime) -> Iterator[CommentPage]:
        return self._exports.comments(since)

    def open_tickets(self, *, unchanged_since: datetime, position: str) -> Iterator[TicketPage]:
        return self._backlog.tickets(unchanged_since, position)

    def signed(self, comments: Sequence[Comment]) -> tuple[Comment, ...]:
        return self._lookups.signed(comments)

    def tickets(self, ids: Sequence[int]) -> tuple[Ticket, ...]:
        return self._lookups.tickets(ids)

    def thread(self, ticket_id: int) -> Thread:
        return self._lookups.thread(ticket_id)

    def audits(self, ticket_id: int, *, since: datetime) -> tuple[Audit, ...]:
        return self._lookups.audits(ticket_id, since)

    def linked_issues(self, ticket_id: int) -> tuple[str, ...]:
        return self._links.issues(ticket_id)

    def group_id(self, name: str) -> int | None:
        """By its exact name, else by its name in any case."""
        groups = self._known_groups()
        folded = {known.casefold(): number for known, number in groups.items()}
        return groups.get(name) or folded.get(name.casefold())

    def ticket_field_ids(self) -> Mapping[str, int]:
        return self._ids_by("ticket_fields", "title")

    def facts(self) -> DeskFacts:
        """What the account has, to be held against a configuration."""
        found = desk_facts(self._line, self._known_groups())
        transport = self._line.transport
        heard = {"allowances": transport.allowances, "clock_ahead": transport.clock_ahead}
        return found.model_copy(update=heard)

    # --- writes: one request each -------------------------------------------------------------

    def update_ticket(self, update: TicketUpdate) -> Receipt:
        """The note and what goes with it, in one request that a stale stamp makes fail.

        Raises PublicNoteError when Zendesk answers that the note is public; it has then been
        made internal, or the message says that it could not be.
        """
        receipt, audit = self._put_ticket(update.ticket_id, {"ticket": _ticket_body(update)})
        self._keep_internal(update.ticket_id, audit)
        return receipt

    def send_reply(self, reply: ApprovedReply) -> Receipt:
        """Raises PublicWriteRefusedError when the words are not those that were approved."""
        with self._guard.admitting(reply):
            return self._put_ticket(reply.ticket_id, reply_body(reply))[0]

    def _put_ticket(self, ticket_id: int, body: Json) -> tuple[Receipt, Mapping[str, Any]]:
        """One update of a ticket, and the audit it made."""
        path = f"tickets/{ticket_id}.json"
        answer = self._line.send("PUT", path, body)
        document = answer.document or {}
        ticket, audit = document.get("ticket"), document.get("audit")
        audit_id = audit.get("id") if isinstance(audit, dict) else None
        same = isinstance(ticket, dict) and ticket.get("id") == ticket_id
        if not same or not isinstance(audit, dict) or not isinstance(audit_id, int):
            raise UncertainError(
                f"zendesk: PUT {path} answered 200 without that ticket and its audit; "
                "whether it happened is not known"
            )
        ignored = _ignored(answer.headers.get("x-zendesk-api-warn", ""))
        if ignored:
            log.warning("zendesk ignored %s of an update", ", ".join(ignored))
        receipt = Receipt(remote_id=str(audit_id), request_id=answer.trace, ignored=ignored)
        return receipt, audit

    def update_tickets(
        self, updates: Sequence[TicketUpdate]
    ) -> Mapping[int, Receipt | ConnectorError]:
        """One job. No audit comes back with it: one of them is looked at, to see that notes are
        still internal.
        """
        if len({update.ticket_id for update in updates}) != len(updates) or len(updates) > AT_ONCE:
            raise ValueError(f"a job takes {AT_ONCE} different tickets at most")
        found = self._jobs.update(
            [{"id": update.ticket_id, **_ticket_body(update)} for update in updates]
        )
        done = next((one for one in updates if isinstance(found[one.ticket_id], Receipt)), None)
        if done is not None and self._came_out_public(done):
            found[done.ticket_id] = PublicNoteError(
                f"zendesk: a note on ticket {done.ticket_id} came out public; hide it in Zendesk "
                f"NOW, and look at the {len(updates) - 1} tickets that were updated with it"
            )
        return found

    def _came_out_public(self, update: TicketUpdate) -> bool:
        try:
            audits = self._lookups.audits(update.ticket_id, datetime(2000, 1, 1, tzinfo=UTC))
        except ConnectorError:
            return False
        return any(one.public for one in audits if one.intent_id == update.intent_id)

    def change_tags(
        self,
        ticket_id: int,
        *,
        add: Sequence[str],
        remove: Sequence[str],
        updated_stamp: str | None,
    ) -> None:
        """Adds, then removes: one request each, both safe to repeat.

        The first one makes the stamp stale, so only it carries the stamp.
        """
        stamp: Json = {}
        if updated_stamp is not None:
            stamp = {"updated_stamp": updated_stamp, "safe_update": "true"}
        for method, tags in (("PUT", add), ("DELETE", remove)):
            if tags:
                path = f"tickets/{ticket_id}/tags.json"
                answer = self._line.send(method, path, {"tags": list(tags), **stamp})
                if answer.document is not None and "tags" not in answer.document:
                    raise UncertainError(f"zendesk: {method} {path} answered without tags")
                stamp = {}

    def link_issue(self, ticket_id: int, issue: IssueRef) -> Receipt | None:
        return self._links.link(ticket_id, issue)

    def _keep_internal(self, ticket_id: int, audit: Mapping[str, Any]) -> None:
        """The last check of every note: no comment of this audit may be public."""
        events = audit.get("events")
        public = [
            event
            for event in (events if isinstance(events, list) else [])
            if isinstance(event, dict)
            and event.get("type") == "Comment"
            and event.get("public") is not False
        ]
        if not public:
            return
        hidden = all(self._hide(ticket_id, event.get("id")) for event in public)
        ending = (
            "it was made internal at once"
            if hidden
            else "and could not be made internal: hide it in Zendesk NOW"
        )
        raise PublicNoteError(f"zendesk: a note on ticket {ticket_id} came out public; {ending}")

    def _hide(self, ticket_id: int, comment_id: Any) -> bool:
        try:
            path = f"tickets/{ticket_id}/comments/{int(comment_id)}/{HIDES}.json"
            self._line.send("PUT", path)
        except (ConnectorError, TypeError, ValueError):
            return False
        return True

    def _known_groups(self) -> dict[str, int]:
        if self._groups is None:
            self._groups = self._ids_by("groups", "name")
        return self._groups

    def _ids_by(self, listed: str, label: str) -> dict[str, int]:
        found: dict[str, int] = {}
        query: dict[str, Any] = {"page[size]": 100}
        for _ in range(_MOST_PAGES):
            document = self._line.get(f"{listed}.json", query)
            for one in rows(document, listed, f"zendesk: {listed}"):
                if isinstance(one, dict) and isinstance(one.get("id"), int):
                    found.setdefault(name_of(str(one.get(label) or "")), one["id"])
            after = next_cursor(document)
            if after is None:
                return found
            query["page[after]"] = after
        raise DriftError(f"zendesk: the list of {listed} has no end")


class _ZenpyLine:
    """zenpy, bent to one request a call: no cache, no objects, no sleep, no environment."""

    def __init__(self, transport: Transport) -> None:
        for name in _MEDDLING:
            os.environ.pop(name, None)
        from zenpy import Zenpy  # noqa: TID251 - here and nowhere else, and only when used

        self.transport = transport
        self.policy = transport.policy
        self.session = transport.equip(requests.Session())
        self.session.authorized = True  # type: ignore[attr-defined]  # zenpy asks for it
        subdomain, _, domain = transport.origin.host.partition(".")
        client = Zenpy(
            subdomain=subdomain,
            domain=domain,
            session=self.session,
            disable_cache=True,
            timeout=TIMEOUTS,
            ratelimit_budget=1,
        )
        self._api = client.tickets

    def now(self) -> datetime:
        return self.transport.now()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self.policy.read(lambda: self.once(path, params))

    def once(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        url = self._url(path) + (f"?{urlencode(params)}" if params else "")
        document = cast("Answer", self._api._get(url, raw_response=True)).document  # noqa: SLF001
        if not isinstance(document, dict):
            raise AnswerLostError(f"zendesk: GET {path} answered with a list, not an object")
        self._check_next(document)
        return document

    def send(self, method: str, path: str, document: Json = None) -> Answer:
        verb = getattr(self.session, method.lower())
        url = self._url(path)
        sent = self._api._call_api(verb, url, json=document, timeout=TIMEOUTS)  # noqa: SLF001
        return cast("Answer", sent)

    def _url(self, path: str) -> str:
        return self.transport.origin.url + (path if path.startswith("/") else f"/api/v2/{path}")

    def _check_next(self, document: Mapping[str, Any]) -> None:
        """No link of an answer is followed; one that leads elsewhere shows a tampered answer."""
        links = document.get("links")
        following = links.get("next") if isinstance(links, dict) else None
        for url in (document.get("after_url"), document.get("next_page"), following):
            if isinstance(url, str):
                self.transport.origin.check(url)


def _ticket_body(update: TicketUpdate) -> dict[str, Any]:
    """Made anew for each request: zenpy's own objects lose `public` on their second use."""
    body: dict[str, Any] = {
        "metadata": {AUDIT_KEY: update.intent_id},
        "safe_update": True,
        "updated_stamp": update.updated_stamp,
    }
    if update.note is not None:
        body["comment"] = {"body": update.note, "public": False}
    if update.fields:
        body["custom_fields"] = [
            {"id": _field_id(number), "value": value} for number, value in update.fields.items()
        ]
    for name in ("status", "group_id", "priority"):
        value = getattr(update, name)
        if value is not None:
            body[name] = value
    return body


def _field_id(number: str) -> int:
    if not number.isdecimal():
        raise InvalidError(f"{number[:80]!r} is no id of a ticket field", fields=(number,))
    return int(number)


def _ignored(header: str) -> tuple[str, ...]:
    """The keys that `x-zendesk-api-warn` says were dropped, whatever its notation."""
    found = _UNPERMITTED.search(header)
    return tuple(_KEY_NAME.findall(found[1])) if found else ()


def _name_of(host: str) -> str:
    """`acme` of acme.zendesk.com; else the host."""
    return host.removesuffix(".zendesk.com") or host
