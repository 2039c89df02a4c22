"""Trimming a document until its rendering is short enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from connector.core.clean import one_line
from connector.core.document import Document, Section, cut_section

if TYPE_CHECKING:
    from collections.abc import Callable

Rendered = TypeVar("Rendered")

_SIZES = (8_000, 4_000, 2_000, 1_000, 500, 200, 60)


def code_units(text: str) -> int:
    """The length as Jira counts it: UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def fit(
    document: Document,
    render: Callable[[Document], Rendered],
    size: Callable[[Rendered], int],
    limit: int,
) -> Rendered:
    """The rendering of as much of the document as fits into `limit`.

    Section by section, least important first, text is cut to ever smaller sizes; at last whole
    sections go. The title and the head stay: ValueError when even they do not fit.
    """
    rendered = render(document)
    if size(rendered) <= limit:
        return rendered
    sections = {section.key: section for section in document.sections}
    order = sorted(document.sections, key=lambda section: section.keep)
    for most in _SIZES:
        for section in order:
            smaller = _shorter(section, most)
            if smaller is None:
                continue
            sections[section.key] = smaller
            rendered = render(_with(document, sections))
            if size(rendered) <= limit:
                return rendered
    for section in order:
        del sections[section.key]
        rendered = render(_with(document, sections))
        if size(rendered) <= limit:
            return rendered
    bare = Document(title=one_line(document.title, 60), marked=document.marked)
    rendered = render(bare)
    if size(rendered) > limit:
        msg = f"a limit of {limit} is too small for a document's title"
        raise ValueError(msg)
    return rendered


def _shorter(section: Section, most: int) -> Section | None:
    """The section cut to `most` characters, or None when it is no longer than that."""
    return cut_section(section, most) if text_size(section) > most else None


def _with(document: Document, sections: dict[str, Section]) -> Document:
    return document.model_copy(update={"sections": tuple(sections.values())})


def text_size(section: Section) -> int:
    """How many characters of text a section holds, before rendering."""
    total = 0
    for block in section.blocks:
        if block.kind == "verbatim":
            total += len(block.text)
        elif block.kind == "paragraph":
            total += sum(len(run.text) for run in block.runs)
        else:
            total += sum(len(run.text) for item in block.items for run in item)
    return total
