"""Sentences and words with their places, and phrases as people write them in a mapping.

A phrase is words with a few marks: `cancel*` begins with, `down|offline` either, `...` up to four
words between. It matches inside one sentence, whatever the case. Matching walks over words, not
over characters, so no text can make it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = 4
"""How many words `...` may stand for."""

_WORD = re.compile(r"[^\W_]+(?:['’._/@+-]{1,2}[^\W_]+){0,20}|[,;:!?()]")
_BREAK = re.compile(r"[.!?…]{1,9}(?=[\s)\"'»”]|$)|\n")
_BULLET = re.compile(r"[ \t]{0,8}(?:[-*•·>#|]|\d{1,3}[.)])")


@dataclass(frozen=True)
class Word:
    """`text` is lower case; a mark (`,` `;` `:` `?` …) is a word of its own."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A sentence's words and its place in the text it was cut from."""

    start: int
    end: int
    words: tuple[Word, ...]
    asks: bool


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text. A line that only wraps (the next begins small) goes on."""
    found = []
    for start, end in _spans(text):
        words = tuple(
            Word(match[0].lower().replace("’", "'"), match.start(), match.end())
            for match in _WORD.finditer(text, start, end)
        )
        if words:
            found.append(Sentence(start, end, words, asks="?" in text[start:end]))
    return tuple(found)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        if match[0] == "\n" and not _ends_line(text, match.end()):
            continue
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def _ends_line(text: str, after: int) -> bool:
    """Whether the line break before `after` ends a sentence."""
    following = text[after : after + 12]
    if not following.strip() or following.startswith("\n"):
        return True
    return bool(_BULLET.match(following)) or not following.lstrip()[:1].islower()


@dataclass(frozen=True)
class Pattern:
    """A phrase, ready to be looked for: each part is a set of words, of beginnings, or a gap."""

    phrase: str
    parts: tuple[tuple[frozenset[str], tuple[str, ...]] | None, ...]

    def find(self, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """First and last word (inclusive) of each place where the phrase stands."""
        for first in range(len(words)):
            last = self._reach(words, first, 0)
            if last is not None:
                yield first, last

    def _reach(self, words: Sequence[Word], at: int, part: int) -> int | None:
        if part == len(self.parts):
            return at - 1
        wanted = self.parts[part]
        if wanted is None:
            for skip in range(GAP + 1):
                reached = self._reach(words, at + skip, part + 1)
                if reached is not None:
                    return reached
            return None
        if at >= len(words):
            return None
        whole, beginnings = wanted
        text = words[at].text
        if text in whole or (beginnings and text.startswith(beginnings)):
            return self._reach(words, at + 1, part + 1)
        return None


@lru_cache(maxsize=4096)
def pattern(phrase: str) -> Pattern:
    """Raise ValueError when the phrase says nothing, or begins or ends with a gap."""
    pieces = phrase.lower().replace("’", "'").split()
    if not pieces or pieces[0] == "..." or pieces[-1] == "...":
        raise ValueError(f"{phrase!r} is no phrase: it needs a word at each end")
    if pieces.count("...") > 3:  # noqa: PLR2004 - more gaps match nearly anything
        raise ValueError(f"{phrase!r} has more than three gaps")
    parts: list[tuple[frozenset[str], tuple[str, ...]] | None] = []
    for piece in pieces:
        choices = [] if piece == "..." else [choice for choice in piece.split("|") if choice != "*"]
        if piece != "..." and not all(choices):
            raise ValueError(f"{phrase!r} has an empty choice in {piece!r}")
        parts.append(
            (
                frozenset(choice for choice in choices if not choice.endswith("*")),
                tuple(choice[:-1] for choice in choices if choice.endswith("*")),
            )
            if choices
            else None
        )
    return Pattern(phrase, tuple(parts))


def _checked(phrase: str) -> str:
    pattern(phrase)
    return phrase


Phrase = Annotated[str, AfterValidator(_checked)]
"""A phrase in a mapping: refused when the file is read, not when it is first needed."""
