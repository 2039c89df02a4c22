from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from attacks import ANYTHING, ATTACKS, holding
from hypothesis import given, settings
from hypothesis import strategies as st
from markup import ALLOWED_NODES, nodes

from connector.core import render
from connector.core.clean import clean_text
from connector.core.document import (
    BLOCK_BEGINS,
    BLOCK_ENDS,
    Document,
    Items,
    Paragraph,
    Run,
    Section,
    plain_run,
)
from connector.core.render.adf import safe_link

if TYPE_CHECKING:
    from collections.abc import Iterator


@given(st.lists(ANYTHING, min_size=1, max_size=3))
def test_any_text_becomes_plain_nodes_without_empty_text(texts: list[str]) -> None:
    root = render.adf(holding(*texts))
    json.dumps(root).encode()
    for node in nodes(root):
        assert node["type"] in ALLOWED_NODES
        assert node["type"] != "text" or node["text"]
        assert not [mark for mark in node.get("marks", ()) if mark["type"] == "link"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stands_in_text_nodes_as_it_was_typed(attack: str) -> None:
    root = render.adf(holding(attack), 200_000)
    code = [node for node in nodes(root) if node["type"] == "codeBlock"]
    assert code[0]["content"][0]["text"] == clean_text(attack)
    assert {node["type"] for node in nodes(root)} <= ALLOWED_NODES


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("https://acme.zendesk.com/agent/tickets/1", True),
        ("http://127.0.0.1:8080/agent/tickets/1", True),
        ("http://acme.zendesk.com/agent/tickets/1", False),
        ("javascript:alert(1)", False),
        ("https://a|b", False),
        ("https://a\nb", False),
        ("https://exämple.test/", False),
        ("https://[::1", False),
        ("//evil.example", False),
        (None, False),
    ],
)
def test_only_our_own_kind_of_address_becomes_a_link(href: str | None, safe: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (safe_link(href) is not None) is safe


@settings(max_examples=12, deadline=None)
@given(st.integers(min_value=900, max_value=40_000), st.sampled_from(["a", "é", "😀", '"', "\n"]))
def test_the_serialized_document_keeps_its_limit(limit: int, char: str) -> None:
    root = render.adf(holding(*[char * 2_000] * 5), limit)
    text = json.dumps(root, ensure_ascii=False, separators=(",", ":"))
    assert len(text.encode("utf-16-le")) // 2 <= limit


def test_a_cut_is_visible_and_takes_the_least_important_section_first() -> None:
    long = "word " * 2_000
    document = Document(
        title="T",
        sections=(
            Section(key="a", title="A", blocks=(Paragraph(runs=plain_run(long)),), keep=9),
            Section(key="b", title="B", blocks=(Paragraph(runs=plain_run(long)),), keep=1),
        ),
    )
    text = json.dumps(render.adf(document, 16_000), ensure_ascii=False)
    assert text.count("word ") >= 2_000
    assert "… (cut, see " in text


def test_a_limit_that_not_even_a_title_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        render.adf(holding("x"), 50)


MINE: dict[str, Any] = {"type": "paragraph", "content": [{"type": "text", "text": "my own note"}]}
UNKNOWN = {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media"}]}


def test_a_new_brief_takes_the_old_ones_place_and_leaves_what_people_wrote() -> None:
    old, new = render.adf(holding("old words")), holding("new words")
    edited = {**old, "content": [MINE, UNKNOWN, *old["content"], MINE]}
    replaced = render.in_place(edited, new, 32_000)
    assert replaced["content"] == [MINE, UNKNOWN, *render.adf(new)["content"], MINE]
    assert render.in_place(replaced, new, 32_000) == replaced


def changed_inside(old: dict[str, Any]) -> Iterator[dict[str, Any]]:
    nodes = old["content"]
    yield {**old, "content": nodes[1:]}
    yield {**old, "content": nodes[:-1]}
    yield {**old, "content": nodes * 2}
    yield {**old, "content": [nodes[-1], *nodes[1:-1], nodes[0]]}
    yield {**old, "content": [*nodes[:2], MINE, *nodes[2:]]}
    yield {**old, "content": [*nodes[:3], *nodes[4:]]}
    yield {**old, "content": [MINE]}
    yield {**old, "content": []}


def test_a_brief_that_somebody_edited_or_took_away_is_left_alone() -> None:
    for edited in changed_inside(render.adf(holding("old words"))):
        assert render.in_place(edited, holding("new"), 32_000) is None
    assert render.in_place(None, holding("new"), 32_000) is None


def test_a_brief_that_jira_stored_with_attributes_of_its_own_is_still_ours() -> None:
    old = render.adf(holding("old words"))
    kept = [{**node, "attrs": {**node.get("attrs", {}), "localId": "a"}} for node in old["content"]]
    stored = {**old, "content": kept}
    assert render.in_place(stored, holding("new"), 32_000) == render.adf(holding("new"))


def test_what_people_wrote_counts_towards_the_limit() -> None:
    old, new = render.adf(holding("old")), holding("word " * 1_000)
    theirs = [{**MINE, "content": [{"type": "text", "text": "x" * 9_000}]}]
    replaced = render.in_place({**old, "content": [*theirs, *old["content"]]}, new, 16_000)
    assert replaced["content"][0] == theirs[0]
    assert len(json.dumps(replaced, ensure_ascii=False, separators=(",", ":"))) <= 16_000
    assert "… (cut, see " in json.dumps(replaced, ensure_ascii=False)
    assert render.in_place({**old, "content": [*theirs, *old["content"]]}, new, 9_100) is None


@given(st.lists(ANYTHING, min_size=1, max_size=3), st.lists(ANYTHING, max_size=3))
def test_any_words_of_a_ticket_can_be_replaced_again(texts: list[str], beside: list[str]) -> None:
    old, new = render.adf(holding(*texts)), holding("new")
    theirs = [{"type": "heading", "content": [{"type": "text", "text": text}]} for text in beside]
    edited = {**old, "content": [*theirs, *old["content"], *theirs]}
    replaced = render.in_place(edited, new, 64_000)
    assert replaced["content"] == [*theirs, *render.adf(new)["content"], *theirs]


def test_quoted_marker_lines_do_not_end_the_block() -> None:
    quoted = render.adf(holding(BLOCK_BEGINS, BLOCK_ENDS))
    assert render.in_place(quoted, holding("new"), 32_000) == render.adf(holding("new"))


SCHEMA = Path(__file__).resolve().parents[1] / "data" / "adf-schema" / "full.json"
"""Atlassian's own, from the npm package @atlaskit/adf-schema (see the README beside it)."""


@pytest.fixture(scope="module")
def atlassian() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))


LINKED = Run(text="ticket 1", href="https://acme.zendesk.com/agent/tickets/1", strong=True)
DOCUMENTS = {
    "empty words": holding(""),
    "no title": Document(title=""),
    "a comment": Document(title="", head=(Paragraph(runs=plain_run("ref 1")),), marked=False),
    "a link and an empty list": Document(
        title="x", head=(Paragraph(runs=(LINKED,)), Items(items=()), Items(items=((),)))
    ),
    "cut to its limit": holding(*["word " * 2_000] * 5),
    "no room but for the title": holding(*["x" * 900] * 60),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_fits_atlassians_own_schema(
    atlassian: jsonschema.Draft4Validator, attack: str
) -> None:
    atlassian.validate(render.adf(holding(attack)))


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_any_kind_of_document_fits_atlassians_own_schema(
    atlassian: jsonschema.Draft4Validator, document: Document
) -> None:
    atlassian.validate(render.adf(document, 4_000))


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(ANYTHING, min_size=1, max_size=2))
def test_any_text_fits_atlassians_own_schema(
    atlassian: jsonschema.Draft4Validator, texts: list[str]
) -> None:
    atlassian.validate(render.adf(holding(*texts)))


def test_the_schema_refuses_what_jira_refuses(atlassian: jsonschema.Draft4Validator) -> None:
    root = render.adf(holding("x"))
    empty = {"type": "paragraph", "content": [{"type": "text", "text": ""}]}
    assert atlassian.is_valid(root)
    assert not atlassian.is_valid({**root, "content": [empty]})
    assert not atlassian.is_valid({**root, "content": [{"type": "script"}]})
