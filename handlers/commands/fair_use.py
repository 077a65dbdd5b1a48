"""Who may do what in a channel they may not even see, and how often."""

from __future__ import annotations

import logging

from bot.errors import PlatformError
from bot.models import Reply
from bot.ports import KnowsMembers
from handlers.commands.channel import CommandContext
from handlers.environment import Environment
from handlers.limits import DAY_S, MINUTE_S

logger = logging.getLogger(__name__)

_VOTES = frozenset({"like", "dislike", "unvote", "save", "unsave"})
_UNKNOWN = Reply("I could not find out whether you are in that channel. Please try again in a moment.")


async def stranger(env: Environment, context: CommandContext) -> Reply | None:
    """What somebody is told whose votes do not count in the channel, as they cannot see it; None for all others."""
    chat: object = env.platforms.get(env.channel(context.channel).platform)
    if not context.is_elsewhere or not isinstance(chat, KnowsMembers):
        return None
    try:
        sees = await chat.may_see(env.channel(context.channel).id, context.request.person)
    except PlatformError as error:
        logger.warning("whether somebody sees %s could not be asked: %s", context.channel, error)
        return _UNKNOWN
    if sees:
        return None
    return Reply(
        f"You are not in {context.channel}, so it does not learn from you.",
        ("Votes count in channels whose readers you are one of: join it, then try again.",),
    )


async def outsider(env: Environment, context: CommandContext) -> Reply | None:
    """What somebody is told who may not write in the channel themselves; None for whoever may."""
    chat: object = env.platforms.get(env.channel(context.channel).platform)
    if not isinstance(chat, KnowsMembers):
        return None
    try:
        writes = await chat.may_write(env.channel(context.channel).id, context.request.person)
    except PlatformError as error:
        logger.warning("whether somebody may write in %s could not be asked: %s", context.channel, error)
        return _UNKNOWN
    return None if writes else Reply(f"You may not write in {context.channel}, so I do not write there for you.")


def is_too_much(env: Environment, context: CommandContext) -> bool:
    """Whether a vote or a shared paper is one more than its person may give now; if not, it counts."""
    limits, person, name = env.settings.limits, context.request.person, context.request.name
    if not is_limited(env, context.request.platform):
        return False
    now_s = env.clock.monotonic()
    if name in _VOTES:
        return not env.limits.allows(person, "votes", now_s, (limits.votes_per_minute, MINUTE_S))
    if name == "share":
        return not env.limits.allows(person, "share", now_s, (limits.shares_per_day, DAY_S))
    return False


def may_ask(env: Environment, person: str) -> bool:
    """Whether a person may put one more question now; if so it counts."""
    limits = env.settings.limits
    bounds = (limits.questions_per_minute, MINUTE_S), (limits.questions_per_day, DAY_S)
    return env.limits.allows(person, "questions", env.clock.monotonic(), *bounds)


def may_search_live(env: Environment, person: str) -> bool:
    """Whether a person may have arXiv itself searched now; if so it counts."""
    return env.limits.allows(person, "live", env.clock.monotonic(), (env.settings.limits.live_per_minute, MINUTE_S))


def is_limited(env: Environment, platform: str) -> bool:
    """Whether other people are served there too: nobody is hindered in a terminal of their own."""
    chat: object = env.platforms.get(platform)
    return isinstance(chat, KnowsMembers)
