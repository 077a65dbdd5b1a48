"""Every request to an LLM, which is also its reservation, and the prompts' constant parts."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE llm_calls (
    number INTEGER PRIMARY KEY,
    day TEXT NOT NULL,                  -- UTC
    started_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    state TEXT NOT NULL,                -- reserved, settled, abandoned
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    dialect TEXT NOT NULL,
    papers TEXT NOT NULL,               -- JSON: arxiv_id to version, in the order sent
    prompt_hash TEXT NOT NULL,
    message_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    asked_for INTEGER NOT NULL,
    most_tokens INTEGER NOT NULL,
    most_usd REAL,
    outcome TEXT NOT NULL DEFAULT '',
    latency_s REAL,
    answered INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    prompt_usd REAL,                    -- NULL is unknown
    completion_usd REAL,
    charged_tokens INTEGER NOT NULL DEFAULT 0,
    charged_usd REAL,
    note TEXT NOT NULL DEFAULT ''
);;
CREATE INDEX llm_calls_by_day ON llm_calls (day);;
CREATE INDEX llm_calls_by_channel ON llm_calls (channel, model);;
CREATE TABLE llm_prompts (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
)
"""


def m003_llm(db: Database) -> None:
    """Every request to an LLM, which is also its reservation, and the prompts' constant parts."""
    execute_all(db, _TABLES)
