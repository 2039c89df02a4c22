"""A brief as a document: head, then the fixed sections, each line followed by its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.core.document import (
    Document,
    Items,
    Paragraph,
    Run,
    Section,
    Verbatim,
)

if TYPE_CHECKING:
    from connector.core.brief_values import Brief, Entry, Links, Part, Said
    from connector.core.document import Block, Runs
    from connector.core.model import Source

_KEEP: Final = {
    "needed": 9,
    "impact": 8,
    "description": 7,
    "reproduction": 6,
    "communication": 4,
    "tried": 3,
    "context": 2,
}
"""What goes last when a limit is met; the lowest is cut first."""


def brief_document(brief: Brief) -> Document:
    """The whole brief, framed so that it can be found again and replaced."""
    head: tuple[Block, ...] = (
        Paragraph(runs=_label("Severity", brief.severity.value)),
        Paragraph(runs=_label("Target", brief.target.value)),
        Paragraph(runs=_label("Complete", brief.completeness)),
        Paragraph(runs=(Run(text=_about(brief)),)),
    )
    return Document(
        title=f"ESCALATION: {brief.summary}",
        whole=Run(text=f"ticket {brief.tickets[0]}", href=brief.links.ticket(brief.tickets[0])),
        head=head,
        sections=tuple(_section(part, brief.links) for part in brief.parts),
    )


def _about(brief: Brief) -> str:
    """What was done to the words below, so that nobody takes a gap for the customer's."""
    notes = ["Words in quotation marks and boxes are quoted from the tickets."]
    if brief.redacted:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(brief.redacted.items()))
        notes.append(f"Redacted: {kinds}.")
    if brief.hidden:
        notes.append(f"{brief.hidden} hidden characters are shown as [U+…].")
    if brief.left_out:
        notes.append(f"{brief.left_out} comments were not read: the thread is too long.")
    return " ".join(notes)


def _section(part: Part, links: Links) -> Section:
    blocks = tuple(block for entry in _folded(part.entries) for block in _entry(entry, links))
    return Section(key=part.key, title=part.title, blocks=blocks, keep=_KEEP.get(part.key, 5))


def _entry(entry: Entry, links: Links) -> tuple[Block, ...]:
    label: Runs = (Run(text=entry.label + ":", strong=True),) if entry.label else ()
    if entry.verbatim:
        said = entry.lines[0]
        return (Paragraph(runs=(*label, *_sources(said.sources, links))), Verbatim(text=said.text))
    lines = tuple(_line(said, links) for said in entry.lines)
    if len(lines) == 1 and not entry.numbered:
        return (Paragraph(runs=(*label, Run(text=" "), *lines[0]) if label else lines[0]),)
    head: tuple[Block, ...] = (Paragraph(runs=label),) if label else ()
    return (*head, Items(items=lines, numbered=entry.numbered))


def _folded(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What is missing in the same words on one line: `Frequency, Ruled out: unknown`."""
    gaps: dict[str, list[str]] = {}
    for entry in entries:
        if entry.missing and entry.label:
            gaps.setdefault(entry.lines[0].text, []).append(entry.label)
    told: list[Entry] = []
    for entry in entries:
        labels = gaps.get(entry.lines[0].text, []) if entry.missing and entry.label else []
        if not labels:
            told.append(entry)
        elif entry.label == labels[0]:
            told.append(entry.model_copy(update={"label": ", ".join(labels)}))
    return tuple(told)


def _label(name: str, value: str) -> Runs:
    return (Run(text=f"{name}:", strong=True), Run(text=f" {value}"))


def _line(said: Said, links: Links) -> Runs:
    return (Run(text=said.text), *_sources(said.sources, links))


def _sources(sources: tuple[Source, ...], links: Links) -> Runs:
    """` (ticket 12, comment 9; ticket 13)`, each linked to its ticket."""
    runs: list[Run] = []
    for number, source in enumerate(sources):
        comment = f", comment {source.comment_id}" if source.comment_id else ""
        runs.append(Run(text="; " if number else " ("))
        runs.append(
            Run(text=f"ticket {source.ticket_id}{comment}", href=links.ticket(source.ticket_id))
        )
    return (*runs, Run(text=")")) if runs else ()
