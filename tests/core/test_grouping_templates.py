"""Lines that a form or a company puts into many mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.core.grouping import Grouper, Report, fingerprint
from connector.core.grouping.templates import template_lines

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEMPLATE = "Passed on by the Nordwind desk\nWorkbench central, handling class ordinary"
PARTS = ("calendar", "invoice", "printer", "webhook", "export", "login", "search", "map", "chart")
FAULTS = ("flickers", "vanishes", "doubles", "freezes", "shrinks", "rotates", "mumbles")


def reports(
    count: int, *lines: str, only: range | None = None, customers: int = 999
) -> list[Report]:
    """Different matters, an hour apart; those in `only`, or all, end with the lines."""
    found = []
    for number in range(count):
        what, how = PARTS[number % len(PARTS)], FAULTS[number % len(FAULTS)]
        own = lines if only is None or number in only else ()
        found.append(
            Report(
                ticket_id=number,
                customer_key=f"organization:{number % customers}",
                created_at=NOON + timedelta(hours=number),
                fingerprint=fingerprint(
                    f"The {what} {how}", "\n".join((f"Our {what} {how} on page {number}", *own))
                ),
            )
        )
    return found


def groups(known: list[Report]) -> list[list[int]]:
    grouper = Grouper(window=timedelta(days=30))
    grouper.learn_rarity(known)
    for report in known:
        grouper.place(report)
    return [[member.ticket_id for member in group.members] for group in grouper.groups()]


def keys(*lines: str) -> set[int]:
    return {line.key for line in fingerprint("A matter", "\n".join(lines)).lines}


def test_a_line_that_many_customers_send_at_all_times_is_a_template() -> None:
    lines = TEMPLATE.split("\n")
    assert template_lines(reports(60, *lines)) == keys(*lines)


def test_a_line_that_comes_in_a_burst_is_no_template() -> None:
    assert template_lines(reports(60, "Upload gateway refused bytes", only=range(20, 40))) == set()


def test_a_line_that_one_customer_repeats_is_no_template() -> None:
    assert template_lines(reports(60, "Sent from our kiosk", customers=3)) == set()


def test_few_reports_have_no_templates() -> None:
    assert template_lines(reports(11, TEMPLATE)) == set()
    assert template_lines([]) == set()


def test_a_template_that_no_table_knows_changes_no_group() -> None:
    assert groups(reports(60, *TEMPLATE.split("\n"))) == groups(reports(60))
