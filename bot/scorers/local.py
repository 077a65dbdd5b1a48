"""The scorer that needs no key and no network: words and meanings, compared with the topics and the archive.

Its relevance is closeness to the topics. Its novelty is distance to what the archive holds and nothing more: it cannot
tell a new idea from an odd subject.
"""

from __future__ import annotations

import asyncio

from bot.errors import ScorerError
from bot.ports import Embedder, Progress, ScoringJob, ScoringResult, no_progress
from bot.ranking.closeness import Texts
from bot.ranking.interests import interests
from bot.ranking.judge import Task, judge
from bot.ranking.terms import TermsMemo
from bot.ranking.vocabulary import vectorizer

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
            EmbedderError: the topics could not be embedded.
        """
        total = len(job.papers)
        progress(STAGE, 0, total)
        result = await asyncio.to_thread(self._score, job)
        progress(STAGE, total, total)
        return result

    def _score(self, job: ScoringJob) -> ScoringResult:
        wanted = interests(job.topics)
        wanted_vectors = self._embedder.embed([interest.text for interest in wanted])
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
        remarks = () if wanted else ("the topics text is empty: nothing to compare papers with",)
        scores = judge(task, vectorizer(task.background, task.papers, self._terms))
        return ScoringResult(tuple(job.known.get(score.arxiv_id, score) for score in scores), remarks=remarks)


def _archive(job: ScoringJob) -> Texts | None:
    if job.archive_vectors is None or not job.archive:
        return None
    if len(job.archive) != len(job.archive_vectors):
        raise ScorerError(
            f"{len(job.archive)} past papers came with {len(job.archive_vectors)} vectors; they must belong together"
        )
    return Texts(job.archive, job.archive_vectors)
