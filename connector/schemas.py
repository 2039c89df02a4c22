"""JSON Schemas of config.toml and of every mapping, so that editors complete and check TOML.

The first line of each file names its schema. `python -m connector.schemas FOLDER` writes them anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from connector.config import Settings
from connector.mapping_files import MODELS

if TYPE_CHECKING:
    from pydantic import BaseModel

    from connector.core.model import Json

_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the TOML editors understand; pydantic's own dialect differs in nothing that we use."""


def schemas() -> dict[str, Json]:
    """By file name without ending: "config", "triggers", …"""
    models: dict[str, type[BaseModel]] = {"config": Settings, **MODELS}
    return {
        name: {"$schema": _DIALECT, "title": f"{name}.toml"} | _draft_07(model.model_json_schema())
        for name, model in models.items()
    }


def write_schemas(folder: Path) -> None:
    """One file for each, as `<name>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, "utf-8")


def _draft_07(node: Json) -> Json:
    """The older dialect's word for definitions; no made-up titles, no defaults but plain values."""
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"].replace("#/$defs/", "#/definitions/")}
    made: dict[str, Json] = {}
    for key, value in node.items():
        if key in {"properties", "$defs"}:
            name = "definitions" if key == "$defs" else key
            made[name] = {each: _draft_07(below) for each, below in value.items()}
        elif key not in {"title", "discriminator"} and not (key == "default" and _hidden(value)):
            made[key] = _draft_07(value)
    return made


def _hidden(default: Json) -> bool:
    """Nothing, long lists (they stand in the shipped file) and masked secrets tell nobody much."""
    return default is None or isinstance(default, list | dict) or str(default).startswith("*")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
