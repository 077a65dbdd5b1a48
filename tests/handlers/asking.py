"""What tests of questions and commands share."""

from __future__ import annotations

from collections.abc import Sequence

from bot.models import Paper, Reply, Request
from handlers.ask.papers import keep
from handlers.commands import answer
from tests.builders import CHANNEL, a_paper
from tests.handlers.conftest import World

CACHE = a_paper("2505.00001", title="KV cache compression", abstract="Keys and values in two bits.")
PRUNING = a_paper("2505.00002", title="Pruning networks", abstract="Weights are removed.", authors=("Wei Wang",))
MAMBA = a_paper("2505.00003", title="Mamba for language", abstract="State space models, no attention cache.")
PAPERS = (CACHE, PRUNING, MAMBA)


async def fill(world: World, papers: Sequence[Paper] = PAPERS) -> None:
    """Put papers into the archive with their vectors."""
    await keep(world.env, papers)


async def say(world: World, line: str, *, person: str = "ada", channel_id: str = CHANNEL) -> list[Reply]:
    """The replies to a line after /papers."""
    return await request(world, "papers", line, person=person, channel_id=channel_id)


async def request(  # one argument for each field of a request
    world: World, name: str, argument: str = "", *, person: str = "ada", channel_id: str = CHANNEL, **fields
) -> list[Reply]:
    """The replies to any request."""
    asked = Request(world.platform.name, channel_id, person, name, argument, **fields)
    return [reply async for reply in answer(world.env, asked)]


def ids(reply: Reply) -> list[str]:
    """The papers of a reply."""
    return [card.arxiv_id for card in reply.cards]
