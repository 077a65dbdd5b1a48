"""Refit what a channel's readers have taught, after new feedback and before each morning."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import EmbedderError
from bot.models import Background, CurrentVote, ImportedLike, Impression, Paper, Topics, Weights
from bot.ranking import model as models
from bot.ranking.background import mean_with
from bot.ranking.closeness import Texts, Wanted
from bot.ranking.guard import guard
from bot.ranking.imported import COMPARED, MOST_LISTED, Comparison, Vetted, standing, vet
from bot.ranking.interests import interests
from bot.ranking.learn import Evidence, fit
from bot.ranking.model import ChannelModel
from bot.ranking.rater import fit_rater, judged_papers
from bot.ranking.rewards import verdicts
from bot.ranking.terms import TermsMemo
from bot.ranking.track_record import Shown
from bot.ranking.vocabulary import Vectorizer, vectorizer
from handlers.archive import background_before, embedded, vectors_of
from handlers.environment import Environment
from handlers.standing import topics_of

logger = logging.getLogger(__name__)

_PAST_PAPERS = 2000
_UNVETTED = ""  # the basis of a model that has to be fitted again as soon as possible
_NO_MODEL = b""
# Words of voted papers are read again at every refit; remembering them makes that ten times faster.
_terms_of = TermsMemo(size=4_000)


async def refit(env: Environment, key: str, topics: Topics | None = None) -> ChannelModel | None:
    """The channel's model for what stands now: the stored one if nothing changed since, else a newly fitted one.

    `topics` are those in force, where they were read already. None before the first vote or list. The same votes,
    lists, impressions and archive give the same model.
    """
    forgettings = await env.store.privacy.forgettings()
    votes = await env.store.feedback.current(key)
    impressions = await env.store.feedback.impressions(key)
    imported = await env.store.feedback.imported_likes(key)
    basis = await asyncio.to_thread(_basis, env, votes, impressions)
    if imported:
        topics = topics or await topics_of(env, key)
        basis = await _with_lists(env, topics, basis, imported)
    stored = await env.store.weights.newest(key)
    if stored is not None and stored.metrics.get("basis") == basis:
        known = await _read(stored)
        if known is not None or stored.blob == _NO_MODEL:
            return known
    if not (votes or imported) and stored is None:
        return None
    try:
        async with env.fitting:
            return await _fit(env, key, _Said(votes, impressions, imported, topics), basis, forgettings)
    except _Forgotten:
        return await refit(env, key, topics)


class _Forgotten(Exception):
    """Somebody was forgotten while a model was fitted to votes that may be theirs."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What readers and lists said, and what was shown; the topics are there if a list is."""

    votes: Sequence[CurrentVote]
    impressions: Sequence[Impression]
    imported: Sequence[ImportedLike]
    topics: Topics | None


async def _fit(env: Environment, key: str, told: _Said, basis: str, forgettings: int) -> ChannelModel | None:
    now = env.clock.now()
    tomorrow = now.date() + timedelta(days=1)
    said = await asyncio.to_thread(verdicts, told.votes, env.settings.ranking.rewards)
    past = await env.store.papers.before(tomorrow, _PAST_PAPERS)
    background = await background_before(env, tomorrow)
    today = await asyncio.to_thread(vectorizer, background, (), _terms_of)
    lists = await _vetted(env, key, told, {one.arxiv_id for one in said}, (background, today, past))
    chosen = lists.likes if lists else ()
    ids = {one.arxiv_id for part in (told.votes, told.impressions, chosen) for one in part}
    evidence = Evidence(
        verdicts=said,
        impressions=told.impressions,
        papers=await env.store.papers.get(sorted(ids)),
        past=past,
        now=now,
        imported=chosen,
    )
    shown = [Shown(impression, ranked) for impression, ranked in await env.store.ledger.history(key)]
    watched = await asyncio.to_thread(guard, shown, said)
    fitted = await asyncio.to_thread(lambda: fit(evidence, today, watched.trust))
    if said:
        # From the first vote on, even one against, an LLM's points count as far as votes agree with them.
        rater = await asyncio.to_thread(lambda: fit_rater(judged_papers(shown, said)))
        fitted = replace(fitted or models.untaught(), rater=rater)
    blob = await asyncio.to_thread(models.to_bytes, fitted) if fitted else _NO_MODEL
    metrics: dict[str, float | str] = {"basis": basis if lists else _UNVETTED}
    metrics |= {"votes": len(told.votes), "impressions": len(told.impressions)}
    metrics |= {"lists": "\n".join(check.state for check in lists.checks)} if lists and lists.checks else {}
    metrics |= {"guard": watched.state, "judged": watched.n_judged, **_figures(fitted)}
    version = await env.store.weights.add(key, now, metrics, blob, forgettings)
    if version is None:
        raise _Forgotten
    logger.info(
        "refitted %s: version %d from %d votes and %d imported likes, %d bytes",
        *(key, version, len(told.votes), len(chosen), len(blob)),
    )
    return fitted


async def _vetted(
    env: Environment,
    key: str,
    told: _Said,
    voted: Collection[str],
    known: tuple[Background, Vectorizer, Sequence[Paper]],
) -> Vetted | None:
    """What lists may teach; None if that cannot be told now."""
    try:
        return await _agreeing(env, told, voted, known)
    except EmbedderError as error:
        # Votes must count whatever becomes of an embedder somewhere else.
        logger.warning("lists of %s teach nothing until their papers can be embedded: %s", key, error)
        return None


async def _agreeing(
    env: Environment,
    told: _Said,
    voted: Collection[str],
    known: tuple[Background, Vectorizer, Sequence[Paper]],
) -> Vetted:
    """The channel's imported likes that no vote overrules, weighed by how well their lists agree with its topics.

    `known` is what the archive knows: its background, the vectorizer of that, and past papers, newest first.

    Raises:
        EmbedderError: papers or topics could not be embedded.
    """
    papers = await env.store.papers.get(sorted({one.arxiv_id for one in told.imported}))
    likes = standing(told.imported, voted, papers)[-MOST_LISTED:]
    if not likes or told.topics is None:
        return Vetted()
    background, today, past = known
    # Listed papers among the past ones are no comparison, so that a few more than needed are taken.
    compared = tuple(past[: COMPARED + len(likes)])
    listed = [papers[one.arxiv_id] for one in likes]
    wanted = interests(told.topics)
    wanted_vectors = await embedded(env, [interest.text for interest in wanted])
    others = Texts(compared, await vectors_of(env, compared))
    comparison = Comparison(
        Wanted([interest.text for interest in wanted], wanted_vectors),
        others,
        today,
        mean_with(background, others.vectors[:0]),
    )
    return await asyncio.to_thread(vet, likes, Texts(listed, await vectors_of(env, listed)), comparison)


def _figures(fitted: ChannelModel | None) -> dict[str, float]:
    """What a model counts, and what the votes say about an LLM's scores if it gave any."""
    if fitted is None:
        return {}
    figures = {"liked": fitted.n_liked, "weight": fitted.weight, "trust": fitted.trust}
    figures |= {"listed": fitted.n_listed} if fitted.n_listed else {}
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
    return _hashed(parts)


async def _with_lists(env: Environment, topics: Topics, basis: str, imported: Sequence[ImportedLike]) -> str:
    """The same with lists, which teach as far as topics and archive agree; the first morning begins the archive."""
    listed = {one.arxiv_id for one in imported}
    newest = await env.store.papers.before(date.max, min(len(listed), MOST_LISTED) + 1)
    has_archive = any(paper.arxiv_id not in listed for paper in newest)
    return _hashed(
        [basis, topics.raw, str(has_archive), *(f"{one.arxiv_id} {one.weight} {one.origin}" for one in imported)]
    )


def _hashed(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
