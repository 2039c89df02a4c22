from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.jira import adf

Json = dict[str, Any]


def text(words: str = "words", *marks: Json) -> Json:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: Json, **attrs: Any) -> Json:
    made: Json = {"type": kind}
    if attrs:
        made["attrs"] = attrs
    if content:
        made["content"] = list(content)
    return made


def doc(*content: Json) -> Json:
    return {"type": "doc", "version": 1, "content": list(content)}


PARAGRAPH = node("paragraph", text())
ITEM = node("listItem", PARAGRAPH)
BULLETS = node("bulletList", ITEM)
CODE = node("codeBlock", text("x = 1"), language="python")
HEADING = node("heading", text(), level=2)
ROW = node("tableRow", node("tableHeader", PARAGRAPH), node("tableCell", PARAGRAPH))
TABLE = node("table", ROW, layout="default")
LINK = {"type": "link", "attrs": {"href": "https://example.com"}}
STRONG = {"type": "strong"}

GOOD = {
    "empty document": doc(),
    "empty paragraph": doc(node("paragraph")),
    "hard break": doc(node("paragraph", text(), node("hardBreak"), text())),
    "marks": doc(node("paragraph", text("a", STRONG, LINK))),
    "code with link": doc(node("paragraph", text("a", {"type": "code"}, LINK))),
    "lists": doc(node("orderedList", node("listItem", PARAGRAPH, BULLETS), order=3)),
    "panel": doc(node("panel", HEADING, PARAGRAPH, BULLETS, CODE, panelType="warning")),
    "quote": doc(node("blockquote", PARAGRAPH, BULLETS)),
    "table": doc(TABLE),
    "expand": doc(node("expand", TABLE, CODE, title="Stack trace")),
    "nested expand": doc(
        node("table", node("tableRow", node("tableCell", node("nestedExpand", CODE, title="t"))))
    ),
    "status": doc(node("paragraph", node("status", text="High", color="red"))),
    "rule": doc(node("rule")),
}

BAD = {
    "a string": "text",
    "no version": {"type": "doc", "content": []},
    "version true": {"type": "doc", "version": True, "content": []},
    "extra key at the root": {**doc(), "attrs": {}},
    "empty text": doc(node("paragraph", text(""))),
    "text at the root": doc(text()),
    "unknown node": doc(node("marquee", PARAGRAPH)),
    "media": doc(node("mediaSingle", node("media", id="1", type="file", collection=""))),
    "unknown attribute": doc({**PARAGRAPH, "attrs": {"colour": "red"}}),
    "unknown key": doc({**PARAGRAPH, "style": "bold"}),
    "table in a panel": doc(node("panel", TABLE, panelType="info")),
    "quote in a panel": doc(node("panel", node("blockquote", PARAGRAPH), panelType="info")),
    "panel without a type": doc(node("panel", PARAGRAPH)),
    "panel of no known type": doc(node("panel", PARAGRAPH, panelType="danger")),
    "heading in a quote": doc(node("blockquote", HEADING)),
    "heading in a list item": doc(node("bulletList", node("listItem", HEADING))),
    "list first in a list item": doc(node("bulletList", node("listItem", BULLETS))),
    "empty list": doc(node("bulletList")),
    "paragraph straight in a list": doc(node("bulletList", PARAGRAPH)),
    "expand in a table cell": doc(
        node("table", node("tableRow", node("tableCell", node("expand", PARAGRAPH))))
    ),
    "expand in an expand": doc(node("expand", node("expand", PARAGRAPH))),
    "heading level 7": doc(node("heading", text(), level=7)),
    "heading level as text": doc(node("heading", text(), level="2")),
    "marks in code": doc(node("codeBlock", text("a", STRONG))),
    "hard break in code": doc(node("codeBlock", node("hardBreak"))),
    "code with strong": doc(node("paragraph", text("a", {"type": "code"}, STRONG))),
    "unknown mark": doc(node("paragraph", text("a", {"type": "blink"}))),
    "mark twice": doc(node("paragraph", text("a", STRONG, STRONG))),
    "link without href": doc(node("paragraph", text("a", {"type": "link", "attrs": {}}))),
    "status of no known colour": doc(node("paragraph", node("status", text="a", color="pink"))),
    "content in a rule": doc(node("rule", PARAGRAPH)),
    "content that is no list": doc({"type": "paragraph", "content": {"type": "text"}}),
    "a node that is no object": doc("text"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", GOOD)
def test_a_document_that_jira_accepts_is_accepted(name: str) -> None:
    assert adf.problem(GOOD[name]) is None


@pytest.mark.parametrize("name", BAD)
def test_a_document_that_jira_refuses_is_refused_with_its_place(name: str) -> None:
    found = adf.problem(BAD[name])
    assert found is not None
    assert found.startswith("doc")


def test_a_document_nested_without_end_is_refused() -> None:
    inner = PARAGRAPH
    for _ in range(300):
        inner = node("bulletList", node("listItem", PARAGRAPH, inner))
    assert adf.problem(doc(inner)) is not None


def _places(document: Json) -> list[Json]:
    """Every node that holds others, in documents of GOOD."""
    found = [document]
    for child in document.get("content", []):
        found += _places(child) if isinstance(child, dict) else []
    return [one for one in found if one.get("content")]


@given(
    kind=st.text(min_size=1, max_size=20).filter(lambda name: name not in adf.NODES),
    name=st.sampled_from(sorted(GOOD)),
    pick=st.integers(min_value=0, max_value=50),
    words=st.text(min_size=1),
)
def test_a_node_of_unknown_type_is_refused_wherever_it_stands(
    kind: str, name: str, pick: int, words: str
) -> None:
    document = _copy(GOOD[name])
    places = _places(document) or [document]
    places[pick % len(places)]["content"].append({"type": kind, "content": [text(words)]})
    assert adf.problem(document) is not None


@given(
    key=st.text(min_size=1, max_size=20).filter(lambda key: key != "localId"),
    value=st.none() | st.booleans() | st.integers() | st.text(),
)
def test_an_attribute_that_a_paragraph_does_not_have_is_refused(key: str, value: Any) -> None:
    assert adf.problem(doc({**PARAGRAPH, "attrs": {key: value}})) is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["type", "attrs", "content", "text", "marks", "version", "x"])
                | st.text(max_size=5),
                inner | st.sampled_from(sorted(adf.NODES)),
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_at_all_is_judged_without_failing(value: Any) -> None:
    wrapped = doc(value) if isinstance(value, dict) else value
    assert adf.problem(wrapped) is None or isinstance(adf.problem(wrapped), str)


@given(st.text(alphabet=st.characters(exclude_characters="\r")))
def test_plain_text_survives_being_made_a_document(words: str) -> None:
    made = adf.document_of(words)
    assert adf.problem(made) is None
    assert adf.plain(made) == words


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value
