"""The conditions of severity.toml and routing.toml, and the situation they are held against."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, PositiveInt

from connector.core.model import Category, Frozen, Severity, SlaState
from connector.core.names import UnknownNameError
from connector.core.triggers import TRIGGER_KINDS


def _known(kind: str) -> str:
    if kind not in TRIGGER_KINDS:
        raise UnknownNameError("trigger", sorted(TRIGGER_KINDS))
    return kind


Kind = Annotated[str, AfterValidator(_known)]
"""The kind of a trigger, as in triggers.toml."""


class Situation(Frozen):
    """What is known of one issue, over all its tickets, when the rules are read."""

    findings: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    customers: int = 1
    high_value_customers: int = 0
    sla: SlaState = "unknown"
    blocked: bool = False
    feature_gap: bool = False
    product_areas: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    severity: Severity | None = None


class When(Frozen):
    """Conditions that must all hold; one that is not given always holds.

    A list holds when any of its entries does. Counts are "at least". Empty: holds always.
    """

    findings: tuple[Kind, ...] = ()
    category: tuple[Category, ...] = ()
    customers: PositiveInt | None = None
    high_value_customers: PositiveInt | None = None
    sla: tuple[SlaState, ...] = ()
    blocked: bool | None = None
    feature_gap: bool | None = None
    product_area: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()

    @property
    def always(self) -> bool:
        return self == When()

    def holds(self, now: Situation) -> bool:
        lists = (
            (self.findings, now.findings),
            (self.category, now.categories),
            (self.sla, {now.sla}),
            (self.product_area, now.product_areas),
            (self.tags, now.tags),
            (self.severity, {now.severity}),
        )
        counts = (
            (self.customers, now.customers),
            (self.high_value_customers, now.high_value_customers),
        )
        flags = ((self.blocked, now.blocked), (self.feature_gap, now.feature_gap))
        return (
            all(not wanted or set(wanted) & set(known) for wanted, known in lists)
            and all(wanted is None or known >= wanted for wanted, known in counts)
            and all(wanted is None or known is wanted for wanted, known in flags)
        )
