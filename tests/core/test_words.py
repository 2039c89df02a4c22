"""Own words: no quoted reply, no signature, no template of the other side."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.words import lines_of, own_words

TOP_REPLY = """It still fails for us.

Kind regards,
Ann Example
Head of Payments, Example Ltd

On Tue, 3 Nov 2026 at 10:12, Support <help@vendor.example> wrote:
> Was any data lost?
> Please tell us if production is down.
"""


def test_a_quoted_reply_and_a_signature_are_not_own_words() -> None:
    assert own_words(TOP_REPLY) == "It still fails for us."


@pytest.mark.parametrize(
    "body",
    [
        "New text\n\n-----Original Message-----\nFrom: x\nProduction is down",
        "New text\n\nFrom: Support\nSent: Monday\nTo: Ann\n\nProduction is down",
        "New text\n> Production is down",
        "New text\n-- \nAnn\nWe never had an outage",
        "New text\nThis e-mail is confidential and for the intended recipient only.",
        "New text\nIs production down? no",
        "New text\nSecurity vulnerability: none",
    ],
)
def test_only_the_new_text_is_left(body: str) -> None:
    assert own_words(body) == "New text"


def test_a_comment_that_only_quotes_has_no_own_words() -> None:
    assert own_words("> Production is down\n> since nine") == ""


def test_a_template_of_the_other_side_is_not_own_words() -> None:
    template = "Please tell us whether production is down at your side."
    body = f"Hello\n{template}\nYes, it is"
    assert own_words(body, others=lines_of([template])) == "Hello\nYes, it is"


def test_a_short_answer_that_both_sides_gave_stays() -> None:
    assert own_words("It works", others=lines_of(["It works"])) == "It works"


def test_a_head_without_an_answer_stays() -> None:
    assert own_words("Production is down:\nall of it") == "Production is down:\nall of it"


@given(st.text(max_size=500))
def test_own_words_are_never_longer_than_the_readable_body(body: str) -> None:
    assert len(own_words(body).split("\n")) <= len(body.split("\n")) + body.count(
        "<"
    ) + 1 + body.count("{") + body.count("\r") + body.count("`")


@pytest.mark.parametrize(
    "hostile", ["> " * 32_000, "\n" * 65_000, "From: " * 10_000, "a:" * 32_000]
)
def test_no_body_makes_reading_slow(hostile: str) -> None:
    begun = time.process_time()
    own_words(hostile)
    assert time.process_time() - begun < 2.0
