"""A channel's beginning and end in chat: invited, started with a topics text, removed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from bot.errors import PlatformError
from bot.models import (
    HOW_TO_START,
    ChannelRecord,
    ChannelState,
    Intent,
    Post,
    PostKey,
    PostRole,
    PostState,
    Reply,
    Topics,
    TopicsOffer,
)
from bot.ports import KnowsManagers
from bot.rendering import notice_post
from bot.settings import WEEKDAYS, ChannelSettings
from bot.text import counted
from bot.topics import parse_topics
from handlers.commands import channel_at, who_manages
from handlers.environment import Environment
from handlers.morning.delivery import send
from handlers.roster import key_at, settings_of
from handlers.topics_file import topic_lines

logger = logging.getLogger(__name__)

_FROM_CHAT = "chat"
_MOST_TOPICS_TOLD = 20


async def welcome(base: Environment, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
    """The bot is there: take a channel up again, or ask an unknown one for its topics. Repeating it changes nothing.

    `beside` are places it came to at the same time: whichever of them are known are taken up, and then nobody is asked.
    """
    known = [one for one in beside if one != channel_id and await _is_known(base, platform, one)]
    for one in known or (channel_id,):
        await _take_up(base, platform, one)
    if known and await _is_known(base, platform, channel_id):
        await _take_up(base, platform, channel_id)


async def _is_known(base: Environment, platform: str, channel_id: str) -> bool:
    return (
        channel_at(base, platform, channel_id) is not None
        or await base.store.channels.at(platform, channel_id) is not None
    )


async def _take_up(base: Environment, platform: str, channel_id: str) -> None:
    configured = channel_at(base, platform, channel_id)
    record = await base.store.channels.at(platform, channel_id)
    if record is None:
        if configured is None:
            await _ask_for_topics(base, _new_record(base, platform, channel_id))
        return
    if record.state is not ChannelState.REMOVED:
        return
    record = replace(record, changed_at=base.clock.now())
    if configured is not None or await base.store.topics.current(record.key) is not None:
        await base.store.channels.save(replace(record, state=ChannelState.ACTIVE))
        logger.info("the bot is back in %s: its mornings go on", configured or record.key)
    else:
        await _ask_for_topics(base, record)


async def leave(base: Environment, platform: str, channel_id: str) -> None:
    """The bot was removed: no more mornings there. Repeating it changes nothing."""
    configured = channel_at(base, platform, channel_id)
    record = await base.store.channels.at(platform, channel_id)
    if record is None and configured is None:
        return
    record = record or _new_record(base, platform, channel_id)
    if record.state is ChannelState.REMOVED:
        return
    await base.store.channels.save(replace(record, state=ChannelState.REMOVED, changed_at=base.clock.now()))
    logger.warning("the bot was removed from %s: its mornings stop until it is invited again", configured or record.key)


async def take_offer(base: Environment, offer: TopicsOffer) -> Reply | None:
    """Start a channel that waits for its topics; None if it does not wait.

    Whoever offers is told what was understood, or what is missing. The channel is told through the ledger.
    """
    record = await base.store.channels.at(offer.platform, offer.channel_id)
    if offer.on_purpose and channel_at(base, offer.platform, offer.channel_id) is None and not _is_active(record):
        record = record or _new_record(base, offer.platform, offer.channel_id)
    elif record is None or record.state is not ChannelState.INVITED:
        return None
    topics = parse_topics(offer.text)
    if not topics.topics and not topics.keywords:
        return Reply("I found no topics in that. Please write them one a line, such as:", _EXAMPLE)
    if refusal := await _refusal(base, offer):
        return refusal
    zone = offer.timezone if offer.timezone in available_timezones() else ""
    record = replace(record, state=ChannelState.ACTIVE, timezone=zone, changed_at=base.clock.now())
    await base.store.topics.add(record.key, topics.raw, _FROM_CHAT, base.clock.now())
    await _note(base, record, "started", _started_post(settings_of(base, record), topics))
    await base.store.channels.save(record)
    logger.info("channel %s is started with %s", record.key, counted(len(topics.topics), "topic"))
    return Reply("Thank you, that is all I need. This is what I understood:", tuple(_understood(topics)))


async def awaits_topics(base: Environment, offer: TopicsOffer) -> bool:
    """Whether the channel waits for its topics and the person of this offer may give them."""
    record = await base.store.channels.at(offer.platform, offer.channel_id)
    return record is not None and record.state is ChannelState.INVITED and await _refusal(base, offer) is None


def _is_active(record: ChannelRecord | None) -> bool:
    return record is not None and record.state is ChannelState.ACTIVE


async def deliver_notices(env: Environment, key: str) -> None:
    """Send the notices of a channel that are written down and not sent.

    Raises:
        DeliveryPaused: the platform does not take them now.
    """
    for intent in await env.store.ledger.open_intents(key):
        if intent.key.role is PostRole.NOTICE:
            await send(env, intent)


def _new_record(env: Environment, platform: str, channel_id: str) -> ChannelRecord:
    now = env.clock.now()
    return ChannelRecord(key_at(platform, channel_id), platform, channel_id, ChannelState.INVITED, now, now)


async def _ask_for_topics(env: Environment, record: ChannelRecord) -> None:
    record = replace(record, state=ChannelState.INVITED)
    post = notice_post(
        "🐦 Hello! I bring the best new arXiv papers here every morning.",
        (_HOW_TO_START, *_EXAMPLE, _who(env, record.platform)),
    )
    await _note(env, record, HOW_TO_START, post)
    await env.store.channels.save(record)
    logger.info("invited to %s, which waits for its topics", record.key)


async def _note(env: Environment, record: ChannelRecord, word: str, post: Post) -> None:
    """Write a notice down, one for each time the record changed; the record is saved after it."""
    key = PostKey(record.key, 0, PostRole.NOTICE, f"{word}-{record.changed_at:%Y%m%dT%H%M%S}")
    intent = Intent(
        key=key,
        sequence=int(record.changed_at.timestamp()),
        state=PostState.PLANNED,
        platform=record.platform,
        channel_id=record.channel_id,
        post=post,
        in_thread=False,
    )
    await env.store.ledger.add_intents([intent])


async def _refusal(env: Environment, offer: TopicsOffer) -> Reply | None:
    """What somebody is told who may not start a channel."""
    managers = env.settings.channel_defaults.managers
    platform: object = env.platforms.get(offer.platform)
    if offer.person in managers:
        return None
    try:
        allowed = not managers
        if isinstance(platform, KnowsManagers):
            allowed = await platform.manages(offer.channel_id, offer.person)
    except PlatformError as error:
        logger.warning("whether somebody manages a channel could not be asked: %s", error)
        return Reply("I could not find out whether you manage this channel; please try again in a moment.")
    return None if allowed else Reply("I may not start for everybody.", (_who(env, offer.platform),))


def _started_post(channel: ChannelSettings, topics: Topics) -> Post:
    more = f", up to {channel.more} more in the thread" if channel.more else ""
    what = f"the best {channel.papers} new papers of {', '.join(channel.categories)}{more}"
    when = f"{_days(channel.weekdays)} at {channel.time:%H:%M} ({channel.timezone})"
    titles = _numbered(topics)
    return notice_post(
        "🐦 I read arXiv for this channel now.",
        (
            *titles,
            f"{when}: {what}. The first ones follow within a few minutes.",
            "👍 and 👎 on a paper change what comes next.",
        ),
    )


def _days(weekdays: Sequence[str]) -> str:
    if tuple(weekdays) == WEEKDAYS:
        return "Every day"
    if tuple(weekdays) == WEEKDAYS[:5]:
        return "Monday to Friday"
    return ", ".join(day.capitalize() for day in weekdays)


def _numbered(topics: Topics) -> Sequence[str]:
    titles = [f"{topic.number}. {topic.title}" for topic in topics.topics]
    rest = len(titles) - _MOST_TOPICS_TOLD
    return [*titles[:_MOST_TOPICS_TOLD], f"… and {rest} more"] if rest > 0 else titles


def _understood(topics: Topics) -> Sequence[str]:
    return [*topic_lines(topics), *(f"Please look again: {warning}" for warning in topics.warnings)]


_HOW_TO_START = "Reply to this message with your topics, one a line, or with a text file of them. For example:"
_EXAMPLE = (
    "1. Quantization of language models",
    "2. The KV cache and long contexts",
)


def _who(env: Environment, platform: str) -> str:
    return f"Who can start me: {who_manages(env, platform)}."
