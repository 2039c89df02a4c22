"""Sentences and words with their places, and phrases as people write them in a mapping.

A phrase is words with a few marks: `cancel*` begins with, `down|offline` either, `...` up to four
words between. It matches inside one sentence, whatever the case. Matching walks over words, not
over characters, so no text can make it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GAP = 4
"""How many words `...` may stand for."""

_MOST_GAPS = 3
"""More gaps in one phrase match nearly anything, slowly."""

_REMEMBERED = 1_000
_TOLD_APART = 12
"""Letters of a word's beginning that are looked at before a text is read: a word may be long."""

_LONGEST = 150
"""Words of the longest sentence; what is longer is a log or hostile."""

_WORD = re.compile(r"[^\W_]+(?:['’._/@+-]{1,2}[^\W_]+){0,20}|[,;:!?()]")
_BREAK = re.compile(r"[.!?…]{1,9}(?=[\s)\"'»”]|$)|\n")
_BULLET = re.compile(r"[ \t]{0,8}(?:[-*•·>#|]|\d{1,3}[.)])")


class Word(NamedTuple):
    """`text` is lower case; a mark (`,` `;` `:` `?` …) is a word of its own."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The words of a text and their beginnings, so far as they are told apart: enough to know what
    cannot stand in it.
    """

    words: frozenset[str]
    beginnings: frozenset[str]


@dataclass(frozen=True)
class Sentence:
    """A sentence's words and its place in the text it was cut from."""

    start: int
    end: int
    words: tuple[Word, ...]
    asks: bool
    vocabulary: Vocabulary


@lru_cache(maxsize=128)
def vocabulary_of(text: str) -> Vocabulary:
    """Read once, however many phrases are looked for in it."""
    every = [sentence.vocabulary for sentence in sentences(text)]
    return Vocabulary(
        frozenset().union(*(one.words for one in every)),
        frozenset().union(*(one.beginnings for one in every)),
    )


@lru_cache(maxsize=5_000)
def _beginnings(word: str) -> tuple[str, ...]:
    return tuple(word[:end] for end in range(1, min(len(word), _TOLD_APART) + 1))


@lru_cache(maxsize=128)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text. A line that only wraps (the next begins small) goes on."""
    return tuple(sentence for start, end in _spans(text) for sentence in _cut(text, start, end))


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentence of a span; one that never ends is cut into pieces."""
    words = [
        Word(match[0].lower().replace("’", "'"), match.start(), match.end())
        for match in _WORD.finditer(text, start, end)
    ]
    for first in range(0, len(words), _LONGEST):
        piece = tuple(words[first : first + _LONGEST])
        said = frozenset(word.text for word in piece)
        vocabulary = Vocabulary(said, frozenset(chain.from_iterable(map(_beginnings, said))))
        stop = end if first + _LONGEST >= len(words) else piece[-1].end
        yield Sentence(piece[0].start, stop, piece, "?" in said, vocabulary)


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


Part = tuple[frozenset[str], tuple[str, ...]] | None
"""What one place of a phrase accepts: whole words and beginnings of words; None is a gap."""


@dataclass(frozen=True)
class Pattern:
    """A phrase, ready to be looked for."""

    phrase: str
    parts: tuple[Part, ...]

    def reach(self, words: Sequence[Word], at: int, part: int = 0) -> int | None:
        """The last word of the phrase when it stands at `at`, else None."""
        for number in range(part, len(self.parts)):
            wanted = self.parts[number]
            if wanted is None:
                ends = (self.reach(words, at + skip, number + 1) for skip in range(GAP + 1))
                return next((end for end in ends if end is not None), None)
            if at >= len(words):
                return None
            whole, beginnings = wanted
            text = words[at].text
            if text not in whole and not (beginnings and text.startswith(beginnings)):
                return None
            at += 1
        return at - 1


@dataclass(frozen=True)
class Lexicon:
    """Many phrases, found in one walk over the words: by their first word."""

    by_word: Mapping[str, tuple[Pattern, ...]]
    by_beginning: Mapping[str, tuple[Pattern, ...]]
    first_words: frozenset[str]
    first_beginnings: frozenset[str]
    known: dict[str, tuple[Pattern, ...]] = field(default_factory=dict, compare=False, repr=False)

    def may_stand_in(self, known: Vocabulary) -> bool:
        """Whether any phrase can begin there: most texts and sentences are passed over at once."""
        return not (
            self.first_words.isdisjoint(known.words)
            and self.first_beginnings.isdisjoint(known.beginnings)
        )

    def find_in(self, sentence: Sentence) -> Iterator[tuple[str, int, int]]:
        """As `find`, where any phrase can begin."""
        if self.may_stand_in(sentence.vocabulary):
            yield from self.find(sentence.words)

    def find(self, words: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
        """Phrase, first and last word (inclusive) of each place, in reading order."""
        known = self.known
        for first, word in enumerate(words):
            patterns = known.get(word.text)
            if patterns is None:
                patterns = self._beginning_with(word.text)
            for pattern in patterns:
                last = pattern.reach(words, first + 1, 1)
                if last is not None:
                    yield pattern.phrase, first, last

    def _beginning_with(self, word: str) -> tuple[Pattern, ...]:
        """The phrases whose first word this may be; remembered, as people use few words."""
        here = self.by_word.get(word, ()) + tuple(
            pattern
            for beginning, patterns in self.by_beginning.items()
            if word.startswith(beginning)
            for pattern in patterns
        )
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        self.known[word] = here
        return here


@lru_cache(maxsize=256)
def lexicon(phrases: tuple[str, ...]) -> Lexicon:
    """The phrases, ready to be looked for together. Raises ValueError as `parse_phrase` does."""
    by_word: dict[str, list[Pattern]] = {}
    by_beginning: dict[str, list[Pattern]] = {}
    for phrase in phrases:
        pattern = parse_phrase(phrase)
        whole, beginnings = pattern.parts[0] or (frozenset(), ())
        for word in whole:
            by_word.setdefault(word, []).append(pattern)
        for beginning in beginnings:
            by_beginning.setdefault(beginning, []).append(pattern)
    return Lexicon(
        {word: tuple(patterns) for word, patterns in by_word.items()},
        {beginning: tuple(patterns) for beginning, patterns in by_beginning.items()},
        frozenset(by_word),
        frozenset(beginning[:_TOLD_APART] for beginning in by_beginning),
    )


def parse_phrase(phrase: str) -> Pattern:
    """Raise ValueError when the phrase says nothing, or begins or ends with a gap."""
    pieces = phrase.lower().replace("’", "'").split()
    if not pieces or "..." in {pieces[0], pieces[-1]}:
        raise ValueError(f"{phrase!r} is no phrase: it needs a word at each end")
    if pieces.count("...") > _MOST_GAPS:
        raise ValueError(f"{phrase!r} has more than {_MOST_GAPS} gaps")
    return Pattern(phrase, tuple(_part(phrase, piece) for piece in pieces))


@lru_cache(maxsize=4096)
def literal_words(phrase: str) -> frozenset[str]:
    """The whole words that a phrase names; () for none."""
    parts = parse_phrase(phrase).parts if phrase else ()
    return frozenset(word for part in parts if part for word in part[0])


def _part(phrase: str, piece: str) -> Part:
    if piece == "...":
        return None
    choices = piece.split("|")
    if not all(choice.rstrip("*") for choice in choices):
        raise ValueError(f"{phrase!r} has an empty choice in {piece!r}")
    return (
        frozenset(choice for choice in choices if not choice.endswith("*")),
        tuple(choice[:-1] for choice in choices if choice.endswith("*")),
    )


def phrase_lines(text: str) -> tuple[str, ...]:
    """One phrase a line; a line that ends in `|` goes on in the next."""
    joined = re.sub(r"\|\n {0,20}", "|", text)
    return tuple(line.strip() for line in joined.split("\n") if line.strip())


def word_set(text: str) -> frozenset[str]:
    """The words of a text, by blanks."""
    return frozenset(text.split())


def _checked(phrase: str) -> str:
    parse_phrase(phrase)
    return phrase


Phrase = Annotated[str, AfterValidator(_checked)]
"""A phrase in a mapping: refused when the file is read, not when it is first needed."""
