"""Who may change a channel."""

from __future__ import annotations

import logging

from bot.errors import PlatformError
from bot.models import Reply
from bot.ports import KnowsManagers
from handlers.commands.channel import CommandContext
from handlers.environment import Environment

logger = logging.getLogger(__name__)


async def refusal(env: Environment, context: CommandContext) -> Reply | None:
    """What somebody is told who may not change the channel; None for whoever may.

    The `managers` of its settings always may. Besides them those whom the platform names, or everybody if the platform
    cannot tell and the settings name nobody.
    """
    channel = env.channel(context.channel)
    if context.request.person in channel.managers:
        return None
    platform: object = env.platforms.get(channel.platform)
    may = not channel.managers
    if isinstance(platform, KnowsManagers):
        try:
            may = await platform.manages(channel.id, context.request.person)
        except PlatformError as error:
            logger.warning("whether somebody manages %s could not be asked: %s", context.channel, error)
            return Reply("I could not find out whether you manage this channel. Please try again in a moment.")
    if may:
        return None
    return Reply(
        "This changes the channel for everybody, so it is left to those who manage it.",
        (f"That is {who_manages(env, channel.platform)}.",),
    )


def who_manages(env: Environment, platform: str) -> str:
    """Who may change a channel of this platform, in words that can stand anywhere in a sentence."""
    chat: object = env.platforms.get(platform)
    named = "the managers named in my settings"
    return f"{chat.who_manages}, and {named}" if isinstance(chat, KnowsManagers) else named
