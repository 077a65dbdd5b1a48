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
from handlers.archive import background_before, recent_papers, vectors_of
from handlers.environment import Environment
from handlers.learning import refit
from handlers.standing import rules_of, topics_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """Candidates with all that ranking needs; `scores` and `vectors` are aligned with `papers`.

    `cost` is what scoring them has cost the channel so far, `spent_now` what this time has added.
    """

    papers: tuple[Paper, ...]
    scores: tuple[Score, ...]
    vectors: NDArray[np.float32]
    topics: Topics
    background: Background
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    scored_by: str = ""
    rehearsed: str = ""
    spent_now: TokenCost | None = None

    def only(self, wanted: Callable[[Score], bool]) -> Judged:
        """The same with those papers alone whose score is wanted."""
        places = [index for index, score in enumerate(self.scores) if wanted(score)]
        return replace(
            self,
            papers=tuple(self.papers[index] for index in places),
            scores=tuple(self.scores[index] for index in places),
            vectors=self.vectors[places],
        )


async def judge(
    env: Environment,
    key: str,
    papers: Sequence[Paper],
    day: date,
    progress: Progress = no_progress,
    *,
    rehearsal: bool = False,
) -> Judged:
    """Score papers of a listing day for a channel; what was scored before under the same terms is not scored again.

    Final scores are stored as they come, so that nothing is paid for twice; a fallback is not stored, and the next call
    asks again. A `rehearsal` sends and stores nothing.

    Raises:
        ScorerError: no scores could be made at all.
    """
    topics = await topics_of(env, key)
    papers = tuple(papers)
    vectors = await vectors_of(env, papers)
    cache_key = _cache_key(env, topics)
    judged = Judged(papers, (), vectors, topics, await background_before(env, day))
    async with env.scoring[cache_key]:
        result = await _score(env, key, judged, day, progress, rehearsal=rehearsal)
    cost = await env.store.costs.spent_on(key, [paper.arxiv_id for paper in papers], env.scorer.name)
    return replace(
        judged,
        scores=result.scores,
        cost=cost or result.cost,
        spent_now=result.cost,
        remarks=result.remarks,
        scored_by=result.scored_by or env.scorer.name,
        rehearsed=result.rehearsed,
    )


async def _score(
    env: Environment, key: str, judged: Judged, day: date, progress: Progress, *, rehearsal: bool
) -> ScoringResult:
    """Ask the scorer about what is not known yet, and keep what is final."""
    cache_key = _cache_key(env, judged.topics)
    papers = judged.papers
    known = await env.store.scores.get(cache_key, papers)
    logger.info("scoring %d candidates for %s, %d of them were scored before", len(papers), key, len(known))
    if len(known) == len(papers):
        return ScoringResult(tuple(known[paper.arxiv_id] for paper in papers))
    job = replace(await _job(env, key, judged, day, known), keep=partial(_keep, env, cache_key), rehearsal=rehearsal)
    result = await env.scorer.score(job, progress)
    if not rehearsal:
        await _keep(env, cache_key, [score for score in result.scores if score.arxiv_id not in known])
    return result


async def _job(env: Environment, key: str, judged: Judged, day: date, known: Mapping[str, Score]) -> ScoringJob:
    # A paper caught up late is in the archive already, and would be its own nearest neighbour.
    archive, archive_vectors = await recent_papers(env, day, without={paper.arxiv_id for paper in judged.papers})
    channel = env.channel(key)
    model = await refit(env, key)
    rules = await rules_of(env, key)

    def order(scores: Sequence[Score]) -> Sequence[int]:
        return cascade_order(ranking_inputs(rules, replace(judged, scores=tuple(scores)), model))

    return ScoringJob(
        papers=judged.papers,
        topics=judged.topics,
        vectors=judged.vectors,
        background=judged.background,
        archive=archive,
        archive_vectors=archive_vectors,
        channel=key,
        known=known,
        order=order,
        wanted=channel.papers + channel.more,
        votes=round(model.n_liked + model.n_listed) if model else 0,
    )


def ranking_inputs(rules: Sequence[Rule], judged: Judged, model: ChannelModel | None) -> RankingInputs:
    """What the ranking of a channel's candidates is made from."""
    return RankingInputs(
        papers=judged.papers,
        scores=judged.scores,
        vectors=judged.vectors,
        topics=judged.topics,
        background=judged.background,
        rules=rules,
        model=model,
    )


async def _keep(env: Environment, cache_key: str, scores: Sequence[Score]) -> None:
    final = [score for score in scores if not score.fallback]
    if final:
        await env.store.scores.add(cache_key, final, env.clock.now())


def _cache_key(env: Environment, topics: Topics) -> str:
    """What a score depends on besides the paper's version: who judged, by what, against which text."""
    digest = hashlib.sha256(topics.raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{env.scorer.fingerprint}|{digest}"
