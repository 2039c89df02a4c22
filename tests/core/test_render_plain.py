from __future__ import annotations

from attacks import ANYTHING, holding
from hypothesis import given
from hypothesis import strategies as st

from connector.core import render
from connector.core.document import Document, Items, Paragraph, Run, Section, Verbatim, plain_run


@given(st.lists(ANYTHING, min_size=1, max_size=3))
def test_any_text_becomes_lines_without_control_characters(texts: list[str]) -> None:
    text = render.plain(holding(*texts))
    text.encode()
    assert not [char for char in text if ord(char) < 32 and char not in "\n\t"]


def test_sections_lists_links_and_logs_are_laid_out() -> None:
    run = Run(text="ticket 1", href="https://a.example/1")
    section = Section(
        key="a",
        title="Impact",
        blocks=(
            Paragraph(
                runs=(Run(text="Who:", strong=True), Run(text=" Acme ("), run, Run(text=")"))
            ),
            Items(items=(plain_run("one two three four five six"), plain_run("b")), numbered=True),
            Verbatim(text="Error: x\n  at y"),
        ),
    )
    document = Document(title="T", sections=(section,))
    assert render.plain(document, width=24).split("\n") == [
        "T",
        "",
        "IMPACT",
        "  Who: Acme (ticket 1",
        "  <https://a.example/1>)",
        "  1. one two three four",
        "     five six",
        "  2. b",
        "  | Error: x",
        "  |   at y",
    ]
