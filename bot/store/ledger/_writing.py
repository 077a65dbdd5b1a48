"""Write into the ledger, each time within a transaction of the caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils import Database as SqliteUtils

from bot.models import DigestKind, DigestPlan, DigestRecord, Intent, MessageRef, Post, PostKey, PostRole
from bot.store.codec import to_json, to_stamp
from bot.store.ledger._rows import KEY, impression_row, key_values

_INSERT_POST = """
INSERT INTO posts (channel, digest, role, subject, sequence, state, platform, channel_id, in_thread, post, note)
VALUES (?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?, ?) ON CONFLICT (channel, digest, role, subject) DO NOTHING
"""
_INSERT_IMPRESSION = """
INSERT INTO impressions (channel, digest, arxiv_id, position, in_thread, utility, propensity, exploration,
                         contributions, score) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class PlanRefused(Exception):
    """Somebody else planned first."""


def complete_post(db: SqliteUtils, key: PostKey, ref: MessageRef, at: datetime) -> bool:
    """Call a message sent; False if it was so already, or nobody knows it."""
    stamp = to_stamp(at)
    query = f"""UPDATE posts SET state = 'sent', sent_at = ?, message = ?, thread = ?
                WHERE {KEY} AND state != 'sent'"""
    done = db.execute(query, [stamp, ref.message, ref.thread, *key_values(key)]).rowcount
    if done and key.role is PostRole.PAPER:
        _show(db, key, stamp)
    return bool(done)


def write_plan(db: SqliteUtils, plan: DigestPlan) -> bool:
    """Write a whole plan down.

    Raises:
        PlanRefused: another process planned first.
    """
    record = plan.record
    if record.kind is DigestKind.MORNING and covered(db, record.channel, "max") != plan.after:
        raise PlanRefused
    if record.number != next_number(db, record.channel):
        raise PlanRefused
    try:
        insert_digest(db, record)
        db.conn.executemany(
            "INSERT INTO candidates (channel, arxiv_id, digest, relevance, utility, fate) VALUES (?, ?, ?, ?, ?, ?)",
            [(record.channel, c.arxiv_id, record.number, c.relevance, c.utility, c.fate) for c in plan.candidates],
        )
    except sqlite3.IntegrityError as error:
        raise PlanRefused from error
    insert_intents(db, plan.intents)
    db.conn.executemany(
        _INSERT_IMPRESSION,
        [impression_row(record, ranked, index >= record.shown) for index, ranked in enumerate(plan.shown)],
    )
    return True


def insert_digest(db: SqliteUtils, record: DigestRecord) -> None:
    """Write a digest's own row down, and the days it covers."""
    days = [day.isoformat() for day in record.days]
    db.execute(
        """INSERT INTO digests (channel, number, kind, occasion, planned_at, completed_at, first_day, last_day, record)
           VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)""",
        [record.channel, record.number, str(record.kind), record.occasion, to_stamp(record.planned_at),
         min(days, default=None), max(days, default=None), to_json(DigestRecord, record)],
    )  # fmt: skip
    db.conn.executemany(
        "INSERT INTO digest_days (channel, day, number) VALUES (?, ?, ?)",
        [(record.channel, day, record.number) for day in days],
    )


def insert_intents(db: SqliteUtils, intents: Sequence[Intent]) -> int:
    """Write intents down that are not there yet; how many those were."""
    return sum(
        db.execute(
            _INSERT_POST,
            [*key_values(intent.key), intent.sequence, intent.platform, intent.channel_id, int(intent.in_thread),
             to_json(Post, intent.post), intent.note],
        ).rowcount
        for intent in intents
    )  # fmt: skip


def _show(db: SqliteUtils, key: PostKey, stamp: str) -> None:
    query = "UPDATE impressions SET shown_at = ? WHERE channel = ? AND digest = ? AND arxiv_id = ? AND shown_at IS NULL"
    db.execute(query, [stamp, key.channel, key.digest, key.subject])


def covered(db: SqliteUtils, channel: str, which: str) -> date | None:
    """The last ("max") or first ("min") listing day that a morning of the channel covered."""
    column = {"max": "max(last_day)", "min": "min(first_day)"}[which]
    row = db.execute(f"SELECT {column} FROM digests WHERE channel = ? AND kind = 'morning'", [channel]).fetchone()
    return date.fromisoformat(row[0]) if row and row[0] else None


def next_number(db: SqliteUtils, channel: str) -> int:
    """The number of the channel's next digest."""
    return int(
        db.execute("SELECT coalesce(max(number), 0) + 1 FROM digests WHERE channel = ?", [channel]).fetchone()[0]
    )
