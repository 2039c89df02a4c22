from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.clean import CUT, clean_text, cut_text, hidden_shown, one_line

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("a\x00b\x07c\x9bd", "abcd", id="control characters"),
        pytest.param("a\tb\r\nc\rd\u2028e\x85f", "a\tb\nc\nd\ne\nf", id="line ends and tab"),
        pytest.param("pass\u200bword\ufeff", "password [U+200B]", id="zero-width inside a word"),
        pytest.param(
            "http://exa\u2060mple.com/a b", "http://example.com/a [U+2060] b", id="in a link"
        ),
        pytest.param("п\ufeffароль", "пароль [U+FEFF]", id="inside a Cyrillic word"),
        pytest.param("one\u200b two\u200b, \u200bthree", "one two, three", id="between words"),
        pytest.param(
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
            id="Persian non-joiner",
        ),
        pytest.param("\U0001f469\u200d\U0001f4bb", "\U0001f469\U0001f4bb", id="joined emoji"),
        pytest.param("photo\u202egpj.exe", "photo[U+202E]gpj.exe", id="an override is shown"),
        pytest.param("a\u202e\u202e\u202eb", "a[U+202E]b", id="a run of overrides once"),
        pytest.param("\u2066a\u2069 \u202bb\u202c", "a b", id="other bidi controls"),
        pytest.param("ok\ud800", "ok", id="a lone surrogate"),
        pytest.param("hi\U000e0041\U000e0042", "hi", id="tag characters"),
        pytest.param("e\u0301", "é", id="NFC"),
        pytest.param("x" + "\u0332" * 50 + "y", "x" + "\u0332" * 4 + "y", id="piled marks"),
    ],
)
def test_what_cannot_be_seen_does_not_survive(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(ANYTHING)
def test_cleaning_is_stable_and_leaves_no_invisible_character(raw: str) -> None:
    clean = clean_text(raw)
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    clean.encode()
    allowed = {"\n", "\t"}
    assert not [c for c in clean if unicodedata.category(c) in {"Cc", "Cs"} and c not in allowed]


@given(ANYTHING, st.integers(min_value=0, max_value=40))
def test_a_text_is_never_longer_than_its_limit_and_says_when_it_was_cut(
    raw: str, limit: int
) -> None:
    clean = clean_text(raw, limit)
    assert len(clean) <= limit
    if len(clean_text(raw)) > limit >= len(CUT):
        assert clean.endswith(CUT)


def test_five_megabytes_of_junk_cost_little() -> None:
    started = time.process_time()
    assert clean_text("\u0300\x00" * 2_500_000).endswith(CUT)
    assert time.process_time() - started < 2


def test_one_line_cuts_at_a_word() -> None:
    assert one_line("a\n b\t c") == "a b c"
    assert one_line("word " * 100, 52).endswith("word…")
    assert len(one_line("x" * 500)) == 240


def test_shown_overrides_can_be_counted() -> None:
    assert hidden_shown(clean_text("a\u202eb\u202dc")) == 2


def test_a_text_of_the_exact_limit_is_not_cut() -> None:
    assert cut_text("12345678", 8) == "12345678"
