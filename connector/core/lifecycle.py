"""Which state of an escalation may follow which."""

from __future__ import annotations

from connector.core.model import State

_WORK = frozenset({State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS})
_ENDS = frozenset({State.RESOLVED, State.DE_ESCALATED})

_NEXT: dict[State, frozenset[State]] = {
    State.OPEN: _WORK | _ENDS,
    State.ACKNOWLEDGED: _WORK | _ENDS,
    State.IN_PROGRESS: _WORK | _ENDS,
    State.RESOLVED: _WORK | {State.CONFIRMED, State.DE_ESCALATED, State.REGRESSED},
    State.CONFIRMED: frozenset({State.REGRESSED}),
    State.DE_ESCALATED: _WORK | {State.RESOLVED, State.REGRESSED},
    State.REGRESSED: frozenset(),
}
"""An issue that is put back or reopened in Jira takes its escalation along; what customers have
confirmed only comes back as a new episode."""


class IllegalMoveError(ValueError):
    """A state that may not follow the present one."""

    def __init__(self, old: State, new: State) -> None:
        allowed = ", ".join(sorted(_NEXT[old])) or "nothing: open a new episode"
        super().__init__(f"{old} cannot become {new}; it may become: {allowed}")


def may_follow(old: State, new: State) -> bool:
    """Whether `new` may follow `old`; staying as it is always may."""
    return new == old or new in _NEXT[old]


def move(old: State, new: State) -> State:
    """The new state. Raises IllegalMoveError."""
    if not may_follow(old, new):
        raise IllegalMoveError(old, new)
    return new
