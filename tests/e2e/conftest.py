"""Fixtures of the end-to-end tests: a fork server for many runs, the installed command for some."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from e2e_rig import DEPLOYMENTS, Installed, MakeRig, Nursery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e_rig import Deployment


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts forks of the command: a fifth of the price."""
    started = Nursery()
    yield started
    started.close()


@pytest.fixture(params=DEPLOYMENTS)
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """The test runs against Jira Cloud and against Jira Data Center."""
    chosen: Deployment = request.param
    return chosen


@pytest.fixture
def make_rig(nursery: Nursery, tmp_path: Path) -> Iterator[MakeRig]:
    """Makes rigs whose command runs in forks."""
    with ExitStack() as stack:
        yield MakeRig(stack, nursery, nursery, tmp_path)


@pytest.fixture
def make_installed(nursery: Nursery, tmp_path: Path) -> Iterator[MakeRig]:
    """Makes rigs that run the installed command, against `escalation sandbox` likewise."""
    with ExitStack() as stack:
        yield MakeRig(stack, Installed(), Installed(), tmp_path)
