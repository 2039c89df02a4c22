"""What is in the demo's week and what should come of it: for tests and benchmarks only.

The product never reads this: it has to find out by itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from connector.core.model import Frozen, Target
from connector.sandbox.demo.files import noise, stories
from connector.sandbox.demo.week import BEGIN, persons, ticket_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.sandbox.demo.files import Story


class Fact(Frozen):
    """One story. `tickets` are of the week, `older` from before it, `later` arrive in act two.

    `targets`: who may receive it; () when it must stay in support. `same_issue`: its tickets
    report one issue. `customers` counts those of the week, `crosses` says whether that is three.
    """

    story: str
    about: str
    targets: tuple[Target, ...] = ()
    same_issue: bool = False
    tickets: tuple[int, ...] = ()
    older: tuple[int, ...] = ()
    customers: tuple[str, ...] = ()
    later: int = 0

    @property
    def escalates(self) -> bool:
        return bool(self.targets)

    @property
    def crosses(self) -> bool:
        return self.same_issue and len(self.customers) >= _THRESHOLD


_THRESHOLD = 3
_ENGINEERING = (Target.ENGINEERING,)
_L2 = (Target.L2, Target.ENGINEERING)
_ABOUT: dict[str, tuple[str, tuple[Target, ...]]] = {
    "export": ("accounting exports fail with EXP-5031 since 4.2.1", _ENGINEERING),
    "reminders": ("text reminders arrive a day late, told in everybody's own words", _ENGINEERING),
    "ipad": ("the iPad calendar is empty in landscape; only two customers", ()),
    "security": ("invoices of other customers can be opened", (Target.SECURITY,)),
    "security-question": ("a how-to question about security", ()),
    "vip": ("a large reference customer is about to leave", (Target.LEADERSHIP,)),
    "regression": ("VAT twice on credit notes, fixed in May, back in June", _ENGINEERING),
    "sla-near": ("a first reply is due within the hour", _L2),
    "sla-breached": ("a first reply is overdue", _L2),
    "waiting": ("a customer waits for days; only an internal note was written", _L2),
    "passed-around": ("three moves between groups", _L2),
    "confirmed-bug": ("a bug that second line has confirmed", _ENGINEERING),
    "product-gap": ("refunds without approval stop a roll-out", (Target.PRODUCT,)),
    "needs-access": ("support cannot see the payment log", _L2),
    "no-escalation": ("announced maintenance, tagged no_escalation", ()),
    "known-issue": ("a known limitation with a way around it", ()),
    "workaround": ("a workaround was given", ()),
}
_SAME_ISSUE = frozenset({"export", "reminders", "ipad", "regression"})


@cache
def expected() -> Mapping[str, Fact]:
    """Every story by its name."""
    return {name: _fact(name, about, targets) for name, (about, targets) in _ABOUT.items()}


def _fact(name: str, about: str, targets: tuple[Target, ...]) -> Fact:
    mine = [story for story in stories() if story.story == name]
    week = [story for story in mine if story.at is not None and story.at >= BEGIN]
    old = [story for story in mine if story.at is not None and story.at < BEGIN]
    return Fact(
        story=name,
        about=about,
        targets=targets,
        same_issue=name in _SAME_ISSUE,
        tickets=tuple(ticket_ids()[story.key] for story in week),
        older=tuple(ticket_ids()[story.key] for story in old),
        customers=tuple(dict.fromkeys(_customer(story) for story in week)),
        later=sum(story.later is not None for story in mine),
    )


def _customer(story: Story) -> str:
    return persons()[story.sender].organization or story.sender


@cache
def ordinary_tickets() -> frozenset[int]:
    """Tickets in which nothing should be found."""
    return frozenset(ticket_ids()[text.key] for text in noise())
