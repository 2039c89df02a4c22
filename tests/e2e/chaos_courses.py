"""Courses that are known to be dangerous: a third of all seeds begin with one of them.

Chance alone seldom lets the right fault strike the right request; what comes after is left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

Order = dict[str, Any]

_CREATE: Order = {"method": "POST", "path": r"/rest/api/[23]/issue$"}
_NOTE: Order = {"method": "PUT", "path": r"/tickets/(\d+|update_many)\.json$"}
_COMMENT: Order = {"method": "POST", "path": r"/comment$"}
_TAGS: Order = {"path": r"/tickets/\d+/tags"}
_LINK: Order = {"path": "remotelink"}
_DESK_LINK: Order = {"method": "POST", "path": "jira/links"}
_SEARCH: Order = {"path": r"/search"}
_EXPORT: Order = {"path": r"cursor|ticket_events"}
_LOSSES = ("reset", "close", "status:503", "status:500", "html", "truncate", "empty")


@dataclass(frozen=True)
class Step:
    """What happens first, and the faults that then wait for the runs."""

    event: str = "nothing"
    faults: tuple[Order, ...] = ()


def _lost(where: Order) -> tuple[Step, ...]:
    """The answer is lost after the request took effect; `?` is drawn."""
    return (Step(faults=({"fault": "?", "when": "after", **where},)),)


def _killed(where: Order, event: str = "nothing") -> tuple[Step, ...]:
    return (Step(event, ({"fault": "kill", "when": "after", **where},)),)


def _refused(number: int, where: Order, times: int = 1) -> tuple[Step, ...]:
    return (
        Step(faults=({"fault": f"status:{number}", "when": "before", "times": times, **where},)),
    )


_CALM = Step()
COURSES: tuple[tuple[Step, ...], ...] = (
    _lost(_CREATE),
    _lost(_NOTE),
    _lost(_DESK_LINK),
    (_CALM, *_lost(_COMMENT)),
    _killed(_CREATE),
    _killed(_NOTE),
    _killed(_TAGS),
    _killed(_LINK),
    (_CALM, *_killed(_NOTE, "move")),
    _refused(401, _NOTE),
    _refused(401, _LINK),
    _refused(403, _CREATE),
    _refused(404, _LINK),
    _refused(404, _NOTE),
    _refused(422, _TAGS),
    _refused(400, _NOTE),
    (Step(faults=({"fault": "html", "when": "after", **_SEARCH},)),),
    (_CALM, Step("report", ({"fault": "html", "when": "after", **_EXPORT},))),
    (Step(faults=({"fault": "status:302", "when": "before", **_EXPORT},)),),
    (Step(faults=({"fault": "status:302", "when": "before", **_CREATE},)),),
    (_CALM, Step("store lost")),
    (_CALM, Step("move"), Step("store lost")),
    (_CALM, Step("move"), Step("store restored")),
    (_CALM, Step("issue moves"), Step("store lost")),
    (_CALM, Step("report"), Step("store restored")),
    (_CALM, Step("by hand"), Step("store restored")),
    (Step("asleep"),),
    (Step("together"),),
    (_CALM, Step("move"), Step("move")),
)


def course(dice: random.Random, trap: str) -> tuple[Step, ...]:
    """The beginning of a seed: mostly none. `trap`: the address that redirects lead to."""
    if dice.random() >= 1 / 3:
        return ()
    return tuple(
        Step(step.event, tuple(_drawn(dice, one, trap) for one in step.faults))
        for step in dice.choice(COURSES)
    )


def _drawn(dice: random.Random, order: Order, trap: str) -> Order:
    fault = dice.choice(_LOSSES) if order["fault"] == "?" else order["fault"]
    headers = {"headers": {"Location": trap}} if fault == "status:302" else {}
    return {**order, "fault": fault, "nth": dice.choice((1, 1, 2)), **headers}
