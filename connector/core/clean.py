"""Entry cleaning: what a stranger typed becomes text that shows everything it holds.

Done once, at the border, for every text of a service or file (reference: reliability, section 7).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

CUT = "… (cut)"
"""Stands at the end of every text that was longer than allowed."""

_COMBINING_IN_A_ROW = 4

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Characters that make the text after them read other than it is written. They are shown, so that
# a reader (and the brief) sees that somebody tried. So are zero-width characters that cut a word
# of Latin, Greek or Cyrillic letters in two: behind the word, which detectors must see whole.
# Everything else invisible is dropped: joiners of emoji, Persian and Indic words, and the
# zero-width spaces that editors leave between words.
_OVERRIDES = re.compile("[\u202d\u202e]{1,64}")

_LETTER = "[0-9A-Za-z\u00c0-\u024f\u0370-\u052f]"
_SPLIT_WORD = re.compile(f"{_LETTER}[\u200b-\u200d\u2060-\u2064\ufeff]{{1,64}}{_LETTER}")
_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]")
_TOKEN = re.compile(r"\S+")

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\xad\u034f\u061c"  # soft hyphen, grapheme joiner, Arabic letter mark
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # fillers and Mongolian selectors
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero-width and bidi controls
    "\ufe00-\ufe0f\ufff0-\ufffb\ufffe\uffff"  # variation selectors, interlinear, non-characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and musical format controls
    "\U000e0000-\U000e0fff"  # tag characters: a hidden alphabet
    "\ud800-\udfff"  # lone surrogates
    "]+"
)
_SHOWN = re.compile(r"\[U\+(?:202[DE]|20[06][0-9BCD]|FEFF)\]")


def clean_text(raw: str, limit: int = 65_536) -> str:
    """The same words with nothing invisible left, in NFC, at most `limit` characters.

    Bidi overrides become a visible `[U+202E]`, and a word that a zero-width character cuts in two
    is followed by `[U+200B]`; other control, bidi and zero-width characters, lone surrogates and
    more than four combining marks in a row are dropped, so that words read as they are typed and
    detectors see them whole. Line ends are newlines. A text that is cut says so.
    """
    head = raw[: 4 * limit]
    text = _NEWLINES.sub("\n", head)
    text = _OVERRIDES.sub(lambda found: f"[U+{ord(found.group()[0]):04X}]", text)
    if not text.isascii() and _SPLIT_WORD.search(text):
        text = _TOKEN.sub(_with_mark, text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = _thin_marks(text)
    return cut_text(text, limit, cut=len(head) < len(raw))


def cut_text(text: str, limit: int, *, cut: bool = False) -> str:
    """At most `limit` characters, ending in `… (cut)` when something was left out."""
    if len(text) <= limit and not cut:
        return text
    return text[: max(limit - len(CUT), 0)] + CUT[:limit]


def one_line(text: str, limit: int = 240) -> str:
    """All white space collapsed; cut at a word with `…` when longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ", limit // 2)
    return (head[:space] if space > 0 else head).rstrip(" ,;:.") + "…"


def hidden_shown(text: str) -> int:
    """How many bidi overrides and split words `clean_text` made visible in this text."""
    return len(_SHOWN.findall(text))


def _with_mark(found: re.Match[str]) -> str:
    """The token, and behind it the first zero-width character that cuts a word of it in two."""
    token = found[0]
    split = _SPLIT_WORD.search(token)
    hidden = _ZERO_WIDTH.search(split[0]) if split else None
    return f"{token} [U+{ord(hidden[0]):04X}]" if hidden else token


def _thin_marks(text: str) -> str:
    """At most four combining marks on a letter; the rest of a pile only hides its neighbours."""
    kept: list[str] = []
    for marks, run in groupby(text, key=lambda char: unicodedata.category(char) in {"Mn", "Me"}):
        part = "".join(run)
        kept.append(part[:_COMBINING_IN_A_ROW] if marks else part)
    return unicodedata.normalize("NFC", "".join(kept))
