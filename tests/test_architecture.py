"""Imports go one way, and vendor clients stay in their room."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "connector"
MODULES = sorted(PACKAGE.rglob("*.py"))

CORE_MAY = sys.stdlib_module_names | {"pydantic", "connector"}
NEVER_TOGETHER = {
    "connector.clients": {"connector.ledger", "connector.sandbox", "connector.config"},
    "connector.ledger": {"connector.clients", "connector.sandbox", "connector.config"},
    "connector.sandbox": {"connector.clients", "connector.ledger", "connector.config"},
}
SHELL = {"connector.cli", "connector.sweep", "connector.sync", "connector.gate", "connector.demo"}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
    return found


def belongs(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    module, imported = name_of(path), imports_of(path)
    if belongs(module, "connector.core"):
        ours = {name for name in imported if belongs(name, "connector")}
        assert all(belongs(name, "connector.core") for name in ours), f"{module} imports {ours}"
        foreign = {name.partition(".")[0] for name in imported} - CORE_MAY
        assert not foreign, f"{module} imports {foreign}"
    for room, others in NEVER_TOGETHER.items():
        if belongs(module, room):
            met = {name for name in imported for other in others if belongs(name, other)}
            assert not met, f"{module} imports {met}"
            assert not imported & SHELL, f"{module} imports the shell"
    if module != "connector.cli":
        assert "connector.cli" not in imported, "nothing imports the command line"


@pytest.mark.parametrize(
    ("vendor", "room"),
    [("zenpy", "connector.clients.zendesk"), ("jira", "connector.clients.jira")],
)
def test_a_vendor_client_has_one_importer(vendor: str, room: str) -> None:
    importers = {
        name_of(path) for path in MODULES if any(belongs(name, vendor) for name in imports_of(path))
    }
    assert importers == {room}


def test_core_reads_no_clock_and_touches_no_disk_network_or_log() -> None:
    banned = {"random", "logging", "socket", "requests", "os", "pathlib", "sqlite3", "time"}
    guilty = {
        name_of(path): sorted(imports_of(path) & banned)
        for path in MODULES
        if belongs(name_of(path), "connector.core") and imports_of(path) & banned
    }
    assert not guilty
