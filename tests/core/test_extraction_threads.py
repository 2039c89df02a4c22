"""What threads say. Phrases have no labelled data: each grammar has its cases, made by hand."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
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
)

from connector.core.extraction import Extract, extract, read
from connector.core.extraction.attempts import attempts_of
from connector.core.model import Attachment, Case, Comment, Thread


def thread_of(*comments: Comment, id: int = 1) -> Case:  # noqa: A002 - the field's own name
    ticket = a_ticket(id, organization=an_organization(id), age=days(2))
    said = tuple(
        comment.model_copy(update={"ticket_id": id, "id": id * 100 + number})
        for number, comment in enumerate(comments, 1)
    )
    return a_case(ticket=ticket, thread=Thread(ticket_id=id, comments=said))


def told(*comments: Comment) -> Extract:
    return extract([thread_of(*comments)])


@pytest.mark.parametrize(
    ("text", "action", "result"),
    [
        ("I cleared the cache but it still fails.", "I cleared the cache", "still fails"),
        ("We reinstalled the app. No change.", "We reinstalled the app", "No change"),
        ("Restarted the server -> same error", "Restarted the server", "same error"),
        ("Tried another browser; nothing changed.", "Tried another browser", "nothing changed"),
        ("We have already disabled all plugins.", "We have already disabled all plugins", None),
        (
            "Had the customer log out and in again: no effect",
            "Had the customer log out",
            "no effect",
        ),
        ("Rebooting the box didn't help.", "Rebooting the box", "didn't help"),
        ("I downgraded to 4.1. That fixed it.", "I downgraded to 4.1", "That fixed it"),
        ("Wir haben den Dienst neu gestartet, aber ohne Erfolg.", "neu gestartet", "ohne Erfolg"),
        ("Wir haben den Browser-Cache geleert, aber ohne Erfolg.", "geleert", "ohne Erfolg"),
        ("Nous avons vidé le cache, mais sans succès.", "vidé le cache", "sans succès"),
        ("Hemos borrado la caché, pero sin éxito.", "borrado la caché", "sin éxito"),
    ],
)
def test_what_was_tried_is_told_with_its_result(text: str, action: str, result: str | None) -> None:
    ((found, came_of_it),) = attempts_of(read(text))
    assert action in found
    assert (result is None) is (came_of_it is None)
    assert result is None or result.lower() in (came_of_it or "").lower()


@pytest.mark.parametrize(
    "text",
    [
        "Please clear the cache and try again.",
        "Have you restarted the server?",
        "When I changed the password, the app crashed.",
        "Can you check whether it was updated?",
        "We haven't tried that yet.",
        "The list is updated every minute.",
    ],
)
def test_a_request_or_a_story_is_not_an_attempt(text: str) -> None:
    assert list(attempts_of(read(text))) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("frequency", "It happens every time I save."),
        ("frequency", "This occurs about 3 times a day."),
        ("frequency", "Only intermittently, 1 in 20 requests."),
        ("first_seen", "It has been broken since yesterday morning."),
        ("first_seen", "This started after the upgrade to 4.2."),
        ("first_seen", "Depuis hier, rien ne marche."),
        ("first_seen", "Desde ayer la exportación no funciona."),
        ("expects", "Wir brauchen das bis Freitag."),
        ("expects", "Nous avons besoin d'une solution avant lundi."),
        ("impact", "Tous nos utilisateurs sont bloqués."),
        ("impact", "Estamos perdiendo 2.000 € al día."),
        (
            "ruled_out",
            "The same error happens in Firefox and in incognito mode, so we ruled out extensions.",
        ),
        ("ruled_out", "It works fine on Android."),
        ("workaround", "As a workaround we reload the page."),
        ("workaround", "Refreshing the page three times helps."),
        ("expects", "We need this fixed by Friday because of our launch."),
        ("expects", "Our go-live is on March 3."),
        ("impact", "None of our 40 agents can log in."),
        ("impact", "We are losing about $2,000 an hour."),
        ("impact", "The whole warehouse team cannot ship orders."),
        ("use_case", "We would like to export by cost center so that finance can close the month."),
        ("competitive", "Other vendors offer this and we are evaluating alternatives to you."),
        ("contained", "We revoked the API key and locked the account."),
    ],
)
def test_each_grammar_finds_its_sentence(field: str, text: str) -> None:
    found = getattr(told(a_comment(f"Hello,\n\n{text}\n\nThanks")), field)
    assert [one.text for one in found] == [text]
    assert found[0].source.comment_id == 101


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("workaround", "Is there any workaround?"),
        ("workaround", "There is no workaround."),
        ("ruled_out", "The button does not work in the editor."),
        ("impact", "Thanks for all your help."),
        ("promised", "We will have to restart it."),
    ],
)
def test_each_grammar_leaves_its_opposite_alone(field: str, text: str) -> None:
    assert getattr(told(a_comment(text)), field) == ()


def test_only_an_agents_public_reply_promises() -> None:
    found = told(
        a_comment("It is broken.", age=hours(5)),
        a_reply("We will get back to you by tomorrow noon.", age=hours(4)),
        a_note("We'll fix that next week.", age=hours(3)),
    )
    (promise,) = found.promised
    assert (promise.by, promise.source.comment_id) == ("by tomorrow noon", 102)
    assert found.last_update is not None
    assert found.last_update.source.comment_id == 102


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Wir melden uns bis morgen Mittag mit einer Lösung.", "bis morgen Mittag"),
        ("Nous reviendrons vers vous avant vendredi.", "avant vendredi"),
        ("Le responderemos antes del viernes.", "antes del viernes"),
    ],
)
def test_a_promise_is_heard_in_other_languages_and_not_again_from_a_quoted_mail(
    text: str, by: str
) -> None:
    found = told(
        a_comment("Der Export geht nicht.", age=hours(5)),
        a_reply(text, age=hours(4)),
        a_comment(
            "Danke.\n\nAm 05.01.2026 um 10:00 schrieb Support <support@example.com>:\n"
            f"> {text}\n> Wir haben den Cache geleert, aber ohne Erfolg.\n",
            age=hours(3),
        ),
    )
    assert [promise.by for promise in found.promised] == [by]
    assert found.tried == ()


def test_what_stands_under_expected_is_not_observed() -> None:
    found = told(
        a_comment(
            "Erwartetes Verhalten:\nDie CSV-Datei wird heruntergeladen.\n\n"
            "Tatsächliches Verhalten:\nEs passiert nichts."
        )
    )
    assert [one.text for one in found.expected] == ["Die CSV-Datei wird heruntergeladen."]
    assert [one.text for one in found.observed] == ["Es passiert nichts."]


def test_what_an_agent_asks_for_is_no_step_of_the_customer() -> None:
    found = told(
        a_comment("The export fails with an error.", age=hours(5)),
        a_reply("Please follow these steps:\n1. Open Settings\n2. Click Reset", age=hours(4)),
    )
    assert found.steps == ()


def test_an_agents_internal_findings_count() -> None:
    found = told(
        a_comment("The export fails.", age=hours(5)),
        a_note("Reproduced. Steps:\n1. Open Invoices\n2. Click Export", age=hours(4)),
    )
    assert [one.text for one in found.steps] == ["1. Open Invoices", "2. Click Export"]
    assert {one.role for one in found.steps} == {"agent"}


def test_the_newest_version_of_a_ticket_wins() -> None:
    found = told(
        a_comment("We are on version 4.1.0.", age=hours(5)),
        a_comment("Correction: it is version 4.2.1.", age=hours(4)),
    )
    assert [(one.name, one.value) for one in found.environment] == [("version", "4.2.1")]


def test_tickets_of_a_group_are_counted_and_differences_stay() -> None:
    cases = [
        thread_of(a_comment(f"Exports fail on version {version}."), id=number)
        for number, version in enumerate(["4.2.1"] * 5 + ["4.2.0", "4.1.9"], 1)
    ]
    first, *others = extract(cases).environment
    assert (first.value, len(first.tickets), first.of) == ("4.2.1", 5, 7)
    assert {one.value for one in others} == {"4.2.0", "4.1.9"}


def test_one_error_of_many_tickets_stands_once_with_its_tickets() -> None:
    cases = [
        thread_of(a_comment(f"Error: row {number} of 'x{number}.csv' failed"), id=number)
        for number in (1, 2, 3)
    ]
    (error,) = extract(cases).errors
    assert error.tickets == (1, 2, 3)


def test_quoted_mail_signatures_and_our_own_notes_are_not_read_again() -> None:
    found = told(
        a_comment("The export fails with error 500.", age=hours(5)),
        a_comment(
            "Any news?\n\nBest regards,\nJane Doe\n\n"
            "On Mon, 5 Jan 2026 at 10:00, Support wrote:\n> Restarted the server, no change.\n",
            age=hours(4),
        ),
        a_note("Escalated. We restarted the server.", age=hours(3), intent_id="abc"),
    )
    assert found.tried == ()


def test_secrets_and_personal_data_never_leave_the_thread() -> None:
    found = told(
        a_comment("The login fails for jane@example.org, password: Tr0ub4dor&3 with error 401."),
    )
    text = found.model_dump_json()
    assert "Tr0ub4dor" not in text
    assert "jane@" not in text
    assert found.redacted == {"e-mail": 1, "password": 1}


def test_attachments_and_hidden_direction_marks_are_told() -> None:
    shot = Attachment(name="screen.png", url="https://files.example/1")
    found = told(a_comment("See photo\u202egpj.exe please, the export fails.", attachments=(shot,)))
    assert [one.attachment.name for one in found.attachments] == ["screen.png"]
    assert found.hidden == 1


def test_a_ticket_whose_comments_were_not_read_yet_speaks_by_its_description() -> None:
    case = a_case(ticket=a_ticket(7, description="The export crashes with an error."))
    (statement,) = extract([case]).observed
    assert (statement.source.ticket_id, statement.source.comment_id) == (7, None)


def test_five_hundred_comments_of_five_megabytes_take_seconds() -> None:
    line = "We restarted the server but the export still fails with Error: x at 10:00.\n"
    body = line * (10_000 // len(line))
    comments = [a_comment(body, age=timedelta(minutes=600 - number)) for number in range(500)]
    started = time.process_time()
    found = extract([thread_of(*comments)])
    assert time.process_time() - started < 20
    assert found.left_out > 300
    assert found.tried


def test_the_same_threads_always_give_the_same_extract() -> None:
    case = thread_of(a_comment("It fails since yesterday on 4.2.1.", now=NOON))
    assert extract([case]) == extract([case])
    assert Extract.model_validate_json(extract([case]).model_dump_json()) == extract([case])
