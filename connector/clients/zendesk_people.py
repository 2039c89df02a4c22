"""Users and organizations that did not come along with what refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.clients.line import in_chunks
from connector.clients.zendesk_wire import Sideloads
from connector.core.model import Organization, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.clients.line import Line
    from connector.core.model import Ticket

_AT_ONCE = 100
_REMEMBERED = 1_000
_STAFF = 4_000


class Directory:
    """Remembers people and organizations for a run, and looks up those it has not met."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._people: dict[int, Person] = {}
        self._organizations: dict[int, Organization] = {}

    def learn(self, sideloads: Sideloads) -> None:
        """Takes in what came with a page; what is newest counts.

        Customers and organizations come along with their tickets again, so they may be forgotten;
        agents write everywhere, and would have to be looked up.
        """
        if len(self._people) > _REMEMBERED:
            staff = {one: who for one, who in self._people.items() if who.role == "agent"}
            self._people = staff if len(staff) < _STAFF else {}
        if len(self._organizations) > _REMEMBERED:
            self._organizations = {}
        self._people |= sideloads.people
        self._organizations |= sideloads.organizations

    def people(self, ids: Iterable[int]) -> Mapping[int, Person]:
        """These users by id; one that Zendesk does not know any more is only an id."""
        wanted = sorted(set(ids))
        for some in in_chunks([one for one in wanted if one not in self._people], _AT_ONCE):
            found = self._sideloads("users/show_many.json", some).people
            self._people |= {one: found.get(one) or Person(id=one) for one in some}
        return {one: self._people[one] for one in wanted}

    def complete(self, ticket: Ticket) -> Ticket:
        """The ticket with its requester and organization filled in from what is remembered."""
        requester, organization = ticket.requester, ticket.organization
        return ticket.model_copy(
            update={
                "requester": self._people.get(requester.id, requester) if requester else None,
                "organization": self._organizations.get(organization.id, organization)
                if organization
                else None,
            }
        )

    def fetch_missing(self, tickets: Iterable[Ticket]) -> None:
        """Looks up the organizations and requesters that these tickets only name by id."""
        nameless, unknown = set[int](), set[int]()
        for ticket in tickets:
            if ticket.requester and ticket.requester.id not in self._people:
                unknown.add(ticket.requester.id)
            if ticket.organization and ticket.organization.id not in self._organizations:
                nameless.add(ticket.organization.id)
        self.people(unknown)
        for some in in_chunks(sorted(nameless), _AT_ONCE):
            found = self._sideloads("organizations/show_many.json", some).organizations
            self._organizations |= found

    def _sideloads(self, path: str, ids: list[int]) -> Sideloads:
        return Sideloads(self._line.get(path, {"ids": ",".join(map(str, ids))}))
