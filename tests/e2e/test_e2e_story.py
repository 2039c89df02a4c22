"""The main job as its users run it, judged from what both services saw."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from e2e_judge import Due, judge, notes_of, tags_of
from e2e_tickets import DESK, GROUP_IDS, LATE, LATER_REPORT, SECURITY, SLA_ABOUT_TO_BREACH

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig

_LATE, _SECURITY = LATE["id"], SECURITY["id"]


def _the_due(*more: int, notes: int = 1, state: str = "open") -> tuple[Due, ...]:
    """Three customers with one error, a security report, and a reply that is nearly too late."""
    return (
        Due("ESC", (*GROUP_IDS, *more), notes=notes, state=state),
        Due("SEC", (_SECURITY,)),
    )


def test_each_headline_is_one_issue_with_a_link_a_note_and_tags_a_ticket(
    make_installed: MakeRig, deployment: Deployment
) -> None:
    rig = make_installed(deployment=deployment)

    run = rig.run("sweep")

    assert run.code == 0, run.told
    assert not judge(rig.box, *_the_due())
    assert set(notes_of(rig.box.requests())) == {*GROUP_IDS, _SECURITY}
    assert tags_of(rig.box.requests())[101] == {
        "escalated",
        "escalated_engineering",
        "escalation_open",
    }


def test_a_second_sweep_and_a_second_sync_write_nothing(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(deployment=deployment)
    rig.run("sweep")
    before = rig.box.count()

    runs = [rig.run(command) for command in ("sweep", "sync", "sweep", "sync")]

    assert [run.code for run in runs] == [0, 0, 0, 0]
    assert rig.box.writes(before) == []
    assert rig.box.count() > before


def test_what_an_engineer_does_reaches_every_ticket_once(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(deployment=deployment)
    rig.run("sweep")
    rig.run("sync")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves(_key(rig, "ESC"), "In Progress")

    told = rig.run("sync")
    before = rig.box.count()
    again = [rig.run("sync"), rig.run("sweep")]

    assert told.code == 0, told.told
    assert not judge(
        rig.box, Due("ESC", GROUP_IDS, notes=2, state="in_progress"), Due("SEC", (_SECURITY,))
    )
    assert [run.code for run in again] == [0, 0]
    assert rig.box.writes(before) == []


def test_a_fix_reopens_the_waiting_tickets_and_solves_none(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.run("sweep")
    rig.box.ask("zendesk/tickets/101/change", {"status": "pending"})
    rig.box.advance(minutes=10)
    rig.box.engineer_moves(_key(rig, "ESC"), "Done", "Fixed")
    before = rig.box.count()

    rig.run("sync")

    changes = [
        (effect["ticket"], effect["old"], effect["new"])
        for request in rig.box.writes(before)
        for effect in request.effects
        if effect["kind"] == "field" and effect["field"] == "status"
    ]
    assert changes == [(101, "pending", "open")]
    assert not judge(
        rig.box, Due("ESC", GROUP_IDS, notes=2, state="resolved"), Due("SEC", (_SECURITY,))
    )


def test_a_later_report_joins_the_live_escalation(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(deployment=deployment)
    rig.run("sweep")
    rig.box.advance(minutes=30)
    ticket = rig.box.customer_writes(LATER_REPORT)
    rig.box.advance(minutes=5)

    run = rig.run("sweep")
    before = rig.box.count()
    again = rig.run("sweep")

    assert run.code == again.code == 0, run.told
    assert not judge(rig.box, *_the_due(ticket))
    assert len(_issue(rig, "ESC")["comments"]) == 1
    assert rig.box.writes(before) == []


def test_an_sla_about_to_breach_is_escalated(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    rig.box.ask(f"zendesk/tickets/{_LATE}/sla", SLA_ABOUT_TO_BREACH)

    run = rig.run("sweep", "--json")

    assert run.code == 0, run.told
    assert [line["tickets"] for line in run.json["escalated"]] == [[_LATE]]
    assert "sla-breach" in run.json["escalated"][0]["because"]
    assert not judge(rig.box, Due(None, (_LATE,)))


def test_time_alone_makes_a_ticket_a_candidate(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    far = {"clocks": [{"metric": "first_reply_time", "breach_at": "2026-06-16T18:00:00Z"}]}
    rig.box.ask(f"zendesk/tickets/{_LATE}/sla", far)
    early = rig.run("sweep", "--json")
    rig.box.advance(hours=5, minutes=30)

    late = rig.run("sweep", "--json")

    assert early.json["escalated"] == []
    assert [line["tickets"] for line in late.json["escalated"]] == [[_LATE]]
    assert late.json["tickets_read"] == 0


def test_a_dry_run_writes_nothing_and_lists_exactly_what_the_real_run_writes(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(deployment=deployment)
    dry = rig.run("sweep", "--dry-run", "--json")
    assert dry.code == 0, dry.told
    assert rig.box.writes() == []

    real = rig.run("sweep", "--json")

    assert _writes(dry.json) == _writes(real.json)
    assert len(_writes(dry.json)) == 18
    assert {write["result"] for write in dry.json["writes"]} == {"would"}
    assert {write["result"] for write in real.json["writes"]} == {"done"}


def test_a_dry_run_of_sync_lists_exactly_what_sync_writes(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.run("sweep")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves(_key(rig, "ESC"), "In Progress")
    before = rig.box.count()

    dry = rig.run("sync", "--dry-run", "--json")

    assert rig.box.writes(before) == []
    assert _writes(dry.json) == _writes(rig.run("sync", "--json").json)
    assert len(_writes(dry.json)) == 6


def test_a_dry_run_leaves_the_ledger_as_it_was(make_rig: MakeRig) -> None:
    rig = make_rig()

    rig.run("sweep", "--dry-run")
    listed = rig.run("list", "--json")

    assert listed.json["escalations"] == []
    assert rig.run("sweep", "--json").json["tickets_read"] == len(DESK)


def test_the_issue_tells_the_brief_to_people_and_to_programs(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(deployment=deployment)
    rig.run("sweep")

    issue = _issue(rig, "ESC")

    read = html.unescape(issue["description"])
    for words in ("ERR_SYNC_4711", "Northwind", "Contoso", "Fabrikam"):
        assert words in read
    assert "zdesc.escalation" in issue["properties"]


def _key(rig: Rig, project: str) -> str:
    return str(_issue(rig, project)["key"])


def _issue(rig: Rig, project: str) -> dict[str, Any]:
    (issue,) = [issue for issue in rig.box.issues() if issue["project"] == project]
    return issue


def _writes(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(write["intent_id"], write["kind"], write["subject"]) for write in report["writes"]]
