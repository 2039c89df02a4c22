"""A few seeds of chaos.py; `make chaos SEEDS=n` plays more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chaos_story import Place, play
from chaos_trap import Trap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e_rig import Nursery


@pytest.fixture(scope="module")
def place(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory, postgres_server: Path
) -> Iterator[Place]:
    trap = Trap()
    yield Place(nursery, tmp_path_factory.mktemp("chaos"), trap, postgres_server)
    trap.close()


@pytest.mark.parametrize("seed", range(1, 9))
def test_random_faults_lose_nothing_and_do_nothing_twice(place: Place, seed: int) -> None:
    outcome = play(place, seed)

    assert not outcome.failed, f"make chaos SEED={seed}: {outcome}"
    assert outcome.codes
