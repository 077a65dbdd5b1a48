"""How a channel stands: its topics, its follows and mutes, its pause."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from bot.models import Pause, Topics
from bot.ranking.rules import Rule, RuleKind
from bot.topics import parse_topics
from handlers.environment import Environment

FROM_FILE = "file"


@lru_cache(maxsize=64)
def _understood(raw: str) -> Topics:
    return parse_topics(raw)


async def topics_of(env: Environment, key: str) -> Topics:
    """The channel's topics in force: its newest version, else those of its settings, which become the first version."""
    version = await env.store.topics.current(key)
    if version is None:
        version = await env.store.topics.add(key, env.topics_texts[key], FROM_FILE, env.clock.now())
    # Off the event loop and remembered: a topics text may be megabytes long.
    return await asyncio.to_thread(_understood, version.raw)


async def rules_of(env: Environment, key: str) -> tuple[Rule, ...]:
    """The follows and mutes of a channel: those of its settings, then those set in chat."""
    channel = env.channel(key)
    said = await env.store.rules.all(key)
    known = set(RuleKind)
    return (
        *(Rule(RuleKind.MUTE_AUTHOR, name) for name in channel.mute_authors),
        *(Rule(RuleKind.MUTE_PHRASE, phrase) for phrase in channel.mute_phrases),
        *(Rule(RuleKind.FOLLOW_AUTHOR, name) for name in channel.follow_authors),
        *(Rule(RuleKind(rule.kind), rule.text) for rule in said if rule.kind in known),
    )


async def pause_of(env: Environment, key: str) -> Pause | None:
    """The channel's pause, None if there is none or it is over by now."""
    pause = await env.store.channels.pause(key)
    today = env.clock.now().astimezone(env.channel(key).zone).date()
    return None if pause is None or (pause.until is not None and pause.until <= today) else pause
