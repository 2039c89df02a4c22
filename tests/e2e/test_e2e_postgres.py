"""The same on PostgreSQL: the main job, and a kill -9 in its midst."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from e2e_judge import Due, judge
from e2e_rig import DEPLOYMENTS, Deployment
from e2e_tickets import GROUP_IDS, LATER_REPORT, SAME_ISSUE, SECURITY, THREE_INCIDENTS, ids_of

if TYPE_CHECKING:
    from e2e_rig import MakeRig, Rig

_THE_GROUP = Due("ESC", GROUP_IDS)


def _on_postgres(rig: Rig, url: str) -> Rig:
    rig.env["ESCALATION_STORE__URL"] = url
    return rig


def test_the_main_job_on_postgres_writes_once_and_then_nothing(
    make_rig: MakeRig, postgres_url: str
) -> None:
    rig = _on_postgres(make_rig(), postgres_url)
    rig.run("sweep")
    rig.box.advance(minutes=10)
    rig.box.engineer_moves("ESC-1", "In Progress")
    rig.run("sync")
    ticket = rig.box.customer_writes(LATER_REPORT)
    rig.box.advance(minutes=5)
    joined = rig.run("sweep")
    before = rig.box.count()

    again = [rig.run(command) for command in ("sweep", "sync")]

    assert joined.code == 0, joined.told
    assert [run.code for run in again] == [0, 0]
    assert rig.box.writes(before) == []
    assert set(rig.folder.glob("*.db*")) == set()
    told = judge(
        rig.box,
        Due("ESC", GROUP_IDS, notes=2, state="in_progress"),
        Due("SEC", (SECURITY["id"],)),
    )
    assert not told.twice
    assert not told.public
    assert told.lost == [f"ESC-1 links {sorted((*GROUP_IDS, ticket))}, not {GROUP_IDS}"]


_WHEN = ("before", "after")
_EVERY = [(kind, at, when) for kind in DEPLOYMENTS for at in range(1, 101) for when in _WHEN]
_SOME: list[tuple[Deployment, int, str]] = [
    ("cloud", 3, "after"),
    ("datacenter", 24, "after"),
    ("cloud", 27, "after"),
    ("datacenter", 48, "before"),
]


@pytest.mark.parametrize(
    ("deployment", "at", "when"), _EVERY if os.environ.get("E2E_ALL") else _SOME
)
def test_killed_on_postgres_every_effect_still_happens_once(
    make_rig: MakeRig, postgres_url: str, deployment: Deployment, at: int, when: str
) -> None:
    """With E2E_ALL=1 at every request that a sweep makes, and some that it does not."""
    rig = _on_postgres(make_rig(THREE_INCIDENTS, deployment=deployment), postgres_url)
    rig.box.fault("kill", nth=at, when=when)
    killed = rig.run("sweep")
    met = any(seen.fault for seen in rig.box.requests())

    rig.quiet()

    assert killed.code == (-signal.SIGKILL if met else 0), killed.told
    assert met or at > 60
    assert not judge(rig.box, *(Due("ESC", ids_of(digit)) for digit in "123"))


def test_two_sweeps_at_once_on_postgres_make_one_issue(
    make_rig: MakeRig, postgres_url: str
) -> None:
    rig = _on_postgres(make_rig(SAME_ISSUE), postgres_url)
    now = rig.box.now()

    going = [rig.start("sweep", now=now) for _ in range(2)]
    codes = {one.end().code for one in going}

    assert codes <= {0, 4}
    assert 0 in codes
    assert not judge(rig.box, _THE_GROUP)
