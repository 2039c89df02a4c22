"""Which sentence of a report says what: observed, expected, a step, environment, an error."""

from __future__ import annotations

from typing import NamedTuple

from connector.core.extraction.sentences import Piece, pieces
from connector.core.extraction.values import LABELS, Label


class Reading(NamedTuple):
    """A piece with its labels; `scores` are aligned with `LABELS`, above 0 means labelled."""

    piece: Piece
    labels: tuple[Label, ...]
    scores: tuple[float, ...]
    cues: tuple[str, ...]

    def score_of(self, label: str) -> float:
        """How strongly the piece says what the label means; comparable within one label."""
        return self.scores[LABELS.index(label)] if label in LABELS else 0.0


def read(text: str) -> tuple[Reading, ...]:
    """The text's pieces with what each says."""
    return read_report("", text)


def read_report(title: str, body: str) -> tuple[Reading, ...]:
    """The title's pieces, then the body's, with what each says."""
    return tuple(_labelled(piece) for text in (title, body) for piece in pieces(text))


def _labelled(piece: Piece) -> Reading:
    labels = tuple(label for label in LABELS if label == piece.section)
    scores = tuple(float(label in labels) for label in LABELS)
    return Reading(piece, labels, scores, (f"under {piece.section}",) if labels else ())
