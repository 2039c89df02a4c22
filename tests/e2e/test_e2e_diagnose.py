"""`escalation diagnose`: what helps is in it; no word of a customer and no secret is."""

from __future__ import annotations

import json
import stat
import zipfile
from typing import TYPE_CHECKING, Any

from e2e_tickets import DESK

from connector.doctor.bundle import numbers_of

if TYPE_CHECKING:
    from pathlib import Path

    from e2e_rig import MakeRig

WORDS = ("quillwort", "zebrafinch", "Marmalade Works", "ines.grebe")
SECRETS = ("sandbox-token", "sandbox-jira-token", "pw-of-the-store")
PARTS = {
    *("README.txt", "versions.json", "config.json", "mappings.diff", "checks.json"),
    *("runs.json", "ledger.json"),
}


def tickets() -> list[dict[str, Any]]:
    return [
        {
            **ticket,
            "organization": f"{WORDS[2]} {number}",
            "requester": f"{WORDS[3]}@customer{number}.example",
            "subject": f"{ticket['subject']} {WORDS[0]}",
            "body": f"{ticket['body']}\n{WORDS[1]}",
        }
        for number, ticket in enumerate(DESK)
    ]


def parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_bundle_helps_and_tells_nothing_of_anybody(make_rig: MakeRig) -> None:
    rig = make_rig(tickets())
    for fault in ("status:400", "status:422"):
        rig.box.fault(fault, path="remotelink|tags", times=3, body=f'{{"error": "{WORDS[0]}"}}')
    rig.run("sweep")
    rig.run("sync")
    rig.box.fault("status:401", side="jira", times=99, body=f'{{"errorMessages": ["{WORDS[1]}"]}}')

    run = rig.run("diagnose", "-o", str(rig.folder / "help.zip"))

    assert (run.code, run.out) == (0, ""), run.told
    file = rig.folder / "help.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = parts(file)
    assert set(found) == PARTS
    whole = "".join(found.values()) + run.err
    assert not [word for word in (*WORDS, *SECRETS) if word.casefold() in whole.casefold()]
    assert "connector@sandbox.example" not in whole
    assert {run["kind"] for run in json.loads(found["runs.json"])} == {"sweep", "sync"}
    assert json.loads(found["runs.json"])[1]["report"]["tickets_read"] == len(DESK)
    assert json.loads(found["ledger.json"])["rows"]["escalation"] > 0
    ids = {one["id"]: one["status"] for one in json.loads(found["checks.json"])["checks"]}
    assert ids["jira.credentials.refused"] == "failed"
    assert json.loads(found["versions.json"])["libraries"]["zenpy"]


def test_a_bundle_is_made_of_a_configuration_that_is_wrong(make_rig: MakeRig) -> None:
    rig = make_rig([])
    rig.write_config("[zendesk]\nurl = 7\ntoken = 'pw-of-the-store'\n")

    run = rig.run("diagnose", "-o", str(rig.folder / "help.zip"))

    assert run.code == 0, run.told
    found = parts(rig.folder / "help.zip")
    assert "zendesk.url" in found["config.json"]
    assert "pw-of-the-store" not in "".join(found.values())


def test_a_file_that_exists_is_not_overwritten(make_rig: MakeRig) -> None:
    rig = make_rig([])
    (rig.folder / "help.zip").write_text("mine", "utf-8")

    run = rig.run("diagnose", "-o", str(rig.folder / "help.zip"))

    assert (run.code, (rig.folder / "help.zip").read_text("utf-8")) == (2, "mine"), run.told


def test_of_a_report_only_numbers_are_left() -> None:
    report = {
        "command": "sweep",
        "tickets_read": 3,
        "escalated": [{"summary": "secret words"}],
        "note": "secret words",
        "calls": {"zendesk GET /api/v2/users/me": 1},
        "dry_run": False,
    }
    assert numbers_of(report) == {
        "command": "sweep",
        "tickets_read": 3,
        "escalated": 1,
        "calls": {"zendesk GET /api/v2/users/me": 1},
        "dry_run": False,
    }
