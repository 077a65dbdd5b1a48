"""Keep digests, the intents of their messages, and what was shown (docs/design.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import (
    AnnounceType,
    DigestPlan,
    DigestRecord,
    Impression,
    Intent,
    MessageRef,
    Post,
    PostKey,
    PostRole,
    Ranked,
)
from bot.store.codec import to_day, to_json, to_stamp
from bot.store.database import Database
from bot.store.feedback import to_impression
from bot.store.ledger._rows import KEY, key_values, to_intent, to_ranked, to_record
from bot.store.ledger._writing import (
    PlanRefused,
    complete_post,
    covered,
    insert_intents,
    next_number,
    write_plan,
)
from bot.store.papers import to_paper

_TO_EDIT = "to be edited"
_OPEN = "state IN ('planned', 'sending')"
_SHOWN_PAPERS = "SELECT p.*, i.* FROM impressions i JOIN papers p USING (arxiv_id) WHERE i.channel = ?"


class LedgerStore:
    """Digests and the intents of their messages (docs/design.md)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_day(self, channel: str) -> date | None:
        """The channel's last posted listing day: the newest day any of its mornings covers."""
        return await self._database.read(lambda db: covered(db, channel, "max"))

    async def first_day(self, channel: str) -> date | None:
        """The oldest listing day any of its mornings covers; nothing older is ever a late arrival."""
        return await self._database.read(lambda db: covered(db, channel, "min"))

    async def offered(self, channel: str, arxiv_ids: Sequence[str]) -> frozenset[str]:
        """Pick those that were candidates of this channel before."""
        query = "SELECT arxiv_id FROM candidates WHERE channel = ? AND arxiv_id IN (SELECT value FROM json_each(?))"
        values = [channel, json.dumps(list(arxiv_ids))]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return frozenset(row[0] for row in rows)

    async def candidates(self, channel: str) -> Mapping[str, date]:
        """Every paper ever considered for the channel, with the last listing day of that digest."""
        query = """SELECT c.arxiv_id, d.last_day FROM candidates c JOIN digests d
                   ON d.channel = c.channel AND d.number = c.digest
                   WHERE c.channel = ? AND d.last_day IS NOT NULL ORDER BY d.last_day, c.arxiv_id"""
        rows = await self._database.read(lambda db: db.execute(query, [channel]).fetchall())
        return {row[0]: date.fromisoformat(row[1]) for row in rows}

    async def next_number(self, channel: str) -> int:
        """The number the channel's next digest will have, from 1."""
        return await self._database.read(lambda db: next_number(db, channel))

    async def plan(self, plan: DigestPlan) -> bool:
        """Write a whole digest down.

        False, and nothing written, if its number or occasion is taken, a candidate was offered before, or the mark is
        not `after` any more: somebody else was faster.
        """

        def change(db: SqliteUtils) -> bool:
            with db.atomic():  # a savepoint: a plan refused half way leaves nothing
                return write_plan(db, plan)

        try:
            return await self._database.write(change, "ledger.plan")
        except PlanRefused:
            return False

    async def add_intents(self, intents: Sequence[Intent]) -> int:
        """Write further messages down (notes, notices); those already there stay. Returns how many are new."""
        return await self._database.write(lambda db: insert_intents(db, intents), "ledger.add_intents")

    async def intents(self, channel: str, digest: int) -> tuple[Intent, ...]:
        """The messages of one digest in sending order."""
        query = "SELECT * FROM posts WHERE channel = ? AND digest = ? ORDER BY sequence"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, digest])))
        return tuple(to_intent(row) for row in rows)

    async def open_intents(self, channel: str | None = None) -> tuple[Intent, ...]:
        """All messages neither sent nor dropped, in sending order."""
        query = f"SELECT * FROM posts WHERE {_OPEN} AND (? IS NULL OR channel = ?) ORDER BY channel, digest, sequence"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, channel])))
        return tuple(to_intent(row) for row in rows)

    async def claim(self, key: PostKey, at: datetime) -> bool:
        """Turn planned into sending; False if it was not planned (any more)."""
        query = f"""UPDATE posts SET state = 'sending', attempted_at = ?, attempts = attempts + 1
                    WHERE {KEY} AND state = 'planned'"""
        values = [to_stamp(at), *key_values(key)]
        return bool(await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.claim"))

    async def release(self, key: PostKey, note: str, attempts: int | None = None) -> bool:
        """Turn sending back into planned: it was certainly not posted.

        With `attempts` only if that many were made: two processes may have looked for the same lost answer, and the
        slower one must not take back what the faster one is sending again.
        """
        query = f"""UPDATE posts SET state = 'planned', note = ?
                    WHERE {KEY} AND state = 'sending' AND attempts = coalesce(?, attempts)"""
        values = [note, *key_values(key), attempts]
        return bool(await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.release"))

    async def complete(self, key: PostKey, ref: MessageRef, at: datetime) -> None:
        """Turn sending into sent; a paper post becomes an impression in the same transaction."""
        await self._database.write(lambda db: complete_post(db, key, ref, at), "ledger.complete")

    async def note(self, key: PostKey, note: str) -> None:
        """Write down why a message is still open."""
        query = f"UPDATE posts SET note = ? WHERE {KEY} AND {_OPEN}"
        await self._database.write(lambda db: db.execute(query, [note, *key_values(key)]).rowcount, "ledger.note")

    async def reopen(self, channel: str, day: date) -> int:
        """Plan the given up papers of a day's digests again; how many there are."""

        def change(db: SqliteUtils) -> int:
            query = """UPDATE posts SET state = 'planned' WHERE channel = ? AND role = ? AND state = 'dropped'
                       AND digest IN (SELECT number FROM digest_days WHERE channel = ? AND day = ?)"""
            reopened = db.execute(query, [channel, str(PostRole.PAPER), channel, to_day(day)]).rowcount
            update = f"""UPDATE digests SET completed_at = NULL WHERE channel = ?
                         AND number IN (SELECT digest FROM posts WHERE channel = ? AND {_OPEN})"""
            db.execute(update, [channel, channel])
            return reopened

        return await self._database.write(change, "ledger.reopen")

    async def drop(self, key: PostKey, note: str) -> None:
        """Give a message up for a stated reason."""
        query = f"UPDATE posts SET state = 'dropped', note = ? WHERE {KEY} AND {_OPEN}"
        await self._database.write(lambda db: db.execute(query, [note, *key_values(key)]).rowcount, "ledger.drop")

    async def give_back(self, channel: str, number: int) -> bool:
        """If no message of a digest was sent or still can be: its days and papers are as if never offered.

        The digest itself, its number and what called for it stay. True if that was so.
        """

        def change(db: SqliteUtils) -> bool:
            query = "SELECT count(*) FROM posts WHERE channel = ? AND digest = ? AND state != 'dropped'"
            if db.execute(query, [channel, number]).fetchone()[0]:
                return False
            db.execute("DELETE FROM candidates WHERE channel = ? AND digest = ?", [channel, number])
            db.execute("DELETE FROM digest_days WHERE channel = ? AND number = ?", [channel, number])
            return True

        return await self._database.write(change, "ledger.give_back")

    async def move_ref(self, key: PostKey, ref: MessageRef) -> None:
        """The message of this key is another one now (a duplicate was healed)."""
        query = f"UPDATE posts SET message = ?, thread = ? WHERE {KEY}"
        values = [ref.message, ref.thread, *key_values(key)]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.move_ref")

    async def came_with(
        self, channel: str, categories: Sequence[str], types: Sequence[AnnounceType], days: Sequence[date]
    ) -> Mapping[int, int]:
        """How many of the papers announced so on these days each digest considered, by its number."""
        query = """SELECT c.digest, count(DISTINCT c.arxiv_id) FROM listing_entries e
                   JOIN candidates c ON c.arxiv_id = e.arxiv_id AND c.channel = ?
                   WHERE e.day IN (SELECT value FROM json_each(?)) AND e.category IN (SELECT value FROM json_each(?))
                   AND e.announce_type IN (SELECT value FROM json_each(?)) GROUP BY c.digest ORDER BY c.digest"""
        lists = [[to_day(day) for day in days], list(categories), [str(kind) for kind in types]]
        values = [channel, *map(json.dumps, lists)]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return dict(rows)

    async def correct(self, record: DigestRecord, header: Post) -> None:
        """Write down what a digest says of itself by now, and that its header is still to be edited."""

        def change(db: SqliteUtils) -> None:
            values = [to_json(DigestRecord, record), record.channel, record.number]
            db.execute("UPDATE digests SET record = ? WHERE channel = ? AND number = ?", values)
            query = "UPDATE posts SET post = ?, note = ? WHERE channel = ? AND digest = ? AND role = ?"
            db.execute(query, [to_json(Post, header), _TO_EDIT, *values[1:], str(PostRole.HEADER)])

        await self._database.write(change, "ledger.correct")

    async def to_edit(self, channel: str) -> tuple[Intent, ...]:
        """The messages that are sent and show something else by now, oldest first."""
        query = "SELECT * FROM posts WHERE channel = ? AND state = 'sent' AND note = ? ORDER BY digest, sequence"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, _TO_EDIT])))
        return tuple(to_intent(row) for row in rows)

    async def edited(self, intent: Intent) -> None:
        """Note that a message shows what it should, unless it was corrected again meanwhile."""
        query = f"UPDATE posts SET note = '' WHERE {KEY} AND note = ? AND post = ?"
        values = [*key_values(intent.key), _TO_EDIT, to_json(Post, intent.post)]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "ledger.edited")

    async def finish(self, channel: str, number: int, at: datetime) -> bool:
        """Mark a digest completed if none of its messages is open; True if it is completed now."""

        def change(db: SqliteUtils) -> bool:
            query = f"SELECT count(*) FROM posts WHERE channel = ? AND digest = ? AND {_OPEN}"
            if db.execute(query, [channel, number]).fetchone()[0]:
                return False
            update = "UPDATE digests SET completed_at = ? WHERE channel = ? AND number = ? AND completed_at IS NULL"
            db.execute(update, [to_stamp(at), channel, number])
            return True

        return await self._database.write(change, "ledger.finish")

    async def unfinished(self, channel: str) -> tuple[int, ...]:
        """The numbers of digests not completed, oldest first."""
        query = "SELECT number FROM digests WHERE channel = ? AND completed_at IS NULL ORDER BY number"
        rows = await self._database.read(lambda db: db.execute(query, [channel]).fetchall())
        return tuple(row[0] for row in rows)

    async def digests(self, channel: str, limit: int = 50) -> tuple[DigestRecord, ...]:
        """The newest digests, newest first."""
        return await self._select("channel = ? ORDER BY number DESC LIMIT ?", [channel, limit])

    async def digest_of_day(self, channel: str, day: date) -> DigestRecord | None:
        """The newest digest that covers this listing day."""
        where = """channel = ? AND number IN (SELECT number FROM digest_days WHERE channel = ? AND day = ?)
                   ORDER BY number DESC LIMIT 1"""
        return next(iter(await self._select(where, [channel, channel, to_day(day)])), None)

    async def digest_for(self, channel: str, occasion: str) -> DigestRecord | None:
        """The digest this occasion called for."""
        return next(iter(await self._select("channel = ? AND occasion = ?", [channel, occasion])), None)

    async def ranked(self, channel: str, number: int) -> tuple[Ranked, ...]:
        """The papers a digest shows, by position, as they were ranked."""
        return await self._ranked("i.digest = ? ORDER BY i.position", [channel, number])

    async def shown(self, channel: str, arxiv_id: str) -> Ranked | None:
        """The paper as it stood in the newest digest that shows it."""
        where = "i.arxiv_id = ? AND i.shown_at IS NOT NULL ORDER BY i.digest DESC LIMIT 1"
        return next(iter(await self._ranked(where, [channel, arxiv_id])), None)

    async def history(self, channel: str) -> tuple[tuple[Impression, Ranked], ...]:
        """Everything shown in the channel with its ranking, by digest and position."""
        query = f"{_SHOWN_PAPERS} AND i.shown_at IS NOT NULL ORDER BY i.digest, i.position"
        return await self._database.read(
            lambda db: tuple((to_impression(row), to_ranked(row, to_paper(row))) for row in db.query(query, [channel]))
        )

    async def _ranked(self, where: str, values: list[Any]) -> tuple[Ranked, ...]:
        query = f"{_SHOWN_PAPERS} AND {where}"
        return await self._database.read(
            lambda db: tuple(to_ranked(row, to_paper(row)) for row in db.query(query, values))
        )

    async def _select(self, where: str, values: list[Any]) -> tuple[DigestRecord, ...]:
        query = f"SELECT record, completed_at FROM digests WHERE {where}"
        return await self._database.read(lambda db: tuple(to_record(row) for row in db.query(query, values)))
