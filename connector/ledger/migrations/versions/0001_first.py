"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")

OPEN_TICKET = sa.text("status IN ('new', 'open', 'pending', 'hold')")
HAS_FINGERPRINT = sa.text("fingerprint IS NOT NULL")
TODO = sa.text("state = 'todo'")
SET_ASIDE = sa.text("state = 'quarantined'")
LIVE = sa.text("state IN ('open', 'acknowledged', 'in_progress', 'resolved')")
UNSETTLED = sa.text("state IN ('planned', 'sending', 'uncertain', 'quarantined')")


def upgrade() -> None:
    _the_store()
    _tickets()
    _escalations()
    _intents()
    _history()


def _the_store() -> None:
    """What the store says of itself: whose it is, how far we have read, who works on it."""
    op.create_table(
        "instance",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_instance"),
    )
    op.create_table(
        "cursor",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursor"),
    )
    op.create_table(
        "tally",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tally"),
    )
    op.create_table(
        "lease",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("fence", BIG, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("report", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_kind_id", "run", ["kind", "id"])


def _tickets() -> None:
    """What is known of tickets, and which wait to be looked at."""
    op.create_table(
        "mirror",
        sa.Column("ticket_id", BIG, autoincrement=False, nullable=False),
        sa.Column("exported_at", MOMENT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("type", TEXT),
        sa.Column("priority", TEXT),
        sa.Column("tags", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("requester_id", BIG),
        sa.Column("assignee_id", BIG),
        sa.Column("group_id", BIG),
        sa.Column("problem_id", BIG),
        sa.Column("product_area", TEXT),
        sa.Column("breach_at", MOMENT),
        sa.Column("unanswered_since", MOMENT),
        sa.Column("last_customer_at", MOMENT),
        sa.Column("last_public_reply_at", MOMENT),
        sa.Column("last_comment_id", BIG),
        sa.Column("reopens", sa.Integer()),
        sa.Column("group_stations", sa.Integer()),
        sa.Column("fingerprint", TEXT),
        sa.Column("urgency", sa.Float(), nullable=False),
        sa.Column("signals", TEXT, nullable=False),
        sa.Column("decided", TEXT),
        sa.Column("look_at", MOMENT),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_mirror"),
    )
    _partial("ix_mirror_due", "mirror", ["look_at", "ticket_id"], where=OPEN_TICKET)
    _partial("ix_mirror_reports", "mirror", ["created_at", "ticket_id"], where=HAS_FINGERPRINT)
    op.create_table(
        "inbox",
        sa.Column("ticket_id", BIG, autoincrement=False, nullable=False),
        sa.Column("exported_at", MOMENT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", TEXT),
        sa.Column("next_try_at", MOMENT),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_inbox"),
    )
    _partial("ix_inbox_set_aside", "inbox", ["next_try_at", "ticket_id"], where=SET_ASIDE)
    _partial("ix_inbox_todo", "inbox", ["exported_at", "ticket_id"], where=TODO)
    op.create_table(
        "aside",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("escalation_id", TEXT),
        sa.Column("ticket_id", BIG),
        sa.PrimaryKeyConstraint("key", name="pk_aside"),
    )
    op.create_index("ix_aside_next_try_at", "aside", ["next_try_at"])
    op.create_table(
        "label",
        sa.Column("first", BIG, nullable=False),
        sa.Column("second", BIG, nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name="pk_label"),
    )


def _escalations() -> None:
    """Escalations and their tickets."""
    op.create_table(
        "escalation",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("marker", TEXT, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("first_ticket_id", BIG, nullable=False),
        sa.Column("group_id", TEXT),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("ask", TEXT, nullable=False),
        sa.Column("deadline", MOMENT),
        sa.Column("project", TEXT),
        sa.Column("issue_id", TEXT),
        sa.Column("issue_key", TEXT),
        sa.Column("owner", TEXT),
        sa.Column("applied", TEXT),
        sa.Column("brief", TEXT),
        sa.Column("brief_hash", TEXT, nullable=False),
        sa.Column("assessment", TEXT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("lower_since", MOMENT),
        sa.Column("resolved_at", MOMENT),
        sa.Column("internal_due_at", MOMENT),
        sa.Column("customer_due_at", MOMENT),
        sa.Column("learned", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_escalation"),
        sa.UniqueConstraint("marker", name="uq_escalation_marker"),
    )
    op.create_index("ix_escalation_group_id", "escalation", ["group_id"])
    op.create_index("ix_escalation_issue_id", "escalation", ["issue_id"])
    op.create_index("ix_escalation_issue_key", "escalation", ["issue_key"])
    op.create_index("ix_escalation_state_opened_at", "escalation", ["state", "opened_at"])
    op.create_index(
        "uq_escalation_first_ticket_id_episode",
        "escalation",
        ["first_ticket_id", "episode"],
        unique=True,
    )
    _partial("uq_escalation_live", "escalation", ["first_ticket_id"], where=LIVE, unique=True)
    op.create_table(
        "link",
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.PrimaryKeyConstraint("escalation_id", "ticket_id", name="pk_link"),
        _of_escalation("link"),
    )
    op.create_index("ix_link_ticket_id", "link", ["ticket_id"])


def _intents() -> None:
    """Remote writes, planned before they are made."""
    op.create_table(
        "intent",
        sa.Column("intent_id", TEXT, nullable=False),
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("payload", TEXT),
        sa.Column("payload_hash", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("probe", TEXT),
        sa.Column("result_ref", TEXT),
        sa.Column("error", TEXT),
        sa.Column("reason", TEXT),
        sa.Column("next_try_at", MOMENT),
        sa.PrimaryKeyConstraint("intent_id", name="pk_intent"),
        _of_escalation("intent"),
    )
    op.create_index("ix_intent_escalation_id_seq", "intent", ["escalation_id", "seq"])
    _partial("ix_intent_unsettled", "intent", ["escalation_id", "seq"], where=UNSETTLED)


def _history() -> None:
    """What happened, and which follow-ups were made."""
    op.create_table(
        "event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("escalation_id", TEXT),
        sa.Column("intent_id", TEXT),
        sa.Column("ticket_id", BIG),
        sa.Column("detail", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_escalation_id", "event", ["escalation_id"])
    op.create_index("ix_event_ticket_id", "event", ["ticket_id"])
    op.create_table(
        "transition",
        sa.Column("id", BIG, nullable=False),
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("old", TEXT, nullable=False),
        sa.Column("new", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
        _of_escalation("transition"),
    )
    op.create_index("ix_transition_escalation_id", "transition", ["escalation_id"])
    op.create_table(
        "follow_up",
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("clock", TEXT, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("late_by_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("escalation_id", "clock", "slot", name="pk_follow_up"),
        _of_escalation("follow_up"),
    )


def _of_escalation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["escalation_id"],
        ["escalation.id"],
        name=f"fk_{table}_escalation_id",
        deferrable=True,
        initially="DEFERRED",
    )


def _partial(
    name: str, table: str, columns: list[str], *, where: sa.TextClause, unique: bool = False
) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
