"""Sentence vectors that each text of a run is asked for once, and that a folder may keep."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from connector.core.grouping.text import meant
from connector.meaning import find_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connector.meaning import Meaning


class Remembered:
    """A sentence model with a memory; the folder's is good for as long as cleaning is the same."""

    def __init__(self, model: Meaning, folder: Path | None = None) -> None:
        self.name = model.name
        self._model, self._folder = model, folder
        self._known: dict[tuple[str, str], str] = {}

    def vectors(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._made(new), strict=True))
        return [self._known[text] for text in texts]

    def _made(self, texts: Sequence[tuple[str, str]]) -> list[str]:
        if self._folder is None:
            return self._model.vectors(texts)
        said = json.dumps([meant(subject, body) for subject, body in texts])
        file = self._folder / f"{sha256(said.encode()).hexdigest()[:16]}.json"
        if file.exists():
            known: list[str] = json.loads(file.read_text(encoding="utf-8"))
            return known
        found = self._model.vectors(texts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found), encoding="utf-8")
        return found


def remembered(folder: Path | None) -> Remembered:
    """SystemExit without a model."""
    model = find_model(None)
    if model is None:
        raise SystemExit("no sentence model: install zendesk-jira-escalation[semantic]")
    return Remembered(model, folder)
