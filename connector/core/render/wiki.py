"""Jira Data Center's wiki markup, where everything is live unless it is made inert.

Foreign words become decimal entities inside a line, or stand in a noformat block whose own end
and any mention are broken by a zero-width space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.core.clean import clean_text
from connector.core.document import BLOCK_BEGINS, Items, Paragraph, Verbatim, end_line
from connector.core.render.adf import safe_link
from connector.core.render.fit import code_units, fit

if TYPE_CHECKING:
    from connector.core.document import Block, Document, Run, Runs

_LIVE = str.maketrans({char: f"&#{ord(char)};" for char in "\\{}[]()*_-+^~|!?#&:;<>\"'@▲▼"})
_LINE_START = re.compile(r"(?i:h[1-6]|bq)\.")
_CLOSES = re.compile(r"\{(?=noformat)|\[(?=~)|[▲▼]", re.IGNORECASE)


def wiki(document: Document, limit: int = 32_000) -> str:
    """The document as wiki markup of at most `limit` characters (UTF-16 units)."""
    return fit(document, _whole, code_units, limit)


def escaped(text: str, *, at_line_start: bool = False) -> str:
    """One line that shows exactly these words and does nothing."""
    line = " ".join(clean_text(text).split())
    opening = at_line_start and _LINE_START.match(line)
    inert = line.translate(_LIVE)
    return f"&#{ord(inert[0])};{inert[1:]}" if opening else inert


def noformat(text: str) -> str:
    """A block that shows these lines and does nothing."""
    safe = _CLOSES.sub(lambda found: found.group() + "\u200b", clean_text(text))
    return "{noformat}\n" + safe + "\n{noformat}"


def _whole(document: Document) -> str:
    lines: list[str] = []
    if document.title:
        lines += [f"h2. {escaped(document.title)}", ""]
    for block in document.head:
        lines += [_block(block), ""]
    for section in document.sections:
        if section.title:
            lines += [f"h3. {escaped(section.title)}", ""]
        for block in section.blocks:
            lines += [_block(block), ""]
    if document.marked:
        ends = escaped_marker(end_line("\n".join(lines)))
        lines = [escaped_marker(BLOCK_BEGINS), "", *lines, ends]
    return "\n".join(lines).rstrip("\n")


def escaped_marker(marker: str) -> str:
    """A marker line as it stands in wiki markup: its triangle stays as it is, to be found again."""
    return f"{marker[0]} {escaped(marker[1:])}"


def _block(block: Block) -> str:
    if isinstance(block, Verbatim):
        return noformat(block.text)
    if isinstance(block, Paragraph):
        return _line(block.runs, at_line_start=True)
    return _list(block)


def _list(block: Items) -> str:
    bullet = "#" if block.numbered else "*"
    return "\n".join(f"{bullet} {_line(item, at_line_start=True)}" for item in block.items)


def _line(runs: Runs, *, at_line_start: bool) -> str:
    parts: list[str] = []
    for number, run in enumerate(runs):
        parts.append(_inline(run, at_line_start=at_line_start and number == 0))
    return "".join(parts)


def _inline(run: Run, *, at_line_start: bool) -> str:
    words = escaped(run.text, at_line_start=at_line_start)
    before = " " if run.text[:1].isspace() else ""
    after = " " if run.text[-1:].isspace() else ""
    if not words:
        return before
    if href := safe_link(run.href):
        return f"{before}[{words}|{href}]{after}"
    return f"{before}*{words}*{after}" if run.strong else f"{before}{words}{after}"
