"""What the network does behind everybody's back, and what a service does not take as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from e2e_judge import Due, judge, notes_of
from e2e_tickets import GROUP_IDS, SAME_ISSUE

if TYPE_CHECKING:
    from e2e_rig import Deployment, MakeRig

_CREATE = r"/rest/api/[23]/issue$"
_WITH_EMOJI = tuple(
    {**ticket, "body": f"{ticket['body']} \N{FACE WITH ROLLING EYES}"} for ticket in SAME_ISSUE
)


def _labels(issue: dict[str, Any]) -> set[str]:
    return {label for label in issue["labels"] if label.startswith("zdesc")}


def test_an_issue_that_a_proxy_made_twice_is_folded_into_the_one_that_stays(
    make_rig: MakeRig, deployment: Deployment
) -> None:
    rig = make_rig(SAME_ISSUE, deployment=deployment)
    rig.box.fault("duplicate", method="POST", path=_CREATE)
    rig.run("sweep")
    assert len(rig.box.issues()) == 2

    rig.quiet(most=8)

    stays = [one for one in rig.box.issues() if "zdesc" in _labels(one)]
    folded = [one for one in rig.box.issues() if _labels(one) == {"zdesc-folded"}]
    assert len(stays) == len(folded) == 1
    assert len(stays[0]["remote_links"]) == 3
    assert folded[0]["status"] == "Done"
    assert "Made twice for one escalation" in str(folded[0]["comments"])
    assert notes_of(rig.box.requests()) == dict.fromkeys(GROUP_IDS, 1)


def test_an_issue_made_twice_days_after_it_was_planned_is_folded_too(make_rig: MakeRig) -> None:
    rig = make_rig(SAME_ISSUE)
    rig.box.fault("status:503", method="POST", path=_CREATE, times=9)
    assert rig.run("sweep").code != 0
    rig.box.calm()
    rig.box.advance(days=3)
    rig.box.fault("duplicate", method="POST", path=_CREATE)

    rig.quiet(most=12)

    folded = [one for one in rig.box.issues() if _labels(one) == {"zdesc-folded"}]
    assert (len(rig.box.issues()), len(folded)) == (2, 1)


def test_an_old_database_that_refuses_emoji_gets_the_issue_without_them_later(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(_WITH_EMOJI, deployment="datacenter")
    rig.box.ask("jira/switches", {"refuses_four_bytes": True})

    first = rig.run("sweep")
    rig.quiet()

    assert first.code == 1, first.told
    assert not judge(rig.box, Due("ESC", GROUP_IDS))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_whole_story_over_http_and_over_tls(make_rig: MakeRig, scheme: str) -> None:
    rig = make_rig(SAME_ISSUE, tls=scheme == "https")
    assert rig.box.zendesk.startswith(f"{scheme}://")
    rig.box.fault("status:503", when="after", method="PUT", path=r"/tickets/\d+\.json", times=2)

    rig.run("sweep")
    rig.quiet()

    assert not judge(rig.box, Due("ESC", GROUP_IDS))


def test_a_certificate_that_nobody_vouches_for_ends_the_run_and_nothing_is_sent(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(SAME_ISSUE, tls=True)
    del rig.env["REQUESTS_CA_BUNDLE"]

    run = rig.run("sweep")

    assert run.code == 4, run.told
    assert "TLS" in run.err
    assert rig.box.count() == 0
