"""Which faults strike where: drawn from a seed, and told by class and moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

Order = dict[str, Any]

CLASSES = {
    "kill": "CRASH",
    "stop": "LEASE LOST",
    "reset": "UNKNOWN",
    "close": "UNKNOWN",
    "truncate": "UNKNOWN",
    "garbage": "UNKNOWN",
    "empty": "UNKNOWN",
    "html": "UNKNOWN",
    "bomb": "UNKNOWN",
    "hang": "UNKNOWN",
    "200": "DRIFT",
    "302": "REDIRECT",
    "400": "INVALID",
    "401": "AUTH",
    "403": "FORBIDDEN",
    "404": "GONE",
    "409": "CONFLICT",
    "413": "INVALID",
    "422": "INVALID",
    "429": "BUSY",
    "500": "UNKNOWN",
    "502": "UNKNOWN",
    "503": "UNKNOWN",
    "504": "UNKNOWN",
}
"""The error class of each fault (docs/reliability.md), by its name without `status:`."""

_OFTEN = ("kill", "kill", "kill", "reset", "close", "truncate", "status:500", "status:429")
_FAULTS = (
    *_OFTEN,
    "garbage", "html", "empty", "status:502", "status:503", "status:504", "status:200",
    "status:302", "status:400", "status:401", "status:403", "status:404", "status:409",
    "status:413", "status:422",
)  # fmt: skip
_RARE = ("hang:9", "bomb:40")
_NEVER_TOOK_EFFECT = {f"status:{number}" for number in (400, 401, 403, 404, 409, 413, 422, 429)}
_PLACES: tuple[Order, ...] = (
    {},
    {},
    {"side": "jira"},
    {"side": "zendesk"},
    {"method": "POST", "path": r"/rest/api/[23]/issue$"},
    {"method": "POST", "path": r"/rest/api/[23]/issue$"},
    {"method": "POST", "path": r"/comment$"},
    {"method": "PUT", "path": r"/tickets/\d+\.json$"},
    {"method": "PUT", "path": r"/tickets/\d+\.json$"},
    {"path": "remotelink"},
    {"path": r"/tickets/\d+/tags"},
    {"path": "jira/links"},
    {"path": "cursor"},
    {"path": "ticket_events"},
    {"path": "audits"},
    {"path": "search"},
    {"path": "show_many"},
    {"path": "me(\\.json)?$"},
)
_WAITS: tuple[dict[str, str], ...] = (
    {"Retry-After": "0"},
    {"Retry-After": "7"},
    {"Retry-After": "1800"},
    {"Retry-After": "soon"},
    {"Retry-After": "Tue, 16 Jun 2026 12:00:09 GMT"},
    {"RateLimit-Reason": "jira-per-issue-on-write", "Retry-After": "3"},
    {"zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=5"},
    {},
)
_STRANGE = ("{}", "[]", '"yes"', "null", '{"tickets": 5}', '{"issues": {}, "ticket": []}')


def draw(dice: random.Random, trap: str) -> Order:
    """One fault on order. `trap`: the address that redirects lead to."""
    fault = dice.choice(_RARE) if dice.random() < 1 / 40 else dice.choice(_FAULTS)
    order: Order = {
        "fault": fault,
        "when": dice.choice(("before", "after")),
        "nth": dice.choice((1, 1, 2, 3, 5, 8, 13, 21)),
        "times": dice.choice((1, 1, 1, 2, 6)),
        **dice.choice(_PLACES),
    }
    if fault in _NEVER_TOOK_EFFECT:
        order["when"] = "before"
    if fault == "status:404":
        order["times"] = 1
    if fault == "status:429" or (fault == "status:503" and order["when"] == "before"):
        order["headers"] = dice.choice(_WAITS)
    if fault == "status:200":
        order["body"] = dice.choice(_STRANGE)
    if fault == "status:302":
        order["headers"] = {"Location": trap}
    if fault in _RARE:
        order["times"] = 1
    return order


def told(fault: str) -> tuple[str, str, str]:
    """A journal's fault as its class, its name and its moment."""
    name, _, moment = fault.partition(" ")
    short = name.removeprefix("status:").partition(":")[0]
    return CLASSES[short], short, moment
