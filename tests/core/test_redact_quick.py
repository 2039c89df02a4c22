"""The quick look before each pattern never hides anything from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core import redact as module
from connector.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable

DETECTORS = [*module._SECRETS, *module._PERSONAL]
NAMES = re.findall(r"[a-z][a-z ]+[a-z]", module._NAMES_OF_SECRETS + "|" + module._NAMES_OF_TOKENS)
PIECES = st.sampled_from(
    [
        *["Authorization: Basic dXNlcjpwYXNz", "Bearer abcdefghijklmnop1234", "Cookie: sid=abc1"],
        *["https://hooks.slack.com/services/T000/B000/XXXXXXXXXXXX", "ftp://me:geheim99@host"],
        *["curl -u me:hunter22", "--password=hunter22x", "--token abc12345", "password: hunter22"],
        *["API_KEY=a1b2c3d4e5f6", "session id: 12345678", "otp 123456", "cvv: 123", "code: 445566"],
        *["?sig=abcdefghijklmnopqrstu", "&code=abcdefghijklmnopq1", "ada@example.com"],
        *["+44 20 7946 0123"],
        *["Tel. 020 7946 0123", "Handy: 0170 1234567", "mobile 0170 1234567", "fax 0301234567"],
        *["4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "(020) 7946-0123", "a word"],
        *(f"{name} = hunter22x1" for name in NAMES),
    ]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=4).map("\n".join), st.sampled_from([str, str.upper]))
def test_a_text_is_redacted_alike_with_and_without_the_quick_look(
    text: str, case: Callable[[str], str]
) -> None:
    written = case(text)
    slow = redact(f"{written}\n\N{SNOWMAN}").text
    assert redact(written).text == slow.removesuffix("\n\N{SNOWMAN}")


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: f"{one.kind} {one.needs}")
def test_what_a_detector_needs_is_written_in_lower_case(detector: module._Detector) -> None:
    assert all(word == word.lower() and word for word in detector.needs)
