"""A few seeds of chaos.py; `make chaos SEEDS=n` plays more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chaos import play

if TYPE_CHECKING:
    from pathlib import Path

    from e2e_rig import Nursery


@pytest.mark.parametrize("seed", range(1, 7))
def test_random_faults_lose_nothing_and_do_nothing_twice(
    nursery: Nursery, tmp_path: Path, seed: int
) -> None:
    outcome = play(nursery, seed, tmp_path)

    assert not outcome.failed, f"make chaos SEED={seed}: {outcome}"
    assert outcome.struck
