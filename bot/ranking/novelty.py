"""Novelty without a language model: how far a paper is from everything the archive holds.

It measures distance in words and meaning, not originality of thought: a clumsy paper on an odd subject is far from
everything too. To keep the two axes apart, a paper is compared with what is usual in its own neighbourhood, so that a
crowded field is not called stale as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

NEAREST = 3
NEIGHBOURHOOD = 50
REFERENCE = 300  # papers that say what is usual
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
    inside = len(past) < 100
    known = np.concatenate([past, pool[:COMPARED]]) if inside else past
    own = np.arange(len(pool)) + len(past) if inside else None
    gap = _gaps(pool, known, own)
    reference = gap if inside else np.concatenate([gap, _gaps(past[:REFERENCE], past, np.arange(REFERENCE))])
    spread = float(reference.std())
    if len(pool) < 3 or spread <= 0:
        return np.full(len(pool), 5)
    z = (gap - reference.mean()) / spread
    scores = np.clip(np.rint(5.5 + _SPREAD * z), 1, 10).astype(np.int64)
    return np.where(np.any(vectors != 0, axis=1), scores, 5)


def _gaps(rows: Floats, known: Floats, own: NDArray[np.int64] | None) -> Floats:
    """How much farther the nearest papers are than is usual for such surroundings; `own` are the rows in `known`."""
    nearest, around = np.zeros(len(rows)), np.zeros(len(rows))
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        similarity = rows[part] @ known.T
        if own is not None:
            places = own[part][: len(similarity)]
            inside = places < known.shape[0]
            similarity[np.flatnonzero(inside), places[inside]] = -1.0
        depth = min(NEIGHBOURHOOD, similarity.shape[1])
        if depth == 0:
            continue
        top = -np.sort(-np.partition(similarity, similarity.shape[1] - depth, axis=1)[:, -depth:], axis=1)
        nearest[part] = top[:, :NEAREST].mean(axis=1)
        around[part] = top.mean(axis=1)
    return np.asarray(_residual(-nearest, around))


def _residual(values: Floats, given: Floats) -> Floats:
    spread = float(given.var())
    slope = float(np.cov(values, given, bias=True)[0, 1]) / spread if len(values) > 2 and spread > 1e-12 else 0.0
    return np.asarray(values - slope * (given - given.mean()))


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
