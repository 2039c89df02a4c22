"""A report cut into pieces of reading: sentences, list items, lines of code and logs.

Pieces are slices of the text as it came (`start:end`), in reading order, none overlapping. A
heading is a piece of its own and names the section of the pieces below it.
"""

# ruff: noqa: E501 - patterns read better unbroken
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from connector.core.extraction.headings import heading_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["prose", "item", "step", "code", "heading"]

LIMIT: Final = 1_048_576
"""Characters of one text that are looked at."""


class Piece(NamedTuple):
    """`section` is what the heading above says (or the heading's own); "" where there is none.

    `since` counts the pieces since that heading (0: the heading itself, or text on its line).
    """

    start: int
    end: int
    text: str
    kind: Kind
    section: str
    since: int
    paragraph: int


class _Line(NamedTuple):
    start: int
    text: str
    kind: Kind


_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+•‣◦–#]{1,3}[ \t]{1,4}|\[[ xX]\][ \t])\S")
_STEP = re.compile(
    r"[ \t]{0,12}(?:\(?\d{1,2}[.):]{1,2}[ \t]{0,4}(?=\D)|\d{1,2}[ \t]?[-–>][ \t]{1,3}|#[ \t]|"
    r"(?i:step[ \t]?\d{1,2}\b)|\d{1,2}[ \t]{1,3}(?=[A-Z]))\S"
)
_CODE = re.compile(
    r"[ \t]{0,40}(?:at [\w$.<>/]{2,200}[\(:]|File \"|Caused by: |[$>#] ?[a-z./]|C:\\|[{}\])]+[;,)]{0,3}$|//|/\*|"
    r"<[/?!a-zA-Z][^<>]{0,400}>|[\w.$\[\]\"']{1,80}\s?[=(][^ ]|import |#include|def |class |public |private |"
    r"function\b|var |let |const |return\b|npm |\d{2,4}[-/:.]\d{1,2}[-/:.]\d{1,4}[T ,\]]|\[[\w :./-]{3,60}\]|"
    r"[A-Z]/[\w.]{1,40}\(|\w{1,40}(?:\.\w{1,40}){2,8}\b|[dlrwx-]{10} )"
)
_FENCE = re.compile(r"[ \t]{0,8}(?:```|~~~|\{(?:code|noformat)[^{}\n]{0,60}\}|<pre>|</pre>)")
_BREAK = re.compile(
    r"(?<=[.!?])[\"')\]]{0,3}\s{1,40}(?=[\"'(\[`*]{0,3}[A-Z0-9À-ÞА-Я])|(?<=[。！？])"
)
_SHORT_FORMS: Final = (
    "e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "no.", "nr.", "fig.", "mr.", "mrs.", "dr.",
    "st.", "inc.", "ltd.", "z.b.", "bzw.", "ca.", "usw.", "resp.", "max.", "min.", "ver.", "incl.",
)  # fmt: skip
_WRAPPED: Final = 55
"""A prose line at least this long that ends in the middle of a sentence goes on in the next."""

_LASTING: Final = frozenset({"OB", "EB", "S2R", "description"})
"""Sections that go on after a blank line when text stood on the line of their heading."""

_LONGEST: Final = 1_200
"""A sentence is cut here at the latest (text without punctuation)."""


def pieces(text: str) -> list[Piece]:
    """The text's pieces, at most its first `LIMIT` characters."""
    found: list[Piece] = []
    section, since, paragraph = "", 0, 0
    passing = False
    for block in _blocks(text[:LIMIT]):
        if not block:
            paragraph += 1
            if passing:
                section, passing = "", False
            continue
        start, end, kind = block[0].start, block[-1].start + len(block[-1].text), block[0].kind
        for piece_start, piece_end in _parts(text, start, end, kind):
            words = text[piece_start:piece_end]
            heading = None if kind == "code" else heading_of(words)
            if heading is not None:
                section, since = heading.section, 0
                passing = bool(heading.rest) and section not in _LASTING
            alone = heading is not None and not heading.rest
            found.append(
                Piece(
                    piece_start,
                    piece_end,
                    words,
                    "heading" if alone else kind,
                    section,
                    since,
                    paragraph,
                )
            )
            since += 1
    return found


def openers_of(found: Sequence[Piece]) -> list[int]:
    """For each piece the number of the piece that its paragraph opens with: it may be itself."""
    openers: list[int] = []
    for number, piece in enumerate(found):
        goes_on = number > 0 and found[number - 1].paragraph == piece.paragraph
        openers.append(openers[-1] if goes_on else number)
    return openers


def _blocks(text: str) -> Iterator[list[_Line]]:
    """Lines that belong together; an empty block where there was a blank line."""
    block: list[_Line] = []
    fenced = False
    at = 0
    for raw in text.split("\n"):
        start, at = at, at + len(raw) + 1
        if _FENCE.match(raw):
            fenced = not fenced if raw.count("```") != 2 else fenced  # noqa: PLR2004 - opened and closed
        line = _line(raw, start, fenced=fenced)
        if line is None:
            if block:
                yield block
            block = []
            yield block
        elif block and _goes_on(block[-1], line):
            block.append(line)
        else:
            if block:
                yield block
            block = [line]
    if block:
        yield block


def _line(raw: str, start: int, *, fenced: bool) -> _Line | None:
    text = raw.strip()
    if not text:
        return None
    start += raw.index(text[0])
    if fenced:
        kind: Kind = "code"
    elif _STEP.match(raw):
        kind = "step"
    elif _ITEM.match(raw):
        kind = "item"
    elif _CODE.match(raw):
        kind = "code"
    else:
        kind = "prose"
    return _Line(start, text, kind)


def _goes_on(before: _Line, line: _Line) -> bool:
    """Whether a line is the wrapped rest of the sentence before it."""
    if line.kind != "prose" or before.kind == "code" or before.text.endswith((":", "```")):
        return False
    heading = heading_of(before.text)
    if heading is not None and not heading.rest:
        return False
    if line.text[0].islower():
        return not before.text.endswith((".", "!", "?", ";")) or len(before.text) >= _WRAPPED
    return len(before.text) >= _WRAPPED and heading_of(line.text) is None


def _parts(text: str, start: int, end: int, kind: Kind) -> Iterator[tuple[int, int]]:
    """Sentences of a block; lines of code stay whole."""
    if kind == "code":
        yield start, end
        return
    at = start
    for found in _BREAK.finditer(text, start, end):
        if _is_short_form(text, at, found.start()):
            continue
        yield from _bounded(at, found.start() + _closing(text, found.start()))
        at = found.end()
    if at < end:
        yield from _bounded(at, end)


def _closing(text: str, at: int) -> int:
    """How many closing quotes or brackets stand at the end of the sentence."""
    length = 0
    while at + length < len(text) and text[at + length] in "\"')]":
        length += 1
    return length


def _is_short_form(text: str, start: int, end: int) -> bool:
    word = text[max(start, end - 8) : end].rpartition(" ")[2].lower().lstrip("(\"'")
    number = word[:-1].isdigit() and end - start <= len(word) + 1
    return word in _SHORT_FORMS or number


def _bounded(start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        yield start, start + _LONGEST
        start += _LONGEST
    if start < end:
        yield start, end
