"""Refit what a channel's readers have taught, after new feedback and before each morning."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.models import CurrentVote, Impression
from bot.ranking import model as models
from bot.ranking.guard import guard
from bot.ranking.learn import Evidence, fit
from bot.ranking.model import ChannelModel
from bot.ranking.rater import fit_rater, judged_papers
from bot.ranking.rewards import verdicts
from bot.ranking.terms import TermsMemo
from bot.ranking.track_record import Shown
from bot.ranking.vocabulary import vectorizer
from bot.store_ports import Weights
from handlers.archive import background_before
from handlers.environment import Environment

logger = logging.getLogger(__name__)

_PAST_PAPERS = 2000
_NO_MODEL = b""
# Words of voted papers are read again at every refit; remembering them makes that ten times faster.
_terms_of = TermsMemo(size=4_000)


async def refit(env: Environment, key: str) -> ChannelModel | None:
    """The channel's model for what stands now: the stored one if nothing changed since, else a newly fitted one.

    None before the first vote. The same votes, impressions and archive give the same model.
    """
    votes = await env.store.feedback.current(key)
    impressions = await env.store.feedback.impressions(key)
    basis = _basis(env, votes, impressions)
    stored = await env.store.weights.newest(key)
    if stored is not None and stored.metrics.get("basis") == basis:
        known = await _read(stored)
        if known is not None or stored.blob == _NO_MODEL:
            return known
    if not votes and stored is None:
        return None
    return await _fit(env, key, votes, impressions, basis)


async def _fit(
    env: Environment, key: str, votes: Sequence[CurrentVote], impressions: Sequence[Impression], basis: str
) -> ChannelModel | None:
    now = env.clock.now()
    ids = {vote.arxiv_id for vote in votes} | {impression.arxiv_id for impression in impressions}
    tomorrow = now.date() + timedelta(days=1)
    said = verdicts(votes, env.settings.ranking.rewards)
    evidence = Evidence(
        verdicts=said,
        impressions=impressions,
        papers=await env.store.papers.get(sorted(ids)),
        past=await env.store.papers.before(tomorrow, _PAST_PAPERS),
        now=now,
    )
    background = await background_before(env, tomorrow)
    shown = [Shown(impression, ranked) for impression, ranked in await env.store.ledger.history(key)]
    watched = await asyncio.to_thread(guard, shown, said)
    fitted = await asyncio.to_thread(lambda: fit(evidence, vectorizer(background, (), _terms_of), watched.trust))
    if said:
        # From the first vote on, even one against, an LLM's points count as far as votes agree with them.
        rater = await asyncio.to_thread(lambda: fit_rater(judged_papers(shown, said)))
        fitted = replace(fitted or models.untaught(), rater=rater)
    blob = await asyncio.to_thread(models.to_bytes, fitted) if fitted else _NO_MODEL
    metrics: dict[str, float | str] = {"basis": basis, "votes": len(votes), "impressions": len(impressions)}
    metrics |= {"guard": watched.state, "judged": watched.n_judged, **_figures(fitted)}
    version = await env.store.weights.add(key, now, metrics, blob)
    logger.info("refitted %s: version %d from %d votes, %d bytes", key, version, len(votes), len(blob))
    return fitted


def _figures(fitted: ChannelModel | None) -> dict[str, float]:
    """What a model counts, and what the votes say about an LLM's scores if it gave any."""
    if fitted is None:
        return {}
    figures = {"liked": fitted.n_liked, "weight": fitted.weight, "trust": fitted.trust}
    if fitted.rater is not None and fitted.rater.n_judged:
        rater = fitted.rater
        figures |= {"llm_relevance": rater.relevance, "llm_novelty": rater.novelty}
        figures |= {"llm_agreement": rater.agreement, "llm_judged": rater.n_judged}
    return figures


async def _read(stored: Weights) -> ChannelModel | None:
    if stored.blob == _NO_MODEL:
        return None
    try:
        return await asyncio.to_thread(models.from_bytes, stored.blob)
    except ValueError:
        # It can be made again from the votes, which are the truth.
        logger.warning("stored weights are unreadable and will be fitted again")
        return None


def _basis(env: Environment, votes: Sequence[CurrentVote], impressions: Sequence[Impression]) -> str:
    """A fingerprint of all that a model depends on, so that nothing is fitted twice."""
    parts = [f"{vote.arxiv_id} {vote.person} {vote.emoji}" for vote in votes]
    parts += [f"{one.digest} {one.arxiv_id} {one.position}" for one in impressions]
    parts.append(repr(sorted(env.settings.ranking.rewards.items())))
    # What was learned fades with silence, so that a model is a day old at most.
    parts.append(str(env.clock.now().date()))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
