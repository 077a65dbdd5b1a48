"""Scores for a channel's candidates, from the cache where they were given before."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.models import Background, Paper, Score, TokenCost, Topics
from bot.ports import Progress, ScoringJob, ScoringResult, no_progress
from bot.ranking.cascade import cascade_order
from bot.ranking.model import ChannelModel
from bot.ranking.rank import RankingInputs
from bot.ranking.rules import Rule
from handlers.archive import background_before, recent_papers, vectors_or_zeros
from handlers.environment import Environment
from handlers.learning import refit
from handlers.standing import rules_of, topics_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a channel stands on a morning, read once and handed on. `model` is None before the first vote or list."""

    topics: Topics
    rules: tuple[Rule, ...]
    model: ChannelModel | None


async def standing_of(env: Environment, key: str) -> Standing:
    """Read how a channel stands now; what its readers have taught is brought up to date first."""
    topics = await topics_of(env, key)
    return Standing(topics, await rules_of(env, key), await refit(env, key, topics))


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with all that ranking needs.

    `cost` is what scoring them has cost the channel so far, `spent_now` what this time has added.
    """

    inputs: RankingInputs
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    scored_by: str = ""
    rehearsed: str = ""
    spent_now: TokenCost | None = None

    def only(self, wanted: Callable[[Score], bool]) -> Scored:
        """The same with those papers alone whose score is wanted."""
        known = self.inputs
        kept = [index for index, score in enumerate(known.scores) if wanted(score)]
        inputs = replace(
            known,
            papers=tuple(known.papers[index] for index in kept),
            scores=tuple(known.scores[index] for index in kept),
            vectors=known.vectors[kept],
        )
        return replace(self, inputs=inputs)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Papers of a listing day before they have scores; `vectors` are aligned with them."""

    papers: tuple[Paper, ...]
    vectors: NDArray[np.float32]
    background: Background
    day: date
    standing: Standing

    def with_scores(self, scores: Sequence[Score]) -> RankingInputs:
        """What the ranking is made from once these scores are there."""
        now = self.standing
        return RankingInputs(
            self.papers, tuple(scores), self.vectors, now.topics, now.rules, self.background, now.model
        )


async def score_papers(
    env: Environment,
    key: str,
    standing: Standing,
    papers: Sequence[Paper],
    day: date,
    progress: Progress = no_progress,
    *,
    rehearsal: bool = False,
) -> Scored:
    """Score papers of a listing day for a channel; what was scored before under the same terms is not scored again.

    Final scores are stored as they come, so that nothing is paid for twice; a fallback is not stored, and the next call
    asks again. A `rehearsal` sends and stores nothing.

    Raises:
        ScorerError: no scores could be made at all.
    """
    papers = tuple(papers)
    vectors = await vectors_or_zeros(env, papers)
    candidates = _Candidates(papers, vectors, await background_before(env, day), day, standing)
    async with env.scoring[_cache_key(env, standing.topics)]:
        result = await _score(env, key, candidates, progress, rehearsal=rehearsal)
    cost = await env.store.costs.spent_on(key, [paper.arxiv_id for paper in papers], env.scorer.name)
    return Scored(
        candidates.with_scores(result.scores),
        cost=cost or result.cost,
        spent_now=result.cost,
        remarks=result.remarks,
        scored_by=result.scored_by or env.scorer.name,
        rehearsed=result.rehearsed,
    )


async def _score(
    env: Environment, key: str, candidates: _Candidates, progress: Progress, *, rehearsal: bool
) -> ScoringResult:
    """Ask the scorer about what is not known yet, and keep what is final."""
    cache_key = _cache_key(env, candidates.standing.topics)
    papers = candidates.papers
    known = await env.store.scores.get(cache_key, papers)
    logger.info("scoring %d candidates for %s, %d of them were scored before", len(papers), key, len(known))
    if len(known) == len(papers):
        return ScoringResult(tuple(known[paper.arxiv_id] for paper in papers))
    job = replace(await _job(env, key, candidates, known), keep=partial(_keep, env, cache_key), rehearsal=rehearsal)
    result = await env.scorer.score(job, progress)
    if not rehearsal:
        await _keep(env, cache_key, [score for score in result.scores if score.arxiv_id not in known])
    return result


async def _job(env: Environment, key: str, candidates: _Candidates, known: Mapping[str, Score]) -> ScoringJob:
    papers = candidates.papers
    # A paper caught up late is in the archive already, and would be its own nearest neighbour.
    archive, archive_vectors = await recent_papers(env, candidates.day, without={paper.arxiv_id for paper in papers})
    channel = env.channel(key)
    model = candidates.standing.model
    return ScoringJob(
        papers=papers,
        topics=candidates.standing.topics,
        vectors=candidates.vectors,
        background=candidates.background,
        archive=archive,
        archive_vectors=archive_vectors,
        channel=key,
        known=known,
        order=lambda scores: cascade_order(candidates.with_scores(scores)),
        wanted=channel.papers + channel.more,
        votes=round(model.n_liked + model.n_listed) if model else 0,
    )


async def _keep(env: Environment, cache_key: str, scores: Sequence[Score]) -> None:
    final = [score for score in scores if not score.fallback]
    if final:
        await env.store.scores.add(cache_key, final, env.clock.now())


def _cache_key(env: Environment, topics: Topics) -> str:
    """What a score depends on besides the paper's version: who judged, by what, against which text."""
    digest = hashlib.sha256(topics.raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{env.scorer.fingerprint}|{digest}"
