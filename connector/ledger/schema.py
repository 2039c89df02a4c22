"""The ledger's tables, with an index for every question that a sweep or sync asks.

Conditions of partial indexes are literal text and stand in the queries as the same text: only so
can both databases see that the index answers the query.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    text,
)

from connector.ledger.columns import BIG, JsonText, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OPEN_TICKET = text("status IN ('new', 'open', 'pending', 'hold')")
HAS_FINGERPRINT = text("fingerprint IS NOT NULL")
TODO = text("state = 'todo'")
SET_ASIDE = text("state = 'quarantined'")
LIVE = text("state IN ('open', 'acknowledged', 'in_progress', 'resolved')")
UNCLOSED = text("closed_at IS NULL")
UNSETTLED = text("state IN ('planned', 'sending', 'uncertain', 'quarantined')")


def _escalation_id() -> Column[str]:
    """Checked at commit: within one transaction the rows may come in any order."""
    return Column(
        "escalation_id",
        Words,
        ForeignKey("escalation.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    )


def _index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """Only migrations make tables, and they name the condition for PostgreSQL as well: named here,
    it would load that dialect whenever the program starts.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)


instance = Table(
    "instance",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("name", Words, primary_key=True),
    Column("count", BIG, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("fence", BIG, nullable=False),
    Column("since", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

mirror = Table(
    "mirror",
    metadata,
    Column("ticket_id", BIG, primary_key=True, autoincrement=False),
    Column("exported_at", Moment, nullable=False),
    Column("content_hash", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("type", Words),
    Column("priority", Words),
    Column("tags", JsonText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("customer", JsonText, nullable=False),
    Column("requester_id", BIG),
    Column("assignee_id", BIG),
    Column("group_id", BIG),
    Column("problem_id", BIG),
    Column("product_area", Words),
    Column("breach_at", Moment),
    Column("unanswered_since", Moment),
    Column("last_customer_at", Moment),
    Column("last_public_reply_at", Moment),
    Column("last_comment_id", BIG),
    Column("reopens", Integer),
    Column("group_stations", Integer),
    Column("fingerprint", JsonText),
    Column("urgency", Float, nullable=False),
    Column("signals", JsonText, nullable=False),
    Column("decided", Words),
    Column("look_at", Moment),
    _index("ix_mirror_due", "look_at", "ticket_id", where=OPEN_TICKET),
    _index("ix_mirror_reports", "created_at", "ticket_id", where=HAS_FINGERPRINT),
)

inbox = Table(
    "inbox",
    metadata,
    Column("ticket_id", BIG, primary_key=True, autoincrement=False),
    Column("exported_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Words),
    Column("next_try_at", Moment),
    _index("ix_inbox_todo", "exported_at", "ticket_id", where=TODO),
    _index("ix_inbox_set_aside", "next_try_at", "ticket_id", where=SET_ASIDE),
)

escalation = Table(
    "escalation",
    metadata,
    Column("id", Words, primary_key=True),
    Column("marker", Words, nullable=False, unique=True),
    Column("episode", Integer, nullable=False),
    Column("first_ticket_id", BIG, nullable=False),
    Column("group_id", Words),
    Column("target", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("ask", Words, nullable=False),
    Column("deadline", Moment),
    Column("project", Words),
    Column("issue_id", Words),
    Column("issue_key", Words),
    Column("owner", Words),
    Column("applied", JsonText),
    Column("brief", JsonText),
    Column("brief_hash", Words, nullable=False),
    Column("assessment", JsonText),
    Column("version", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("lower_since", Moment),
    Column("resolved_at", Moment),
    Column("internal_due_at", Moment),
    Column("customer_due_at", Moment),
    Column("learned", JsonText),
    Column("acknowledged_at", Moment),
    Column("ended_at", Moment),
    Column("end_reason", Words),
    Column("closed_at", Moment),
    Column("internal_at", Moment),
    Column("snoozed_until", Moment),
    Column("snoozed_by", Words),
    Column("below_since", Moment),
    Column("seen_at", Moment),
    Column("lost_at", Moment),
    Column("follows", Words),
    Column("previous_id", Words),
    Index("uq_escalation_first_ticket_id_episode", "first_ticket_id", "episode", unique=True),
    _index("ix_escalation_unclosed", "state", where=UNCLOSED),
    _index("uq_escalation_live", "first_ticket_id", where=LIVE, unique=True),
    Index(None, "issue_id"),
    Index(None, "issue_key"),
    Index(None, "group_id"),
    Index(None, "state", "opened_at"),
)

link = Table(
    "link",
    metadata,
    _escalation_id(),
    Column("ticket_id", BIG, nullable=False),
    Column("customer", JsonText, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("result", Words, nullable=False),
    Column("told_at", Moment),
    Column("told_how", Words),
    Column("worn", JsonText, nullable=False),
    Column("merged_into", BIG),
    Column("left_at", Moment),
    PrimaryKeyConstraint("escalation_id", "ticket_id"),
    Index(None, "ticket_id"),
)

intent = Table(
    "intent",
    metadata,
    Column("intent_id", Words, primary_key=True),
    _escalation_id(),
    Column("kind", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("payload", JsonText),
    Column("payload_hash", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("probe", JsonText),
    Column("result_ref", Words),
    Column("error", Words),
    Column("reason", Words),
    Column("next_try_at", Moment),
    Index(None, "escalation_id", "seq"),
    _index("ix_intent_unsettled", "escalation_id", "seq", where=UNSETTLED),
)

event = Table(
    "event",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("escalation_id", Words),
    Column("intent_id", Words),
    Column("ticket_id", BIG),
    Column("detail", JsonText),
    Index(None, "escalation_id"),
    Index(None, "ticket_id"),
    Index(None, "at"),
)

transition = Table(
    "transition",
    metadata,
    Column("id", BIG, primary_key=True),
    _escalation_id(),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("old", Words, nullable=False),
    Column("new", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("wrote", JsonText, nullable=False),
    Index(None, "escalation_id"),
)

follow_up = Table(
    "follow_up",
    metadata,
    _escalation_id(),
    Column("clock", Words, nullable=False),
    Column("ticket_id", BIG, nullable=False),
    Column("slot", Moment, nullable=False),
    Column("done_at", Moment, nullable=False),
    Column("late_by_minutes", Integer, nullable=False),
    PrimaryKeyConstraint("escalation_id", "clock", "ticket_id", "slot"),
)

draft = Table(
    "draft",
    metadata,
    Column("id", Words, primary_key=True),
    _escalation_id(),
    Column("ticket_id", BIG, nullable=False),
    Column("about", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("basis", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("intent_id", Words),
    Column("reason", Words),
    Index(None, "escalation_id"),
    Index(None, "state", "made_at"),
)

aside = Table(
    "aside",
    metadata,
    Column("key", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("error", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("next_try_at", Moment),
    Column("escalation_id", Words),
    Column("ticket_id", BIG),
    Index(None, "next_try_at"),
)

label = Table(
    "label",
    metadata,
    Column("first", BIG, nullable=False),
    Column("second", BIG, nullable=False),
    Column("same", Boolean, nullable=False),
    Column("actor", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("chance", Float),
    PrimaryKeyConstraint("first", "second"),
    Index(None, "second"),
)

run = Table(
    "run",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("exit_code", Integer),
    Column("report", JsonText),
    Index(None, "kind", "id"),
)
