"""The one retry policy, on a clock that only sleeping moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from clients_rig import Time, policy_on
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from connector.clients.calls import describe
from connector.clients.outcomes import DEFAULT_PAUSE, LONGEST_PAUSE, retry_after
from connector.errors import (
    AnswerLostError,
    BusyError,
    ConflictError,
    ConnectorError,
    GoneError,
    InvalidError,
    NotSentError,
    RefusedError,
    RestingError,
    UncertainError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.clients.retry import RetryPolicy

BUSY = BusyError("busy", retry_after=10)
LOST = AnswerLostError("lost")
NOT_SENT = NotSentError("not sent")
UNCERTAIN = UncertainError("who knows")
FINAL: list[ConnectorError] = [
    ConflictError("409"),
    GoneError("404"),
    InvalidError("400"),
    RefusedError("401", side="jira", status=401),
    RestingError("rests"),
]
CALL = describe("zendesk", "GET", "/api/v2/tickets/7.json", frozenset())
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def failing(*errors: ConnectorError) -> tuple[Callable[[], str], list[int]]:
    """A call that raises these in turn and then succeeds, and how often it ran."""
    runs: list[int] = []

    def call() -> str:
        runs.append(1)
        if len(runs) <= len(errors):
            raise errors[len(runs) - 1]
        return "done"

    return call, runs


@pytest.mark.parametrize(
    ("error", "tries"), [(BUSY, 4), (NOT_SENT, 4), (LOST, 3)], ids=["busy", "not sent", "lost"]
)
def test_a_read_is_tried_so_often(policy: RetryPolicy, error: ConnectorError, tries: int) -> None:
    call, runs = failing(*[error] * (tries - 1))
    assert policy.read(call) == "done"
    assert len(runs) == tries
    call, runs = failing(*[error] * 9)
    with pytest.raises(type(error)):
        policy.read(call)
    assert len(runs) == tries


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_what_another_try_cannot_help_is_not_tried_again(
    policy: RetryPolicy, error: ConnectorError, time: Time
) -> None:
    for attempt in (policy.read, policy.resend):
        call, runs = failing(error)
        with pytest.raises(type(error)):
            attempt(call)
        assert len(runs) == 1
    assert time.slept == []


def test_a_bug_is_not_tried_again(policy: RetryPolicy) -> None:
    runs = []

    def call() -> None:
        runs.append(1)
        raise KeyError("issues")

    with pytest.raises(KeyError):
        policy.read(call)
    assert len(runs) == 1


def test_a_write_is_sent_again_only_when_it_certainly_did_not_happen(policy: RetryPolicy) -> None:
    call, runs = failing(BUSY, NOT_SENT)
    assert policy.resend(call) == "done"
    assert len(runs) == 3
    for error in (UNCERTAIN, LOST):
        call, runs = failing(error)
        with pytest.raises(type(error)):
            policy.resend(call)
        assert len(runs) == 1


def test_a_repeatable_write_is_sent_again_when_its_outcome_is_unknown(policy: RetryPolicy) -> None:
    call, runs = failing(UNCERTAIN, UNCERTAIN)
    assert policy.resend(call, repeatable=True) == "done"
    assert len(runs) == 3
    call, runs = failing(*[UNCERTAIN] * 5)
    with pytest.raises(UncertainError):
        policy.resend(call, repeatable=True)
    assert len(runs) == 3


@given(told=st.floats(0, 3_600), tries=st.integers(1, 3))
def test_a_busy_service_is_given_at_least_the_time_it_asked_for(told: float, tries: int) -> None:
    time = Time()
    call, _ = failing(*[BusyError("busy", retry_after=told)] * tries)
    policy_on(time).read(call)
    assert len(time.slept) == tries
    assert all(told <= seconds <= max(told, 8) + 5 for seconds in time.slept)


@given(tries=st.integers(1, 3))
def test_backing_off_is_bounded(tries: int) -> None:
    time = Time()
    call, _ = failing(*[NOT_SENT] * tries)
    policy_on(time).read(call)
    assert all(seconds <= 2**n for n, seconds in enumerate(time.slept))


def test_a_wait_that_outlasts_the_run_is_not_begun(time: Time) -> None:
    call, runs = failing(BusyError("busy", retry_after=1_800))
    with pytest.raises(BusyError):
        policy_on(time, budget=600).read(call)
    assert len(runs) == 1
    assert time.slept == []


def test_the_fifth_failure_in_a_row_puts_a_side_to_rest(policy: RetryPolicy) -> None:
    for _ in range(4):
        assert policy.failed("zendesk", LOST) is LOST
        policy.admit(CALL)
    assert isinstance(policy.failed("zendesk", LOST), RestingError)
    with pytest.raises(RestingError):
        policy.admit(CALL)
    policy.admit(describe("jira", "GET", "/rest/api/3/myself", frozenset()))


def test_an_answer_in_between_begins_the_count_again(policy: RetryPolicy) -> None:
    for _ in range(4):
        policy.failed("zendesk", LOST)
    policy.answered("zendesk")
    for _ in range(4):
        policy.failed("zendesk", NOT_SENT)
    policy.admit(CALL)


def test_an_uncertain_write_stays_uncertain_when_its_side_goes_to_rest(
    policy: RetryPolicy,
) -> None:
    outcomes = [policy.failed("jira", UNCERTAIN) for _ in range(6)]
    assert outcomes == [UNCERTAIN] * 6


def test_a_pause_holds_for_everything_in_its_scope_and_ends(
    policy: RetryPolicy, time: Time
) -> None:
    policy.failed("zendesk", BusyError("busy", retry_after=30, scope="ticket 7"))
    other = describe("zendesk", "GET", "/api/v2/tickets/8.json", frozenset())
    with pytest.raises(BusyError) as caught:
        policy.admit(CALL)
    assert caught.value.retry_after == 30
    policy.admit(other)
    policy.failed("zendesk", BusyError("busy", retry_after=40))
    for call in (CALL, other):
        with pytest.raises(BusyError):
            policy.admit(call)
    time.now += 40
    policy.admit(CALL)


def test_a_shorter_pause_does_not_shorten_a_longer_one(policy: RetryPolicy, time: Time) -> None:
    policy.failed("zendesk", BusyError("busy", retry_after=60))
    policy.failed("zendesk", BusyError("busy", retry_after=5))
    time.now += 10
    with pytest.raises(BusyError):
        policy.admit(CALL)


# --- Retry-After --------------------------------------------------------------------------------


def told(**headers: str) -> float:
    named = CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()})
    return retry_after(named, NOON.timestamp())


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("0.5", 0.5),
        (" 30 ", 30),
        ("1800", 1_800),
        ("999999999", LONGEST_PAUSE),
        ("", DEFAULT_PAUSE),
        ("-5", DEFAULT_PAUSE),
        ("nan", DEFAULT_PAUSE),
        ("inf", DEFAULT_PAUSE),
        ("soon", DEFAULT_PAUSE),
        ("12 parsecs", DEFAULT_PAUSE),
    ],
)
def test_retry_after_in_seconds_or_as_garbage(raw: str, seconds: float) -> None:
    assert told(Retry_After=raw) == seconds


def test_retry_after_as_a_date_counts_from_the_server_s_own_clock() -> None:
    later = format_datetime(NOON + timedelta(seconds=90), usegmt=True)
    assert told(Retry_After=later) == 90
    ahead = format_datetime(NOON + timedelta(seconds=60), usegmt=True)
    assert told(Retry_After=later, Date=ahead) == 30
    assert told(Retry_After=format_datetime(NOON - timedelta(days=1), usegmt=True)) == 0


def test_without_the_header_the_reset_of_account_or_bucket_counts() -> None:
    assert told(ratelimit_reset="17") == 17
    assert told(rate_limit_reset="18") == 18
    bucket = {"zendesk_ratelimit_incremental_exports": "total=10; remaining=0; resets=44"}
    assert told(**bucket) == 44
    full = {"zendesk_ratelimit_incremental_exports": "total=10; remaining=2; resets=44"}
    assert told(**full) == DEFAULT_PAUSE
    assert told(X_RateLimit_Reset="2026-01-01T12:00:25Z") == 25


@given(st.text(max_size=40))
def test_no_header_makes_a_wait_that_is_no_wait(raw: str) -> None:
    for name in ("Retry_After", "X_RateLimit_Reset", "ratelimit_reset"):
        assert 0 <= told(**{name: raw}) <= LONGEST_PAUSE
