"""Keep the channels that were started, left or paused in chat."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import ChannelRecord, ChannelState, Pause
from bot.store.codec import from_day, from_stamp, to_day, to_stamp
from bot.store.database import Database
from bot.store.privacy import author

_SAVE = """
INSERT INTO channels (key, platform, channel_id, state, timezone, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, channel_id) DO UPDATE SET
    state = excluded.state, timezone = excluded.timezone, changed_at = excluded.changed_at
"""


class ChannelStore:
    """Keeps what is known of channels beside the settings: where each was started or left, and its pause."""

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

    async def pause(self, channel: str) -> Pause | None:
        """The channel's pause, also one that is over."""
        query = "SELECT * FROM pauses WHERE channel = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return _to_pause(rows[0]) if rows else None

    async def set_pause(self, channel: str, pause: Pause | None) -> None:
        """Begin or change a pause; None ends it."""

        def change(db: SqliteUtils) -> None:
            db.execute("DELETE FROM pauses WHERE channel = ?", [channel])
            if pause is not None:
                db.execute(
                    "INSERT INTO pauses (channel, at, until, person) VALUES (?, ?, ?, ?)",
                    [channel, to_stamp(pause.at), to_day(pause.until), author(db, pause.person)],
                )

        await self._database.write(change, "channels.set_pause")


def _to_pause(row: dict[str, Any]) -> Pause:
    return Pause(from_stamp(row["at"]), from_day(row["until"]), row["person"])


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
