"""The way back: who was told what, drafts, follow-ups by ticket, and what each change wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")

UNCLOSED = sa.text("closed_at IS NULL")
OVER = sa.text(
    "UPDATE escalation SET closed_at = changed_at WHERE state IN ('confirmed', 'regressed')"
)


def upgrade() -> None:
    for name in ("acknowledged_at", "ended_at", "closed_at", "internal_at", "snoozed_until"):
        op.add_column("escalation", sa.Column(name, MOMENT))
    for name in ("seen_at", "lost_at"):
        op.add_column("escalation", sa.Column(name, MOMENT))
    for name in ("end_reason", "follows", "previous_id"):
        op.add_column("escalation", sa.Column(name, TEXT))
    op.execute(OVER)
    op.create_index(
        "ix_escalation_unclosed",
        "escalation",
        ["state"],
        sqlite_where=UNCLOSED,
        postgresql_where=UNCLOSED,
    )
    op.add_column("link", sa.Column("told_how", TEXT))
    op.add_column("link", sa.Column("worn", TEXT, nullable=False, server_default="[]"))
    op.add_column("link", sa.Column("merged_into", BIG))
    op.add_column("transition", sa.Column("wrote", TEXT, nullable=False, server_default="[]"))
    _follow_ups()
    _drafts()


def _follow_ups() -> None:
    """Made anew: no version before this one ever wrote a row."""
    op.drop_table("follow_up")
    op.create_table(
        "follow_up",
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("clock", TEXT, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("late_by_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("escalation_id", "clock", "ticket_id", "slot", name="pk_follow_up"),
        _of_escalation("follow_up"),
    )


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("escalation_id", TEXT, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("intent_id", TEXT),
        sa.Column("reason", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        _of_escalation("draft"),
    )
    op.create_index("ix_draft_escalation_id", "draft", ["escalation_id"])
    op.create_index("ix_draft_state_made_at", "draft", ["state", "made_at"])


def _of_escalation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["escalation_id"],
        ["escalation.id"],
        name=f"fk_{table}_escalation_id",
        deferrable=True,
        initially="DEFERRED",
    )
