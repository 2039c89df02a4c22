"""What a piece shows of itself: cue words, shape, section and place. The linear model's features."""

# ruff: noqa: E501 - patterns read better unbroken
from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.lexicon import PAIRS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.core.extraction.sentences import Piece

_WORD = re.compile(r"[a-z][a-z'’-]*")
_SHAPES: Final = (
    ("frame", re.compile(r"\A\s{0,12}(?:at [\w$.<>/]{2,200}\(|at \S{1,200}:\d|File \"|#\d{1,3}\s+0x|\.\.\. \d{1,4} more|\d{1,3}\s{1,6}\S{1,60}\s{1,8}0x)")),
    ("exception", re.compile(r"\w(?:Exception|Error)\b|Traceback|Caused by:|\b[A-Z]{2}\d{4}:|\bE[A-Z]{5,12}\b|\bERR[_!]")),
    ("stamp", re.compile(r"\A\s{0,4}\W{0,2}(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|[A-Z][a-z]{2} \d{1,2} |\[?[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} |\d\d:\d\d:\d\d)[ T,:\d\]]")),
    ("level", re.compile(r"\b(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|SEVERE|TRACE|error|warning|fatal|notice|crit)\b[\]:)!]|\A\s{0,4}[EWIDVF]/\w|npm ERR")),
    ("prompt", re.compile(r"\A\s{0,6}(?:[$>%#] ?[\w./~]|\w{1,20}@[\w.-]{1,40}[:~# ]|C:\\|PS [A-Z]:|[\w~/ ]{0,30}[»$#] )")),
    ("agent", re.compile(r"Mozilla/\d|User-Agent|AppleWebKit|Gecko/\d|Build Identifier|Build I[dD]")),
    ("number", re.compile(r"\b[vV]?\d{1,4}\.\d")),
    ("field", re.compile(r"\A\W{0,5}[A-Za-z][\w .()/'+-]{1,34}\*{0,2}\s?[:=]\*{0,2}\s{0,3}\S")),
    ("url", re.compile(r"https?://|www\.")),
    ("path", re.compile(r"(?<![\w/:])/[\w.-]{1,60}/|\b[A-Za-z]:\\|\.(?:java|php|js|py|c|h|xml|html|css|conf|jar|cpp|ts|json|ya?ml|log|txt)\b")),
    ("arrow", re.compile(r"[\w\"')\]] {0,2}(?:->|=>|>|→|») {0,2}[\"'(\[\w]")),
    ("ticks", re.compile(r"`[^`\n]{1,200}`|\{\{|<code>")),
    ("quoted", re.compile(r"[\"“][^\"”\n]{1,200}[\"”]|'[^'\n]{2,100}'")),
    ("code", re.compile(r"[;{}]\s{0,3}\Z|\)\s?[;{]|==|!=|&&|\|\||\w\(\)|</|/>|::|\$\w|\w->\w|[a-z][A-Z]\w{0,30}[.(]")),
    ("hex", re.compile(r"\b0x[0-9a-fA-F]{4,16}\b|\b[0-9a-f]{12,64}\b")),
    ("image", re.compile(r"!\[|\.(?:png|jpe?g|gif|mp4|webm)\b")),
    ("camel", re.compile(r"\b[a-z]{1,30}[A-Z]|\w\.\w{1,40}\.\w|\w_\w")),
    ("amount", re.compile(r"\d ?(?:MB|GB|KB|GHz|MHz|MiB|GiB|kB|bytes|bit)\b")),
)  # fmt: skip
_LENGTHS: Final = (3, 6, 10, 16, 25, 40, 80)
_SINCE: Final = (0, 1, 2, 4, 8, 16)
_PLACES: Final = (0, 1, 2, 4, 8, 16, 32)
_MOST: Final = 600
"""Characters of a piece that are looked at: what a sentence says, it says early."""


class Cues(NamedTuple):
    """`own`: of the piece itself, its neighbours see them too; `crossed`: of the piece only."""

    own: list[str]
    crossed: list[str]


def cues_of(pieces: Sequence[Piece], *, title: int = 0) -> list[Cues]:
    """The features of each piece; the first `title` pieces are the report's title."""
    own = [
        [*_of_piece(piece), *_of_place(pieces, number, title)]
        for number, piece in enumerate(pieces)
    ]
    whole = _of_report(pieces)
    return [
        Cues(cues, [*whole, *_crossed(pieces, number, title, own, whole)])
        for number, cues in enumerate(own)
    ]


def _bucket(value: int, bounds: Sequence[int]) -> int:
    for number, bound in enumerate(bounds):
        if value <= bound:
            return number
    return len(bounds)


def _of_piece(piece: Piece) -> list[str]:
    text = piece.text[:_MOST]
    words = _WORD.findall(text.lower().replace("’", "'"))
    cues = {"bias", f"kind {piece.kind}", f"section {piece.section or 'none'}"}
    for word in words:
        cues.update(WORDS.get(word, ()))
    for pair in pairwise(words):
        if name := PAIRS.get(pair):
            cues.add(name)
    cues.update(f"first {name}" for name in WORDS.get(words[0], ("none",))) if words else None
    if len(words) > 1:
        cues.update(f"second {name}" for name in WORDS.get(words[1], ()))
    for name, pattern in _SHAPES:
        if pattern.search(text):
            cues.add(name)
    cues.add(f"length {_bucket(len(words), _LENGTHS)}")
    cues.add(
        f"since {_bucket(piece.since, _SINCE)} {piece.section}" if piece.section else "no section"
    )
    cues.add(f"{piece.kind} in {piece.section or 'none'}")
    last = text.rstrip()[-1:]
    cues.add(f"ends {last}" if last in ":?!.;,)}" else "ends open")
    letters = sum(map(str.isalpha, text))
    cues.add(f"letters {min(int(10 * letters / max(len(text), 1)), 9)}")
    cues.add(
        "starts " + ("upper" if text[:1].isupper() else "lower" if text[:1].islower() else "sign")
    )
    return list(cues)


def _of_place(pieces: Sequence[Piece], number: int, title: int) -> list[str]:
    piece = pieces[number]
    if number < title:
        return ["title"]
    here = number - title
    cues = [f"place {_bucket(here, _PLACES)}", f"part {4 * here // max(len(pieces) - title, 1)}"]
    cues.append(f"from end {_bucket(len(pieces) - 1 - number, _PLACES[:4])}")
    before = pieces[number - 1] if here else None
    if before is None or before.paragraph != piece.paragraph:
        cues.append("begins paragraph")
    if before is not None and before.text.rstrip().endswith(":"):
        cues.append("after colon")
    return cues


def _of_report(pieces: Sequence[Piece]) -> list[str]:
    sections = {piece.section for piece in pieces}
    cues = [
        f"report has {label}" for label in ("OB", "EB", "S2R", "ENV", "ERR") if label in sections
    ]
    if any(piece.kind == "step" for piece in pieces):
        cues.append("report has steps")
    if not any(piece.section for piece in pieces):
        cues.append("report has no sections")
    return cues


def _crossed(
    pieces: Sequence[Piece],
    number: int,
    title: int,
    own: Sequence[Sequence[str]],
    whole: Sequence[str],
) -> list[str]:
    """Cues that mean something else together than alone."""
    piece = pieces[number]
    kind = "title" if number < title else piece.kind
    section = piece.section or "none"
    before = pieces[number - 1].kind if number > title else "^"
    after = pieces[number + 1].kind if number + 1 < len(pieces) else "$"
    crossed = [f"{before} {kind} {after}", *(f"{section} where {cue}" for cue in whole)]
    keys = sorted(_CROSSED.intersection(own[number]))
    for place, key in enumerate(keys):
        crossed += (f"{key} in {section}", f"{key} as {kind}")
        crossed += [f"{key} & {other}" for other in keys[place + 1 :]]
    if number > title:
        crossed += [f"{kind} after {key}" for key in _LEADING.intersection(own[number - 1])]
    return crossed


_CROSSED: Final = frozenset(
    {
        *("should", "should be", "should not", "expect", "expected to", "not", "does not", "fails"),
        *("failure", "bad", "act", "acted", "acting", "look", "sees", "i see", "i did", "if you"),
        *("when", "if", "i", "would", "would be", "instead", "instead of", "want", "need", "works"),
        *("but", "try to", "to reproduce", "on x", "there is", "seems to", "the problem"),
        *("it would", "first act", "first acted", "first look", "first when", "first if"),
        *("first i", "first then", "first should", "first expect", "first not", "code", "frame"),
        *("prompt", "exception", "quoted", "example", "following", "can", "may", "seems", "fix"),
        *("because", "actual", "question", "thanks", "still", "always", "version", "tested"),
        *("ends ?", "ends :", "number", "field", "level", "stamp", "software", "system"),
    }
)
_LEADING: Final = frozenset(
    {
        *("ends :", "kind step", "kind heading", "to reproduce", "example", "should be", "expect"),
        *("if you", "act", "fails", "exception", "frame", "log", "failure"),
    }
)
