"""Which words name the failure: the plainest that anybody wrote, a subject's among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attacks import ANYTHING
from builders import NOON, a_comment, a_ticket, the_mappings
from hypothesis import given
from test_brief import LINKS, a_thread, an_assessment

from connector.core.brief import write_brief
from connector.core.brief_clause import clause
from connector.core.brief_plainness import WEIGHTS, plainness, said, signs_of

if TYPE_CHECKING:
    from connector.core.model import Case


def a_case(subject: str, *bodies: str) -> Case:
    case = a_thread(*(a_comment(body) for body in bodies))
    return case.model_copy(update={"ticket": a_ticket(id=case.ticket.id, subject=subject)})


def failure_of(case: Case) -> str:
    brief = write_brief(an_assessment(case), [case], the_mappings().brief, now=NOON, links=LINKS)
    return brief.failure


def points(text: str) -> float:
    return plainness(signs_of(text, clause(text)))


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("The invoice export stops after 200 lines", "Something is definitely broken"),
        ("The invoice export stops after 200 lines", "I have a hard issue with the application"),
        ("The invoice export stops after 200 lines", "ErrorLog /usr/local/www/log/error. log"),
        (
            "The invoice export stops after 200 lines",
            "[Thu Feb 24 17:44:48 2005] [error] [client 192.168.0.1] Attempt to serve directory",
        ),
        ("The invoice export stops after 200 lines", "Create a new export and select 200 lines"),
        ("The invoice export stops after 200 lines", "It works fine if I export 100 lines"),
        ("The invoice export stops after 200 lines", "It doesn't happen if I export 100 lines"),
    ],
)
def test_a_plain_statement_of_failure_has_more_points(plain: str, other: str) -> None:
    assert points(plain) > points(other)


def test_a_subject_names_the_failure_where_nobody_says_it_as_plainly() -> None:
    vague = "Hello, I have a hard issue with it. Something is definitely broken and I see an error."
    subject = "Invoice export stops after 200 lines"
    assert failure_of(a_case(f"URGENT: {subject}", vague)) == subject


def test_a_subject_that_says_less_than_the_report_is_not_the_failure() -> None:
    case = a_case("Problem with your product", "The invoice export stops after 200 lines.")
    assert failure_of(case) == "The invoice export stops after 200 lines"


def test_secrets_in_a_subject_do_not_reach_the_failure() -> None:
    case = a_case("Login of jane.doe@customer.example fails with error 500", "See the subject.")
    assert "jane.doe" not in failure_of(case)
    assert failure_of(case).startswith("Login of")


def test_words_that_only_say_that_something_fails_say_nothing() -> None:
    assert said("Something is definitely broken, always the same error") == 0
    assert said("The invoice export stops after 200 lines") > 2


@given(ANYTHING)
def test_every_sign_has_its_weight(text: str) -> None:
    assert signs_of(text, clause(text)).keys() <= WEIGHTS.keys()
