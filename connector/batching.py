"""Many notes of one escalation in one request. Each keeps its intent, its marker and its outcome.

A note that was sent with others once is sent alone from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from connector.core.writes import UpdateTicket, parse_write, side_of
from connector.errors import ConnectorError, UncertainError
from connector.ledger.intents import INTERRUPTED
from connector.ledger.rows import IntentState
from connector.lookup import Found
from connector.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.core.model import Json
    from connector.gate import Resend
    from connector.ledger.rows import IntentRow
    from connector.sending import Sender

    Ready = tuple[IntentRow, UpdateTicket, Json]

HANDFUL = 8
"""So few are sent one by one: a job takes some seconds, and several questions until it ends."""

AT_ONCE = 100

_SETTLED = (IntentState.DONE, IntentState.DROPPED)


def batch_of(
    rows: Iterable[IntentRow],
    now: datetime,
    left_out: Collection[str],
    resting: Callable[[IntentRow], object],
) -> list[IntentRow]:
    """The notes that may go now, one a ticket; () when they are only a handful.

    A note waits for what comes before it on its ticket. One that was tried already goes alone: it
    keeps its own stamp, or a later one may have overtaken it.
    """
    before: set[str] = set()
    found = []
    for row in rows:
        if row.state in _SETTLED or side_of(row.kind) != "desk":
            continue
        free = row.subject not in before and not {row.intent_id, row.subject} & set(left_out)
        due = row.next_try_at is None or row.next_try_at <= now
        planned = row.state is IntentState.PLANNED and row.reason is None
        if row.kind == "note" and planned and due and free and resting(row) is None:
            found.append(row)
        before.add(row.subject)
    return found[:AT_ONCE] if len(found) > HANDFUL else []


def unknown_before(row: IntentRow) -> bool:
    """Whether an earlier try ended without anybody knowing what came of it."""
    return row.error in {INTERRUPTED, UncertainError.__name__}


def probed(batch: Sequence[IntentRow], sender: Sender) -> list[Ready]:
    """Each note with its stamp, read in one call; [] when that fails: alone, it tells why."""
    notes = [(row, cast("UpdateTicket", parse_write(row.payload))) for row in batch]
    if not notes:
        return []
    try:
        stamps = sender.stamps([write.ticket_id for _, write in notes])
    except ConnectorError:
        return []
    return [
        (row, write, stamps[write.ticket_id]) for row, write in notes if write.ticket_id in stamps
    ]


def send_together(
    ready: Sequence[Ready], sender: Sender, resend: Resend
) -> Mapping[int, Receipt | ConnectorError]:
    """What came of each note, by its ticket."""
    results: dict[int, Receipt | ConnectorError] = {}
    if not ready:
        return results

    def attempt() -> Found:
        updates = [sender.update_of(row, write, probe) for row, write, probe in ready]
        results.update(sender.desk.update_tickets(updates))
        return Found(ref="a job")

    try:
        resend(attempt)
    except ConnectorError as error:
        return {write.ticket_id: error for _, write, _ in ready}
    except Exception as error:  # noqa: BLE001 - a bug of ours: it may have been sent, so look first
        unknown = UncertainError(f"{type(error).__name__} in a batch of notes")
        return {write.ticket_id: unknown for _, write, _ in ready}
    return results


def found_or_raise(came: Receipt | ConnectorError) -> Found:
    """As a single attempt ends."""
    if isinstance(came, Receipt):
        return Found(ref=came.remote_id)
    raise came
