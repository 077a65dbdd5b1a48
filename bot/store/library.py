"""Keep the lists of papers that channels were given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import ImportedList, ListChange, ListEntry, ListUse, TopicBranch
from bot.store.codec import from_json, from_stamp, to_json, to_stamp
from bot.store.database import Database

_INSERT = """
INSERT INTO imports (channel, origin, format, use, weight, imported_at, content, topics_text)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_PAPER = "INSERT INTO import_papers (import, arxiv_id, place, facts) VALUES (?, ?, ?, ?)"
_INSERT_BRANCH = "INSERT INTO topic_tree (import, place, parent, title, arxiv_id, url) VALUES (?, ?, ?, ?, ?, ?)"


class LibraryStore:
    """The lists of each channel. What they teach is read by `FeedbackStore.imported_likes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, found: ImportedList) -> ListChange:
        """Store a list with all that stands on it, in the place of one of the same channel and origin.

        The same content again changes nothing, not even the moment of import.
        """
        return await self._database.write(lambda db: _save(db, found), "library.save")

    async def lists(self, channel: str) -> tuple[ImportedList, ...]:
        """The channel's lists, oldest import first."""
        query = "SELECT * FROM imports WHERE channel = ? ORDER BY imported_at, id"
        return await self._database.read(lambda db: tuple(_list(db, row) for row in list(db.query(query, [channel]))))

    async def remove(self, channel: str, origin: str) -> bool:
        """Take a list out with all that stands on it; False if there is none of this name. Its papers stay known."""
        return await self._database.write(lambda db: _remove(db, channel, origin), "library.remove")

    async def posted(self, channel: str, arxiv_ids: Sequence[str] | None = None) -> frozenset[str]:
        """The papers of imported digests and dislikes, which were seen; of these papers, or all."""
        query = """SELECT p.arxiv_id FROM import_papers p JOIN imports i ON i.id = p.import
                   WHERE i.channel = ? AND i.use IN (?, ?)
                   AND (? IS NULL OR p.arxiv_id IN (SELECT value FROM json_each(?)))"""
        ids = None if arxiv_ids is None else json.dumps(list(arxiv_ids))
        values = [channel, str(ListUse.POSTED), str(ListUse.DISLIKED), ids, ids]
        rows = await self._database.read(lambda db: db.execute(query, values).fetchall())
        return frozenset(row[0] for row in rows)


def _save(db: SqliteUtils, found: ImportedList) -> ListChange:
    content = _content(found)
    query = "SELECT content FROM imports WHERE channel = ? AND origin = ?"
    known = db.execute(query, [found.channel, found.origin]).fetchone()
    if known and known[0] == content:
        return ListChange.UNCHANGED
    _remove(db, found.channel, found.origin)
    number = db.execute(
        _INSERT,
        [found.channel, found.origin, found.format, str(found.use), found.weight, to_stamp(found.imported_at), content,
         found.topics_text],
    ).lastrowid  # fmt: skip
    papers = [(number, one.arxiv_id, index, to_json(ListEntry, one)) for index, one in enumerate(found.entries)]
    db.conn.executemany(_INSERT_PAPER, papers)
    branches = [(number, index, one.parent, one.title, one.arxiv_id, one.url) for index, one in enumerate(found.tree)]
    db.conn.executemany(_INSERT_BRANCH, branches)
    return ListChange.REPLACED if known else ListChange.NEW


def _remove(db: SqliteUtils, channel: str, origin: str) -> bool:
    known = db.execute("SELECT id FROM imports WHERE channel = ? AND origin = ?", [channel, origin]).fetchone()
    if not known:
        return False
    for table, column in (("import_papers", "import"), ("topic_tree", "import"), ("imports", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", [known[0]])
    return True


def _content(found: ImportedList) -> str:
    """A fingerprint of everything but the moment."""
    values = [found.format, str(found.use), found.weight, found.topics_text]
    values += [*map(astuple, found.entries), *map(astuple, found.tree)]
    text = json.dumps(values, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _list(db: SqliteUtils, row: Mapping[str, Any]) -> ImportedList:
    papers = db.execute("SELECT facts FROM import_papers WHERE import = ? ORDER BY place", [row["id"]])
    query = "SELECT title, parent, arxiv_id, url FROM topic_tree WHERE import = ? ORDER BY place"
    return ImportedList(
        channel=row["channel"],
        origin=row["origin"],
        format=row["format"],
        use=ListUse(row["use"]),
        weight=row["weight"],
        imported_at=from_stamp(row["imported_at"]),
        entries=tuple(from_json(ListEntry, facts) for (facts,) in papers),
        tree=tuple(TopicBranch(*branch) for branch in db.execute(query, [row["id"]])),
        topics_text=row["topics_text"],
    )
