"""What people said moves the limits: a little, for the better, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st
from test_placing import services_of
from test_verdicts import a_doubtful_group

from connector.core.grouping.parameters import shipped
from connector.errors import ConfigError
from connector.group_learning import fit, learn
from connector.ledger.store import Ledger, open_ledger
from connector.placing import group_parameters
from connector.sweep import run_sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector.group_learning import Learned

WINDOW = timedelta(days=30)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", now=NOON) as opened:
        yield opened


def learned(ledger: Ledger, pairs: Sequence[tuple[float | None, bool]]) -> Learned:
    with ledger.transaction() as tx:
        for place, (chance, same) in enumerate(pairs):
            tx.groups.put_label(1000 + place, 2000 + place, same, "operator", NOON, chance)
    return learn(ledger, window=WINDOW, now=NOON)


CONFIRMED = [(0.3, True)] * 14 + [(0.1, False)] * 3


def test_people_who_confirm_what_was_doubted_lower_the_limits(ledger: Ledger) -> None:
    found = learned(ledger, CONFIRMED)
    assert found.kept
    assert found.shift > 0
    with ledger.snapshot() as tx:
        mine = group_parameters(tx)
    assert mine.pair < shipped().pair
    assert mine.sure < shipped().sure
    assert found.after.loss < found.before.loss


def test_people_who_reject_what_was_joined_raise_the_limits(ledger: Ledger) -> None:
    found = learned(ledger, [(0.6, False)] * 14 + [(0.8, True)] * 3)
    assert found.kept
    assert found.shift < 0
    with ledger.snapshot() as tx:
        assert group_parameters(tx).sure > shipped().sure


def test_verdicts_that_the_detector_foretold_change_nothing(ledger: Ledger) -> None:
    found = learned(ledger, [(0.5, True), (0.5, False)] * 8)
    assert not found.kept
    with ledger.snapshot() as tx:
        assert group_parameters(tx) == shipped()


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([(0.5, True), (0.2, False)] * 5, id="too few"),
        pytest.param([(0.5, True)] * 20, id="of one kind only"),
        pytest.param([(None, True), (None, False)] * 20, id="never compared"),
    ],
)
def test_too_few_verdicts_are_refused_with_what_it_takes(
    ledger: Ledger, pairs: list[tuple[float | None, bool]]
) -> None:
    with pytest.raises(ConfigError, match=r"too few verdicts .* it takes 12, and 3 of each kind"):
        learned(ledger, pairs)


def test_learning_twice_from_the_same_verdicts_is_learning_once(ledger: Ledger) -> None:
    first = learned(ledger, CONFIRMED)
    again = learned(ledger, CONFIRMED)
    assert again.shift == pytest.approx(first.shift)


@given(
    pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=5),
)
def test_five_verdicts_cannot_wreck_it(pairs: list[tuple[float | None, bool]]) -> None:
    assert abs(fit(pairs)) <= 0.25 * len(pairs) + 1e-9


def test_a_group_that_becomes_sure_is_decided_by_the_next_sweep(ledger: Ledger) -> None:
    desk = a_doubtful_group(ledger)
    doubt = shipped().sure - 0.02
    with ledger.transaction() as tx:
        for number in tx.reports.members("g1")[1:]:
            tx.reports.assign(number, "g1", doubt)
    found = learned(ledger, CONFIRMED)
    assert found.changed == ("g1",)
    with services_of(ledger, desk) as services:
        assert [line.tickets for line in run_sweep(services).escalated] == [(1, 2, 3)]
