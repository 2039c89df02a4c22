"""What was learned is found again by what it has in common with a text."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.core.lessons import Lesson, alike, rank, words_of
from connector.core.model import Severity, State, Target


def a_lesson(number: int, summary: str, **parts: Any) -> Lesson:
    given: dict[str, Any] = {
        "target": Target.ENGINEERING,
        "severity": Severity.HIGH,
        "state": State.CONFIRMED,
    }
    return Lesson(id=f"e-{number}", summary=summary, **given | parts)


EXPORT = a_lesson(1, "Export to PDF stops at 80 percent", root_cause="an old schema")
LOGIN = a_lesson(2, "Sign-in with Okta ends in an error", workaround="sign in by mail")
IMPORT = a_lesson(3, "The import of price lists hangs", root_cause="a lock in the schema")
ALL = (EXPORT, LOGIN, IMPORT)


def test_a_search_finds_by_any_part_and_in_any_case() -> None:
    assert rank("OKTA", ALL) == (LOGIN,)
    assert rank("sign mail", ALL) == (LOGIN,)
    assert rank("schema", ALL) == (EXPORT, IMPORT)


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    assert rank("schema lock", ALL)[0] == IMPORT


def test_what_shares_nothing_is_not_found() -> None:
    assert rank("invoice", ALL) == ()
    assert rank("", ALL) == ()


def test_a_report_is_like_a_lesson_only_with_much_in_common() -> None:
    report = "Since today our export to PDF stops at 80 percent and no file arrives."
    assert alike(report, ALL) == (EXPORT,)
    assert alike("The export of the list stops.", ALL) == ()


def test_times_that_are_not_known_are_not_told() -> None:
    lesson = EXPORT.model_copy(update={"minutes_to_end": 90})
    assert [what for what, _ in lesson.times] == ["ended after"]


@given(st.text(max_size=400))
def test_any_text_can_be_searched_for(text: str) -> None:
    found = rank(text, ALL)
    assert set(found) <= set(ALL)
    assert not found or words_of(text)
