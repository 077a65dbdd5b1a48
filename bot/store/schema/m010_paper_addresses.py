"""Where a source keeps a paper's page and file; empty for arXiv's own."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_COLUMNS = """
ALTER TABLE papers ADD COLUMN page TEXT NOT NULL DEFAULT '';;
ALTER TABLE papers ADD COLUMN file TEXT NOT NULL DEFAULT ''
"""


def m010_paper_addresses(db: Database) -> None:
    """Where a source keeps a paper's page and file; empty for arXiv's own."""
    execute_all(db, _COLUMNS)
