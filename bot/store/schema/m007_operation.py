"""What operation must remember over restarts: alarms, how mornings went, and that a database is a copy."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE alarms (
    name TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    text TEXT NOT NULL,
    told_at TEXT                        -- NULL until somebody was told
) WITHOUT ROWID;;
CREATE TABLE morning_reports (
    channel TEXT NOT NULL,
    due TEXT NOT NULL,
    trouble TEXT NOT NULL,              -- '' is a good morning
    judged_at TEXT NOT NULL,
    PRIMARY KEY (channel, due)
) WITHOUT ROWID;;
CREATE TABLE copies (                   -- a copy says so itself: whoever puts it back may do that by hand
    number INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL
);;
CREATE TABLE copies_caught_up (
    copy INTEGER NOT NULL,              -- copies.number
    channel TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (copy, channel)
) WITHOUT ROWID
"""


def m007_operation(db: Database) -> None:
    """What operation must remember over restarts: alarms, how mornings went, and that a database is a copy."""
    execute_all(db, _TABLES)
