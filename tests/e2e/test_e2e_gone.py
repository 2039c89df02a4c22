"""Tickets and issues that go away between two looks: told once, and nothing else stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e_judge import notes_of, repeats
from e2e_tickets import SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import MakeRig

_NOTE = r"/tickets/102\.json$"


def test_a_ticket_deleted_before_its_note_was_sent_does_not_stop_the_others(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:429", path=_NOTE, times=9, headers={"Retry-After": "1800"})
    rig.run("sweep")
    rig.box.calm()
    rig.box.ask("zendesk/tickets/102/delete", {})

    run = rig.run("sweep")
    again = [rig.run("sweep"), rig.run("sync")]

    assert run.code == 1, run.told
    assert [one.code for one in again] == [0, 0]
    assert notes_of(rig.box.requests()) == {101: 1, 103: 1}
    assert repeats(rig.box) == []


def test_a_ticket_closed_before_its_note_was_sent_does_not_stop_the_others(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:429", path=_NOTE, times=9, headers={"Retry-After": "1800"})
    rig.run("sweep")
    rig.box.calm()
    rig.box.ask("zendesk/tickets/102/close", {})

    run = rig.run("sweep")
    again = [rig.run("sweep"), rig.run("sync")]

    assert run.code == 1, run.told
    assert [one.code for one in again] == [0, 0]
    assert notes_of(rig.box.requests()) == {101: 1, 103: 1}


def test_a_ticket_deleted_after_its_escalation_does_not_stop_the_news_of_the_others(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.box.ask("zendesk/tickets/102/delete", {})
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "In Progress")

    runs = [rig.run("sync"), rig.run("sweep"), rig.run("sync")]

    assert runs[-1].code == 0, runs[-1].told
    assert notes_of(rig.box.requests()) == {101: 2, 102: 1, 103: 2}


def test_a_deleted_issue_is_listed_and_never_made_again(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.box.advance(hours=2)
    rig.box.ask("jira/issues/ESC-1/delete", {})

    runs = [rig.run("sync"), rig.run("sweep"), rig.run("sweep", "--full")]

    assert runs[0].code == 1, runs[0].told
    assert "ESC-1" in runs[0].out
    assert rig.box.issues() == []
    assert repeats(rig.box) == []


def test_a_moved_issue_is_followed_under_its_new_key(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.box.advance(hours=2)
    key = rig.box.ask("jira/issues/ESC-1/move", {"project": "PROD"})["key"]
    rig.box.engineer_moves(key, "In Progress")

    run = rig.run("sync")

    assert run.code == 0, run.told
    assert notes_of(rig.box.requests()) == {101: 2, 102: 2, 103: 2}
    assert rig.run("show", key, "--json").code == 0
