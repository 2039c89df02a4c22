"""Same-issue groups in a file of tickets: the engine of `escalation group`, no account needed.

The file is read once, and only fingerprints are kept. Rarity is counted over the whole file before
anything is placed; then tickets are placed by time and id, so that neither the order of the lines
nor the way they arrive changes a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Literal, TypedDict

from connector.core.customers import customer_key
from connector.core.grouping import Fingerprint, Grouper, Parameters, Report, fingerprint
from connector.ticketfile import BadLine, TicketLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connector.core.model import Group
    from connector.meaning import Meaning

FILE_WINDOW = timedelta(days=10_000)
"""A file is looked at as a whole: nearness in time is evidence, not a border."""

_UNTIMED_START = datetime(2000, 1, 1, tzinfo=UTC)
_UNTIMED_STEP = timedelta(hours=1)
_PROGRESS_EVERY = 200
_AT_ONCE = 256


class GroupLine(TypedDict):
    """One line out, for one ticket in; `id` as it came in."""

    id: int | str
    group: str | None
    strength: Literal["sure", "suggested"] | None


@dataclass(frozen=True)
class _Read:
    id: int | str
    customer: str
    created_at: datetime
    fingerprint: Fingerprint


def _nothing(*_: object) -> None:
    pass


def group_file(
    lines: Iterable[TicketLine | BadLine],
    *,
    parameters: Parameters | None = None,
    meaning: Meaning | None = None,
    window: timedelta = FILE_WINDOW,
    on_bad: Callable[[BadLine], None] = _nothing,
    progress: Callable[[int, int | None], None] = _nothing,
) -> Iterator[GroupLine]:
    """One line out for each ticket in, in the order of the file.

    `meaning` gives sentence vectors; without it, reports are told by their words alone.
    `progress` hears how many tickets were placed, of how many (None while the file is still read).
    """
    tickets = list(_read(lines, meaning, on_bad, progress))
    order = sorted(range(len(tickets)), key=lambda place: _when(tickets[place]))
    reports = [_report(tickets[place], rank) for rank, place in enumerate(order)]
    grouper = Grouper(parameters, window=window)
    grouper.learn_rarity(reports)
    for rank, report in enumerate(reports):
        grouper.place(report)
        if rank % _PROGRESS_EVERY == 0:
            progress(rank, len(reports))
    progress(len(reports), len(reports))
    group_of = {
        order[member.ticket_id]: group for group in grouper.groups() for member in group.members
    }
    name_of = _names(group_of.values(), lambda rank: tickets[order[rank]].id)
    for place, ticket in enumerate(tickets):
        group = group_of.get(place)
        yield {
            "id": ticket.id,
            "group": name_of[group.id] if group else None,
            "strength": group.strength if group else None,
        }


def _names(groups: Iterable[Group], id_of: Callable[[int], int | str]) -> dict[str, str]:
    """Each group is named after its first ticket; an id that stands in the file twice gives two."""
    founder = {group.id: id_of(group.members[0].ticket_id) for group in groups}
    names: dict[str, str] = {}
    taken: set[str] = set()
    for group, first in founder.items():
        others = (f"g{first}-{k}" for k in count(2))
        names[group] = next(name for name in chain((f"g{first}",), others) if name not in taken)
        taken.add(names[group])
    return names


def _when(ticket: _Read) -> tuple[datetime, bool, int, str]:
    named = isinstance(ticket.id, str)
    return (
        ticket.created_at,
        named,
        0 if isinstance(ticket.id, str) else ticket.id,
        str(ticket.id),
    )


def _report(ticket: _Read, rank: int) -> Report:
    return Report(
        ticket_id=rank,
        customer_key=ticket.customer,
        created_at=ticket.created_at,
        fingerprint=ticket.fingerprint,
    )


def _read(
    lines: Iterable[TicketLine | BadLine],
    meaning: Meaning | None,
    on_bad: Callable[[BadLine], None],
    progress: Callable[[int, int | None], None],
) -> Iterator[_Read]:
    """A ticket without a time is taken to have come an hour after the one before it."""
    last = _UNTIMED_START
    read = 0
    for some in _in_batches(_good(lines, on_bad)):
        texts = [(line.subject, line.body) for line in some]
        vectors = meaning.vectors(texts) if meaning else [""] * len(some)
        for line, vector in zip(some, vectors, strict=True):
            last = line.created_at or last + _UNTIMED_STEP
            read += 1
            if read % _PROGRESS_EVERY == 0:
                progress(read, None)
            yield _Read(
                id=line.id,
                customer=customer_key(line.organization, line.requester, None) or f"ticket:{read}",
                created_at=last,
                fingerprint=fingerprint(line.subject, line.body, vector=vector),
            )


def _good(
    lines: Iterable[TicketLine | BadLine], on_bad: Callable[[BadLine], None]
) -> Iterator[TicketLine]:
    for line in lines:
        if isinstance(line, BadLine):
            on_bad(line)
        else:
            yield line


def _in_batches(lines: Iterator[TicketLine]) -> Iterator[list[TicketLine]]:
    while some := list(islice(lines, _AT_ONCE)):
        yield some
