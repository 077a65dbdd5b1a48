"""Papers somebody names by id: from the archive, else from the source."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.errors import EmbedderError
from bot.models import Paper
from handlers.archive import embed_missing
from handlers.environment import Environment

logger = logging.getLogger(__name__)

PATIENCE_S = 25.0  # how long a reader waits for arXiv before being told so


async def fetched(env: Environment, arxiv_ids: Sequence[str]) -> Mapping[str, Paper]:
    """The papers with these ids, as far as they exist; what the archive lacks is read from the source and kept.

    Raises:
        SourceError: the source could not be asked.
        TimeoutError: it takes too long.
    """
    known = dict(await env.store.papers.get(arxiv_ids))
    missing = [one for one in arxiv_ids if one not in known]
    if missing:
        async with asyncio.timeout(PATIENCE_S):
            papers = await env.source.papers(missing)
        await keep(env, papers)
        known.update({paper.arxiv_id: paper for paper in papers})
    return known


async def keep(env: Environment, papers: Sequence[Paper]) -> None:
    """Put papers that were asked for into the archive; they stay searchable, and no morning posts them for it."""
    if not papers:
        return
    await env.store.papers.add(papers, env.clock.now())
    try:
        await embed_missing(env, papers)
    except EmbedderError as error:
        logger.warning("%d papers go without vectors for now: %s", len(papers), error)
