"""Plain text for terminals and internal notes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from connector.core.clean import clean_text
from connector.core.document import Items, Paragraph, Verbatim
from connector.core.render.fit import code_units, fit

if TYPE_CHECKING:
    from connector.core.document import Block, Document, Runs


def plain(document: Document, width: int = 80, limit: int | None = None) -> str:
    """The document as wrapped lines of at most `limit` characters in all; headings in capitals, our
    markers left out. An address is shown where it is first needed, since no line can hide it.
    """
    if limit is None:
        return _whole(document, width)
    return fit(document, lambda shorter: _whole(shorter, width), code_units, limit)


def _whole(document: Document, width: int) -> str:
    document = _addresses_once(document)
    lines = _wrapped(document.title, width) if document.title else []
    for block in document.head:
        lines += _block(block, width, indent="")
    for section in document.sections:
        lines += ["", section.title.upper()] if section.title else [""]
        for block in section.blocks:
            lines += _block(block, width, indent="  ")
    return "\n".join(lines).strip("\n")


def _addresses_once(document: Document) -> Document:
    """Without the links whose address stands further up already."""
    seen = set[str]()

    def once(runs: Runs) -> Runs:
        kept = []
        for run in runs:
            again = run.href is not None and run.href in seen
            kept.append(run.model_copy(update={"href": None}) if again else run)
            seen.update({run.href} if run.href else ())
        return tuple(kept)

    def changed(block: Block) -> Block:
        if isinstance(block, Paragraph):
            return block.model_copy(update={"runs": once(block.runs)})
        if isinstance(block, Items):
            return block.model_copy(update={"items": tuple(once(item) for item in block.items)})
        return block

    head = tuple(changed(block) for block in document.head)
    sections = tuple(
        section.model_copy(update={"blocks": tuple(changed(block) for block in section.blocks)})
        for section in document.sections
    )
    return document.model_copy(update={"head": head, "sections": sections})


def _block(block: Block, width: int, indent: str) -> list[str]:
    if isinstance(block, Verbatim):
        return [f"{indent}| {line}".rstrip() for line in clean_text(block.text).split("\n")]
    if isinstance(block, Paragraph):
        return _wrapped(_line(block.runs), width, first=indent, rest=indent)
    return _list(block, width, indent)


def _list(block: Items, width: int, indent: str) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(block.items, 1):
        bullet = f"{number}. " if block.numbered else "- "
        rest = indent + " " * len(bullet)
        lines += _wrapped(_line(item), width, first=indent + bullet, rest=rest)
    return lines


def _line(runs: Runs) -> str:
    return "".join(
        f"{run.text} <{run.href}>" if run.href and run.href != run.text else run.text
        for run in runs
    )


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    words = " ".join(clean_text(text).split())
    return textwrap.wrap(
        words,
        max(width, 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
