"""Keep scores, and the topics they were given for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Paper, Score, TopicsVersion
from bot.store.codec import from_json, from_stamp, to_json, to_stamp
from bot.store.database import Database


class ScoreStore:
    """Scores, kept by what they depend on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, cache_key: str, papers: Sequence[Paper]) -> Mapping[str, Score]:
        """Stored scores of exactly these versions under this key."""
        query = """SELECT arxiv_id, version, score FROM scores
                   WHERE cache_key = ? AND arxiv_id IN (SELECT value FROM json_each(?))"""
        versions = {paper.arxiv_id: paper.version for paper in papers}
        rows = await self._database.read(lambda db: list(db.query(query, [cache_key, json.dumps(list(versions))])))
        return {
            row["arxiv_id"]: from_json(Score, row["score"])
            for row in rows
            if versions[row["arxiv_id"]] == row["version"]
        }

    async def add(self, cache_key: str, scores: Sequence[Score], at: datetime) -> None:
        """Store scores, replacing those of the same key and version."""
        rows = [(cache_key, score.arxiv_id, score.version, to_stamp(at), to_json(Score, score)) for score in scores]

        def change(db: SqliteUtils) -> None:
            db.conn.executemany(
                "INSERT OR REPLACE INTO scores (cache_key, arxiv_id, version, scored_at, score) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

        await self._database.write(change, "scores.add")


class TopicStore:
    """The versions of every channel's topics."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, channel: str) -> TopicsVersion | None:
        """The newest version."""
        return await self._database.read(lambda db: _current(db, channel))

    async def history(self, channel: str) -> tuple[TopicsVersion, ...]:
        """Every version, newest first."""
        query = "SELECT * FROM topics_versions WHERE channel = ? ORDER BY version DESC"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return tuple(_to_version(row) for row in rows)

    async def add(self, channel: str, raw: str, origin: str, at: datetime) -> TopicsVersion:
        """Make `raw` the current version; the same text as the current one makes no new version."""

        def change(db: SqliteUtils) -> TopicsVersion:
            newest = _current(db, channel)
            if newest and newest.raw == raw:
                return newest
            version = TopicsVersion(channel, newest.version + 1 if newest else 1, raw, origin, at)
            db.execute(
                "INSERT INTO topics_versions (channel, version, raw, origin, created_at) VALUES (?, ?, ?, ?, ?)",
                [channel, version.version, raw, origin, to_stamp(at)],
            )
            return version

        return await self._database.write(change, "topics.add")


def _current(db: SqliteUtils, channel: str) -> TopicsVersion | None:
    query = "SELECT * FROM topics_versions WHERE channel = ? ORDER BY version DESC LIMIT 1"
    for row in db.query(query, [channel]):
        return _to_version(row)
    return None


def _to_version(row: Mapping[str, Any]) -> TopicsVersion:
    return TopicsVersion(row["channel"], row["version"], row["raw"], row["origin"], from_stamp(row["created_at"]))
