"""What a channel's imported lists may teach, as far as its topics agree."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from bot.models import Background, ImportedLike, Paper
from bot.ranking.background import mean_with
from bot.ranking.closeness import Texts, Wanted
from bot.ranking.imported import COMPARED, MOST_LISTED, Comparison, Vetted, standing, vet
from bot.ranking.interests import interests
from bot.ranking.vocabulary import Vectorizer
from handlers.archive import vectors_of
from handlers.environment import Environment
from handlers.topics import topics_of


async def vetted(
    env: Environment,
    key: str,
    imported: Sequence[ImportedLike],
    voted: Collection[str],
    known: tuple[Background, Vectorizer, Sequence[Paper]],
) -> Vetted:
    """The channel's imported likes that no vote overrules, weighed by how well their lists agree with its topics.

    `known` is what the archive knows: its background, the vectorizer of that, and past papers, newest first.

    Raises:
        EmbedderError: papers or topics could not be embedded.
    """
    papers = await env.store.papers.get(sorted({one.arxiv_id for one in imported}))
    likes = standing(imported, voted, papers)[-MOST_LISTED:]
    if not likes:
        return Vetted()
    background, today, past = known
    # Listed papers among the past ones are no comparison, so that a few more than needed are taken.
    compared = tuple(past[: COMPARED + len(likes)])
    listed = [papers[one.arxiv_id] for one in likes]
    wanted = interests(await topics_of(env, key))
    wanted_vectors = await asyncio.to_thread(env.embedder.embed, [interest.text for interest in wanted])
    others = Texts(compared, await vectors_of(env, compared))
    comparison = Comparison(
        Wanted([interest.text for interest in wanted], wanted_vectors),
        others,
        today,
        mean_with(background, others.vectors[:0]),
    )
    return await asyncio.to_thread(vet, likes, Texts(listed, await vectors_of(env, listed)), comparison)
