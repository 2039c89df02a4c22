"""Which sentence of a report says what: observed, expected, a step, environment, an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.cues import cues_of, name_of
from connector.core.extraction.model import shipped
from connector.core.extraction.sentences import Piece, openers_of, pieces
from connector.core.extraction.values import LABELS, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

_BELOW: Final[dict[str, int]] = {"OB": 1, "EB": 1, "S2R": 2}
"""So many pieces below a heading that says it outright are labelled whatever the model says."""


class Reading(NamedTuple):
    """A piece with its labels; `scores` are aligned with `LABELS`, above 0 means labelled.

    `found`: its cues as numbers; `words`: its words in lower case.
    """

    piece: Piece
    labels: tuple[Label, ...]
    scores: tuple[float, ...]
    found: set[int]
    words: list[str]

    @property
    def cues(self) -> tuple[str, ...]:
        """Why: the names of the cues that the piece shows, a deciding heading first."""
        why = (f"under a heading {self.piece.section}",) if _is_outright(self.piece) else ()
        return (*why, *map(name_of, sorted(self.found)))

    def score_of(self, label: str) -> float:
        """How strongly the piece says what the label means; comparable within one label."""
        return self.scores[LABELS.index(label)] if label in LABELS else 0.0


def read(text: str) -> tuple[Reading, ...]:
    """The text's pieces with what each says."""
    return read_report("", text)


def read_report(title: str, body: str) -> tuple[Reading, ...]:
    """The title's pieces, then the body's, with what each says."""
    found, titles = report_pieces(title, body)
    cues = cues_of(found, title=titles)
    scored = shipped().scores(cues, openers_of(found))
    return tuple(
        Reading(piece, labels_of(piece, scores), scores, one.own, one.words)
        for piece, scores, one in zip(found, scored, cues, strict=True)
    )


def report_pieces(title: str, body: str) -> tuple[list[Piece], int]:
    """Both texts' pieces in one list, and how many of them are the title's.

    Offsets count within each text. A title is prose without a section.
    """
    titles = [piece._replace(kind="prose", section="", since=0) for piece in pieces(title)]
    rest = [piece._replace(paragraph=piece.paragraph + 1) for piece in pieces(body)]
    return [*titles, *rest], len(titles)


def labels_of(piece: Piece, scores: Sequence[float]) -> tuple[Label, ...]:
    """What the scores say; below a heading that says it outright, what that says."""
    if piece.kind == "heading" and piece.section in _BELOW:
        return tuple(label for label in LABELS if label == piece.section)
    labels = tuple(label for label, score in zip(LABELS, scores, strict=True) if score > 0)
    if not labels and _is_outright(piece):
        return tuple(label for label in LABELS if label == piece.section)
    return labels


def _is_outright(piece: Piece) -> bool:
    return piece.since <= _BELOW.get(piece.section, -1) and piece.kind != "code"
