"""What is found wrong on this machine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.config import load_settings
from connector.doctor.here import clock_check, exposure_checks

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG = """
[zendesk]
url = "{zendesk}"
email = "service@acme.example"
token = "abc"

[jira]
url = "{jira}"
email = "service@acme.example"
token = "abc"
"""


@pytest.mark.parametrize(
    ("zendesk", "mode", "status"),
    [
        ("https://acme.zendesk.com", 0o644, ["warning"]),
        ("https://acme.zendesk.com", 0o600, ["ok"]),
        ("http://127.0.0.1:8900", 0o644, []),
    ],
    ids=["others can read it", "only its owner", "the sandbox's, which are no secrets"],
)
def test_a_config_with_secrets_has_to_be_its_owner_s_alone(
    tmp_path: Path, zendesk: str, mode: int, status: list[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_CONFIG.format(zendesk=zendesk, jira="http://127.0.0.1:8901"), "utf-8")
    file.chmod(mode)
    found = list(exposure_checks(file, load_settings(file, {})))
    assert [one.status for one in found] == status
    assert not [one for one in found if "abc" in one.model_dump_json()]


def test_a_config_without_secrets_may_be_read_by_all(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = _CONFIG.format(zendesk="https://acme.zendesk.com", jira="https://acme.atlassian.net")
    file.write_text(text.replace('token = "abc"', ""), "utf-8")
    file.chmod(0o644)
    settings = load_settings(file, {}, need_credentials=False)
    assert list(exposure_checks(file, settings)) == []


@pytest.mark.parametrize(
    ("ahead", "status", "told"),
    [
        (None, "skipped", "does not tell"),
        (0.4, "ok", "equal"),
        (60.0, "ok", "60 s behind"),
        (61.0, "warning", "61 s behind"),
        (-61.0, "warning", "61 s ahead"),
    ],
)
def test_a_clock_may_differ_by_a_minute(ahead: float | None, status: str, told: str) -> None:
    check = clock_check("Jira", ahead)
    assert check.status == status
    assert told in check.found
