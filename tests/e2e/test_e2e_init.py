"""`escalation init`: on a terminal a conversation whose mappings fit, elsewhere the defaults."""

from __future__ import annotations

import stat
import tomllib
from typing import TYPE_CHECKING

import pytest
from e2e_tickets import LATE
from terminal import Terminal

from connector.mapping_files import load_mappings, shipped_mappings
from connector.sandbox.jira import EMAIL as JIRA_EMAIL
from connector.sandbox.jira import TOKEN as JIRA_TOKEN
from connector.sandbox.zendesk.access import API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL

if TYPE_CHECKING:
    from pathlib import Path

    from e2e_rig import Box, MakeRig, Rig

SECRETS = (API_TOKEN, JIRA_TOKEN, CLIENT_SECRET)


@pytest.fixture
def rig(make_rig: MakeRig) -> Rig:
    """A folder with nothing in it, and a sandbox whose Jira has names of its own."""
    rig = make_rig([LATE])
    rig.config.unlink()
    rig.box.ask("jira/switches", {"priorities": ["Blocker", "Major", "Minor"]})
    return rig


def converse(screen: Terminal, box: Box, secrets: str) -> int:
    """With an OAuth client for Zendesk, after a wrong secret; Jira Cloud."""
    screen.answer("Zendesk address", "ftp://nowhere")
    screen.answer("expected an address", "")
    screen.answer("Zendesk address", box.zendesk)
    screen.answer("Sign in with (oauth, token)", "")
    screen.answer("OAuth client id", CLIENT_ID)
    screen.answer("OAuth client secret", "wrong")
    screen.answer("Try again?", "y")
    screen.answer("Zendesk address", box.zendesk)
    screen.answer("Sign in with", "oauth")
    screen.answer("OAuth client id", CLIENT_ID)
    screen.answer("OAuth client secret", CLIENT_SECRET)
    screen.answer("Jira address", box.jira)
    screen.answer("Deployment", "cloud")
    screen.answer("E-mail address", JIRA_EMAIL)
    screen.answer("API token", JIRA_TOKEN)
    screen.answer("Group of second-level support [L2 Support]", "")
    screen.answer("Project for Engineering [ESC]", "")
    screen.answer("Project for Product [PROD]", "esk")
    screen.answer("Did you mean 'ESC'?", "prod")
    screen.answer("Project for Security [SEC]", "")
    screen.answer("Project for Leadership [LEAD]", "")
    screen.answer("Keep secrets", secrets)
    screen.answer("Write config.toml and mappings/", "y")
    return screen.end()


def written(folder: Path) -> str:
    return "".join(file.read_text("utf-8") for file in folder.rglob("*.toml"))


def test_on_a_terminal_the_mappings_that_are_written_fit_the_account(rig: Rig) -> None:
    with Terminal(["init"], cwd=rig.folder) as screen:
        code = converse(screen, rig.box, "files")
        assert code == 0, screen.seen
        assert not [secret for secret in SECRETS if secret in screen.seen]

    assert not [secret for secret in SECRETS if secret in written(rig.folder)]
    mappings = load_mappings(rig.folder / "mappings")
    assert list(mappings.severity.jira_priority.values()) == ["Blocker", "Major", "Minor"]
    kept = sorted((rig.folder / "secrets").iterdir())
    assert [file.name for file in kept] == ["jira-token", "zendesk-oauth-client-secret"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    text = (rig.folder / "config.toml").read_text("utf-8")
    assert text.startswith("#:schema mappings/schemas/config.json\n")
    assert "# [store]" not in text, "the comments are those of the shipped file"
    checked = rig.run("check", "--json")
    assert checked.code == 0, checked.told
    assert rig.box.writes() == [] or all(seen.path == "/oauth/tokens" for seen in rig.box.writes())


def test_secrets_go_into_the_config_only_when_told_and_then_it_is_private(rig: Rig) -> None:
    with Terminal(["init"], cwd=rig.folder) as screen:
        assert converse(screen, rig.box, "config") == 0, screen.seen

    config = rig.folder / "config.toml"
    assert tomllib.loads(config.read_text("utf-8"))["jira"]["token"] == JIRA_TOKEN
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_by_default_secrets_are_written_nowhere_and_their_variables_are_named(rig: Rig) -> None:
    with Terminal(["init"], cwd=rig.folder) as screen:
        assert converse(screen, rig.box, "") == 0, screen.seen
        assert "export ESCALATION_JIRA__TOKEN=…" in screen.seen

    assert not [secret for secret in SECRETS if secret in written(rig.folder)]
    assert not (rig.folder / "secrets").exists()


def test_without_an_answer_of_the_service_the_defaults_are_written_for_it(rig: Rig) -> None:
    with Terminal(["init"], cwd=rig.folder) as screen:
        screen.answer("Zendesk address", rig.box.zendesk)
        screen.answer("Sign in with", "token")
        screen.answer("E-mail address", EMAIL)
        screen.answer("API token", "wrong")
        screen.answer("Try again?", "n")
        screen.answer("Jira address", rig.box.jira)
        screen.answer("Deployment", "datacenter")
        screen.answer("Personal access token", "wrong")
        screen.answer("Try again?", "n")
        screen.answer("Keep secrets", "variables")
        screen.answer("Write config.toml", "y")
        assert screen.end() == 0, screen.seen

    assert load_mappings(rig.folder / "mappings") == load_mappings(None)
    settings = tomllib.loads((rig.folder / "config.toml").read_text("utf-8"))
    assert settings["jira"] == {"url": rig.box.jira, "deployment": "datacenter"}


def test_ctrl_c_writes_nothing(rig: Rig) -> None:
    with Terminal(["init"], cwd=rig.folder) as screen:
        screen.interrupt("Zendesk address")
        assert screen.end() == 4

    assert [file.name for file in rig.folder.iterdir() if file.suffix == ".toml"] == []


def test_without_a_terminal_the_defaults_are_written_and_never_over_something(rig: Rig) -> None:
    first = rig.run_bare("init")
    (rig.folder / "config.toml").write_text("mine", "utf-8")
    second = rig.run_bare("init")

    assert (first.code, second.code) == (0, 2), second.told
    assert "--force" in second.err
    assert (rig.folder / "config.toml").read_text("utf-8") == "mine"
    assert rig.run_bare("init", "--force").code == 0
    for file in shipped_mappings().glob("*.toml"):
        copy = rig.folder / "mappings" / file.name
        assert copy.read_text("utf-8") == file.read_text("utf-8")
