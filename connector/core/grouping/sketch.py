"""A fingerprint as it is compared: terms as keys, with the weight of the place they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from connector.core.grouping.fingerprint import Fingerprint, key_of
from connector.core.grouping.stopwords import COMMON
from connector.core.grouping.vectors import unpacked
from connector.core.grouping.words import stem

_CODE_WEIGHT = 0.6


@lru_cache(maxsize=8_192)
def word_key(word: str) -> int:
    """One key for all forms of a word."""
    return key_of(stem(word))


@lru_cache(maxsize=8_192)
def sign_key(signature: str) -> int:
    return key_of(signature)


COMMON_KEYS: Final = frozenset(map(word_key, COMMON))


@dataclass(frozen=True, slots=True)
class Sketch:
    """Keys are those of `word_key` and `sign_key`. `words`: key -> weight of the word's place."""

    title: frozenset[int]
    words: dict[int, float]
    phrases: frozenset[int]
    code: frozenset[int]
    letters: frozenset[int]
    signatures: frozenset[int]
    versions: frozenset[int]
    text_key: int = 0
    product_area: str | None = None
    vector: bytes = b""

    @property
    def keys(self) -> tuple[int, ...]:
        """Every key that rarity is counted for."""
        return (*self.words, *self.signatures, *self.versions, *self.phrases)


def sketch(fingerprint: Fingerprint, left_out: frozenset[int] = frozenset()) -> Sketch:
    """`left_out` are keys of lines that are templates: their words don't count."""
    title = dict.fromkeys((word_key(word) for word in fingerprint.title), 1.0)
    words = dict(title)
    code: set[int] = set()
    for line in fingerprint.lines:
        if line.key not in left_out:
            weight = _CODE_WEIGHT if line.code else 1.0
            for word in line.words:
                words.setdefault(word_key(word), weight)
            if line.code:
                code.update(map(word_key, line.words))
    signs = fingerprint.signatures
    return Sketch(
        title=frozenset(title),
        words=words,
        phrases=frozenset(fingerprint.phrases),
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

    As numbers, which are several times quicker to read from a store than texts.
    """
    words = "".join(c if c.isalpha() else " " for c in headline.lower()).split()
    padded = (f" {word} " for word in words if len(word) > 2)  # noqa: PLR2004
    return frozenset(
        ord(a) << 42 | ord(b) << 21 | ord(c)
        for word in padded
        for a, b, c in zip(word, word[1:], word[2:], strict=False)
    )
