"""The glossary as frozen types. Values only: no clock, no network, no disk.

Every time is an aware datetime (UTC unless said). Texts are as cleaned at the border
(`connector.core.clean`): no control characters, no bidi tricks, length bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Json = Any
FieldValue = str | int | float | bool | tuple[str, ...] | None


class Frozen(BaseModel):
    """A value: never changed after it is made; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(StrEnum):
    """Ours; never to be mixed with Zendesk's or Jira's priority."""

    CRITICAL = "Critical"
    HIGH = "High"
    MEDIUM = "Medium"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class Target(StrEnum):
    """Who receives an escalation."""

    L2 = "L2"
    ENGINEERING = "Engineering"
    PRODUCT = "Product"
    SECURITY = "Security"
    LEADERSHIP = "Leadership"


class State(StrEnum):
    """Life of an escalation."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    DE_ESCALATED = "de_escalated"
    REGRESSED = "regressed"

    @property
    def live(self) -> bool:
        """Still somebody's work: new reports join it."""
        return self in {State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS, State.RESOLVED}


class DeescalationReason(StrEnum):
    SUPPORT_RESOLVABLE = "support_resolvable"
    WORKAROUND = "workaround"
    SELF_RESOLVED = "self_resolved"
    REASSESSED = "reassessed"
    REJECTED = "rejected"


class Ask(StrEnum):
    """What the receiver is asked to do (the brief's WHAT'S NEEDED)."""

    INVESTIGATE = "investigate"
    FIX = "fix"
    DECIDE = "decide"
    APPROVE = "approve"


Category = Literal["technical", "complexity", "impact", "business", "time", "pattern"]
Status = Literal["new", "open", "pending", "hold", "solved", "closed", "deleted"]
Role = Literal["end-user", "agent", "system"]

OPEN_STATUSES: frozenset[str] = frozenset({"new", "open", "pending", "hold"})


# --- what comes in from the desk -------------------------------------------------------------


class Person(Frozen):
    """Somebody in Zendesk. `verified` is None where the desk did not say."""

    id: int
    name: str = ""
    email: str | None = None
    role: Role = "end-user"
    verified: bool | None = None


class Organization(Frozen):
    """`fields` are the organization's custom fields by key (`arr`, `tier`, …)."""

    id: int
    name: str
    fields: Mapping[str, FieldValue] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class SlaClock(Frozen):
    """One SLA target of a ticket. It runs only while `stage` is "active" and `breach_at` is set."""

    metric: str
    stage: str
    breach_at: datetime | None = None
    target_minutes: int | None = None


class Metrics(Frozen):
    """Zendesk's ticket metrics; None where the desk did not say."""

    reopens: int | None = None
    group_stations: int | None = None
    assignee_stations: int | None = None
    replies: int | None = None
    requester_updated_at: datetime | None = None
    assignee_updated_at: datetime | None = None
    solved_at: datetime | None = None


class Ticket(Frozen):
    """A Zendesk ticket as last read.

    `sla` is None where the account did not offer SLA facts in this answer, () where none apply.
    `fields` are custom field values by field id (as text). `exported_at` is the export's
    `generated_timestamp`. `dated`: whether `created_at` is known; a file may leave it out.
    """

    id: int
    subject: str = ""
    description: str = ""
    status: Status = "new"
    type: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = Field(default_factory=dict)
    requester: Person | None = None
    organization: Organization | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    problem_id: int | None = None
    external_id: str | None = None
    satisfaction: str | None = None
    comment_count: int | None = None
    is_public: bool | None = None
    merged_into: int | None = None
    dated: bool = True
    created_at: datetime
    updated_at: datetime
    exported_at: datetime | None = None
    sla: tuple[SlaClock, ...] | None = None
    metrics: Metrics | None = None


class Attachment(Frozen):
    name: str
    url: str
    size: int | None = None
    content_type: str | None = None


class Comment(Frozen):
    """One comment. `intent_id` is set when we wrote it (read from the audit metadata)."""

    id: int
    ticket_id: int
    author_id: int | None = None
    author_name: str = ""
    role: Role = "end-user"
    public: bool
    created_at: datetime
    body: str
    attachments: tuple[Attachment, ...] = ()
    intent_id: str | None = None


class Change(Frozen):
    """One field change out of a ticket's audits, e.g. field "group_id", "status", "priority"."""

    at: datetime
    author_id: int | None = None
    field: str
    old: FieldValue = None
    new: FieldValue = None


class Thread(Frozen):
    """Everything said in a ticket, oldest first. `cut` counts comments left out by the limits."""

    ticket_id: int
    comments: tuple[Comment, ...] = ()
    changes: tuple[Change, ...] = ()
    cut: int = 0


class Customer(Frozen):
    """An organization, else an e-mail domain, else a requester.

    `key` is "organization:<id>", "domain:<domain>" or "requester:<id>". Money is in the currency
    of the organization field. None means unknown.
    """

    key: str
    name: str
    organization_id: int | None = None
    tier: str | None = None
    arr: float | None = None
    renewal_date: date | None = None
    reference: bool | None = None
    verified: bool = True


# --- what is thought about it ----------------------------------------------------------------


class Source(Frozen):
    """Where a statement comes from. `quote` is verbatim, redacted, at most 200 characters."""

    ticket_id: int
    comment_id: int | None = None
    quote: str | None = None


class Member(Frozen):
    """One ticket in a group of same-issue tickets. `verified`: the requester's address is.

    `chance`: how likely it belongs there; None for the first report, which began the group.
    """

    ticket_id: int
    customer_key: str
    customer_name: str = ""
    created_at: datetime
    verified: bool = True
    chance: float | None = None


class NearTicket(Frozen):
    """What a group nearly had: a ticket outside it (`group`: the one that it is in), the closest
    one of several, and the chance that it belongs.
    """

    ticket_id: int
    group: str
    chance: float


class Group(Frozen):
    """Tickets that report the same issue. `strength` is the whole group's."""

    id: str
    label: str
    strength: Literal["sure", "suggested"]
    members: tuple[Member, ...]
    why: tuple[str, ...] = ()
    near: tuple[NearTicket, ...] = ()

    @property
    def customers(self) -> tuple[str, ...]:
        """Distinct customer keys, in order of their first report."""
        return tuple(dict.fromkeys(member.customer_key for member in self.members))


class EarlierEscalation(Frozen):
    """What the ledger remembers of an escalation that the same issue had before."""

    id: str
    episode: int
    state: State
    issue_key: str | None = None
    severity: Severity
    target: Target
    resolved_at: datetime | None = None
    learned: str | None = None


class SolvedAlike(Frozen):
    """An earlier similar ticket that support solved without escalating (the learned suppressor)."""

    ticket_id: int
    solved_at: datetime
    similarity: float


class Passage(Frozen):
    """Words that somebody wrote themselves: no quoted replies, no signature."""

    source: Source
    text: str
    at: datetime


SlaState = Literal["within", "at_risk", "breached", "unknown"]


class SlaStatus(Frozen):
    """The ticket's SLA as of `now`; `breach_at` is the breach that counts (next, or first past).

    `warn_at`: from when on the breach counts as at risk.
    """

    state: SlaState = "unknown"
    metric: str | None = None
    breach_at: datetime | None = None
    warn_at: datetime | None = None


class Case(Frozen):
    """One ticket with all its facts, as of `now`. Rules only ask questions of this.

    `waited` is business time since `unanswered` (the customer's oldest comment that has had no
    public reply); zero when nobody waits. Counts are None where the desk did not say. `turn` is who
    has to act next, None once the ticket is solved. `high_value` holds the reasons why the customer
    counts as one; () when it does not, or nothing is known. `priority_changes`: oldest first.
    """

    now: datetime
    ticket: Ticket
    customer: Customer
    thread: Thread
    product_area: str | None = None
    environment_field: str | None = None
    last_speaker: Literal["customer", "agent"] | None = None
    turn: Literal["customer", "agent"] | None = None
    high_value: tuple[str, ...] = ()
    priority_changes: tuple[Change, ...] = ()
    unanswered: Source | None = None
    unanswered_since: datetime | None = None
    waited: timedelta = timedelta(0)
    last_public_reply: datetime | None = None
    public_replies: int = 0
    reopens: int | None = None
    reassignments: int | None = None
    sla: SlaStatus = SlaStatus()
    language: str | None = None
    customer_words: tuple[Passage, ...] = ()
    agent_notes: tuple[Passage, ...] = ()
    group: Group | None = None
    earlier: EarlierEscalation | None = None
    solved_alike: tuple[SolvedAlike, ...] = ()


class Finding(Frozen):
    """A trigger's or suppressor's answer, with its evidence.

    `sure` False means: shown to a person, never escalating by itself. A suppressor's finding has
    `effect` "stop" or "lower".
    """

    kind: str
    category: Category | None = None
    because: str
    sources: tuple[Source, ...] = ()
    sure: bool = True
    effect: Literal["stop", "lower"] | None = None


class NearMiss(Frozen):
    """A trigger that did not fire, and how far it was from firing."""

    kind: str
    because: str


class Dimension(Frozen):
    """One of the six impact dimensions: a sentence, its number where there is one, its sources."""

    text: str
    number: float | None = None
    known: bool = True
    sources: tuple[str, ...] = ()


class Impact(Frozen):
    """The six dimensions. Unknown is said to be unknown."""

    breadth: Dimension
    depth: Dimension
    duration: Dimension
    revenue: Dimension
    reputation: Dimension
    contractual: Dimension
    customers: tuple[Customer, ...] = ()
    arr_at_risk: float | None = None
    arr_unknown_for: int = 0
    sla: SlaStatus = SlaStatus()
    first_report: datetime | None = None


class ScorePart(Frozen):
    name: str
    points: float
    because: str


Verdict = Literal["escalate", "suggest", "leave"]


class Assessment(Frozen):
    """Why, or why not. `tickets`: every ticket that the decision is about, first report first.

    verdict "suggest": something fired that only a person may act on. severity and target are None
    only when verdict is "leave" and nothing fired.
    """

    now: datetime
    tickets: tuple[int, ...]
    verdict: Verdict
    because: str
    findings: tuple[Finding, ...] = ()
    suppressors: tuple[Finding, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    severity: Severity | None = None
    severity_rule: str = ""
    target: Target | None = None
    target_rule: str = ""
    notify: tuple[Target, ...] = ()
    impact: Impact | None = None
    score: float = 0.0
    score_parts: tuple[ScorePart, ...] = ()
    group: Group | None = None
    earlier: EarlierEscalation | None = None


# --- what is told to others ------------------------------------------------------------------


class Need(Frozen):
    """WHAT'S NEEDED: the specific ask and when it is needed by (aware, in the cadence's zone)."""

    ask: Ask
    text: str
    deadline: datetime


class IssueRef(Frozen):
    """A Jira issue: `id` is what we rely on, `key` may change when it is moved."""

    id: str
    key: str
