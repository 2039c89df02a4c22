"""What the signs of a piece show: stack frames, stamps, paths, quotes, code.

Most prose has few signs, so each pattern runs only where a sign that it needs is there.
"""

# ruff: noqa: E501 - patterns read better unbroken
from __future__ import annotations

import re
import string
from typing import Final

SHAPES: Final = (
    *("frame", "exception", "stamp", "level", "prompt", "agent", "number", "field", "url"),
    *("path", "arrow", "ticks", "quoted", "code", "hex", "image", "camel", "amount"),
    *("named version", "bare version", "listing", "markup", "source line", "code error"),
)

_DROPPED: Final = dict.fromkeys(map(ord, string.ascii_letters + " \n\t\r"))
_DIGIT = re.compile(r"\d")
_FRAME = re.compile(
    r"\s{0,12}(?:at [\w$.<>/]{2,200}\(|at \S{1,200}:\d|File \"|#\d{1,3}\s+0x|\.\.\. \d{1,4} more|\d{1,3}\s{1,6}\S{1,60}\s{1,8}0x)"
)
_ERROR_CODE = re.compile(r"E[A-Z]{5,12}\b")
_NUMBERED_CODE = re.compile(r"\b[A-Z]{2}\d{4}:")
_STAMP = re.compile(
    r"\s{0,4}\W{0,2}(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|[A-Z][a-z]{2} \d{1,2} |\[?[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} |\d\d:\d\d:\d\d)[ T,:\d\]]"
)
_LEVEL = re.compile(
    r"\b(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|SEVERE|TRACE|error|warning|fatal|notice|crit)\b[\]:)!]"
)
_LETTERED = re.compile(r"\s{0,4}[EWIDVF]/\w")
_PROMPT = re.compile(
    r"\s{0,6}(?:[$>%#] ?[\w./~]|\w{1,20}@[\w.-]{1,40}[:~# ]|C:\\|PS [A-Z]:|[\w~/ ]{0,30}[»$#] )"
)
_NUMBER = re.compile(r"\d\.\d")
_FIELD = re.compile(r"\W{0,5}[A-Za-z][\w .()/'+-]{1,34}\*{0,2}\s?[:=]\*{0,2}\s{0,3}\S")
_PATH = re.compile(r"(?<![\w/:])/[\w.-]{1,60}/")
_EXTENSION = re.compile(
    r"\.(?:java|php|js|py|c|h|xml|html|css|conf|jar|cpp|ts|json|ya?ml|log|txt)\b"
)
_ARROW = re.compile(r"[\w\"')\]] {0,2}(?:->|=>|>|→|») {0,2}[\"'(\[\w]")
_CALL = re.compile(r"[a-z][A-Z]\w{0,30}[.(]")
_HEX = re.compile(r"\b[0-9a-f]{12,64}\b")
_HUMP = re.compile(r"\b[a-z]{1,30}[A-Z]|\w\.\w{1,40}\.\w")
_AMOUNT = re.compile(r"\d ?(?:MB|GB|KB|GHz|MHz|MiB|GiB|kB|bytes|bit)\b")
_NAMED_VERSION = re.compile(
    r"\W{0,6}[A-Za-z][\w .@/+#()`*_-]{1,40}?[\s:=@`*-]{1,5}v?\d{1,4}\.\d{1,5}[\w.+-]{0,30}\W{0,4}\Z"
)
_BARE_VERSION = re.compile(r"\W{0,4}v?\d{1,4}(?:\.\d{1,5}){1,4}[\w.+-]{0,15}\W{0,4}\Z")
_LISTING = re.compile(r"\s{0,4}[dlrwxst-]{10}[.+@]?\s{1,4}\d")
_MARKUP = re.compile(r"\s{0,12}</?[a-zA-Z!?]")
_SOURCE_LINE = re.compile(
    r"[\w)]\.[a-zA-Z]{1,5}(?::|\()\d{1,5}|\bline \d{1,5}\b|\A\s{0,4}#\d{1,3} "
)
_CODE_ERROR = re.compile(
    r"\b[45]\d\d (?:Internal|Bad|Service|Gateway|Not|Forbidden|Unauthorized|Too|Conflict)|"
    r"\b(?:error|Error|ERROR|errno|code|status|HTTP)[ :=#(]{1,3}-?\d{2,6}\b|SQLSTATE|ORA-\d"
)
_AGENTS: Final = ("Mozilla/", "User-Agent", "AppleWebKit", "Gecko/", "Build Id", "Build ID")
_IMAGES: Final = (".png", ".jpg", ".jpeg", ".gif", ".mp4", ".webm", "![")
_OPERATORS: Final = ("==", "!=", "&&", "||", "()", "</", "/>", "::", "$")


def signs_of(text: str) -> str:
    """The characters of a text that are neither letters nor white space, in order."""
    signs = text.translate(_DROPPED)
    if signs.isascii():
        return signs
    return "".join(char for char in signs if not char.isalpha())


def shapes_of(text: str, signs: str) -> list[str]:
    """The names in `SHAPES` of what the text shows."""
    found = []
    if "Error" in text or "Exception" in text or _ERROR_CODE.search(text) or _has_error(text):
        found.append("exception")
    if not text[1:].islower() and _HUMP.search(text):
        found.append("camel")
    if not signs or signs in {".", ",.", ",", "!", "?"}:
        return found
    if "_" in signs and "camel" not in found:
        found.append("camel")
    if _FRAME.match(text):
        found.append("frame")
    if _PROMPT.match(text):
        found.append("prompt")
    found += _of_marks(text, signs)
    if _DIGIT.search(signs):
        found += _of_digits(text, signs)
    return found


def _has_error(text: str) -> bool:
    return "ERR_" in text or "ERR!" in text or "Traceback" in text or "Caused by:" in text


def _of_marks(text: str, signs: str) -> list[str]:
    found = []
    if (":" in signs or "=" in signs) and _FIELD.match(text):
        found.append("field")
    if _LEVEL.search(text) if _has(signs, "]:)!") else "/" in signs and _LETTERED.match(text):
        found.append("level")
    if "http" in text or "www." in text:
        found.append("url")
    if (
        ("/" in signs and _PATH.search(text))
        or ":\\" in signs
        or ("." in text[:-1] and _EXTENSION.search(text))
    ):
        found.append("path")
    if "<" in signs and _MARKUP.match(text):
        found.append("markup")
    if _has(signs, ">→»") and _ARROW.search(text):
        found.append("arrow")
    if "`" in signs or "{{" in signs:
        found.append("ticks")
    if signs.count('"') > 1 or "“" in signs or signs.count("'") > 1:
        found.append("quoted")
    if _is_code(text, signs):
        found.append("code")
    if "/" in signs and any(word in text for word in _AGENTS):
        found.append("agent")
    if "." in text[:-1] and any(word in text for word in _IMAGES):
        found.append("image")
    return found


def _of_digits(text: str, signs: str) -> list[str]:
    found = []
    if _STAMP.match(text):
        found.append("stamp")
    if "." in signs and _NUMBER.search(text):
        found.append("number")
    if "0x" in text or (len(signs) > 5 and _HEX.search(text)):  # noqa: PLR2004 - a hash has more digits
        found.append("hex")
    if _AMOUNT.search(text):
        found.append("amount")
    if "." in signs and _NAMED_VERSION.match(text):
        found.append("named version")
    elif "." in signs and _BARE_VERSION.match(text):
        found.append("bare version")
    if "-" in signs and _LISTING.match(text):
        found.append("listing")
    if _SOURCE_LINE.search(text):
        found.append("source line")
    if _CODE_ERROR.search(text):
        found.append("code error")
    if ":" in signs and "exception" not in found and _NUMBERED_CODE.search(text):
        found.append("exception")
    return found


def _is_code(text: str, signs: str) -> bool:
    if text[-1:] in {";", "{", "}"} or "->" in text:
        return True
    return any(sign in signs for sign in _OPERATORS) or (
        ("(" in signs or "." in signs) and bool(_CALL.search(text))
    )


def _has(signs: str, wanted: str) -> bool:
    return any(sign in signs for sign in wanted)
