"""Groups are kept between sweeps: placed reports, what finds them again, and their groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("link", sa.Column("left_at", MOMENT))
    op.add_column("label", sa.Column("chance", sa.Float()))
    op.create_index("ix_label_second", "label", ["second"])
    _reports()
    _what_finds_them()
    _groups()


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("number", BIG, nullable=False, autoincrement=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("customer_key", TEXT, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("text", BIG, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("chance", sa.Float()),
        sa.PrimaryKeyConstraint("number", name="pk_report"),
        sa.UniqueConstraint("ticket_id", name="uq_report_ticket_id"),
    )
    op.create_index("ix_report_group_id_number", "report", ["group_id", "number"])
    op.create_index("ix_report_month_number", "report", ["month", "number"])


def _what_finds_them() -> None:
    op.create_table(
        "sketch",
        sa.Column("number", BIG, nullable=False, autoincrement=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sketch"),
    )
    op.create_table(
        "term",
        sa.Column("key", BIG, nullable=False, autoincrement=False),
        sa.Column("count", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_term"),
    )
    op.create_table(
        "posting",
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("key", BIG, nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", "key", name="pk_posting"),
        sqlite_with_rowid=False,
    )


def _groups() -> None:
    op.create_table(
        "near_miss",
        sa.Column("number", BIG, nullable=False),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("number", "group_id", name="pk_near_miss"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_near_miss_group_id", "near_miss", ["group_id"])
    op.create_table(
        "report_group",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("strength", TEXT, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("newest_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_group"),
    )
    op.create_index("ix_report_group_newest_at", "report_group", ["newest_at"])
    op.create_index("ix_report_group_strength_newest_at", "report_group", ["strength", "newest_at"])
