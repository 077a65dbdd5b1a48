"""Measure how close papers are to a channel's interests, by words and by meanings.

For an interest and a paper, three measures are added, each divided by its usual spread so that days are comparable:
the cosine of their TF-IDF vectors; the inner product of their embeddings after taking the archive's mean from the
paper's; the cosine of their embeddings after taking the mean from both. What papers that are surely close have in
common then extends the interest's few words (pseudo-relevance feedback: Rocchio 1971).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.models import Paper
from bot.ranking.terms import text_terms
from bot.ranking.vocabulary import Vectorizer

Floats = NDArray[np.float64]

# Usual spreads, measured over thirty topics and 74 days of cs.CL, cs.CV, cs.AI and cs.IR with wordllama's vectors.
WORDS_SPREAD = 0.017
MEANING_SPREAD = 0.075
CENTRED_SPREAD = 0.10

EXAMPLES = 50  # papers a topic is extended by
SHORTLIST = 150  # papers of the archive taken apart to find them
EXPANSION = 1.0  # weight of the extension against the topic's own words
SURE = 1.0  # evidence from which a paper is taken for an example
DOUBT = 10.0  # sum of evidence at which the extension has half its weight

ENOUGH = 150  # papers that say what is usual on a day

_USUAL_MEAN, _USUAL_SPREAD, _USUAL_LIKENESS_SPREAD, _USUAL_COUNT = 0.0, 2.2, 0.03, 30
_SOFTNESS = 0.5


@dataclass(frozen=True, slots=True)
class Texts:
    """Papers with their vectors `(n_papers, dimensions)`."""

    papers: Sequence[Paper]
    vectors: NDArray[np.float32]

    def first(self, count: int) -> Texts:
        """The first `count` of them; none if that is negative."""
        return Texts(self.papers[: max(0, count)], self.vectors[: max(0, count)])


@dataclass(frozen=True, slots=True)
class Wanted:
    """The interests as texts, and their vectors `(n_interests, dimensions)`."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]

    def with_whole(self) -> Wanted:
        """These interests, and all of them together as one more."""
        total = self.vectors.sum(axis=0, keepdims=True)
        whole = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
        return Wanted([*self.texts, "\n".join(self.texts)], np.vstack([self.vectors, whole]))


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close each paper of a pool is.

    `overall` `(n,)` orders the pool and is about standard normal over a usual day. `evidence` `(n, n_interests)` is
    absolute: about 0 for a paper that has nothing to do with the interest, 2 for one that is about it, 5 for the
    closest. `queries` `(n_interests, n_terms)` and `rows` `(n, n_terms)` are the TF-IDF vectors behind them.
    """

    overall: Floats
    evidence: Floats
    queries: Floats
    rows: sparse.csr_matrix


def closeness(
    pool: Texts,
    wanted: Wanted,
    vectorizer: Vectorizer,
    mean_vector: NDArray[np.float32] | None,
    archive: Texts | None = None,
) -> Closeness:
    """Measure how close the papers of `pool` are to what is wanted, extended by what past papers of `archive` say."""
    rows = vectorizer.rows(pool.papers)
    queries = np.array([vectorizer.vocabulary.query(text_terms(text)) for text in wanted.texts])
    queries = queries.reshape(len(wanted.texts), len(vectorizer.vocabulary.idf))
    mean = np.zeros(pool.vectors.shape[1]) if mean_vector is None else mean_vector.astype(np.float64)
    if len(pool.papers) == 0 or len(wanted.texts) == 0:
        nothing = np.zeros((len(pool.papers), len(wanted.texts)))
        return Closeness(np.zeros(len(pool.papers)), nothing, queries, rows)
    # One more interest is all of them together: a paper that joins two topics answers neither one best.
    single = len(wanted.texts)
    if single > 1:
        wanted = wanted.with_whole()
        queries = np.vstack([queries, vectorizer.vocabulary.query(text_terms(wanted.texts[-1]))])
    raw, evidence = _compare(rows, pool.vectors, queries, wanted.vectors, mean)
    past = _known(archive, wanted)
    near = _shortlist(past, wanted, mean)
    near_rows = vectorizer.rows(near.papers)
    near_evidence = _compare(near_rows, near.vectors, queries, wanted.vectors, mean)[1]
    # A handful of late papers is no day to be measured by; recent papers then stand in for the rest of it.
    beside = past.first(ENOUGH - len(pool.papers))
    beside_rows = vectorizer.rows(beside.papers)
    beside_raw = _compare(beside_rows, beside.vectors, queries, wanted.vectors, mean)[0]
    each = _standard(raw, np.concatenate([raw, beside_raw]), _USUAL_SPREAD, _USUAL_MEAN)
    day_rows = sparse.csr_matrix(sparse.vstack([rows, beside_rows]))
    stacked = sparse.csr_matrix(sparse.vstack([rows, near_rows]))
    for i in range(len(wanted.texts)):
        each[:, i] += _expansion(rows, day_rows, stacked, np.concatenate([evidence[:, i], near_evidence[:, i]]))
    return Closeness(_overall(each, single), evidence[:, :single], queries[:single], rows)


def _overall(each: Floats, single: int) -> Floats:
    """Half the closest interests, half the whole text: some want any of their topics, others what joins them."""
    any_of_them: Floats = (np.logaddexp.reduce(_SOFTNESS * each[:, :single], axis=1) - np.log(single)) / _SOFTNESS
    return any_of_them if single == each.shape[1] else np.asarray((any_of_them + each[:, single]) / 2)


def _compare(
    rows: sparse.csr_matrix,
    vectors: NDArray[np.float32],
    queries: Floats,
    query_vectors: NDArray[np.float32],
    mean: Floats,
) -> tuple[Floats, Floats]:
    words = np.asarray(rows @ queries.T)
    meaning = (vectors - mean) @ query_vectors.T.astype(np.float64)
    centred = _unit(vectors - mean) @ _unit(query_vectors - mean).T
    # Nothing is known about a text without a vector; without this, an empty one would look like the mean's opposite.
    known = np.any(vectors != 0, axis=1)[:, None] & np.any(query_vectors != 0, axis=1)[None, :]
    meaning, centred = np.where(known, meaning, 0.0), np.where(known, centred, 0.0)
    # Relative to the day for ordering; absolute, on a scale of its own, for saying how close a paper really is.
    raw = words / WORDS_SPREAD + meaning / MEANING_SPREAD + centred / CENTRED_SPREAD
    return raw, words / 0.05 + centred / 0.2


def _known(archive: Texts | None, wanted: Wanted) -> Texts:
    """The archive, or nothing if its vectors are another embedder's."""
    if archive is None or archive.vectors.shape[1:] != wanted.vectors.shape[1:]:
        return Texts((), np.zeros((0, wanted.vectors.shape[1]), dtype=np.float32))
    return archive


def _shortlist(archive: Texts, wanted: Wanted, mean: Floats) -> Texts:
    # By meaning alone, which is one product over the archive; words are looked at only in what is left.
    likeness = _unit(archive.vectors - mean) @ _unit(wanted.vectors - mean).T
    chosen = np.unique(np.argsort(-likeness, axis=0, kind="stable")[:SHORTLIST])
    return Texts([archive.papers[i] for i in chosen], archive.vectors[chosen])


def _expansion(
    rows: sparse.csr_matrix, day_rows: sparse.csr_matrix, stacked: sparse.csr_matrix, evidence: Floats
) -> Floats:
    best = np.argsort(-evidence, kind="stable")[:EXAMPLES]
    # Only what is surely about the interest may speak for it, and the less of that there is, the less it says.
    weights = np.maximum(evidence[best] - SURE, 0.0)
    total = float(weights.sum())
    if total <= 0:
        return np.zeros(rows.shape[0])
    example = np.asarray(stacked[best].T @ weights).ravel()
    example /= np.linalg.norm(example) or 1.0
    likeness = np.asarray(rows @ example).ravel()
    usual = np.asarray(day_rows @ example).ravel()
    return EXPANSION * total / (total + DOUBT) * _standard(likeness, usual, _USUAL_LIKENESS_SPREAD)


def _standard(values: Floats, day: Floats, usual_spread: float, usual_mean: float | None = None) -> Floats:
    """Columns less the day's mean, over its spread; both lean on what is usual when there are few papers.

    Without `usual_mean` the mean is the day's own.
    """
    weight = _USUAL_COUNT / (_USUAL_COUNT + len(day))
    mean = day.mean(axis=0)
    if usual_mean is not None:
        mean = weight * usual_mean + (1 - weight) * mean
    variance = weight * usual_spread**2 + (1 - weight) * day.var(axis=0)
    return np.asarray((values - mean) / np.sqrt(variance))


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
