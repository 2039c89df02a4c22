"""A dry run reads like a plan: each escalation with what it would add and change."""

from __future__ import annotations

import io
from typing import get_args

from builders import NOON
from rich.console import Console

from connector.core import writes
from connector.core.model import Severity, Target
from connector.plan_texts import DID, plan_lines
from connector.report import EscalationLine, Report
from connector.settling import Outcome
from connector.texts import print_report


def outcome(kind: str, subject: str, escalation: str = "e-1") -> Outcome:
    return Outcome(
        intent_id=f"{kind} {subject}",
        escalation_id=escalation,
        kind=kind,
        subject=subject,
        result="would",
    )


def test_every_kind_of_write_has_words() -> None:
    union, _ = get_args(writes.Write)
    assert set(DID) == {kind.model_fields["kind"].default for kind in get_args(union)}


def test_the_writes_of_a_kind_are_one_line_and_changes_differ_from_additions() -> None:
    planned = [
        outcome("create_issue", "project ESC"),
        outcome("note", "ticket 7"),
        outcome("tags", "ticket 7"),
        outcome("note", "ticket 8"),
        outcome("issue_update", "issue"),
    ]
    assert list(plan_lines(planned)) == [
        "+ issue created: project ESC",
        "+ internal note: tickets 7, 8",
        "~ tags: ticket 7",
        "~ issue updated: issue",
    ]


def told(report: Report) -> list[str]:
    out = io.StringIO()
    print_report(report, Console(file=out, width=80, highlight=False))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_each_write_stands_once_beneath_its_escalation_and_none_is_lost() -> None:
    line = EscalationLine(
        id="e-1",
        severity=Severity.HIGH,
        target=Target.ENGINEERING,
        summary="It broke",
        because="three customers say so",
        tickets=(7,),
    )
    planned = (
        outcome("create_issue", "project ESC"),
        outcome("note", "ticket 7"),
        outcome("issue_comment", "issue", "e-9"),
    )
    lines = told(Report(command="sweep", now=NOON, dry_run=True, escalated=(line,), writes=planned))
    assert lines.index("      + issue created: project ESC") > lines.index(
        "      because three customers say so"
    )
    assert lines.count("      + internal note: ticket 7") == 1
    assert lines[-5:] == [
        "Would also be written",
        "  e-9",
        "      + issue commented: issue",
        "",
        "Nothing was written; a real run makes 3 writes.",
    ]
