"""Error signatures: what software says about itself, alike for every customer it fails.

A signature is "kind:value", lower case, with what differs between two occurrences (addresses,
identifiers, counts, quoted values) taken out. Ubiquitous ones are damped by rarity where they are
compared, never here.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST: Final = 40
_LINE = 300
_MESSAGE_WORDS: Final = (3, 14)

_EXCEPTION = re.compile(
    r"\b(?:[a-z_]\w{0,40}\.){0,8}([A-Z]\w{2,60}(?:Exception|Error|Fault|Failure|Panic))\b"
)
_FRAME = re.compile(
    r"\bat (?:[\w$]{1,60}\.){0,10}([\w$]{1,60}\.[\w$<>]{1,60})\(|\bFile "
    r"\"(?:[^\"\n]{0,200}[/\\])?([\w.-]{1,60})\", line \d+, in ([\w<>]{1,60})"
)
_CODE = re.compile(
    r"\b(0x[0-9a-fA-F]{4,8}|SIG[A-Z]{3,4}|E[A-Z]{5,14}|[A-Z]{2,8}[-_]\d{2,6}"
    r"|[A-Z]{1,4}\d{3,6}|[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,8})\b"
)
_STATUS = re.compile(
    r"\b(?:error(?: code)?|code|status(?: code)?|http(?:/\d(?:\.\d)?)?|errno|exit(?:ed)?(?: "
    r"code| with)?|returned|fehler(?:code)?|erreur|código)"
    r"\s?[:=#(]?\s?(-?\d{1,6})\b",
    re.IGNORECASE,
)
_GATEWAY = re.compile(
    r"\b([45]\d\d) (?:bad|internal|service|gateway|not found|forbidden|unauthorized|too many"
    r"|error|server)",
    re.IGNORECASE,
)
_BARE_STATUS = re.compile(r"\b[45]\d\d\b")
_ENDPOINT = re.compile(
    r"(?<![\w/.])(/(?!(?i:tmp|var|home|users?|usr|opt|private|volumes|applications|library)/)(?:[a-zA-Z][\w.{}:-]{0,40}/){1,6}[a-zA-Z{:][\w.{}:-]{0,40})"
)
_VERSION = re.compile(
    r"\b[vV]?(\d{1,4}\.\d{1,4}(?:\.\d{1,6}){0,2}(?:[.-]?(?:ga|rc|beta|alpha|preview|snapshot"
    r"|m)\d{0,3})?)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«']([^\"“”„«»'\n]{8,120})[\"”“»']")
_COMPLAINT = re.compile(
    r"\b(?:error|exception|fatal|failed|failure|cannot|can't|could not|couldn't|unable to|not "
    r"found|undefined|invalid|denied|refused|timed? ?out"
    r"|fehler|fehlgeschlagen|ungültig|erreur|échec|impossible|échoué|falló|errore|impossibile"
    r"|fout|mislukt)\b",
    re.IGNORECASE,
)
_LOG_HEAD = re.compile(
    r"^(?:\[?(?:\d[\d:.,/ T-]{4,30}Z?|[A-Z]{3,8}|\w{3} \d{1,2} [\d:]{5,8})\]?[\s:|-]{1,4}){1,4}"
)
_VARYING = re.compile(
    r"0x[0-9a-f]+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+|[\"'“”‘’`][^\"'“”‘’`]{0,80}[\"'“”‘’`]",
    re.IGNORECASE,
)
_MESSAGE_WORD = re.compile(r"[^\W\d_]{2,}")


def signatures(title: str, lines: Sequence[str] = ()) -> tuple[str, ...]:
    """Those of title and lines in order, each once, `MOST` at most; versions come last."""
    bare = _named("code", _BARE_STATUS.findall(title))
    found = dict.fromkeys(
        chain(bare, (sign for line in (title, *lines) for sign in _of_line(line[:_LINE])))
    )
    firm = [sign for sign in found if not sign.startswith("version:")]
    versions = [sign for sign in found if sign.startswith("version:")]
    return tuple((firm[: MOST - len(versions[:4])]) + versions[:4])


def _of_line(line: str) -> Iterator[str]:
    yield from _named("error", (m[1].lower() for m in _EXCEPTION.finditer(line)))
    yield from _named("frame", (_frame(m) for m in _FRAME.finditer(line)))
    yield from _named("code", (m[1].lower() for m in _CODE.finditer(line)))
    yield from _named("code", (m[1] for m in _STATUS.finditer(line)))
    yield from _named("code", (m[1] for m in _GATEWAY.finditer(line)))
    yield from _named("path", (m[1].lower().rstrip(".:-") for m in _ENDPOINT.finditer(line)))
    yield from _named("says", _messages(line))
    yield from _named("version", (m[1].lower() for m in _VERSION.finditer(line)))


def _named(kind: str, values: Iterable[str]) -> Iterator[str]:
    return (f"{kind}:{value}" for value in values if value)


def _frame(match: re.Match[str]) -> str:
    return (match[1] or f"{match[2]}.{match[3]}").lower()


def _messages(line: str) -> Iterator[str]:
    """What the program said: a quoted text, or a log line that complains; as its first words."""
    for quoted in _QUOTED.finditer(line):
        yield _spoken(quoted[1])
    head = _LOG_HEAD.match(line)
    if head and _COMPLAINT.search(line):
        yield _spoken(line[head.end() :])
    elif match := re.search(r"(?:error|exception)\b[^:]{0,30}:\s", line, re.IGNORECASE):
        yield _spoken(line[match.end() :])


def _spoken(text: str) -> str:
    least, most = _MESSAGE_WORDS
    words = _MESSAGE_WORD.findall(_VARYING.sub(" ", text).lower())[:most]
    return " ".join(words) if len(words) >= least else ""
