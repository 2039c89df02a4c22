"""A fingerprint as it is compared: terms as keys, with the weight of the place they stand in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

from connector.core.grouping.fingerprint import Fingerprint, key_of
from connector.core.grouping.stopwords import COMMON
from connector.core.grouping.vectors import unpacked
from connector.core.grouping.words import stem

FAINT: Final = 0.6
"""What a word counts for that stands in code first; any other counts for one."""

Keys_co = TypeVar("Keys_co", bound=Collection[int], covariant=True)


SMALL: Final = 0xFFFF_FFFF
"""Keys that are compared fit 32 bits: half the room, and less to read. Of a million terms some
hundred share theirs with another; both then count as a little less rare than they are, and two
reports that hold one each seem to share it.
"""


@lru_cache(maxsize=8_192)
def word_key(word: str) -> int:
    """One key for all forms of a word."""
    return key_of(stem(word)) & SMALL


@lru_cache(maxsize=8_192)
def sign_key(signature: str) -> int:
    return key_of(signature) & SMALL


COMMON_KEYS: Final = frozenset(map(word_key, COMMON))


@dataclass(frozen=True, slots=True)
class Sketch(Generic[Keys_co]):
    """Keys are those of `word_key` and `sign_key`: sets of those that are drawn; any collection
    without doubles where they are read from a store, since most are only gone through once.

    `faint`: those of the words that count for less (see `FAINT`).
    """

    title: Keys_co
    words: Keys_co
    faint: Keys_co
    phrases: Keys_co
    code: Keys_co
    letters: Keys_co
    signatures: Keys_co
    versions: Keys_co
    text_key: int = 0
    product_area: str | None = None
    vector: bytes = b""

    @property
    def keys(self) -> tuple[int, ...]:
        """Every key that rarity is counted for."""
        return (*self.words, *self.signatures, *self.versions, *self.phrases)


Drawn = Sketch[frozenset[int]]
Stored = Sketch[Collection[int]]


def sketch(fingerprint: Fingerprint, left_out: frozenset[int] = frozenset()) -> Drawn:
    """`left_out` are keys of lines that are templates: their words don't count."""
    title = frozenset(map(word_key, fingerprint.title))
    words = set(title)
    code: set[int] = set()
    faint: set[int] = set()
    for line in fingerprint.lines:
        if line.key not in left_out:
            keys = {word_key(word) for word in line.words}
            if line.code:
                faint |= keys - words
                code |= keys
            words |= keys
    signs = fingerprint.signatures
    return Sketch(
        title=title,
        words=frozenset(words),
        faint=frozenset(faint),
        phrases=frozenset([key & SMALL for key in fingerprint.phrases]),
        code=frozenset(code),
        letters=_letters(fingerprint.headline),
        signatures=frozenset(sign_key(sign) for sign in signs if not sign.startswith("version:")),
        versions=frozenset(sign_key(sign) for sign in signs if sign.startswith("version:")),
        text_key=fingerprint.text_key,
        product_area=fingerprint.product_area,
        vector=unpacked(fingerprint.vector),
    )


def _letters(headline: str) -> frozenset[int]:
    """Runs of three letters of its words, borders included: near forms of a word share most.

    As numbers, which are several times quicker to read from a store than texts: the letters' own,
    spread by odd numbers so that hardly any two runs meet.
    """
    words = "".join(c if c.isalpha() else " " for c in headline.lower()).split()
    padded = (f" {word} " for word in words if len(word) > 2)  # noqa: PLR2004
    return frozenset(
        (ord(a) * 0x9E37_79B1 + ord(b) * 0x85EB_CA77 + ord(c)) & SMALL
        for word in padded
        for a, b, c in zip(word, word[1:], word[2:], strict=False)
    )
