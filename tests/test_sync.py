"""Jira's news reach every ticket once, each end in its own way, and the history tells all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON, hours, minutes
from fakes import FakeDesk, FakeTracker
from sync_rig import Office, an_issue, an_office, escalated

from connector.core.markers import payload_hash
from connector.core.model import DeescalationReason, IssueRef, State
from connector.core.writes import CreateIssue, dump_write
from connector.ledger.rows import IntentRow
from connector.ledger.store import Ledger, open_ledger
from connector.ports import IssueChange, RelatedIssue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


@pytest.fixture
def office(ledger: Ledger) -> Office:
    made = an_office(ledger)
    made.sync()
    return made


def moved(at: datetime, field: str, old: str, new: str, name: str, who: str = "eng") -> IssueChange:
    return IssueChange(
        issue_id="10001", at=at, author_id=who, field=field, old=old, new=new, new_name=name
    )


@pytest.mark.parametrize(
    ("resolution", "state", "reason", "word"),
    [
        ("Fixed", State.RESOLVED, None, "is resolved (Fixed)"),
        ("Won't Do", State.DE_ESCALATED, "rejected", "will not change this"),
        ("Cannot Reproduce", State.DE_ESCALATED, "reassessed", "could not see it happen"),
    ],
)
def test_each_end_has_its_own_state_text_and_draft(
    office: Office, resolution: str, state: State, reason: str | None, word: str
) -> None:
    office.now += minutes(10)
    office.engineer(status_id="5", status="Done", category="done", resolution=resolution)
    report = office.sync()
    row = office.row()
    assert (row.state, row.end_reason, row.ended_at) == (state, reason, office.now)
    assert [(one.old, one.new) for one in report.changed] == [("open", state)]
    for number in (1, 2):
        assert word in office.notes(number)[-1]
        assert "A draft for the customer, d-" in office.notes(number)[-1]
        assert f"escalation_{state}" in office.desk.tags[number]
    assert office.sync(minutes(5)).writes == ()


def test_the_history_says_when_it_happened_in_jira_and_what_was_written(office: Office) -> None:
    fixed_at = office.now + minutes(3)
    office.tracker.history = [moved(fixed_at, "status", "1", "5", "Done")]
    office.now += minutes(10)
    office.fixes()
    office.sync()
    with office.ledger.snapshot() as tx:
        step = tx.transitions.of("e-1")[-1]
        kinds = sorted(one.kind for one in tx.intents.of("e-1") if one.intent_id in step.wrote)
    assert (step.at, step.actor) == (fixed_at, "jira")
    assert step.reason == "ESC-1 is Done (Fixed)"
    assert kinds == ["note", "note", "tags", "tags"]
    assert office.link(1).result == "resolved: told by an internal note"


def test_a_hop_between_two_looks_is_in_the_history_and_tickets_hear_the_last_word(
    office: Office,
) -> None:
    office.tracker.history = [
        moved(office.now + minutes(1), "status", "1", "5", "Done"),
        moved(office.now + minutes(1), "resolution", "", "1", "Fixed"),
        moved(office.now + minutes(4), "status", "5", "3", "In Progress"),
        moved(office.now + minutes(4), "resolution", "1", "", ""),
    ]
    office.now += minutes(10)
    office.engineer(status_id="3", status="In Progress", category="indeterminate")
    office.sync()
    assert office.states() == ["resolved", "in_progress"]
    assert [len(office.notes(number)) for number in (1, 2)] == [1, 1]
    assert "working on ESC-1" in office.notes(1)[0]
    assert office.row().ended_at is None


def test_done_and_reopened_between_two_looks_is_seen_and_the_last_word_is_told(
    office: Office,
) -> None:
    office.now += minutes(5)
    office.engineer(status_id="3", status="In Progress", category="indeterminate")
    office.sync()
    office.tracker.history = [
        moved(office.now + minutes(1), "status", "3", "5", "Done"),
        moved(office.now + minutes(1), "resolution", "", "1", "Fixed"),
        moved(office.now + minutes(4), "status", "5", "3", "In Progress"),
        moved(office.now + minutes(4), "resolution", "1", "", ""),
    ]
    office.now += minutes(10)
    office.engineer()
    office.sync()
    assert office.states() == ["in_progress", "resolved", "in_progress"]
    assert len(office.notes(1)) == 2


def test_a_reopened_issue_takes_back_what_customers_were_told(office: Office) -> None:
    office.now += minutes(5)
    office.fixes()
    office.sync()
    office.now += minutes(5)
    office.replies_to(1)
    office.sync()
    assert office.link(1).told_how == "public reply"
    office.now += minutes(5)
    back: dict[str, Any] = {"status": "In Progress", "category": "indeterminate"}
    office.engineer(status_id="3", resolution=None, **back)
    office.sync()
    assert office.row().state is State.IN_PROGRESS
    assert office.link(1).told_at is None
    assert "escalation_in_progress" in office.desk.tags[1]


def test_a_moved_issue_is_told_under_its_new_name_once(office: Office) -> None:
    office.now += minutes(5)
    office.engineer(key="PROD-4", project="PROD")
    office.sync()
    assert (office.row().issue_key, office.row().project) == ("PROD-4", "PROD")
    assert [note for note in office.notes(2) if "ESC-1 was moved: it is PROD-4 now" in note]
    assert office.sync(minutes(5)).writes == ()
    assert len(office.notes(2)) == 1


def test_a_deleted_issue_is_said_once_and_never_made_again(office: Office) -> None:
    kept = office.tracker.stock.pop("10001")
    report = office.sync(hours(2))
    assert ["not created again" in one.reason for one in report.set_aside] == [True]
    assert "cannot be seen in Jira any more" in office.notes(1)[-1]
    again = office.sync(hours(2))
    assert again.set_aside == ()
    assert office.tracker.writes["create_issue"] == 0
    office.tracker.stock["10001"] = kept
    office.sync(hours(2))
    assert office.row().lost_at is None


@pytest.mark.parametrize(
    "waited",
    [
        pytest.param(timedelta(0), id="made at once"),
        pytest.param(timedelta(hours=2), id="Jira was down when it was due"),
    ],
)
def test_an_issue_that_is_not_shown_just_after_it_was_made_is_not_called_deleted(
    ledger: Ledger, waited: timedelta
) -> None:
    made = Office(ledger, FakeDesk(), FakeTracker())
    create = dump_write(CreateIssue(project="ESC", fields={}))
    with ledger.transaction() as tx:
        escalated(made, tx, "e-1", "10001", (1, 2), opened_at=NOON - waited)
        tx.intents.add(
            [
                IntentRow(
                    intent_id="c" * 20, escalation_id="e-1", kind="create_issue", seq=1,
                    subject="project ESC", payload=create, payload_hash=payload_hash(create),
                    planned_at=NOON - waited,
                )
            ]
        )  # fmt: skip
        tx.intents.sending("c" * 20, at=NOON, probe=None)
        tx.intents.done("c" * 20, "10001")
    kept = made.tracker.stock.pop("10001")
    report = made.sync()
    assert (report.set_aside, made.notes(1)) == ((), [])
    made.tracker.stock["10001"] = kept
    assert made.sync(hours(2)).set_aside == ()
    assert made.row().lost_at is None


def test_an_unmapped_status_is_reported_and_nothing_is_guessed(office: Office) -> None:
    office.now += minutes(5)
    office.engineer(status_id="9", status="Parked", category="done", resolution="Later")
    report = office.sync()
    assert "status 'Parked', resolution 'Later' is in no rule" in report.set_aside[0].reason
    assert report.writes == ()
    assert office.row().state is State.OPEN


# --- duplicates ----------------------------------------------------------------------------------


def closed_as_duplicate(office: Office, of: str | None, *, outward: bool = True) -> None:
    office.now += minutes(10)
    duplicate = {"status": "Done", "category": "done", "resolution": "Duplicate"}
    office.engineer(status_id="5", **duplicate)
    if of is not None:
        stays = office.tracker.stock[of]
        office.tracker.links["10001"] = [
            RelatedIssue(
                issue=IssueRef(id=stays.id, key=stays.key), kind="Duplicate", outward=outward
            )
        ]


def test_a_duplicate_of_a_foreign_issue_takes_that_issue_for_its_own(office: Office) -> None:
    office.tracker.stock["10050"] = an_issue("10050", "ESC-50", NOON)
    closed_as_duplicate(office, "10050")
    office.sync()
    row = office.row()
    assert (row.issue_id, row.issue_key, row.state) == ("10050", "ESC-50", State.OPEN)
    assert len(office.tracker.remote["10050"]) == 2
    assert all("ESC-1 is the same as ESC-50" in office.notes(number)[-1] for number in (1, 2))
    assert office.sync(minutes(5)).writes == ()
    office.now += minutes(5)
    office.fixes("10050")
    office.sync()
    assert office.row().state is State.RESOLVED


def test_a_duplicate_of_an_issue_that_is_fixed_already_is_fixed_at_once(office: Office) -> None:
    office.tracker.stock["10050"] = an_issue("10050", "ESC-50", NOON)
    office.fixes("10050")
    closed_as_duplicate(office, "10050")
    office.sync()
    assert (office.row().issue_key, office.row().state) == ("ESC-50", State.RESOLVED)


def test_a_duplicate_of_another_escalation_joins_it(office: Office) -> None:
    with office.ledger.transaction() as tx:
        escalated(office, tx, "e-2", "10002", (7, 8))
    closed_as_duplicate(office, "10002")
    office.sync()
    row = office.row()
    assert (row.state, row.follows) == (State.DE_ESCALATED, "e-2")
    assert row.closed_at == office.now
    with office.ledger.snapshot() as tx:
        assert [one.ticket_id for one in tx.links.of("e-2")] == [7, 8, 1, 2]
    assert set(office.tracker.remote["10002"]) == {
        f"system=zendesk&site=acme&ticket={number}" for number in (1, 2)
    }
    assert "ESC-1 is the same as ESC-2" in office.notes(1)[-1]
    office.now += minutes(5)
    office.fixes("10002")
    office.sync()
    assert all("ESC-2 is resolved" in office.notes(number)[-1] for number in (1, 2, 7, 8))


@pytest.mark.parametrize("of", [None, "10050"])
def test_a_duplicate_of_what_nobody_named_is_reported(office: Office, of: str | None) -> None:
    office.tracker.stock["10050"] = an_issue("10050", "ESC-50", NOON)
    closed_as_duplicate(office, of, outward=False)
    report = office.sync()
    assert "no link says of what" in report.set_aside[0].reason
    assert (office.row().issue_id, report.writes) == ("10001", ())


def test_two_issues_that_are_duplicates_of_each_other_are_reported(office: Office) -> None:
    office.tracker.stock["10050"] = an_issue("10050", "ESC-50", NOON)
    office.engineer("10050", category="done", status="Done", resolution="Duplicate")
    here = RelatedIssue(issue=IssueRef(id="10001", key="ESC-1"), kind="Duplicate", outward=True)
    office.tracker.links["10050"] = [here]
    closed_as_duplicate(office, "10050")
    assert "no link says of what" in office.sync().set_aside[0].reason


# --- what people in Jira say to support ----------------------------------------------------------


def test_only_marked_comments_reach_the_tickets_once_and_redacted(office: Office) -> None:
    office.now += minutes(5)
    office.says("Internal talk about the customer.")
    office.says("#support A fix ships on Monday. Key AKIAIOSFODNN7EXAMPLE.")
    report = office.sync()
    assert report.shared == ("ESC-1: comment by Eve",)
    for number in (1, 2):
        (note,) = office.notes(number)
        assert "Eve in ESC-1:\nA fix ships on Monday." in note
        assert "AKIA" not in note
    assert office.sync(minutes(5)).writes == ()
    assert office.sync(hours(2)).writes == ()


def test_our_own_comments_are_never_passed_on(office: Office) -> None:
    office.now += minutes(5)
    office.says("#support our words\nref " + "a" * 20)
    heard = office.tracker.heard["10001"]
    heard.append(heard[0].model_copy(update={"id": "9", "author_id": "bot", "text": "#support x"}))
    assert office.sync().shared == ()


def test_what_was_learned_is_kept_from_jira(office: Office) -> None:
    office.now += minutes(5)
    office.says("#learned The ledger's schema was old. A test of the export would have shown it.")
    office.sync()
    learned = office.row().learned
    assert learned["root_cause"].startswith("The ledger's schema was old.")
    assert learned["by"] == "Eve in ESC-1"
    assert office.notes(1) == []


# --- tickets -------------------------------------------------------------------------------------


def test_a_closed_ticket_is_reported_once_and_kept_here(office: Office) -> None:
    office.mirrored(2, status="closed")
    office.now += minutes(5)
    office.fixes()
    report = office.sync()
    assert [one.ticket_id for one in report.set_aside] == [2]
    assert office.link(2).result == "closed in Zendesk: recorded here only"
    assert (len(office.notes(1)), len(office.notes(2))) == (1, 0)


def test_a_merged_ticket_is_followed_to_the_one_it_went_into(office: Office) -> None:
    target = office.desk.stock[1].model_copy(update={"id": 3})
    office.desk.stock[3] = target
    office.mirrored(1, status="closed", tags=("closed_by_merge",))
    office.desk.stock[1] = office.desk.stock[1].model_copy(update={"merged_into": 3})
    office.sync(minutes(5))
    assert office.link(1).merged_into == 3
    assert office.link(3).customer == office.link(1).customer
    assert len(office.notes(3)) == 1
    office.now += minutes(5)
    office.fixes()
    office.sync()
    assert "is resolved" in office.notes(3)[-1]
    assert office.sync(minutes(5)).writes == ()


# --- other ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", DeescalationReason)
def test_a_label_on_the_issue_ends_it_for_each_reason(
    office: Office, reason: DeescalationReason
) -> None:
    office.now += minutes(5)
    office.engineer(labels=(f"deescalate-{reason.replace('_', '-')}",))
    office.sync()
    assert (office.row().state, office.row().end_reason) == (State.DE_ESCALATED, reason)
    assert office.tracker.writes["issue_comment"] == 1
    assert office.sync(minutes(5)).writes == ()


@pytest.mark.parametrize("reason", DeescalationReason)
def test_a_tag_on_a_ticket_ends_it_for_each_reason(
    office: Office, reason: DeescalationReason
) -> None:
    office.mirrored(2, tags=(f"deescalate_{reason}",))
    report = office.sync(minutes(5))
    assert (office.row().state, office.row().end_reason) == (State.DE_ESCALATED, reason)
    assert f"ticket 2 has the tag deescalate_{reason}" in report.changed[0].because
    assert all("De-escalated (ESC-1)" in office.notes(number)[-1] for number in (1, 2))


def test_the_workaround_tag_counts_when_every_open_ticket_has_it(office: Office) -> None:
    office.mirrored(1, tags=("workaround_available",))
    assert office.sync(minutes(5)).changed == ()
    office.mirrored(2, tags=("workaround_available",))
    office.sync(minutes(5))
    assert office.row().end_reason == "workaround"


def test_tickets_that_agents_solved_end_it(office: Office) -> None:
    office.mirrored(1, status="solved")
    assert office.sync(minutes(5)).changed == ()
    office.mirrored(2, status="solved")
    office.sync(minutes(5))
    assert office.row().end_reason == "self_resolved"


def spread(office: Office, kind: str) -> None:
    """As if it had been escalated for nothing but how many are affected."""
    assessed = {
        "now": NOON,
        "tickets": [1],
        "verdict": "escalate",
        "because": "",
        "findings": [{"kind": kind, "because": "many are affected"}],
    }
    row = office.row().model_copy(update={"assessment": assessed})
    with office.ledger.transaction() as tx:
        tx.escalations.replace(row)


def test_one_customer_with_many_users_is_no_group_that_shrank(ledger: Ledger) -> None:
    office = an_office(ledger, 1)
    spread(office, "several-customers")
    assert office.sync(hours(6)).changed == ()


def test_a_group_that_shrank_ends_it_after_a_while(ledger: Ledger) -> None:
    office = an_office(ledger)
    spread(office, "same-issue")
    office.mirrored(2, status="deleted")
    assert office.sync(minutes(5)).changed == ()
    report = office.sync(hours(6))
    assert "the group shrank to 1 of at least 2 customers" in report.changed[0].because


def test_what_nothing_speaks_for_any_more_ends_after_a_while(office: Office) -> None:
    row = office.row().model_copy(update={"below_since": NOON})
    with office.ledger.transaction() as tx:
        tx.escalations.replace(row)
    assert office.sync(hours(3)).changed == ()
    report = office.sync(hours(2))
    assert "fell below Medium" in report.changed[0].because
    assert office.row().end_reason == "reassessed"


def test_the_field_that_status_toml_names_ends_it(ledger: Ledger) -> None:
    office = an_office(ledger)
    office.sync()
    with office.services() as services:
        status = services.mappings.status
    ends = status.ends.model_copy(
        update={"field": "customfield_1", "values": {"Workaround": DeescalationReason.WORKAROUND}}
    )
    chosen = services.mappings.model_copy(
        update={"status": status.model_copy(update={"ends": ends})}
    )
    office.changes["mappings"] = chosen
    office.now += minutes(5)
    office.engineer(fields={"customfield_1": "Workaround"})
    office.sync()
    assert office.row().end_reason == "workaround"


def test_an_escalation_is_closed_only_by_the_four_duties(office: Office) -> None:
    office.now += minutes(5)
    office.fixes()
    office.sync()
    office.now += minutes(5)
    office.replies_to(1)
    office.sync()
    office.says("#learned The schema was old.")
    office.sync(minutes(5))
    assert office.row().state is State.RESOLVED, "ticket 2's customer does not know"
    office.now += minutes(5)
    office.replies_to(2)
    report = office.sync()
    assert (office.row().state, office.row().closed_at) == (State.CONFIRMED, office.now)
    assert "2 tickets updated" in report.changed[0].because
    assert "escalation_confirmed" in office.desk.tags[1]
    assert office.sync(timedelta(days=3)).writes == ()
