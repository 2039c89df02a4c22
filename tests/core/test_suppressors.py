"""Suppressors: why a ticket stays in support, each named; none stops Security."""

from __future__ import annotations

from typing import Any

import pytest
from builders import NOON, a_case, a_ticket, case_of, the_mappings
from hypothesis import given
from hypothesis import strategies as st

from connector.core.assessment import assess
from connector.core.model import (
    Customer,
    Finding,
    NearMiss,
    Severity,
    SolvedAlike,
    Target,
)
from connector.core.triggers import (
    AnySuppressor,
    KnownLimitation,
    KnownSolution,
    NeedsGuidance,
    NoEscalation,
    SettingUp,
    SolvedAlikeBefore,
    TriggersMapping,
)


@pytest.mark.parametrize(
    ("suppressor", "facts", "effect"),
    [
        (NoEscalation(), {"ticket": a_ticket(tags=("no_escalation",))}, "stop"),
        (KnownSolution(), {"ticket": a_ticket(tags=("workaround_available",))}, "lower"),
        (KnownSolution(), {"notes": "As a workaround they can use the API."}, "lower"),
        (KnownSolution(), {"notes": "There is no known workaround."}, None),
        (SettingUp(), {"ticket": a_ticket(tags=("configuration",))}, "stop"),
        (SettingUp(), {"notes": "It is misconfigured on their side."}, "stop"),
        (SettingUp(), {"notes": "It is not misconfigured."}, None),
        (NeedsGuidance(), {"ticket": a_ticket(tags=("how_to",))}, "stop"),
        (NeedsGuidance(), {"says": "How do I export a report?"}, "lower"),
        (NeedsGuidance(), {"says": "How do I export a report? It shows an error."}, None),
        (NeedsGuidance(), {"says": "The export shows an error."}, None),
        (KnownLimitation(), {"ticket": a_ticket(tags=("known_issue",))}, "lower"),
        (
            KnownLimitation(),
            {"ticket": a_ticket(tags=("known_issue", "workaround_available"))},
            "stop",
        ),
        (KnownLimitation(), {"notes": "Works as designed. As a workaround use the API."}, "stop"),
        (KnownLimitation(), {}, None),
    ],
    ids=str,
)
def test_each_reason_to_stay_in_support_is_heard(
    suppressor: AnySuppressor, facts: dict[str, Any], effect: str | None
) -> None:
    finding = suppressor.check(a_case(**facts))
    assert (finding.effect if isinstance(finding, Finding) else None) == effect


@pytest.mark.parametrize(
    ("similarities", "answer"),
    [
        ((0.7, 0.9), Finding),
        ((0.69, 0.9), NearMiss),
        ((0.9,), NearMiss),
        ((0.5, 0.6), type(None)),
        ((), type(None)),
    ],
)
def test_support_learns_from_what_it_solved(similarities: tuple[float, ...], answer: type) -> None:
    alike = tuple(
        SolvedAlike(ticket_id=90 + n, solved_at=NOON, similarity=value)
        for n, value in enumerate(similarities)
    )
    assert isinstance(SolvedAlikeBefore().check(a_case(solved_alike=alike)), answer)


def test_the_question_of_an_unverified_requester_holds_nothing_back() -> None:
    stranger = Customer(key="requester:1", name="Somebody", verified=False)
    case = a_case(says="How do I export a report?", customer=stranger)
    assert NeedsGuidance().check(case) is None


HACKED = "Our account was hacked. How do I reset it?"
EVERY_TAG = ("no_escalation", "known_issue", "workaround_available", "how_to", "configuration")


@given(st.sets(st.sampled_from(EVERY_TAG)), st.sampled_from([HACKED, "I found a vulnerability."]))
def test_no_suppressor_stops_or_lowers_security(tags: set[str], says: str) -> None:
    with_tags = a_ticket(tags=tuple(sorted(tags)), description=says)
    held = assess([case_of(with_tags)], the_mappings(), now=NOON)
    free = assess([case_of(a_ticket(description=says))], the_mappings(), now=NOON)
    assert held.verdict == "escalate"
    assert held.target is Target.SECURITY
    assert held.severity is free.severity


def test_suppressors_of_a_security_escalation_are_still_named() -> None:
    ticket = a_ticket(tags=("no_escalation",), description=HACKED)
    assessment = assess([case_of(ticket)], the_mappings(), now=NOON)
    assert "no-escalation" in {finding.kind for finding in assessment.suppressors}


DOWN = "Production is down."
BUG = ("bug_confirmed",)


@pytest.mark.parametrize(
    ("tags", "says", "verdict", "severity"),
    [
        pytest.param(BUG, "Odd.", "escalate", Severity.MEDIUM, id="nothing holds it back"),
        pytest.param((*BUG, "how_to"), "Odd.", "leave", Severity.MEDIUM, id="stopped"),
        pytest.param((*BUG, "no_escalation"), DOWN, "leave", Severity.CRITICAL, id="said so"),
        pytest.param(("how_to",), DOWN, "escalate", Severity.HIGH, id="too severe to be stopped"),
        pytest.param(
            ("workaround_available",), DOWN, "escalate", Severity.HIGH, id="lowered by one step"
        ),
        pytest.param(
            (*BUG, "workaround_available"), "Odd.", "suggest", Severity.MEDIUM, id="to a person"
        ),
    ],
)
def test_a_suppressor_stops_or_lowers(
    tags: tuple[str, ...], says: str, verdict: str, severity: Severity
) -> None:
    case = case_of(a_ticket(tags=tags, description=says))
    assessment = assess([case], the_mappings(), now=NOON)
    assert (assessment.verdict, assessment.severity) == (verdict, severity)


def test_a_suppressor_without_findings_changes_nothing() -> None:
    case = case_of(a_ticket(tags=("how_to",)))
    assessment = assess([case], the_mappings(), now=NOON)
    assert assessment.verdict == "leave"
    assert assessment.severity is None
    assert [finding.kind for finding in assessment.suppressors] == ["needs-guidance"]


def test_only_suppressors_that_the_file_lists_are_asked() -> None:
    triggers = TriggersMapping(suppressors=())
    case = case_of(a_ticket(tags=(*BUG, "no_escalation")))
    assessment = assess([case], the_mappings(triggers=triggers), now=NOON)
    assert assessment.verdict == "escalate"
