"""Alembic revisions of the ledger, run by `connector.ledger.upgrade`; no alembic.ini is needed."""
