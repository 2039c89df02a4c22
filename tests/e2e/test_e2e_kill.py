"""kill -9 of the command at any request: nothing is lost and nothing happens twice.

By default at a spread of requests; with E2E_ALL=1 at every request, before and after it took
effect (some minutes for each pair of deployment and moment).
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Literal

import pytest
from e2e_judge import Due, Findings, judge
from e2e_tickets import GROUP_IDS, SAME_ISSUE, THREE_INCIDENTS, ids_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e_rig import Deployment, MakeRig, Rig

When = Literal["before", "after"]
_CREATE = r"/rest/api/[23]/issue$"
_THE_GROUP = Due("ESC", GROUP_IDS)
_THREE = tuple(Due("ESC", ids) for ids in (ids_of("1"), ids_of("2"), ids_of("3")))
_SPREAD = 3


def _kill(rig: Rig, when: When, **where: object) -> None:
    rig.box.fault("kill", when=when, **where)
    run = rig.run("sweep")
    assert run.code == -signal.SIGKILL, run.told


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_create_the_next_sweep_makes_or_adopts_the_one_issue(
    make_rig: MakeRig, deployment: Deployment, when: When
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment)
    _kill(rig, when, method="POST", path=_CREATE)

    rig.quiet()

    assert not judge(rig.box, _THE_GROUP)


def test_killed_after_the_create_while_search_lags_the_issue_is_found_by_its_key(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment, options=("--search-lag", "30"))
    _kill(rig, "after", method="POST", path=_CREATE)

    second = rig.run("sweep")

    assert second.code == 0, second.told
    assert not judge(rig.box, _THE_GROUP)


def test_an_issue_that_nothing_shows_yet_is_waited_for_and_not_made_again(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment, options=("--search-lag", "30"))
    rig.box.ask("options", {"fresh_keys": False})
    _kill(rig, "after", method="POST", path=_CREATE)

    blind = rig.run("sweep", "--json")
    rig.box.advance(minutes=1)
    seeing = rig.run("sweep")

    assert blind.code == 1, blind.told
    assert [write["result"] for write in blind.json["writes"]] == ["uncertain"]
    assert seeing.code == 0, seeing.told
    assert not judge(rig.box, _THE_GROUP)


@pytest.fixture(scope="module")
def total() -> dict[str, int]:
    """Requests of an undisturbed sweep, by deployment, once somebody has counted them."""
    return {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_request_every_effect_still_happens_once(
    make_rig: MakeRig, deployment: Deployment, when: When, total: dict[str, int]
) -> None:
    if deployment not in total:
        total[deployment] = _requests_of_a_sweep(make_rig(THREE_INCIDENTS, deployment=deployment))

    wrong = {
        at: found
        for at in _indexes(total[deployment], deployment, when)
        if (found := _survive(make_rig, deployment, when, at))
    }

    assert wrong == {}


def _requests_of_a_sweep(rig: Rig) -> int:
    run = rig.run("sweep")
    assert run.code == 0, run.told
    assert not judge(rig.box, *_THREE)
    return rig.box.count()


def _indexes(total: int, deployment: Deployment, when: When) -> Iterator[int]:
    """All of them, or a spread that differs for each pair of deployment and moment."""
    if os.environ.get("E2E_ALL"):
        yield from range(1, total + 1)
        return
    shift = ("cloud", "datacenter").index(deployment) * 2 + ("before", "after").index(when)
    step = total / (4 * _SPREAD)
    for place in range(_SPREAD):
        yield 1 + int((4 * place + shift) * step)


def _survive(make_rig: MakeRig, deployment: Deployment, when: When, at: int) -> Findings:
    with make_rig.closing(THREE_INCIDENTS, deployment=deployment) as rig:
        _kill(rig, when, nth=at)
        rig.quiet()
        return judge(rig.box, *_THREE)
