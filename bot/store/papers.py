"""Keep papers, their vectors and the background made from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as SqliteUtils

from bot.models import Paper
from bot.store.codec import from_day, from_stamp, to_day, to_stamp
from bot.store.database import Database
from bot.text import whole

_UPSERT = """
INSERT INTO papers (arxiv_id, version, title, abstract, authors, primary_category, categories, published_at, updated_at,
                    comment, withdrawn, listing_day, page, file, first_seen_at)
VALUES (:arxiv_id, :version, :title, :abstract, :authors, :primary_category, :categories, :published_at, :updated_at,
        :comment, :withdrawn, :listing_day, :page, :file, :first_seen_at)
ON CONFLICT (arxiv_id) DO UPDATE SET
    version = excluded.version, title = excluded.title, abstract = excluded.abstract, authors = excluded.authors,
    primary_category = excluded.primary_category, categories = excluded.categories,
    published_at = min(papers.published_at, excluded.published_at), updated_at = excluded.updated_at,
    comment = excluded.comment, withdrawn = excluded.withdrawn, page = excluded.page, file = excluded.file,
    listing_day = coalesce(papers.listing_day, excluded.listing_day)
WHERE excluded.version >= papers.version
"""
_DAY_FIRST_KNOWN = "UPDATE papers SET listing_day = ? WHERE arxiv_id = ? AND listing_day IS NULL"
_IN_IDS = "IN (SELECT value FROM json_each(?))"


def upsert_papers(db: SqliteUtils, papers: Iterable[Paper], seen_at: datetime) -> int:
    """Insert or refresh papers inside the caller's transaction; returns how many were new."""
    before = _count(db)
    for paper in papers:
        db.execute(_UPSERT, {**_to_row(paper), "first_seen_at": to_stamp(seen_at)})
        if paper.listing_day:
            db.execute(_DAY_FIRST_KNOWN, [to_day(paper.listing_day), paper.arxiv_id])
    return _count(db) - before


def to_paper(row: Mapping[str, Any]) -> Paper:
    """The paper of one row of the papers table."""
    return Paper(
        arxiv_id=row["arxiv_id"],
        version=row["version"],
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(json.loads(row["authors"])),
        primary_category=row["primary_category"],
        categories=tuple(json.loads(row["categories"])),
        published_at=from_stamp(row["published_at"]),
        updated_at=from_stamp(row["updated_at"]),
        comment=row["comment"],
        withdrawn=bool(row["withdrawn"]),
        listing_day=from_day(row["listing_day"]),
        page=row["page"],
        file=row["file"],
    )


def _to_row(paper: Paper) -> dict[str, Any]:
    return {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "title": whole(paper.title),
        "abstract": whole(paper.abstract),
        "authors": whole(json.dumps(paper.authors, ensure_ascii=False)),
        "primary_category": paper.primary_category,
        "categories": json.dumps(paper.categories),
        "published_at": to_stamp(paper.published_at),
        "updated_at": to_stamp(paper.updated_at),
        "comment": whole(paper.comment) if paper.comment else paper.comment,
        "withdrawn": int(paper.withdrawn),
        "listing_day": to_day(paper.listing_day),
        "page": whole(paper.page),
        "file": whole(paper.file),
    }


def _count(db: SqliteUtils) -> int:
    return int(db.execute("SELECT count(*) FROM papers").fetchone()[0])


class PaperStore:
    """Papers, their vectors, and what they say together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, arxiv_ids: Sequence[str]) -> Mapping[str, Paper]:
        """The known ones among these ids."""
        query = f"SELECT * FROM papers WHERE arxiv_id {_IN_IDS}"
        wanted = json.dumps(list(arxiv_ids))
        return await self._database.read(
            lambda db: {row["arxiv_id"]: to_paper(row) for row in db.query(query, [wanted])}
        )

    async def before(self, day: date, limit: int) -> tuple[Paper, ...]:
        """The newest `limit` papers of listing days up to and including `day`, newest first."""
        query = "SELECT * FROM papers WHERE listing_day <= ? ORDER BY listing_day DESC, arxiv_id DESC LIMIT ?"
        return await self._database.read(
            lambda db: tuple(to_paper(row) for row in db.query(query, [to_day(day), limit]))
        )

    async def add(self, papers: Sequence[Paper], seen_at: datetime) -> int:
        """Insert or refresh papers; an older version never overwrites a newer. Returns how many were new."""
        return await self._database.write(lambda db: upsert_papers(db, papers, seen_at), "papers.add")

    async def vectors(self, arxiv_ids: Sequence[str], embedder: str) -> Mapping[str, NDArray[np.float32]]:
        """The stored vectors of these papers."""
        query = f"SELECT arxiv_id, vector FROM vectors WHERE embedder = ? AND arxiv_id {_IN_IDS}"
        wanted = [embedder, json.dumps(list(arxiv_ids))]
        return await self._database.read(
            lambda db: {row["arxiv_id"]: np.frombuffer(row["vector"], dtype="<f4") for row in db.query(query, wanted)}
        )

    async def add_vectors(self, embedder: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store vectors, replacing older ones of the same embedder."""
        rows = [(arxiv_id, embedder, vector.astype("<f4").tobytes()) for arxiv_id, vector in vectors.items()]

        def change(db: SqliteUtils) -> None:
            db.conn.executemany("INSERT OR REPLACE INTO vectors (arxiv_id, embedder, vector) VALUES (?, ?, ?)", rows)

        await self._database.write(change, "papers.add_vectors")

    async def background(self, embedder: str) -> tuple[date, bytes] | None:
        """The stored background: the last listing day it counts, and its bytes, which the store does not read."""
        row = await self._database.read(
            lambda db: db.execute("SELECT upto, blob FROM backgrounds WHERE embedder = ?", [embedder]).fetchone()
        )
        return (date.fromisoformat(row[0]), row[1]) if row else None

    async def save_background(self, embedder: str, upto: date, blob: bytes) -> None:
        """Store the background, replacing the one before."""
        values = [embedder, to_day(upto), sqlite3.Binary(blob)]

        def change(db: SqliteUtils) -> None:
            db.execute("INSERT OR REPLACE INTO backgrounds (embedder, upto, blob) VALUES (?, ?, ?)", values)

        await self._database.write(change, "papers.save_background")

    async def count(self) -> int:
        """How many papers the archive holds."""
        return await self._database.read(_count)
