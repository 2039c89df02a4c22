"""The one gate that every remote write passes: dry run, intent first, marker, look-up.

For each write: committed as SENDING, then exactly one request, then committed as what came of it.
What may have happened is looked for, and never sent again in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from connector.core.markers import reference_line
from connector.core.model import Frozen, IssueRef, Json
from connector.core.writes import (
    REPEATABLE,
    ChangeTags,
    CommentIssue,
    CreateIssue,
    LinkIssue,
    PutRemoteLink,
    UpdateIssue,
    UpdateTicket,
    Write,
    parse_write,
    side_of,
)
from connector.errors import (
    BusyError,
    ClosedError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    NotSentError,
    RefusedError,
    UnavailableError,
    UncertainError,
)
from connector.ledger.rows import AsideRow, EscalationRow, EventRow, IntentRow, IntentState
from connector.lookup import Found, find_issue, look_up, proven_absent
from connector.ports import IssueDraft, RemoteLink, TicketUpdate

if TYPE_CHECKING:
    from connector.ledger.lock import Lease
    from connector.ledger.store import Ledger, Transaction
    from connector.ports import Desk, Tracker

_AGAIN_AFTER = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(hours=24)
_CONFLICTS = 3

Result = Literal["done", "adopted", "would", "waiting", "uncertain", "set_aside", "dropped"]
FollowOn = Callable[[EscalationRow, "Transaction"], Sequence[IntentRow]]
"""What is due once an escalation's issue exists: planned in the transaction that records it."""


class Outcome(Frozen):
    """What came of one intent."""

    intent_id: str
    escalation_id: str
    kind: str
    subject: str
    result: Result
    reason: str = ""
    ref: str | None = None


class Resend(Protocol):
    """Runs one attempt, and again after an answer that means "certainly not done": the clients'
    one retry policy. `repeatable`: also when the answer was lost.
    """

    def __call__(self, call: Callable[[], Found], *, repeatable: bool = False) -> Found: ...


@dataclass
class Gate:
    """Makes the writes that the ledger holds as intents. `now` is the run's time.

    `off` holds why a side rests.
    """

    desk: Desk
    tracker: Tracker
    ledger: Ledger
    lease: Lease
    now: datetime
    follow_on: FollowOn
    resend: Resend
    dry_run: bool = False
    off: dict[str, ConnectorError] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    adopted: dict[str, bool] = field(default_factory=dict)
    tags_seen: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def recover(self) -> None:
        """Settles what an earlier run left in the air, before anything new is planned."""
        with self.ledger.transaction() as tx:
            tx.intents.interrupted()
            pending = tx.intents.pending(self.now)
        for row in pending:
            if row.state is IntentState.QUARANTINED:
                self._plan_again(row, "its next try is due")
            elif row.state is IntentState.UNCERTAIN and side_of(row.kind) not in self.off:
                self._guarded(row, self._recover_one)

    def settle(self, escalation_id: str) -> None:
        """Makes the escalation's due writes in order, follow-ons included.

        What fails holds back later writes to the same ticket or issue, not those to others.
        """
        blocked: set[str] = set()
        while (row := self._next(escalation_id, blocked)) is not None:
            if side_of(row.kind) in self.off:
                self._tell(row, "waiting", str(self.off[side_of(row.kind)]))
                blocked.add(row.intent_id)
            elif not self._guarded(row, self._make):
                blocked.update((row.intent_id, row.subject))

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
        except RefusedError as error:
            self._rest(row, error, whole_side=error.status == 401)  # noqa: PLR2004 - HTTP status
        except (BusyError, NotSentError, UnavailableError) as error:
            self._rest(row, error, whole_side=True)
        except ConnectorError as error:
            return self._unread(row, error)
        return False

    def _unread(self, row: IntentRow, error: ConnectorError) -> bool:
        """What had to be read before the write, or to find it again, could not be."""
        with self.ledger.transaction() as tx:
            fresh = tx.intents.get(row.intent_id) or row
        if isinstance(error, ClosedError | GoneError) and row.kind != "create_issue":
            return self._drop(fresh, error)
        if fresh.state is IntentState.PLANNED:
            self._set_aside(fresh, error)
        else:
            self._tell(fresh, "uncertain", str(error))
        return False

    def _recover_one(self, row: IntentRow, escalation: EscalationRow) -> bool:
        if row.kind in REPEATABLE:
            self._plan_again(row, "safe to repeat")
            return True
        found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        if found is not None:
            self._done(row, found, "adopted")
        elif proven_absent(row, self.now):
            self._plan_again(row, "looked for and not there")
        else:
            unknown = UncertainError("may have happened; the next run looks for it again")
            with self.ledger.transaction() as tx:
                tx.aside.put(self._aside(row, unknown, None))
            self._tell(row, "uncertain", str(unknown))
        return True

    def _make(self, row: IntentRow, escalation: EscalationRow) -> bool:
        write = parse_write(row.payload)
        if self.dry_run:
            self._done(row, _as_if(write), "would")
            return True
        earlier = self._earlier(row, write, escalation)
        if earlier is not None:
            self._done(row, earlier, "adopted")
            return True
        return self._send(row, write, escalation)

    def _earlier(self, row: IntentRow, write: Write, escalation: EscalationRow) -> Found | None:
        """What a run whose ledger was lost may have done already."""
        if isinstance(write, CreateIssue):
            issue = find_issue(write.project, escalation.marker, self.tracker)
            return Found(ref=issue.id, issue=issue) if issue is not None else None
        if row.kind not in REPEATABLE and self._adopted(escalation):
            return look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        return None

    def _adopted(self, escalation: EscalationRow) -> bool:
        """Whether its issue was there before this ledger knew. Without an issue nobody can say."""
        if escalation.issue_id is None:
            return True
        if escalation.id not in self.adopted:
            with self.ledger.transaction() as tx:
                events = tx.events.of(escalation.id)
            known = any(event.what == "create_issue: adopted" for event in events)
            self.adopted[escalation.id] = known
        return self.adopted[escalation.id]

    def _send(self, row: IntentRow, write: Write, escalation: EscalationRow) -> bool:
        probe = self._probe(write)
        with self.ledger.transaction() as tx:
            tx.check_fence(self.lease)
            tx.intents.sending(row.intent_id, at=self.now, probe=probe)
        try:
            found = self.resend(
                lambda: self._request(row, write, escalation, probe),
                repeatable=row.kind in REPEATABLE,
            )
        except UncertainError as error:
            return self._uncertain(row, escalation, error)
        except ConflictError as error:
            return self._conflict(row, escalation, error)
        except InvalidError as error:
            return self._invalid(row, write, escalation, error)
        except (ClosedError, GoneError) as error:
            return self._drop(row, error)
        except (RefusedError, UnavailableError):
            self._plan_again(row, "certainly not done")
            raise
        except ConnectorError as error:
            self._set_aside(row, error)
        except Exception as error:  # noqa: BLE001 - a bug of ours: this write only, looked up later
            unknown = UncertainError(f"{type(error).__name__} in {row.kind}")
            return self._uncertain(row, escalation, unknown)
        else:
            self._done(row, found, "done")
            return True
        return False

    def _probe(self, write: Write) -> Json:
        """What the look-up will need, read before the write is sent."""
        if isinstance(write, CreateIssue):
            return {"highest": self.tracker.highest_key(write.project)}
        if isinstance(write, UpdateTicket):
            return {"stamp": self._stamp(write.ticket_id)}
        return None

    def _stamp(self, ticket_id: int) -> str:
        """The ticket's `updated_at` as read. Stamps have seconds: a fresh one is read twice."""
        tickets = self.desk.tickets([ticket_id])
        if tickets and tickets[0].updated_at > self.now - timedelta(seconds=2):
            tickets = self.desk.tickets([ticket_id]) or tickets
        if not tickets:
            raise GoneError(f"ticket {ticket_id} is gone")
        self.tags_seen[ticket_id] = tickets[0].tags
        return tickets[0].updated_at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _request(
        self, row: IntentRow, write: Write, escalation: EscalationRow, probe: Json
    ) -> Found:
        """Exactly one HTTP request."""
        issue_id = escalation.issue_id or ""
        match write:
            case CreateIssue():
                return self._create(write)
            case UpdateTicket():
                return self._note(row, write, probe)
            case ChangeTags():
                self.desk.change_tags(
                    write.ticket_id, add=write.add, remove=self._worn(write), updated_stamp=None
                )
            case LinkIssue():
                issue = IssueRef(id=issue_id, key=escalation.issue_key or "")
                receipt = self.desk.link_issue(write.ticket_id, issue)
                return Found(ref=receipt.remote_id if receipt else "not installed")
            case PutRemoteLink():
                self.tracker.upsert_remote_link(issue_id, _remote_link(write))
            case UpdateIssue():
                self.tracker.update_issue(
                    issue_id,
                    fields=write.fields,
                    add_labels=write.add_labels,
                    remove_labels=write.remove_labels,
                    properties=write.properties,
                )
            case CommentIssue():
                receipt = self.tracker.comment(issue_id, write.body, intent_id=row.intent_id)
                return Found(ref=receipt.remote_id)
        return Found(ref=issue_id)

    def _worn(self, write: ChangeTags) -> tuple[str, ...]:
        """Of the tags to remove those that the ticket had when it was last read, else all."""
        seen = self.tags_seen.get(write.ticket_id)
        return tuple(tag for tag in write.remove if seen is None or tag in seen)

    def _create(self, write: CreateIssue) -> Found:
        issue = self.tracker.create_issue(
            IssueDraft(project=write.project, fields=write.fields, properties=write.properties)
        )
        return Found(ref=issue.id, issue=issue)

    def _note(self, row: IntentRow, write: UpdateTicket, probe: Json) -> Found:
        receipt = self.desk.update_ticket(
            TicketUpdate(
                ticket_id=write.ticket_id,
                intent_id=row.intent_id,
                updated_stamp=probe["stamp"],
                note=f"{write.note}\n\n{reference_line(row.intent_id)}",
                status=write.status,
                group_id=self.desk.group_id(write.group) if write.group else None,
                priority=write.priority,
                fields=write.fields,
            )
        )
        return Found(ref=receipt.remote_id)

    # --- what came of it ---------------------------------------------------------------------

    def _done(self, row: IntentRow, found: Found, result: Result) -> None:
        with self.ledger.transaction() as tx:
            tx.intents.done(row.intent_id, found.ref)
            tx.aside.drop(f"intent:{row.intent_id}")
            tx.events.add(self._event(row, result, found.ref))
            if found.issue is not None:
                escalation = tx.escalations.get(row.escalation_id)
                if escalation is None:
                    raise LookupError(f"intent {row.intent_id} has no escalation")
                named = escalation.model_copy(
                    update={"issue_id": found.issue.id, "issue_key": found.issue.key}
                )
                tx.escalations.replace(named)
                tx.intents.add(self.follow_on(named, tx))
        self._tell(row, result, ref=found.issue.key if found.issue else found.ref)

    def _uncertain(self, row: IntentRow, escalation: EscalationRow, error: ConnectorError) -> bool:
        """It may have happened: looked for once now, and by the next run if it isn't seen."""
        with self.ledger.transaction() as tx:
            tx.intents.uncertain(row.intent_id, type(error).__name__)
            tx.events.add(self._event(row, "uncertain", str(error)))
            tx.aside.put(self._aside(row, error, None))
        found = None
        if row.kind not in REPEATABLE:
            found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
        if found is None:
            self._tell(row, "uncertain", str(error))
            return False
        self._done(row, found, "adopted")
        return True

    def _conflict(self, row: IntentRow, escalation: EscalationRow, error: ConnectorError) -> bool:
        """409: somebody changed it. Ours may be what changed it; else read again and decide."""
        if row.kind not in REPEATABLE:
            found = look_up(row, escalation, desk=self.desk, tracker=self.tracker)
            if found is not None:
                self._done(row, found, "adopted")
                return True
        if row.tries + 1 >= _CONFLICTS:
            self._set_aside(row, error)
            return False
        self._plan_again(row, "changed by somebody else; read again")
        with self.ledger.transaction() as tx:
            again = tx.intents.get(row.intent_id)
        return again is not None and self._send(again, parse_write(again.payload), escalation)

    def _invalid(
        self, row: IntentRow, write: Write, escalation: EscalationRow, error: InvalidError
    ) -> bool:
        """Refused fields: a create is tried once more without its optional ones."""
        refused = set(error.fields)
        if isinstance(write, CreateIssue) and refused and refused <= set(write.optional):
            fields = {name: value for name, value in write.fields.items() if name not in refused}
            fewer = write.model_copy(update={"fields": fields, "optional": ()})
            self._plan_again(row, f"without {', '.join(sorted(refused))}")
            return self._send(row, fewer, escalation)
        self._set_aside(row, error)
        return False

    def _set_aside(self, row: IntentRow, error: ConnectorError) -> None:
        pause = min(_AGAIN_AFTER * 2**row.tries, _LONGEST_PAUSE)
        with self.ledger.transaction() as tx:
            tx.intents.quarantined(
                row.intent_id,
                error=type(error).__name__,
                reason=str(error),
                next_try_at=self.now + pause,
            )
            tx.events.add(self._event(row, "set_aside", str(error)))
            tx.aside.put(self._aside(row, error, self.now + pause))
        self._tell(row, "set_aside", str(error))

    def _drop(self, row: IntentRow, error: ConnectorError) -> bool:
        """The ticket or issue takes no more changes: recorded once, never tried again.

        True: it is settled, and holds nothing back.
        """
        with self.ledger.transaction() as tx:
            tx.intents.dropped(row.intent_id, str(error))
            tx.aside.drop(f"intent:{row.intent_id}")
            tx.events.add(self._event(row, "dropped", str(error)))
        self._tell(row, "dropped", str(error))
        return True

    def _plan_again(self, row: IntentRow, reason: str) -> None:
        with self.ledger.transaction() as tx:
            tx.intents.planned_again(row.intent_id, reason)

    def _rest(self, row: IntentRow, error: ConnectorError, *, whole_side: bool) -> None:
        if whole_side:
            self.off[side_of(row.kind)] = error
        self._tell(row, "waiting", str(error))

    def _aside(
        self, row: IntentRow, error: ConnectorError, next_try_at: datetime | None
    ) -> AsideRow:
        """How `escalation quarantine` lists it until it is settled."""
        return AsideRow(
            key=f"intent:{row.intent_id}",
            kind="intent",
            reason=f"{row.kind} for {row.subject}: {error}",
            error=type(error).__name__,
            since=self.now,
            next_try_at=next_try_at,
            escalation_id=row.escalation_id,
        )

    def _event(self, row: IntentRow, what: str, detail: str) -> EventRow:
        return EventRow(
            at=self.now,
            actor="sweep",
            what=f"{row.kind}: {what}",
            escalation_id=row.escalation_id,
            intent_id=row.intent_id,
            detail={"subject": row.subject, "detail": detail},
        )

    def _tell(
        self, row: IntentRow, result: Result, reason: str = "", ref: str | None = None
    ) -> None:
        self.outcomes.append(
            Outcome(
                intent_id=row.intent_id,
                escalation_id=row.escalation_id,
                kind=row.kind,
                subject=row.subject,
                result=result,
                reason=reason,
                ref=ref,
            )
        )


def _unsettled_create(row: IntentRow) -> bool:
    return row.kind == "create_issue" and row.state is not IntentState.DONE


def _as_if(write: Write) -> Found:
    """What a dry run takes for the answer, so that what would follow is planned too."""
    if isinstance(write, CreateIssue):
        return Found(ref="0", issue=IssueRef(id="0", key=f"{write.project}-new"))
    return Found(ref="dry-run")


def _remote_link(write: PutRemoteLink) -> RemoteLink:
    return RemoteLink(
        global_id=write.global_id,
        url=write.url,
        title=write.title,
        summary=write.summary,
        resolved=write.resolved,
    )
