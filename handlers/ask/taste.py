"""What a channel's readers have taught, as an opinion on search hits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import lru_cache

from bot.models import Background, Paper
from bot.ranking import background as backgrounds
from bot.ranking import model as models
from bot.ranking.fusion import Taste
from bot.ranking.model import ChannelModel, Opinion
from bot.ranking.terms import TermsMemo
from bot.ranking.vocabulary import Vectorizer, build
from handlers.environment import Environment

# Reading these blobs takes longer than a search; the same bytes always give the same value.
_background_of = lru_cache(maxsize=1)(backgrounds.from_bytes)
_model_of = lru_cache(maxsize=8)(models.from_bytes)
_terms_of = TermsMemo()


async def taste_of(env: Environment, key: str) -> Taste | None:
    """The channel's newest model, ready to judge papers; None before the first vote.

    It is the stored one: a vote of this minute counts once the model was refitted, not before.
    """
    weights = await env.store.weights.newest(key)
    stored = await env.store.papers.background(env.embedder.name)
    if weights is None or not weights.blob or stored is None:
        return None
    try:
        model = await asyncio.to_thread(_model_of, weights.blob)
        background = await asyncio.to_thread(_background_of, stored[1])
    except ValueError:  # both can be made again from what is stored, and will be before the next morning
        return None
    return _taste(model, background) if model.weight > 0 else None


def _taste(model: ChannelModel, background: Background) -> Taste:
    def opinion(papers: Sequence[Paper]) -> Opinion:
        # Only these papers' words can matter, and a vocabulary of all words takes long to build.
        used = {term for paper in papers for term in _terms_of(paper)}
        known = background.document_frequency
        part = Background(background.n_papers, {term: known[term] for term in used if term in known})
        return model.opinion(papers, Vectorizer(build(part), _terms_of))

    return opinion
