"""What is asserted counts; what is denied, supposed, asked or taken back does not."""

from __future__ import annotations

import time

import pytest
from builders import NOON, a_case, hours
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core import vocabulary
from connector.core.model import Customer, Passage, Source
from connector.core.signals import (
    QUOTE,
    asserted,
    hits,
    standing_words,
    taken_back_until,
    without_questions,
)
from connector.core.signals_text import lexicon, parse_phrase, sentences
from connector.core.triggers import TriggersMapping
from connector.core.triggers.base import WordsTrigger

HERE = Source(ticket_id=7)


def said(text: str) -> tuple[Passage, ...]:
    return (Passage(source=HERE, text=text, at=NOON),)


def is_asserted(text: str, phrases: tuple[str, ...], *, conditional: bool = False) -> bool:
    return bool(asserted(said(text), phrases, conditional=conditional))


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("All our records are lost since the update.", True),
        ("Our data was corrupted, not by us.", True),
        ("We did not change anything, and our data is lost.", True),
        ("I am not happy: our data is lost.", True),
        ("Not only is it slow, our data is lost.", True),
        ("It is not working, data loss everywhere.", True),
        ("No data was lost.", False),
        ("We have not lost any data.", False),
        ("Data loss did not occur.", False),
        ("Data loss can be ruled out.", False),
        ("We want to avoid data loss.", False),
        ("We cannot see any data loss.", False),
        ("There was never any data loss.", False),
        ("Data loss prevention is switched on.", False),
        ("Kein Datenverlust.", False),
        ("Wir haben Datenverlust.", True),
        ("Perte de données depuis ce matin.", True),
        ("What if our data is lost?", False),
        ("What happens if all our records are lost?", False),
        ("If we lose our data again, that would be bad.", False),
        ("Could you explain how backups protect us from data loss?", False),
        ("How do I restore data after data loss?", False),
        ("How is it possible that our data is lost?", True),
        ("Why is all our data gone?", True),
        ("For our drill we suppose that our data is lost.", False),
    ],
)
def test_data_loss_counts_only_when_it_is_said_to_be_so(text: str, *, counts: bool) -> None:
    assert is_asserted(text, vocabulary.DATA_LOSS) is counts


def test_a_threat_under_a_condition_is_a_threat() -> None:
    text = "If this goes on we will cancel our contract."
    assert is_asserted(text, vocabulary.CHURN, conditional=True)
    assert not is_asserted(text, vocabulary.CHURN)


def test_a_wrapped_line_does_not_hide_a_denial() -> None:
    assert not is_asserted("We have not\nlost any data", vocabulary.DATA_LOSS)


def test_a_new_line_that_begins_large_is_a_new_sentence() -> None:
    assert is_asserted("It is not solved\nOur data is lost", vocabulary.DATA_LOSS)


def test_a_quote_is_the_sentence_and_never_longer_than_its_limit() -> None:
    (hit,) = asserted(said("Hello. " + "x " * 300 + "data loss " + "y " * 300), ("data loss",))
    assert "data loss" in hit.quote
    assert len(hit.quote) <= QUOTE


def test_a_quote_holds_no_secret() -> None:
    (hit,) = asserted(
        said("Data loss with password=hunter2secret99 for me@acme.example"), ("data loss",)
    )
    assert "hunter2secret99" not in hit.quote
    assert "me@acme.example" not in hit.quote


def test_words_that_were_taken_back_do_not_stand() -> None:
    passages = (
        Passage(source=HERE, text="Production is down!", at=NOON - hours(2)),
        Passage(source=HERE, text="False alarm, it works again. Thanks.", at=NOON - hours(1)),
    )
    standing = standing_words(a_case(customer_words=passages))
    assert not asserted(standing, vocabulary.PRODUCTION_DOWN)


def test_what_is_said_after_taking_back_stands() -> None:
    text = "The login works again. But now the site is down."
    standing = standing_words(a_case(says=text))
    assert asserted(standing, vocabulary.PRODUCTION_DOWN)


def test_an_unverified_requester_cannot_take_anything_back() -> None:
    passages = (
        Passage(source=HERE, text="Production is down!", at=NOON - hours(2)),
        Passage(source=HERE, text="It works again now.", at=NOON - hours(1)),
    )
    stranger = Customer(key="requester:1", name="Somebody", verified=False)
    case = a_case(customer_words=passages, customer=stranger)
    assert asserted(standing_words(case), vocabulary.PRODUCTION_DOWN)


@pytest.mark.parametrize(
    "text",
    [
        "It is still not resolved.",
        "Is it fixed now?",
        "When will everything be working again?",
        "It stopped working again.",
        "We cannot wait until it is resolved.",
        "Nothing works now.",
        "If the issue is resolved, tell us.",
        "You can close the browser and it stays down.",
    ],
)
def test_these_do_not_take_anything_back(text: str) -> None:
    assert taken_back_until(text) == 0


def test_how_to_questions_are_left_out_of_a_text() -> None:
    text = "How do I reset a password? The page is blank."
    assert without_questions(text) == "The page is blank."


@pytest.mark.parametrize(
    "phrase", ["", "...", "... lost", "data ...", "a|", "a ... b ... c ... d ... e"]
)
def test_a_phrase_that_says_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|gaps|choice"):
        parse_phrase(phrase)


def test_a_phrase_may_begin_a_word_and_leave_a_gap() -> None:
    wanted = lexicon(("cancel* ... contract|plan",))
    words = sentences("We are cancelling our old contract today.")[0].words
    assert [(first, last) for _, first, last in wanted.find(words)] == [(2, 5)]


def test_a_gap_is_at_most_four_words() -> None:
    wanted = lexicon(("lost ... data",))
    near = sentences("lost one two three four data")[0].words
    far = sentences("lost one two three four five data")[0].words
    assert list(wanted.find(near))
    assert not list(wanted.find(far))


SHIPPED = sorted(
    phrase
    for trigger in TriggersMapping().triggers
    if isinstance(trigger, WordsTrigger)
    for phrase in trigger.words
)
TOO_COMMON = {"a", "all", "data", "down", "in", "is", "not", "on", "site", "the", "to", "us", "we"}


def test_no_shipped_phrase_is_a_single_common_word() -> None:
    alone = {word for phrase in SHIPPED if " " not in phrase for word in phrase.split("|")}
    assert not alone & TOO_COMMON


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    for hit in hits(said(text), vocabulary.DATA_LOSS + vocabulary.CHURN):
        assert hit.quote
    spans = [(sentence.start, sentence.end) for sentence in sentences(text)]
    assert spans == sorted(spans)
    assert all(end <= len(text) for _, end in spans)


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["data", "is", "not", "lost", "if", "how", "do", "we", ",", "?"]),
        max_size=12,
    )
)
def test_the_same_words_are_always_meant_the_same(words: list[str]) -> None:
    text = " ".join(words)
    assert asserted(said(text), vocabulary.DATA_LOSS) == asserted(said(text), vocabulary.DATA_LOSS)


@pytest.mark.parametrize(
    "hostile",
    [
        "data " * 13_000,
        "not " * 16_000,
        "a" * 65_000,
        "." * 65_000,
        "lost\n" * 13_000,
        "| " * 32_000,
        "how do we " * 6_500,
        "data lost " * 6_500,
        "no data lost " * 5_000,
    ],
    ids=["data", "not", "one word", "dots", "lines", "bars", "questions", "hits", "denials"],
)
def test_no_text_makes_listening_slow(hostile: str) -> None:
    begun = time.process_time()
    asserted(said(hostile), vocabulary.DATA_LOSS + vocabulary.SECURITY_BREACH)
    taken_back_until(hostile)
    assert time.process_time() - begun < 3.0
