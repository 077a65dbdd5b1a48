"""Find papers in the archive: corrected words, filters, fusion, taste."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.errors import EmbedderError
from bot.models import Question, SearchResult
from bot.ranking.fusion import Fused, Hit, Sought, fuse
from bot.ranking.rewards import verdicts
from handlers.archive import embedded
from handlers.ask.taste import taste_of
from handlers.environment import Environment

logger = logging.getLogger(__name__)

MOST_HITS = 50
GOOD_FIT = 0.55  # most of the question's words, or all of its meaning
LEAST_FIT = 0.18
_LEAST_SHARE = 0.3  # of the best hit's fit; what is farther away answers something else


@dataclass(frozen=True, slots=True)
class Findings:
    """What the archive has for a question, best first, at most 50 hits.

    `corrected` maps words nobody wrote to those looked for instead. `is_tasted` says whether the channel's model had a
    say. `remarks` are honest lines for the reader.
    """

    question: Question
    hits: tuple[Fused, ...]
    corrected: Mapping[str, str]
    is_tasted: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def n_good(self) -> int:
        """How many hits surely answer; all of them where no words were asked for."""
        if not self.question.topic:
            return len(self.hits)
        return sum(hit.fit >= GOOD_FIT for hit in self.hits)


async def find(env: Environment, key: str, question: Question) -> Findings:
    """The archive's best papers for a question, in the light of what the channel's readers taught."""
    corrected = await env.store.search.corrected(question.words)
    sought = replace(question, words=tuple(corrected.get(word, word) for word in question.words))
    vector, remarks = await _vector(env, sought.topic)
    among, without = await _told_apart(env, key, question)
    result = await env.store.search.search(sought, vector, env.embedder.name, among=among, without=without)
    if not sought.topic:
        newest = tuple(Fused(one.paper, 0.0) for one in result.pool[:MOST_HITS])
        return Findings(question, newest, corrected, remarks=remarks)
    taste = await taste_of(env, key)
    hits = await asyncio.to_thread(fuse, _sought(sought, result), _hits(result), taste)
    kept = _worth_showing(hits)
    logger.info("found %d papers, %d of them shown", len(result.pool), len(kept))
    return Findings(question, kept, corrected, is_tasted=taste is not None and len(kept) > 1, remarks=remarks)


async def _vector(env: Environment, topic: str) -> tuple[NDArray[np.float32] | None, tuple[str, ...]]:
    if not topic:
        return None, ()
    try:
        return (await embedded(env, [topic]))[0], ()
    except EmbedderError as error:
        logger.warning("a question is searched for by words only: %s", error)
        return None, ("Searched by words only: the embedder gives no vectors now.",)


async def _told_apart(env: Environment, key: str, question: Question) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The ids a question about what was seen or liked is confined to, and those it leaves out."""
    among: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    if question.seen is not None:
        posted = await env.store.library.posted(key)
        seen = posted | {one.arxiv_id for one in await env.store.feedback.impressions(key)}
        among, without = (seen, without) if question.seen else (among, seen)
    if question.liked is not None:
        votes = await env.store.feedback.current(key)
        judged = verdicts(votes, env.settings.ranking.rewards)
        liked = frozenset(one.arxiv_id for one in judged if one.reward > 0)
        if question.liked:
            among = liked if among is None else among & liked
        else:
            without |= liked
    return among, without


def _sought(question: Question, result: SearchResult) -> Sought:
    words = (*question.words, *" ".join(question.phrases).split())
    return Sought(words, result.frequency, result.n_papers)


def _hits(result: SearchResult) -> list[Hit]:
    return [Hit(one.paper, one.closeness) for one in result.pool]


def _worth_showing(hits: tuple[Fused, ...]) -> tuple[Fused, ...]:
    best = max((hit.fit for hit in hits), default=0.0)
    least = max(LEAST_FIT, _LEAST_SHARE * best)
    return tuple(hit for hit in hits if hit.fit >= least)[:MOST_HITS]
