"""Text to words: of any script, identifiers in parts; and words to terms, so that forms meet."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from connector.core.grouping.stopwords import STOP

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[^\W_][\w$]*(?:[.'’:-]{1,2}[^\W_][\w$]*)*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|[^\W\d_]+")
_JOINT = re.compile(r"[.:-]+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_APOSTROPHE = re.compile(r"['’]\w{0,4}$")
_HEX = re.compile(r"^(?=.*\d)[0-9a-f]{6,}$", re.IGNORECASE)
_SHORTEST: Final = 2
_LONGEST: Final = 40


def words(text: str) -> Iterator[str]:
    """Words in reading order, lower case. Numbers, hashes and function words give none.

    An identifier gives its pieces whole and in parts: `Ti.UI.createTableView` gives ti, ui,
    createtableview, create, table, view. Scripts without spaces give pairs of characters.
    """
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.isascii() and _UNSPACED.search(token):
            yield from _pairs(token)
        elif len(token) <= 4 * _LONGEST:
            yield from _split(token)


@lru_cache(maxsize=8_192)
def _split(token: str) -> tuple[str, ...]:
    if token.islower() and token.isalpha():
        return (token,) if _counts(token) else ()
    found: list[str] = []
    for piece in _JOINT.split(_APOSTROPHE.sub("", token)):
        if _HEX.match(piece):
            continue
        parts = [part.lower() for part in _PART.findall(piece)]
        if len(parts) > 1:
            found.append("".join(parts))
        found.extend(parts)
    return tuple(dict.fromkeys(filter(_counts, found)))


def _counts(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and word not in STOP


def _pairs(token: str) -> Iterator[str]:
    for run in _UNSPACED.findall(token):
        if len(run) == 1:
            yield run
        for first, second in itertools.pairwise(run):
            yield first + second
    for piece in _UNSPACED.sub(" ", token).split():
        yield from _split(piece)


_ENDINGS: Final = (
    "izations", "ization", "ications", "ication", "ically", "ations", "ation", "itions", "ition",
    "ements", "ement", "ments", "ment", "ingly", "nesses", "ness", "ities", "ity", "ably", "ible",
    "able", "ings", "ing", "edly", "ions", "ion", "ies", "ied", "ives", "ive", "ally", "ed",
    "es", "ly", "al", "s", "e", "y",
)  # fmt: skip
_SHORT_ENDINGS: Final = ("ing", "ed", "s")
_LEAST: Final = 4
_BY_LAST_LETTER: Final = {
    last: tuple(
        (ending, _LEAST - 1 if ending in _SHORT_ENDINGS else _LEAST)
        for ending in _ENDINGS
        if ending.endswith(last)
    )
    for last in {ending[-1] for ending in _ENDINGS}
}
"""Endings in their order, each with the fewest letters that it leaves."""


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """The word without an English ending, three or four letters long at least; others as is."""
    if len(word) < _LEAST or not word.isascii():
        return word
    for ending, least in _BY_LAST_LETTER.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            break
    if len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "ls":
        return word[:-1]
    return word[:-1] if len(word) > _LEAST and word[-1] in "iy" else word
