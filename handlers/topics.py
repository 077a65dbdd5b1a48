"""A channel's topics changed: a new version, and the channel is told."""

from __future__ import annotations

import logging

from bot.models import PostKey, PostRole, PostState
from bot.rendering import notice_post
from bot.store_ports import Intent
from bot.topics import parse_topics
from handlers.delivery import send
from handlers.environment import Environment

logger = logging.getLogger(__name__)


async def take_up_topics(env: Environment, key: str) -> None:
    """Make the text of the channel's topics file the current version, if the file changed since it was last taken up.

    The first version comes silently; a later one is announced in the channel. A channel started in chat has no file.

    Raises:
        DeliveryPaused: the announcement is left for recovery.
    """
    text = env.topics_texts.get(key)
    if text is None:
        return
    version = await env.store.topics.add(key, text, "file", env.clock.now())
    if version.version == 1 or version.origin != "file":
        return
    topics = parse_topics(version.raw)
    channel = env.channel(key)
    titles = tuple(f"{topic.number}. {topic.title}" for topic in topics.topics)
    intent = Intent(
        key=PostKey(key, 0, PostRole.NOTICE, f"topics-{version.version}"),
        sequence=version.version,
        state=PostState.PLANNED,
        platform=channel.platform,
        place=channel.id,
        post=notice_post(f"The topics changed (version {version.version})", (*titles, *topics.warnings)),
        in_thread=False,
    )
    # Known by its intent and not by the step just taken, so that a kill between the two loses no announcement.
    if not await env.store.ledger.add_intents([intent]):
        return
    await send(env, intent)
    logger.info("topics of %s are version %d now", key, version.version)
