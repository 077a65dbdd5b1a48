"""The source's own search, as a second answer: marked, rate-limited, remembered for a day."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import SourceError
from bot.models import LiveSearch, Paper, Question
from handlers.ask.papers import PATIENCE_S, keep
from handlers.environment import Environment

logger = logging.getLogger(__name__)

ENOUGH = 3  # good hits of the archive that make a live search needless
_MOST_LIVE = 10
_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Live:
    """What the source found, best first; `problem` is one sentence if it could not be asked."""

    papers: tuple[Paper, ...] = ()
    problem: str = ""


def can_be_live(question: Question) -> bool:
    """Whether the source's search can answer this: what was seen or liked is known only here."""
    named = question.topic or question.authors
    return bool(named) and question.seen is None and question.liked is None


async def search_live(env: Environment, question: Question) -> Live:
    """Ask the source's own search, at most once a day for the same question; what it finds joins the archive.

    It takes its turn like every other request to the source.
    """
    name = _canonical(question)
    remembered = await env.store.search.live(name, env.clock.now() - _KEPT_FOR)
    if remembered is not None:
        known = await env.store.papers.get(remembered.arxiv_ids)
        return Live(tuple(known[one] for one in remembered.arxiv_ids if one in known))
    try:
        async with asyncio.timeout(PATIENCE_S):
            papers = await env.source.search(question, _MOST_LIVE)
    except SourceError as error:
        logger.warning("the source's search failed: %s", error)
        return Live(problem="arXiv's own search could not be asked now. Try again in a few minutes.")
    except TimeoutError:
        return Live(problem="arXiv's own search takes too long now. Try again in a few minutes.")
    await keep(env, papers)
    found = LiveSearch(tuple(paper.arxiv_id for paper in papers), env.clock.now())
    await env.store.search.save_live(name, found)
    return Live(papers)


def _canonical(question: Question) -> str:
    """The same text for the same question, however it was typed."""
    parts = {
        "words": sorted(word.lower() for word in question.words),
        "phrases": sorted(text.lower() for text in question.phrases),
        "excluded": sorted(text.lower() for text in question.excluded),
        "authors": sorted(name.lower() for name in (*question.authors, *(f"-{n}" for n in question.without_authors))),
        "categories": sorted((*question.categories, *(f"-{name}" for name in question.without_categories))),
        "days": [str(question.first or ""), str(question.last or "")],
    }
    return json.dumps({name: value for name, value in parts.items() if any(value)})
