"""Take up into a restored database what the chats show since its backup was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database as SqliteUtils

from bot.models import FoundDigest, FoundPost, Post, PostRole
from bot.store.backups.making import mark_as_backup
from bot.store.codec import from_stamp, to_json, to_stamp
from bot.store.database import Database
from bot.store.ledger import complete_post, insert_digest

# A channel seen for the first time is looked at as well: its beginning may be what the backup does not know.
_BEHIND = """
SELECT min(made_at) FROM copies c
WHERE NOT EXISTS (SELECT 1 FROM copies_caught_up u WHERE u.copy = c.number AND u.channel = ?)
"""
_WRITE_DOWN = """
INSERT INTO posts (channel, digest, role, subject, sequence, state, platform, channel_id, in_thread, post, sent_at,
                   message, thread, note) VALUES (?, ?, ?, ?, ?, 'sent', ?, ?, ?, ?, ?, ?, ?, 'found in the chat')
ON CONFLICT DO NOTHING
"""


class RestoredStore:
    """Keeps since when the chats know more than this database, because it was once a backup."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind_since(self, channel: str) -> datetime | None:
        """Say since when the chat may hold messages of this channel that are unknown here; None if none is."""
        row = await self._database.read(lambda db: db.execute(_BEHIND, [channel]).fetchone())
        return from_stamp(row[0]) if row[0] else None

    async def mark(self, since: datetime) -> None:
        """Treat this database as a backup made at `since`: what was written later may be missing."""
        await self._database.write(lambda db: mark_as_backup(db.conn, since), "restored.mark")

    async def catch_up(
        self, channel: str, posts: Sequence[FoundPost], digests: Sequence[FoundDigest], at: datetime
    ) -> int:
        """Take up what the chat shows, and call the channel caught up; how many messages were unknown.

        A message that is planned or in doubt here becomes sent; one that is unknown is written down as sent.
        """

        def change(db: SqliteUtils) -> int:
            for found in digests:
                _take_up_digest(db, found)
            unknown = sum(_take_up_post(db, index, post) for index, post in enumerate(posts))
            for (number,) in db.execute("SELECT number FROM copies").fetchall():
                done = "INSERT OR IGNORE INTO copies_caught_up (copy, channel, at) VALUES (?, ?, ?)"
                db.execute(done, [number, channel, to_stamp(at)])
            return unknown

        return await self._database.write(change, "restored.catch_up")


def _take_up_digest(db: SqliteUtils, found: FoundDigest) -> None:
    record = found.record
    insert_digest(db, record)
    db.execute(
        "UPDATE digests SET completed_at = ? WHERE channel = ? AND number = ?",
        [to_stamp(record.planned_at), record.channel, record.number],
    )
    db.conn.executemany(
        "INSERT OR IGNORE INTO candidates (channel, arxiv_id, digest, relevance, utility, fate) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(record.channel, c.arxiv_id, record.number, c.relevance, c.utility, c.fate) for c in found.candidates],
    )


def _take_up_post(db: SqliteUtils, sequence: int, found: FoundPost) -> bool:
    """Whether the message was unknown, or not known to be sent."""
    key, ref = found.key, found.ref
    if complete_post(db, key, ref, found.posted_at):
        return True
    # What it said is in the chat; here it only has to be known that it is there.
    post = Post(key.role, "", votable=key.role is PostRole.PAPER)
    values = [key.channel, key.digest, str(key.role), key.subject, sequence, ref.platform, ref.channel_id]
    values += [int(ref.thread is not None), to_json(Post, post), to_stamp(found.posted_at), ref.message, ref.thread]
    return bool(db.execute(_WRITE_DOWN, values).rowcount)
