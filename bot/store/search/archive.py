"""Search the stored papers by words, filters and meaning."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as SqliteUtils

from bot.models import Found, LiveSearch, Paper, Question, SearchResult
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database
from bot.store.papers import to_paper
from bot.store.search.filters import allowed
from bot.store.search.fts import Flags, best_by_words, frequency_of
from bot.store.search.matrix import VectorMatrix
from bot.store.search.spelling import Spelling

BY_WORDS, BY_MEANING = 150, 100
_FEW = 300  # so many papers are all looked at
_GROWTH = 0.02  # what is remembered about words is counted anew when the archive has grown by so much
_MOST_COUNTED = 50_000
_LIVE_KEPT = timedelta(days=30)
_NEWEST_FIRST = "SELECT id FROM papers ORDER BY listing_day DESC, id DESC"


class SearchStore:
    """The archive as something to ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._matrices: dict[tuple[str, int], VectorMatrix] = {}
        self._frequency: dict[str, int] = {}
        self._counted_at = 0
        self._spelling: Spelling | None = None
        self._spelled_at = 0

    async def corrected(self, words: Sequence[str]) -> Mapping[str, str]:
        """For words that no paper holds: the nearest word of a title or an author's name, where one is near."""
        return await self._database.read(lambda db: self._corrected(db, words))

    async def search(
        self,
        question: Question,
        vector: NDArray[np.float32] | None,
        embedder: str,
        *,
        among: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> SearchResult:
        """The papers that answer best by words, and those by meaning; of all that filters and phrases leave.

        `vector` `(dimensions,)` is the question's, of unit length, from `embedder`; None asks by words only. `among`
        and `without` are arxiv_ids. Without words and vector: the newest papers that are left.
        """
        return await self._database.read(lambda db: self._search(db, question, vector, embedder, among, without))

    async def nearest(self, vector: NDArray[np.float32], embedder: str, limit: int) -> tuple[Paper, ...]:
        """The papers of the whole archive nearest to a unit vector by cosine, nearest first."""

        def query(db: SqliteUtils) -> tuple[Paper, ...]:
            matrix = self._matrix(db, vector, embedder)
            ids = matrix.closest(vector, None, limit) if matrix else []
            return tuple(one.paper for one in _found(db, ids, np.zeros(len(ids))))

        return await self._database.read(query)

    async def live(self, question: str, since: datetime) -> LiveSearch | None:
        """What a source found for this question, if that is not older than `since`."""
        query = "SELECT arxiv_ids, asked_at FROM live_searches WHERE question = ? AND asked_at >= ?"
        row = await self._database.read(lambda db: db.execute(query, [question, to_stamp(since)]).fetchone())
        return LiveSearch(tuple(json.loads(row[0])), from_stamp(row[1])) if row else None

    async def save_live(self, question: str, found: LiveSearch) -> None:
        """Remember what a source found; very old ones are dropped."""

        def change(db: SqliteUtils) -> None:
            db.execute("DELETE FROM live_searches WHERE asked_at < ?", [to_stamp(found.asked_at - _LIVE_KEPT)])
            db.execute(
                "INSERT OR REPLACE INTO live_searches (question, asked_at, arxiv_ids) VALUES (?, ?, ?)",
                [question, to_stamp(found.asked_at), json.dumps(found.arxiv_ids)],
            )

        await self._database.write(change, "search.save_live")

    def _search(
        self,
        db: SqliteUtils,
        question: Question,
        vector: NDArray[np.float32] | None,
        embedder: str,
        among: frozenset[str] | None,
        without: frozenset[str],
    ) -> SearchResult:
        newest = _newest(db)
        words = list(dict.fromkeys((*question.words, *" ".join(question.phrases).split())))
        frequency = self._frequencies(db, words, newest)
        flags = allowed(db, question, newest, among, without)
        fitting = None if flags is None else int(flags.sum())
        matrix = self._matrix(db, vector, embedder)
        if flags is not None and fitting is not None and fitting <= _FEW and question.topic:
            ids = [int(one) for one in np.flatnonzero(flags)]
        elif question.topic:
            ids = best_by_words(db, frequency, newest, flags, BY_WORDS)
            if matrix is not None and vector is not None:
                ids = list(dict.fromkeys((*ids, *matrix.closest(vector, flags, BY_MEANING))))
        else:
            ids = _newest_papers(db, flags)
        closeness = np.zeros(len(ids)) if matrix is None or vector is None else matrix.closeness(vector, ids)
        return SearchResult(_found(db, ids, closeness), frequency, newest, fitting)

    def _matrix(self, db: SqliteUtils, vector: NDArray[np.float32] | None, embedder: str) -> VectorMatrix | None:
        if vector is None or not np.any(vector):
            return None
        with self._lock:
            key = (embedder, len(vector))
            matrix = self._matrices.setdefault(key, VectorMatrix(embedder, len(vector)))
        matrix.refresh(db)
        return matrix

    def _frequencies(self, db: SqliteUtils, words: Sequence[str], newest: int) -> dict[str, int]:
        with self._lock:
            if newest > self._counted_at * (1 + _GROWTH) or len(self._frequency) > _MOST_COUNTED:
                self._frequency = {}
                self._counted_at = newest
            known = self._frequency
        for word in words:
            if word.lower() not in known:
                known[word.lower()] = frequency_of(db, word)
        return {word: known[word.lower()] for word in words}

    def _corrected(self, db: SqliteUtils, words: Sequence[str]) -> dict[str, str]:
        newest = _newest(db)
        unknown = [word for word, count in self._frequencies(db, words, newest).items() if count == 0]
        if not unknown:
            return {}
        with self._lock:
            if self._spelling is None or newest > self._spelled_at * (1 + _GROWTH):
                rows = db.execute("SELECT term, doc FROM spelling_words WHERE length(term) > 3")
                self._spelling = Spelling(dict(rows.fetchall()))
                self._spelled_at = newest
            return {word: nearest for word in unknown if (nearest := self._spelling.nearest(word))}


def _newest(db: SqliteUtils) -> int:
    """The largest papers.id, which is also how many papers there are: none is ever deleted."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM papers").fetchone()[0])


def _newest_papers(db: SqliteUtils, flags: Flags | None) -> list[int]:
    ids: list[int] = []
    for (one,) in db.execute(_NEWEST_FIRST):
        if flags is None or flags[one]:
            ids.append(one)
            if len(ids) == BY_WORDS:
                break
    return ids


def _found(db: SqliteUtils, ids: Sequence[int], closeness: NDArray[np.float64]) -> tuple[Found, ...]:
    query = "SELECT * FROM papers WHERE id IN (SELECT value FROM json_each(?))"
    papers = {row["id"]: to_paper(row) for row in db.query(query, [json.dumps(ids)])}
    return tuple(Found(papers[one], float(near)) for one, near in zip(ids, closeness, strict=True))
