"""Hold all vectors of one embedder in memory, read from the database as they arrive."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as SqliteUtils

from bot.store.search.fts import Flags, Ids

_BLOCK = 8192  # rows; the matrix grows by blocks, so nothing is ever copied
_BATCH = 2000
_ARRIVED = """
SELECT vectors.number, papers.id, vectors.vector FROM vectors JOIN papers USING (arxiv_id)
WHERE vectors.embedder = ? AND vectors.number > ? ORDER BY vectors.number
"""


class VectorMatrix:
    """The vectors of one embedder with the papers.id of each row. Safe to use from several threads."""

    def __init__(self, embedder: str, dimensions: int) -> None:
        self._embedder = embedder
        self._dimensions = dimensions
        self._blocks: list[NDArray[np.float32]] = []
        self._ids = np.zeros(0, dtype=np.int64)
        self._rows = 0
        self._row_of = np.full(1, -1, dtype=np.int64)
        self._sum = np.zeros(dimensions, dtype=np.float64)
        self._newest = 0
        self._lock = threading.Lock()

    def refresh(self, db: SqliteUtils) -> None:
        """Read what has arrived since the last time."""
        with self._lock:
            cursor = db.execute(_ARRIVED, [self._embedder, self._newest])
            while rows := cursor.fetchmany(_BATCH):
                fitting = [row for row in rows if len(row[2]) == 4 * self._dimensions]
                vectors = np.frombuffer(b"".join(row[2] for row in fitting), dtype="<f4")
                self._take([row[1] for row in fitting], vectors.reshape(-1, self._dimensions))
                self._newest = rows[-1][0]

    def closest(self, vector: NDArray[np.float32], allowed: Flags | None, limit: int) -> list[int]:
        """The ids of the papers nearest to `vector` by cosine, at most `limit`, nearest first."""
        with self._lock:
            if not self._rows:
                return []
            near = np.concatenate([_products(block, vector) for block in self._blocks])[: self._rows]
            ids = self._ids[: self._rows]
        if allowed is not None:
            inside = np.flatnonzero(allowed[np.minimum(ids, len(allowed) - 1)] & (ids < len(allowed)))
            near, ids = near[inside], ids[inside]
        if len(near) > limit:
            best = np.argpartition(-near, limit)[:limit]
            near, ids = near[best], ids[best]
        return [int(one) for one in ids[np.argsort(-near, kind="stable")]]

    def closeness(self, vector: NDArray[np.float32], ids: list[int]) -> NDArray[np.float64]:
        """Cosines of `vector` with these papers after taking the mean of all from both; 0.0 without a vector."""
        found = np.zeros(len(ids))
        with self._lock:
            known = np.array(ids, dtype=np.int64)
            rows = np.where(known < len(self._row_of), self._row_of[np.minimum(known, len(self._row_of) - 1)], -1)
            places = np.flatnonzero(rows >= 0)
            if not len(places):
                return found
            vectors = np.stack([self._blocks[row // _BLOCK][row % _BLOCK] for row in rows[places]]).astype(np.float64)
            mean = self._sum / self._rows
        lengths = np.linalg.norm(vectors - mean, axis=1) * np.linalg.norm(vector - mean)
        found[places] = _products(vectors - mean, vector - mean) / np.maximum(lengths, 1e-9)
        return found

    def _take(self, ids: list[int], vectors: NDArray[np.float32]) -> None:
        """Put vectors into new rows, or over the paper's older one."""
        for paper, vector in zip(ids, vectors, strict=True):
            self._row_of = _long_enough(self._row_of, paper + 1, -1)
            row = int(self._row_of[paper])
            if row < 0:
                row = self._rows
                if row == len(self._blocks) * _BLOCK:
                    self._blocks.append(np.zeros((_BLOCK, self._dimensions), dtype=np.float32))
                    self._ids = _long_enough(self._ids, row + _BLOCK, 0)
                self._rows += 1
            else:
                self._sum -= self._blocks[row // _BLOCK][row % _BLOCK]
            self._blocks[row // _BLOCK][row % _BLOCK] = vector
            self._ids[row] = paper
            self._row_of[paper] = row
            self._sum += vector


def _products(rows: NDArray[Any], vector: NDArray[Any]) -> NDArray[Any]:
    """`rows @ vector` in this thread alone: BLAS would share so little work among all cores and wait for them."""
    return np.asarray(np.einsum("ij,j->i", rows, vector))


def _long_enough(known: Ids, least: int, fill: int) -> Ids:
    """The same, or a copy that is half as long again if it is shorter than `least`."""
    if len(known) >= least:
        return known
    wider = np.full(max(least, len(known) + len(known) // 2), fill, dtype=np.int64)
    wider[: len(known)] = known
    return wider
