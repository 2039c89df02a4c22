"""Headings that say outright what stands below them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from connector.core.extraction.titles import TOLD
from connector.core.extraction.titles_around import AROUND


class Heading(NamedTuple):
    """`section`: OB, EB, S2R, ENV, ERR, or a name of ours; `rest`: the text behind it, if any."""

    section: str
    rest: str


_LONGEST: Final = 70
_SHORT: Final = 50
_DRESSING: Final = " \t#*_=:-–—~`>|[](){}.?!\"'\n+•"
_MARKED = re.compile(r"\s{0,8}(?:#{1,6}\s|h[1-6]\.\s|\*{2,3}|__|==|\{\*\}|>\s?\*\*)")
_BRACKETED = re.compile(r"\([^()]{0,70}(?:\)|\Z)")
_NUMBERED = re.compile(r"\d{1,2}\s?[.):]\s{0,3}")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|/")

_BY_SECTION: Final = {**TOLD, **AROUND}
SECTIONS: Final = tuple(_BY_SECTION)
_SECTIONS: Final = {
    title.strip(): section for section, titles in _BY_SECTION.items() for title in titles.split("|")
}
_MOST_WORDS: Final = max(title.count(" ") + 1 for title in _SECTIONS)


def heading_of(text: str) -> Heading | None:
    """The heading that the text is or begins with (`Expected: …`), or None."""
    head = text[: _LONGEST * 2]
    if not (":" in head or len(text) <= _LONGEST):
        return None
    if len(text) <= _LONGEST and (section := _SECTIONS.get(_normal(text))):
        return Heading(section, "")
    for between in (":", " - ", " – "):
        before, found, _ = head.partition(between)
        if found and len(before) <= _LONGEST and (section := _SECTIONS.get(_normal(before))):
            return Heading(section, text[len(before) + len(between) :].strip(_DRESSING))
    if len(text) > _LONGEST:
        return None
    if _MARKED.match(text) and any(map(str.isalnum, text)):
        return Heading(_titled(text) or "other", "")
    if text.endswith(":") and len(text) <= _SHORT and (section := _titled(text, least=2)):
        return Heading(section, "")
    return None


def _titled(text: str, least: int = 1) -> str | None:
    """The section of the longest known title of `least` words or more that the line holds."""
    words = _WORDS.findall(text.lower())[: _MOST_WORDS * 2]
    for length in range(min(len(words), _MOST_WORDS), least - 1, -1):
        for at in range(len(words) - length + 1 if length > 1 else 1):
            if section := _SECTIONS.get(" ".join(words[at : at + length])):
                return section
    return None


def _normal(text: str) -> str:
    """The words of a title; no number in front of it, nothing in brackets."""
    stripped = text.strip(_DRESSING).lower().replace("’", "'")
    if len(stripped) > _LONGEST:
        return ""
    if "(" in stripped:
        stripped = _BRACKETED.sub(" ", stripped)
    if stripped[:1].isdigit():
        stripped = _NUMBERED.sub("", stripped)
    return " ".join(_WORDS.findall(stripped.replace("the ", "")))
