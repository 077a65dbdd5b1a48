"""A channel's topics changed: a new version, and the channel is told."""

from __future__ import annotations

import logging

from bot.models import Intent, PostKey, PostRole, PostState, Topics, TopicsVersion
from bot.rendering import notice_post
from bot.text import cut
from bot.topics import parse_topics
from handlers.environment import Environment
from handlers.morning.catching_up import catch_up
from handlers.morning.delivery import send
from handlers.standing import FROM_FILE

logger = logging.getLogger(__name__)

_LONGEST_LINE = 300


def topic_lines(topics: Topics) -> list[str]:
    """What was understood of a topics text, as readers are shown it."""
    lines = []
    for topic in topics.topics:
        lines.append(f"{topic.number}. {cut(topic.title, _LONGEST_LINE)}")
        lines += [f"   relevant: {cut(topic.relevant, _LONGEST_LINE)}"] if topic.relevant else []
        lines += [f"   not relevant: {cut(topic.not_relevant, _LONGEST_LINE)}"] if topic.not_relevant else []
    lines += [f"{name}: {cut(', '.join(phrases), _LONGEST_LINE)}" for name, phrases in topics.keywords.items()]
    return lines


async def take_up_file(env: Environment, key: str) -> TopicsVersion | None:
    """The version in force after the channel's topics file was looked at; None if there is neither file nor version.

    The file makes a new version only if it changed since it was last taken up, so that what was edited in chat stands.
    """
    text = env.topics_texts.get(key)
    history = await env.store.topics.history(key)
    newest_of_file = next((version for version in history if version.origin == FROM_FILE), None)
    if text is None or (newest_of_file is not None and newest_of_file.raw == text):
        return history[0] if history else None
    return await env.store.topics.add(key, text, FROM_FILE, env.clock.now())


async def take_up_topics(env: Environment, key: str) -> None:
    """Take up the channel's topics file, if it changed since it was last taken up.

    The first version comes silently; a later one is announced in the channel. A channel started in chat has no file.

    Raises:
        DeliveryPaused: the announcement is left for recovery.
    """
    await catch_up(env, key)
    version = await take_up_file(env, key)
    if version is not None and version.version > 1:
        await announce_topics(env, version)


async def announce_topics(env: Environment, version: TopicsVersion) -> None:
    """Tell the channel that its topics changed; once for each version, however often it is called.

    Raises:
        DeliveryPaused: the announcement is left for recovery.
    """
    key = version.channel
    topics = parse_topics(version.raw)
    channel = env.channel(key)
    titles = tuple(f"{topic.number}. {topic.title}" for topic in topics.topics)
    intent = Intent(
        key=PostKey(key, 0, PostRole.NOTICE, f"topics-{version.version}"),
        sequence=version.version,
        state=PostState.PLANNED,
        platform=channel.platform,
        channel_id=channel.id,
        post=notice_post(f"The topics changed (version {version.version})", (*titles, *topics.warnings)),
        in_thread=False,
    )
    if not await env.store.ledger.add_intents([intent]):
        return  # told, or left for recovery
    await send(env, intent)
    logger.info("topics of %s are version %d now", key, version.version)
