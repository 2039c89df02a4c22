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
# a reader (and the brief) sees that somebody tried; everything else invisible is dropped.
_OVERRIDES = re.compile("[\u202d\u202e]{1,64}")

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
_SHOWN_OVERRIDE = re.compile(r"\[U\+202[DE]\]")


def clean_text(raw: str, limit: int = 65_536) -> str:
    """The same words with nothing invisible left, in NFC, at most `limit` characters.

    Bidi overrides become a visible `[U+202E]`; other control, bidi and zero-width characters,
    lone surrogates and more than four combining marks in a row are dropped, so that words read as
    they are typed and detectors see them whole. Line ends are newlines. A text that is cut says so.
    """
    head = raw[: 4 * limit]
    text = _NEWLINES.sub("\n", head)
    text = _OVERRIDES.sub(lambda found: f"[U+{ord(found.group()[0]):04X}]", text)
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


def overrides_shown(text: str) -> int:
    """How many bidi overrides `clean_text` made visible in this text."""
    return len(_SHOWN_OVERRIDE.findall(text))


def _thin_marks(text: str) -> str:
    """At most four combining marks on a letter; the rest of a pile only hides its neighbours."""
    kept: list[str] = []
    for marks, run in groupby(text, key=lambda char: unicodedata.category(char) in {"Mn", "Me"}):
        part = "".join(run)
        kept.append(part[:_COMBINING_IN_A_ROW] if marks else part)
    return unicodedata.normalize("NFC", "".join(kept))
