"""What was learned of LLM endpoints, so that it is not found out anew each morning."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE llm_endpoints (
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    learned TEXT NOT NULL,              -- JSON: how requests are worded, limits, pace
    learned_at TEXT NOT NULL,
    PRIMARY KEY (endpoint, model)
) WITHOUT ROWID
"""


def m009_llm_endpoints(db: Database) -> None:
    """What was learned of LLM endpoints, so that it is not found out anew each morning."""
    execute_all(db, _TABLES)
