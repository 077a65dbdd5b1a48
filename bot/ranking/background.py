"""Count the archive's words and average its meanings, day by day, and keep both in one small blob."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.models import Background, Paper
from bot.ranking.terms import TermsMemo

MAX_TERMS = 400_000  # about 60 MB in memory, 3 MB in the database
KEPT_TERMS = 300_000

_MAGIC = b"PLBG1"


def extend(
    background: Background,
    papers: Sequence[Paper],
    vectors: NDArray[np.float32],
    day: date,
    terms_of: TermsMemo | None = None,
) -> Background:
    """The background after one more listing day; call it once a day, oldest day first.

    `vectors` is `(n_papers, dimensions)`. When there are too many terms, those in the fewest papers are forgotten (the
    idea of lossy counting: Manku & Motwani 2002). Vectors of another length start a new mean: the
    embedder has changed.
    """
    terms_of = terms_of or TermsMemo(size=0)
    counts = dict(background.document_frequency)
    for paper in papers:
        for term in terms_of(paper):
            counts[term] = counts.get(term, 0) + 1
    return Background(
        n_papers=background.n_papers + len(papers),
        document_frequency=_pruned(counts),
        mean_vector=mean_with(background, vectors),
        upto=max(day, background.upto) if background.upto else day,
    )


def mean_with(background: Background, vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The mean embedding of the archive and these vectors together, `(dimensions,)`; None if there are none."""
    old = background.mean_vector
    if vectors.size == 0:
        return old
    if old is None or background.n_papers == 0 or old.shape != vectors.shape[1:]:
        return np.asarray(vectors.mean(axis=0), dtype=np.float32)
    total = old.astype(np.float64) * background.n_papers + vectors.sum(axis=0, dtype=np.float64)
    return np.asarray(total / (background.n_papers + len(vectors)), dtype=np.float32)


def _pruned(counts: dict[str, int]) -> dict[str, int]:
    least = 2
    while len(counts) > MAX_TERMS:
        kept = {term: count for term, count in counts.items() if count >= least}
        if len(kept) <= KEPT_TERMS or least > 5:
            kept = dict(sorted(kept.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT_TERMS])
        counts, least = kept, least + 1
    return counts


def to_bytes(background: Background) -> bytes:
    """A compact form for the database; `from_bytes` gives the same background back."""
    terms = sorted(background.document_frequency)
    frequencies = np.array([background.document_frequency[term] for term in terms], dtype="<u4")
    mean = b"" if background.mean_vector is None else background.mean_vector.astype("<f4").tobytes()
    head = {
        "n_papers": background.n_papers,
        "upto": background.upto.isoformat() if background.upto else None,
        "n_terms": len(terms),
        "mean_bytes": len(mean) if background.mean_vector is not None else -1,
    }
    head_bytes = json.dumps(head).encode()
    body = struct.pack("<I", len(head_bytes)) + head_bytes + mean + frequencies.tobytes() + "\n".join(terms).encode()
    return _MAGIC + zlib.compress(body, 6)


def from_bytes(blob: bytes) -> Background:
    """The background that `to_bytes` wrote.

    Raises:
        ValueError: the blob is not one, or is damaged.
    """
    if not blob.startswith(_MAGIC):
        raise ValueError("not a background blob: it does not start as one")
    try:
        body = zlib.decompress(blob[len(_MAGIC) :])
        (head_length,) = struct.unpack_from("<I", body)
        head = json.loads(body[4 : 4 + head_length])
        at = 4 + head_length
        mean = None
        if head["mean_bytes"] >= 0:
            mean = np.frombuffer(body, dtype="<f4", count=head["mean_bytes"] // 4, offset=at).astype(np.float32)
            at += head["mean_bytes"]
        frequencies = np.frombuffer(body, dtype="<u4", count=head["n_terms"], offset=at).tolist()
        text = body[at + 4 * head["n_terms"] :].decode()
        terms = text.split("\n") if text else []
        return Background(
            n_papers=head["n_papers"],
            document_frequency=dict(zip(terms, frequencies, strict=True)),
            mean_vector=mean,
            upto=date.fromisoformat(head["upto"]) if head["upto"] else None,
        )
    except (zlib.error, struct.error, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"a damaged background blob: {error}") from error
