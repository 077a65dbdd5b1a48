"""Digests, the intents of their messages, and what was shown (DESIGN §4)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Contribution, Impression, MessageRef, Paper, Post, PostKey, PostRole, PostState, Ranked, Score
from bot.store.codec import from_json, from_stamp, to_day, to_json, to_stamp
from bot.store.database import Database
from bot.store.feedback import to_impression
from bot.store.papers import to_paper
from bot.store_ports import DigestKind, DigestPlan, DigestRecord, Intent

_KEY = "channel = ? AND digest = ? AND role = ? AND subject = ?"
_OPEN = "state IN ('planned', 'sending')"
_SHOWN_PAPERS = "SELECT p.*, i.* FROM impressions i JOIN papers p USING (arxiv_id) WHERE i.channel = ?"
_INSERT_POST = """
INSERT INTO posts (channel, digest, role, subject, sequence, state, platform, place, in_thread, post, note)
VALUES (?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?, ?) ON CONFLICT (channel, digest, role, subject) DO NOTHING
"""
_INSERT_IMPRESSION = """
INSERT INTO impressions (channel, digest, arxiv_id, position, in_thread, utility, propensity, exploration,
                         contributions, score) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class SqliteLedger:
    """`LedgerStore` on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self, channel: str) -> date | None:
        """See LedgerStore."""
        return await self._database.read(lambda db: _covered(db, channel, "max"))

    async def first_day(self, channel: str) -> date | None:
        """See LedgerStore."""
        return await self._database.read(lambda db: _covered(db, channel, "min"))

    async def offered(self, channel: str, arxiv_ids: Sequence[str]) -> frozenset[str]:
        """See LedgerStore."""
        query = "SELECT arxiv_id FROM candidates WHERE channel = ? AND arxiv_id IN (SELECT value FROM json_each(?))"
        values = [channel, json.dumps(list(arxiv_ids))]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return frozenset(row[0] for row in rows)

    async def candidates(self, channel: str) -> Mapping[str, date]:
        """See LedgerStore."""
        query = """SELECT c.arxiv_id, d.last_day FROM candidates c JOIN digests d
                   ON d.channel = c.channel AND d.number = c.digest
                   WHERE c.channel = ? AND d.last_day IS NOT NULL ORDER BY d.last_day, c.arxiv_id"""
        rows = await self._database.read(lambda db: db.execute(query, [channel]).fetchall())
        return {row[0]: date.fromisoformat(row[1]) for row in rows}

    async def next_number(self, channel: str) -> int:
        """See LedgerStore."""
        return await self._database.read(lambda db: _next_number(db, channel))

    async def plan(self, plan: DigestPlan) -> bool:
        """See LedgerStore."""

        def change(db: SqliteUtils) -> bool:
            with db.atomic():  # a savepoint: a plan refused half way leaves nothing
                return _write_plan(db, plan)

        try:
            return await self._database.write(change, "ledger.plan")
        except _PlanRefused:
            return False

    async def add_intents(self, intents: Sequence[Intent]) -> int:
        """See LedgerStore."""
        return await self._database.write(lambda db: _insert_intents(db, intents), "ledger.add_intents")

    async def intents(self, channel: str, digest: int) -> tuple[Intent, ...]:
        """See LedgerStore."""
        query = "SELECT * FROM posts WHERE channel = ? AND digest = ? ORDER BY sequence"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, digest])))
        return tuple(_to_intent(row) for row in rows)

    async def open_intents(self, channel: str | None = None) -> tuple[Intent, ...]:
        """See LedgerStore."""
        query = f"SELECT * FROM posts WHERE {_OPEN} AND (? IS NULL OR channel = ?) ORDER BY channel, digest, sequence"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, channel])))
        return tuple(_to_intent(row) for row in rows)

    async def claim(self, key: PostKey, at: datetime) -> bool:
        """See LedgerStore."""
        query = f"""UPDATE posts SET state = 'sending', attempted_at = ?, attempts = attempts + 1
                    WHERE {_KEY} AND state = 'planned'"""
        values = [to_stamp(at), *_values(key)]
        return bool(await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.claim"))

    async def release(self, key: PostKey, note: str, attempts: int | None = None) -> bool:
        """See LedgerStore."""
        query = f"""UPDATE posts SET state = 'planned', note = ?
                    WHERE {_KEY} AND state = 'sending' AND attempts = coalesce(?, attempts)"""
        values = [note, *_values(key), attempts]
        return bool(await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.release"))

    async def complete(self, key: PostKey, ref: MessageRef, at: datetime) -> None:
        """See LedgerStore."""
        await self._database.write(lambda db: complete_post(db, key, ref, at), "ledger.complete")

    async def drop(self, key: PostKey, note: str) -> None:
        """See LedgerStore."""
        query = f"UPDATE posts SET state = 'dropped', note = ? WHERE {_KEY} AND {_OPEN}"
        await self._database.write(lambda db: db.execute(query, [note, *_values(key)]).rowcount, "ledger.drop")

    async def give_back(self, channel: str, number: int) -> bool:
        """See LedgerStore."""

        def change(db: SqliteUtils) -> bool:
            query = "SELECT count(*) FROM posts WHERE channel = ? AND digest = ? AND state != 'dropped'"
            if db.execute(query, [channel, number]).fetchone()[0]:
                return False
            db.execute("DELETE FROM candidates WHERE channel = ? AND digest = ?", [channel, number])
            db.execute("DELETE FROM digest_days WHERE channel = ? AND number = ?", [channel, number])
            return True

        return await self._database.write(change, "ledger.give_back")

    async def move_ref(self, key: PostKey, ref: MessageRef) -> None:
        """See LedgerStore."""
        query = f"UPDATE posts SET message = ?, thread = ? WHERE {_KEY}"
        values = [ref.message, ref.thread, *_values(key)]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.move_ref")

    async def finish(self, channel: str, number: int, at: datetime) -> bool:
        """See LedgerStore."""

        def change(db: SqliteUtils) -> bool:
            query = f"SELECT count(*) FROM posts WHERE channel = ? AND digest = ? AND {_OPEN}"
            if db.execute(query, [channel, number]).fetchone()[0]:
                return False
            update = "UPDATE digests SET completed_at = ? WHERE channel = ? AND number = ? AND completed_at IS NULL"
            db.execute(update, [to_stamp(at), channel, number])
            return True

        return await self._database.write(change, "ledger.finish")

    async def unfinished(self, channel: str) -> tuple[int, ...]:
        """See LedgerStore."""
        query = "SELECT number FROM digests WHERE channel = ? AND completed_at IS NULL ORDER BY number"
        rows = await self._database.read(lambda db: db.execute(query, [channel]).fetchall())
        return tuple(row[0] for row in rows)

    async def digests(self, channel: str, limit: int = 50) -> tuple[DigestRecord, ...]:
        """See LedgerStore."""
        return await self._select("channel = ? ORDER BY number DESC LIMIT ?", [channel, limit])

    async def digest_of_day(self, channel: str, day: date) -> DigestRecord | None:
        """See LedgerStore."""
        where = """channel = ? AND number IN (SELECT number FROM digest_days WHERE channel = ? AND day = ?)
                   ORDER BY number DESC LIMIT 1"""
        return next(iter(await self._select(where, [channel, channel, to_day(day)])), None)

    async def digest_for(self, channel: str, occasion: str) -> DigestRecord | None:
        """See LedgerStore."""
        return next(iter(await self._select("channel = ? AND occasion = ?", [channel, occasion])), None)

    async def ranked(self, channel: str, number: int) -> tuple[Ranked, ...]:
        """See LedgerStore."""
        return await self._ranked("i.digest = ? ORDER BY i.position", [channel, number])

    async def shown(self, channel: str, arxiv_id: str) -> Ranked | None:
        """See LedgerStore."""
        where = "i.arxiv_id = ? AND i.shown_at IS NOT NULL ORDER BY i.digest DESC LIMIT 1"
        return next(iter(await self._ranked(where, [channel, arxiv_id])), None)

    async def subject_of(self, ref: MessageRef) -> PostKey | None:
        """See LedgerStore."""
        query = "SELECT channel, digest, role, subject FROM posts WHERE platform = ? AND place = ? AND message = ?"
        values = [ref.platform, ref.place, ref.message]
        row = await self._database.read(lambda db: db.execute(query, values).fetchone())
        return PostKey(row[0], row[1], PostRole(row[2]), row[3]) if row else None

    async def history(self, channel: str) -> tuple[tuple[Impression, Ranked], ...]:
        """See LedgerStore."""
        query = f"{_SHOWN_PAPERS} AND i.shown_at IS NOT NULL ORDER BY i.digest, i.position"
        return await self._database.read(
            lambda db: tuple((to_impression(row), _to_ranked(row, to_paper(row))) for row in db.query(query, [channel]))
        )

    async def _ranked(self, where: str, values: list[Any]) -> tuple[Ranked, ...]:
        query = f"{_SHOWN_PAPERS} AND {where}"
        return await self._database.read(
            lambda db: tuple(_to_ranked(row, to_paper(row)) for row in db.query(query, values))
        )

    async def _select(self, where: str, values: list[Any]) -> tuple[DigestRecord, ...]:
        query = f"SELECT record, completed_at FROM digests WHERE {where}"
        return await self._database.read(lambda db: tuple(_to_record(row) for row in db.query(query, values)))


class _PlanRefused(Exception):
    """Somebody else planned first."""


def complete_post(db: SqliteUtils, key: PostKey, ref: MessageRef, at: datetime) -> bool:
    """Call a message sent; False if it was so already, or nobody knows it."""
    stamp = to_stamp(at)
    query = f"""UPDATE posts SET state = 'sent', sent_at = ?, message = ?, thread = ?
                WHERE {_KEY} AND state != 'sent'"""
    done = db.execute(query, [stamp, ref.message, ref.thread, *_values(key)]).rowcount
    if done and key.role is PostRole.PAPER:
        _show(db, key, stamp)
    return bool(done)


def _write_plan(db: SqliteUtils, plan: DigestPlan) -> bool:
    record = plan.record
    if record.kind is DigestKind.MORNING and _covered(db, record.channel, "max") != plan.after:
        raise _PlanRefused
    if record.number != _next_number(db, record.channel):
        raise _PlanRefused
    try:
        insert_digest(db, record)
        db.conn.executemany(
            "INSERT INTO candidates (channel, arxiv_id, digest, relevance, utility, fate) VALUES (?, ?, ?, ?, ?, ?)",
            [(record.channel, c.arxiv_id, record.number, c.relevance, c.utility, c.fate) for c in plan.candidates],
        )
    except sqlite3.IntegrityError as error:
        raise _PlanRefused from error
    _insert_intents(db, plan.intents)
    db.conn.executemany(
        _INSERT_IMPRESSION,
        [_impression_row(record, ranked, place >= record.shown) for place, ranked in enumerate(plan.shown)],
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


def _impression_row(record: DigestRecord, ranked: Ranked, in_thread: bool) -> tuple[Any, ...]:
    return (
        record.channel, record.number, ranked.paper.arxiv_id, ranked.position, int(in_thread), ranked.utility,
        ranked.propensity, int(ranked.exploration), to_json(_Contributions, ranked.contributions),
        to_json(Score, ranked.score),
    )  # fmt: skip


_Contributions = tuple[Contribution, ...]


def _insert_intents(db: SqliteUtils, intents: Sequence[Intent]) -> int:
    return sum(
        db.execute(
            _INSERT_POST,
            [*_values(intent.key), intent.sequence, intent.platform, intent.place, int(intent.in_thread),
             to_json(Post, intent.post), intent.note],
        ).rowcount
        for intent in intents
    )  # fmt: skip


def _show(db: SqliteUtils, key: PostKey, stamp: str) -> None:
    query = "UPDATE impressions SET shown_at = ? WHERE channel = ? AND digest = ? AND arxiv_id = ? AND shown_at IS NULL"
    db.execute(query, [stamp, key.channel, key.digest, key.subject])


def _covered(db: SqliteUtils, channel: str, which: str) -> date | None:
    column = {"max": "max(last_day)", "min": "min(first_day)"}[which]
    row = db.execute(f"SELECT {column} FROM digests WHERE channel = ? AND kind = 'morning'", [channel]).fetchone()
    return date.fromisoformat(row[0]) if row and row[0] else None


def _next_number(db: SqliteUtils, channel: str) -> int:
    return int(
        db.execute("SELECT coalesce(max(number), 0) + 1 FROM digests WHERE channel = ?", [channel]).fetchone()[0]
    )


def _values(key: PostKey) -> list[Any]:
    return [key.channel, key.digest, str(key.role), key.subject]


def _to_intent(row: dict[str, Any]) -> Intent:
    ref = MessageRef(row["platform"], row["place"], row["message"], row["thread"]) if row["message"] else None
    return Intent(
        key=PostKey(row["channel"], row["digest"], PostRole(row["role"]), row["subject"]),
        sequence=row["sequence"],
        state=PostState(row["state"]),
        platform=row["platform"],
        place=row["place"],
        post=from_json(Post, row["post"]),
        in_thread=bool(row["in_thread"]),
        attempts=row["attempts"],
        attempted_at=from_stamp(row["attempted_at"]) if row["attempted_at"] else None,
        ref=ref,
        note=row["note"],
    )


def _to_record(row: dict[str, Any]) -> DigestRecord:
    record = from_json(DigestRecord, row["record"])
    return replace(record, completed_at=from_stamp(row["completed_at"]) if row["completed_at"] else None)


def _to_ranked(row: dict[str, Any], paper: Paper) -> Ranked:
    return Ranked(
        paper=paper,
        score=from_json(Score, row["score"]),
        position=row["position"],
        utility=row["utility"],
        contributions=from_json(_Contributions, row["contributions"]),
        propensity=row["propensity"],
        exploration=bool(row["exploration"]),
    )
