"""HTML to lines of text: tags and what nobody sees go, what is quoted is marked as mail marks it.

Linear in the text, whatever it holds: a tag ends where the next one begins.
"""

from __future__ import annotations

import re
from typing import Final

LIMIT: Final = 300_000
"""Characters of HTML that are looked at: the head of some mails alone is longer than any report."""

_BLOCK = re.compile(
    r"</?(?:p|div|br|tr|li|ul|ol|table|h[1-6]|pre|html|body|head|hr)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:span|a|b|i|u|em|strong|font|td|th|tbody|thead|code|img|small|center|meta|o:p|tt"
    r"|sub|sup)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<(style|script|title)(?=[\s/>])[^<>]*>|<(!)--", re.IGNORECASE)
_END: Final = {
    "!": re.compile("-->"),
    "style": re.compile(r"</style[^<>]*>?", re.IGNORECASE),
    "script": re.compile(r"</script[^<>]*>?", re.IGNORECASE),
    "title": re.compile(r"</title[^<>]*>?", re.IGNORECASE),
}
_QUOTE = re.compile(r"<(/?)blockquote(?=[\s/>])[^<>]*>", re.IGNORECASE)


def without_tags(text: str) -> str:
    """The text of HTML, line by line; lines that are quoted begin with `>`."""
    shown = _quotes_marked(_shown(text[:LIMIT]))
    return _INLINE.sub("", _BLOCK.sub("\n", shown))


def _shown(text: str) -> str:
    """Without styles, scripts and comments. One that is never closed is left as it is."""
    parts: list[str] = []
    at = 0
    unclosed: set[str] = set()
    for opened in _HIDDEN.finditer(text):
        kind = (opened[1] or opened[2]).lower()
        if opened.start() < at or kind in unclosed:
            continue
        if end := _END[kind].search(text, opened.end()):
            parts += (text[at : opened.start()], " ")
            at = end.end()
        else:
            unclosed.add(kind)
    return "".join(parts) + text[at:]


def _quotes_marked(text: str) -> str:
    """A block quote's lines, each with `>` before it, as deep as it stands."""
    first, *others = _QUOTE.split(text)
    parts, depth = [first], 0
    for closes, inside in zip(others[::2], others[1::2], strict=True):
        depth = max(0, depth - 1) if closes else depth + 1
        lines = _BLOCK.sub("\n", inside).split("\n")
        mark = "> " if depth else ""
        parts += ["\n", *(f"{mark if line.strip() else ''}{line}\n" for line in lines)]
    return "".join(parts)
