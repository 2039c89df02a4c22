from __future__ import annotations

import re
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from attacks import ANYTHING
from hypothesis import given
from hypothesis import strategies as st

from connector.core import (
    brief_prose,
    brief_reproduction,
    clean,
    redact,
)
from connector.core.extraction import (
    cues,
    environment,
    errors,
    grammar,
    headings,
    own_words,
    phrases,
    read,
    sentences,
    shapes,
)
from connector.core.extraction.attempts import attempts_of
from connector.core.extraction.environment import environment_of
from connector.core.extraction.errors import errors_of, signature_of
from connector.core.extraction.headings import heading_of
from connector.core.extraction.own_words import own_text
from connector.core.extraction.reader import read_report
from connector.core.extraction.sentences import pieces
from connector.core.render import wiki

if TYPE_CHECKING:
    from types import ModuleType

REPORT = """When I export the invoices, the app crashes with a white screen.

Steps to reproduce:
1. Open Invoices
2. Click Export
3. Choose CSV

Expected result:
A file is downloaded.

Actual result:
The page stays blank.

Environment: Chrome 120 on Windows 11
Version 4.2.1

```
TypeError: Cannot read properties of undefined (reading 'rows')
    at exportRows (invoices.js:120:11)
    at onClick (button.js:8:3)
```
"""


def labelled(text: str, label: str) -> list[str]:
    return [one.piece.text for one in read(text) if label in one.labels]


@given(st.lists(ANYTHING, max_size=6).map("\n".join))
def test_pieces_are_slices_of_the_text_in_order(text: str) -> None:
    found = pieces(text)
    assert all(text[one.start : one.end] == one.text and one.text.strip() for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It fails. Then it works.", ["It fails.", "Then it works."]),
        ("Use e.g. Chrome. It fails.", ["Use e.g. Chrome.", "It fails."]),
        ("It fails with 4.2.1. Why?", ["It fails with 4.2.1.", "Why?"]),
        ("1. Open it\n2. Close it", ["1. Open it", "2. Close it"]),
        ("- one\n- two", ["- one", "- two"]),
        (
            "A long line that is wrapped by the mail program at about\nseventy columns.",
            ["A long line that is wrapped by the mail program at about\nseventy columns."],
        ),
        ('It said "gone." Then it stopped.', ['It said "gone."', "Then it stopped."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, cut: list[str]) -> None:
    assert [one.text for one in pieces(text)] == cut


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("## Expected behavior", "EB"),
        ("*Actual Results:*", "OB"),
        ("h3. Steps to Reproduce", "S2R"),
        ("Expected: a file is downloaded", "EB"),
        ("Umgebung:", "ENV"),
        ("**Describe the bug**", "OB"),
        ("Stack trace:", "ERR"),
        ("What I have tried:", "tried"),
        ("### Something of our own", "other"),
        ("The expected result never came.", None),
        ("=====", None),
        ("**Describe the results you expected:**", "EB"),
        ("1. Steps to reproduce:", "S2R"),
        ("2) Expected result - a file", "EB"),
        ("Go version (client): go1.4.2", "ENV"),
        ("Actual (on 4.2):", "OB"),
        ("### What happened?", "OB"),
        ("### Relevant log output", "ERR"),
        ("Étapes pour reproduire :", "S2R"),
        ("Résultat attendu :", "EB"),
        ("Comportamiento actual:", "OB"),
        ("Pasos para reproducir:", "S2R"),
        ("Soll-Verhalten:", "EB"),
        ("Ist-Zustand:", "OB"),
        ("Passos para reproduzir:", "S2R"),
    ],
)
def test_headings_are_known_in_their_usual_dress(text: str, section: str | None) -> None:
    found = heading_of(text)
    assert (found.section if found else None) == section


def test_a_tidy_report_is_read_as_it_is_written() -> None:
    assert "1. Open Invoices" in labelled(REPORT, "S2R")
    assert "3. Choose CSV" in labelled(REPORT, "S2R")
    assert "A file is downloaded." in labelled(REPORT, "EB")
    assert "The page stays blank." in labelled(REPORT, "OB")
    assert any("crashes with a white screen" in text for text in labelled(REPORT, "OB"))
    assert any("4.2.1" in text for text in labelled(REPORT, "ENV"))
    assert any(text.startswith("TypeError") for text in labelled(REPORT, "ERR"))


def test_a_german_report_is_read_by_its_headings() -> None:
    text = (
        "Erwartetes Verhalten:\nDie Datei wird geladen.\n\n"
        "Tatsächliches Ergebnis:\nEs passiert nichts."
    )
    assert "Die Datei wird geladen." in labelled(text, "EB")
    assert "Es passiert nichts." in labelled(text, "OB")


def test_a_title_is_read_without_the_sections_of_the_body() -> None:
    readings = read_report("Steps", "Open it.")
    assert [one.piece.section for one in readings] == ["", ""]


def test_each_finding_says_why() -> None:
    found = next(one for one in read(REPORT) if one.piece.text == "A file is downloaded.")
    assert "under a heading EB" in found.cues
    assert "section EB" in found.cues


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("We are on Windows 11 Pro", "OS", "Windows 11 Pro"),
        ("macOS Sonoma 14.2.1 here", "OS", "macOS Sonoma 14.2.1"),
        ("seen with Ubuntu 22.04", "OS", "Ubuntu 22.04"),
        ("Google Chrome 120.0.6099.130", "browser", "Google Chrome 120.0.6099.130"),
        ("in Safari version 17.1 only", "browser", "Safari version 17.1"),
        ("iPhone 15 Pro", "device", "iPhone 15 Pro"),
        ("the app version is 4.2.1-beta2", "version", "4.2.1-beta2"),
        ("since we upgraded to 5.0.3", "version", "5.0.3"),
        ("PHP 8.1.2 and so on", "PHP", "8.1.2"),
        ("they have the Enterprise plan", "plan", "Enterprise plan"),
        ("Browser: Vivaldi snapshot", "browser", "Vivaldi snapshot"),
        ("- OS: [Windows 10]", "OS", "Windows 10"),
        ("feature flag new_editor", "flag", "feature flag new_editor"),
    ],
)
def test_the_environment_is_found_by_exact_patterns(text: str, name: str, value: str) -> None:
    assert (name, value) in [(one.name, one.value) for one in environment_of(read(text))]


@pytest.mark.parametrize(
    "text",
    [
        "It takes 4.5 seconds to load",
        "We lost 20.5 % of the orders",
        "Call me on 10.30",
        "There is an edge case",
        "Open the windows and look",
    ],
)
def test_what_only_looks_like_a_version_or_system_is_left_alone(text: str) -> None:
    assert list(environment_of(read(text))) == []


def test_a_trace_is_kept_as_it_was_pasted_in_one_piece() -> None:
    (error,) = errors_of(read(REPORT))
    assert error.text.startswith("TypeError: Cannot read properties")
    assert error.text.endswith("at onClick (button.js:8:3)")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'We get the error "Payment could not be captured" at once.',
            "Payment could not be captured",
        ),
        ("The import ends in a 502 Bad Gateway after a minute.", "502 Bad Gateway"),
        (
            "java.lang.NullPointerException\n\tat com.a.B.c(B.java:1)",
            "java.lang.NullPointerException",
        ),
        ("2026-01-02 10:00:00 ERROR worker died", "2026-01-02 10:00:00 ERROR worker died"),
    ],
)
def test_errors_are_found_in_sentences_and_logs(text: str, error: str) -> None:
    assert any(error in found.text for found in errors_of(read(text)))


def test_two_occurrences_of_an_error_have_one_signature() -> None:
    first = "Error: row 17 of 'a.csv' failed (id 0x7f3a)\n    at load (x.js:1:2)"
    second = "Error: row 912 of 'b.csv' failed (id 0x99fe)\n    at load (x.js:7:9)"
    assert signature_of(first) == signature_of(second)
    assert signature_of(first) != signature_of(first.replace("load", "save"))


def test_own_words_keep_headings_and_indentation_and_lose_mail_around_them() -> None:
    body = (
        "Hello team,\n\nSteps to reproduce:\n1. Open it\n   - with care\n\n"
        "Best regards,\nJane Doe\nAcme Inc.\n\n"
        "On Mon, 5 Jan 2026, Support wrote:\n> Could you send us the log?\n"
    )
    own = own_text(body)
    assert own == "Steps to reproduce:\n1. Open it\n   - with care"


@given(ANYTHING)
def test_own_words_never_fail(text: str) -> None:
    own_text(text)
    read(text)


MODULES: tuple[ModuleType, ...] = (
    *(brief_reproduction, brief_prose, clean, redact, sys.modules[wiki.__module__]),
    *(cues, environment, errors, grammar, headings, own_words, phrases, sentences, shapes),
)


def compiled(value: object) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, tuple | list):
        return [found for part in value for found in compiled(part)]
    return []


PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name} {number}": pattern
    for module in MODULES
    for name, value in vars(module).items()
    for number, pattern in enumerate(compiled(value))
}
ANCHORED = {one.pattern for one in grammar.GRAMMARS if one.anchored}
"""These are never searched for: they are held against the beginning of a line."""
WORST = ("a", " ", "1.", "a ", "a.b.", "we tried ", "error: ", "at a.b(")
PIECES = (
    *(
        "a",
        " ",
        "\t",
        "\n",
        "1",
        ".",
        "-",
        "a ",
        "a.",
        "1.",
        "a.b.",
        "A1",
        "at a.b(",
        '"',
        "'",
        "<",
    ),
    *("the ", "not ", "we tried ", "since the ", "all of our ", "by the ", "error ", "error: "),
    *("password: ", "+1 ", "4111 ", "eyJa.", "a@", "://", "version ", "Windows ", "1 of ", "[a] "),
    *("need this ", "works ", "a_b ", "=", "{", "```", "# ", "12:34 ", "Mon ", "é", "😀"),
)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_no_pattern_backtracks_on_hostile_text(pattern: re.Pattern[str]) -> None:
    ways = (pattern.match,) if pattern in ANCHORED else (pattern.search, pattern.match)
    for piece in WORST:
        text = (piece * 65_536)[:65_536]
        started = time.process_time()
        for way in ways:
            way(text)
        assert time.process_time() - started < 0.5, repr(piece)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_report_of_64_kib_is_read_in_bounded_time(piece: str) -> None:
    text = (piece * 65_536)[:65_536]
    started = time.process_time()
    readings = read(own_text(text))
    list(environment_of(readings))
    list(errors_of(readings))
    list(attempts_of(readings))
    assert time.process_time() - started < 3
