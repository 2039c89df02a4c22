"""A dry run's writes as a plan: what would be added (+) and changed (~), one line a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.settling import Outcome

DID = {
    "create_issue": "issue created",
    "remote_link": "link from the issue",
    "note": "internal note",
    "public_reply": "reply to a customer",
    "tags": "tags",
    "jira_link": "Jira link",
    "issue_update": "issue updated",
    "brief_update": "brief updated",
    "issue_comment": "issue commented",
    "issue_link": "link between issues",
    "issue_restrict": "issue kept for few eyes",
    "issue_close": "second issue closed",
}
"""What each kind of write did, in a few words."""

_CHANGES = frozenset({"tags", "issue_update", "brief_update", "issue_restrict", "issue_close"})
_SHOWN = 20


def plan_lines(writes: Iterable[Outcome]) -> Iterator[str]:
    """`+ internal note: tickets 7, 8, 9`; kinds in the order in which they begin."""
    subjects: dict[str, list[str]] = {}
    for write in writes:
        subjects.setdefault(write.kind, []).append(write.subject)
    for kind, about in subjects.items():
        yield f"{'~' if kind in _CHANGES else '+'} {DID[kind]}: {listed(about)}"


def listed(subjects: list[str]) -> str:
    """`project ESC, tickets 7, 8`."""
    names = list(dict.fromkeys(subjects))
    numbers = [name.removeprefix("ticket ") for name in names if name.startswith("ticket ")]
    others = [name for name in names if not name.startswith("ticket ")]
    parts = [*others, *([tickets(numbers)] if numbers else [])]
    return ", ".join(parts)


def tickets(ids: Iterable[int | str]) -> str:
    """`ticket 7`, or `tickets 7, 8, 9`; long lists are cut."""
    numbers = list(ids)
    shown = ", ".join(str(number) for number in numbers[:_SHOWN])
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"ticket{'s' if len(numbers) != 1 else ''} {shown}{more}"
