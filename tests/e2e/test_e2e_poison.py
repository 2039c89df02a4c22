"""Some tickets that a service refuses, among many: the many are done, and the few are listed.

By default 10 of 300; with E2E_ALL=1 also 1, 10 and 100 of 1,000.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from e2e_judge import Due, judge, tags_of
from e2e_tickets import SAME_ISSUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e_rig import MakeRig
    from e2e_tickets import Ticket

_MANY = ((1000, 1), (1000, 10), (1000, 100)) if os.environ.get("E2E_ALL") else ()
_REFUSALS = (400, 404, 413, 422)


def _reports(many: int) -> Iterator[Ticket]:
    """One incident, as so many customers tell it."""
    for number in range(many):
        yield {
            **SAME_ISSUE[0],
            "id": 1000 + number,
            "requester": f"ann@customer{number}.example",
            "organization": f"Customer {number}",
        }


@pytest.mark.parametrize(("many", "poisoned"), [(300, 10), *_MANY])
def test_tickets_that_a_service_refuses_cost_the_others_nothing(
    make_rig: MakeRig, many: int, poisoned: int
) -> None:
    rig = make_rig(tuple(_reports(many)))
    ids = range(1000, 1000 + many)
    bad = tuple(ids[:: many // poisoned])[:poisoned]
    for at, status in enumerate(_REFUSALS):
        if mine := bad[at :: len(_REFUSALS)]:
            paths = rf"/tickets/({'|'.join(map(str, mine))})/tags"
            rig.box.fault(f"status:{status}", path=paths, times=1_000_000)

    run = rig.run("sweep", "--json")

    assert run.code == 1, run.told
    refused = [one for one in run.json["writes"] if one["result"] == "set_aside"]
    assert {one["subject"] for one in refused} == {f"ticket {number}" for number in bad}
    listed = rig.run("quarantine", "list", "--json").json["waiting"]
    assert len(listed) == len(bad)
    tagged = {number for number, tags in tags_of(rig.box.requests()).items() if "escalated" in tags}
    assert tagged == set(ids) - set(bad)

    rig.box.calm()
    rig.quiet()
    assert not judge(rig.box, Due("ESC", tuple(ids)))
