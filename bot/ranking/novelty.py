"""Measure novelty without a language model: a paper's distance from what the archive holds.

It measures distance in words and meaning, not originality of thought: a clumsy paper on an odd subject is far from
everything too. To keep the two axes apart, a paper is compared with what is usual in its own neighbourhood, so that a
crowded field is not called stale as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

NEAREST = 2
NEIGHBOURHOOD = 50
REFERENCE = 300  # papers that say what is usual
FEW = 100  # past papers below which the day itself must serve
COMPARED = 6_000  # past papers a paper is compared with at most
_CHUNK = 512
_SPREAD = 1.7


def novelty(
    vectors: NDArray[np.float32], archive: NDArray[np.float32] | None, mean: NDArray[np.float32] | None
) -> NDArray[np.int64]:
    """Novelty 1-10 for each row of `vectors` `(n, dimensions)`; 5 where nothing can be said.

    `archive` `(m, dimensions)` are past papers, newest first. With fewer than 100 of them the pool itself stands in: a
    paper is then new as far as it is unlike its companions of the day.
    """
    centre = np.zeros(vectors.shape[1:]) if mean is None else mean
    pool = _unit(vectors - centre)
    past = pool[:0] if archive is None or archive.shape[1:] != vectors.shape[1:] else _unit(archive[:COMPARED] - centre)
    inside = len(past) < FEW
    if inside and len(pool) + len(past) < 3:
        return np.full(len(pool), 5)
    known = np.concatenate([past, pool[:COMPARED]]) if inside else past
    near = _neighbours(pool, known, np.arange(len(pool)) + len(past) if inside else None)
    usual = near if inside else _neighbours(past[:REFERENCE], past, np.arange(min(REFERENCE, len(past))))
    z = _surprise(near, usual)
    scores = np.clip(np.rint(5.5 + _SPREAD * z), 1, 10).astype(np.int64)
    return np.where(np.any(vectors != 0, axis=1), scores, 5)


def _neighbours(rows: Floats, known: Floats, own: NDArray[np.int64] | None) -> Floats:
    """How alike each row's nearest papers and its surroundings are `(n, 2)`; `own` are the rows' indexes in `known`."""
    found = np.zeros((len(rows), 2))
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        similarity = rows[part] @ known.T
        if own is not None:
            itself = own[part]
            inside = itself < known.shape[0]
            similarity[np.flatnonzero(inside), itself[inside]] = -1.0
        depth = min(NEIGHBOURHOOD, similarity.shape[1])
        top = -np.sort(-np.partition(similarity, similarity.shape[1] - depth, axis=1)[:, -depth:], axis=1)
        found[part, 0] = top[:, :NEAREST].mean(axis=1)
        found[part, 1] = top.mean(axis=1)
    return found


def _surprise(near: Floats, usual: Floats) -> Floats:
    """How much farther the nearest are than usual in such surroundings, in usual spreads; 0 where nothing varies."""
    nearest, around = usual[:, 0], usual[:, 1]
    variance = float(around.var())
    slope = float(np.cov(nearest, around, bias=True)[0, 1]) / variance if variance > 1e-9 else 0.0
    residual = nearest - slope * around
    spread = float(residual.std())
    if spread < 1e-6:
        return np.zeros(len(near))
    return np.asarray((residual.mean() - (near[:, 0] - slope * near[:, 1])) / spread)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
