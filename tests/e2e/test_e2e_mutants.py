"""The rig finds planted bugs; `make mutants` plants all of them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from chaos_trap import Trap
from mutants import MUTANTS, hunt, mutated, plant

if TYPE_CHECKING:
    from pathlib import Path

_SOON = (
    "a-lost-write-is-sent-again",
    "answers-are-logged",
    "no-marker-in-the-search",
    "public-left-out",
    "tags-are-replaced",
)


@pytest.mark.parametrize("name", _SOON)
def test_a_planted_bug_is_found(name: str, tmp_path: Path) -> None:
    (mutant,) = (one for one in MUTANTS if one.name == name)
    with closing(Trap()) as trap, mutated(mutant, tmp_path, None, trap) as place:
        assert hunt(place, mutant.seeds).by


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_fits_the_code_and_is_python(tmp_path: Path, mutant: object) -> None:
    (known,) = (one for one in MUTANTS if one is mutant)
    code = plant(known, tmp_path) / "connector"
    for name, _, _ in known.changes:
        compile(code.joinpath(name).read_text("utf-8"), name, "exec")
