"""Intent first, exactly one request, and a look before anything is sent again."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

import pytest
from builders import a_ticket
from fakes import Always, FakeDesk, FakeTracker, Once

from connector.core.markers import escalation_id_of, intent_id_of, marker_of, payload_hash
from connector.core.model import Customer, Frozen, IssueRef, Severity, State, Target
from connector.core.plan import Affected, Intended, Place, issue_writes, ticket_writes
from connector.core.writes import ChangeTags, CreateIssue, UpdateTicket, Write, dump_write
from connector.errors import (
    BusyError,
    ClosedError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    NotSentError,
    RefusedError,
    UncertainError,
    worst,
)
from connector.gate import Gate
from connector.ledger.rows import EscalationRow, IntentRow, IntentState, LinkRow
from connector.ledger.store import Ledger, Transaction, open_ledger
from connector.settling import Outcome
from connector.texts import spell_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.lookup import Found

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
MARKER = marker_of(
    environment="test", site="https://acme.example", desk="acme", first_ticket_id=7, episode=1
)
ESCALATION = EscalationRow(
    id=escalation_id_of(MARKER),
    marker=MARKER,
    first_ticket_id=7,
    target=Target.ENGINEERING,
    severity=Severity.HIGH,
    project="ESC",
    opened_at=NOON,
    changed_at=NOON,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


@pytest.fixture
def desk() -> FakeDesk:
    tickets = {number: a_ticket(id=number) for number in (7, 8)}
    return FakeDesk(stock=tickets, at=NOON)


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker()


def once(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    """No second attempt."""
    return call()


def twice(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    """One more attempt after "certainly not done", as the clients' policy makes it."""
    try:
        return call()
    except (BusyError, NotSentError):
        return call()


def rows(tx: Transaction, row: EscalationRow, planned: tuple[Intended, ...]) -> list[IntentRow]:
    before = len(tx.intents.of(row.id))
    return [
        IntentRow(
            intent_id=item.intent_id,
            escalation_id=row.id,
            kind=item.write.kind,
            subject=item.write.subject,
            seq=before + number,
            payload=dump_write(item.write),
            payload_hash=payload_hash(dump_write(item.write)),
            planned_at=NOON,
        )
        for number, item in enumerate(planned, 1)
    ]


class GoneAlways:
    """A read that says 404, whatever is asked."""

    def __call__(self, *_: object, **__: object) -> tuple[()]:
        raise GoneError("404")


def told(row: EscalationRow, write: Write, found: Found, tx: Transaction) -> list[IntentRow]:
    """What follows a created issue: both tickets linked, noted, tagged."""
    if not isinstance(write, CreateIssue):
        return []
    place = Place(
        marker=row.marker,
        desk="acme",
        desk_url="https://acme.zendesk.com",
        target=row.target,
        issue=IssueRef(id=row.issue_id or "", key=row.issue_key or ""),
    )
    planned = tuple(
        write
        for link in tx.links.of(row.id)
        for write in ticket_writes(
            place,
            Affected(ticket_id=link.ticket_id, closed=link.closed),
            note="Escalated.",
            state=State.OPEN,
            n="escalated",
        )
    )
    return rows(tx, row, planned)


def plan(ledger: Ledger, *, optional: tuple[str, ...] = ()) -> None:
    with ledger.transaction() as tx:
        tx.escalations.add(ESCALATION)
        for number in (7, 8):
            customer = Customer(key=f"organization:{number}", name="Acme")
            tx.links.add(
                LinkRow(
                    escalation_id=ESCALATION.id,
                    ticket_id=number,
                    customer=customer,
                    joined_at=NOON,
                )
            )
        planned = issue_writes(
            MARKER,
            project="ESC",
            fields={"summary": "Checkout fails", "priority": {"name": "High"}},
            optional=optional,
            labels=(),
            brief_property={"v": 1},
        )
        tx.intents.add(rows(tx, ESCALATION, planned))


@contextmanager
def a_run(
    ledger: Ledger,
    desk: FakeDesk,
    tracker: FakeTracker,
    *,
    now: datetime = NOON,
    dry_run: bool = False,
    resend: Callable[..., Found] = once,
) -> Iterator[Gate]:
    with ledger.run_lock("test") as lease:
        gate = Gate(
            desk=desk,
            tracker=tracker,
            ledger=ledger,
            lease=lease,
            now=now,
            follow_on=told,
            resend=resend,
            dry_run=dry_run,
        )
        gate.recover()
        yield gate


def states(ledger: Ledger) -> dict[str, IntentState]:
    with ledger.transaction() as tx:
        return {f"{row.kind} {row.subject}": row.state for row in tx.intents.of(ESCALATION.id)}


def test_one_issue_then_every_ticket_linked_noted_and_tagged(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert tracker.writes == {"create_issue": 1, "remote_link": 2}
    assert desk.writes == {"note": 2, "tags": 2, "jira_link": 2}
    assert set(states(ledger).values()) == {IntentState.DONE}
    assert desk.tags[7] == {"escalated", "escalated_engineering", "escalation_open"}
    assert all(comment.public is False for said in desk.comments.values() for comment in said)


def test_a_second_run_writes_nothing(ledger: Ledger, desk: FakeDesk, tracker: FakeTracker) -> None:
    plan(ledger)
    for _ in range(2):
        with a_run(ledger, desk, tracker) as gate:
            gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 2


def test_a_dry_run_names_the_writes_of_the_real_run_and_makes_none(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    with ledger.run_lock("test") as lease, ledger.rehearsal():
        rehearsed = Gate(
            desk=desk,
            tracker=tracker,
            ledger=ledger,
            lease=lease,
            now=NOON,
            follow_on=told,
            resend=once,
            dry_run=True,
        )
        rehearsed.settle(ESCALATION.id)
    assert not tracker.writes
    assert not desk.writes
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert [one.intent_id for one in rehearsed.outcomes] == [one.intent_id for one in gate.outcomes]


@pytest.mark.parametrize("searchable", [True, False], ids=["search sees it", "search lags"])
def test_a_create_whose_answer_was_lost_is_adopted_not_repeated(
    ledger: Ledger,
    desk: FakeDesk,
    tracker: FakeTracker,
    searchable: bool,  # noqa: FBT001 - a case of the table
) -> None:
    plan(ledger)
    tracker.trouble = Once("after create_issue", UncertainError("answer lost"))
    with a_run(ledger, desk, tracker) as gate:
        tracker.searchable = searchable
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 2
    assert gate.outcomes[0].result == "adopted"


def test_a_create_that_nobody_can_see_is_never_made_again_in_the_same_run(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    tracker.trouble = Once("after create_issue", UncertainError("answer lost"))
    tracker.searchable = tracker.readable_by_key = False
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1
    assert states(ledger) == {"create_issue project ESC": IntentState.UNCERTAIN}


@pytest.mark.parametrize(
    ("passed", "created"),
    [
        pytest.param(timedelta(minutes=29), 0, id="one minute before absence is proven"),
        pytest.param(timedelta(minutes=30), 1, id="absence is proven"),
    ],
)
def test_a_create_that_never_arrived_is_made_by_a_later_run(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, passed: timedelta, created: int
) -> None:
    plan(ledger)
    tracker.trouble = Once("create_issue", UncertainError("lost on the way"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    with a_run(ledger, desk, tracker, now=NOON + passed) as gate:
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == created


def test_a_note_whose_answer_was_lost_is_found_by_its_metadata(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("after note", UncertainError("answer lost"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes["note"] == 2
    assert set(states(ledger).values()) == {IntentState.DONE}


def test_a_note_that_never_arrived_is_sent_by_the_next_run(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", UncertainError("lost on the way"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes["note"] == 1, "the other ticket does not wait"
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes["note"] == 2
    assert len(desk.comments[7]) == len(desk.comments[8]) == 1


def test_a_run_that_died_while_sending_is_looked_up_before_anything_else(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    tracker.trouble = Once("after create_issue", KeyboardInterrupt())  # type: ignore[arg-type]  # as a signal would
    with pytest.raises(KeyboardInterrupt), a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert states(ledger) == {"create_issue project ESC": IntentState.SENDING}
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 2


def test_a_lost_ledger_adopts_the_issue_and_the_notes_by_their_markers(
    tmp_path: Path, desk: FakeDesk, tracker: FakeTracker
) -> None:
    for name in ("first.db", "second.db"):
        with open_ledger(f"sqlite:///{tmp_path / name}", now=NOON) as ledger:
            plan(ledger)
            with a_run(ledger, desk, tracker) as gate:
                gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 2


@pytest.mark.parametrize("error", [BusyError("429", retry_after=1), NotSentError("refused")])
def test_certainly_not_done_is_tried_again_at_once(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, error: ConnectorError
) -> None:
    plan(ledger)
    tracker.trouble = Once("create_issue", error)
    with a_run(ledger, desk, tracker, resend=twice) as gate:
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1


@pytest.mark.parametrize(
    "error",
    [
        BusyError("429", retry_after=1800),
        NotSentError("refused"),
        RefusedError("401", side="zendesk", status=401),
    ],
)
def test_a_side_that_cannot_work_rests_and_keeps_its_writes_planned(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, error: ConnectorError
) -> None:
    plan(ledger)
    desk.trouble = Once("note", error)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
        assert gate.resting.reasons == {"desk": error}
        assert gate.resting.troubles == (error,)
    assert tracker.writes["remote_link"] == 2, "the other side's own work is done"
    assert not desk.writes
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes == {"note": 2, "tags": 2, "jira_link": 2}


@pytest.mark.parametrize(
    "error",
    [
        BusyError("429", retry_after=1800, scope="ticket 7"),
        RefusedError("403", side="zendesk", status=403),
    ],
)
def test_what_is_about_one_ticket_holds_up_that_ticket_alone_and_is_told(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, error: ConnectorError
) -> None:
    plan(ledger)
    desk.trouble = Once("note", error)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
        assert gate.resting.troubles == (error,)
        assert worst(trouble.exit_code for trouble in gate.resting.troubles) is error.exit_code
    assert len(desk.comments[8]) == 1
    assert not desk.comments[7]
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes == {"note": 2, "tags": 2, "jira_link": 2}


def test_a_limit_of_one_endpoint_holds_up_its_kind_of_write_alone(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    tracker.trouble = Once(
        "remote_link", BusyError("429", retry_after=9, scope="POST /issue/{id}/remotelink")
    )
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
        told = [(one.kind, one.result) for one in gate.outcomes if one.result == "waiting"]
    assert told == [("remote_link", "waiting")] * 2
    assert desk.writes == {"note": 1, "tags": 1, "jira_link": 1}, "what follows the link waits too"


def test_a_note_of_unknown_outcome_goes_out_again_under_its_old_stamp(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", UncertainError("the answer was lost"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    before = desk.stock[7].updated_at
    desk.stock[7] = desk.stock[7].model_copy(update={"updated_at": LATER})

    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)

    stamps = [update.updated_stamp for update in desk.asked if update.ticket_id == 7]
    assert stamps == [f"{before:%Y-%m-%dT%H:%M:%SZ}"] * 2
    assert len(desk.comments[7]) == 1


def test_a_refused_field_that_may_be_left_out_is_left_out_once(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger, optional=("priority",))
    tracker.trouble = Once("create_issue", InvalidError("400", fields=("priority",)))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    (draft,) = tracker.drafts.values()
    assert "priority" not in draft.fields
    assert tracker.writes["create_issue"] == 1


def test_a_refused_field_that_is_needed_sets_the_write_aside_with_its_reason(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    tracker.trouble = Once(
        "create_issue", InvalidError("summary: is too long", fields=("summary",))
    )
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert gate.outcomes[0].result == "set_aside"
    assert gate.outcomes[0].reason == "summary: is too long"
    assert not tracker.writes
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1, "its next try has come"


def test_tags_that_were_refused_do_not_come_back_over_those_of_later_news(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    def say(now: State, before: State) -> None:
        add, remove = f"escalation_{now.value}", f"escalation_{before.value}"
        change = ChangeTags(ticket_id=7, add=(add,), remove=(remove,))
        name = intent_id_of(MARKER, "tags", "ticket 7", now.value)
        with ledger.transaction() as tx:
            tx.intents.add(rows(tx, ESCALATION, (Intended(intent_id=name, write=change),)))

    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
        say(State.IN_PROGRESS, State.OPEN)
        desk.trouble = Once("tags", InvalidError("refused"))
        gate.settle(ESCALATION.id)
        say(State.RESOLVED, State.IN_PROGRESS)
    with a_run(ledger, desk, tracker, now=NOON + timedelta(minutes=1)) as gate:
        gate.settle(ESCALATION.id)
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert [outcome.result for outcome in gate.outcomes] == ["done"], "open is still taken away"
    assert desk.tags[7] == {"escalated", "escalated_engineering", "escalation_resolved"}


def test_a_ticket_that_is_closed_meanwhile_is_recorded_once_and_stops_nothing(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", ClosedError("closed prevents ticket update"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    found = states(ledger)
    assert found["note ticket 7"] is IntentState.DROPPED
    assert found["note ticket 8"] is IntentState.DONE
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert [one.kind for one in gate.outcomes if one.result == "dropped"] == []


def test_a_404_for_a_ticket_that_is_still_there_is_tried_again_later(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", GoneError("404"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert states(ledger)["note ticket 7"] is IntentState.QUARANTINED
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert set(states(ledger).values()) == {IntentState.DONE}
    assert desk.writes["note"] == 2


def test_a_404_for_a_ticket_that_a_second_look_misses_drops_its_writes(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    del desk.stock[7]
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert states(ledger)["note ticket 7"] is IntentState.DROPPED
    assert states(ledger)["note ticket 8"] is IntentState.DONE


def test_an_issue_that_answers_404_is_tried_again_for_a_week_and_then_given_up(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        tracker.trouble = Always("remote_link", GoneError("404"))
        gate.settle(ESCALATION.id)
    tracker.stock.clear()
    seen = []
    for day in range(1, 12):
        with a_run(ledger, desk, tracker, now=NOON + timedelta(days=day)) as gate:
            gate.settle(ESCALATION.id)
            seen.append(states(ledger)["remote_link ticket 7"])
    assert seen[5] is IntentState.QUARANTINED
    assert seen[-1] is IntentState.DROPPED
    assert tracker.writes["create_issue"] == 1


def test_a_note_of_unknown_outcome_stays_unknown_while_its_ticket_answers_404(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(ledger)
    desk.trouble = Once("after note", UncertainError("lost"))
    monkeypatch.setattr(desk, "audits", GoneAlways())
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    with a_run(ledger, desk, tracker, now=LATER) as gate:
        gate.settle(ESCALATION.id)
    assert states(ledger)["note ticket 7"] is IntentState.UNCERTAIN
    monkeypatch.undo()
    with a_run(ledger, desk, tracker, now=LATER + timedelta(hours=1)) as gate:
        gate.settle(ESCALATION.id)
    assert states(ledger)["note ticket 7"] is IntentState.DONE
    assert len(desk.comments[7]) == 1


def test_after_a_ledger_was_put_back_from_a_copy_a_note_is_looked_for_first(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, tmp_path: Path
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        with ledger.transaction() as tx:
            tx.run.start("sweep", NOON)
        gate.settle(ESCALATION.id)
    news = Intended(intent_id="5" * 20, write=UpdateTicket(ticket_id=7, note="Fixed."))

    def told_once(book: Ledger, now: datetime) -> list[str]:
        with book.transaction() as tx:
            tx.intents.add(rows(tx, ESCALATION, (news,)))
            tx.run.start("sweep", now - timedelta(minutes=15))
        with a_run(book, desk, tracker, now=now) as gate:
            gate.settle(ESCALATION.id)
            return [one.result for one in gate.outcomes]

    copy = tmp_path / "copy"
    with (
        closing(sqlite3.connect(tmp_path / "ledger.db")) as now,
        closing(sqlite3.connect(copy)) as then,
    ):
        now.backup(then)
    assert told_once(ledger, LATER) == ["done"]
    ledger.close()
    for ending in ("-wal", "-shm"):
        (tmp_path / f"ledger.db{ending}").unlink(missing_ok=True)
    copy.replace(tmp_path / "ledger.db")
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=LATER) as restored:
        assert told_once(restored, LATER + timedelta(minutes=30)) == ["adopted"]
    assert [one.body.count("Fixed.") for one in desk.comments[7]] == [0, 1]


def test_an_issue_of_a_lost_ledger_is_found_by_its_key_before_the_search_knows_it(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, tmp_path: Path
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    tracker.searchable = False
    with open_ledger(f"sqlite:///{tmp_path / 'new.db'}", now=LATER) as empty:
        plan(empty)
        with a_run(empty, desk, tracker, now=LATER) as gate:
            gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1


def test_hours_after_the_loss_of_a_ledger_the_search_is_not_yet_trusted_alone(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, tmp_path: Path
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    tracker.searchable = False
    with open_ledger(f"sqlite:///{tmp_path / 'new.db'}", now=LATER) as empty:
        with a_run(empty, desk, tracker, now=LATER), empty.transaction() as tx:
            tx.run.start("sweep", LATER)
        plan(empty)
        second = LATER + timedelta(hours=3)
        with a_run(empty, desk, tracker, now=second) as gate:
            gate.settle(ESCALATION.id)
    assert tracker.writes["create_issue"] == 1


def test_a_conflict_reads_again_and_sends_again_when_it_was_not_ours(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", ConflictError("somebody changed it"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert desk.writes["note"] == 2
    assert set(states(ledger).values()) == {IntentState.DONE}


def test_a_conflict_with_our_own_lost_note_sends_nothing_again(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("after note", ConflictError("our own first attempt changed it"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert len(desk.comments[7]) == 1
    assert set(states(ledger).values()) == {IntentState.DONE}


def test_a_bug_in_one_write_leaves_it_uncertain_and_the_others_done(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.trouble = Once("note", KeyError("missing"))
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    found = states(ledger)
    assert found["note ticket 7"] is IntentState.UNCERTAIN
    assert found["note ticket 8"] is IntentState.DONE


def test_without_zendesks_own_integration_the_rest_is_done(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    desk.integration = False
    with a_run(ledger, desk, tracker) as gate:
        gate.settle(ESCALATION.id)
    assert set(states(ledger).values()) == {IntentState.DONE}


def test_a_run_that_lost_its_lease_sends_nothing_more(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker
) -> None:
    plan(ledger)
    with a_run(ledger, desk, tracker) as gate:
        stolen = gate.lease
    gate.lease = stolen
    gate.settle(ESCALATION.id)
    assert not tracker.writes
    assert states(ledger) == {"create_issue project ESC": IntentState.PLANNED}


@pytest.mark.parametrize(("step", "sent"), [("tags", 0), ("after tags", 1)])
def test_a_run_that_loses_its_lease_within_a_write_sends_nothing_more(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, tmp_path: Path, step: str, sent: int
) -> None:
    """Between two tries, and between the two requests that tags need."""
    plan(ledger)
    stale = desk.stock[7].model_copy(update={"tags": ("escalation_resolved",)})
    desk.stock[7], desk.tags[7] = stale, {"escalation_resolved"}
    with a_run(ledger, desk, tracker, resend=twice) as gate:

        def lose(reached: str) -> None:
            if not reached.startswith("after"):
                ledger.still_held(gate.lease)  # as the transport asks before each write
            if reached == step:
                with closing(sqlite3.connect(tmp_path / "ledger.db")) as base, base:
                    base.execute("UPDATE lease SET expires_at = '2000-01-01T00:00:00.000000+00:00'")
                if step == "tags":
                    raise NotSentError("refused")

        desk.trouble = lose
        gate.settle(ESCALATION.id)
    assert desk.writes["tags"] == sent
    assert "escalation_resolved" in desk.tags[7]


@pytest.mark.parametrize("kind", sorted(get_args(get_args(Write)[0]), key=str), ids=str)
def test_every_kind_of_write_has_words_for_a_report(kind: type[Frozen]) -> None:
    told = Outcome(
        intent_id="1",
        escalation_id="e-1",
        kind=kind.model_fields["kind"].default,
        subject="ticket 7",
        result="done",
    )
    assert "ticket 7" in spell_write(told)
