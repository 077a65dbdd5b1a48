"""Channels whose story does not stand in the settings."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import ChannelRecord, ChannelState
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database

_SAVE = """
INSERT INTO channels (key, platform, channel_id, state, timezone, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, channel_id) DO UPDATE SET
    state = excluded.state, timezone = excluded.timezone, changed_at = excluded.changed_at
"""


class ChannelStore:
    """Channels whose story does not stand in the settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[ChannelRecord, ...]:
        """Every record, oldest first."""
        rows = await self._database.read(lambda db: list(db.query("SELECT * FROM channels ORDER BY created_at, key")))
        return tuple(_to_record(row) for row in rows)

    async def at(self, platform: str, channel_id: str) -> ChannelRecord | None:
        """The record of the channel with this id."""
        query = "SELECT * FROM channels WHERE platform = ? AND channel_id = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [platform, channel_id])))
        return _to_record(rows[0]) if rows else None

    async def save(self, record: ChannelRecord) -> None:
        """Insert or replace the record of a channel."""
        values = [
            record.key, record.platform, record.channel_id, str(record.state), record.timezone,
            to_stamp(record.created_at), to_stamp(record.changed_at),
        ]  # fmt: skip

        def change(db: SqliteUtils) -> None:
            db.execute(_SAVE, values)

        await self._database.write(change, "channels.save")


def _to_record(row: dict[str, Any]) -> ChannelRecord:
    return ChannelRecord(
        key=row["key"],
        platform=row["platform"],
        channel_id=row["channel_id"],
        state=ChannelState(row["state"]),
        created_at=from_stamp(row["created_at"]),
        changed_at=from_stamp(row["changed_at"]),
        timezone=row["timezone"],
    )
