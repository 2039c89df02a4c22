"""The crontab line, the systemd units and the Dockerfile: as shipped, as shown, and tried."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from e2e_rig import COMMAND
from e2e_tickets import LATE

if TYPE_CHECKING:
    from e2e_rig import MakeRig

ROOT = Path(__file__).resolve().parents[2]
CRON = ROOT / "packaging" / "cron" / "escalation.cron"
UNITS = sorted((ROOT / "packaging" / "systemd").iterdir())
DOCKERFILE = ROOT / "Dockerfile"
INSTALLED = "/opt/escalation/bin"


@pytest.mark.parametrize("file", [CRON, *UNITS], ids=lambda file: file.name)
def test_the_manual_shows_what_is_shipped(file: Path) -> None:
    page = (ROOT / "docs" / "run-from-cron.md").read_text("utf-8")
    assert f"```{'text' if file == CRON else 'ini'}\n{file.read_text('utf-8')}```" in page


def test_the_crontab_line_runs_as_cron_would_run_it(make_rig: MakeRig) -> None:
    rig = make_rig([LATE])
    real = datetime.fromtimestamp(time.time(), UTC)  # cron gives the command no other time
    rig.box.ask("clock", {"now": real.isoformat()})
    home = rig.folder / "home"
    place = home / "escalation"
    place.mkdir(parents=True)
    config = re.sub(r'\n(token|email) = "[^"]*"', "", rig.box.config)
    (place / "config.toml").write_text(config, "utf-8")
    secrets = {
        f"ESCALATION_{side.upper()}__{key.upper()}": value
        for side, table in tomllib.loads(rig.box.config).items()
        for key, value in table.items()
        if key in {"token", "email"}
    }
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in secrets.items()]
    (place / "secrets.env").write_text("".join(lines), "utf-8")
    path, line = CRON.read_text("utf-8").splitlines()
    *when, command = line.split(maxsplit=5)
    assert re.fullmatch(r"[*/0-9]+( \*){4}", " ".join(when))
    assert "%" not in command, "cron takes that for a line break"

    ran = subprocess.run(
        ["/bin/sh", "-c", command],
        env={
            "HOME": str(home),
            "LOGNAME": "escalation",
            "SHELL": "/bin/sh",
            "PATH": path.removeprefix("PATH=").replace(INSTALLED, str(COMMAND.parent)),
        },
        cwd=home,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (place / "sandbox.db").stat().st_mode & 0o077 == 0
    asked = {seen.endpoint for seen in rig.box.requests()}
    assert any("incremental" in endpoint for endpoint in asked), "sweep has run"
    assert any("search" in endpoint or "myself" in endpoint for endpoint in asked)


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here to ask")
    installed = tmp_path / "bin"  # a unit names its command without quotes: no spaces in it
    installed.symlink_to(COMMAND.parent)
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(INSTALLED, str(installed))
        # The account of the example is made by whoever installs it.
        text = text.replace("User=escalation\n", "DynamicUser=yes\n")
        (tmp_path / unit.name).write_text(text, "utf-8")
    ran = subprocess.run(
        [analyze, "verify", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_dockerfile_is_clean() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint has no build for this machine")
    ran = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_dockerfile_copies_all_that_the_package_is_made_of() -> None:
    copied: set[str] = set()
    for line in DOCKERFILE.read_text("utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    assert {*needed, *project["project"]["license-files"], "pyproject.toml"} <= copied
