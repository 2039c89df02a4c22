"""The rig finds planted bugs; `make mutants` plants all of them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from chaos_trap import Trap
from mutants import MUTANTS, hunt, mutated, plant

if TYPE_CHECKING:
    from pathlib import Path

_SOON = {
    "answers-are-logged": 1,
    "cursor-before-the-tickets": 1,
    "done-and-what-follows-apart": 1,
    "public-left-out": 1,
    "tags-are-replaced": 1,
}
"""Those that a first seed finds."""


@pytest.mark.parametrize("name", sorted(_SOON))
def test_a_planted_bug_is_found(name: str, tmp_path: Path) -> None:
    (mutant,) = (one for one in MUTANTS if one.name == name)
    with closing(Trap()) as trap, mutated(mutant, tmp_path, None, trap) as place:
        assert hunt(place, [_SOON[name]]).by


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_fits_the_code_and_is_python(tmp_path: Path, mutant: object) -> None:
    (known,) = (one for one in MUTANTS if one is mutant)
    code = plant(known, tmp_path) / "connector" / known.file
    compile(code.read_text("utf-8"), known.file, "exec")
