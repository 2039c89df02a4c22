from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from connector.mapping_files import MODELS, shipped_mappings
from connector.schemas import schemas, write_schemas

EXAMPLE = Path(__file__).resolve().parents[1] / "config.example.toml"
NAMES = ("config", *MODELS)


def content_of(name: str) -> Any:
    file = EXAMPLE if name == "config" else shipped_mappings() / f"{name}.toml"
    return json.loads(json.dumps(tomllib.loads(file.read_text("utf-8")), default=str))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_fits_its_schema(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(schemas()[name])
    jsonschema.Draft7Validator(schemas()[name]).validate(content_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_key_does_not_fit(name: str) -> None:
    with pytest.raises(jsonschema.ValidationError, match="nonsense"):
        jsonschema.Draft7Validator(schemas()[name]).validate(content_of(name) | {"nonsense": 1})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("config", {"sweep": {"window_days": "30"}}),
        ("config", {"jira": {"url": "https://j.example", "deployment": "clod"}}),
        ("cadence", {"severity": {"Critical": {"internal": "2 hrs", "customer": "4 hours"}}}),
        ("status", {"rules": [{"state": "resolvd", "note": "x"}]}),
        ("brief", {"deadline": {"Critical": "1 hour"}}),
    ],
)
def test_an_editor_marks_what_we_would_refuse(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schemas()[name]).validate(content_of(name) | wrong)


def test_the_schemas_that_are_shipped_are_those_of_the_code(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    fresh = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    folder = shipped_mappings() / "schemas"
    shipped = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert shipped == fresh, "stale: run `python -m connector.schemas mappings/schemas`"


def test_every_file_names_a_schema_that_is_there() -> None:
    for file in (EXAMPLE, *shipped_mappings().glob("*.toml")):
        first = file.read_text("utf-8").splitlines()[0]
        assert first.startswith("#:schema ")
        assert (file.parent / first.removeprefix("#:schema ")).is_file()


def test_no_schema_holds_a_secret_s_default() -> None:
    assert "**" not in json.dumps(schemas()["config"])
