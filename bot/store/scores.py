"""Scores, and the topics they were given for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Paper, Score
from bot.store.codec import from_json, from_stamp, to_json, to_stamp
from bot.store.database import Database
from bot.store_ports import TopicsVersion


class SqliteScores:
    """`ScoreStore` on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, cache_key: str, papers: Sequence[Paper]) -> Mapping[str, Score]:
        """See ScoreStore."""
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
        """See ScoreStore."""
        rows = [(cache_key, score.arxiv_id, score.version, to_stamp(at), to_json(Score, score)) for score in scores]

        def change(db: SqliteUtils) -> None:
            db.conn.executemany(
                "INSERT OR REPLACE INTO scores (cache_key, arxiv_id, version, scored_at, score) VALUES (?, ?, ?, ?, ?)",
                rows,
            )

        await self._database.write(change, "scores.add")


class SqliteTopics:
    """`TopicStore` on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, channel: str) -> TopicsVersion | None:
        """See TopicStore."""
        return await self._database.read(lambda db: _current(db, channel))

    async def history(self, channel: str) -> tuple[TopicsVersion, ...]:
        """See TopicStore."""
        query = "SELECT * FROM topics_versions WHERE channel = ? ORDER BY version DESC"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return tuple(_to_version(row) for row in rows)

    async def add(self, channel: str, raw: str, origin: str, at: datetime) -> TopicsVersion:
        """See TopicStore."""

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
