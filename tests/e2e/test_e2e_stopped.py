"""Runs that are stopped, or find another one at work."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from e2e_judge import Due, judge
from e2e_tickets import GROUP_IDS, SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig

_THE_GROUP = Due("ESC", GROUP_IDS)
_CREATE = r"/rest/api/[23]/issue$"
_NOTE = r"/tickets/101\.json$"


def test_a_run_that_finds_another_at_work_leaves_at_once(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("stop", path="/api/v2/")
    first = rig.start("sweep")
    first.until_stopped()
    before = rig.box.count()

    second = rig.run("sweep")

    assert second.code == 4, second.told
    assert "Another run is at work" in second.err
    assert rig.box.count() == before
    first.signal(signal.SIGCONT)
    assert first.end().code == 0
    assert not judge(rig.box, _THE_GROUP)


def test_sigterm_between_requests_ends_the_run_and_the_next_goes_on(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("delay:3", when="after", path="/api/v2/")
    going = rig.start("sweep")
    rig.box.until(1)

    going.signal(signal.SIGTERM)
    run = going.end()
    rig.quiet()

    assert run.code == 4, run.told
    assert "SIGTERM" in run.err
    assert not judge(rig.box, _THE_GROUP)


def test_sigterm_while_the_create_is_under_way_makes_no_second_issue(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment, options=("--search-lag", "30"))
    rig.box.fault("delay:1.5", when="after", method="POST", path=_CREATE)
    going = rig.start("sweep")
    rig.box.until_written("POST", _CREATE)

    going.signal(signal.SIGTERM)
    run = going.end()
    after = rig.run("sweep")
    rig.quiet()

    assert run.code == 4, run.told
    assert after.code == 0, after.told
    assert not judge(rig.box, _THE_GROUP)


def test_sigterm_while_a_note_is_under_way_makes_no_second_note(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("delay:1.5", when="after", method="PUT", path=_NOTE)
    going = rig.start("sweep")
    rig.box.until_written("PUT", _NOTE)

    going.signal(signal.SIGTERM)
    run = going.end()
    rig.quiet()

    assert run.code == 4, run.told
    assert not judge(rig.box, _THE_GROUP)
