"""Scores for a channel's candidates, from the cache where they were given before."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.models import Background, Paper, Score, TokenCost, Topics
from bot.ports import Progress, ScoringJob, no_progress
from bot.topics import parse_topics
from handlers.archive import background_before, recent_papers, vectors_of
from handlers.environment import Environment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """Candidates with all that ranking needs; `scores` and `vectors` are aligned with `papers`."""

    papers: tuple[Paper, ...]
    scores: tuple[Score, ...]
    vectors: NDArray[np.float32]
    topics: Topics
    background: Background
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()


async def topics_of(env: Environment, key: str) -> Topics:
    """The channel's topics in force: its newest version, else those of its settings, which become the first version."""
    version = await env.store.topics.current(key)
    if version is None:
        version = await env.store.topics.add(key, env.topics_texts[key], "file", env.clock.now())
    return parse_topics(version.raw)


async def judge(
    env: Environment, key: str, papers: Sequence[Paper], day: date, progress: Progress = no_progress
) -> Judged:
    """Score papers of a listing day for a channel; what was scored before under the same terms is not scored again.

    Raises:
        ScorerError: no scores could be made at all.
    """
    topics = await topics_of(env, key)
    papers = tuple(papers)
    vectors = await vectors_of(env, papers)
    background = await background_before(env, day)
    cache_key = _cache_key(env, topics)
    known = dict(await env.store.scores.get(cache_key, papers))
    missing = [place for place, paper in enumerate(papers) if paper.arxiv_id not in known]
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    if missing:
        # A paper caught up late is in the archive already, and would be its own nearest neighbour.
        judged_now = {papers[place].arxiv_id for place in missing}
        archive, archive_vectors = await recent_papers(env, day, without=judged_now)
        job = ScoringJob(
            papers=tuple(papers[place] for place in missing),
            topics=topics,
            vectors=vectors[missing],
            background=background,
            archive=archive,
            archive_vectors=archive_vectors,
        )
        result = await env.scorer.score(job, progress)
        await env.store.scores.add(cache_key, result.scores, env.clock.now())
        known.update({score.arxiv_id: score for score in result.scores})
        cost, remarks = result.cost, result.remarks
    logger.info("scored %d of %d candidates for %s, the others were known", len(missing), len(papers), key)
    scores = tuple(known[paper.arxiv_id] for paper in papers)
    return Judged(papers, scores, vectors, topics, background, cost, remarks)


def _cache_key(env: Environment, topics: Topics) -> str:
    """What a score depends on besides the paper's version: who judged, by what, against which text."""
    digest = hashlib.sha256(topics.raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{env.scorer.name}|{env.embedder.name}|{digest}"
