"""Posts and waits that the tests of the platforms share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.models import MessageRef, PaperCard, Post, PostKey, PostRole
from bot.rendering import card_text

if TYPE_CHECKING:
    from tests.platforms.harnesses import Harness


def a_key(arxiv_id: str = "2505.03801", digest: int = 1, role: PostRole = PostRole.PAPER) -> PostKey:
    return PostKey("reading-group", digest, role, arxiv_id)


def a_card(**changes) -> PaperCard:
    values = {
        "arxiv_id": "2505.03801",
        "position": 1,
        "title": "Global Rank and Sparsity",
        "url": "https://arxiv.org/abs/2505.03801",
        "pdf_url": "https://arxiv.org/pdf/2505.03801",
        "authors": "C. Zhou",
        "categories": "cs.LG",
        "verdict": "relevance 10 · novelty 8",
        "comment": "Prunes and factorises.",
        "why": "topic 1 +2.1",
    }
    return PaperCard(**{**values, **changes})


def a_paper_post(**changes) -> Post:
    card = a_card(**changes)
    return Post(PostRole.PAPER, card_text(card), title=card.title, card=card, votable=True)


A_HEADER = Post(PostRole.HEADER, "Papers of today · 1 scanned", "Papers of today", ("1 scanned",))


async def posted(
    harness: Harness, post: Post | None = None, key: PostKey | None = None, thread: MessageRef | None = None
) -> MessageRef:
    return await harness.platform.post(harness.channel_id, post or a_paper_post(), key or a_key(), thread)


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Return once the condition holds; what runs beside the test makes it so."""

    async def holds() -> None:
        while not condition():  # noqa: ASYNC110 - the other side is a real server
            await asyncio.sleep(0.005)

    await asyncio.wait_for(holds(), seconds)
