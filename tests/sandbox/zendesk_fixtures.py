"""The fixtures of the tests that call Zendesk: they name this module in `pytest_plugins`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from zendesk_rig import Judge, Rig

from connector.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def zendesk_judge() -> Judge | None:
    """Zendesk's file, where it lies beside the repository."""
    repository = Path(__file__).resolve().parents[2]
    path = repository.parent / "shared" / "specs" / "zendesk-support-oas.yaml"
    return Judge(path) if path.is_file() else None


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """Both sides of the sandbox on free ports; tests begin their own worlds on it."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def desk(running: Sandbox, zendesk_judge: Judge | None) -> Iterator[Rig]:
    """A fresh Zendesk account without tickets; the clock stands."""
    made = Rig(running, zendesk_judge)
    yield made
    made.session.close()
