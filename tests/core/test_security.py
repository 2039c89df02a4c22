"""The security score: what it reads, what it says, and what it was measured to be worth."""

from __future__ import annotations

import hashlib
import json
import time
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.security import THRESHOLD, cues_in, features_of, score_words, security_score
from connector.core.security_cues import GROUPS, OTHER, PLAIN_BUGS, TELLING

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = json.loads(files("connector.core").joinpath("security_weights.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("subject", "body", "sure"),
    [
        ("XSS in the comment form", "A script is executed.", True),
        ("Export is slow", "It takes minutes.", False),
        ("Question", "How do I report a vulnerability?", False),
        ("Hello", "Somebody hacked our account.", True),
        ("Frage", "Ein Kunde sieht die Rechnungen eines anderen Kunden.", True),
        ("Frage", "Ich sehe keine Rechnungen anderer Kunden.", False),
        ("Frage", "Wir sehen bei anderen Kunden das gleiche Problem.", False),
        ("Frage", "Wie kann ich Daten anderer Benutzer sehen?", False),
        ("Bonjour", "Je vois les données d'un autre client.", True),
        ("Bonjour", "Je ne vois pas les données d'un autre client.", False),
        ("Bonjour", "Comment voir les factures d'un autre compte ?", False),
        ("Hola", "Veo los datos de otro cliente.", True),
        ("Hola", "No veo los datos de otro cliente.", False),
    ],
)
def test_a_sure_sign_is_a_strong_phrase_that_is_asserted(
    subject: str, body: str, *, sure: bool
) -> None:
    assert security_score(subject, body).sure is sure


@pytest.mark.parametrize("question", ["How do I change my password?", "How do we reset 2FA?"])
def test_a_how_to_question_is_no_hint(question: str) -> None:
    assert not security_score(question, question).hint


def test_a_report_that_asks_whether_it_is_one_stays_a_hint() -> None:
    report = "The password reset link of other users stays valid, is this a vulnerability?"
    assert security_score("Password change", report).hint


def test_more_signs_give_a_higher_score_and_are_named() -> None:
    calm = score_words("Export is slow", "It takes minutes.")
    worried = score_words("Login without permission", "Password and session token are exposed.")
    assert calm.score < 0.1
    assert worried.score > THRESHOLD
    assert worried.hint
    assert {"password", "permission"} <= set(worried.cues)
    assert not calm.cues


def test_words_inside_a_name_are_read() -> None:
    subject, _ = cues_in("AccessControlException in SecureRandomFactory", "")
    assert "sandbox" in subject
    assert "cryptography" in subject


def test_plain_bugs_alone_are_never_a_hint() -> None:
    words = "NullPointerException, deadlock, out of memory, memory leak, null pointer, NPE"
    reading = score_words(words, words)
    assert reading.score > THRESHOLD
    assert not reading.hint
    assert not reading.cues


def test_features_lie_between_nought_and_one() -> None:
    text = "password xss attack " * 200
    features = features_of(cues_in(text, text))
    assert features
    assert all(0 <= value <= 1 for value in features.values())


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_score(subject: str, body: str) -> None:
    reading = score_words(subject, body)
    assert 0 <= reading.score <= 1
    assert reading == score_words(subject, body)


@pytest.mark.parametrize("hostile", ["A" * 65_000, "aB" * 32_000, "access " * 9_000, "- " * 30_000])
def test_no_text_makes_scoring_slow(hostile: str) -> None:
    begun = time.process_time()
    score_words(hostile, hostile)
    assert time.process_time() - begun < 2.0


def test_every_weight_belongs_to_a_hand_written_cue_or_group() -> None:
    names = {f"{place} {group}" for place in ("subject", "body") for group in GROUPS}
    cues = {f"cue {cue}" for cues in GROUPS.values() for cue in cues}
    assert set(SHIPPED["weights"]) <= names | cues | {"telling groups", "several groups"}
    assert all(isinstance(weight, int) for weight in SHIPPED["weights"].values())
    assert {*TELLING, *PLAIN_BUGS, *OTHER, "checks"} == set(GROUPS)


def test_the_weights_were_learned_from_the_data_at_hand(shared: Path) -> None:
    data = (shared / "data" / "extraction" / "security.jsonl").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHIPPED["data_sha256"]


def test_the_shipped_weights_rank_as_well_as_was_measured(shared: Path) -> None:
    """Every fourth report, to be quick. Seen in training: a floor against breaking, no figure."""
    with (shared / "data" / "extraction" / "security.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::4]
    scored = [(score_words(row["subject"], row["body"]).score, row["security"]) for row in rows]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
    hits, total = 0, 0.0
    for rank, (_, security) in enumerate(ranked, 1):
        hits += security
        total += hits / rank if security else 0.0
    assert total / hits > 0.62
