"""Keep votes as an append-only list of events, what stands after them, and what was shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import (
    CurrentVote,
    FeedbackEvent,
    ImportedLike,
    Impression,
    MessageRef,
    PersonalVote,
    PostKey,
    StoredVote,
    Vote,
    VoteOutcome,
    VoteSource,
)
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database
from bot.store.privacy import opted_out

_INSERT = """
INSERT INTO feedback_events (event_id, platform, channel_id, message, channel, arxiv_id, digest, person, emoji, added,
                             at, ord, source, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (event_id) DO NOTHING
"""
_SUBJECT = "SELECT channel, subject, digest, role FROM posts WHERE platform = ? AND channel_id = ? AND message = ?"
_LANDING = "SELECT 1 FROM posts WHERE platform = ? AND channel_id = ? AND state = 'sending' LIMIT 1"


class FeedbackStore:
    """Votes: an append-only list of events, and what stands after them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, votes: Sequence[Vote], received_at: datetime) -> tuple[VoteOutcome, ...]:
        """Store votes, each event id once; one outcome for each, in order.

        A vote on a message unknown so far is kept if a message of ours may just be landing in that place, and counts as
        soon as that message is known.
        """

        def change(db: SqliteUtils) -> tuple[VoteOutcome, ...]:
            unwanted = opted_out(db, {vote.person for vote in votes})
            return tuple(
                VoteOutcome.OPTED_OUT if vote.person in unwanted else _record(db, vote, received_at) for vote in votes
            )

        return await self._database.write(change, "feedback.record")

    async def record_events(self, events: Sequence[FeedbackEvent], received_at: datetime) -> int:
        """Store votes on papers that no message stands for (a command, an import). Returns how many were new."""

        def change(db: SqliteUtils) -> int:
            unwanted = opted_out(db, {event.person for event in events})
            wanted = (event for event in events if event.person not in unwanted)
            return sum(db.execute(_INSERT, _event_row(event, received_at)).rowcount for event in wanted)

        return await self._database.write(change, "feedback.record_events")

    async def current(self, channel: str) -> tuple[CurrentVote, ...]:
        """The votes that stand, oldest first: added and not removed since, by (message, person, emoji)."""
        query = "SELECT * FROM current_votes WHERE channel = ? ORDER BY at, arxiv_id, person, emoji"
        return await self._database.read(
            lambda db: tuple(
                CurrentVote(row["channel"], row["arxiv_id"], row["person"], row["emoji"], from_stamp(row["at"]))
                for row in db.query(query, [channel])
            )
        )

    async def of_person(self, person: str, arxiv_ids: Sequence[str] | None = None) -> tuple[PersonalVote, ...]:
        """What stands of one person's votes, in every channel, newest first; on these papers, or on all."""
        query = """SELECT channel, arxiv_id, emoji, source, at FROM newest_events
                   WHERE person = ? AND added = 1 AND channel IS NOT NULL AND arxiv_id IS NOT NULL
                   AND (? IS NULL OR arxiv_id IN (SELECT value FROM json_each(?))) ORDER BY at DESC, id DESC"""
        ids = None if arxiv_ids is None else json.dumps(list(arxiv_ids))
        rows = await self._database.read(lambda db: list(db.query(query, [person, ids, ids])))
        return tuple(
            PersonalVote(
                row["channel"], row["arxiv_id"], row["emoji"], VoteSource(row["source"]), from_stamp(row["at"])
            )
            for row in rows
        )

    async def on_messages(self, platform: str, channel_id: str, messages: Sequence[str]) -> tuple[StoredVote, ...]:
        """The newest state of every (message, person, emoji) on these messages."""
        query = """SELECT message, person, emoji, added, ord, source FROM newest_events
                   WHERE platform = ? AND channel_id = ? AND message IN (SELECT value FROM json_each(?))"""
        rows = await self._database.read(
            lambda db: list(db.query(query, [platform, channel_id, json.dumps(list(messages))]))
        )
        return tuple(
            StoredVote(
                row["message"], row["person"], row["emoji"], bool(row["added"]), row["ord"], VoteSource(row["source"])
            )
            for row in rows
        )

    async def adopt(self, ref: MessageRef, key: PostKey) -> None:
        """Count the votes kept on a message unknown so far as votes on the paper of `key`, before it is deleted."""
        query = """UPDATE feedback_events SET channel = ?, arxiv_id = ?, digest = ?
                   WHERE platform = ? AND channel_id = ? AND message = ? AND channel IS NULL"""
        values = [key.channel, key.subject, key.digest, ref.platform, ref.channel_id, ref.message]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "feedback.adopt")

    async def impressions(self, channel: str, since: datetime | None = None) -> tuple[Impression, ...]:
        """Everything shown in the channel, oldest first."""
        query = """SELECT * FROM impressions WHERE channel = ? AND shown_at IS NOT NULL AND shown_at >= ?
                   ORDER BY shown_at, digest, position"""
        values = [channel, to_stamp(since) if since else ""]
        return await self._database.read(lambda db: tuple(to_impression(row) for row in db.query(query, values)))

    async def imported_likes(self, channel: str) -> tuple[ImportedLike, ...]:
        """What the channel's lists teach, oldest import first, then by arxiv_id; a paper once for each list it is on.

        Lists taken out again are not in it. Readers' votes on the same papers make no difference here.
        """
        query = """SELECT p.arxiv_id, i.weight, i.imported_at, i.origin FROM import_papers p
                   JOIN imports i ON i.id = p.import WHERE i.channel = ? AND i.use = 'liked'
                   ORDER BY i.imported_at, i.id, p.arxiv_id"""
        rows = await self._database.read(lambda db: db.execute(query, [channel]).fetchall())
        return tuple(ImportedLike(arxiv_id, weight, from_stamp(at), origin) for arxiv_id, weight, at, origin in rows)


def _record(db: SqliteUtils, vote: Vote, received_at: datetime) -> VoteOutcome:
    ref = vote.ref
    message = [ref.platform, ref.channel_id, ref.message]
    subject = db.execute(_SUBJECT, message).fetchone()
    if subject and subject[3] != "paper":
        return VoteOutcome.FOREIGN
    if not subject and not db.execute(_LANDING, message[:2]).fetchone():
        return VoteOutcome.FOREIGN
    channel, arxiv_id, digest, _ = subject or (None, None, None, None)
    inserted = db.execute(
        _INSERT,
        [vote.event_id, *message, channel, arxiv_id, digest, vote.person, vote.emoji, int(vote.added),
         to_stamp(vote.at), vote.order, str(vote.source), to_stamp(received_at)],
    ).rowcount  # fmt: skip
    return VoteOutcome.COUNTED if inserted else VoteOutcome.REPEATED


def _event_row(event: FeedbackEvent, received_at: datetime) -> list[Any]:
    ref = event.ref
    # Without a message the paper itself stands in for it, so that a later event can take the vote back.
    message = [ref.platform, ref.channel_id, ref.message] if ref else [str(event.source), event.channel, event.arxiv_id]
    return [
        event.event_id, *message, event.channel, event.arxiv_id, event.digest, event.person, event.emoji,
        int(event.added), to_stamp(event.at), event.order, str(event.source), to_stamp(received_at),
    ]  # fmt: skip


def to_impression(row: Mapping[str, Any]) -> Impression:
    """The impression of one row of its table."""
    return Impression(
        channel=row["channel"],
        digest=row["digest"],
        position=row["position"],
        arxiv_id=row["arxiv_id"],
        shown_at=from_stamp(row["shown_at"]),
        utility=row["utility"],
        propensity=row["propensity"],
        exploration=bool(row["exploration"]),
        in_thread=bool(row["in_thread"]),
    )
