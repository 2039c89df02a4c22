"""`escalation group --confirm, --reject, --split, --join`: a person's word about live groups.

It is kept as a verdict about each pair of tickets, holds from now on, and no sweep undoes it. The
groups are put right at once; the next sweep decides about their tickets anew.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from connector.core.grouping import Corrections, Verdicts
from connector.core.model import OPEN_STATUSES, State
from connector.core.plan import name_write, state_tag
from connector.core.writes import ChangeTags, UpdateTicket
from connector.drafting import place_of
from connector.errors import ConfigError
from connector.escalating import intents, make_gate
from connector.ledger.rows import EventRow
from connector.placing import grouper_of, put_lines, verdicts_around
from connector.report import Report, VerdictLine
from connector.running import report_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from connector.ledger.rows import EscalationRow, LinkRow
    from connector.ledger.store import Transaction
    from connector.services import Services

_MOST: Final = 40
"""Of how many tickets each pair may be told apart at once: 780 verdicts."""

_OPERATOR: Final = "operator"
_LONGEST: Final = 18


def judge(services: Services, *, verdict: str, refs: Sequence[str]) -> Report:
    """Takes in one verdict. Raises ConfigError, and changes nothing, where it cannot hold."""
    says: dict[str, Callable[[_Word], VerdictLine]] = {
        "confirm": _confirm,
        "reject": _reject,
        "split": _split,
        "join": _join,
    }
    gate = make_gate(services)
    with services.ledger.transaction() as tx:
        word = _Word(services, tx, refs)
        line = says[verdict](word)
        word.finish(line)
    for escalation_id in word.left:
        gate.settle(escalation_id)
    return report_of(services, gate, "group", verdicts=(line,))


class _Word:
    """What a verdict is about, and what it changes, in one transaction."""

    def __init__(self, services: Services, tx: Transaction, refs: Sequence[str]) -> None:
        self.services = services
        self.tx = tx
        self.refs = tuple(dict.fromkeys(refs))
        self.index = tx.reports
        self.touched: dict[str, None] = {}
        self.concerned: set[int] = set()
        self.left: list[str] = []

    def group(self, ref: str) -> str:
        """The group that a reference names, by its id or by a ticket in it."""
        if self.index.members(ref):
            found = ref
        else:
            number = self.index.number_of(self.ticket(ref))
            if number is None:
                raise ConfigError(f"ticket {ref} is older than the groups reach back; it has none")
            found = self.index.group_of(number)
        if len(self.index.members(found)) < 2:  # noqa: PLR2004 - alone
            raise ConfigError(
                f"{ref} stands alone: there is no group to judge. "
                f"`escalation group --join {ref} OTHER` makes one"
            )
        return found

    def ticket(self, ref: str) -> int:
        """A ticket's number. Raises ConfigError for anything else, and for an unknown ticket."""
        digits = ref.removeprefix("#")
        known = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST
        if not known or not self.tx.mirror.get([int(digits)]):
            if inside := self.tickets(ref):
                numbers = ", ".join(map(str, inside))
                raise ConfigError(f"{ref} is a group; expected a ticket in it ({numbers})")
            raise ConfigError(
                f"no group and no ticket {ref!r}; expected a group as `escalation list` shows it "
                "(g12), or the number of a ticket that a sweep has read"
            )
        return int(digits)

    def tickets(self, group: str) -> list[int]:
        members = self.index.arrivals(self.index.members(group))
        return [member.ticket_id for member in members]

    def named(self, ref: str) -> list[int]:
        """Every ticket that a reference stands for: a group, a ticket, or an escalation."""
        if self.index.members(ref):
            return self.tickets(ref)
        row = None if ref.removeprefix("#").isdigit() else self.tx.escalations.find(ref)
        if row is not None:
            return [link.ticket_id for link in self.tx.links.of(row.id)]
        return [self.ticket(ref)]

    def live(self, tickets: Collection[int]) -> list[EscalationRow]:
        return [row for row in self.tx.escalations.by_tickets(tickets) if row.state.live]

    def say(self, first: int, second: int, *, same: bool, chance: float | None = None) -> None:
        at = self.services.now
        self.tx.groups.put_label(first, second, same, _OPERATOR, at, chance)
        self.concerned |= {first, second}

    def chance(self, ticket: int) -> float | None:
        """What evidence said of the ticket belonging where it is."""
        number = self.index.number_of(ticket)
        return None if number is None else self.index.chance_of(number)

    def corrections(self) -> Corrections:
        """With everything that is said by now."""
        said = verdicts_around(self.tx, self.concerned)
        return Corrections(self.index, Verdicts(said))

    def finish(self, line: VerdictLine) -> None:
        """The groups' lines, the history, and the next sweep's work."""
        numbers = map(self.index.number_of, self.concerned)
        groups = {self.index.group_of(number): None for number in numbers if number is not None}
        grouper = grouper_of(self.tx, self.services.window)
        put_lines(self.tx, grouper, self.touched | groups)
        self.tx.inbox.again(sorted(self.concerned))
        live = self.live(self.concerned)
        for ticket in line.tickets:
            self.tx.events.add(
                EventRow(
                    at=self.services.now,
                    actor=_OPERATOR,
                    what=f"group {line.verdict}",
                    escalation_id=live[0].id if live else None,
                    ticket_id=ticket,
                    detail={"group": line.group, "tickets": list(line.tickets)},
                )
            )


def _confirm(word: _Word) -> VerdictLine:
    groups = dict.fromkeys(map(word.group, word.refs))
    tickets: list[int] = []
    for group in groups:
        first, *others = word.tickets(group)
        for other in others:
            word.say(first, other, same=True, chance=word.chance(other))
        word.corrections().confirm(group)
        tickets += [first, *others]
    customers = {
        one.customer_key
        for group in groups
        for one in word.index.arrivals(word.index.members(group))
    }
    return VerdictLine(
        verdict="confirmed",
        group=next(iter(groups)) if len(groups) == 1 else None,
        tickets=tuple(tickets),
        means=_what_confirming_means(word, tickets, len(customers)),
    )


def _what_confirming_means(word: _Word, tickets: Sequence[int], customers: int) -> str:
    live = word.live(tickets)
    if live:
        return f"Sure now. The next sweep adds what is new to {live[0].issue_key or live[0].id}."
    least = word.services.min_customers
    rows = word.tx.mirror.get(tickets).values()
    if not any(row.status in OPEN_STATUSES for row in rows):
        return "Sure now. None of its tickets is open, so there is nothing to escalate yet."
    if customers >= least:
        return "Sure now. The next sweep escalates it, unless something keeps it in support."
    shown = " ".join(map(str, tickets))
    return (
        f"Sure now, with {customers} of the {least} customers that it takes to escalate by itself. "
        f"`escalation ticket {shown}` escalates it at once."
    )


def _reject(word: _Word) -> VerdictLine:
    tickets: list[int] = []
    for group in dict.fromkeys(map(word.group, word.refs)):
        members = word.tickets(group)
        live = word.live(members)
        if live:
            name = live[0].issue_key or live[0].id
            raise ConfigError(
                f"{group} is escalated as {name}. Take out what does not belong with "
                f"`escalation group --split TICKET`, or end it with `escalation deescalate {name}`"
            )
        if len(members) > _MOST:
            raise ConfigError(
                f"{group} has {len(members)} tickets; at most {_MOST} can be told apart at once. "
                "Take out what does not belong with `escalation group --split TICKET`"
            )
        for first, second in combinations(members, 2):
            word.say(first, second, same=False, chance=word.chance(second))
        word.touched[group] = None
        word.corrections().part(members[1:])
        tickets += members
    return VerdictLine(
        verdict="rejected",
        group=None,
        tickets=tuple(tickets),
        means="They are kept apart from now on; each is looked at by itself.",
    )


def _split(word: _Word) -> VerdictLine:
    tickets = [word.ticket(ref) for ref in word.refs]
    told: list[str] = []
    for ticket in tickets:
        number = word.index.number_of(ticket)
        group = word.index.group_of(number) if number is not None else None
        live = next(iter(word.live([ticket])), None)
        rest = set(word.tickets(group)) if group else set()
        rest |= {link.ticket_id for link in word.tx.links.of(live.id)} if live else set()
        rest -= set(tickets)
        if not rest:
            raise ConfigError(f"ticket {ticket} stands alone: there is nothing to split it from")
        chance = word.chance(ticket)
        for other in sorted(rest):
            word.say(ticket, other, same=False, chance=chance)
        if group:
            word.touched[group] = None
        if live is not None:
            told.append(_leave(word, live, ticket))
    word.corrections().part(tickets)
    return VerdictLine(
        verdict="split",
        group=None,
        tickets=tuple(tickets),
        means=" ".join(["On its own from now on." if len(tickets) == 1 else "Apart now.", *told]),
    )


def _leave(word: _Word, live: EscalationRow, ticket: int) -> str:
    """The link stays in the history; nothing that happens to the escalation reaches the ticket."""
    name = live.issue_key or live.id
    if ticket == live.first_ticket_id:
        raise ConfigError(
            f"ticket {ticket} is the one that {name} began with. Split the others from it, or end "
            f"it with `escalation deescalate {name}`"
        )
    (link,) = (link for link in word.tx.links.of(live.id) if link.ticket_id == ticket)
    word.tx.links.replace(link.model_copy(update={"left_at": word.services.now}))
    if live.settled and not link.closed:
        _plan_farewell(word, live, link, name)
    issue = " The link in Jira stays; take it out there." if live.issue_id is not None else ""
    return f"{name} goes on without ticket {ticket}.{issue}"


def _plan_farewell(word: _Word, live: EscalationRow, link: LinkRow, name: str) -> None:
    """The ticket hears that it is no longer part of it, and loses the tags that said so."""
    note = (
        f"Taken out of the escalation {name}: support says that it is about something else. "
        "What happens there is no longer told here."
    )
    worn = ("escalated", f"escalated_{live.target.lower()}", *map(state_tag, State))
    ours = tuple(tag for tag in worn if tag not in link.worn)
    place, n = place_of(word.services, live), f"taken out {word.services.now.isoformat()}"
    told = UpdateTicket(ticket_id=link.ticket_id, note=note)
    tags = ChangeTags(ticket_id=link.ticket_id, remove=ours)
    planned = [name_write(place.marker, write, n) for write in (told, tags)]
    word.tx.intents.add(intents(word.services, word.tx, live, planned))
    word.left.append(live.id)


def _join(word: _Word) -> VerdictLine:
    parts = [word.named(ref) for ref in word.refs]
    tickets = list(dict.fromkeys(ticket for part in parts for ticket in part))
    if len(tickets) < 2:  # noqa: PLR2004 - a pair
        raise ConfigError("--join takes two tickets or more: `escalation group --join 12 15`")
    live = word.live(tickets)
    if len(live) > 1:
        names = ", ".join(row.issue_key or row.id for row in live)
        raise ConfigError(
            f"these tickets have several live escalations: {names}. End all but one first with "
            "`escalation deescalate`"
        )
    numbers = {ticket: word.index.number_of(ticket) for ticket in tickets}
    old = [ticket for ticket, number in numbers.items() if number is None]
    if old:
        raise ConfigError(
            f"ticket {old[0]} is older than the groups reach back. "
            f"`escalation ticket {' '.join(map(str, tickets))}` puts them into one escalation"
        )
    word.touched |= {word.index.group_of(n): None for n in numbers.values() if n is not None}
    first = parts[0][0]
    for part in parts[1:]:
        word.say(first, part[0], same=True, chance=_nearly(word, first, part[0]))
    for ticket in parts[0][1:]:
        word.say(first, ticket, same=True, chance=word.chance(ticket))
    home = word.corrections().unite([first, *(part[0] for part in parts[1:])])
    word.concerned |= set(tickets)
    members = word.tickets(home) if home else tickets
    return VerdictLine(
        verdict="joined",
        group=home,
        tickets=tuple(tickets),
        means=f"One issue from now on: {home} with {len(members)} tickets. "
        + _what_confirming_means(word, tickets, _customers(word, home)),
    )


def _customers(word: _Word, group: str | None) -> int:
    members = word.index.arrivals(word.index.members(group or ""))
    return len({member.customer_key for member in members})


def _nearly(word: _Word, first: int, second: int) -> float | None:
    """The chance that the later one had to join the other's group, where it was near enough."""
    numbers = [n for t in (first, second) if (n := word.index.number_of(t)) is not None]
    groups = {word.index.group_of(number) for number in numbers}
    near = [miss.chance for miss in word.tx.groups.misses_of(numbers) if miss.group_id in groups]
    return max(near, default=None)
