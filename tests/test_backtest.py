"""An export's past replayed: what would have been escalated when and why, and how right that is."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from builders import the_mappings
from click.testing import CliRunner

from connector.backtest import Agreement, Backtest, Column, Escalated, backtest_file
from connector.cli import cli
from connector.errors import ConfigError
from connector.explain import assess_file
from connector.sandbox.demo import demo_seed
from connector.sandbox.demo.expected import expected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from click.testing import Result

    Replayed = Callable[..., Backtest]

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Opening time by the shipped cadence.toml, in a week without a clock change."""

WINDOW = timedelta(days=30)
LEAK = "We can open other companies' invoices with our own login."
EXPORT = "The accounting export stops with error EXP-5031 after a few seconds."


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def a_line(number: int | str, hours: float = 0, **changes: Any) -> dict[str, Any]:
    """A ticket made so long after Monday 09:00, by a customer of its own."""
    return {
        "id": number,
        "requester": f"someone@firm{number}.example",
        "created_at": after(hours).isoformat(),
        "subject": "Colours of the calendar",
        "body": "The colours look different since today.",
        **changes,
    }


def said(hours: float, body: str, role: str = "agent", *, public: bool = True) -> dict[str, Any]:
    at = after(hours).isoformat()
    return {"role": role, "public": public, "created_at": at, "body": body}


def the_last_news(hours: float) -> dict[str, Any]:
    """A ticket in which nothing is found: the file tells of time until it came."""
    return a_line(900, hours, subject="Holiday list", body="Thank you for the holiday list.")


@pytest.fixture
def replayed(tmp_path: Path) -> Replayed:
    def run(*lines: object, column: Column | None = None) -> Backtest:
        return backtest_file(written(tmp_path, *lines), the_mappings(), WINDOW, column=column)

    return run


def written(folder: Path, *lines: object) -> Path:
    path = folder / "export.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts))
    return path


def kinds(one: Escalated) -> set[str]:
    return {finding.kind for finding in one.assessment.findings}


def rates(agreement: Agreement | None) -> tuple[float | None, float | None]:
    assert agreement is not None
    return agreement.precision, agreement.recall


def really(found: Backtest) -> int:
    """How many tickets the column says were escalated."""
    assert found.truth is not None
    return found.truth.tickets


# --- when and why ------------------------------------------------------------------------------


def test_a_ticket_is_escalated_at_the_event_that_says_it(replayed: Replayed) -> None:
    found = replayed(
        a_line(1, comments=[said(1, "We look into it."), said(2, LEAK, "end-user")]),
        the_last_news(9),
    )
    (one,) = found.escalated
    assert (one.at, one.tickets) == (after(2), (1,))
    assert "security-breach" in kinds(one)


def test_a_ticket_that_nobody_answers_is_escalated_when_the_limit_passes(
    replayed: Replayed,
) -> None:
    """24 business hours from Monday's opening: three days of eight hours, and a second."""
    found = replayed(a_line(1), the_last_news(24 * 4))
    (one,) = found.escalated
    assert kinds(one) == {"waiting-too-long"}
    assert after(24 * 2 + 8) < one.at <= after(24 * 3 + 1)


def test_nothing_is_said_about_the_time_after_the_files_newest_moment(replayed: Replayed) -> None:
    found = replayed(a_line(1), the_last_news(24))
    assert found.until == after(24)
    assert not found.escalated


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_ticket_that_ended_solved_waits_no_more_after_its_last_comment(
    replayed: Replayed, status: str
) -> None:
    talked = a_line(1, comments=[said(1, "Fine now, thanks.", "end-user")])
    assert replayed(talked, the_last_news(24 * 4)).escalated
    assert not replayed(talked | {"status": status}, the_last_news(24 * 4)).escalated


def test_what_ended_solved_was_open_when_it_was_reported(replayed: Replayed) -> None:
    (one,) = replayed(a_line(1, body=LEAK, status="closed")).escalated
    assert one.at == MONDAY


def test_three_customers_are_one_escalation_when_the_third_reports_and_later_ones_join(
    replayed: Replayed,
) -> None:
    found = replayed(
        *(
            a_line(n, n, subject="Accounting export stops with EXP-5031", body=EXPORT)
            for n in (1, 2, 3, 4)
        )
    )
    (one,) = found.escalated
    assert "same-issue" in kinds(one)
    assert (one.at, one.tickets) == (after(3), (1, 2, 3))
    assert one.joined == ((4, after(4)),)


def test_three_tickets_of_one_customer_are_not_three_customers(replayed: Replayed) -> None:
    found = replayed(
        *(
            a_line(n, n, requester="one@firm.example", subject="EXP-5031 again", body=EXPORT)
            for n in (1, 2, 3)
        )
    )
    assert not found.escalated


def test_reports_older_than_the_window_do_not_count(replayed: Replayed) -> None:
    month = 24 * 31
    found = replayed(
        *(
            a_line(n, at, subject="Accounting export stops with EXP-5031", body=EXPORT)
            | {"comments": [said(at + 1, "A new version is out.")]}
            for n, at in ((1, 0), (2, month), (3, 2 * month))
        )
    )
    assert not found.escalated


def test_it_finds_what_assess_finds(replayed: Replayed, tmp_path: Path) -> None:
    line = a_line(1, body=LEAK)
    (one,) = replayed(line).escalated
    (told,) = assess_file(written(tmp_path, line), the_mappings(), WINDOW, now=MONDAY).assessed
    assert one.assessment == told.assessment


def test_a_ticket_that_a_suppressor_keeps_is_listed_with_the_reason(replayed: Replayed) -> None:
    note = said(1, "Confirmed bug, reproduced.", public=False)
    found = replayed(a_line(1, tags=["no_escalation"], comments=[note]))
    assert not found.escalated
    (kept,) = found.held
    assert kept.ticket == 1
    assert "no-escalation" in kept.because


def test_tickets_that_were_solved_before_hold_back_one_like_them_and_later_ones_do_not(
    replayed: Replayed,
) -> None:
    firm = {"requester": "one@firm.example", "subject": "EXP-5031 again", "body": EXPORT}
    note = said(200, "Confirmed bug, reproduced.", public=False)
    old = [
        a_line(n, n, status="solved", comments=[said(n + 1, "Solved by logging in.")], **firm)
        for n in (1, 2)
    ]
    found = replayed(*old, a_line(3, 199, comments=[note], **firm))
    assert not found.escalated
    (kept,) = found.suggested
    assert (kept.ticket, kept.at) == (3, after(200))
    assert "support solved 2 tickets like it" in kept.because
    (early,) = replayed(*old, a_line(3, 0.5, comments=[note], **firm)).escalated
    assert 3 in early.tickets


def test_the_order_of_the_lines_changes_nothing(replayed: Replayed) -> None:
    lines = [a_line(n, n, body=EXPORT, subject="EXP-5031") for n in (1, 2, 3, 4)]
    lines += [a_line(5, 2.5, body=LEAK), a_line(6, 5), the_last_news(24 * 5)]
    first = replayed(*lines)
    random.Random(3).shuffle(lines)
    again = replayed(*lines)
    assert first.escalated
    assert again.escalated == first.escalated
    assert again.triggers == first.triggers


def test_of_lines_with_the_same_id_the_last_one_counts(replayed: Replayed) -> None:
    found = replayed(a_line(1, body=LEAK), a_line(1))
    assert found.tickets == 1
    assert not found.escalated


def test_ids_come_out_as_they_came_in(replayed: Replayed) -> None:
    (one,) = replayed(a_line("A-7", body=LEAK)).escalated
    assert one.tickets == ("A-7",)


def test_an_empty_file_is_an_empty_report(replayed: Replayed) -> None:
    found = replayed()
    assert (found.tickets, found.since, found.escalated, found.exit_code) == (0, None, (), 0)


# --- against what was escalated ------------------------------------------------------------------


def measured(replayed: Replayed) -> Backtest:
    """One right, one false alarm, one miss."""
    return replayed(
        a_line(1, body=LEAK, tags=["went_up"]),
        a_line(
            2,
            1,
            subject="Parking",
            body="Where do guests park?",
            comments=[said(2, "Confirmed bug, reproduced.", public=False)],
        ),
        a_line(3, 2, tags=["Went_Up"], subject="Invoice logo", body="The logo is too small."),
        column=Column("tag", "went_up"),
    )


def test_precision_and_recall_are_counted_in_all_and_by_trigger(replayed: Replayed) -> None:
    found = measured(replayed)
    assert rates(found.overall) == (0.5, 0.5)
    by_kind = {count.kind: count.agreement for count in found.triggers}
    assert rates(by_kind["security-breach"]) == (1, 0.5)
    assert rates(by_kind["confirmed-bug"]) == (0, 0)
    assert really(found) == 2


def test_misses_and_false_alarms_are_listed_with_the_reason(replayed: Replayed) -> None:
    found = measured(replayed)
    (missed,), (false,) = found.misses, found.false_alarms
    assert (missed.ticket, false.ticket) == (3, 2)
    assert "no trigger fired" in missed.because
    assert "confirmed-bug" in false.because


def test_the_tag_that_is_the_answer_does_not_find_it(replayed: Replayed) -> None:
    line = a_line(1, tags=["bug_confirmed"])
    assert replayed(line).escalated
    assert not replayed(line, column=Column("tag", "bug_confirmed")).escalated


@pytest.mark.parametrize("value", [True, "yes", 1, "2026-03-02", "ESC-12"])
def test_a_field_with_a_value_says_escalated(replayed: Replayed, value: object) -> None:
    found = replayed(a_line(1, jira=value), column=Column("field", "jira"))
    assert really(found) == 1


@pytest.mark.parametrize("value", [False, "No", 0, "", None, "false"])
def test_a_field_that_says_no_does_not(replayed: Replayed, value: object) -> None:
    found = replayed(a_line(1, jira=value), column=Column("field", "jira"))
    assert really(found) == 0
    assert rates(found.overall) == (None, None)


def test_a_custom_field_of_zendesks_export_is_named_by_its_id(replayed: Replayed) -> None:
    fields = [{"id": 11, "value": None}, {"id": 12, "value": "l2"}]
    found = replayed(a_line(1, custom_fields=fields), column=Column("field", "12"))
    assert really(found) == 1


def test_a_field_that_no_ticket_has_is_a_mistake_with_the_nearest_name(replayed: Replayed) -> None:
    with pytest.raises(ConfigError, match=r"no ticket of the file has this field.*escalated_to"):
        replayed(a_line(1, escalated_to="x"), column=Column("field", "escalated_too"))


def test_a_group_speaks_for_all_of_its_tickets(replayed: Replayed) -> None:
    lines = [
        a_line(n, n, subject="EXP-5031", body=EXPORT, tags=["up"] if n < 4 else [])
        for n in (1, 2, 3, 4)
    ]
    found = replayed(*lines, column=Column("tag", "up"))
    count = next(count for count in found.triggers if count.kind == "same-issue")
    assert (count.escalations, count.tickets) == (1, 4)
    assert rates(count.agreement) == (0.75, 1)


# --- as a command ------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Where no configuration and no account is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESCALATION_CONFIG", raising=False)

    def run(lines: Sequence[object], *options: str) -> Result:
        path = written(tmp_path, *lines)
        return CliRunner().invoke(cli, ["backtest", str(path), *options])

    return run


def test_bad_lines_are_named_by_number_and_the_rest_is_done(command: Callable[..., Result]) -> None:
    done = command([a_line(1, body=LEAK), "{", a_line(2), {"id": 3}], "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [reason.split(":")[0] for reason in told["missing"]] == ["line 2", "line 4"]
    assert "line 2: is not JSON" in done.stderr
    assert told["tickets"] == 2
    assert told["escalated"][0]["tickets"] == [1]


def test_both_truths_at_once_are_refused(command: Callable[..., Result]) -> None:
    done = command([a_line(1)], "--truth-tag", "a", "--truth-field", "b")
    assert done.exit_code == 2


def test_json_holds_everything(command: Callable[..., Result]) -> None:
    done = command([a_line(1, body=LEAK, tags=["up"])], "--truth-tag", "up", "--json")
    assert done.exit_code == 0
    assert Backtest.model_validate_json(done.stdout).overall is not None


@pytest.fixture(scope="module")
def demo_lines() -> Sequence[Mapping[str, Any]]:
    """The demo's account as an export; `went_up` on what should be escalated in its week."""
    seed = demo_seed()
    home = {user.email: user.organization for user in seed.users}
    agents = {user.email for user in seed.users if user.role != "end-user"}
    real = {number for fact in expected().values() if fact.escalates for number in fact.tickets}
    lines = []
    for ticket in seed.tickets:
        line = ticket.model_dump(
            mode="json",
            include={"id", "requester", "created_at", "updated_at", "subject", "body"}
            | {"priority", "type", "status"},
        )
        line["organization"] = ticket.organization or home.get(ticket.requester)
        line["tags"] = [*ticket.tags, *(["went_up"] if ticket.id in real else [])]
        line["comments"] = [
            comment.model_dump(mode="json", include={"author", "public", "created_at", "body"})
            | {"role": "agent" if comment.author in agents else "end-user"}
            for comment in ticket.comments
        ]
        lines.append(line)
    return lines


def test_a_lead_reads_the_demos_weeks_in_80_columns(
    command: Callable[..., Result], demo_lines: Sequence[Mapping[str, Any]]
) -> None:
    done = command(demo_lines, "--truth-tag", "went_up")
    text = done.stdout
    assert done.exit_code == 0
    assert max(map(len, text.splitlines())) <= 80
    for part in ("precision", "recall", "By trigger", "Missed", "False alarms", "How to read"):
        assert part in text
    assert "Critical -> Security" in text
    assert "EXP-5031" in text


def test_the_demos_stories_are_found_and_ordinary_tickets_left_alone(
    tmp_path: Path, demo_lines: Sequence[Mapping[str, Any]]
) -> None:
    """What a file cannot tell (SLA clocks, moves, values) is missed; little else may be."""
    found = backtest_file(
        written(tmp_path, *demo_lines), the_mappings(), WINDOW, column=Column("tag", "went_up")
    )
    raised = {
        number
        for one in found.escalated
        for number in (*one.tickets, *(given for given, _ in one.joined))
    }
    for story in ("export", "security", "confirmed-bug", "needs-access", "product-gap", "waiting"):
        assert set(expected()[story].tickets) <= raised, story
    assert not raised & set(expected()["no-escalation"].tickets)
    precision, _ = rates(found.overall)
    assert precision is not None
    assert precision >= 0.75
