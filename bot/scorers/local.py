"""The scorer that needs no key and no network: words and meanings, compared with the topics and the archive.

Its relevance is closeness to the topics. Its novelty is distance to what the archive holds and nothing more: it cannot
tell a new idea from an odd subject.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.errors import ScorerError, reason_of
from bot.ports import Embedder, Progress, ScoringJob, ScoringResult, no_progress
from bot.ranking.closeness import Texts
from bot.ranking.interests import interests
from bot.ranking.judge import Task, judge
from bot.ranking.terms import TermsMemo
from bot.ranking.vocabulary import vectorizer

logger = logging.getLogger(__name__)

STAGE = "scoring locally"


class LocalScorer:
    """Scores by TF-IDF and embeddings; computes in a worker thread."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._terms = TermsMemo(size=2_000)

    @property
    def name(self) -> str:
        """What the digest's header says it was scored by."""
        return "local scorer"

    @property
    def fingerprint(self) -> str:
        """What its scores depend on besides paper and topics."""
        return f"{self.name}|{self._embedder.name}"

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        """Score every paper of the job; costs nothing.

        Raises:
            ScorerError: the job's vectors do not belong to its papers.
        """
        total = len(job.papers)
        progress(STAGE, 0, total)
        result = await asyncio.to_thread(self._score, job)
        progress(STAGE, total, total)
        return result

    def _score(self, job: ScoringJob) -> ScoringResult:
        wanted = interests(job.topics)
        wanted_vectors, trouble = self._embedded([interest.text for interest in wanted], job)
        expected = (len(job.papers), wanted_vectors.shape[1])
        if job.vectors.shape != expected:
            raise ScorerError(
                f"{len(job.papers)} papers came with vectors of shape {job.vectors.shape} instead of {expected}; "
                f"embed them with {self._embedder.name} first"
            )
        task = Task(
            papers=job.papers,
            vectors=job.vectors,
            interests=wanted,
            interest_vectors=wanted_vectors,
            background=job.background,
            archive=_archive(job),
            model=self._embedder.name,
        )
        remarks: tuple[str, ...] = () if wanted else ("the topics text is empty: nothing to compare papers with",)
        remarks += (f"the embedder failed ({trouble}): ranked by words alone",) if trouble else ()
        scores = judge(task, vectorizer(task.background, task.papers, self._terms))
        return ScoringResult(tuple(job.known.get(score.arxiv_id, score) for score in scores), remarks=remarks)

    def _embedded(self, texts: Sequence[str], job: ScoringJob) -> tuple[NDArray[np.float32], str]:
        """The vectors of texts; zeros, which say nothing, and the reason if the embedder or the job has none."""
        nothing = np.zeros((len(texts), job.vectors.shape[1]), dtype=np.float32)
        if len(job.papers) and not job.vectors.any():
            return nothing, "the papers have no vectors"
        try:
            return self._embedder.embed(texts), ""
        except Exception as error:
            # The edge: whatever an embedder raises, words are left to rank with.
            logger.exception("the topics could not be embedded")
            return nothing, reason_of(error)


def _archive(job: ScoringJob) -> Texts | None:
    if job.archive_vectors is None or not job.archive:
        return None
    if len(job.archive) != len(job.archive_vectors):
        raise ScorerError(
            f"{len(job.archive)} past papers came with {len(job.archive_vectors)} vectors; they must belong together"
        )
    return Texts(job.archive, job.archive_vectors)
