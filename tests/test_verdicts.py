"""A person's word about live groups holds, is remembered, and no sweep undoes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import NOON
from fakes import FakeDesk, FakeTracker
from test_placing import MATTERS, a_desk, groups, ids, read_and_place, report, services_of

from connector.candidates import groups_with
from connector.errors import ConfigError
from connector.ledger.store import Ledger, open_ledger
from connector.placing import update_groups
from connector.reading import Read, read_changes
from connector.shelf import list_escalations
from connector.sweep import run_sweep
from connector.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.core.model import Group
    from connector.report import Report


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


def swept(ledger: Ledger, desk: FakeDesk, tracker: FakeTracker | None = None) -> Report:
    with services_of(ledger, desk) as services:
        return run_sweep(replace(services, tracker=tracker or FakeTracker()))


def said(ledger: Ledger, desk: FakeDesk, verdict: str, *refs: str, **changes: Any) -> Report:
    with services_of(ledger, desk) as services:
        return judge(replace(services, **changes), verdict=verdict, refs=refs)


def live_groups(ledger: Ledger, desk: FakeDesk) -> list[Group]:
    with services_of(ledger, desk) as services:
        return groups(services)


def doubtful(ledger: Ledger, group: str = "g1") -> None:
    """Makes a group one that waits for a person, whatever the detector thinks of these texts."""
    with ledger.transaction() as tx:
        for number in tx.reports.members(group)[1:]:
            tx.reports.assign(number, group, 0.2)
        row = tx.groups.line(group)
        assert row is not None
        tx.groups.put(row.model_copy(update={"strength": "suggested"}))
        tx.inbox.again([1, 2, 3])


def a_doubtful_group(ledger: Ledger) -> FakeDesk:
    """Three tickets of three customers that the detector doubts, and that were looked at."""
    desk = a_desk(*(report(n, MATTERS[0]) for n in (1, 2)))
    swept(ledger, desk)
    desk.stock[3] = report(3, MATTERS[0])
    with services_of(ledger, desk) as services:
        read_changes(services, Read())
        update_groups(services)
    doubtful(ledger)
    return desk


def test_a_suggested_group_is_shown_and_not_escalated(ledger: Ledger) -> None:
    told = swept(ledger, a_doubtful_group(ledger))
    assert told.escalated == ()
    assert [(line.id, line.tickets) for line in told.suggested] == [("g1", (1, 2, 3))]


def test_of_very_many_suggested_groups_a_sweep_shows_some_and_counts_the_rest(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.candidates._SUGGESTED", 0)
    told = swept(ledger, a_doubtful_group(ledger))
    assert told.suggested == ()
    assert told.more_suggested == 1


def test_a_suggested_group_is_listed_until_somebody_decides(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    swept(ledger, desk)
    asked = {"state": None, "now": NOON, "customers": 3}
    with services_of(ledger, desk) as services:
        window = services.window
    (group,) = list_escalations(ledger, window=window, **asked).suggested  # type: ignore[arg-type]
    assert (group.id, group.strength) == ("g1", "suggested")
    said(ledger, desk, "reject", "g1")
    assert list_escalations(ledger, window=window, **asked).suggested == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("ref", ["g1", "2", "#3"])
def test_a_confirmed_group_is_escalated_by_the_next_sweep(ledger: Ledger, ref: str) -> None:
    desk = a_doubtful_group(ledger)
    swept(ledger, desk)
    told = said(ledger, desk, "confirm", ref)
    assert (told.verdicts[0].group, told.verdicts[0].tickets) == ("g1", (1, 2, 3))
    assert [line.tickets for line in swept(ledger, desk).escalated] == [(1, 2, 3)]


def test_a_confirmed_group_stays_sure_when_a_doubtful_ticket_joins_it(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    said(ledger, desk, "confirm", "g1")
    swept(ledger, desk)
    with ledger.snapshot() as tx:
        labels = tx.groups.labels()
    assert [(row.first, row.second, row.same, row.chance) for row in labels] == [
        (1, 2, True, 0.2),
        (1, 3, True, 0.2),
    ]
    assert [group.strength for group in live_groups(ledger, desk)] == ["sure"]


def test_confirming_tells_what_is_missing_to_escalate(ledger: Ledger) -> None:
    desk = a_desk(*(report(n, MATTERS[0]) for n in (1, 2)))
    swept(ledger, desk)
    (line,) = said(ledger, desk, "confirm", "1").verdicts
    assert "2 of the 3 customers" in line.means
    assert "`escalation ticket 1 2`" in line.means


def test_rejected_tickets_are_kept_apart_for_good(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    said(ledger, desk, "reject", "g1")
    assert live_groups(ledger, desk) == []
    with ledger.transaction() as tx:
        tx.set_cursor("groups: version", "old")
    desk.stock[9] = report(9, MATTERS[1])
    assert swept(ledger, desk).regrouped == 4
    assert live_groups(ledger, desk) == []


def test_a_ticket_that_is_split_off_does_not_come_back_and_others_still_join(
    ledger: Ledger,
) -> None:
    desk = a_doubtful_group(ledger)
    said(ledger, desk, "split", "3")
    assert ids(live_groups(ledger, desk)) == [[1, 2]]
    desk.stock[4] = report(4, MATTERS[0])
    swept(ledger, desk)
    assert [1, 2, 4] in ids(live_groups(ledger, desk)) or [3, 4] in ids(live_groups(ledger, desk))
    assert not any({1, 3} <= set(found) for found in ids(live_groups(ledger, desk)))


def test_the_first_ticket_of_a_group_stays_out_of_it_though_its_words_change_after_the_split(
    ledger: Ledger,
) -> None:
    desk = a_doubtful_group(ledger)
    said(ledger, desk, "split", "1")
    assert ids(live_groups(ledger, desk)) == [[2, 3]]
    desk.stock[1] = report(1, MATTERS[1])
    assert ids(read_and_place(ledger, desk, full=True)) == [[2, 3]]


def test_a_ticket_split_from_a_live_escalation_hears_of_it_once_and_of_nothing_more(
    ledger: Ledger,
) -> None:
    desk, tracker = a_desk(*(report(n) for n in (1, 2, 3))), FakeTracker()
    (line,) = swept(ledger, desk, tracker).escalated
    before = desk.writes["note"]
    told = said(ledger, desk, "split", "3", tracker=tracker)
    assert f"{line.issue_key} goes on without ticket 3" in told.verdicts[0].means
    assert desk.writes["note"] == before + 1
    desk.stock[3] = report(3, subject="Export fails again")
    after = swept(ledger, desk, tracker)
    assert after.joined == ()
    assert desk.writes["note"] == before + 1
    with ledger.snapshot() as tx:
        assert [link.ticket_id for link in tx.links.of(line.id)] == [1, 2]
        assert [link.ticket_id for link in tx.links.ever_of(line.id)] == [1, 2, 3]
        assert tx.escalations.by_ticket(3) == []
        assert "group split" in {row.what for row in tx.events.of(3)}


def test_a_dry_verdict_changes_nothing(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    before = live_groups(ledger, desk)
    with services_of(ledger, desk) as services, ledger.rehearsal():
        assert judge(replace(services, dry_run=True), verdict="reject", refs=["g1"]).verdicts
    assert live_groups(ledger, desk) == before
    with ledger.snapshot() as tx:
        assert tx.groups.labels() == []


def test_joined_tickets_are_one_sure_group(ledger: Ledger) -> None:
    desk = a_desk(*(report(n, MATTERS[n - 1]) for n in (1, 2, 3)))
    swept(ledger, desk)
    (line,) = said(ledger, desk, "join", "1", "2", "3").verdicts
    assert (line.group, line.tickets) == ("g1", (1, 2, 3))
    assert [told.tickets for told in swept(ledger, desk).escalated] == [(1, 2, 3)]


def test_a_ticket_is_joined_to_a_live_escalation_by_its_key(ledger: Ledger) -> None:
    desk, tracker = a_desk(*(report(n) for n in (1, 2, 3)), report(9, MATTERS[0])), FakeTracker()
    (line,) = swept(ledger, desk, tracker).escalated
    said(ledger, desk, "join", "9", str(line.issue_key), tracker=tracker)
    (joined,) = swept(ledger, desk, tracker).joined
    assert (joined.issue_key, joined.tickets) == (line.issue_key, (9,))


def test_what_was_split_can_be_joined_again(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    said(ledger, desk, "split", "3")
    said(ledger, desk, "join", "1", "3")
    assert ids(live_groups(ledger, desk)) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("verdict", "refs", "why"),
    [
        pytest.param("confirm", ["g77"], "no group and no ticket 'g77'", id="no such group"),
        pytest.param("confirm", ["99"], "no group and no ticket '99'", id="no such ticket"),
        pytest.param("confirm", ["9"], "9 stands alone", id="alone"),
        pytest.param("split", ["9"], "stands alone", id="nothing to split from"),
        pytest.param("split", ["g1"], r"g1 is a group; .* in it \(1, 2, 3\)", id="no ticket"),
        pytest.param("split", ["g"], "expected a group .* or the number", id="neither"),
        pytest.param("split", ["1"], "the one that .* began with", id="the first of an escalation"),
        pytest.param("reject", ["g1"], "g1 is escalated as ESC-1", id="escalated"),
        pytest.param("join", ["9"], "two tickets or more", id="one ticket"),
        pytest.param("join", ["9", "²"], "no group and no ticket", id="no number"),
    ],
)
def test_a_verdict_that_cannot_hold_says_why_and_changes_nothing(
    ledger: Ledger, verdict: str, refs: list[str], why: str
) -> None:
    desk = a_desk(*(report(n) for n in (1, 2, 3)), report(9, MATTERS[0]))
    swept(ledger, desk)
    before = live_groups(ledger, desk)
    with pytest.raises(ConfigError, match=why):
        said(ledger, desk, verdict, *refs)
    assert live_groups(ledger, desk) == before
    with ledger.snapshot() as tx:
        assert tx.groups.labels() == []


def test_two_live_escalations_are_not_joined(ledger: Ledger) -> None:
    first = [report(n) for n in (1, 2, 3)]
    desk = a_desk(*first, *(report(n, MATTERS[0]) for n in (4, 5, 6)))
    swept(ledger, desk)
    said(ledger, desk, "confirm", "4")
    swept(ledger, desk)
    with pytest.raises(ConfigError, match="several live escalations"):
        said(ledger, desk, "join", "1", "4")
    with ledger.snapshot() as tx:
        assert len(list(groups_with(tx, NOON - NOON, [1, 4]))) == 2
