"""`escalation check` as installed: planted faults are found by their ids, and their mends work."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from e2e_rig import NOON
from e2e_tickets import LATE

from connector.doctor.kinds import KINDS
from connector.mapping_files import shipped_mappings

if TYPE_CHECKING:
    from pathlib import Path

    from e2e_rig import Deployment, MakeRig, Rig, Run

_FIELD = """
[jira.customfield_10050]
fact = "customers"
form = "number"
targets = ["Engineering"]
"""
_EDITS = {
    # file: (as shipped, as broken) for each planted fault
    "routing.toml": [
        ('project = "PROD"', 'project = "PORD"'),
        ('project = "LEAD"\nissue_type = "Task"', 'project = "LEAD"\nissue_type = "Incident"'),
        ('# security_level = "Security team"', 'security_level = "Board"'),
        ('zendesk_group = "L2 Support"', 'zendesk_group = "L2 Suport"'),
    ],
    "severity.toml": [('Critical = "Highest"', 'Critical = "Blocker"')],
    "status.toml": [
        ('["indeterminate"]\nstate', '["indeterminate"]\nstatus = ["X"]\nstate'),
    ],
    "fields.toml": [
        ("# jira_key = 360001234568", 'jira_key = "Jira key"'),
        ("\n[jira]\n", _FIELD),
    ],
}  # fmt: skip
_PLANTED = {
    "jira.project.missing",
    "jira.issue_type.missing",
    "jira.security_level.unreadable",
    "zendesk.group.missing",
    "jira.priority.missing",
    "jira.status.unmapped",
    "zendesk.field.missing",
    "jira.field.not_on_screen",
    "jira.field.required_unmapped",
    "jira.permission.missing",
    "zendesk.integration.absent",
    "clock.skew",
}


def found(run: Run, *statuses: str) -> dict[str, Any]:
    return {one["id"]: one for one in run.json["checks"] if one["status"] in statuses}


def edit(folder: Path, *, broken: bool) -> None:
    for name, edits in _EDITS.items():
        text = (folder / name).read_text("utf-8")
        for whole, wrong in edits:
            old, new = (whole, wrong) if broken else (wrong, whole)
            assert text.count(old) == 1, f"{name}: {old}"
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture
def rig(make_rig: MakeRig, deployment: Deployment) -> Rig:
    rig = make_rig([LATE], deployment=deployment)
    shutil.copytree(shipped_mappings(), rig.folder / "mappings")
    return rig


def test_planted_faults_are_found_by_id_and_their_mends_work(rig: Rig) -> None:
    mappings = rig.folder / "mappings"
    edit(mappings, broken=True)
    planted = {
        "off_screen": [["ESC", "customfield_10050"]],
        "required": [["ESC", "environment"]],
        "denied": [["SEC", "ADD_COMMENTS"]],
    }
    rig.box.ask("jira/switches", planted)
    rig.box.ask("options", {"integration": "absent"})
    before = rig.box.count()

    sick = rig.run("check", "--json", now=rig.box.now().replace(minute=50))

    findings = found(sick, "failed", "warning")
    assert set(findings) == _PLANTED, sick.told
    assert sick.code == 2
    assert all(one["mend"] for one in findings.values())
    assert "Did you mean 'PROD'" in findings["jira.project.missing"]["found"]
    assert "environment" in findings["jira.field.required_unmapped"]["found"]

    edit(mappings, broken=False)
    rig.box.ask("jira/switches", {name: [] for name in planted})
    rig.box.ask("options", {"integration": "installed"})

    well = rig.run("check", "--json")

    assert (well.code, found(well, "failed", "warning")) == (0, {}), well.told
    assert [str(seen) for seen in rig.box.requests(before) if seen.write or seen.effects] == []
    assert not rig.store.exists(), "check makes no ledger"


def test_a_person_reads_one_line_a_check_and_the_sum(rig: Rig) -> None:
    rig.box.ask("options", {"integration": "absent"})

    run = rig.run("check")

    assert run.code == 1
    assert "warning  zendesk.integration.absent\n" in run.out
    assert "mend: Install 'Jira'" in run.out
    assert "check at 2026-06-16 12:00 UTC: 0 failures, 1 warning, " in run.out


@pytest.mark.parametrize(
    ("fault", "id_", "code"),
    [
        ({"side": "zendesk", "fault": "status:401"}, "zendesk.credentials.refused", 3),
        ({"side": "jira", "fault": "status:401"}, "jira.credentials.refused", 3),
        ({"side": "zendesk", "path": "/incremental/", "fault": "status:403"},
         "zendesk.export.refused", 3),
    ],
)  # fmt: skip
def test_a_service_that_refuses_is_told_and_the_other_is_looked_at(
    make_rig: MakeRig, fault: dict[str, Any], id_: str, code: int
) -> None:
    rig = make_rig([LATE])
    rig.box.ask("faults", [{"times": 99, **fault}])

    run = rig.run("check", "--json")

    assert (run.code, set(found(run, "failed"))) == (code, {id_}), run.told
    other = "jira" if id_.startswith("zendesk") else "zendesk"
    assert f"{other}.credentials.refused" in found(run, "ok")


def test_a_service_that_is_not_there_is_told_with_exit_4(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    rig.write_config(rig.box.config.replace(rig.box.jira, "http://127.0.0.1:1"))

    run = rig.run("check", "--json")

    assert (run.code, set(found(run, "failed"))) == (4, {"jira.unreachable"}), run.told


def test_every_problem_of_the_configuration_is_a_line_and_nothing_is_asked(
    make_rig: MakeRig,
) -> None:
    rig = make_rig([LATE])
    rig.write_config(rig.box.config.replace("[store]", "[stor]"))
    (rig.folder / "mappings").mkdir()
    (rig.folder / "mappings" / "trigers.toml").write_text("", "utf-8")
    before = rig.box.count()

    run = rig.run("check", "--json")

    problems = [one["found"] for one in run.json["checks"] if one["id"] == "config.invalid"]
    assert (run.code, len(problems), rig.box.count()) == (2, 2, before), run.told


def test_a_monitor_learns_how_old_the_last_good_runs_are(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    rig.run("sweep", now=NOON)
    rig.run("sync", now=NOON + timedelta(minutes=10))

    run = rig.run("check", "--json", now=NOON + timedelta(minutes=65))

    assert found(run, "warning")["sweep.stale"]["measured"] == 65 * 60
    assert found(run, "ok")["sync.stale"]["measured"] == 55 * 60
    assert run.code == 1


def test_a_ledger_of_another_environment_is_told(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    rig.run("sweep")
    rig.write_config(f'{rig.box.config}\n[sweep]\nenvironment = "staging"\n')

    run = rig.run("check", "--json")

    assert (run.code, set(found(run, "failed"))) == (2, {"ledger.other_account"}), run.told


def test_ids_have_the_form_that_monitors_rely_on() -> None:
    for id_ in KINDS:
        side, _, rest = id_.partition(".")
        assert side in {"config", "ledger", "sweep", "sync", "clock", "zendesk", "jira"}
        assert rest
