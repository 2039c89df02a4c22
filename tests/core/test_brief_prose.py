"""The one-line summary: what fails, where and how far, in somebody's own words, shortened."""

from __future__ import annotations

import pytest
from attacks import ANYTHING
from builders import NOON, a_comment, a_note, the_mappings
from hypothesis import given
from test_brief import LINKS, a_thread, an_assessment, an_impact

from connector.core import render
from connector.core.brief import Brief, brief_document, write_brief
from connector.core.brief_clause import CLAUSE_LIMIT, clause
from connector.core.model import Case, Finding, Source, Target


@pytest.mark.parametrize(
    ("sentence", "shortened"),
    [
        ("Something is definitely broken here.", "Something is definitely broken here"),
        ("So the export is empty.", "The export is empty"),
        (
            "Hi there, unfortunately the import (one CSV, 14,200 rows) has been stuck at 61 %.",
            "The import has been stuck at 61 %",
        ),
        (
            "org.example.Reader throws NullPointerException on every start.",
            "org.example.Reader throws NullPointerException on every start",
        ),
        (
            "A client sent the note back: VAT is listed twice on the PDF.",
            "VAT is listed twice on the PDF",
        ),
        (
            "Two people didn't get it, so that's two visits gone this morning.",
            "Two people didn't get it",
        ),
        (
            "When somebody opens the third page of the long report that our branch shares with "  # noqa: ISC004
            "all others, the browser shows an empty page instead of the figures.",
            "The browser shows an empty page instead of the figures",
        ),
        ('"The page is gone', "The page is gone"),
        ("The export gives EXP-5031 here as well.", "The export gives EXP-5031"),
    ],
)
def test_a_sentence_is_cut_to_the_clause_that_says_what_fails(
    sentence: str, shortened: str
) -> None:
    assert clause(sentence) == shortened


@given(ANYTHING)
def test_a_clause_is_one_line_within_its_limit(text: str) -> None:
    short = clause(text * 5)
    assert len(short) <= CLAUSE_LIMIT
    assert "\n" not in short


def brief_of(*cases: Case, target: Target = Target.ENGINEERING, **changes: object) -> Brief:
    return write_brief(
        an_assessment(*cases, target=target, **changes),
        cases,
        the_mappings().brief,
        now=NOON,
        links=LINKS,
    )


def test_a_code_that_most_reports_name_stands_in_the_summary_however_they_are_worded() -> None:
    cases = (
        a_thread(a_comment("The export could not be written. It says EXP-5031."), id=1),
        a_thread(a_comment("No file arrives.\nError: EXP-5031"), id=2, name="B"),
        a_thread(a_comment("The export fails here as well, see UTF-8, HTML-40."), id=3),
    )
    assert "[EXP-5031" in brief_of(*cases).summary
    assert "EXP-5031" not in brief_of(cases[0], *cases[2:]).summary.partition("[")[2]
    invoice = a_thread(a_comment("The PDF of credit note CN-2026-0148 shows the VAT twice."))
    assert "[" not in brief_of(invoice).summary
    assert "[" not in brief_of(cases[2]).summary, "names of standards are no codes of the product"


def test_a_code_that_the_failure_names_already_is_not_said_twice() -> None:
    summary = brief_of(a_thread(a_comment("The export gives EXP-5031 here as well."))).summary
    assert summary.count("EXP-5031") == 1


def test_of_several_reports_the_one_that_says_what_all_have_in_common_names_the_issue() -> None:
    cases = (
        a_thread(a_comment("Two guests did not turn up today. The reminder mail came late."), id=1),
        a_thread(a_comment("Our booking reminder mails arrive hours too late."), id=2, name="B"),
        a_thread(
            a_comment("The printer is broken. Reminder mails arrive late too."), id=3, name="C"
        ),
    )
    assert brief_of(*cases).summary.startswith(
        "Our booking reminder mails arrive hours too late: 3"
    )


def test_what_support_says_of_the_ticket_is_not_the_failure() -> None:
    case = a_thread(
        a_comment("The import hangs at 61 %."),
        a_note("Not yet answered, nothing for us to do here, wrong group."),
    )
    brief = brief_of(case)
    assert brief.failure == "The import hangs at 61 %"
    what = brief.entry("description", "what")
    assert what is not None
    assert "Not yet answered" not in "".join(said.text for said in what.lines)


def test_leadership_reads_what_is_at_stake_for_the_business() -> None:
    case = a_thread(a_comment("I am writing to you myself. As things stand we will not renew."))
    churn = Finding(
        kind="customer-at-risk",
        category="business",
        because="the customer says “As things stand we will not renew.” (ticket 1)",
        sources=(Source(ticket_id=1, comment_id=101),),
    )
    brief = brief_of(
        case,
        target=Target.LEADERSHIP,
        findings=(churn,),
        impact=an_impact(arr_at_risk=240_000.0),
    )
    assert brief.summary == (
        "Customer may leave: “As things stand we will not renew” [240,000 ARR at risk]: "
        "1 customer (Acme)"
    )


def test_security_is_named_in_our_words_only() -> None:
    case = a_thread(a_comment("I can open the invoices of Globex with their bank details."))
    breach = Finding(kind="security-breach", category="impact", because="exposure is reported")
    brief = brief_of(case, target=Target.SECURITY, findings=(breach,))
    assert brief.summary == "Possible exposure or unauthorized access: 1 customer (Acme)"


def test_what_is_missing_in_the_same_words_stands_on_one_line() -> None:
    text = render.plain(brief_document(brief_of(a_thread(a_comment("The export is empty.")))), 200)
    assert (
        "  Steps, Expected, Environment, Errors and logs: missing; asked for in the ticket" in text
    )
    assert "  Frequency, Ruled out: unknown" in text


def test_plain_text_shows_an_address_once() -> None:
    text = render.plain(brief_document(brief_of(a_thread(a_comment("The export is empty.")))))
    assert text.count("https://acme.zendesk.com/agent/tickets/1") == 1
    assert text.count("ticket 1, comment 101") > 1


def test_a_line_of_code_is_nobodys_expectation() -> None:
    case = a_thread(a_comment("It fails.\n\nExpected result:\n*)$ http://backend/$2 [NC,P]\n"))
    expected = brief_of(case).entry("reproduction", "expected")
    assert expected is not None
    assert expected.missing


@pytest.fixture(scope="module")
def a_long_brief() -> Brief:
    lines = "\n".join(f"Error: step {number} of the export failed badly." for number in range(200))
    first = a_thread(a_comment(lines), id=1)
    more = (a_thread(a_comment("It fails."), id=number) for number in range(2, 60))
    return brief_of(first, *more)


def test_what_is_cut_for_length_links_to_the_ticket_that_holds_it(a_long_brief: Brief) -> None:
    root = render.adf(brief_document(a_long_brief), 6_000)
    cut = [node for node in root["content"] if "(cut, see" in str(node)]
    assert cut
    marks = [mark for node in cut for part in node["content"] for mark in part.get("marks", ())]
    assert {mark["attrs"]["href"] for mark in marks} == {"https://acme.zendesk.com/agent/tickets/1"}


def test_sections_without_room_are_named(a_long_brief: Brief) -> None:
    text = render.wiki(brief_document(a_long_brief), 1_300)
    assert len(text) <= 1_300
    assert "No room for" in text
    assert "Supporting context" in text


def test_a_note_keeps_its_limit_and_says_what_was_cut(a_long_brief: Brief) -> None:
    text = render.plain(brief_document(a_long_brief), limit=3_000)
    assert len(text) <= 3_000
    assert "(cut, see" in text


def test_a_list_that_was_cut_says_by_how_much(a_long_brief: Brief) -> None:
    tickets = a_long_brief.entry("context", "tickets")
    assert tickets is not None
    assert tickets.lines[-1].text == "and 9 more"
