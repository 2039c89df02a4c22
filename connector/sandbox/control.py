"""The control API under /_sandbox/ on both ports: for tests, the demo and curious people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from connector.core.model import Frozen
from connector.sandbox.faults import Fault
from connector.sandbox.frame import Call, JsonAnswer, Refusal, route
from connector.sandbox.world import Options

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from connector.sandbox.world import World

_FAULTS = TypeAdapter(list[Fault])
Order = TypeVar("Order", bound=Frozen)


def control_routes(world: World) -> list[BaseRoute]:
    """Routes that both sides carry; nothing here is journaled, limited or faulted.

    GET  journal?side=&writes=1&since=N    entries after number N
    GET  counts?side=&since=N              requests by "side METHOD template"
    GET  state                             what each side holds, in numbers
    GET, POST clock                        {"now": ISO, "advance": seconds, "frozen": bool}
    GET, POST, DELETE faults               [{Fault}, …], added to those that wait
    GET, POST options                      any of Options
    POST pid                               {"pid": N}: whom "kill" faults strike; null forgets all
    """
    return [
        route("GET", "/_sandbox/journal", _journal, world=world),
        route("GET", "/_sandbox/counts", _counts, world=world),
        route("GET", "/_sandbox/state", _state, world=world),
        route("GET", "/_sandbox/clock", _clock, world=world),
        route("POST", "/_sandbox/clock", _set_clock, world=world),
        route("GET", "/_sandbox/faults", _faults, world=world),
        route("POST", "/_sandbox/faults", _order_faults, world=world),
        route("DELETE", "/_sandbox/faults", _clear_faults, world=world),
        route("GET", "/_sandbox/options", _options, world=world),
        route("POST", "/_sandbox/options", _set_options, world=world),
        route("POST", "/_sandbox/pid", _pid, world=world),
    ]


def _journal(call: Call) -> Response:
    entries = call.world.journal.pick(
        side=call.query.get("side"),
        writes=call.query.get("writes") == "1",
        since=_since(call),
    )
    return JsonAnswer({"entries": [asdict(entry) for entry in entries]})


def _counts(call: Call) -> Response:
    counts = call.world.journal.counts(side=call.query.get("side"), since=_since(call))
    return JsonAnswer(counts)


def _since(call: Call) -> int:
    given = call.query.get("since", "0")
    if not given.isdigit():
        raise Refusal(400, {"error": "since is a number of an entry"})
    return int(given)


def _state(call: Call) -> Response:
    world = call.world
    sides = {name: summary() for name, summary in world.summaries.items()}
    urls = {"zendesk_url": world.zendesk_url, "jira_url": world.jira_url}
    return JsonAnswer({**urls, "requests": len(world.journal.entries), **sides})


class _ClockOrder(Frozen):
    now: AwareDatetime | None = None
    advance: float = 0.0
    frozen: bool | None = None


class _PidOrder(Frozen):
    pid: int | None


def _clock(call: Call) -> Response:
    clock = call.world.clock
    return JsonAnswer({"now": clock.now().isoformat(), "frozen": clock.frozen})


def _set_clock(call: Call) -> Response:
    wanted = order_of(call, _ClockOrder)
    moment = (wanted.now or call.world.now()) + timedelta(seconds=wanted.advance)
    call.world.clock.set(moment, frozen=wanted.frozen)
    return _clock(call)


def _faults(call: Call) -> Response:
    return JsonAnswer([fault.model_dump() for fault in call.world.faults.pending()])


def _order_faults(call: Call) -> Response:
    try:
        ordered = _FAULTS.validate_json(call.body)
    except ValidationError as error:
        raise Refusal(400, {"error": str(error)}) from None
    call.world.faults.order(*ordered)
    return _faults(call)


def _clear_faults(call: Call) -> Response:
    call.world.faults.clear()
    return _faults(call)


def _options(call: Call) -> Response:
    return JsonAnswer(call.world.options.model_dump())


def _set_options(call: Call) -> Response:
    changed = order_of(call, Options)
    wanted = {name: getattr(changed, name) for name in changed.model_fields_set}
    call.world.options = call.world.options.model_copy(update=wanted)
    return _options(call)


def _pid(call: Call) -> Response:
    pid = order_of(call, _PidOrder).pid
    if pid is None:
        call.world.pids.clear()
    else:
        call.world.pids.add(pid)
    return JsonAnswer({"pids": sorted(call.world.pids)})


def order_of(call: Call, kind: type[Order]) -> Order:
    """The body as the given value; refused with 400 when it is not one."""
    try:
        return kind.model_validate_json(call.body or b"{}")
    except ValidationError as error:
        raise Refusal(400, {"error": str(error)}) from None
