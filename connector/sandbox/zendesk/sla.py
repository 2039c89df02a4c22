"""SLA clocks: what starts, pauses and ends them, and the metric events that tell of it.

A breach happens by time alone. It does not touch the ticket; it only becomes visible in the
clock's remaining time and, once asked for, as a metric event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.sandbox.zendesk.entities import UNSOLVED, SlaClock

if TYPE_CHECKING:
    from connector.sandbox.zendesk.entities import Ticket
    from connector.sandbox.zendesk.store import Store

METRICS = (
    "first_reply_time",
    "next_reply_time",
    "requester_wait_time",
    "agent_work_time",
    "periodic_update_time",
    "pausable_update_time",
    "total_resolution_time",
)
_EVENT_METRIC = {
    "first_reply_time": "reply_time",
    "next_reply_time": "reply_time",
    "total_resolution_time": "resolution_time",
}
_PAUSED_IN = {
    "requester_wait_time": frozenset({"pending"}),
    "pausable_update_time": frozenset({"pending"}),
    "agent_work_time": frozenset({"pending", "hold"}),
}
_ANSWERED_BY_REPLY = frozenset({"first_reply_time", "next_reply_time"})
_RESTARTED_BY_REPLY = frozenset({"periodic_update_time", "pausable_update_time"})
_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)))


def start(
    store: Store, ticket: Ticket, metric: str, target: timedelta, policy: str, at: datetime
) -> SlaClock:
    """A new running clock; a clock of the same metric that ran before is replaced."""
    named = store.policy(policy)
    named.targets[metric] = int(target.total_seconds() // 60)
    alike = [known for known in ticket.slas if event_metric(known.metric) == event_metric(metric)]
    instance = 1 + max((known.instance for known in alike), default=0)
    ticket.slas = [known for known in ticket.slas if known.metric != metric]
    clock = SlaClock(metric, named.id, target, "active", at + target, instance=instance)
    ticket.slas.append(clock)
    log(store, ticket, clock, "activate", at)
    log(store, ticket, clock, "apply_sla", at, sla=_applied(named.id, named.title, clock))
    return clock


def event_metric(metric: str) -> str:
    """The metric's name in metric events."""
    return _EVENT_METRIC.get(metric, metric)


def log(
    store: Store, ticket: Ticket, clock: SlaClock, kind: str, at: datetime, **extra: Any
) -> None:
    store.log_metric(ticket.id, event_metric(clock.metric), clock.instance, kind, at, **extra)


def on_reply(store: Store, ticket: Ticket, at: datetime) -> None:
    """An agent answered in public."""
    for clock in list(ticket.slas):
        if clock.stage != "active":
            continue
        if clock.metric in _ANSWERED_BY_REPLY:
            _fulfill(store, ticket, clock, at)
        elif clock.metric in _RESTARTED_BY_REPLY:
            _fulfill(store, ticket, clock, at)
            start(store, ticket, clock.metric, clock.target, _title(store, clock), at)


def on_customer(store: Store, ticket: Ticket, at: datetime) -> None:
    """The customer wrote: the next reply is awaited, if the policy has a target for it."""
    running = any(clock.metric in _ANSWERED_BY_REPLY and clock.stage == "active"
                  for clock in ticket.slas)  # fmt: skip
    answered = any(clock.metric in _ANSWERED_BY_REPLY for clock in ticket.slas)
    if running or not answered:
        return
    for policy in store.policies.values():
        minutes = policy.targets.get("next_reply_time")
        if minutes and any(clock.policy_id == policy.id for clock in ticket.slas):
            start(store, ticket, "next_reply_time", timedelta(minutes=minutes), policy.title, at)
            return


def on_status(store: Store, ticket: Ticket, at: datetime) -> None:
    """The ticket got another status: clocks pause, run on, or end."""
    for clock in ticket.slas:
        if clock.stage == "achieved":
            continue
        if ticket.status not in UNSOLVED:
            _fulfill(store, ticket, clock, at)
        elif ticket.status in _PAUSED_IN.get(clock.metric, ()):
            _pause(store, ticket, clock, at)
        elif clock.stage == "paused":
            _resume(store, ticket, clock, at)


def note_breaches(store: Store) -> None:
    """Writes the breach events whose time has come."""
    now = store.now()
    for ticket in store.tickets.values():
        for clock in ticket.slas:
            due = clock.breach_at
            if clock.breached or clock.stage != "active" or due is None or due > now:
                continue
            clock.breached = True
            log(store, ticket, clock, "breach", due, deleted=False)


def sideload(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """`slas` of a ticket. A paused clock has no breach time, an achieved one not even the key."""
    return {"policy_metrics": [_metric(clock, now) for clock in ticket.slas]}


def _metric(clock: SlaClock, now: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {"stage": clock.stage, "metric": clock.metric}
    if clock.stage == "achieved":
        return shown
    running = clock.stage == "active" and clock.breach_at is not None
    shown = {"breach_at": stamp(clock.breach_at) if running else None, **shown}
    left = clock.breach_at - now if running and clock.breach_at else (clock.left or timedelta(0))
    for unit, size in _UNITS:
        if abs(left) >= size:
            shown[unit] = int(left / size)
            return shown
    shown["minutes"] = int(left / timedelta(minutes=1))
    return shown


def stamp(moment: datetime | None) -> str | None:
    """ISO text as Zendesk writes it."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _fulfill(store: Store, ticket: Ticket, clock: SlaClock, at: datetime) -> None:
    clock.stage, clock.left = "achieved", None
    log(store, ticket, clock, "fulfill", at)


def _pause(store: Store, ticket: Ticket, clock: SlaClock, at: datetime) -> None:
    if clock.stage == "active" and clock.breach_at is not None:
        clock.stage, clock.left, clock.breach_at = "paused", clock.breach_at - at, None
        log(store, ticket, clock, "pause", at)


def _resume(store: Store, ticket: Ticket, clock: SlaClock, at: datetime) -> None:
    clock.stage, clock.breach_at = "active", at + (clock.left or clock.target)
    clock.left = None
    log(store, ticket, clock, "activate", at)


def _title(store: Store, clock: SlaClock) -> str:
    return next(known.title for known in store.policies.values() if known.id == clock.policy_id)


def _applied(policy_id: int, title: str, clock: SlaClock) -> dict[str, Any]:
    return {
        "target": int(clock.target.total_seconds() // 60),
        "target_in_seconds": int(clock.target.total_seconds()),
        "business_hours": False,
        "policy": {"id": policy_id, "title": title, "description": None},
    }
