"""The way back as its users have it: every end, and a fortnight of follow-ups by the clock."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from e2e_judge import notes_of, repeats, tags_of
from e2e_tickets import GROUP_IDS, LATER_REPORT, QUESTIONS, SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"


@pytest.fixture
def rig(make_rig: MakeRig) -> Rig:
    """Three tickets of one issue, escalated as ESC-1, and synced once; on Jira Cloud."""
    return escalated(make_rig, "cloud")


@pytest.fixture
def each_rig(make_rig: MakeRig, deployment: Deployment) -> Rig:
    """The same where Jira's two kinds are read in different ways."""
    return escalated(make_rig, deployment)


def escalated(make_rig: MakeRig, deployment: Deployment) -> Rig:
    made = make_rig(SAME_ISSUE, deployment=deployment)
    made.run("sweep")
    made.run("sync")
    made.box.advance(minutes=10)
    return made


def both(rig: Rig) -> list[Any]:
    return [rig.run("sweep"), rig.run("sync")]


def states(rig: Rig) -> set[str]:
    """The state tags of all linked tickets, as Zendesk has them."""
    tags = tags_of(rig.box.requests())
    return {tag for number in GROUP_IDS for tag in tags[number] if tag.startswith("escalation_")}


def last_note(rig: Rig, ticket: int) -> str:
    """The newest internal note on a ticket, by the bytes that Zendesk was sent."""
    return str(sent(rig, ticket, public=False)[-1])


def sent(rig: Rig, ticket: int, *, public: bool) -> list[str]:

    found = []
    for seen in rig.box.writes():
        if seen.side == "zendesk" and seen.path.endswith(f"/tickets/{ticket}.json") and seen.body:
            comment = json.loads(seen.body)["ticket"].get("comment")
            if comment and comment["public"] is public and seen.status == 200:
                found.append(comment["body"])
    return found


def quiet(rig: Rig) -> None:
    """One more sweep and sync over the same facts write nothing."""
    before = rig.box.count()
    runs = both(rig)
    assert rig.box.writes(before) == [], [run.told for run in runs]
    assert repeats(rig.box) == []


@pytest.mark.parametrize(
    ("resolution", "state", "word"),
    [
        ("Fixed", "resolved", "ESC-1 is resolved (Fixed)"),
        ("Won't Do", "de_escalated", "will not change this"),
        ("Cannot Reproduce", "de_escalated", "could not see it happen"),
    ],
)
def test_an_end_reaches_every_linked_ticket_with_its_own_words(
    rig: Rig, resolution: str, state: str, word: str
) -> None:
    rig.box.engineer_moves("ESC-1", "Done", resolution)

    run = rig.run("sync")

    assert run.code == 0, run.told
    assert states(rig) == {f"escalation_{state}"}
    assert notes_of(rig.box.requests()) == dict.fromkeys(GROUP_IDS, 2)
    for number in GROUP_IDS:
        assert word in last_note(rig, number)
        assert "A draft for the customer, d-" in last_note(rig, number)
    quiet(rig)


def test_a_duplicate_follows_the_issue_that_stays(each_rig: Rig) -> None:
    rig = each_rig
    stays = rig.box.ask("jira/issues", {"project": "ESC", "summary": "The older one"})["key"]
    rig.box.engineer_moves("ESC-1", "Done", "Duplicate")
    unclear = rig.run("sync")
    rig.box.ask("jira/issues/ESC-1/link", {"to": stays})
    rig.box.advance(minutes=5)

    run = rig.run("sync")

    assert (unclear.code, run.code) == (1, 0), run.told
    assert "no link says of what" in unclear.out
    links = rig.box.ask(f"jira/issues/{stays}")["remote_links"]
    assert {int(link["globalId"].rpartition("=")[2]) for link in links} == set(GROUP_IDS)
    assert all(f"ESC-1 is the same as {stays}" in last_note(rig, one) for one in GROUP_IDS)
    quiet(rig)
    rig.box.advance(minutes=5)
    rig.box.engineer_moves(stays, "Done", "Fixed")
    rig.run("sync")
    assert states(rig) == {"escalation_resolved"}


def test_done_and_reopened_is_seen_and_customers_are_owed_again(each_rig: Rig) -> None:
    rig = each_rig
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")
    rig.box.advance(minutes=1)
    rig.box.engineer_moves("ESC-1", "In Progress")

    rig.run("sync")

    story = rig.run("show", "ESC-1", "--json").json
    assert [step["new"] for step in story["transitions"]] == ["open", "resolved", "in_progress"]
    assert states(rig) == {"escalation_in_progress"}
    assert notes_of(rig.box.requests()) == dict.fromkeys(GROUP_IDS, 2)
    quiet(rig)


def test_a_moved_issue_goes_on_under_its_new_key(rig: Rig) -> None:
    key = rig.box.ask("jira/issues/ESC-1/move", {"project": "PROD"})["key"]

    rig.box.advance(hours=2)
    rig.run("sync")

    assert all(f"ESC-1 was moved: it is {key} now" in last_note(rig, one) for one in GROUP_IDS)
    quiet(rig)
    rig.box.advance(minutes=5)
    rig.box.engineer_moves(key, "Done", "Fixed")
    rig.run("sync")
    assert states(rig) == {"escalation_resolved"}


def test_a_deleted_issue_is_told_to_every_ticket_once(each_rig: Rig) -> None:
    rig = each_rig
    rig.box.advance(hours=2)
    rig.box.ask("jira/issues/ESC-1/delete", {})

    first, again = rig.run("sync"), rig.run("sync")

    assert (first.code, again.code) == (1, 0), again.told
    assert all("cannot be seen in Jira" in last_note(rig, one) for one in GROUP_IDS)
    rig.box.advance(hours=2)
    rig.run("sweep", "--full")
    assert rig.box.issues() == []


def test_marked_comments_reach_every_ticket_once_and_others_none(each_rig: Rig) -> None:
    rig = each_rig
    for text in ("They pay too little anyway.", "#support The fix ships on Monday."):
        rig.box.ask("jira/issues/ESC-1/comment", {"text": text})

    run = rig.run("sync")

    assert run.code == 0, run.told
    for number in GROUP_IDS:
        assert "The fix ships on Monday." in last_note(rig, number)
        assert not any("They pay" in note for note in sent(rig, number, public=False))
    quiet(rig)


def test_fixed_and_not_told_empties_only_by_the_four_duties(rig: Rig) -> None:
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")
    rig.run("sync")
    rig.box.advance(minutes=5)
    approved = {
        item["draft"]["ticket_id"]: item["draft"]["id"]
        for item in rig.run("drafts", "list", "--json").json["drafts"]
    }
    first = rig.run("drafts", "approve", approved[101])
    assert first.code == 0, first.told
    assert _untold(rig) == [102, 103]
    rig.box.ask("zendesk/tickets/102/comments", {"by": "agent", "body": "It works again."})
    rig.box.advance(minutes=5)
    both(rig)
    assert _untold(rig) == [103]
    rig.box.ask("zendesk/tickets/103/comments", {"by": "customer", "body": "Still waiting!"})
    rig.box.advance(minutes=5)
    refused = rig.run("drafts", "approve", approved[103])
    assert (refused.code, "the customer wrote in ticket 103" in refused.err) == (2, True)
    rig.box.ask("zendesk/tickets/103/comments", {"by": "agent", "body": "Done, sorry!"})
    rig.box.advance(minutes=5)
    both(rig)
    assert _missing(rig) == ["learning recorded"]

    rig.run("learn", "ESC-1", "--root-cause", "an old schema")
    rig.run("sync")

    assert rig.run("list", "--json").json["escalations"] == []
    assert rig.run("show", "ESC-1", "--json").json["escalation"]["state"] == "confirmed"
    assert [len(sent(rig, one, public=True)) for one in GROUP_IDS] == [1, 0, 0]
    assert states(rig) == {"escalation_confirmed"}
    assert "an old schema" in rig.run("learned", "PDF", "export").out


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_the_reply_sends_it_once(make_rig: MakeRig, when: str) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.run("sync")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")
    rig.run("sync")
    rig.box.advance(minutes=5)
    draft = rig.run("drafts", "list", "--json").json["drafts"][0]["draft"]
    path = rf"/tickets/{draft['ticket_id']}\.json$"
    rig.box.fault("kill", method="PUT", path=path, when=when)

    killed = rig.run("drafts", "approve", draft["id"])
    again = rig.run("sync")
    third = rig.run("drafts", "approve", draft["id"])

    assert (killed.code, again.code, third.code) == (-9, 0, 0), again.told
    assert sent(rig, draft["ticket_id"], public=True) == [draft["text"]]
    assert draft["ticket_id"] not in _untold(rig)


def test_a_report_after_the_fix_opens_a_second_episode_with_a_link(each_rig: Rig) -> None:
    rig = each_rig
    rig.run("learn", "ESC-1", "--root-cause", "an old schema")
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")
    rig.run("sync")
    for number in GROUP_IDS:
        rig.box.ask(f"zendesk/tickets/{number}/solve", {})
    rig.box.advance(hours=3)
    ticket = rig.box.customer_writes(LATER_REPORT)
    rig.box.advance(minutes=5)

    run = rig.run("sweep", "--json")

    (line,) = run.json["escalated"]
    assert (line["tickets"], line["issue_key"]) == ([ticket], "ESC-2"), run.told
    story = rig.run("show", "ESC-2", "--json").json
    assert (story["escalation"]["episode"], story["escalation"]["severity"]) == (2, "Critical")
    (second,) = [issue for issue in rig.box.issues() if issue["key"] == "ESC-2"]
    assert second["issue_links"][0]["outwardIssue"]["key"] == "ESC-1"
    assert "an old schema" in second["description"]
    assert rig.run("show", "ESC-1", "--json").json["escalation"]["state"] == "regressed"
    quiet(rig)


# --- by the clock ---------------------------------------------------------------------------------

CADENCE = """
zone = "Europe/Berlin"
[hours]
monday = ["09:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]
[holidays]
also = [2026-10-30]
[severity.Critical]
internal = "2 hours"
customer = "4 hours"
[severity.High]
internal = "1 day"
customer = "8 business hours"
[severity.Medium]
internal = "1 business day"
customer = "2 business days"
"""
_BEGIN = datetime(2026, 10, 19, 8, 0, tzinfo=UTC)
"""A Monday, 10:00 in Berlin; the clocks there go back on Sunday the 25th."""


def _at(day: int, hour: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


DAILY = [*(_at(day, 8) for day in range(20, 25)), *(_at(day, 9) for day in range(25, 32)),
         _at(1, 9, 11), _at(2, 9, 11)]  # fmt: skip
WORKING = [*(_at(day, 8) for day in range(20, 24)), *(_at(day, 9) for day in (26, 27, 28, 29)),
           _at(2, 9, 11)]  # fmt: skip


def test_a_fortnight_of_follow_ups_comes_exactly_when_it_is_due(make_rig: MakeRig) -> None:
    rig = make_rig(QUESTIONS[:1])
    ticket = QUESTIONS[0]["id"]
    shutil.copytree(MAPPINGS, rig.folder / "mappings")
    (rig.folder / "mappings" / "cadence.toml").write_text(CADENCE, "utf-8")
    _set(rig, _BEGIN)
    rig.run("sweep")
    by_hand = ("--target", "Engineering", "--severity", "High")
    assert rig.run("ticket", str(ticket), *by_hand).code == 0
    rig.run("sync")
    before = rig.box.count()
    for due in DAILY:
        _set(rig, due - timedelta(minutes=1))
        early = rig.run("sync")
        _set(rig, due)
        run = rig.run("sync")
        assert (early.code, run.code) == (0, 0), run.told
    again = rig.box.count()
    rig.run("sync")

    (issue,) = rig.box.issues()
    assert [_moment(one["created"]) for one in issue["comments"]] == DAILY
    assert [_moment(seen.at) for seen in _notes(rig, before)] == WORKING
    assert rig.box.writes(again) == []
    assert repeats(rig.box) == []

    _set(rig, _at(3, 18, 11))
    late = rig.run("sync", "--json")

    told = [(one["clock"], one["late_minutes"]) for one in late.json["followed"]]
    assert told == [("internal", 9 * 60), ("customer", 9 * 60)]
    (issue,) = rig.box.issues()
    assert len(issue["comments"]) == len(DAILY) + 1
    assert "This follow-up is 9 hours late" in issue["comments"][-1]["text"]


def _set(rig: Rig, at: datetime) -> None:
    rig.box.ask("clock", {"now": at.isoformat(), "frozen": True})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _notes(rig: Rig, since: int) -> list[Any]:
    return [
        seen
        for seen in rig.box.writes(since)
        if any(effect["kind"] == "comment" for effect in seen.effects) and seen.side == "zendesk"
    ]


def _untold(rig: Rig) -> list[int]:
    (item,) = rig.run("list", "--json").json["escalations"]
    return list(item["untold"])


def _missing(rig: Rig) -> list[str]:
    (item,) = rig.run("list", "--json").json["escalations"]
    return list(item["missing"])
