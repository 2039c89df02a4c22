"""docs/reliability.md: each fault names tests, and each of these tests is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_NAMED = re.compile(r"`([a-z0-9_/]+\.py)::(\w+)`")


def _rows() -> list[str]:
    page = (_ROOT / "docs" / "reliability.md").read_text("utf-8")
    table = page.partition("## Faults and their tests")[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]


def _tests_of(file: str) -> set[str]:
    tree = ast.parse((_ROOT / "tests" / file).read_text("utf-8"))
    made = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return made | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.split("|")[1].strip())
def test_a_fault_names_tests_that_exist(row: str) -> None:
    named = _NAMED.findall(row)
    assert named
    assert [(file, name) for file, name in named if name not in _tests_of(file)] == []


def test_the_page_lists_every_fault_of_the_rig() -> None:
    assert len(_rows()) > 40
