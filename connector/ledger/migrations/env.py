"""What Alembic runs: the revisions, on the connection and in the transaction it is given."""

from __future__ import annotations

from alembic import context

from connector.ledger.schema import metadata
from connector.ledger.upgrade import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite can, though Alembic does not expect it of sqlite3
    render_as_batch=True,
)
context.run_migrations()
