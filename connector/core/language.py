"""Which language a report is in, by its smallest words. Good enough to name it; no model."""

from __future__ import annotations

import re
from typing import Final

_WORD = re.compile(r"[^\W\d_]{1,12}")
_LOOKED_AT: Final = 4000
_FEWEST: Final = 3
"""Fewer small words than this prove nothing."""

_SMALL_WORDS: Final = {
    "en": "the and is are was have has not you your with this that for we our when from it be can "
    "to of in on my please cannot after but they been",
    "de": "der die das und ist sind nicht wir ich sie mit ein eine wird haben auf für bei den dem "
    "von zu im seit kann bitte auch wenn noch nach",
    "fr": "le la les et est sont pas nous vous avec une des du pour dans que qui sur ne je plus "
    "depuis mais votre notre cette",
    "es": "el los las y es son no nos con una para por que en del se su al más desde pero nuestro "
    "cuando esta está hay",
    "it": "il lo gli e è sono non che con una per di del della si dal nel ma questo nostra quando "
    "abbiamo anche",
    "pt": "o os as e é são não que com uma para por do da em no na se mas nosso quando está foi "
    "temos você",
    "nl": "de het een en is zijn niet wij we met voor van op dat die te bij kan als maar onze "
    "hebben wordt ook sinds",
}
_BY_WORD: Final = {
    word: tuple(code for code, words in _SMALL_WORDS.items() if word in words.split())
    for words in _SMALL_WORDS.values()
    for word in words.split()
}


def language_of(text: str) -> str | None:
    """An ISO 639-1 code, or None where the text is too short or too mixed to tell."""
    counts = dict.fromkeys(_SMALL_WORDS, 0.0)
    for match in _WORD.finditer(text[:_LOOKED_AT].lower()):
        codes = _BY_WORD.get(match[0], ())
        for code in codes:
            counts[code] += 1 / len(codes)
    first, second = sorted(counts, key=lambda code: (-counts[code], code))[:2]
    if counts[first] < _FEWEST or counts[first] < 1.2 * counts[second]:
        return None
    return first
