"""Who silenced an escalation, and since when nothing speaks for it any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("escalation", sa.Column("snoozed_by", sa.Text()))
    op.add_column("escalation", sa.Column("below_since", MOMENT))
