"""Follow-ups come when they are due, once; drafts leave only when a person says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON, a_comment, hours, minutes
from fakes import Once
from sync_rig import Office, an_office

from connector.closing import ack, deescalate, snooze_until, told
from connector.core.duration import Duration
from connector.core.model import Severity, State
from connector.errors import AnswerLostError, ConfigError, UncertainError
from connector.ledger.store import Ledger, open_ledger
from connector.replies import approve_draft, drop_draft, waiting_drafts
from connector.shelf import list_escalations
from connector.story import show_escalation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKS = ("zendesk", "jira")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """High since 11:00 on a Wednesday: the team is due at 15:00, customers on Thursday at 11:00."""
    made = an_office(ledger)
    made.sync()
    return made


def asked(office: Office) -> int:
    return office.tracker.writes["issue_comment"]


def slots(office: Office) -> list[tuple[str, datetime, int]]:
    with office.ledger.snapshot() as tx:
        return [(one.clock, one.slot, one.late_by_minutes) for one in tx.follow_ups.of("e-1")]


def draft_ids(office: Office) -> list[str]:
    return [one.draft.id for one in waiting_drafts(office.ledger, now=office.now).drafts]


# --- clocks --------------------------------------------------------------------------------------


def test_the_team_is_asked_exactly_when_it_is_due_and_once(office: Office) -> None:
    due = NOON + hours(3)
    assert office.sync(hours(3) - minutes(1)).followed == ()
    report = office.sync(minutes(1))
    assert [(one.clock, one.slot, one.late_minutes) for one in report.followed] == [
        ("internal", due, 0)
    ]
    assert office.sync().writes == office.sync(minutes(5)).writes == ()
    assert asked(office) == 1
    text = str(office.tracker.said["10001"][0][1])
    assert "Who takes this up, and when? Asked for: fix by Fri 20 Nov 2026 12:00 UTC." in text


def test_customers_agents_are_reminded_with_a_draft_and_nothing_is_public(office: Office) -> None:
    report = office.sync(timedelta(days=1) - hours(1))
    reminded = [one.ticket_id for one in report.followed if one.clock == "customer"]
    assert reminded == [1, 2]
    (note,) = office.notes(1)
    assert "The customer is due an update (High: every 8 business hours)" in note
    assert '> this is an update on your request "Export 1".' in note
    assert office.replies(1) == []
    assert len(draft_ids(office)) == 2


def test_after_nine_hours_without_a_run_one_follow_up_says_how_late_it_is(ledger: Ledger) -> None:
    office = an_office(ledger)
    with ledger.snapshot() as tx:
        row = tx.escalations.get("e-1")
    assert row is not None
    with ledger.transaction() as tx:
        tx.escalations.replace(row.model_copy(update={"severity": Severity.CRITICAL}))
    office.sync()
    report = office.sync(hours(9))
    internal = [one for one in report.followed if one.clock == "internal"]
    assert [(one.slot, one.late_minutes) for one in internal] == [(NOON + hours(9), 8 * 60)]
    assert asked(office) == 1
    said = str(office.tracker.said["10001"][0][1])
    assert "This follow-up is 8 hours late: it was due Wed 18 Nov 2026 13:00 UTC" in said
    assert office.sync(minutes(5)).writes == ()


def test_what_somebody_in_jira_does_starts_the_teams_clock_anew(office: Office) -> None:
    office.now += hours(2)
    office.says("Looking into it.")
    office.sync()
    assert office.sync(hours(1)).followed == (), "it would have been due by now"
    assert office.sync(hours(19) - minutes(1)).followed == ()
    thursday = NOON + timedelta(days=1) - hours(2)
    (report,) = office.sync(minutes(1)).followed
    assert (report.clock, report.slot, report.late_minutes) == ("internal", thursday, 0)


def test_a_comment_of_ours_starts_nothing_anew(office: Office) -> None:
    office.sync(hours(3))
    office.engineer()
    office.sync(minutes(5))
    assert office.row().internal_at is None


def test_a_public_reply_starts_the_customers_clock_anew(office: Office) -> None:
    office.now += timedelta(days=1) - hours(2)
    office.replies_to(1)
    report = office.sync(hours(1))
    assert [one.ticket_id for one in report.followed if one.clock == "customer"] == [2]


# --- seen, and not now ---------------------------------------------------------------------------


def test_acknowledging_says_so_once_and_starts_the_clock_anew(office: Office) -> None:
    office.now += hours(2)
    office.run(ack, ref="ESC-1")
    assert office.row().state is State.ACKNOWLEDGED
    assert (office.row().acknowledged_at, office.row().internal_at) == (office.now, office.now)
    assert "ESC-1 has been seen" in office.notes(1)[-1]
    assert office.run(ack, ref="1").writes == ()
    assert office.sync(hours(1)).followed == ()
    office.sync(hours(1))
    assert office.row().state is State.ACKNOWLEDGED, "Jira has not moved"


@pytest.mark.parametrize("side", MARKS)
def test_a_mark_acknowledges(office: Office, side: str) -> None:
    office.now += minutes(5)
    if side == "jira":
        office.engineer(labels=("ack-escalation",))
    else:
        office.mirrored(2, tags=("ack_escalation",))
    office.sync()
    with office.ledger.snapshot() as tx:
        assert tx.transitions.of("e-1")[-1].actor == side
    assert office.row().state is State.ACKNOWLEDGED
    assert office.sync(minutes(5)).writes == ()


def test_a_snoozed_escalation_is_quiet_until_then_and_asks_at_that_moment(office: Office) -> None:
    until = NOON + timedelta(days=2)
    office.run(snooze_until, ref="ESC-1", until=until)
    assert office.sync(timedelta(days=2) - minutes(1)).followed == ()
    report = office.sync(minutes(1))
    assert {one.slot for one in report.followed} == {until}
    assert {one.late_minutes for one in report.followed} == {0}


def test_a_snooze_takes_a_span_in_business_time(office: Office) -> None:
    office.run(snooze_until, ref="ESC-1", until=Duration.parse("1 business day"))
    assert office.row().snoozed_until == NOON + timedelta(days=1)


@pytest.mark.parametrize("side", MARKS)
def test_a_mark_snoozes_as_long_as_it_is_there(office: Office, side: str) -> None:
    def mark(on: bool) -> None:  # noqa: FBT001 - a switch
        if side == "jira":
            office.engineer(labels=("snooze-escalation",) if on else ())
        else:
            office.mirrored(1, tags=("snooze_escalation",) if on else ())

    office.now += minutes(5)
    mark(on=True)
    office.sync()
    assert office.sync(timedelta(days=2)).followed == ()
    mark(on=False)
    assert [one.late_minutes for one in office.sync(minutes(5)).followed] == [0, 0, 0]


def test_a_mark_with_a_day_snoozes_until_that_day_opens(office: Office) -> None:
    office.mirrored(1, tags=("snooze_escalation_2026-11-23",))
    office.sync(minutes(5))
    assert office.row().snoozed_until == datetime.fromisoformat("2026-11-23T09:00:00Z")


def test_a_snooze_into_the_past_is_refused(office: Office) -> None:
    with pytest.raises(ConfigError, match="not in the future"):
        office.run(snooze_until, ref="ESC-1", until=NOON - hours(1))


# --- drafts --------------------------------------------------------------------------------------


@pytest.fixture
def fixed(office: Office) -> Office:
    """Fixed, and a draft for each of the two customers waits."""
    office.now += minutes(5)
    office.fixes()
    office.sync()
    office.now += minutes(5)
    return office


def test_an_approved_draft_is_sent_word_for_word_and_once(fixed: Office) -> None:
    first, second = draft_ids(fixed)
    report = fixed.run(approve_draft, draft_id=first)
    assert [one.kind for one in report.writes] == ["public_reply"]
    assert len(fixed.replies(1)) == 1
    assert 'the problem that you reported in "Export 1" is solved' in fixed.replies(1)[0]
    assert "ref " not in fixed.replies(1)[0]
    assert fixed.run(approve_draft, draft_id=first).writes == ()
    assert len(fixed.replies(1)) == 1
    assert fixed.link(1).told_how == "the approved draft was sent"
    assert draft_ids(fixed) == [second]


@pytest.mark.parametrize("who", ["end-user", "agent"])
def test_a_ticket_in_which_somebody_wrote_since_is_not_replied_to(fixed: Office, who: str) -> None:
    first = draft_ids(fixed)[0]
    said = a_comment("It is back!", id=77, ticket_id=1, age=-minutes(7), author_id=4)
    fixed.desk.comments[1].append(said.model_copy(update={"role": who}))
    word = "the customer" if who == "end-user" else "an agent"
    with pytest.raises(ConfigError, match=f"was not sent: {word} wrote in ticket 1 at"):
        fixed.run(approve_draft, draft_id=first)
    assert fixed.desk.writes["public_reply"] == 0
    with pytest.raises(ConfigError, match="is outdated"):
        fixed.run(approve_draft, draft_id=first)


def test_a_change_between_approval_and_sending_voids_the_approval(fixed: Office) -> None:
    first = draft_ids(fixed)[0]
    touched = {"updated_at": fixed.now + minutes(1)}

    def meddle(step: str) -> None:
        if step == "public_reply":
            fixed.desk.stock[1] = fixed.desk.stock[1].model_copy(update=touched)

    fixed.desk.trouble = meddle
    report = fixed.run(approve_draft, draft_id=first)
    assert [(one.result, one.reason) for one in report.writes] == [
        ("dropped", "the ticket changed after it was approved")
    ]
    assert fixed.replies(1) == []
    assert first not in draft_ids(fixed)


@pytest.mark.parametrize("step", ["public_reply", "after public_reply"])
def test_a_lost_answer_sends_no_reply_twice(fixed: Office, step: str) -> None:
    first = draft_ids(fixed)[0]
    fixed.desk.trouble = Once(step, UncertainError("lost"))
    fixed.run(approve_draft, draft_id=first)
    fixed.sync(minutes(5))
    fixed.sync(minutes(5))
    assert len(fixed.replies(1)) == 1
    assert fixed.link(1).told_how == "the approved draft was sent"


def test_a_dropped_draft_is_never_sent(fixed: Office) -> None:
    first = draft_ids(fixed)[0]
    drop_draft(fixed.ledger, draft_id=first, now=fixed.now)
    with pytest.raises(ConfigError, match="dropped by a person"):
        fixed.run(approve_draft, draft_id=first)
    assert fixed.replies(1) == []


def test_drafts_of_an_escalation_that_was_reopened_are_outdated(fixed: Office) -> None:
    first = draft_ids(fixed)[0]
    back: dict[str, Any] = {"status": "In Progress", "category": "indeterminate"}
    fixed.engineer(status_id="3", resolution=None, **back)
    fixed.sync()
    assert first not in draft_ids(fixed)
    with pytest.raises(ConfigError, match="outdated"):
        fixed.run(approve_draft, draft_id=first)


def test_an_unknown_draft_names_those_that_wait(fixed: Office) -> None:
    with pytest.raises(ConfigError, match=f"waiting: {draft_ids(fixed)[0]}"):
        fixed.run(approve_draft, draft_id="d-0")


def test_a_read_that_fails_leaves_the_draft_waiting(fixed: Office) -> None:
    first = draft_ids(fixed)[0]

    def lost(ids: object) -> None:
        raise AnswerLostError("zendesk: 502")

    fixed.desk.tickets = lost  # type: ignore[assignment,method-assign]
    with pytest.raises(AnswerLostError):
        fixed.run(approve_draft, draft_id=first)
    assert first in draft_ids(fixed)


# --- closing the loop ----------------------------------------------------------------------------


def test_fixed_and_not_told_stands_first_on_the_list_and_reminds(fixed: Office) -> None:
    listing = list_escalations(
        fixed.ledger, state=None, now=fixed.now, window=timedelta(days=30), customers=3
    )
    (item,) = listing.escalations
    assert item.untold == (1, 2)
    assert item.missing == ("customer informed", "learning recorded")
    report = fixed.sync(timedelta(days=1))
    assert [one.clock for one in report.followed] == ["internal", "customer", "customer"]
    assert "The customer does not know yet how this ended" in fixed.notes(2)[-1]
    assert "what was the root cause" in str(fixed.tracker.said["10001"][-1][1])


def test_a_customer_whose_ticket_is_closed_is_told_another_way(fixed: Office) -> None:
    with pytest.raises(ConfigError, match="still takes a reply"):
        fixed.run(told, ref="ESC-1", ticket_id=1, how="called")
    fixed.mirrored(1, status="closed")
    fixed.run(told, ref="ESC-1", ticket_id=1, how="called Dana")
    assert fixed.link(1).told_how == "told outside Zendesk: called Dana"


def test_the_story_tells_moves_follow_ups_drafts_and_duties(fixed: Office) -> None:
    fixed.run(approve_draft, draft_id=draft_ids(fixed)[0])
    fixed.sync(timedelta(days=1))
    story = show_escalation(fixed.ledger, ref="ESC-1", now=fixed.now)
    assert story.duties is not None
    assert story.duties.untold == (2,)
    assert [draft.state for draft in story.drafts if draft.ticket_id == 1] == ["sent"]
    assert len(story.follow_ups) == 2
    assert [len(step.wrote) for step in story.transitions] == [4]


def test_deescalating_by_hand_tells_the_team_and_keeps_what_was_learned(office: Office) -> None:
    office.now += minutes(5)
    options = {"reason": "workaround", "learned": "Export as CSV."}
    office.run(deescalate, ref="ESC-1", **options)
    row = office.row()
    assert (row.state, row.end_reason) == (State.DE_ESCALATED, "workaround")
    assert row.learned["workaround"] == "Export as CSV."
    assert "> there is a way to go on" in office.notes(1)[-1]
    assert "What helps meanwhile: Export as CSV." in office.notes(1)[-1]
    assert asked(office) == 1
    office.now += minutes(5)
    office.replies_to(1, 2)
    office.sync()
    assert office.row().closed_at == office.now
    assert office.row().state is State.DE_ESCALATED
