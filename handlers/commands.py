"""What a reader asks by button or command: why, abstract, similar, help."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np

from bot.models import Paper, Reply, Request
from bot.ranking.explain import why_in_full
from bot.rendering import abstract_reply, help_reply, plain_card, similar_reply, why_reply
from handlers.archive import recent_papers, vectors_of
from handlers.environment import Environment
from handlers.scoring import topics_of

_SIMILAR = 5


async def answer(env: Environment, request: Request) -> AsyncIterator[Reply]:
    """Answer one request; an unknown one gets the help."""
    paper = await _paper(env, request)
    if request.name in {"abstract", "why", "similar"} and paper is None:
        yield Reply(title=f"No paper of ours: {request.arxiv_id or request.argument or 'which one?'}")
    elif request.name == "abstract" and paper is not None:
        yield abstract_reply(paper)
    elif request.name == "why" and paper is not None:
        yield await _why(env, request, paper)
    elif request.name == "similar" and paper is not None:
        yield await _similar(env, paper)
    else:
        yield help_reply()


async def _paper(env: Environment, request: Request) -> Paper | None:
    wanted = request.arxiv_id or request.argument.strip()
    return (await env.store.papers.get([wanted])).get(wanted) if wanted else None


async def _why(env: Environment, request: Request, paper: Paper) -> Reply:
    key = channel_at(env, request.platform, request.place)
    ranked = await env.store.ledger.shown(key, paper.arxiv_id) if key else None
    if key is None or ranked is None:
        return Reply(title=f"{paper.arxiv_id} was not posted in this channel, so it has no place to explain.")
    return why_reply(ranked, await topics_of(env, key), why_in_full(ranked))


async def _similar(env: Environment, paper: Paper) -> Reply:
    """The archive's nearest papers by embedding."""
    day = env.clock.now().date()
    papers, vectors = await recent_papers(env, day)
    target = (await vectors_of(env, [paper]))[0]
    order = await asyncio.to_thread(lambda: np.argsort(-(vectors @ target), kind="stable"))
    nearest = [papers[place] for place in order if papers[place].arxiv_id != paper.arxiv_id][:_SIMILAR]
    return similar_reply(paper, [plain_card(one, position) for position, one in enumerate(nearest, start=1)])


def channel_at(env: Environment, platform: str, place: str) -> str | None:
    """The key of the channel that lives there."""
    for key, channel in env.settings.channels.items():
        if (channel.platform, channel.id) == (platform, place):
            return key
    return None
