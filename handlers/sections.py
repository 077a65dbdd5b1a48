"""Which of a channel's topics a paper belongs to, for lists."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.models import Paper, Topics
from bot.ranking.interests import interests
from bot.ranking.judge import Task, judge
from bot.topics import parse_topics
from handlers.archive import background_before, embedded, vectors_of
from handlers.environment import Environment

_EVERY_DIGEST = 1_000_000


async def current_titles(env: Environment, key: str) -> tuple[str, ...]:
    """The titles of the channel's topics in force, in their order."""
    return tuple(topic.title for topic in (await _topics(env, key)).topics)


async def sections_of(env: Environment, key: str, papers: Sequence[Paper]) -> Mapping[str, str]:
    """The title of each paper's topic by arxiv_id; a paper that belongs to none is left out.

    What a paper was posted under holds, as long as that topic is there. When it is gone, or the paper was never posted,
    the topics in force decide by words and meaning; a paper they do not know keeps the title it had.
    """
    topics = await _topics(env, key)
    titles = {topic.title for topic in topics.topics}
    posted = await _posted_under(env, key)
    found = {paper.arxiv_id: posted[paper.arxiv_id] for paper in papers if paper.arxiv_id in posted}
    unplaced = [paper for paper in papers if found.get(paper.arxiv_id) not in titles]
    return {**found, **await _placed(env, topics, unplaced)}


async def _topics(env: Environment, key: str) -> Topics:
    version = await env.store.topics.current(key)
    raw = version.raw if version else env.topics_texts.get(key, "")
    return await asyncio.to_thread(parse_topics, raw)


async def _posted_under(env: Environment, key: str) -> dict[str, str]:
    """The title of the first topic that each posted paper matched, as its digest's topics text had it."""
    texts = {record.number: record.selected_by for record in await env.store.ledger.digests(key, _EVERY_DIGEST)}
    parsed: dict[str, dict[int, str]] = {}
    for raw in set(texts.values()):
        topics = await asyncio.to_thread(parse_topics, raw)
        parsed[raw] = {topic.number: topic.title for topic in topics.topics}
    found: dict[str, str] = {}
    for shown, ranked in await env.store.ledger.history(key):
        titles = parsed.get(texts.get(shown.digest, ""), {})
        title = next((titles[number] for number in ranked.score.topics if number in titles), "")
        if title:
            found[ranked.paper.arxiv_id] = title
    return found


async def _placed(env: Environment, topics: Topics, papers: Sequence[Paper]) -> dict[str, str]:
    """The topic in force that each of these papers is about, where it is about one."""
    wanted = interests(topics)
    titles = {topic.number: topic.title for topic in topics.topics}
    if not papers or not titles:
        return {}
    vectors = await vectors_of(env, papers)
    background = await background_before(env, env.clock.now().date())
    texts = [interest.text for interest in wanted]
    interest_vectors = await embedded(env, texts)
    task = Task(papers, vectors, wanted, interest_vectors, background, model=env.embedder.name)
    scores = await asyncio.to_thread(judge, task)
    return {
        score.arxiv_id: titles[number]
        for score in scores
        if (number := next((one for one in score.topics if one in titles), 0))
    }
