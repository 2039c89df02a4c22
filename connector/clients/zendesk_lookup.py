"""Single tickets: by id with their SLA, their threads, and their audits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from connector.clients.line import in_chunks, next_cursor, rows
from connector.clients.wire import why
from connector.clients.zendesk_thread import (
    Told,
    WireAudit,
    WireComment,
    audit_of,
    authors_of,
    listed_comment,
    merged_into,
    signed,
)
from connector.clients.zendesk_wire import SIDELOADS, Sideloads, WireSlas, clocks_of, read_tickets
from connector.core.model import Thread
from connector.errors import DriftError, GoneError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.clients.line import Line
    from connector.clients.zendesk_people import Directory
    from connector.clients.zendesk_wire import Tickets
    from connector.core.model import Comment, SlaClock, Ticket
    from connector.ports import Audit

log = logging.getLogger(__name__)

_AT_ONCE = 100
_MERGED_TAG = "closed_by_merge"
_PER_PAGE = 100
_MOST_PAGES = 100
_MOST_SINGLE_SLAS = 50


class Lookups:
    """Reads by ticket id. What an account does not offer is asked for once and then left."""

    def __init__(self, line: Line, directory: Directory) -> None:
        self._line = line
        self._directory = directory
        self._sla_sources = ["tickets/{}.json?include=slas", "tickets/{}/slas/policy_metrics.json"]

    def tickets(self, ids: Sequence[int]) -> tuple[Ticket, ...]:
        """Those that exist, in the order of `ids`. DriftError when one that exists is broken."""
        found: dict[int, Ticket] = {}
        for some in in_chunks(list(dict.fromkeys(ids)), _AT_ONCE):
            query = {"ids": ",".join(map(str, some)), "include": SIDELOADS}
            document = self._line.get("tickets/show_many.json", query)
            raws = rows(document, "tickets", "zendesk: tickets by id")
            offered = any("slas" in raw for raw in raws if isinstance(raw, dict))
            read = self.page(raws, document, "tickets by id", sla_offered=offered)
            if read.rejected:
                first = read.rejected[0]
                raise DriftError(f"zendesk: ticket {first.ticket_id} is broken: {first.reason}")
            found |= {ticket.id: self.with_merge(ticket) for ticket in read.good}
        bare = [one for one in found.values() if one.sla is None][:_MOST_SINGLE_SLAS]
        found |= {one.id: one.model_copy(update={"sla": self._sla(one.id)}) for one in bare}
        return tuple(found[one] for one in dict.fromkeys(ids) if one in found)

    def page(
        self, raws: list[Any], document: Mapping[str, Any], place: str, *, sla_offered: bool
    ) -> Tickets:
        """The tickets of an answer, with the people and organizations that they name."""
        sideloads = Sideloads(document)
        read = read_tickets(raws, sideloads, place, sla_offered=sla_offered)
        self._directory.learn(sideloads)
        self._directory.fetch_missing(read.good)
        read.good = [self._directory.complete(ticket) for ticket in read.good]
        return read

    def signed(self, comments: Sequence[Comment]) -> tuple[Comment, ...]:
        """The comments with their authors' names and roles."""
        return signed(comments, self._directory.people(authors_of(comments)))

    def thread(self, ticket_id: int) -> Thread:
        """Comments and changes in one kind of call; comments by their own list where it has none.

        GoneError when the ticket is gone.
        """
        told = Told()
        told.read(ticket_id, self._audits(ticket_id))
        if not told.kept.all():
            for wire in self._comments(ticket_id):
                told.kept.add(listed_comment(ticket_id, wire))
        said = told.kept.all()
        people = self._directory.people(authors_of(said))
        return Thread(
            ticket_id=ticket_id,
            comments=signed(said, people, told.requester_id),
            changes=tuple(told.changes),
            cut=told.kept.cut,
        )

    def with_merge(self, ticket: Ticket) -> Ticket:
        """A ticket that was closed by a merge, with the ticket it went into (one more read)."""
        if ticket.status != "closed" or _MERGED_TAG not in ticket.tags:
            return ticket
        try:
            target = merged_into(self._audits(ticket.id))
        except GoneError:
            return ticket
        return ticket.model_copy(update={"merged_into": target})

    def audits(self, ticket_id: int, since: datetime) -> tuple[Audit, ...]:
        """The ticket's audits from `since` on, oldest first."""
        found = [audit_of(wire) for wire in self._audits(ticket_id)]
        return tuple(audit for audit in found if audit.at >= since)

    def _audits(self, ticket_id: int) -> Iterator[WireAudit]:
        path = f"tickets/{ticket_id}/audits.json"
        for raw in self._listed(path, "audits"):
            try:
                yield WireAudit.model_validate(raw)
            except ValidationError as error:
                log.warning("an audit of ticket %d was left out: %s", ticket_id, why(error))

    def _comments(self, ticket_id: int) -> Iterator[WireComment]:
        path = f"tickets/{ticket_id}/comments.json"
        for raw in self._listed(path, "comments"):
            try:
                yield WireComment.model_validate(raw)
            except ValidationError as error:
                log.warning("a comment of ticket %d was left out: %s", ticket_id, why(error))

    def _listed(self, path: str, name: str) -> Iterator[Any]:
        """Every row of a list by cursor. Archived tickets answer with one page without `meta`."""
        query: dict[str, Any] = {"page[size]": _PER_PAGE, "include": "users"}
        cursors = set[str]()
        for _ in range(_MOST_PAGES):
            document = self._line.get(path, query)
            self._directory.learn(Sideloads(document))
            yield from rows(document, name, f"zendesk: {path}")
            after = next_cursor(document)
            if after is None:
                return
            if after in cursors:
                break
            cursors.add(after)
            query["page[after]"] = after
        raise DriftError(f"zendesk: {path} has no end")

    def _sla(self, ticket_id: int) -> tuple[SlaClock, ...] | None:
        """From the first source that this account offers, else None."""
        for source in list(self._sla_sources):
            path, _, query = source.format(ticket_id).partition("?")
            name, _, value = query.partition("=")
            try:
                document = self._line.get(path, {name: value} if name else None)
            except (GoneError, RefusedError) as error:
                if isinstance(error, RefusedError) and error.status == 401:  # noqa: PLR2004
                    raise
                if "InvalidEndpoint" in str(error) or isinstance(error, RefusedError):
                    self._sla_sources.remove(source)
                    continue
                return ()
            slas = _slas_in(document)
            if slas is not None:
                return clocks_of(slas)
            self._sla_sources.remove(source)
        return None


def _slas_in(document: Mapping[str, Any]) -> WireSlas | None:
    """The SLA facts of a single ticket, wherever this answer keeps them."""
    ticket = document.get("ticket")
    places = (ticket.get("slas") if isinstance(ticket, dict) else None, document.get("slas"))
    raw = next((place for place in places if isinstance(place, dict)), document)
    if not isinstance(raw.get("policy_metrics"), list):
        return None
    try:
        return WireSlas.model_validate(raw)
    except ValidationError:
        return None
