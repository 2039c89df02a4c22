"""Every trigger and suppressor, and triggers.toml as a type."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import Field, PositiveFloat, model_validator

from connector.core import vocabulary
from connector.core.duration import Duration
from connector.core.model import Frozen
from connector.core.signals_text import Phrase
from connector.core.triggers.business import (
    CustomerAtRisk,
    ExecutiveInvolved,
    LegalOrPress,
    SlaBreach,
)
from connector.core.triggers.clocks import NotProgressing, OpenBeyondSla, WaitingTooLong
from connector.core.triggers.complexity import BeyondDiagnosis, CustomImplementation, NeedsAccess
from connector.core.triggers.impact import (
    DataIntegrity,
    KeyCustomerBlocked,
    ProductionDown,
    SecurityBreach,
    SecurityReport,
    SeveralCustomers,
)
from connector.core.triggers.pattern import FixedCameBack, SameIssue, SeverityRising
from connector.core.triggers.suppressors import (
    KnownLimitation,
    KnownSolution,
    NeedsGuidance,
    NoEscalation,
    SettingUp,
    SolvedAlikeBefore,
)
from connector.core.triggers.technical import ConfirmedBug, DataLoss, Infrastructure

__all__ = [
    "SECURITY_KINDS",
    "TRIGGER_KINDS",
    "AnySuppressor",
    "AnyTrigger",
    "BeyondDiagnosis",
    "ConfirmedBug",
    "CustomImplementation",
    "CustomerAtRisk",
    "DataIntegrity",
    "DataLoss",
    "ExecutiveInvolved",
    "FixedCameBack",
    "HighValue",
    "Infrastructure",
    "KeyCustomerBlocked",
    "KnownLimitation",
    "KnownSolution",
    "LegalOrPress",
    "NeedsAccess",
    "NeedsGuidance",
    "NoEscalation",
    "NotProgressing",
    "OpenBeyondSla",
    "ProductionDown",
    "SameIssue",
    "SecurityBreach",
    "SecurityReport",
    "SettingUp",
    "SeveralCustomers",
    "SeverityRising",
    "SharedWords",
    "SlaBreach",
    "SlaWarning",
    "SolvedAlikeBefore",
    "TriggersMapping",
    "WaitingTooLong",
]

AnyTrigger = Annotated[
    ConfirmedBug
    | Infrastructure
    | DataLoss
    | BeyondDiagnosis
    | NeedsAccess
    | CustomImplementation
    | SeveralCustomers
    | ProductionDown
    | DataIntegrity
    | KeyCustomerBlocked
    | SecurityBreach
    | SecurityReport
    | CustomerAtRisk
    | SlaBreach
    | ExecutiveInvolved
    | LegalOrPress
    | OpenBeyondSla
    | WaitingTooLong
    | NotProgressing
    | SameIssue
    | FixedCameBack
    | SeverityRising,
    Field(discriminator="kind"),
]
AnySuppressor = Annotated[
    NoEscalation | KnownSolution | SettingUp | NeedsGuidance | KnownLimitation | SolvedAlikeBefore,
    Field(discriminator="kind"),
]

SECURITY_KINDS = frozenset({"security-breach", "security-report"})
"""A sure finding of one of these escalates to Security at once."""


class SlaWarning(Frozen):
    """From when on an SLA is at risk: `before` the breach, or less than `fraction` of it left."""

    before: Duration = Duration.parse("60 minutes")
    fraction: float = Field(default=0.2, ge=0, lt=1)


class HighValue(Frozen):
    """Who counts as a high-value customer: any one of these. Money as in the organization field."""

    arr: PositiveFloat = 100_000
    tiers: tuple[str, ...] = ("enterprise",)
    renewal_within: Duration = Duration.parse("60d")


class SharedWords(Frozen):
    """Phrases that rules of severity.toml and routing.toml ask about; they trigger nothing alone.

    `blocked`: the customer cannot work. `feature_gap`: something is missing rather than broken,
    told by words or by `feature_gap_tags`.
    """

    blocked: tuple[Phrase, ...] = vocabulary.BLOCKED
    feature_gap: tuple[Phrase, ...] = vocabulary.FEATURE_GAP
    feature_gap_tags: tuple[str, ...] = ("feature_request", "feature_gap")


def _triggers() -> tuple[AnyTrigger, ...]:
    return (
        SecurityBreach(),
        SecurityReport(),
        ProductionDown(),
        DataIntegrity(),
        KeyCustomerBlocked(),
        SameIssue(),
        FixedCameBack(),
        SeverityRising(),
        SeveralCustomers(),
        DataLoss(),
        ConfirmedBug(),
        Infrastructure(),
        CustomerAtRisk(),
        LegalOrPress(),
        ExecutiveInvolved(),
        SlaBreach(),
        OpenBeyondSla(),
        WaitingTooLong(),
        NotProgressing(),
        BeyondDiagnosis(),
        NeedsAccess(),
        CustomImplementation(),
    )


def _suppressors() -> tuple[AnySuppressor, ...]:
    return (
        NoEscalation(),
        KnownLimitation(),
        KnownSolution(),
        NeedsGuidance(),
        SettingUp(),
        SolvedAlikeBefore(),
    )


TRIGGER_KINDS = frozenset(trigger.kind for trigger in _triggers())
"""The `kind` of every trigger there is."""


class TriggersMapping(Frozen):
    """triggers.toml. What a list there does not name is off; without the list, all are on."""

    sla: SlaWarning = SlaWarning()
    value: HighValue = HighValue()
    words: SharedWords = SharedWords()
    triggers: tuple[AnyTrigger, ...] = Field(default_factory=_triggers)
    suppressors: tuple[AnySuppressor, ...] = Field(default_factory=_suppressors)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name, questions in (("triggers", self.triggers), ("suppressors", self.suppressors)):
            twice = [k for k, n in Counter(q.kind for q in questions).items() if n > 1]
            if twice:
                raise ValueError(f"{name}: {', '.join(twice)} is there more than once")
        return self

    @property
    def same_issue_customers(self) -> int:
        """From how many customers the same issue escalates by itself."""
        asked = (t for t in self.triggers if isinstance(t, SameIssue))
        return next(asked, SameIssue()).customers

    def with_limits(
        self,
        *,
        window_days: int | None = None,
        min_customers: int | None = None,
        sla_warning_minutes: int | None = None,
    ) -> Self:
        """The same with the limits that config.toml may set under [sweep]; None changes nothing."""
        count = {} if min_customers is None else {"customers": min_customers}
        span = (
            {} if window_days is None else {"within": Duration(amount=timedelta(days=window_days))}
        )
        changes: dict[str, dict[str, Any]] = {
            "same-issue": count | span,
            "several-customers": count | span,
        }
        triggers = tuple(t.model_copy(update=changes.get(t.kind)) for t in self.triggers)
        sla = self.sla
        if sla_warning_minutes is not None:
            before = Duration(amount=timedelta(minutes=sla_warning_minutes))
            sla = sla.model_copy(update={"before": before})
        return self.model_copy(update={"triggers": triggers, "sla": sla})
