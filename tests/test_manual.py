"""By hand: through the same gate, once, and again when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from builders import NOON, a_ticket
from fakes import FakeDesk, FakeTracker
from test_sweep import a_desk, ledger, services_of  # noqa: F401 - `ledger` is a fixture

from connector.closing import deescalate
from connector.core.model import State
from connector.errors import ConfigError, ExitCode, InvalidError
from connector.manual import escalate_by_hand
from connector.quarantine import drop, listed, retry

if TYPE_CHECKING:
    from connector.ledger.store import Ledger
    from connector.report import Report

WORDS = "How do I change the logo?"


def by_hand(store: Ledger, desk: FakeDesk, tracker: FakeTracker, *ids: int, **how: str) -> Report:
    later = timedelta(minutes=len(tracker.stock))
    with services_of(store, desk, tracker, later=later) as services:
        return escalate_by_hand(services, tickets=ids, **how)  # type: ignore[arg-type]  # options


@pytest.fixture
def desk() -> FakeDesk:
    return a_desk(*(a_ticket(number, description=WORDS) for number in (1, 2, 3)))


def test_several_tickets_by_hand_are_one_issue(ledger: Ledger, desk: FakeDesk) -> None:  # noqa: F811 - the fixture
    tracker = FakeTracker()
    report = by_hand(ledger, desk, tracker, 1, 2, target="Engineering", severity="High")
    assert [line.tickets for line in report.escalated] == [(1, 2)]
    assert tracker.writes["create_issue"] == 1
    assert desk.writes["note"] == 2


def test_what_the_target_lacks_is_said_and_asked_for_in_the_ticket(
    ledger: Ledger,  # noqa: F811 - the fixture
    desk: FakeDesk,
) -> None:
    report = by_hand(ledger, desk, FakeTracker(), 1, target="Engineering")
    assert "environment" in report.escalated[0].missing
    assert "Engineering still needs" in desk.comments[1][0].body


def test_what_is_escalated_already_is_said_and_the_others_join(
    ledger: Ledger,  # noqa: F811 - the fixture
    desk: FakeDesk,
) -> None:
    tracker = FakeTracker()
    by_hand(ledger, desk, tracker, 1, target="Engineering")
    report = by_hand(ledger, desk, tracker, 1, 3)
    assert [line.issue_key for line in report.already] == ["ESC-1"]
    assert [line.tickets for line in report.joined] == [(3,)]
    assert tracker.writes["create_issue"] == 1


def test_the_operators_words_are_the_need(ledger: Ledger, desk: FakeDesk) -> None:  # noqa: F811 - the fixture
    by_hand(ledger, desk, FakeTracker(), 1, target="Product", need="Decide on SSO by Friday")
    with ledger.snapshot() as tx:
        (row,) = tx.escalations.live()
    assert row.brief["need"]["text"] == "Decide on SSO by Friday"


def test_an_unknown_ticket_is_an_error_of_the_call(
    ledger: Ledger,  # noqa: F811 - the fixture
    desk: FakeDesk,
) -> None:
    with pytest.raises(ConfigError, match="no such ticket: 99"):
        by_hand(ledger, desk, FakeTracker(), 99)


def test_a_ticket_whose_escalation_is_over_opens_the_next_episode(
    ledger: Ledger,  # noqa: F811 - the fixture
    desk: FakeDesk,
) -> None:
    tracker = FakeTracker()
    by_hand(ledger, desk, tracker, 1, target="Engineering")
    with services_of(ledger, desk, tracker) as services:
        over = deescalate(services, ref="ESC-1", reason="workaround", learned="restart helps")
    assert over.changed[0].new == "de_escalated"
    assert "escalation_de_escalated" in desk.tags[1]
    by_hand(ledger, desk, tracker, 1, target="Engineering")
    with ledger.snapshot() as tx:
        assert [row.episode for row in tx.escalations.by_ticket(1)] == [2, 1]
        assert tx.escalations.by_ticket(1)[1].learned["text"] == "restart helps"


def test_what_is_over_cannot_be_ended_twice(ledger: Ledger, desk: FakeDesk) -> None:  # noqa: F811 - the fixture
    tracker = FakeTracker()
    by_hand(ledger, desk, tracker, 1, target="Engineering")
    with services_of(ledger, desk, tracker) as services:
        deescalate(services, ref="1", reason="rejected", learned="as designed")
        with pytest.raises(ConfigError, match="ESC-1 is de_escalated"):
            deescalate(services, ref="1", reason="rejected", learned="as designed")


class _Refusing(FakeTracker):
    """Refuses every create, as for a project that does not exist."""

    def create_issue(self, draft):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        raise InvalidError("project: valid project is required", fields=("project",))


def test_a_refused_create_is_listed_retried_or_dropped_by_a_person(
    ledger: Ledger,  # noqa: F811 - the fixture
    desk: FakeDesk,
) -> None:
    report = by_hand(ledger, desk, _Refusing(), 1, target="Engineering")
    assert report.exit_code is ExitCode.SET_ASIDE
    (aside,) = listed(ledger, now=NOON).waiting
    assert "valid project is required" in aside.reason
    assert retry(ledger, [aside.key], now=NOON).waiting == ()
    by_hand(ledger, desk, _Refusing(), 2, 1, target="Engineering")
    (aside,) = listed(ledger, now=NOON).waiting
    assert drop(ledger, [aside.key], now=NOON).exit_code is ExitCode.DONE
    with ledger.snapshot() as tx:
        assert tx.escalations.by_ticket(1)[0].state is State.DE_ESCALATED
    tracker = FakeTracker()
    by_hand(ledger, desk, tracker, 1, target="Engineering")
    assert tracker.writes["create_issue"] == 1, "its tickets can be escalated afresh"


def test_an_unknown_key_names_what_is_set_aside(ledger: Ledger) -> None:  # noqa: F811 - the fixture
    with pytest.raises(ConfigError, match="Set aside: nothing"):
        retry(ledger, ["intent:none"], now=NOON)
