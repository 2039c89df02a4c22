"""The ledger's rows as frozen values. Times are aware UTC."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from connector.core.model import (
    Ask,
    Customer,
    DeescalationReason,
    Finding,
    Frozen,
    Json,
    Severity,
    State,
    Target,
)


class IntentState(StrEnum):
    """PLANNED -> SENDING -> DONE, or -> UNCERTAIN -> found DONE | proven absent PLANNED."""

    PLANNED = "planned"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    DONE = "done"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"


class MirrorRow(Frozen):
    """What we keep of a ticket between sweeps: facts, no thread.

    `look_at`: when time alone may make this ticket a candidate (None: never). `decided`: hash of
    the facts that the last decision was made from. `signals`: text findings of the words read so
    far, and `urgency` the rank they gave it. `fingerprint`: what grouping needs of the text.
    """

    ticket_id: int
    exported_at: datetime
    content_hash: str
    status: str
    type: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime
    customer: Customer
    requester_id: int | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    problem_id: int | None = None
    product_area: str | None = None
    breach_at: datetime | None = None
    unanswered_since: datetime | None = None
    last_customer_at: datetime | None = None
    last_public_reply_at: datetime | None = None
    last_comment_id: int | None = None
    reopens: int | None = None
    group_stations: int | None = None
    fingerprint: Json = None
    signals: tuple[Finding, ...] = ()
    urgency: float = 0.0
    decided: str | None = None
    look_at: datetime | None = None


class Glance(NamedTuple):
    """Of a mirrored ticket what tells whether it deserves a closer look; `found`: its words say so.

    A sweep may hold one for each of many thousand tickets.
    """

    content_hash: str
    status: str
    created_at: datetime
    updated_at: datetime
    breach_at: datetime | None
    urgency: float
    decided: str | None
    found: bool


class InboxRow(Frozen):
    """A ticket that changed and waits to be looked at."""

    ticket_id: int
    exported_at: datetime
    state: Literal["todo", "done", "quarantined"] = "todo"
    tries: int = 0
    error: str | None = None
    next_try_at: datetime | None = None


class EscalationRow(Frozen):
    """One episode of one escalation. `version` grows with every change of state or severity.

    `lower_since`: since when every assessment has come out less severe than `severity`.
    `applied`: Jira's status id, category and resolution as last acted on; `seen_at`: its issue's
    `updated` as last read. `ended_at`: when it was resolved or de-escalated last; `closed_at`: when
    everybody had been told. `internal_at`: when the team last did something. `lost_at`: since when
    Jira does not show the issue. `follows`: the escalation that goes on for this one, a duplicate.
    `previous_id`: the episode before. `below_since`: since when no trigger speaks for it.
    """

    id: str
    marker: str
    episode: int = 1
    first_ticket_id: int
    group_id: str | None = None
    target: Target
    severity: Severity
    state: State = State.OPEN
    reason: str = ""
    summary: str = ""
    ask: Ask = Ask.INVESTIGATE
    deadline: datetime | None = None
    project: str | None = None
    issue_id: str | None = None
    issue_key: str | None = None
    owner: str | None = None
    applied: Json = None
    brief: Json = None
    brief_hash: str = ""
    assessment: Json = None
    version: int = 1
    opened_at: datetime
    changed_at: datetime
    lower_since: datetime | None = None
    resolved_at: datetime | None = None
    internal_due_at: datetime | None = None
    customer_due_at: datetime | None = None
    learned: Json = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: DeescalationReason | None = None
    closed_at: datetime | None = None
    internal_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_by: str | None = None
    below_since: datetime | None = None
    seen_at: datetime | None = None
    lost_at: datetime | None = None
    follows: str | None = None
    previous_id: str | None = None

    @property
    def settled(self) -> bool:
        """Whether its place exists: the Jira issue, or, for L2, Zendesk itself."""
        return self.issue_id is not None or self.target is Target.L2


class LinkRow(Frozen):
    """A ticket of an escalation. `result` is what happened at the last attempt to update it.

    `told_at`, `told_how`: when and how its customer was told the end. `worn`: tags that it had when
    it joined. `merged_into`: the ticket that goes on for it. `left_at`: when a person took it out.
    """

    escalation_id: str
    ticket_id: int
    customer: Customer
    joined_at: datetime
    closed: bool = False
    result: str = ""
    told_at: datetime | None = None
    told_how: str | None = None
    worn: tuple[str, ...] = ()
    merged_into: int | None = None
    left_at: datetime | None = None


class IntentRow(Frozen):
    """One remote write, planned and recorded before it is made.

    `subject` names what is written to ("ticket 12", "issue", "project ESC"). `seq` orders the
    intents of one escalation. `payload` is redacted and never changes.
    """

    intent_id: str
    escalation_id: str
    kind: str
    subject: str
    seq: int
    payload: Json
    payload_hash: str
    state: IntentState = IntentState.PLANNED
    tries: int = 0
    planned_at: datetime
    sent_at: datetime | None = None
    probe: Json = None
    result_ref: str | None = None
    error: str | None = None
    reason: str | None = None
    next_try_at: datetime | None = None


class EventRow(Frozen):
    """Append-only history: what was decided or written, by whom, why."""

    at: datetime
    actor: str
    what: str
    escalation_id: str | None = None
    intent_id: str | None = None
    ticket_id: int | None = None
    detail: Json = None


class TransitionRow(Frozen):
    """A change of an escalation's state or severity. Actor: jira, zendesk, operator or sweep.

    `wrote`: the ids of the writes that were planned with it.
    """

    escalation_id: str
    at: datetime
    actor: str
    kind: Literal["state", "severity"]
    old: str
    new: str
    reason: str
    wrote: tuple[str, ...] = ()


class AsideRow(Frozen):
    """A ticket or write that was set aside (quarantined), with the reason and the next try.

    `key` is "ticket:<id>", "place:<where>" or "intent:<id>".
    """

    key: str
    kind: Literal["ticket", "place", "intent"]
    reason: str
    error: str
    tries: int = 1
    since: datetime
    next_try_at: datetime | None = None
    escalation_id: str | None = None
    ticket_id: int | None = None


class FollowUpRow(Frozen):
    """One due follow-up that was made: clock "internal" or "customer", slot start in UTC.

    `ticket_id`: whose customer clock it was; 0 for the internal one.
    """

    escalation_id: str
    clock: Literal["internal", "customer"]
    ticket_id: int = 0
    slot: datetime
    done_at: datetime
    late_by_minutes: int = 0


class DraftRow(Frozen):
    """Words for a customer, which only a person can send. `id` is named after the words.

    `basis`: what of the ticket and the escalation the words were made for. `intent_id`: the reply
    that an approval became.
    """

    id: str
    escalation_id: str
    ticket_id: int
    about: Literal["update", "end"]
    text: str
    basis: str
    state: Literal["open", "approved", "sent", "dropped", "outdated"] = "open"
    made_at: datetime
    decided_at: datetime | None = None
    intent_id: str | None = None
    reason: str | None = None


class LabelRow(Frozen):
    """A verdict: whether two tickets report the same issue. `first` < `second`.

    `actor`: "operator", or "zendesk" for what agents did there. `chance` that the two are one issue
    as the groups saw it at that moment; None where they had not compared them.
    """

    first: int
    second: int
    same: bool
    actor: str
    at: datetime
    chance: float | None = None


class GroupRow(Frozen):
    """What is known of a group without reading its tickets; `newest_at`: its newest report's."""

    id: str
    strength: Literal["sure", "suggested"]
    tickets: int
    customers: int
    newest_at: datetime


class NearMissRow(Frozen):
    """A group that a report (by its number) did not join, and the ticket in it that is closest."""

    number: int
    group_id: str
    ticket_id: int
    chance: float


class RunRow(Frozen):
    """One run of a command; `finished_at` and `exit_code` are None while it works (or died)."""

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    exit_code: int | None = None
    report: Json = None
