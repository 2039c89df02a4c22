"""The first sweep over an account with a backlog: old matters stay, new ones come by the cap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from e2e_rig import NOON

if TYPE_CHECKING:
    from e2e_rig import MakeRig

_MATTERS = (
    ("Invoices print without a total", "The total line is missing on every invoice since Monday."),
    ("Calendar shows the wrong week", "Opening the calendar jumps to a week in the past."),
    ("Webhook signature is rejected", "Our endpoint says that the signature does not verify."),
    ("Photos are rotated after upload", "Portrait photos lie on their side in the gallery."),
    ("Search ignores umlauts", "Looking for Müller finds nobody, Mueller finds all of them."),
)


def bug(number: int, *, days: int) -> dict[str, Any]:
    """A confirmed bug, each about something else, of so many days ago."""
    subject, body = _MATTERS[number % len(_MATTERS)]
    at = NOON - timedelta(days=days, hours=number)
    return {
        "id": 100 * (1 + days) + number,
        "requester": f"ana@customer{days}-{number}.example",
        "organization": f"Customer {days}-{number}",
        "created_at": at.isoformat(),
        "subject": subject if days < 30 else f"{subject} (old)",
        "body": body,
        "tags": ["bug_confirmed"],
        "status": "open",
    }


def test_a_first_run_is_safe_on_an_account_with_a_backlog(make_rig: MakeRig) -> None:
    old = [bug(number, days=90) for number in range(3)]
    new = [bug(number, days=1) for number in range(5)]
    rig = make_rig([*old, *new])
    rig.write_config(f"{rig.box.config}\n[sweep]\nmax_new_per_run = 2\n")

    plan = rig.run("sweep", "--dry-run", "--json").json
    before = rig.box.count()
    first = rig.run("sweep", "--json").json

    assert [one["id"] for one in plan["escalated"]] == [one["id"] for one in first["escalated"]]
    assert (len(first["escalated"]), len(first["deferred"]), first["backlog"]) == (2, 3, 3)
    assert len(rig.box.issues()) == 2
    assert rig.box.writes(before)

    rig.quiet()

    told = {ticket for issue in rig.box.issues() for ticket in numbers(issue)}
    assert told == {one["id"] for one in new}, "nothing older than the window is escalated"


def numbers(issue: dict[str, Any]) -> set[int]:
    """The tickets that the issue's links name."""
    links = issue["remote_links"]
    return {int(link["globalId"].rpartition("=")[2]) for link in links}
