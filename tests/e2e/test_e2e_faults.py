"""Every class of fault at every step of a sweep, and the faults that have a way of their own.

By default one class for each step; with E2E_ALL=1 every class at every step, before and after.
"""

from __future__ import annotations

import os
import signal
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from chaos_store import FileStore, cut_connections, expire_on_server, fill_up, free_up
from e2e_judge import Due, judge, notes_of
from e2e_tickets import GROUP_IDS, SAME_ISSUE, SECURITY

from connector.mapping_files import shipped_mappings

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig, Run

_THE_GROUP = Due("ESC", GROUP_IDS)
_STEPS = {
    "who am I, Zendesk": r"/users/me",
    "who am I, Jira": r"/myself",
    "comments": "ticket_events",
    "tickets": "cursor",
    "tickets by id": "show_many",
    "thread": r"/tickets/\d+/(comments|audits)",
    "search by marker": r"/search",
    "address": "serverInfo",
    "create": r"/rest/api/[23]/issue$",
    "remote link": "remotelink",
    "note": r"/tickets/\d+\.json$",
    "tags": r"/tickets/\d+/tags",
    "Jira link": "jira/links",
}
_CLASSES = (
    ("reset", "after"),
    ("status:500", "after"),
    ("html", "after"),
    ("kill", "after"),
    ("truncate", "after"),
    ("status:409", "before"),
    ("garbage", "after"),
    ("status:422", "before"),
    ("empty", "after"),
    ("status:429", "before"),
    ("kill", "before"),
    ("status:404", "before"),
    ("close", "after"),
    ("status:403", "before"),
    ("status:200", "after"),
    ("status:401", "before"),
    ("bomb:40", "after"),
)
_ALL = [(step, *each) for step in _STEPS for each in _CLASSES]
_SOME = [(step, *each) for step, each in zip(_STEPS, cycle(_CLASSES), strict=False)]
_CHOSEN = _ALL if os.environ.get("E2E_ALL") else _SOME


@pytest.mark.parametrize(("step", "fault", "when"), _CHOSEN)
def test_a_fault_at_any_step_loses_nothing_and_does_nothing_twice(
    make_rig: MakeRig, step: str, fault: str, when: str
) -> None:
    rig = make_rig(SAME_ISSUE, tls=step in {"note", "create", "tags"})
    rig.box.fault(fault, when=when, path=_STEPS[step], body="{}" if "200" in fault else None)

    run = rig.run("sweep")
    rig.quiet(most=8)

    assert run.code in {0, 1, 3, 4, -signal.SIGKILL}, run.told
    assert not judge(rig.box, _THE_GROUP)


def test_an_answer_that_never_comes_ends_the_wait_and_the_next_run_goes_on(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.env["NURSERY_PATIENCE"] = "1"
    rig.box.fault("hang:60", when="after", path=_STEPS["note"])

    run = rig.run("sweep")
    rig.env["NURSERY_PATIENCE"] = "30"
    rig.quiet()

    assert run.code in {0, 1}, run.told
    assert not judge(rig.box, _THE_GROUP)


def test_an_answer_in_drops_ends_with_the_runs_time(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.env["ESCALATION_SWEEP__BUDGET_SECONDS"] = "10"
    rig.box.fault("drip:600", when="after", path=_STEPS["tickets"])

    run = rig.run("sweep")

    assert run.code == 4, run.told
    del rig.env["ESCALATION_SWEEP__BUDGET_SECONDS"]
    rig.box.calm()
    rig.quiet()
    assert not judge(rig.box, _THE_GROUP)


def test_a_page_that_repeats_for_ever_is_noticed_and_the_run_ends(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    again = rig.box.count()
    body = '{"tickets": [], "after_cursor": "x", "end_of_stream": false}'
    rig.box.fault("status:200", path=_STEPS["tickets"], times=1000, body=body)

    run = rig.run("sweep")

    assert run.code in {0, 1}, run.told
    assert rig.box.count() - again < 20


def test_ten_megabytes_of_a_comment_are_read_and_cut(make_rig: MakeRig) -> None:
    flood = {**SAME_ISSUE[0], "body": SAME_ISSUE[0]["body"] + " " + "drip " * 2_000_000}
    rig = make_rig((flood, *SAME_ISSUE[1:]))

    rig.run("sweep")
    rig.quiet()

    assert not judge(rig.box, _THE_GROUP)
    (issue,) = rig.box.issues()
    assert len(str(issue["description"])) < 100_000


def test_a_project_that_is_closed_to_us_is_told_with_3_and_the_others_are_served(
    make_rig: MakeRig,
) -> None:
    rig = make_rig((*SAME_ISSUE, SECURITY))
    rig.box.ask("jira/switches", {"denied": [["SEC", "CREATE_ISSUES"]]})

    denied = rig.run("sweep")
    codes = {denied.code, rig.run("sweep").code}
    told = judge(rig.box, _THE_GROUP)
    rig.box.ask("jira/switches", {"denied": []})
    rig.box.advance(hours=2)
    rig.quiet()

    assert codes <= {1, 3}
    assert not told
    assert not judge(rig.box, _THE_GROUP, Due("SEC", (SECURITY["id"],)))


# --- issues for few eyes --------------------------------------------------------------------------


def _restricted(rig: Rig, project: str) -> Rig:
    """This project's issues get a security level."""
    text = (shipped_mappings() / "routing.toml").read_text("utf-8")
    line = f'project = "{project}"\n'
    assert text.count(line) == 1
    folder = rig.folder / "mappings"
    folder.mkdir()
    folder.joinpath("routing.toml").write_text(
        text.replace(line, f'{line}security_level = "Security team"\n'), "utf-8"
    )
    return rig


def test_an_issue_that_cannot_get_its_security_level_is_not_made(make_rig: MakeRig) -> None:
    rig = _restricted(make_rig(SAME_ISSUE), "ESC")

    run = rig.run("sweep")

    assert run.code == 1, run.told
    assert "security" in run.out
    assert rig.box.issues() == []


def test_a_security_level_that_jira_leaves_out_is_set_again(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = _restricted(make_rig((SECURITY,), deployment=deployment), "SEC")
    rig.box.ask("jira/switches", {"drops_security": True})

    run = rig.run("sweep")

    assert run.code == 0, run.told
    (issue,) = rig.box.issues()
    assert issue["security"] is not None
    assert "Adatum" in issue["summary"]


def test_a_security_level_that_is_never_taken_costs_the_issue_its_text(make_rig: MakeRig) -> None:
    rig = _restricted(make_rig((SECURITY,)), "SEC")
    rig.box.ask("jira/switches", {"drops_security": True})
    rig.box.fault("status:204", method="PUT", path=r"/rest/api/3/issue/\d+$", body="")

    run = rig.run("sweep")

    assert run.code == 1, run.told
    (issue,) = rig.box.issues()
    assert "Adatum" not in f"{issue['summary']} {issue['description']}"
    assert "issue_restrict" in rig.run("quarantine", "list").out


# --- a run that sleeps ----------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_run_that_slept_past_its_lease_wakes_up_and_writes_nothing_more(
    make_rig: MakeRig, request: pytest.FixtureRequest, store: str
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("stop", path=_STEPS["create"])
    if store == "postgres":
        rig.env["ESCALATION_STORE__URL"] = url = request.getfixturevalue("postgres_url")
    sleeper = rig.start("sweep")
    rig.box.until_written("POST", _STEPS["create"])
    sleeper.until_stopped()
    if store == "postgres":
        expire_on_server(url)
        other: Run | None = rig.run("sweep")
    else:
        FileStore(rig.store).expire_lease()
        other = None
    before = rig.box.count()

    sleeper.signal(signal.SIGCONT)
    woken = sleeper.end()

    assert woken.code == 4, woken.told
    assert rig.box.writes(before) == []
    assert other is None or other.code in {0, 1}
    rig.quiet()
    assert not judge(rig.box, _THE_GROUP)


# --- PostgreSQL -----------------------------------------------------------------------------------


def test_a_full_disk_of_the_server_ends_the_run_with_4_before_anything_is_sent(
    make_rig: MakeRig, empty_postgres_url: str
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.env["ESCALATION_STORE__URL"] = empty_postgres_url
    rig.run("list")
    fill_up(empty_postgres_url)

    full = rig.run("sweep")
    sent = rig.box.writes()
    free_up(empty_postgres_url)
    rig.quiet()

    assert full.code == 4, full.told
    assert "disk is full" in full.out + full.err
    assert sent == []
    assert not judge(rig.box, _THE_GROUP)


def test_a_connection_to_the_server_that_is_cut_in_the_midst_loses_nothing(
    make_rig: MakeRig, postgres_url: str
) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.env["ESCALATION_STORE__URL"] = postgres_url
    rig.box.fault("stop", method="PUT", path=_STEPS["note"])
    going = rig.start("sweep")
    going.until_stopped()
    cut_connections(postgres_url)

    going.signal(signal.SIGCONT)
    run = going.end()
    rig.quiet()

    assert run.code == 4, run.told
    assert notes_of(rig.box.requests()) == dict.fromkeys(GROUP_IDS, 1)
    assert not judge(rig.box, _THE_GROUP)
