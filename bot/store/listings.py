"""Keep listings and the papers announced in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import AnnounceType, Listing, ListingRecord, ListingState
from bot.store.codec import from_stamp, to_day, to_stamp
from bot.store.database import Database
from bot.store.papers import upsert_papers

_SAVE_STATE = """
INSERT INTO listings (source, category, day, state, announced, checked_at, witness, note)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, category, day) DO UPDATE SET
    state = excluded.state, announced = max(listings.announced, excluded.announced),
    checked_at = excluded.checked_at, witness = excluded.witness,
    note = CASE WHEN excluded.note = '' AND listings.state IN ('partial', 'complete') THEN listings.note
           ELSE excluded.note END
WHERE excluded.state = 'complete' OR listings.state NOT IN ('partial', 'complete')
    OR (excluded.state = 'partial' AND listings.state = 'partial')
"""


class ListingStore:
    """Which listings were read, and who was announced in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, source: str, listing: Listing, checked_at: datetime) -> int:
        """Store a listing with its papers and entries; repeating it changes nothing. Returns how many are new.

        A complete listing never becomes less than that, and a partial one only complete.
        """
        return await self._database.write(lambda db: _save(db, source, listing, checked_at), "listings.save")

    async def records(
        self, source: str, categories: Sequence[str], first: date, last: date
    ) -> tuple[ListingRecord, ...]:
        """What is known of these days, oldest first."""
        query = """SELECT * FROM listings WHERE source = ? AND day BETWEEN ? AND ?
                   AND category IN (SELECT value FROM json_each(?)) ORDER BY day, category"""
        values = [source, to_day(first), to_day(last), json.dumps(list(categories))]
        rows = await self._database.read(lambda db: list(db.query(query, values)))
        return tuple(_to_record(row) for row in rows)

    async def newest_complete(self, source: str, categories: Sequence[str], upto: date) -> date | None:
        """The newest day, not after `upto`, on which every one of the categories is complete."""
        query = """SELECT day FROM listings WHERE source = ? AND state = 'complete' AND day <= ?
                   AND category IN (SELECT value FROM json_each(?))
                   GROUP BY day HAVING count(*) = ? ORDER BY day DESC LIMIT 1"""
        values = [source, to_day(upto), json.dumps(list(categories)), len(set(categories))]
        row = await self._database.read(lambda db: db.execute(query, values).fetchone())
        return date.fromisoformat(row[0]) if row else None

    async def entries(
        self,
        categories: Sequence[str],
        types: Sequence[AnnounceType],
        first: date,
        last: date,
        seen_after: datetime | None = None,
    ) -> tuple[str, ...]:
        """The distinct papers announced so on these days, in order of day and id.

        With `seen_after` only those whose line was stored after that moment.
        """
        query = """SELECT arxiv_id FROM listing_entries WHERE day BETWEEN ? AND ? AND seen_at > ?
                   AND category IN (SELECT value FROM json_each(?))
                   AND announce_type IN (SELECT value FROM json_each(?))
                   GROUP BY arxiv_id ORDER BY min(day), arxiv_id"""
        since = to_stamp(seen_after) if seen_after else ""
        kinds = json.dumps([str(kind) for kind in types])
        values = [to_day(first), to_day(last), since, json.dumps(list(categories)), kinds]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return tuple(row[0] for row in rows)

    async def listed(
        self, categories: Sequence[str], arxiv_ids: Sequence[str], types: Sequence[AnnounceType], before: date
    ) -> frozenset[str]:
        """Those of the papers that a listing before that day announced so in one of the categories."""
        query = """SELECT DISTINCT arxiv_id FROM listing_entries WHERE day < ?
                   AND arxiv_id IN (SELECT value FROM json_each(?))
                   AND category IN (SELECT value FROM json_each(?))
                   AND announce_type IN (SELECT value FROM json_each(?))"""
        lists = [list(arxiv_ids), list(categories), [str(kind) for kind in types]]
        values = [to_day(before), *map(json.dumps, lists)]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return frozenset(row[0] for row in rows)

    async def announced(self, categories: Sequence[str], days: Sequence[date]) -> int:
        """How many distinct papers were announced on these days, of every type."""
        query = """SELECT count(DISTINCT arxiv_id) FROM listing_entries
                   WHERE day IN (SELECT value FROM json_each(?)) AND category IN (SELECT value FROM json_each(?))"""
        values = [json.dumps([to_day(day) for day in days]), json.dumps(list(categories))]
        row = await self._database.read(lambda db: db.execute(query, values).fetchone())
        return int(row[0])


def _save(db: SqliteUtils, source: str, listing: Listing, checked_at: datetime) -> int:
    new = upsert_papers(db, listing.papers, checked_at)
    seen_at = to_stamp(_after_every_plan(db, checked_at))
    db.conn.executemany(
        "INSERT INTO listing_entries (day, category, arxiv_id, announce_type, seen_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (day, category, arxiv_id) DO NOTHING",
        [(to_day(e.day), e.category, e.arxiv_id, str(e.announce_type), seen_at) for e in listing.entries],
    )
    for category in listing.categories:
        announced = len({entry.arxiv_id for entry in listing.entries if entry.category == category})
        values = [source, category, to_day(listing.day), str(listing.state), announced, to_stamp(checked_at)]
        db.execute(_SAVE_STATE, [*values, listing.witness, listing.note])
    return new


def _after_every_plan(db: SqliteUtils, checked_at: datetime) -> datetime:
    """`checked_at`, unless the clock was put back since a digest was planned: what is new came after that digest."""
    newest = db.execute("SELECT max(planned_at) FROM digests").fetchone()[0]
    return max(checked_at, from_stamp(newest) + timedelta(microseconds=1)) if newest else checked_at


def _to_record(row: dict[str, Any]) -> ListingRecord:
    return ListingRecord(
        category=row["category"],
        day=date.fromisoformat(row["day"]),
        state=ListingState(row["state"]),
        announced=row["announced"],
        checked_at=from_stamp(row["checked_at"]),
        witness=row["witness"],
        note=row["note"],
    )
