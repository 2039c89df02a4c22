"""The tables of the groups: placed reports, what finds them again, and what is known of groups."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from connector.ledger.columns import BIG, Moment, Words
from connector.ledger.schema import metadata

report = Table(
    "report",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("ticket_id", BIG, nullable=False, unique=True),
    Column("customer_key", Words, nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("month", Integer, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("text", BIG, nullable=False),
    Column("weight", Float, nullable=False),
    Column("group_id", Words, nullable=False),
    Column("chance", Float),
    Index(None, "group_id", "number"),
    Index(None, "month", "number"),
)
"""Reports that were placed into groups. `created_at` in microseconds since 1970: exact, and read by
the hundred for each report that is placed.
"""

sketch = Table(
    "sketch",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

term = Table(
    "term",
    metadata,
    Column("key", BIG, primary_key=True, autoincrement=False),
    Column("count", BIG, nullable=False),
)

posting = Table(
    "posting",
    metadata,
    Column("month", Integer, nullable=False),
    Column("key", BIG, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
    PrimaryKeyConstraint("month", "key"),
    sqlite_with_rowid=False,
)

near_miss = Table(
    "near_miss",
    metadata,
    Column("number", BIG, nullable=False),
    Column("group_id", Words, nullable=False),
    Column("ticket_id", BIG, nullable=False),
    Column("chance", Float, nullable=False),
    PrimaryKeyConstraint("number", "group_id"),
    Index(None, "group_id"),
    sqlite_with_rowid=False,
)

report_group = Table(
    "report_group",
    metadata,
    Column("id", Words, primary_key=True),
    Column("strength", Words, nullable=False),
    Column("tickets", Integer, nullable=False),
    Column("customers", Integer, nullable=False),
    Column("newest_at", Moment, nullable=False),
    Index(None, "strength", "newest_at"),
    Index(None, "newest_at"),
)
