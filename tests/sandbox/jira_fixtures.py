"""The fixtures of the tests that call Jira: they name this module in `pytest_plugins`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jira_rig import Judge, Rig, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def jira_judge() -> Judge | None:
    """Atlassian's file, where it lies beside the repository."""
    repository = Path(__file__).resolve().parents[2]
    path = repository.parent / "shared" / "specs" / "jira-cloud-v3.json"
    return Judge(path) if path.is_file() else None


@pytest.fixture(scope="session")
def jira_stage() -> Iterator[Stage]:
    stage = Stage()
    stage.start()
    yield stage
    stage.stop()


@pytest.fixture
def cloud(jira_stage: Stage, jira_judge: Judge | None) -> Iterator[Rig]:
    """A fresh Jira Cloud; the clock stands."""
    made = Rig(jira_stage.fresh("cloud"), jira_judge)
    yield made
    made.session.close()


@pytest.fixture
def datacenter(jira_stage: Stage) -> Iterator[Rig]:
    """A fresh Jira Data Center; the clock stands."""
    made = Rig(jira_stage.fresh("datacenter"), None)
    yield made
    made.session.close()


@pytest.fixture(params=["cloud", "datacenter"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """Each deployment in turn."""
    each: Rig = request.getfixturevalue(request.param)
    return each
