"""A channel's id at its platform has one name."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = ("posts", "feedback_events", "channels")


def m008_channel_id(db: Database) -> None:
    """Call the platform's id of a channel `channel_id`; SQLite follows the name into indexes and views."""
    for table in _TABLES:
        db.execute(f"ALTER TABLE {table} RENAME COLUMN place TO channel_id")
