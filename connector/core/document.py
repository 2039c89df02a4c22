"""One document model for everything we show people: a brief, a note, a comment.

Renderers turn it into ADF, wiki markup or plain text. Foreign words (a customer's, an agent's)
stand in runs and verbatim blocks only, so no renderer ever has to parse them.
"""

from __future__ import annotations

import hashlib
import html
from typing import Annotated, Literal

from pydantic import Field

from connector.core.clean import cut_text
from connector.core.model import Frozen

BLOCK_BEGINS = "▼ Escalation brief: kept up to date by the connector. Write above or below it."
BLOCK_ENDS = "▲ End of the escalation brief"
"""The first and the last line of our own block in an issue's description."""

_CHECK_DIGITS = 10

CUT_NOTE = "… (cut, see "


class Run(Frozen):
    """A stretch of text in one style. `href` only ever comes from our own link builder."""

    text: str
    strong: bool = False
    href: str | None = None


Runs = tuple[Run, ...]


class Paragraph(Frozen):
    kind: Literal["paragraph"] = "paragraph"
    runs: Runs


class Items(Frozen):
    kind: Literal["items"] = "items"
    items: tuple[Runs, ...]
    numbered: bool = False


class Verbatim(Frozen):
    """Lines kept as they are: an error, a log, a stack trace."""

    kind: Literal["verbatim"] = "verbatim"
    text: str


Block = Annotated[Paragraph | Items | Verbatim, Field(discriminator="kind")]


class Section(Frozen):
    """A titled part. `keep` orders trimming: the lowest is cut first when a limit is met."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()
    keep: int = 5


class Document(Frozen):
    """`marked` documents are framed by the begin and end line, to be found again in an issue.

    `whole` says where what is cut for length can be read.
    """

    title: str
    whole: Run = Run(text="the ticket")
    head: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    marked: bool = True


def end_line(words: str) -> str:
    """The last line of a block that holds these words: it tells whether somebody changed them.

    Letters and digits are counted only, since editors and services respell everything else.
    """
    letters = "".join(char for char in html.unescape(words) if char.isalnum())
    return f"{BLOCK_ENDS} ({hashlib.sha256(letters.encode()).hexdigest()[:_CHECK_DIGITS]})"


def plain_run(text: str) -> Runs:
    return (Run(text=text),)


def cut_note(whole: Run) -> Paragraph:
    """`… (cut, see ticket 12)`."""
    return Paragraph(runs=(Run(text=CUT_NOTE), whole, Run(text=")")))


def cut_section(section: Section, size: int, whole: Run) -> Section:
    """The section with at most `size` characters of text, and a visible cut where it ends."""
    left = size
    kept: list[Block] = []
    for block in section.blocks:
        cut, left = _cut_block(block, left)
        if cut is not None:
            kept.append(cut)
        if left <= 0:
            kept.append(cut_note(whole))
            break
    return section.model_copy(update={"blocks": tuple(kept)})


def _cut_block(block: Block, left: int) -> tuple[Block | None, int]:
    if isinstance(block, Verbatim):
        if len(block.text) < left:
            return block, left - len(block.text)
        return (Verbatim(text=cut_text(block.text, left)) if left > 0 else None), 0
    if isinstance(block, Paragraph):
        runs, rest = _cut_runs(block.runs, left)
        return (Paragraph(runs=runs) if runs else None), rest
    items: list[Runs] = []
    for item in block.items:
        runs, left = _cut_runs(item, left)
        if runs:
            items.append(runs)
        if left <= 0:
            break
    return (block.model_copy(update={"items": tuple(items)}) if items else None), left


def _cut_runs(runs: Runs, left: int) -> tuple[Runs, int]:
    kept: list[Run] = []
    for run in runs:
        if left <= 0:
            break
        if len(run.text) >= left:
            kept.append(run.model_copy(update={"text": cut_text(run.text, left)}))
        else:
            kept.append(run)
        left -= len(run.text)
    return tuple(kept), left
