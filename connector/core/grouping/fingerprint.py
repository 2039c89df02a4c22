"""A report's fingerprint: what grouping needs of its text, small enough to keep for years.

Words are kept as sorted bags, line by line, so that lines which many customers share (a form, a
notice) can be left out later, once that is known; the text itself can't be read back.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from connector.core.grouping.signatures import signatures
from connector.core.grouping.text import bare_subject, own_lines, readable, without_links
from connector.core.grouping.words import stem, words
from connector.core.model import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_TITLE: Final = 24
MOST_WORDS: Final = 160
MOST_LINES: Final = 48
_FEW_WORDS: Final = 2
_TITLE_LENGTH: Final = 200
_HEADLINE_LENGTH: Final = 90
_CODE_MARKS: Final = frozenset("{}();=<>[]|\\_$@*/#+")
_PRIVATE = re.compile(r"\S{1,64}@\S{2,80}|\b\d[\d .-]{4,30}\d\b")


class Line(Frozen):
    """Words that first appear in one line of the body, sorted. `key` tells equal lines."""

    key: int
    code: bool = False
    words: tuple[str, ...]


class Fingerprint(Frozen):
    """`headline` is the subject for people, short, without addresses and long numbers.

    `phrases` are hashes of neighbouring words, `text_key` tells equal reports (0: no words at
    all), `vector` is the meaning of the text (see `vectors`), if a model for that is installed.
    """

    headline: str = ""
    title: tuple[str, ...] = ()
    text_key: int = 0
    lines: tuple[Line, ...] = ()
    phrases: tuple[int, ...] = ()
    signatures: tuple[str, ...] = ()
    product_area: str | None = None
    vector: str = ""

    @property
    def empty(self) -> bool:
        """Nothing to compare: such a report stays alone."""
        return not (self.title or self.lines or self.signatures)


def fingerprint(
    subject: str, body: str, *, product_area: str | None = None, vector: str = ""
) -> Fingerprint:
    """The fingerprint of one report; deterministic, at most a few kilobytes as JSON."""
    lines = own_lines(without_links(readable(body)))
    title = (bare_subject(subject) or (lines[0] if lines else ""))[:_TITLE_LENGTH]
    found = _each_form_once(words(title), MOST_TITLE)
    flow = [stem(word) for line in (title, *lines) for word in islice(words(line), MOST_WORDS)]
    return Fingerprint(
        headline=_headline(title),
        title=tuple(found.values()),
        text_key=_text_key(flow, (title, *lines)),
        lines=_lines(lines, set(found)),
        phrases=_phrases(flow),
        signatures=signatures(title, lines),
        product_area=product_area,
        vector=vector,
    )


def _text_key(flow: Sequence[str], lines: Sequence[str]) -> int:
    """Of the words that count; of all, where those are too few ("is my card" says another thing
    than "cancel my card" though both are about a card).
    """
    if len(set(flow)) > _FEW_WORDS:
        return key_of(" ".join(flow))
    return key_of("\n".join(map(_shape, lines))) if flow else 0


def _headline(title: str) -> str:
    """Without halves of surrogate pairs, which no JSON can hold."""
    shown = _PRIVATE.sub("…", title)[:_HEADLINE_LENGTH].strip()
    return shown.encode("utf-8", "ignore").decode("utf-8")


def key_of(text: str) -> int:
    """A stable 48-bit key of a term or line (Python's own hash differs from run to run)."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=6).digest(), "big")


def _each_form_once(found: Iterable[str], most: int) -> dict[str, str]:
    """Stem -> first form seen."""
    forms: dict[str, str] = {}
    for word in found:
        forms.setdefault(stem(word), word)
        if len(forms) >= most:
            break
    return forms


def _lines(lines: Sequence[str], seen: set[str]) -> tuple[Line, ...]:
    found: list[Line] = []
    left = MOST_WORDS
    for text in lines:
        new = {s: w for s, w in _each_form_once(words(text), left).items() if s not in seen}
        if not new:
            continue
        seen.update(new)
        left -= len(new)
        key = key_of(_shape(text))
        found.append(Line(key=key, code=_is_code(text), words=tuple(sorted(new.values()))))
        if left <= 0 or len(found) >= MOST_LINES:
            break
    return tuple(found)


def _shape(line: str) -> str:
    return "".join("#" if character.isdigit() else character for character in line.lower())


def _is_code(line: str) -> bool:
    marks = sum(character in _CODE_MARKS for character in line)
    return marks >= 2 and marks * 12 >= len(line)  # noqa: PLR2004


def _phrases(flow: Iterable[str]) -> tuple[int, ...]:
    found = dict.fromkeys(key_of(f"{a} {b}") & 0xFFFFFFFF for a, b in pairwise(flow) if a != b)
    return tuple(islice(found, MOST_WORDS))
