"""The tables of similarity that the baselines stand on, made once for each set of tickets.

They need scikit-learn (with scipy and numpy), which the product never does; sentence vectors need
the extra [semantic], static vectors WordLlama, whose package carries its weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.core.grouping.text import bare_subject, meant
from connector.core.grouping.vectors import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from group_scores import Labels, Rows

    from connector.meaning import Meaning

Table = Any
DECAY_DAYS = 60.0
DIMENSIONS = 384


@dataclass(frozen=True)
class Baseline:
    """`labels(tables, limit)` for each of the limits."""

    name: str
    limits: tuple[float, ...]
    labels: Callable[[Tables, float], Labels]


class Tables:
    """One set's texts and, made once when asked for, its tables of similarity."""

    def __init__(self, name: str, rows: Rows, meaning: Meaning | None) -> None:
        self.name, self.rows = name, rows
        self.ids: list[int] = [row["id"] for row in rows]
        self.texts = [meant(row["subject"], row["body"]) for row in rows]
        self._meaning = meaning
        self.made: dict[str, Table] = {}

    def once(self, name: str, make: Callable[[], Table]) -> Table:
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def words(self) -> Table:
        """0.4 words and pairs of words, 0.3 runs of three to five characters, 0.3 title words."""
        shares = zip((0.4, 0.3, 0.3), self.lexical(), strict=True)
        return self.once("words", lambda: sum(share * table for share, table in shares))

    def lexical(self) -> tuple[Table, Table, Table]:
        """Cosines of words, of characters, of titles."""
        found: tuple[Table, Table, Table] = self.once("lexical", self._lexical)
        return found

    def _lexical(self) -> tuple[Table, ...]:
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        subjects = [bare_subject(row["subject"]) for row in self.rows]
        titles = [s or text[:60] for s, text in zip(subjects, self.texts, strict=True)]
        both = {"sublinear_tf": True, "dtype": np.float32}
        parts = [
            (TfidfVectorizer(ngram_range=(1, 2), stop_words="english", **both), self.texts),
            (TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **both), self.texts),
            (TfidfVectorizer(stop_words="english", **both), titles),
        ]
        vectors = [vectorizer.fit_transform(texts) for vectorizer, texts in parts]
        return tuple((found @ found.T).toarray() for found in vectors)

    def meant(self) -> Table:
        """Cosines of sentence vectors."""
        return self.once("meant", lambda: self.vectors() @ self.vectors().T)

    def vectors(self) -> Table:
        return self.once("vectors", self._vectors)

    def _vectors(self) -> Table:
        import numpy as np

        if self._meaning is None:
            raise ValueError("no sentence model")
        texts = [(row["subject"], row["body"]) for row in self.rows]
        found = np.array([_numbers(text) for text in self._meaning.vectors(texts)], np.float32)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)

    def static(self) -> Table:
        """Cosines of WordLlama's static vectors, 256 numbers."""
        return self.once("static", self._static)

    def _static(self) -> Table:
        import numpy as np
        import wordllama

        shipped = Path(wordllama.__file__).parent  # where its package has weights and tokenizer
        model = wordllama.WordLlama.load(dim=256, cache_dir=shipped, disable_download=True)
        found = model.embed([text or "-" for text in self.texts])
        found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return (found @ found.T).astype(np.float32)

    def days(self) -> Table:
        """How far apart two tickets are, in days."""
        import numpy as np

        times = (datetime.fromisoformat(row["created_at"]).timestamp() for row in self.rows)
        at = np.array([time / 86_400 for time in times])
        return np.abs(at[:, None] - at[None, :]).astype(np.float32)

    def decay(self) -> Table:
        import numpy as np

        return self.once("decay", lambda: 0.5 + 0.5 * np.exp(-self.days() / DECAY_DAYS))


def _numbers(vector: str) -> list[int]:
    return list(memoryview(unpacked(vector)).cast("b")) or [0] * DIMENSIONS


def missing(*modules: str) -> list[str]:
    """The packages, of these, that are not installed."""
    return [module for module in modules if find_spec(module) is None]
