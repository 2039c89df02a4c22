"""Two commands at once, and a ledger that was lost: still one of everything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from e2e_judge import Due, judge, repeats
from e2e_tickets import GROUP_IDS, LATER_REPORT, SAME_ISSUE, THREE_INCIDENTS, ids_of

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig, Rig

_PAIRS = 100 if os.environ.get("E2E_ALL") else 10
_BY_HAND = ("--target", "Engineering", "--severity", "High")
_OTHERS = [("sync",), ("ticket", "101", *_BY_HAND), ("ticket", "102", "103", *_BY_HAND)]
_THE_GROUP = Due("ESC", GROUP_IDS)


def test_pairs_of_simultaneous_sweeps_make_one_issue_each(make_rig: MakeRig) -> None:
    wrong = {}
    for pair in range(_PAIRS):
        with make_rig.closing(SAME_ISSUE) as rig:
            codes = _at_once(rig, ("sweep",), ("sweep",))
            if found := judge(rig.box, _THE_GROUP):
                wrong[pair] = found
            assert set(codes) <= {0, 4}
            assert 0 in codes

    assert wrong == {}


@pytest.mark.parametrize("other", _OTHERS)
def test_a_sweep_and_another_command_at_once_make_one_issue(
    make_rig: MakeRig, other: tuple[str, ...]
) -> None:
    rig = make_rig(SAME_ISSUE)

    codes = _at_once(rig, ("sweep",), other)
    rig.quiet()

    assert set(codes) <= {0, 4}
    assert len(rig.box.issues()) == 1
    assert repeats(rig.box) == []


def _at_once(rig: Rig, *commands: tuple[str, ...]) -> list[int]:
    now = rig.box.now()
    going = [rig.start(*command, now=now) for command in commands]
    return [one.end().code for one in going]


def test_a_store_lost_between_two_sweeps_makes_no_second_issue_and_no_second_note(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(THREE_INCIDENTS, deployment=deployment)
    rig.run("sweep")
    _lose_the_store(rig)
    rig.box.advance(minutes=10)

    run = rig.run("sweep")
    rig.quiet()

    assert run.code == 0, run.told
    assert not judge(rig.box, *(Due("ESC", ids_of(digit)) for digit in "123"))


def test_a_store_lost_after_the_news_tells_no_news_again(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "In Progress")
    rig.run("sync")
    _lose_the_store(rig)
    rig.box.advance(minutes=10)

    runs = [rig.run("sweep"), rig.run("sync"), rig.run("sync")]

    assert [run.code for run in runs] == [0, 0, 0]
    assert not judge(rig.box, Due("ESC", GROUP_IDS, notes=2, state="in_progress"))


def test_a_store_lost_between_two_moves_still_tells_the_second(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "In Progress")
    rig.run("sync")
    _lose_the_store(rig)
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "Done", "Fixed")

    runs = [rig.run("sweep"), rig.run("sync")]

    assert [run.code for run in runs] == [0, 0]
    assert not judge(rig.box, Due("ESC", GROUP_IDS, notes=3, state="resolved"))


def test_a_store_lost_before_a_later_report_still_joins_it(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("sweep")
    _lose_the_store(rig)
    rig.box.advance(minutes=30)
    ticket = rig.box.customer_writes(LATER_REPORT)
    rig.box.advance(minutes=5)

    run = rig.run("sweep")
    rig.quiet()

    assert run.code == 0, run.told
    assert not judge(rig.box, Due("ESC", (*GROUP_IDS, ticket)))


def test_yesterdays_copy_of_the_store_makes_nothing_twice(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.run("list")
    copy = rig.store.read_bytes()
    rig.run("sweep")
    _lose_the_store(rig)
    rig.store.write_bytes(copy)
    rig.store.chmod(0o600)

    run = rig.run("sweep")
    rig.quiet()

    assert run.code == 0, run.told
    assert not judge(rig.box, _THE_GROUP)


def _lose_the_store(rig: Rig) -> None:
    for file in rig.folder.glob(f"{rig.store.name}*"):
        file.unlink()
