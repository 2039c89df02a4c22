from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attacks import ANYTHING, ATTACKS
from builders import (
    NOON,
    a_case,
    a_comment,
    a_note,
    a_reply,
    a_ticket,
    an_organization,
    days,
    hours,
    the_mappings,
)
from hypothesis import given, settings

from connector.core import notes, render
from connector.core.brief import (
    Brief,
    Links,
    brief_document,
    brief_property,
    changes_between,
    missing_request,
    need_for,
    write_brief,
)
from connector.core.cadence import BusinessHours
from connector.core.model import (
    Ask,
    Assessment,
    Case,
    Comment,
    Dimension,
    Finding,
    Impact,
    Need,
    Severity,
    SlaStatus,
    Target,
    Thread,
)

LINKS = Links(desk_url="https://acme.zendesk.com")
REPORT = """Exporting an invoice list ends in a blank page with "500 Internal Server Error".

Steps to reproduce:
1. Open Invoices
2. Click Export
3. Choose CSV

Expected result:
A CSV file is downloaded.

It happens every time since the update to 4.2.1. We use Chrome 120 on Windows 11.
None of our 40 agents can send invoices. We need this fixed by Friday.
"""
TRIED = "I cleared the cache but it still fails."
UNKNOWN = Dimension(text="unknown", known=False)


def a_thread(*comments: Comment, id: int = 1, name: str = "Acme") -> Case:  # noqa: A002 - the field's own name
    said = tuple(
        comment.model_copy(update={"ticket_id": id, "id": id * 100 + number})
        for number, comment in enumerate(comments, 1)
    )
    ticket = a_ticket(
        id, subject="URGENT!! please help", organization=an_organization(id, name=name), age=days(2)
    )
    return a_case(ticket=ticket, thread=Thread(ticket_id=id, comments=said))


def a_whole_thread() -> Case:
    return a_thread(
        a_comment(REPORT, age=hours(20)),
        a_reply("We will get back to you by tomorrow noon.", age=hours(10)),
        a_comment(TRIED, age=hours(5)),
    )


def an_impact(**changes: Any) -> Impact:
    values: dict[str, Any] = dict.fromkeys(
        ("breadth", "depth", "duration", "revenue", "reputation", "contractual"), UNKNOWN
    )
    return Impact(**{**values, **changes})


def an_assessment(*cases: Case, **changes: Any) -> Assessment:
    values: dict[str, Any] = {
        "now": NOON,
        "tickets": tuple(case.ticket.id for case in cases),
        "verdict": "escalate",
        "because": "a confirmed bug",
        "severity": Severity.HIGH,
        "target": Target.ENGINEERING,
        "impact": an_impact(),
    }
    return Assessment(**{**values, **changes})


def a_brief(*cases: Case, need: Need | None = None, **changes: Any) -> Brief:
    chosen = cases or (a_whole_thread(),)
    mappings = the_mappings()
    return write_brief(
        an_assessment(*chosen, **changes),
        chosen,
        mappings.brief,
        now=NOON,
        links=LINKS,
        need=need,
        hours=mappings.cadence.business_hours,
    )


def told(brief: Brief, part: str, key: str) -> str:
    entry = brief.entry(part, key)
    assert entry is not None
    return "\n".join(said.text for said in entry.lines)


def test_sections_and_their_order_are_fixed() -> None:
    assert [part.title.upper() for part in a_brief().parts] == [
        "IMPACT",
        "ISSUE DESCRIPTION",
        "REPRODUCTION STEPS",
        "WHAT'S BEEN TRIED",
        "CUSTOMER COMMUNICATION",
        "WHAT'S NEEDED",
        "SUPPORTING CONTEXT",
    ]


def test_a_whole_thread_makes_a_whole_brief() -> None:
    brief = a_brief()
    assert brief.completeness == "7 of 7"
    assert missing_request(brief) is None
    assert told(brief, "reproduction", "steps").split("\n") == [
        "Open Invoices",
        "Click Export",
        "Choose CSV",
    ]
    assert told(brief, "reproduction", "expected") == "“A CSV file is downloaded.”"
    assert "every time" in told(brief, "reproduction", "frequency")
    assert "version: 4.2.1" in told(brief, "reproduction", "environment")
    assert "500 Internal Server Error" in told(brief, "reproduction", "errors-0")
    assert told(brief, "tried", "tried") == "I cleared the cache → it still fails."
    assert "40 agents" in told(brief, "impact", "workflow")
    assert "by Friday" in told(brief, "communication", "expects")
    assert "by tomorrow noon" in told(brief, "communication", "promised")


def test_every_quoted_line_carries_its_ticket_and_comment() -> None:
    brief = a_brief()
    quoted = [
        said
        for part in brief.parts
        for entry in part.entries
        for number, said in enumerate(entry.lines)
        if said.quoted and not (entry.numbered and number)
    ]
    assert len(quoted) > 8
    assert all(source.comment_id for said in quoted for source in said.sources)
    assert all(said.sources for said in quoted)


def test_nothing_known_is_said_to_be_missing_and_asked_for() -> None:
    brief = a_brief(a_thread(a_comment("Please call me back.")))
    assert brief.completeness.startswith("0 of 7; missing: reproduction steps, expected result")
    request = missing_request(brief)
    assert request is not None
    assert request.count("\n- ") == 7
    assert "What should happen at the last step?" in request
    assert told(brief, "reproduction", "steps") == "missing; asked for in the ticket"
    assert told(brief, "impact", "revenue") == "unknown"


def test_the_request_names_exactly_what_is_missing() -> None:
    without = REPORT.replace("Expected result:\nA CSV file is downloaded.\n", "")
    brief = a_brief(a_thread(a_comment(without), a_comment(TRIED)))
    assert [gap.item for gap in brief.missing] == ["expected_result"]
    assert (missing_request(brief) or "").count("\n- ") == 1


def test_the_summary_says_failure_where_and_scope_on_one_line() -> None:
    cases = [
        a_thread(a_comment(REPORT), id=number, name=f"Customer {number}") for number in (1, 2, 3)
    ]
    summary = a_brief(*cases).summary
    assert summary.startswith("Exporting an invoice list ends in a blank page")
    assert "version 4.2.1" in summary
    assert summary.endswith("3 customers (Customer 1, Customer 2, …), 3 tickets")
    assert len(summary) <= 240
    assert "URGENT" not in summary


def test_tickets_of_a_group_are_counted_in_the_brief() -> None:
    versions = ["4.2.1"] * 5 + ["4.2.0", "4.2.0"]
    cases = [
        a_thread(a_comment(f"Exports fail on version {version}."), id=number, name=f"C{number}")
        for number, version in enumerate(versions, 1)
    ]
    brief = a_brief(*cases)
    environment = told(brief, "reproduction", "environment")
    assert "4.2.1 (5 of 7 tickets); 4.2.0 (2 of 7 tickets) (tickets differ)" in environment
    assert "5 of 7 on 4.2.1" in told(brief, "description", "what")


@pytest.mark.parametrize("target", list(Target))
def test_ask_and_deadline_are_never_empty(target: Target) -> None:
    for case in (a_whole_thread(), a_thread(a_comment("?"))):
        brief = a_brief(case, target=target)
        assert brief.need.text
        assert brief.need.deadline > NOON
        assert told(brief, "needed", "deadline") == f"{brief.need.deadline:%a %d %b %Y %H:%M} UTC"


@pytest.mark.parametrize(
    ("severity", "deadline"),
    [
        (Severity.CRITICAL, NOON + hours(2)),
        (Severity.HIGH, NOON + days(1)),
        (Severity.MEDIUM, NOON + days(7)),
    ],
)
def test_the_deadline_follows_severity_in_opening_hours(severity: Severity, deadline: Any) -> None:
    assert a_brief(severity=severity).need.deadline == deadline


def test_an_earlier_sla_breach_is_the_deadline() -> None:
    breach = NOON + hours(1)
    impact = an_impact(sla=SlaStatus(state="at_risk", metric="next_reply_time", breach_at=breach))
    brief = a_brief(impact=impact)
    assert brief.need.deadline == breach
    assert told(brief, "impact", "sla") == (
        "At risk: next reply time breach at Wed 18 Nov 2026 13:00 UTC"
    )


def test_times_are_told_in_the_cadences_zone() -> None:
    case = a_whole_thread()
    berlin = BusinessHours(ZoneInfo("Europe/Berlin"), the_mappings().cadence.hours.spans)
    brief = write_brief(
        an_assessment(case), [case], the_mappings().brief, now=NOON, links=LINKS, hours=berlin
    )
    assert told(brief, "needed", "deadline").endswith("CET")


def test_a_need_given_by_hand_stands_as_it_is() -> None:
    need = Need(ask=Ask.APPROVE, text="Approve the refund.", deadline=NOON + days(3))
    brief = a_brief(need=need)
    assert brief.need == need
    assert told(brief, "needed", "ask") == "Approve the refund."


def test_the_usual_need_can_be_worded_for_another_ask() -> None:
    case = a_whole_thread()
    mapping = the_mappings().brief
    usual = need_for(an_assessment(case), [case], mapping, now=NOON)
    other = need_for(an_assessment(case), [case], mapping, now=NOON, ask=Ask.APPROVE)
    assert (usual.ask, other.ask) == (Ask.FIX, Ask.APPROVE)
    assert usual.text != other.text


def test_a_security_brief_holds_no_words_of_customers_but_the_observation() -> None:
    case = a_thread(
        a_comment(
            "I can see the invoices of another company after I log in.\n"
            "Steps:\n1. Open /secret/path/77\n2. Change the id\n"
            "We revoked the API key sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc."
        ),
        a_reply("Thanks, we are looking into order 4711.", age=hours(1)),
    )
    finding = Finding(kind="security-concern", category="impact", because="says “secret words”")
    brief = a_brief(case, target=Target.SECURITY, findings=(finding,))
    text = render.plain(brief_document(brief), 10_000)
    assert brief.summary.startswith("Possible security issue")
    assert "another company" in text
    for hidden in ("secret/path", "sk_live", "4711", "secret words", "Change the id"):
        assert hidden not in text


def test_a_product_brief_holds_use_case_frequency_and_competition() -> None:
    case = a_thread(
        a_comment(
            "We would like to export by cost center so that finance can close the month. "
            "Other vendors offer this. Our whole team works by hand today."
        )
    )
    brief = a_brief(case, target=Target.PRODUCT)
    assert "cost center" in told(brief, "description", "use_case")
    assert told(brief, "impact", "request_frequency") == "1 customer (Acme)"
    assert "Other vendors" in told(brief, "impact", "competitive")
    assert brief.completeness == "3 of 3"


def test_secrets_and_people_are_redacted_and_counted() -> None:
    case = a_thread(a_comment(REPORT + "\nLogin jane@example.org, password: Tr0ub4dor&3\n"))
    brief = a_brief(case)
    assert brief.redacted == {"e-mail": 1, "password": 1}
    text = brief.model_dump_json() + render.plain(brief_document(brief))
    assert "Tr0ub4dor" not in text
    assert "jane@" not in text
    assert "Redacted: 1 e-mail, 1 password." in " ".join(text.split())


def test_a_brief_is_the_same_after_a_round_trip_through_json() -> None:
    brief = a_brief()
    assert Brief.model_validate(json.loads(brief.model_dump_json())) == brief
    assert Brief.model_validate(brief.model_dump(mode="json")) == brief


def test_equal_facts_change_nothing() -> None:
    brief = a_brief()
    assert changes_between(brief.model_dump(mode="json"), a_brief()) == ()


def test_a_quiet_comment_says_what_changed() -> None:
    first = a_thread(a_comment("The export fails on version 4.2.1."))
    second = a_thread(a_comment(REPORT), id=2, name="Globex")
    old = a_brief(first, severity=Severity.MEDIUM)
    lines = changes_between(old.model_dump(mode="json"), a_brief(first, second))
    assert "Severity: Medium → High" in lines
    assert "New tickets (2 in all): 2" in lines
    assert "New customers (2 in all): Globex" in lines
    assert "Now known: reproduction steps" in lines
    assert changes_between({"old": "shape"}, a_brief()) == ("The brief was written anew.",)


def test_clocks_alone_are_no_news() -> None:
    first = a_thread(a_comment(REPORT))
    soon = SlaStatus(state="within", metric="next_reply_time", breach_at=NOON + hours(50))
    later = SlaStatus(state="within", metric="next_reply_time", breach_at=NOON + hours(70))
    old = a_brief(first, impact=an_impact(sla=soon))
    new = a_brief(first, impact=an_impact(sla=later))
    assert changes_between(old.model_dump(mode="json"), new) == ()
    late = a_brief(first, impact=an_impact(sla=SlaStatus(state="breached")))
    assert changes_between(old.model_dump(mode="json"), late) == (
        "SLA status: Within SLA → Breached",
    )


def test_a_brief_that_follows_another_keeps_its_deadline_its_name_and_a_persons_ask() -> None:
    first, more = a_thread(a_comment(REPORT)), a_thread(a_comment("It crashes now."), id=2)
    old = a_brief(first)
    again = write_brief(
        an_assessment(first, more, severity=Severity.HIGH, target=Target.ENGINEERING),
        [first, more],
        the_mappings().brief,
        now=NOON + hours(5),
        links=LINKS,
        before=old,
    )
    assert again.need.deadline == old.need.deadline
    assert again.failure == old.failure
    assert again.summary != old.summary, "it says how many tickets there are now"
    mine = Need(ask=Ask.DECIDE, text="Decide on a refund.", deadline=NOON)
    by_hand = old.model_copy(update={"need": mine, "need_given": True})
    kept = write_brief(
        an_assessment(first, severity=Severity.CRITICAL, target=Target.ENGINEERING),
        [first],
        the_mappings().brief,
        now=NOON,
        links=LINKS,
        before=by_hand,
    )
    assert kept.need == mine


def test_the_issue_property_holds_no_personal_data_and_keeps_its_limit() -> None:
    tickets = list(range(10**9, 10**9 + 5_000))
    copy = brief_property(a_brief(), "abc", tickets)
    text = json.dumps(copy)
    assert len(text) <= 32_768
    assert copy["ticket_count"] == 5_000
    assert "Acme" not in text
    assert "export" not in text.lower()


def test_sources_link_to_their_tickets_and_to_nothing_else() -> None:
    root = render.adf(brief_document(a_brief()))
    links = {
        mark["attrs"]["href"]
        for block in json.loads(json.dumps(root))["content"]
        for mark in marks_of(block)
        if mark["type"] == "link"
    }
    assert links == {"https://acme.zendesk.com/agent/tickets/1"}


def marks_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    own = list(node.get("marks", ()))
    return own + [mark for child in node.get("content", ()) for mark in marks_of(child)]


@settings(max_examples=25, deadline=None)
@given(ANYTHING)
def test_any_report_becomes_a_brief_that_renders(text: str) -> None:
    brief = a_brief(a_thread(a_comment(text)))
    assert "\n" not in brief.summary
    document = brief_document(brief)
    render.adf(document)
    render.wiki(document)
    render.plain(document)


def test_long_briefs_keep_every_limit_and_their_ask() -> None:
    report = REPORT + "\n".join(f"Error: thing {chr(97 + n % 26) * 40} broke" for n in range(400))
    cases = [
        a_thread(a_comment(report), *(a_comment(attack) for attack in ATTACKS), id=n, name=f"C{n}")
        for n in range(1, 40)
    ]
    document = brief_document(a_brief(*cases))
    assert "Deadline" in json.dumps(render.adf(document))
    assert "Deadline" in render.wiki(document)


def test_notes_for_agents_are_short_and_name_the_next_step() -> None:
    brief = a_brief()
    url = "https://jira.example/browse/ESC-1"
    escalated = notes.escalated_note(brief, issue_key="ESC-1", url=url)
    assert "Engineering, ESC-1" in escalated
    assert url in escalated
    assert brief.summary in escalated
    assert "joined" in notes.joined_note(brief, issue_key="ESC-1", url=url)
    assert "L2" in notes.escalated_note(a_brief(target=Target.L2), issue_key=None, url=None)
    status = notes.status_note(issue_key="ESC-1", state="in_progress", because="started")
    assert status == "ESC-1 is now in progress: started"


def test_a_brief_needs_a_severity_and_a_target() -> None:
    with pytest.raises(ValueError, match="severity and a target"):
        a_brief(severity=None)


def test_an_agents_note_can_complete_the_brief() -> None:
    case = a_thread(
        a_comment("The export fails.", age=hours(5)),
        a_note("Reproduced on 4.2.1. Steps:\n1. Open Invoices\n2. Click Export", age=hours(1)),
    )
    brief = a_brief(case)
    missing = {gap.item for gap in brief.missing}
    assert "reproduction_steps" not in missing
    assert told(brief, "context", "notes") == "1 internal note"


def test_the_brief_is_written_for_its_moment() -> None:
    assert a_brief().written_at == NOON
    assert a_brief().need.deadline - NOON < timedelta(days=8)
