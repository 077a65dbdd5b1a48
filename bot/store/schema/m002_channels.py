"""Channels started in chat, and those the bot was removed from."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE channels (
    key TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (platform, place)
)
"""


def m002_channels(db: Database) -> None:
    """Channels started in chat, and those the bot was removed from."""
    execute_all(db, _TABLES)
