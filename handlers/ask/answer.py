"""The replies to a question, one after the other: the list, arXiv's own finds, an answer in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from bot.citations import checked
from bot.errors import AnswerError, SourceError
from bot.models import Paper, Question, Reply
from bot.query import parse_question
from bot.rendering import HitList, found_reply, live_reply, plain_card
from handlers.ask.find import Findings, find
from handlers.ask.live import ENOUGH, can_be_live, search_live
from handlers.ask.papers import fetched
from handlers.environment import Environment

logger = logging.getLogger(__name__)

PAGE = 5
_CITED = 10  # papers a model is given to answer from
_PATIENCE_S = 60.0


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it came in, and in whose light it is answered.

    `channel` is whose topics and model count; `is_elsewhere` says that it was asked in another place, so that the
    answer must name it. `suggestion` is a command the line may have been meant for. `may_search_live` is asked when
    arXiv's own search would be.
    """

    channel: str
    text: str
    page: int = 1
    is_elsewhere: bool = False
    suggestion: str = ""
    page_size: int = PAGE
    may_search_live: Callable[[], bool] = _always


async def ask(env: Environment, asking: Asking) -> AsyncIterator[Reply]:
    """Answer a question: the archive's list at once, then what takes longer. Later pages are only the list."""
    question = parse_question(asking.text, env.clock.now().astimezone(env.channel(asking.channel).zone).date())
    if question.is_empty:
        yield Reply(title="What shall I look for?", lines=_notes(asking, question, None))
        return
    named, problem = await _named(env, question)
    findings = await _findings(env, asking.channel, question)
    papers = tuple(dict.fromkeys((*named, *(hit.paper for hit in findings.hits))))
    notes = (*_notes(asking, question, findings), *([problem] if problem else ()))
    shown = await _list(env, asking, papers, notes)
    first = found_reply(shown)
    yield first
    if asking.page > 1:
        return
    if papers and question.topic and env.answerer is not None:
        words = await _in_words(env, asking, papers)
        if words:
            yield replace(found_reply(replace(shown, answer=words)), replaces=True)
    if findings.n_good < ENOUGH and can_be_live(question) and not named:
        if asking.may_search_live():
            yield await _live(env, asking, question, papers)
        else:
            yield live_reply(question.text, (), "You searched arXiv itself often just now. Try again in a minute.")


async def _findings(env: Environment, key: str, question: Question) -> Findings:
    if question.arxiv_ids and not question.topic and not question.filters:
        return Findings(question, (), {})
    return await find(env, key, question)


async def _named(env: Environment, question: Question) -> tuple[tuple[Paper, ...], str]:
    """The papers a question names by id, and what to say of those that could not be had."""
    if not question.arxiv_ids:
        return (), ""
    try:
        known = await fetched(env, question.arxiv_ids)
    except (SourceError, TimeoutError) as error:
        logger.warning("papers asked for by id could not be read: %s", error)
        known = await env.store.papers.get(question.arxiv_ids)
        return tuple(
            known.values()
        ), "arXiv could not be asked for the papers missing here. Try again in a few minutes."
    lacking = [one for one in question.arxiv_ids if one not in known]
    problem = f"arXiv has no paper {', '.join(lacking)}." if lacking else ""
    return tuple(known[one] for one in question.arxiv_ids if one in known), problem


def _notes(asking: Asking, question: Question, findings: Findings | None) -> tuple[str, ...]:
    notes = [f"If you meant the command: {asking.suggestion}"] if asking.suggestion else []
    notes += question.remarks
    if findings is not None:
        notes += [f"Nobody wrote “{word}”; looked for “{other}”." for word, other in findings.corrected.items()]
        notes += findings.remarks
        if findings.is_tasted:
            notes.append(f"Reordered lightly by what the readers of {asking.channel} taught.")
    if asking.is_elsewhere:
        notes.append(f"Seen through the channel {asking.channel}: its topics, votes and model.")
    return tuple(notes)


async def _list(env: Environment, asking: Asking, papers: Sequence[Paper], notes: tuple[str, ...]) -> HitList:
    """One page of papers as cards, marked with what the channel knows of them."""
    first = (asking.page - 1) * asking.page_size
    part = papers[first : first + asking.page_size]
    seen = {one.arxiv_id for one in await env.store.feedback.impressions(asking.channel)} if part else set()
    cards = tuple(
        replace(plain_card(paper, first + position), marks=_marks(paper, seen))
        for position, paper in enumerate(part, start=1)
    )
    return HitList(asking.text, cards, len(papers), asking.page, asking.page_size, notes)


def _marks(paper: Paper, seen: Collection[str]) -> tuple[str, ...]:
    marks = {"posted here": paper.arxiv_id in seen, "withdrawn": paper.withdrawn}
    return tuple(mark for mark, holds in marks.items() if holds)


async def _in_words(env: Environment, asking: Asking, papers: Sequence[Paper]) -> tuple[str, ...]:
    """An answer whose every sentence cites papers of the list; empty if there is none, which is said nowhere else."""
    if env.answerer is None:
        return ()
    given = papers[: min(asking.page_size, _CITED)]  # what is cited must stand in the list
    try:
        async with asyncio.timeout(_PATIENCE_S):
            answer = await env.answerer.answer(asking.text, given, asking.channel)
    except (AnswerError, TimeoutError) as error:
        logger.warning("no answer in words: %s", error)
        return (f"No answer in words: {error or 'the model takes too long'}.",)
    sentences = checked(answer.sentences, len(given))
    return (*sentences, f"Written by {answer.model} from the papers below.") if sentences else ()


async def _live(env: Environment, asking: Asking, question: Question, known: Sequence[Paper]) -> Reply:
    live = await search_live(env, question)
    listed = {paper.arxiv_id for paper in known}
    fresh = [paper for paper in live.papers if paper.arxiv_id not in listed][: asking.page_size]
    seen = {one.arxiv_id for one in await env.store.feedback.impressions(asking.channel)} if fresh else set()
    cards = [
        replace(plain_card(paper, position), marks=("live from arXiv", *_marks(paper, seen)))
        for position, paper in enumerate(fresh, start=1)
    ]
    return live_reply(question.text, cards, live.problem)
