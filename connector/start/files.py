"""What init writes, and that it overwrites nothing unasked."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.mapping_files import shipped_example, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG, MAPPINGS = "config.toml", "mappings"


def refuse_to_overwrite(folder: Path, *, force: bool) -> None:
    """ConfigError, before anything is asked or written, when something is there already."""
    there = [name for name in (CONFIG, MAPPINGS) if (folder / name).exists()]
    if there and not force:
        verb = "exist" if len(there) > 1 else "exists"
        raise ConfigError(
            f"{' and '.join(there)} {verb} in {folder.resolve()} already; --force overwrites"
        )


def shipped_texts() -> dict[str, str]:
    """Every file as it is shipped, by its path below the folder."""
    texts = {CONFIG: shipped_example().read_text("utf-8")}
    for file in sorted(shipped_mappings().glob("*.toml")):
        texts[f"{MAPPINGS}/{file.name}"] = file.read_text("utf-8")
    return texts


def write(folder: Path, texts: Mapping[str, str], private: Mapping[str, str]) -> None:
    """`texts` by path; those of `private`, and a config.toml with a secret, for the owner only."""
    (folder / MAPPINGS).mkdir(exist_ok=True)
    for path, text in texts.items():
        if path not in private:
            (folder / path).write_text(text, "utf-8")
    schemas = shipped_mappings() / "schemas"
    shutil.copytree(schemas, folder / MAPPINGS / "schemas", dirs_exist_ok=True)
    for path, text in private.items():
        (folder / path).parent.mkdir(mode=0o700, exist_ok=True)
        write_private(folder / path, text.encode())


def write_private(file: Path, content: bytes) -> None:
    """Never readable by others, not even for a moment."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
