"""A sweep decides once, within its limits, and one bad ticket stops nothing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON, a_comment, a_ticket, an_organization, the_mappings
from fakes import FakeDesk, FakeTracker, Once

from connector.core.grouping.vectors import packed
from connector.core.model import SlaClock, Target, Ticket
from connector.errors import (
    DriftError,
    ExitCode,
    InvalidError,
    NotSentError,
    RefusedError,
    UncertainError,
)
from connector.ledger.store import Ledger, open_ledger
from connector.reading import mirror_row
from connector.services import Services
from connector.sweep import run_sweep
from connector.sync import run_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from connector.core.model import Thread
    from connector.ledger.rows import MirrorRow
    from connector.lookup import Found
    from connector.report import Report

OUTAGE = "The export stops with EXP-5031, ledger schema mismatch, on every account since today."
WORDS = {
    1: ("Logo on the invoice", "How do I change the logo on the PDF?"),
    2: ("Two calendars", "My second calendar shows Tuesday twice."),
    3: ("Card terminal", "The terminal in the shop asks for a PIN again and again."),
    4: ("SMS reminders", "Reminders arrive in the evening instead of the morning."),
    5: ("New colleague", "Please tell me where to add a colleague from the Lyon office."),
    6: ("Voucher", "A voucher of 20 euros was not taken off at the desk."),
}
BREACH = "We can see another company's invoices when we open our own invoice list."


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


def outage_ticket(number: int, **changes: Any) -> Ticket:
    return a_ticket(
        number,
        subject=f"Export fails ({number})",
        description=OUTAGE,
        organization=an_organization(100 + number),
        **changes,
    )


def looming(number: int, minutes: float = 30) -> Ticket:
    clock = SlaClock(
        metric="first_reply_time", stage="active", breach_at=NOON + timedelta(minutes=minutes)
    )
    return a_ticket(
        number,
        subject=WORDS[number][0],
        description=WORDS[number][1],
        sla=(clock,),
        organization=an_organization(200 + number),
    )


def a_desk(*tickets: Ticket) -> FakeDesk:
    return FakeDesk(stock={ticket.id: ticket for ticket in tickets}, at=NOON)


def no_retry(call: Callable[[], Found], *, repeatable: bool = False) -> Found:
    return call()


@contextmanager
def services_of(
    ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, *, later: timedelta = timedelta(0)
) -> Iterator[Services]:
    with ledger.run_lock("test") as lease:
        yield Services(
            desk=desk,
            tracker=tracker,
            ledger=ledger,
            lease=lease,
            mappings=the_mappings(),
            now=NOON + later,
            environment="test",
            desk_url="https://acme.zendesk.com",
            site="https://acme.example",
            window=timedelta(days=30),
            max_new=25,
            min_customers=3,
            resend=no_retry,
            calls=dict,
        )


def sweep(ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, **changes: object) -> Report:
    later = changes.pop("later", timedelta(0))
    assert isinstance(later, timedelta)
    with services_of(ledger, desk, tracker, later=later) as services:
        return run_sweep(replace(services, **changes))  # type: ignore[arg-type]  # any field


def test_the_same_issue_from_three_customers_is_one_issue(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    report = sweep(ledger, desk, tracker)
    assert [line.tickets for line in report.escalated] == [(1, 2, 3)]
    assert tracker.writes == {"create_issue": 1, "remote_link": 3}
    assert desk.writes["note"] == 3
    assert report.exit_code is ExitCode.DONE


def test_two_customers_are_not_enough(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2))), FakeTracker()
    assert sweep(ledger, desk, tracker).escalated == ()
    assert not tracker.writes


def test_three_tickets_of_one_organization_are_one_customer(ledger: Ledger) -> None:
    same = an_organization(100)
    tickets = [outage_ticket(n).model_copy(update={"organization": same}) for n in (1, 2, 3)]
    assert sweep(ledger, a_desk(*tickets), FakeTracker()).escalated == ()


def test_a_second_sweep_over_the_same_facts_writes_nothing(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3)), looming(4)), FakeTracker()
    sweep(ledger, desk, tracker)
    before = (tracker.writes.copy(), desk.writes.copy())
    again = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert again.writes == ()
    assert (tracker.writes, desk.writes) == before


def test_a_later_report_joins_the_live_escalation(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    sweep(ledger, desk, tracker)
    desk.stock[4] = outage_ticket(4)
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=10))
    assert [line.tickets for line in report.joined] == [(4,)]
    assert tracker.writes["create_issue"] == 1
    assert tracker.writes["remote_link"] == 4
    assert tracker.writes["issue_comment"] == 1, "one comment for all that joined"


def test_a_breach_that_looms_escalates_without_any_change_of_the_ticket(ledger: Ledger) -> None:
    desk, tracker = a_desk(looming(4, minutes=90)), FakeTracker()
    assert sweep(ledger, desk, tracker).escalated == ()
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=40))
    assert [line.tickets for line in report.escalated] == [(4,)]


def test_more_than_the_cap_waits_for_the_next_sweep_and_is_listed(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(looming, range(1, 5))), FakeTracker()
    first = sweep(ledger, desk, tracker, max_new=2)
    assert (len(first.escalated), len(first.deferred)) == (2, 2)
    second = sweep(ledger, desk, tracker, max_new=2, later=timedelta(minutes=5))
    assert {line.tickets for line in second.escalated} == {line.tickets for line in first.deferred}


def test_the_cap_never_stops_security(ledger: Ledger) -> None:
    secret = a_ticket(9, subject="Invoices of others", description=BREACH)
    report = sweep(ledger, a_desk(looming(1), secret), FakeTracker(), max_new=0)
    assert [line.target for line in report.escalated] == [Target.SECURITY]
    assert [line.tickets for line in report.deferred] == [(1,)]


def test_a_backlog_older_than_the_window_is_mirrored_and_left_alone(ledger: Ledger) -> None:
    old = [outage_ticket(n, age=timedelta(days=40)) for n in (1, 2, 3)]
    report = sweep(ledger, a_desk(*old), FakeTracker())
    assert report.escalated == ()
    assert (report.backlog, report.in_store) == (3, 3)


def test_a_ticket_whose_thread_cannot_be_read_is_set_aside_and_tried_again(ledger: Ledger) -> None:
    class OneBadThread(FakeDesk):
        def thread(self, ticket_id: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
            if ticket_id == 5 and not self.links.get(5):
                raise DriftError("the thread has no comments key")
            return super().thread(ticket_id)

    desk = OneBadThread(stock={5: looming(5), 6: looming(6)}, at=NOON)
    tracker = FakeTracker()
    report = sweep(ledger, desk, tracker)
    assert [line.tickets for line in report.escalated] == [(6,)]
    assert [item.ticket_id for item in report.set_aside] == [5]
    assert report.exit_code is ExitCode.SET_ASIDE
    desk.links[5].add("readable again")
    again = sweep(ledger, desk, tracker, later=timedelta(hours=1))
    assert [line.tickets for line in again.escalated] == [(5,)]
    with ledger.transaction() as tx:
        assert tx.aside.list() == []


def test_a_bug_at_one_ticket_sets_that_one_aside_and_tells_no_word_of_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips_over(ticket: Ticket, *rest: Any) -> MirrorRow:
        if ticket.id == 4:
            raise KeyError(ticket.description)
        return mirror_row(ticket, *rest)

    monkeypatch.setattr("connector.reading.mirror_row", trips_over)
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3)), looming(4)), FakeTracker()
    report = sweep(ledger, desk, tracker)
    assert [line.tickets for line in report.escalated] == [(1, 2, 3)]
    assert [one.ticket_id for one in report.set_aside] == [4]
    assert report.set_aside[0].reason.startswith("unexpected KeyError at test_sweep.py:")
    assert report.exit_code is ExitCode.SET_ASIDE


def test_a_bug_in_one_decision_sets_its_tickets_aside_and_the_others_are_escalated(
    ledger: Ledger,
) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3)), looming(4)), FakeTracker()
    read = desk.thread

    def trips_over(ticket_id: int) -> Thread:
        if ticket_id == 4:
            raise ZeroDivisionError("marmalade")
        return read(ticket_id)

    desk.thread = trips_over  # type: ignore[method-assign]  # a bug at one ticket
    report = sweep(ledger, desk, tracker)
    assert [line.tickets for line in report.escalated] == [(1, 2, 3)]
    assert [one.ticket_id for one in report.set_aside] == [4]
    assert "marmalade" not in report.model_dump_json()
    del desk.thread
    later = sweep(ledger, desk, tracker, later=timedelta(hours=1))
    assert [line.tickets for line in later.escalated] == [(4,)]


def test_what_is_set_aside_and_not_yet_due_is_listed_by_every_run_until_it_is_settled(
    ledger: Ledger,
) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3)), looming(4)), FakeTracker()
    read = desk.thread

    def trips_over(ticket_id: int) -> Thread:
        if ticket_id == 4:
            raise ZeroDivisionError
        return read(ticket_id)

    desk.thread = trips_over  # type: ignore[method-assign]  # a bug at one ticket
    desk.trouble = Once("tags", InvalidError("422"))
    sweep(ledger, desk, tracker)
    del desk.thread
    soon = sweep(ledger, desk, tracker, later=timedelta(minutes=1))
    kinds = sorted(one.what.partition(":")[0] for one in soon.set_aside)
    assert (kinds, soon.writes) == (["intent", "ticket"], ())
    assert all("next try 20" in one.reason for one in soon.set_aside)
    assert soon.exit_code is ExitCode.SET_ASIDE
    settled = sweep(ledger, desk, tracker, later=timedelta(hours=1))
    assert (settled.set_aside, settled.exit_code) == ((), ExitCode.DONE)


def test_a_bug_with_one_issue_leaves_the_news_of_the_others_and_is_looked_at_again(
    ledger: Ledger,
) -> None:
    desk, tracker = (
        a_desk(*map(outage_ticket, (1, 2, 3)), a_ticket(9, subject=BREACH, description=BREACH)),
        FakeTracker(),
    )
    sweep(ledger, desk, tracker)
    for number, issue in list(tracker.stock.items()):
        moved_on = {"status": "In Progress", "category": "indeterminate", "status_id": "3"}
        tracker.stock[number] = issue.model_copy(update=moved_on)
    read = desk.tickets

    def trips_over(ids: Sequence[int]) -> tuple[Ticket, ...]:
        if 9 in ids:
            raise ZeroDivisionError
        return read(ids)

    desk.tickets = trips_over  # type: ignore[method-assign]  # a bug at one ticket
    first = sync(ledger, desk, tracker, timedelta(minutes=10))
    del desk.tickets
    second = sync(ledger, desk, tracker, timedelta(minutes=20))
    assert [change.tickets for change in first.changed] == [(1, 2, 3)]
    assert first.exit_code is ExitCode.SET_ASIDE
    assert [change.tickets for change in second.changed] == [(9,)]


def test_with_jira_down_tickets_are_mirrored_and_the_next_sweep_goes_on(ledger: Ledger) -> None:
    class Down(FakeTracker):
        def whoami(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            raise NotSentError("jira: refused")

    desk = a_desk(*map(outage_ticket, (1, 2, 3)))
    report = sweep(ledger, desk, Down())
    assert report.exit_code is ExitCode.TRY_LATER
    assert not desk.writes
    tracker = FakeTracker()
    sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 3


def test_credentials_that_jira_refuses_are_told_with_exit_code_3(ledger: Ledger) -> None:
    class Refusing(FakeTracker):
        def whoami(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            raise RefusedError("jira: 401", side="jira", status=401)

    assert sweep(ledger, a_desk(outage_ticket(1)), Refusing()).exit_code is ExitCode.REFUSED


def test_our_own_notes_and_tags_never_bring_a_ticket_up_again(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    sweep(ledger, desk, tracker)
    for number, ticket in desk.stock.items():
        tags = tuple(desk.tags[number])
        desk.stock[number] = ticket.model_copy(update={"tags": tags, "exported_at": NOON})
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert (report.writes, report.joined, report.changed) == ((), (), ())


def test_what_the_customer_writes_later_is_read(ledger: Ledger) -> None:
    ticket = a_ticket(8, subject="Invoices", description="A question about invoices.")
    desk, tracker = a_desk(ticket), FakeTracker()
    assert sweep(ledger, desk, tracker).escalated == ()
    desk.comments[8].append(
        a_comment(BREACH, ticket_id=8, author_id=108, age=-timedelta(minutes=1))
    )
    desk.stock[8] = ticket.model_copy(update={"updated_at": NOON + timedelta(minutes=1)})
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert [line.target for line in report.escalated] == [Target.SECURITY]


# --- and the way back ---------------------------------------------------------------------------


def sync(ledger: Ledger, desk: FakeDesk, tracker: FakeTracker, later: timedelta) -> Report:
    with services_of(ledger, desk, tracker, later=later) as services:
        return run_sync(services)


def moved(tracker: FakeTracker, **news: object) -> None:
    (issue,) = tracker.stock.values()
    tracker.stock[issue.id] = issue.model_copy(update=news)


@pytest.fixture
def escalated(ledger: Ledger) -> tuple[FakeDesk, FakeTracker]:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    sweep(ledger, desk, tracker)
    return desk, tracker


DONE = {"status_id": "3", "status": "Done", "category": "done", "resolution": "Fixed"}
HOUR = timedelta(hours=1)


def test_a_fix_reaches_every_linked_ticket_once(
    ledger: Ledger, escalated: tuple[FakeDesk, FakeTracker]
) -> None:
    desk, tracker = escalated
    moved(tracker, **DONE)
    report = sync(ledger, desk, tracker, HOUR)
    assert [(one.old, one.new) for one in report.changed] == [("open", "resolved")]
    assert desk.writes["note"] == 6
    assert all("escalation_resolved" in desk.tags[number] for number in (1, 2, 3))
    assert all("escalation_open" not in desk.tags[number] for number in (1, 2, 3))
    assert sync(ledger, desk, tracker, 2 * HOUR).writes == ()


def test_a_status_that_nothing_maps_is_reported_and_nothing_is_guessed(
    ledger: Ledger, escalated: tuple[FakeDesk, FakeTracker]
) -> None:
    desk, tracker = escalated
    moved(tracker, status_id="9", status="Parked", category="done", resolution="Postponed")
    report = sync(ledger, desk, tracker, HOUR)
    assert report.exit_code is ExitCode.SET_ASIDE
    assert "status 'Parked', resolution 'Postponed' is in no rule" in report.set_aside[0].reason
    assert report.writes == ()


def test_a_closed_ticket_is_recorded_once_and_the_others_are_told(
    ledger: Ledger, escalated: tuple[FakeDesk, FakeTracker]
) -> None:
    desk, tracker = escalated
    desk.stock[2] = desk.stock[2].model_copy(update={"status": "closed"})
    moved(tracker, **DONE)
    report = sync(ledger, desk, tracker, HOUR)
    assert [item.ticket_id for item in report.set_aside] == [2]
    assert desk.writes["note"] == 5
    moved(tracker, status="To Do", status_id="1", category="new", resolution=None)
    assert sync(ledger, desk, tracker, 2 * HOUR).set_aside == ()


def test_a_deleted_issue_is_said_and_never_created_again(
    ledger: Ledger, escalated: tuple[FakeDesk, FakeTracker]
) -> None:
    desk, tracker = escalated
    tracker.stock.clear()
    report = sync(ledger, desk, tracker, HOUR)
    assert "not created again" in report.set_aside[0].reason
    sweep(ledger, desk, tracker, later=2 * HOUR)
    assert tracker.writes["create_issue"] == 1


def test_a_note_that_failed_is_made_by_the_next_sync(
    ledger: Ledger, escalated: tuple[FakeDesk, FakeTracker]
) -> None:
    desk, tracker = escalated
    moved(tracker, **DONE)
    desk.trouble = Once("note", NotSentError("zendesk: refused"))
    assert sync(ledger, desk, tracker, HOUR).exit_code is ExitCode.TRY_LATER
    sync(ledger, desk, tracker, HOUR + timedelta(minutes=5))
    assert desk.writes["note"] == 6


def test_incidents_that_an_agent_linked_to_one_problem_are_one_issue(ledger: Ledger) -> None:
    tickets = [
        a_ticket(
            number,
            subject=WORDS[number][0],
            description=WORDS[number][1],
            organization=an_organization(300 + number),
            problem_id=None if number == 1 else 1,
        )
        for number in (1, 2, 3)
    ]
    report = sweep(ledger, a_desk(*tickets), FakeTracker())
    assert [line.tickets for line in report.escalated] == [(1, 2, 3)]


def test_no_secret_of_a_ticket_reaches_the_ledger(ledger: Ledger) -> None:
    ticket = a_ticket(
        7,
        subject="Login fails",
        description="My password: correcthorsebattery does not work, key AKIAIOSFODNN7EXAMPLE.",
    )
    sweep(ledger, a_desk(ticket), FakeTracker())
    with ledger.transaction() as tx:
        kept = tx.mirror.get([7])[7].model_dump_json()
    assert "correcthorse" not in kept
    assert "AKIAIOSFODNN" not in kept.upper()
    assert "login" in kept, "what tells tickets apart is kept"


def test_severity_rises_at_once_and_both_sides_are_told(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    sweep(ledger, desk, tracker)
    desk.comments[1].append(
        a_comment(
            "Production is down for all our users now.",
            ticket_id=1,
            author_id=101,
            age=-timedelta(minutes=1),
        )
    )
    touched = {"updated_at": NOON + timedelta(minutes=2)}
    desk.stock[1] = desk.stock[1].model_copy(update=touched)
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert [(one.kind, one.old, one.new) for one in report.changed] == [
        ("severity", "High", "Critical")
    ]
    assert tracker.writes["issue_comment"] == 1
    assert {"fields": {"priority": {"name": "Highest"}}, "properties": {}} in [
        update for _, update in tracker.updates
    ]
    assert all("Severity is Critical now" in desk.comments[number][-1].body for number in (1, 2, 3))
    with ledger.snapshot() as tx:
        (row,) = tx.escalations.live()
        assert [step.kind for step in tx.transitions.of(row.id)] == ["state", "severity"]


def test_others_who_are_to_know_find_the_issue_by_its_label(ledger: Ledger) -> None:
    down = [
        outage_ticket(n).model_copy(update={"description": f"Production is down. {OUTAGE}"})
        for n in (1, 2, 3)
    ]
    tracker = FakeTracker()
    sweep(ledger, a_desk(*down), tracker)
    (draft,) = tracker.drafts.values()
    assert "notify-leadership" in draft.fields["labels"]


def test_every_ticket_of_a_large_group_is_linked_and_noted(ledger: Ledger) -> None:
    desk, tracker = a_desk(*map(outage_ticket, range(1, 41))), FakeTracker()
    report = sweep(ledger, desk, tracker)
    assert [len(line.tickets) for line in report.escalated] == [40]
    assert tracker.writes == {"create_issue": 1, "remote_link": 40}
    assert desk.writes["note"] == 40


def test_a_create_that_refuses_labels_is_set_aside_since_the_marker_is_among_them(
    ledger: Ledger,
) -> None:
    tracker = FakeTracker()
    tracker.trouble = Once(
        "create_issue", InvalidError("labels: not on screen", fields=("labels",))
    )
    report = sweep(ledger, a_desk(*map(outage_ticket, (1, 2, 3))), tracker)
    assert not tracker.writes
    assert report.exit_code is ExitCode.SET_ASIDE


def test_a_ticket_that_a_tag_keeps_in_support_is_not_taken_along_by_its_group(
    ledger: Ledger,
) -> None:
    kept = outage_ticket(4, tags=("no_escalation",))
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3)), kept), FakeTracker()
    report = sweep(ledger, desk, tracker)
    assert [line.tickets for line in report.escalated] == [(1, 2, 3)]
    assert desk.comments[4] == []
    assert sweep(ledger, desk, tracker, later=timedelta(minutes=5)).writes == ()


def told_more(desk: FakeDesk, number: int, words: str, *, minute: int) -> None:
    """The customer of a ticket writes again."""
    desk.comments[number].append(
        a_comment(words, ticket_id=number, author_id=100 + number, age=-timedelta(minutes=minute))
    )
    touched = {"updated_at": NOON + timedelta(minutes=minute)}
    desk.stock[number] = desk.stock[number].model_copy(update=touched)


STEPS = "Steps to reproduce:\n1. Open Exports\n2. Choose DATEV\n3. Click Start\n"


def an_escalated_outage(ledger: Ledger) -> tuple[FakeDesk, FakeTracker]:
    desk, tracker = a_desk(*map(outage_ticket, (1, 2, 3))), FakeTracker()
    sweep(ledger, desk, tracker)
    return desk, tracker


def test_new_facts_reach_the_brief_in_place_with_one_comment(ledger: Ledger) -> None:
    desk, tracker = an_escalated_outage(ledger)
    (issue,) = tracker.drafts
    mine = {"type": "paragraph", "content": [{"type": "text", "text": "my own note"}]}
    written = tracker.text(issue).description
    tracker.words[issue]["description"] = {**written, "content": [*written["content"], mine]}
    told_more(desk, 1, STEPS, minute=2)
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert [write.kind for write in report.writes] == ["brief_update", "issue_comment"]
    after = tracker.text(issue).description
    assert after["content"][-1] == mine
    assert "Choose DATEV" in json.dumps(after)
    ((_, comment),) = tracker.said[issue]
    assert "Reproduction steps: Open Exports" in json.dumps(comment)
    assert "is up to date" in json.dumps(comment)
    assert sweep(ledger, desk, tracker, later=timedelta(minutes=10)).writes == ()


def test_a_brief_that_somebody_edited_stays_and_the_comment_says_so(ledger: Ledger) -> None:
    desk, tracker = an_escalated_outage(ledger)
    (issue,) = tracker.drafts
    edited = {"type": "doc", "version": 1, "content": []}
    tracker.words[issue]["description"] = edited
    told_more(desk, 1, STEPS, minute=2)
    report = sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert report.writes[0].reason == "left as somebody edited it"
    assert tracker.text(issue).description == edited
    ((_, comment),) = tracker.said[issue]
    assert "Somebody edited the brief" in json.dumps(comment)
    assert "Open Exports" in json.dumps(comment)


def test_a_growing_issue_keeps_the_name_that_people_gave_it(ledger: Ledger) -> None:
    desk, tracker = an_escalated_outage(ledger)
    (issue,) = tracker.drafts
    desk.stock[4] = outage_ticket(4)
    sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert "4 tickets" in tracker.text(issue).summary
    tracker.words[issue]["summary"] = "DATEV export is broken"
    desk.stock[5] = outage_ticket(5)
    sweep(ledger, desk, tracker, later=timedelta(minutes=10))
    assert tracker.text(issue).summary == "DATEV export is broken"
    assert "5 tickets" in json.dumps(tracker.text(issue).description)


def test_a_lost_answer_to_a_brief_update_leaves_one_brief_and_one_comment(ledger: Ledger) -> None:
    desk, tracker = an_escalated_outage(ledger)
    (issue,) = tracker.drafts
    told_more(desk, 1, STEPS, minute=2)
    tracker.trouble = Once("after issue_update", UncertainError("the answer was lost"))
    sweep(ledger, desk, tracker, later=timedelta(minutes=5))
    assert tracker.said[issue] == []
    sweep(ledger, desk, tracker, later=timedelta(minutes=10))
    assert len(tracker.said[issue]) == 1
    assert json.dumps(tracker.text(issue).description).count("Reproduction steps") == 1


def test_the_deadline_of_a_brief_does_not_move_with_the_clock(ledger: Ledger) -> None:
    desk, tracker = an_escalated_outage(ledger)
    with ledger.snapshot() as tx:
        (before,) = tx.escalations.live()
    told_more(desk, 1, STEPS, minute=2)
    sweep(ledger, desk, tracker, later=timedelta(hours=3))
    with ledger.snapshot() as tx:
        (after,) = tx.escalations.live()
    assert after.brief_hash != before.brief_hash
    assert after.deadline == before.deadline


class Known:
    """A sentence model to which every text means the same."""

    name = "known"

    def vectors(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        return [packed([0.1] * 8) for _ in texts]


def test_what_a_ticket_means_is_kept_beside_its_words_where_a_model_is_installed(
    ledger: Ledger,
) -> None:
    desk, tracker = a_desk(looming(1)), FakeTracker()
    sweep(ledger, desk, tracker, meaning=Known())
    with ledger.snapshot() as tx:
        kept = tx.mirror.get([1])[1].fingerprint
    assert kept["vector"] == packed([0.1] * 8)
    assert WORDS[1][1] not in json.dumps(kept)
