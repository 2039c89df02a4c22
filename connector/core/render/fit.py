"""Trimming a document until its rendering is short enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from connector.core.clean import one_line
from connector.core.document import Document, Paragraph, Run, Section, cut_section

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

    All sections are cut to ever smaller sizes until it fits; then the important ones get back what
    they can. At last whole sections go, least important first, and are named. Title and head stay:
    ValueError when not even the title fits.
    """
    rendered = render(document)
    if size(rendered) <= limit:
        return rendered
    larger = list(document.sections)
    for most in _SIZES:
        smaller = [_shorter(section, most, document.whole) for section in larger]
        rendered = render(_with(document, smaller))
        if size(rendered) <= limit:
            return _given_back(document, larger, smaller, rendered, render, size, limit)
        larger = smaller
    gone: list[str] = []
    for section in sorted(document.sections, key=lambda section: section.keep):
        larger = [one for one in larger if one.key != section.key]
        gone.append(section.title)
        rendered = render(_named(_with(document, larger), gone))
        if size(rendered) <= limit:
            return rendered
    shortest = Document(title=one_line(document.title, 60), marked=document.marked)
    rendered = render(shortest)
    if size(rendered) > limit:
        msg = f"a limit of {limit} is too small for a document's title"
        raise ValueError(msg)
    return rendered


def _given_back(
    document: Document,
    larger: list[Section],
    smaller: list[Section],
    rendered: Rendered,
    render: Callable[[Document], Rendered],
    size: Callable[[Rendered], int],
    limit: int,
) -> Rendered:
    """The most important sections at their larger size, as far as that fits."""
    chosen = list(smaller)
    for place in sorted(range(len(larger)), key=lambda place: -larger[place].keep):
        if larger[place] is smaller[place]:
            continue
        tried = [*chosen[:place], larger[place], *chosen[place + 1 :]]
        candidate = render(_with(document, tried))
        if size(candidate) <= limit:
            chosen, rendered = tried, candidate
    return rendered


def _shorter(section: Section, most: int, whole: Run) -> Section:
    """The section cut to `most` characters; itself when it is no longer than that."""
    return cut_section(section, most, whole) if text_size(section) > most else section


def _named(document: Document, gone: list[str]) -> Document:
    """With a line that names the sections for which there was no room."""
    said = Run(text=f"No room for: {', '.join(filter(None, gone))}; see ")
    note = Paragraph(runs=(said, document.whole))
    return document.model_copy(update={"head": (*document.head, note)})


def _with(document: Document, sections: list[Section]) -> Document:
    return document.model_copy(update={"sections": tuple(sections)})


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
