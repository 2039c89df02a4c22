"""Errors, log excerpts and stack traces, verbatim and each once."""

# ruff: noqa: E501 - patterns read better unbroken
from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from connector.core.extraction.cues import cues_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.core.extraction.reader import Reading


class FoundError(NamedTuple):
    text: str
    signature: str
    start: int


_NAMED_ERROR: Final = (
    r"\b(?:[a-z_$][\w$]{0,40}\.){0,10}[A-Z]\w{0,60}(?:Exception|Error|Fault|Panic)\b"
)
_SAYS_ERROR = re.compile(
    _NAMED_ERROR
    + r"|Traceback \(most recent call last\)|^\W{0,4}Caused by:|\b(?:ERROR|FATAL|SEVERE|CRITICAL|EMERGENCY)\b|\bpanic:|\bSegmentation fault|\b(?:SIGSEGV|SIGABRT|SIGKILL)\b|"
    r"\b(?:ERR_[A-Z_]{3,60}|E[A-Z]{5,14}|ORA-\d{5}|PLS-\d{5}|SQLSTATE\[?\w{5}|TS\d{4}|CS\d{4}|0x[0-9A-Fa-f]{8}|[A-Z]{2,8}-\d{3,6}(?=:))\b|"
    r"\b[45]\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out|Not Found|Forbidden|Unauthorized|Bad Request|Too Many Requests|Conflict|Payment Required)|"
    r"(?i:\b(?:http|status|status code|error code|error|errno|exit code|code)[ :=#]{1,3}[1-9]\d{2,5}\b)|"
    r"^\W{0,4}(?i:(?:\w{1,20} ){0,3}(?:error|fatal|exception|failed|fehler|erreur)\b):? ?\S|\[(?i:error|fatal|crit|critical|emerg|alert)\]|\bE/\w{1,40}"
)
_ERROR_CUES: Final = cues_named(
    *("exception", "failure", "fails", "level", "hex", "code error", "frame", "source line"),
)
_ERROR_WORDS: Final = frozenset(
    {
        *("fatal", "severe", "critical", "emergency", "panic", "emerg", "crit", "alert", "errno"),
        *("erreur", "sigsegv", "sigabrt", "sigkill", "sqlstate", "e"),
    }
)
_ERROR_SIGNS = re.compile(r"E[A-Z]{5,14}\b|[A-Z]{2}-?\d{3}|Fault\b|Panic\b")
"""A piece without one of these says no error in the sense of `_SAYS_ERROR`: cheaper to look for."""

_SEEN: Final = 600
"""So much of a piece its cues speak of."""

_QUOTES: Final = "\"“”„«»'`"
_FRAME = re.compile(
    r"\s{0,40}(?:at |\.\.\. \d{1,4} more|File \"[^\"]{1,300}\", line \d|#\d{1,3}\s|\d{1,3}\s{1,6}\S{1,80}\s{1,10}0x|from \S{1,200}:\d|Caused by|Suppressed:|--- End of|goroutine \d)"
)
_LOGGED = re.compile(
    r"\s{0,12}(?:\[?\(?\d{1,4}[-/.:]\d\d?[-/.:]\d{1,4}\b|\[(?!INFO|DEBUG|info|debug)[\w :.,/+-]{3,60}\]|[EWIDVF]/\w|\d\d:\d\d:\d\d|"
    r"\d{1,3}\s{1,8}\S{1,60}\.(?:dll|so|exe|dylib)\b|[A-Z][a-z]{2} \d{1,2} \d\d:)"
)
_QUOTED = re.compile(
    r"(?i:\b(?:error|message|exception|warning|says|saying|(?:fail|stop|end|crash|abort|answer|respond|return)(?:s|ed|ped)? (?:with|in)|getting|i get|i got|fehlermeldung|meldung)\b)[^\"“„«'`\n]{0,40}[\"“„«'`](?P<said>[^\"“”„«»`\n]{6,240})[\"”“»'`]"
)
_NAMES_ERROR = re.compile(
    r"(?i:error|exception|warning|fehlermeldung|(?:fail|stop|end|crash|abort))"
)
_COMPLAINS = re.compile(
    r"(?i:\b(?:error|fail\w{0,4}|invalid|cannot|can't|could not|couldn't|unable|not|denied|expired|time(?:d)? ?out|"
    r"refused|missing|wrong|unknown|unexpected|forbidden|unavailable|went wrong|fehler|ungültig|nicht)\b)|\d{3}"
)
_VARYING = re.compile(
    r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8,64}(?:-[0-9a-fA-F]{4,12}){0,4}|\d+|[\"'][^\"'\n]{0,120}[\"']"
)
_LINES: Final = 40
_SHORT: Final = 200


def errors_of(readings: Sequence[Reading]) -> Iterator[FoundError]:
    """Blocks of error lines as they were pasted; then messages that are quoted in a sentence."""
    block: list[Reading] = []
    for reading in readings:
        if _continues(block, reading):
            block.append(reading)
            continue
        if block:
            yield _block(block)
        block = [reading] if _begins(reading) else []
        if not block:
            yield from _quoted(reading)
    if block:
        yield _block(block)


def _begins(reading: Reading) -> bool:
    if reading.piece.kind == "heading":
        return False
    text = reading.piece.text[:1000]
    if "ERR" in reading.labels and _LOGGED.match(text):
        return True
    pasted = reading.piece.kind == "code" or "ERR" in reading.labels
    return pasted and _says_error(reading, text) is not None


def _continues(block: Sequence[Reading], reading: Reading) -> bool:
    if not block or len(block) >= _LINES or reading.piece.kind == "heading":
        return False
    text = reading.piece.text[:400]
    near = reading.piece.paragraph - block[-1].piece.paragraph <= 1
    same = reading.piece.paragraph == block[-1].piece.paragraph
    if _FRAME.match(text) and near:
        return True
    if not same:
        return False
    return bool(_LOGGED.match(text)) or (
        reading.piece.kind == "code" and _says_error(reading, text) is not None
    )


def _says_error(reading: Reading, text: str) -> re.Match[str] | None:
    if (
        len(text) <= _SEEN
        and _ERROR_CUES.isdisjoint(reading.found)
        and _ERROR_WORDS.isdisjoint(reading.words)
        and not _has_error_sign(text)
    ):
        return None
    return _SAYS_ERROR.search(text)


def _has_error_sign(text: str) -> bool:
    """Without a capital letter after its first a text has none: most sentences."""
    if text[1:].islower() and not text.startswith(("Fault", "Panic")):
        return False
    return _ERROR_SIGNS.search(text) is not None


def _block(block: Sequence[Reading]) -> FoundError:
    text = "\n".join(reading.piece.text for reading in block)
    return FoundError(text, signature_of(text), block[0].piece.start)


def _quoted(reading: Reading) -> Iterator[FoundError]:
    text = reading.piece.text[:1000]
    quoted = [
        found["said"].strip()
        for found in (_QUOTED.finditer(text) if sum(map(text.count, _QUOTES)) > 1 else ())
        if _COMPLAINS.search(found["said"]) or _NAMES_ERROR.match(found.group())
    ]
    for said in quoted:
        yield FoundError(said, signature_of(said), reading.piece.start)
    if quoted or reading.piece.kind == "heading":
        return
    found = _says_error(reading, text)
    if found and any(char.isdigit() or char.isupper() for char in found.group()[1:]):
        yield FoundError(
            text if len(text) <= _SHORT else found.group(), signature_of(text), reading.piece.start
        )


def signature_of(text: str) -> str:
    """Equal for two occurrences of one error: the first line that says one, and the first frame."""
    lines = [line.strip() for line in text.split("\n")]
    says = next((line for line in lines if _SAYS_ERROR.search(line[:1000])), lines[0])
    frame = next((line for line in lines if _FRAME.match(line)), "")
    plain = " ".join(_VARYING.sub("#", f"{says[:300]} {frame[:200]}").lower().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:12]
