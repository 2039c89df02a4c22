from __future__ import annotations

import html
import re
from typing import Any

from attacks import ANYTHING, ATTACKS, holding
from hypothesis import given, settings
from hypothesis import strategies as st
from markup import INERT, elements, parsed_wiki

from connector.core import render
from connector.core.clean import clean_text
from connector.core.document import BLOCK_BEGINS, BLOCK_ENDS, Document, Items, Section, plain_run
from connector.core.render.wiki import escaped, noformat

LIVE = set("\\{}[]()*_-+^~|!?:<>\"'@")


def words(text: str) -> str:
    return " ".join(clean_text(text).split())


@given(ANYTHING, st.booleans())
def test_escaped_text_reads_back_and_holds_nothing_live(text: str, at_start: bool) -> None:  # noqa: FBT001 - drawn
    line = escaped(text, at_line_start=at_start)
    assert html.unescape(line) == words(text)
    assert not LIVE & set(line)
    assert re.sub(r"&#\d+;", "", line).count("&") == 0
    assert not (at_start and re.match(r"(?i)(h[1-6]|bq)\.", line))


@given(ANYTHING)
def test_nothing_ends_a_noformat_block_early(text: str) -> None:
    inside = noformat(text).removeprefix("{noformat}\n").removesuffix("\n{noformat}")
    assert "{noformat" not in inside.lower()
    assert "[~" not in inside
    assert inside.replace("\u200b", "") == clean_text(text)


@settings(max_examples=12, deadline=None)
@given(st.integers(min_value=700, max_value=40_000), st.sampled_from(["a", "[", "😀", "&", "\n"]))
def test_the_limit_is_kept_after_escaping_and_no_entity_is_cut(limit: int, char: str) -> None:
    text = render.wiki(holding(*[char * 2_000] * 5), limit)
    assert len(text.encode("utf-16-le")) // 2 <= limit
    assert not re.search(r"&#\d{0,5}(?![\d;])", text)


def test_a_new_brief_takes_the_old_ones_place_and_leaves_what_people_wrote() -> None:
    old, new = render.wiki(holding("old words")), holding("new words")
    edited = f"h1. Mine\r\n{old}\r\nmore of mine"
    replaced = render.in_place(edited, new, 32_000)
    assert replaced == f"h1. Mine\n{render.wiki(new)}\nmore of mine"
    assert render.in_place(replaced, new, 32_000) == replaced


def test_a_brief_that_somebody_edited_or_took_away_is_left_alone() -> None:
    old, new = render.wiki(holding("old words")), holding("new")
    lines = old.split("\n")
    assert render.in_place(old.replace("old words", "my words", 1), new, 32_000) is None
    assert render.in_place("\n".join(lines[1:]), new, 32_000) is None
    assert render.in_place("\n".join(lines[:-1]), new, 32_000) is None
    assert render.in_place(old + "\n" + old, new, 32_000) is None
    assert render.in_place("what I wrote instead", new, 32_000) is None
    assert render.in_place("", new, 32_000) is None


def test_a_brief_whose_markup_an_editor_respelled_is_still_ours() -> None:
    old = render.wiki(holding("costs 5 (net) & more"))
    respelled = old.replace("&#40;", "\\(").replace("&#41;", "\\)").replace("\n\n", "\n \n")
    assert respelled != old
    assert render.in_place(respelled, holding("new"), 32_000) == render.wiki(holding("new"))


@given(st.lists(ANYTHING, min_size=1, max_size=3))
def test_any_words_of_a_ticket_can_be_replaced_again(texts: list[str]) -> None:
    old, new = render.wiki(holding(*texts), 64_000), holding("new")
    replaced = render.in_place(f"above\n{old}\nbelow", new, 64_000)
    assert replaced == f"above\n{render.wiki(new)}\nbelow"


def test_what_people_wrote_counts_towards_the_limit() -> None:
    old, new, theirs = render.wiki(holding("old")), holding("word " * 1_000), "x" * 9_000
    replaced = render.in_place(f"{theirs}\n{old}", new, 16_000)
    assert replaced.startswith(theirs)
    assert len(replaced) <= 16_000
    assert render.in_place(f"{theirs}\n{old}", new, 9_100) is None


def test_quoted_marker_lines_do_not_end_the_block() -> None:
    quoted = render.wiki(holding(BLOCK_BEGINS, BLOCK_ENDS))
    assert render.in_place(quoted, holding("new"), 32_000) == render.wiki(holding("new"))


def said(node: Any) -> str:
    parts = []
    for element in elements(node):
        if element["t"] == "Str":
            parts.append(element["c"])
        elif element["t"] in {"Space", "SoftBreak", "LineBreak"}:
            parts.append(" ")
    return "".join(parts)


def test_an_independent_reader_finds_no_live_markup_in_any_attack() -> None:
    tree = parsed_wiki(render.wiki(holding(*ATTACKS), 400_000))
    kinds = {element["t"] for element in elements(tree["blocks"])}
    assert kinds <= INERT
    headers = [element for element in elements(tree["blocks"]) if element["t"] == "Header"]
    assert {said(header) for header in headers[1:]} == {"Quoted"}


def test_an_independent_reader_reads_every_attack_as_it_was_typed() -> None:
    items = tuple(plain_run(attack) for attack in ATTACKS)
    section = Section(key="a", title="A", blocks=(Items(items=items),))
    tree = parsed_wiki(render.wiki(Document(title="T", sections=(section,)), 400_000))
    (found,) = [one for one in elements(tree["blocks"]) if one["t"] == "BulletList"]
    told = [" ".join(said(item).split()) for item in found["c"]]
    assert told == [words(attack) for attack in ATTACKS]


@settings(max_examples=10, deadline=None)
@given(st.lists(ANYTHING, min_size=10, max_size=30))
def test_an_independent_reader_finds_arbitrary_text_inert(texts: list[str]) -> None:
    tree = parsed_wiki(render.wiki(holding(*texts), 400_000))
    assert {element["t"] for element in elements(tree["blocks"])} <= INERT
