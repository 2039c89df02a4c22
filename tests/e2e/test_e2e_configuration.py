"""What is wrong in a configuration is told whole, before any request leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from e2e_tickets import LATE

if TYPE_CHECKING:
    from e2e_rig import MakeRig, Rig


@pytest.fixture
def rig(make_rig: MakeRig) -> Rig:
    return make_rig([LATE])


def _with_mapping(rig: Rig, name: str, text: str) -> None:
    folder = rig.folder / "mappings"
    folder.mkdir()
    (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[store]\n", "[store]\nurll = 1\n", ["config.toml", "urll", "Did you mean 'url'?"]),
        ("[store]\n", '[sweep]\nmin_customers = "three"\n[store]\n', ["min_customers", "'three'"]),
        ('deployment = "cloud"', 'deployment = "clod"', ["deployment", "'clod'", "'cloud'"]),
        ("[jira]", "[jra]", ["jra", "Did you mean 'jira'?"]),
    ],
)
def test_a_mistake_in_config_names_file_key_and_what_is_allowed(
    rig: Rig, old: str, new: str, told: list[str]
) -> None:
    rig.write_config(rig.box.config.replace(old, new, 1))

    run = rig.run("sweep")

    assert run.code == 2, run.told
    for words in told:
        assert words in run.err
    assert run.out == ""
    assert rig.box.count() == 0


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "status.toml",
            '[[rules]]\nstate = "resolved"\nnote = "x"\nzendesk_status = "paused"\n',
            ["status.toml", "zendesk_status", "'paused'", "pending"],
        ),
        (
            "status.toml",
            '[[rules]]\ncategory = ["done"]\nstate = "resolvd"\nnote = "x"\n',
            ["status.toml", "state", "'resolvd'", "'resolved'"],
        ),
        (
            "routing.toml",
            '[[targets]]\nname = "all"\ntarget = "Enginering"\n',
            ["routing.toml", "target", "'Enginering'", "'Engineering'"],
        ),
        ("triggers.toml", "[[triggers]\n", ["triggers.toml", "line 1"]),
    ],
)
def test_a_mapping_that_names_what_does_not_exist_is_told_with_what_does(
    rig: Rig, name: str, text: str, told: list[str]
) -> None:
    _with_mapping(rig, name, text)

    run = rig.run("sweep")

    assert run.code == 2, run.told
    for words in told:
        assert words in run.err
    assert rig.box.count() == 0


def test_every_mistake_is_told_at_once(rig: Rig) -> None:
    rig.write_config(
        rig.box.config.replace("[store]\n", "[store]\nurll = 1\n[sweep]\nwindow_days = 0\n")
    )
    rig.env["ESCALATION_JIRA__DEPLOYMENT"] = "server"

    run = rig.run("sweep")

    assert run.code == 2, run.told
    for words in ("urll", "window_days", "$ESCALATION_JIRA__DEPLOYMENT"):
        assert words in run.err


def test_json_errors_are_one_document_on_stdout(rig: Rig) -> None:
    rig.write_config(rig.box.config.replace("[store]\n", "[store]\nurll = 1\n"))

    run = rig.run("sweep", "--json")

    assert run.code == 2
    assert run.json["exit_code"] == 2
    assert "urll" in run.json["message"]


def test_no_configuration_at_all_says_how_to_get_one(rig: Rig) -> None:
    rig.config.unlink()

    run = rig.run("sweep")

    assert run.code == 2
    assert "escalation init" in run.err


def test_a_store_of_another_account_is_refused(rig: Rig, make_rig: MakeRig) -> None:
    rig.run("sweep")
    other = make_rig([LATE])
    rig.write_config(other.box.config)

    run = rig.run("sweep")

    assert run.code == 2, run.told
    assert other.box.writes() == []


def test_a_store_that_is_no_ledger_is_refused_before_any_request(rig: Rig) -> None:
    rig.store.write_bytes(b"something else entirely\n" * 400)
    rig.store.chmod(0o600)

    run = rig.run("sweep")

    assert run.code == 2, run.told
    assert rig.box.count() == 0
