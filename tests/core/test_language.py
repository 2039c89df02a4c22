"""The language of a report, by its smallest words."""

from __future__ import annotations

import pytest

from connector.core.language import language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We have not been able to log in since the update, please help.", "en"),
        ("Wir können uns seit dem Update nicht mehr anmelden, bitte helfen Sie.", "de"),
        ("Depuis la mise à jour nous ne pouvons pas nous connecter avec notre compte.", "fr"),
        ("Desde la actualización no se puede entrar en nuestro sistema con una cuenta.", "es"),
        ("Sinds de update kan ik niet meer inloggen met een van onze accounts.", "nl"),
    ],
)
def test_a_sentence_shows_its_language(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "Export", "NullPointerException at com.example.Main"])
def test_too_little_text_has_no_language(text: str) -> None:
    assert language_of(text) is None
