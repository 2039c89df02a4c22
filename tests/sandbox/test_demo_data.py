from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import requests

from connector.core.cadence import BusinessHours
from connector.core.customers import PUBLIC_PROVIDERS, customer_key, mail_domain
from connector.core.model import Target
from connector.sandbox.demo import NOW, demo_seed, later_events
from connector.sandbox.demo.expected import Fact, expected, ordinary_tickets
from connector.sandbox.demo.files import noise, people, stories
from connector.sandbox.demo.week import BEGIN, persons, ticket_ids
from connector.sandbox.server import Sandbox

if TYPE_CHECKING:
    from connector.sandbox.seed import SeedTicket

UNSOLVED = {"new", "open", "pending"}
CODE = re.compile(r"\b[A-Z]{2,5}-\d{3,}\b")
PACKAGE = Path(__file__).resolve().parents[2] / "connector"


@cache
def by_id() -> dict[int, SeedTicket]:
    return {ticket.id: ticket for ticket in demo_seed().tickets if ticket.id is not None}


def tickets_of(story: str) -> list[SeedTicket]:
    return [by_id()[id_] for id_ in expected()[story].tickets]


def only(story: str) -> SeedTicket:
    (ticket,) = tickets_of(story)
    return ticket


def customer(ticket: SeedTicket) -> str | None:
    return customer_key(persons()[ticket.requester].organization, ticket.requester, None)


def unanswered_since(ticket: SeedTicket) -> datetime | None:
    """When the customer wrote what nobody has answered in public yet."""
    if ticket.status not in UNSOLVED:
        return None
    oldest: datetime | None = ticket.created_at
    for comment in ticket.comments:
        if comment.author != ticket.requester and comment.public:
            oldest = None
        elif comment.author == ticket.requester:
            oldest = oldest or comment.created_at
    return oldest


# --- the week as a whole


def test_the_demo_begins_on_a_wednesday_at_ten_in_2026() -> None:
    assert datetime(2026, 6, 17, 10, 0, tzinfo=UTC) == NOW
    assert NOW.weekday() == 2
    assert demo_seed().now == NOW


def test_a_week_holds_some_hundreds_of_tickets_of_about_150_people() -> None:
    seed = demo_seed()
    assert 250 <= len(seed.tickets) <= 400
    assert 55 <= len(seed.organizations) <= 65
    assert 140 <= len(persons()) <= 160
    assert len({ticket.requester for ticket in seed.tickets}) >= 120


def test_only_the_bug_that_came_back_is_older_than_the_week() -> None:
    older = {ticket.id for ticket in demo_seed().tickets if ticket.created_at < BEGIN}
    assert older == set(expected()["regression"].older)
    assert all(by_id()[id_].status == "closed" for id_ in older if id_ is not None)


def test_everything_has_happened_by_now_and_in_its_order() -> None:
    for ticket in demo_seed().tickets:
        moments = [ticket.created_at, *(comment.created_at for comment in ticket.comments)]
        assert moments == sorted(moments), ticket.subject
        assert moments[-1] < NOW, ticket.subject


def test_tickets_are_numbered_by_age() -> None:
    ids = [ticket.id for ticket in demo_seed().tickets]
    assert ids == sorted(ids, key=lambda id_: id_ or 0)
    assert len(set(ids)) == len(ids)


def test_every_text_is_written_by_hand_and_used_once() -> None:
    bodies = [text.body for text in noise()] + [story.body for story in stories()]
    assert len(bodies) >= 250
    assert len(set(bodies)) == len(bodies)
    assert sum(len(body.split()) >= 12 for body in bodies) >= 230
    shingles = [
        frozenset(zip(*(body.lower().split()[n:] for n in range(4)), strict=False))
        for body in bodies
    ]
    for one, other in combinations(shingles, 2):
        shared = len(one & other) / max(1, min(len(one), len(other)))
        assert shared < 0.5, "two texts are made from one template"


def test_the_same_week_comes_out_every_time_and_everywhere() -> None:
    program = (
        "import hashlib; from connector.sandbox.demo import demo_seed, later_events;"
        "said = demo_seed().model_dump_json() + repr(later_events());"
        "print(hashlib.sha256(said.encode()).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    said = demo_seed().model_dump_json() + repr(later_events())
    assert hashlib.sha256(said.encode()).hexdigest() == elsewhere


def test_most_write_english_some_german_french_or_spanish() -> None:
    languages = Counter(text.language for text in noise())
    assert languages["en"] > 150
    assert min(languages[one] for one in ("de", "fr", "es")) >= 10


def test_no_address_belongs_to_anybody_real() -> None:
    """Reserved names, and Gmail addresses with an underscore, which Gmail does not give out."""
    addresses = [*persons(), *(agent.email for agent in people().agents)]
    for address in addresses:
        local, _, domain = address.partition("@")
        assert domain.endswith(".example") or (domain == "gmail.com" and "_" in local), address


def test_people_without_an_organization_write_from_public_providers() -> None:
    alone = [person for person in persons().values() if person.organization is None]
    assert len(alone) >= 10
    assert {mail_domain(person.email) for person in alone} <= PUBLIC_PROVIDERS
    senders = {ticket.requester for ticket in demo_seed().tickets}
    assert senders & {person.email for person in alone}


def test_mails_carry_signatures_quotes_small_print_and_remains_of_html() -> None:
    said = [ticket.body for ticket in demo_seed().tickets]
    said += [comment.body for ticket in demo_seed().tickets for comment in ticket.comments]
    text = "\n".join(said)
    for mark in (
        "\n-- \n",
        "Sent from my iPhone",
        "CONFIDENTIALITY NOTICE",
        "Mit freundlichen Grüßen",
        "Bien cordialement",
        "Un saludo",
        "&nbsp;",
        "[cid:image001.png",
        "\n> ",
        " wrote:\n",
        "From: Turnmill Support",
        "##- Please type your reply above this line -##",
    ):
        assert mark in text, mark


def test_ordinary_days_are_in_it() -> None:
    kinds = Counter(text.file for text in noise())
    assert set(kinds) == {
        "how_to", "setup", "billing", "wishes", "glitches", "social", "german", "french",
        "spanish", "followups", "out_of_office",
    }  # fmt: skip
    again = [text for text in noise() if text.after]
    senders = {by_id()[id_].requester for id_ in ordinary_tickets()}
    assert len(again) >= 5
    assert len(senders) > 100


def test_a_follow_up_comes_from_the_same_person_later() -> None:
    for text in noise():
        if text.after:
            first, second = by_id()[ticket_ids()[text.after]], by_id()[ticket_ids()[text.key]]
            assert first.requester == second.requester
            assert first.created_at < second.created_at


def test_each_status_occurs_and_new_tickets_have_nobody() -> None:
    statuses = Counter(ticket.status for ticket in demo_seed().tickets)
    assert set(statuses) == {"new", "open", "pending", "solved", "closed"}
    new = [ticket for ticket in demo_seed().tickets if ticket.status == "new"]
    assert all(ticket.assignee is None and not ticket.comments for ticket in new)


# --- what stands out


def test_three_incidents_of_which_exactly_two_reach_three_customers() -> None:
    incidents = {name: expected()[name] for name in ("export", "reminders", "ipad")}
    counted = {
        name: {customer(by_id()[id_]) for id_ in fact.tickets} for name, fact in incidents.items()
    }
    assert {name: len(found) for name, found in counted.items()} == {
        "export": 5,
        "reminders": 4,
        "ipad": 2,
    }
    assert [name for name, fact in incidents.items() if fact.crosses] == ["export", "reminders"]


def test_one_incident_is_told_with_a_code_and_a_trace_in_two_languages() -> None:
    bodies = [ticket.body for ticket in tickets_of("export")]
    assert all("EXP-5031" in body for body in bodies)
    assert any("at com.turnmill." in body for body in bodies)
    assert any("unser DATEV-Export" in body for body in bodies)
    assert any(ticket.attachments for ticket in tickets_of("export"))


def test_another_is_told_in_very_different_words_without_a_code() -> None:
    said = [f"{ticket.subject} {ticket.body}" for ticket in tickets_of("reminders")]
    assert not any(CODE.search(text) for text in said)
    subjects = [set(ticket.subject.lower().split()) for ticket in tickets_of("reminders")]
    for one, other in combinations(subjects, 2):
        assert len(one & other) <= 4


def test_in_the_third_one_customer_reports_twice() -> None:
    keys = Counter(customer(ticket) for ticket in tickets_of("ipad"))
    assert sorted(keys.values()) == [1, 2]


def running_slas() -> dict[int, timedelta]:
    """Time left of each unsolved ticket's running clock."""
    return {
        ticket.id or 0: clock.breach_at - NOW
        for ticket in demo_seed().tickets
        for clock in ticket.sla
        if clock.fulfilled_at is None and clock.breach_at and ticket.status in UNSOLVED
    }


def test_one_sla_is_about_to_breach_one_has_and_no_other_is_near() -> None:
    left = running_slas()
    near = {id_ for id_, rest in left.items() if timedelta(0) < rest <= timedelta(minutes=60)}
    breached = {id_ for id_, rest in left.items() if rest <= timedelta(0)}
    assert near == set(expected()["sla-near"].tickets)
    assert breached == set(expected()["sla-breached"].tickets)
    targets = {
        ticket.id: clock.target_minutes for ticket in demo_seed().tickets for clock in ticket.sla
    }
    for id_, rest in left.items():
        if id_ not in near | breached:
            assert rest > timedelta(minutes=targets[id_]) * 0.2


def test_exactly_one_customer_waits_too_long_and_a_note_did_not_help() -> None:
    nine_to_five = ((time(9), time(17)),)
    hours = BusinessHours(ZoneInfo("UTC"), dict.fromkeys(range(5), nine_to_five))
    waiting = {
        ticket.id
        for ticket in demo_seed().tickets
        if (since := unanswered_since(ticket)) and hours.elapsed(since, NOW) > timedelta(hours=24)
    }
    assert waiting == set(expected()["waiting"].tickets)
    assert any(not comment.public for comment in only("waiting").comments)


def test_the_security_report_says_how_and_the_security_question_only_asks() -> None:
    report = only("security")
    assert "1. Log in" in report.body
    assert "The PDF of a different company opens" in report.body
    question = only("security-question")
    assert question.tags == ("how_to",)
    assert question.body.count("?") >= 3
    assert expected()["security"].targets == (Target.SECURITY,)
    assert not expected()["security-question"].escalates


def test_the_vip_is_worth_much_renews_in_thirty_days_and_is_about_to_leave() -> None:
    organization = persons()[only("vip").requester].organization
    (fields,) = [one.fields for one in demo_seed().organizations if one.name == organization]
    assert fields.arr is not None
    assert fields.arr > 100_000
    assert fields.renewal_date is not None
    assert (fields.renewal_date - NOW.date()).days == 30
    assert fields.reference_customer
    assert "will not recommend to renew" in only("vip").body


def test_the_returning_bug_was_fixed_once() -> None:
    older = [by_id()[id_] for id_ in expected()["regression"].older]
    assert len(older) == 2
    assert all("4.1.3" in ticket.comments[-2].body for ticket in older)
    assert "it's back" in tickets_of("regression")[0].subject


def test_a_ticket_was_passed_on_three_times() -> None:
    moves = [change for change in only("passed-around").changes if change.field == "group_id"]
    assert [change.new for change in moves] == ["Integrations", "Billing", "L2 Support"]


def test_the_tags_that_hold_back_occur() -> None:
    tags = {tag for ticket in demo_seed().tickets for tag in ticket.tags}
    assert tags >= {
        "no_escalation", "known_issue", "workaround_available", "how_to", "bug_confirmed",
        "needs_access",
    }  # fmt: skip
    for story in ("no-escalation", "known-issue", "workaround"):
        assert not expected()[story].escalates


def test_agents_write_what_they_found_in_internal_notes() -> None:
    notes = "\n".join(
        comment.body
        for ticket in demo_seed().tickets
        for comment in ticket.comments
        if not comment.public
    )
    for words in ("reproduced on 4.2.1", "Confirmed bug", "4.2.0", "Workaround given"):
        assert words in notes


def test_stories_and_ordinary_tickets_are_the_whole_week() -> None:
    in_stories = [id_ for fact in expected().values() for id_ in (*fact.tickets, *fact.older)]
    assert sorted([*in_stories, *ordinary_tickets()]) == sorted(by_id())


@pytest.mark.parametrize("fact", expected().values(), ids=lambda fact: fact.story)
def test_every_story_has_a_ticket_in_the_week(fact: Fact) -> None:
    assert fact.tickets
    assert fact.about


def test_the_product_does_not_know_what_is_expected() -> None:
    readers = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if "demo.expected" in path.read_text(encoding="utf-8")
    ]
    assert readers == []


# --- the second act


def test_the_second_act_fits_into_forty_minutes_and_goes_on_with_the_stories() -> None:
    events = later_events()
    assert [event.minutes for event in events] == sorted(event.minutes for event in events)
    assert all(0 < event.minutes <= 40 for event in events)
    assert {event.story for event in events} == {"export", "reminders", "security", "vip"}
    assert {event.order.get("by") for event in events} == {None, "customer", "agent"}
    assert sum(fact.later for fact in expected().values()) == len(events)


def test_the_sandbox_takes_the_week_and_what_comes_later() -> None:
    with Sandbox(seed=demo_seed()) as sandbox, requests.Session() as session:
        for event in later_events():
            answer = session.post(
                sandbox.zendesk_url + event.path, json=dict(event.order), timeout=20
            )
            assert answer.status_code == 200, answer.text
        state = session.get(f"{sandbox.zendesk_url}/_sandbox/state", timeout=20).json()
    new = sum(event.path.endswith("/tickets") for event in later_events())
    assert state["zendesk"]["tickets"] == len(demo_seed().tickets) + new
