"""brief.toml: how a brief is worded, what each target must be told, what is left out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from connector.core.cadence import Interval
from connector.core.model import Ask, Frozen, Severity, Target
from connector.core.wording import only

SectionKey = Literal[
    "impact", "description", "reproduction", "tried", "communication", "needed", "context"
]
SECTIONS: tuple[SectionKey, ...] = (
    "impact",
    "description",
    "reproduction",
    "tried",
    "communication",
    "needed",
    "context",
)
"""All sections in their order, which is the same for everybody."""

Item = Literal[
    "ticket_summary",
    "steps_tried",
    "customer_context",
    "reproduction_steps",
    "expected_result",
    "actual_result",
    "environment",
    "logs_or_errors",
    "business_impact",
    "customer_timeline",
    "use_case",
    "request_frequency",
    "competitive_pressure",
    "observed",
    "affected",
    "containment",
    "urgency",
    "business_context",
    "revenue_at_risk",
    "decision_needed",
    "deadline",
]
"""Parts of a brief that a target may require."""

PersonalData = Literal["e-mail", "phone", "IBAN"]
"""Kinds of personal data, by the names that stand in `[redacted: …]`."""

Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]
AskText = Annotated[
    Words, AfterValidator(only("target", "summary", "deadline", "failure", "customers"))
]
MissingText = Annotated[Words, AfterValidator(only("item"))]


def _in_order(keys: tuple[SectionKey, ...]) -> tuple[SectionKey, ...]:
    if keys != tuple(key for key in SECTIONS if key in keys):
        raise ValueError(f"sections keep their order, each once: {', '.join(SECTIONS)}")
    if "needed" not in keys:
        raise ValueError("the section 'needed' is never left out: a brief asks for something")
    return keys


class TargetBrief(Frozen):
    """What a target's brief shows, what it must hold, and what is usually asked of the target."""

    sections: Annotated[tuple[SectionKey, ...], AfterValidator(_in_order)] = SECTIONS
    required: tuple[Item, ...]
    ask: Ask


class Wording(Frozen):
    """`ask` is the sentence for each ask, `question` what an agent is asked for a missing item.

    `missing` stands in the brief where a required item is not known, `unknown` everywhere else.
    """

    ask: Mapping[Ask, AskText] = Field(json_schema_extra={"required": list(Ask)})
    question: Mapping[Item, Words]
    missing: MissingText = "missing; asked for in the ticket"
    unknown: Words = "unknown"

    @model_validator(mode="after")
    def _complete(self) -> Wording:
        missing = [f"wording.ask.{ask}" for ask in Ask if ask not in self.ask]
        if missing:
            raise ValueError(f"{missing[0]} is missing; each of {', '.join(Ask)} needs a sentence")
        return self


class Redaction(Frozen):
    """Secrets always go, whatever this says. Names of organizations always stay."""

    personal: tuple[PersonalData, ...] = ("e-mail", "phone", "IBAN")


class Limits(Frozen):
    """Characters are counted as rendered. Lists end in "and n more"."""

    summary: Annotated[int, Field(ge=40, le=240)] = 240
    description: Annotated[int, Field(ge=2_000, le=32_000)] = 32_000
    customers: Annotated[int, Field(ge=1, le=500)] = 20
    tickets: Annotated[int, Field(ge=1, le=500)] = 50
    errors: Annotated[int, Field(ge=1, le=50)] = 5
    error_lines: Annotated[int, Field(ge=1, le=200)] = 40


class BriefMapping(Frozen):
    """`deadline`: by when the ask is needed, unless an SLA breaches earlier."""

    targets: Mapping[Target, TargetBrief] = Field(json_schema_extra={"required": list(Target)})
    deadline: Mapping[Severity, Interval] = Field(json_schema_extra={"required": list(Severity)})
    wording: Wording
    redaction: Redaction = Redaction()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _complete(self) -> BriefMapping:
        wanted = [
            *(f"targets.{target}" for target in Target if target not in self.targets),
            *(f"deadline.{severity}" for severity in Severity if severity not in self.deadline),
        ]
        if wanted:
            raise ValueError(f"{wanted[0]} is missing")
        asked = {item for brief in self.targets.values() for item in brief.required}
        silent = sorted(asked - set(self.wording.question))
        if silent:
            raise ValueError(
                f"wording.question.{silent[0]} is missing; a required item needs its question"
            )
        return self

    def required(self, target: Target) -> tuple[Item, ...]:
        """What a brief for this target must hold."""
        return self.targets[target].required
