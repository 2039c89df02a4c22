"""The one gate that every remote write passes: dry run, intent first, marker, look-up.

For each write: committed as SENDING, then exactly one request (`sending`), then committed as what
came of it (`settling`). What may have happened is looked for, and never sent again in the same run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from connector.batching import batch_of, found_or_raise, probed, send_together, unknown_before
from connector.core.overtaken import left_over
from connector.core.writes import (
    REPEATABLE,
    CreateIssue,
    SendReply,
    UpdateTicket,
    Write,
    parse_write,
    side_of,
    without_four_bytes,
)
from connector.earlier import Earlier
from connector.errors import (
    BusyError,
    ClosedError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    LockedError,
    NotSentError,
    RefusedError,
    UnavailableError,
    UncertainError,
)
from connector.ledger.rows import EscalationRow, IntentRow, IntentState
from connector.lookup import Found, look_up, proven_absent
from connector.resting import Resting
from connector.sending import Sender, as_if
from connector.settling import Book

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connector.core.model import Json
    from connector.ledger.lock import Lease
    from connector.ledger.store import Ledger
    from connector.ports import Desk, Tracker
    from connector.settling import FollowOn, Outcome

_CONFLICTS = 3
_LOST_TRIES = 8
"""Tries of a write to an issue that is not there; the pauses between them add up to a week."""


class Resend(Protocol):
    """Runs one attempt, and again after an answer that means "certainly not done": the clients'
    one retry policy. `repeatable`: also when the answer was lost.
    """

    def __call__(self, call: Callable[[], Found], *, repeatable: bool = False) -> Found: ...


@dataclass
class Gate:
    """Makes the writes that the ledger holds as intents. `now` is the run's time.

    `resting` holds what is left alone for the rest of the run, and why.
    """

    desk: Desk
    tracker: Tracker
    ledger: Ledger
    lease: Lease
    now: datetime
    follow_on: FollowOn
    resend: Resend
    dry_run: bool = False
    resting: Resting = field(default_factory=Resting)
    alone: set[str] = field(default_factory=set)
    sender: Sender = field(init=False)
    earlier: Earlier = field(init=False)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(self.desk, self.tracker, self.now)
        self.earlier = Earlier(self.desk, self.tracker, self.ledger, self.now)
        self.book = Book(self.ledger, self.now, self.follow_on)

    @property
    def outcomes(self) -> list[Outcome]:
        """What came of each write so far."""
        return self.book.outcomes

    def recover(self) -> None:
        """Settles what an earlier run left in the air, before anything new is planned."""
        self.earlier.begin()
        with self.ledger.transaction() as tx:
            tx.intents.interrupted()
            pending = tx.intents.pending(self.now)
        for row in pending:
            if row.state is IntentState.QUARANTINED:
                self.book.plan_again(row, "its next try is due")
            elif row.state is IntentState.UNCERTAIN and self.resting.why(row) is None:
                self._guarded(row, self._recover_one)

    def settle(self, escalation_id: str) -> None:
        """Makes the escalation's due writes in order, follow-ons included.

        What fails holds back later writes to the same ticket or issue, not those to others.
        """
        blocked: set[str] = set()
        while (row := self._next(escalation_id, blocked)) is not None:
            why = self.resting.why(row)
            if why is not None:
                self.book.tell(row, "waiting", str(why))
                blocked.add(row.intent_id)
            elif not self._together(row, blocked) and not self._guarded(row, self._make):
                blocked.update((row.intent_id, row.subject))

    def _together(self, row: IntentRow, blocked: set[str]) -> bool:
        """Whether this note went out in one request with others of its escalation."""
        if row.kind != "note" or self.dry_run or row.intent_id in self.alone:
            return False
        with self.ledger.transaction() as tx:
            escalation = tx.escalations.get(row.escalation_id)
            rows = tx.intents.of(row.escalation_id)
        if escalation is None or self.earlier.may_be_known(escalation):
            return False
        batch = batch_of(rows, self.now, blocked | self.alone, self.resting.why)
        self.alone |= {one.intent_id for one in batch}
        ready = probed(batch, self.sender)
        with self.ledger.transaction() as tx:
            tx.check_fence(self.lease)
            for one, _, probe in ready:
                tx.intents.sending(one.intent_id, at=self.now, probe=probe)
        results = send_together(ready, self.sender, self.resend)
        for one, write, _ in ready:
            came = results[write.ticket_id]
            if isinstance(came, InvalidError):
                self.book.plan_again(one, "not taken together with others: alone")
            elif not self._guarded(
                one, partial(self._judged, write, partial(found_or_raise, came))
            ):
                blocked.update((one.intent_id, one.subject))
        return bool(ready)

    def _next(self, escalation_id: str, blocked: set[str]) -> IntentRow | None:
        """The first write that is due; nothing goes before the issue it is about exists."""
        with self.ledger.transaction() as tx:
            rows = tx.intents.of(escalation_id)
        no_issue = any(_unsettled_create(row) for row in rows)
        for row in rows:
            due = row.next_try_at is None or row.next_try_at <= self.now
            held = {row.intent_id, row.subject} & blocked or (
                no_issue and row.kind != "create_issue"
            )
            if row.state is IntentState.PLANNED and due and not held:
                return row
        return None

    # --- one intent -------------------------------------------------------------------------

    def _guarded(self, row: IntentRow, step: Callable[[IntentRow, EscalationRow], bool]) -> bool:
        """Runs a step; an error ends up in the ledger with its class, never in a traceback."""
        with self.ledger.transaction() as tx:
            escalation = tx.escalations.get(row.escalation_id)
        if escalation is None:
            raise LookupError(f"intent {row.intent_id} has no escalation")
        try:
            return step(row, escalation)
        except (RefusedError, BusyError, NotSentError, UnavailableError) as error:
            self.resting.after(row, error)
            self.book.tell(row, "waiting", str(error))
        except ConnectorError as error:
            return self._unread(row, escalation, error)
        return False

    def _unread(self, row: IntentRow, escalation: EscalationRow, error: ConnectorError) -> bool:
        """What had to be read before the write, or to find it again, could not be."""
        with self.ledger.transaction() as tx:
            fresh = tx.intents.get(row.intent_id) or row
        if isinstance(error, ClosedError):
            return self.book.drop(fresh, error)
        if isinstance(error, GoneError) and row.kind != "create_issue":
            return self._gone(fresh, escalation, error)
        if fresh.state is IntentState.PLANNED:
            self.book.set_aside(fresh, error)
        else:
            self.book.tell(fresh, "uncertain", str(error))
        return False

    def _recover_one(self, row: IntentRow, escalation: EscalationRow) -> bool:
        if row.kind in REPEATABLE:
            self.book.plan_again(row, "safe to repeat")
            return True
        found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        if found is not None:
            self.book.done(row, found, "adopted")
        elif proven_absent(row, self.now):
            self.book.plan_again(row, "looked for and not there")
        else:
            unknown = UncertainError("may have happened; the next run looks for it again")
            self.book.still_uncertain(row, unknown)
        return True

    def _make(self, row: IntentRow, escalation: EscalationRow) -> bool:
        write = parse_write(row.payload)
        if isinstance(write, SendReply) and not self._approved(write):
            return self.book.drop(row, GoneError("nobody approves these words any more"))
        if self.dry_run:
            self.book.done(row, as_if(write), "would")
            return True
        earlier = self.earlier.found(row, write, escalation)
        if earlier is not None:
            self.book.done(row, earlier, "adopted")
            return True
        left = self._left_over(row, write)
        if left is None:
            self.book.done(row, Found(ref="overtaken by a later one"), "adopted")
            return True
        return self._send(row, left, escalation)

    def _left_over(self, row: IntentRow, write: Write) -> Write | None:
        """Of a write that is tried again what no later one of its kind has decided meanwhile."""
        if row.reason is None:
            return write
        with self.ledger.transaction() as tx:
            rows = tx.intents.of(row.escalation_id)
        later = [
            parse_write(one.payload)
            for one in rows
            if (one.kind, one.subject, one.state) == (row.kind, row.subject, IntentState.DONE)
            and one.seq > row.seq
        ]
        return left_over(write, later)

    def _approved(self, write: SendReply) -> bool:
        """Whether a person approved these very words, by the ledger."""
        with self.ledger.transaction() as tx:
            draft = tx.drafts.get(write.approval)
        return draft is not None and draft.state == "approved" and draft.text == write.text

    def _send(self, row: IntentRow, write: Write, escalation: EscalationRow) -> bool:
        probe = self._stale_stamp(row, write) or self.sender.probe(write)
        with self.ledger.transaction() as tx:
            tx.check_fence(self.lease)
            tx.intents.sending(row.intent_id, at=self.now, probe=probe)

        def attempt() -> Found:
            sent = self._storable(row, write)
            once = partial(self.sender.request, row, sent, escalation, probe)
            return self.resend(once, repeatable=row.kind in REPEATABLE)

        return self._judged(write, attempt, row, escalation)

    def _judged(
        self, write: Write, attempt: Callable[[], Found], row: IntentRow, escalation: EscalationRow
    ) -> bool:
        """Keeps what comes of a write that is SENDING; False when it is not settled."""
        try:
            found = attempt()
        except UncertainError as error:
            return self._uncertain(row, escalation, error)
        except ConflictError as error:
            return self._conflict(row, escalation, error)
        except InvalidError as error:
            return self._invalid(row, write, escalation, error)
        except ClosedError as error:
            return self.book.drop(row, error)
        except GoneError as error:
            return self._gone(row, escalation, error)
        except LockedError:
            raise
        except (RefusedError, UnavailableError):
            self.book.plan_again(row, "certainly not done")
            raise
        except ConnectorError as error:
            self.book.set_aside(row, error)
        except Exception as error:  # noqa: BLE001 - a bug of ours: this write only, looked up later
            unknown = UncertainError(f"{type(error).__name__} in {row.kind}")
            return self._uncertain(row, escalation, unknown)
        else:
            self.book.done(row, found, "done")
            return True
        return False

    def _stale_stamp(self, row: IntentRow, write: Write) -> Json:
        """A note that may have been sent goes out under the stamp of then: if it arrived after all,
        and its audit is not shown yet, Zendesk answers 409 instead of taking it again.
        """
        return row.probe if isinstance(write, UpdateTicket) and unknown_before(row) else None

    def _storable(self, row: IntentRow, write: Write) -> Write:
        """An old database behind a Data Center answers 500 to emoji, every time: what it did not
        take goes out again without them.
        """
        old = side_of(row.kind) == "tracker" and self.tracker.dialect == "wiki"
        return without_four_bytes(write) if old and unknown_before(row) else write

    # --- what came of it ---------------------------------------------------------------------

    def _uncertain(self, row: IntentRow, escalation: EscalationRow, error: ConnectorError) -> bool:
        """It may have happened: looked for once now, and by the next run if it isn't seen."""
        self.book.uncertain(row, error)
        found = None
        if row.kind not in REPEATABLE:
            found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        if found is None:
            self.book.tell(row, "uncertain", str(error))
            return False
        self.book.done(row, found, "adopted")
        return True

    def _conflict(self, row: IntentRow, escalation: EscalationRow, error: ConnectorError) -> bool:
        """409: somebody changed it. Ours may be what changed it; else read again and decide."""
        if row.kind not in REPEATABLE:
            found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
            if found is not None:
                self.book.done(row, found, "adopted")
                return True
        if row.kind == "public_reply":
            changed = GoneError("the ticket changed after it was approved")
            return self.book.drop(row, changed)
        if row.tries + 1 >= _CONFLICTS:
            self.book.set_aside(row, error)
            return False
        self.book.plan_again(row, "changed by somebody else; read again", error="ConflictError")
        with self.ledger.transaction() as tx:
            again = tx.intents.get(row.intent_id)
        return again is not None and self._send(again, parse_write(again.payload), escalation)

    def _gone(self, row: IntentRow, escalation: EscalationRow, error: GoneError) -> bool:
        """404, or 410: dropped when a second look, by somebody who is known, says the same.

        An issue that nobody can see may be young or hidden: tried again for some days, and listed.
        """
        if side_of(row.kind) == "desk":
            self.desk.whoami()
            about = parse_write(row.payload)
            ticket_id = getattr(about, "ticket_id", None)
            if ticket_id is None or not self._ticket_there(ticket_id):
                return self.book.drop(row, error)
        elif row.tries >= _LOST_TRIES:
            self.tracker.whoami()
            if not self.tracker.issues([escalation.issue_id or "0"]):
                return self.book.drop(row, error)
        if row.state is IntentState.UNCERTAIN:
            self.book.still_uncertain(row, error)
        else:
            self.book.set_aside(row, error)
        return False

    def _ticket_there(self, ticket_id: int) -> bool:
        return any(one.status != "deleted" for one in self.desk.tickets([ticket_id]))

    def _invalid(
        self, row: IntentRow, write: Write, escalation: EscalationRow, error: InvalidError
    ) -> bool:
        """Refused fields: a create is tried once more without its optional ones."""
        refused = set(error.fields)
        if isinstance(write, CreateIssue) and refused and refused <= set(write.optional):
            fields = {name: value for name, value in write.fields.items() if name not in refused}
            fewer = write.model_copy(update={"fields": fields, "optional": ()})
            self.book.plan_again(row, f"without {', '.join(sorted(refused))}")
            return self._send(row, fewer, escalation)
        self.book.set_aside(row, error)
        return False


def _unsettled_create(row: IntentRow) -> bool:
    return row.kind == "create_issue" and row.state is not IntentState.DONE
