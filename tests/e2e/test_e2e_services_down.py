"""A service that refuses, is down, is busy or answers nonsense: told, survived, made up for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from e2e_judge import Due, judge, notes_of
from e2e_tickets import DESK, GROUP_IDS, LATE, SAME_ISSUE, SLA_ABOUT_TO_BREACH

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig

_THE_GROUP = Due("ESC", GROUP_IDS)
_CREATE = r"/rest/api/[23]/issue$"
_NOTE = r"/tickets/\d+\.json$"
_ALWAYS = 10_000
_PAGE = "<!DOCTYPE html><html><body>Something went wrong</body></html>"


def test_a_wrong_zendesk_token_is_refused_with_3(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.env["ESCALATION_ZENDESK__TOKEN"] = "not-the-token"

    run = rig.run("sweep")

    assert run.code == 3, run.told
    assert "zendesk" in run.err.lower()
    assert "not-the-token" not in run.out + run.err
    assert rig.box.writes() == []


def test_a_wrong_jira_token_is_refused_with_3_after_the_tickets_were_kept(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment)
    rig.env["ESCALATION_JIRA__TOKEN"] = "not-the-token"
    refused = rig.run("sweep")
    rig.env.clear()

    run = rig.run("sweep", "--json")

    assert refused.code == 3, refused.told
    assert "jira" in (refused.out + refused.err).lower()
    assert "not-the-token" not in refused.out + refused.err
    assert run.code == 0, run.told
    assert (run.json["tickets_read"], run.json["in_store"]) == (0, len(SAME_ISSUE))
    assert not judge(rig.box, _THE_GROUP)


def test_zendesk_down_is_4_and_says_so(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("reset", side="zendesk", times=_ALWAYS)

    run = rig.run("sweep")
    rig.box.calm()

    assert run.code == 4, run.told
    assert "zendesk" in (run.out + run.err).lower()
    assert rig.box.writes() == []


def test_jira_down_keeps_the_tickets_and_the_next_run_goes_on(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(DESK, deployment=deployment)
    rig.box.fault("close", side="jira", times=_ALWAYS)
    down = rig.run("sweep")
    rig.box.calm()

    run = rig.run("sweep", "--json")

    assert down.code == 4, down.told
    assert run.code == 0, run.told
    assert (run.json["tickets_read"], run.json["in_store"]) == (0, len(DESK))
    assert not judge(rig.box, _THE_GROUP, Due("SEC", (104,)))


def test_jira_down_still_ends_in_a_report(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.box.fault("close", side="jira", times=_ALWAYS)

    run = rig.run("sweep", "--json")

    assert run.code == 4, run.told
    assert run.json["in_store"] == len(DESK)


def test_while_jira_is_down_what_lives_in_zendesk_alone_is_escalated(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    rig.box.ask(f"zendesk/tickets/{LATE['id']}/sla", SLA_ABOUT_TO_BREACH)
    rig.box.fault("close", side="jira", times=_ALWAYS)

    run = rig.run("sweep")

    assert run.code == 4, run.told
    assert notes_of(rig.box.requests()) == {LATE["id"]: 1}


def test_jira_dying_after_the_create_leaves_the_rest_for_the_next_run(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:503", side="jira", path="remotelink", times=_ALWAYS)
    down = rig.run("sweep")
    rig.box.calm()

    rig.quiet()

    assert down.code == 4, down.told
    assert not judge(rig.box, _THE_GROUP)


@pytest.mark.parametrize("where", [{"side": "zendesk", "path": _NOTE}, {"side": "jira", "nth": 4}])
def test_a_401_in_the_middle_stops_that_side_and_loses_nothing(
    make_rig: MakeRig, where: dict[str, object]
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:401", times=_ALWAYS, **where)
    stopped = rig.run("sweep")
    rig.box.calm()

    rig.quiet()

    assert stopped.code == 3, stopped.told
    assert not judge(rig.box, _THE_GROUP)


@pytest.mark.parametrize(
    "path", ["remotelink", _CREATE, r"/tickets/101\.json$", r"/tickets/101/tags", "audits"]
)
def test_a_429_with_retry_after_is_waited_for(make_rig: MakeRig, path: str) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:429", path=path, headers={"Retry-After": "1"})

    run = rig.run("sweep")

    assert run.code == 0, run.told
    assert not judge(rig.box, _THE_GROUP)


def test_a_429_of_half_an_hour_is_not_waited_for(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:429", path="remotelink", times=_ALWAYS, headers={"Retry-After": "1800"})
    busy = rig.run("sweep")
    rig.box.calm()

    rig.quiet()

    assert busy.code == 4, busy.told
    assert not judge(rig.box, _THE_GROUP)


@pytest.mark.parametrize("fault", ["status:500", "html", "empty", "garbage", "truncate", "close"])
def test_an_answer_of_the_create_that_is_lost_makes_no_second_issue(
    make_rig: MakeRig, fault: str
) -> None:
    rig = make_rig(SAME_ISSUE, options=("--search-lag", "30"))
    rig.box.fault(fault, when="after", method="POST", path=_CREATE, body=_PAGE)

    run = rig.run("sweep")
    rig.quiet()

    assert run.code in {0, 1}, run.told
    assert not judge(rig.box, _THE_GROUP)


def test_a_create_that_nobody_answered_and_nobody_made_is_made_half_an_hour_later(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment)
    rig.box.fault("status:500", method="POST", path=_CREATE, body=_PAGE)

    first = rig.run("sweep")
    rig.box.advance(minutes=5)
    soon = rig.run("sweep")
    waiting = rig.box.issues()
    rig.quiet()

    assert first.code == soon.code == 1, first.told
    assert waiting == []
    assert not judge(rig.box, _THE_GROUP)


@pytest.mark.parametrize("fault", ["status:500", "html", "reset", "garbage"])
def test_an_answer_of_a_note_that_is_lost_makes_no_second_note(
    make_rig: MakeRig, fault: str
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault(fault, when="after", method="PUT", path=r"/tickets/102\.json$", body=_PAGE)

    run = rig.run("sweep")
    rig.quiet()

    assert run.code in {0, 1}, run.told
    assert not judge(rig.box, _THE_GROUP)


def test_a_closed_ticket_is_recorded_once_and_the_others_are_told(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.ask("zendesk/tickets/102/close", {})

    run = rig.run("sweep")
    rig.quiet()

    assert run.code in {0, 1}, run.told
    assert set(notes_of(rig.box.requests())) <= {101, 103}
