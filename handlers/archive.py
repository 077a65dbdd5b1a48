"""What the archive knows when a day is judged: vectors, the background, recent papers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bot.errors import EmbedderError, reason_of
from bot.models import AnnounceType, Background, ListingState, Paper
from bot.ports import Progress, no_progress
from bot.ranking import background as backgrounds
from bot.ranking.terms import embedding_text
from handlers.environment import Environment

logger = logging.getLogger(__name__)

RECENT_PAPERS = 4000
_BATCH = 256

VectorsBy = Callable[[Environment, Sequence[Paper]], Awaitable[NDArray[np.float32]]]
"""How the vectors of papers are had: at any price, or as far as that is possible."""


async def embed_missing(env: Environment, papers: Sequence[Paper], progress: Progress = no_progress) -> None:
    """Compute and store the vectors these papers lack, in batches, so that an interruption loses little."""
    known = await env.store.papers.vectors([paper.arxiv_id for paper in papers], env.embedder.name)
    missing = [paper for paper in papers if paper.arxiv_id not in known]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        vectors = await embedded(env, [embedding_text(paper) for paper in batch])
        by_id = {paper.arxiv_id: vector for paper, vector in zip(batch, vectors, strict=True)}
        await env.store.papers.add_vectors(env.embedder.name, by_id)
        progress("embedding", min(start + _BATCH, len(missing)), len(missing))


async def embedded(env: Environment, texts: Sequence[str]) -> NDArray[np.float32]:
    """Make vectors of texts in a worker thread.

    Raises:
        EmbedderError: whatever the embedder raised.
    """
    try:
        return await asyncio.to_thread(env.embedder.embed, texts)
    except EmbedderError:
        raise
    except Exception as error:
        # The edge of what others wrote: it fails like an embedder, whatever it raised.
        logger.exception("%s failed unexpectedly", env.embedder.name)
        raise EmbedderError(reason_of(error)) from error


async def vectors_or_zeros(env: Environment, papers: Sequence[Paper]) -> NDArray[np.float32]:
    """The vectors of papers, as `vectors_of`; zeros, which say nothing, for all of them if one cannot be made now."""
    try:
        return await vectors_of(env, papers)
    except EmbedderError as error:
        logger.warning("%d papers have no vectors for now: %s", len(papers), error)
        return np.zeros((len(papers), await _width(env)), dtype=np.float32)


async def _width(env: Environment) -> int:
    """The length of the vectors that are stored, or else of those that the embedder makes."""
    papers = await env.store.papers.before(date.max, 50)
    known = await env.store.papers.vectors([paper.arxiv_id for paper in papers], env.embedder.name)
    return next((len(vector) for vector in known.values()), env.embedder.dimensions)


async def vectors_of(env: Environment, papers: Sequence[Paper]) -> NDArray[np.float32]:
    """The vectors of papers, `(n_papers, dimensions)` float32 in their order; missing ones are computed."""
    await embed_missing(env, papers)
    known = await env.store.papers.vectors([paper.arxiv_id for paper in papers], env.embedder.name)
    if not papers:
        return np.zeros((0, env.embedder.dimensions), dtype=np.float32)
    return await asyncio.to_thread(np.stack, [known[paper.arxiv_id] for paper in papers])


async def extend_background(env: Environment, categories: Sequence[str]) -> None:
    """Count the complete listings after those counted so far into the stored background, each once, oldest first.

    What an interruption left out is made up for; a listing older than the newest counted one is never counted.
    """
    known = await _stored_background(env)
    first = known.upto + timedelta(days=1) if known.upto else date.min
    records = await env.store.listings.records(env.source.name, categories, first, date.max)
    days = sorted({record.day for record in records if record.state is ListingState.COMPLETE})
    if days and known.upto is None:
        known = await _rebuilt(env, days[0], vectors_of)  # it is kept: zeros must not get into it
    for day in days:
        ids = await env.store.listings.entries(categories, tuple(AnnounceType), day, day)
        papers = tuple((await env.store.papers.get(ids)).values())
        vectors = await vectors_of(env, papers)
        if day == days[-1]:
            return  # the newest is the one being judged, by what is known before it; it counts with the next
        known = await asyncio.to_thread(backgrounds.extend, known, papers, vectors, day)
        blob = await asyncio.to_thread(backgrounds.to_bytes, known)
        await env.store.papers.save_background(env.embedder.name, day, blob)


async def background_before(env: Environment, day: date) -> Background:
    """What was known before `day`: the stored background, or one rebuilt from the archive for a day long past."""
    known = await _stored_background(env)
    if known.upto is not None and known.upto < day:
        return known
    return await _rebuilt(env, day, vectors_or_zeros)


async def _rebuilt(env: Environment, day: date, vectors_by: VectorsBy) -> Background:
    papers = await env.store.papers.before(day - timedelta(days=1), RECENT_PAPERS)
    rebuilt = Background()
    for when, group in groupby(reversed(papers), key=lambda paper: paper.listing_day):
        batch = tuple(group)
        vectors = await vectors_by(env, batch)
        rebuilt = await asyncio.to_thread(backgrounds.extend, rebuilt, batch, vectors, when or day)
    return rebuilt


async def recent_papers(
    env: Environment, day: date, without: Collection[str] = ()
) -> tuple[tuple[Paper, ...], NDArray[np.float32]]:
    """The newest papers of listing days before `day`, newest first, with their vectors; `without` are skipped."""
    known = await env.store.papers.before(day - timedelta(days=1), RECENT_PAPERS)
    papers = tuple(paper for paper in known if paper.arxiv_id not in without)
    return papers, await vectors_or_zeros(env, papers)


async def _stored_background(env: Environment) -> Background:
    stored = await env.store.papers.background(env.embedder.name)
    if stored is None:
        return Background()
    try:
        return await asyncio.to_thread(backgrounds.from_bytes, stored[1])
    except ValueError:
        # It can be made again from the papers, which are the truth.
        logger.warning("the stored background is unreadable and will be rebuilt")
        return Background()
