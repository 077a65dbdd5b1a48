"""Where a request comes from, which channel it is about, and who may change that."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import PlatformError
from bot.models import Reply, Request
from bot.ports import KnowsManagers
from handlers.environment import Environment

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A request and the channel it is about. `is_elsewhere`: it came from another place, such as a direct message."""

    request: Request
    channel: str
    is_elsewhere: bool = False

    @property
    def aside(self) -> tuple[str, ...]:
        """What the answer must add where the channel does not go without saying."""
        return (f"This is about the channel {self.channel}.",) if self.is_elsewhere else ()


def channel_at(env: Environment, platform: str, place: str) -> str | None:
    """The key of the channel that lives there."""
    for key, channel in env.settings.channels.items():
        if (channel.platform, channel.id) == (platform, place):
            return key
    return None


def channel_for(env: Environment, platform: str, place: str, beside: Sequence[str] | None = None) -> str | None:
    """The channel of that place, else the first one of its platform, else the first of all; None if there is none.

    With `beside` only channels of those places: other people's are none of their business.
    """
    here = channel_at(env, platform, place)
    channels = env.settings.channels
    if beside is not None:
        return here or next((key for one in beside if (key := channel_at(env, platform, one))), None)
    same = (key for key, channel in channels.items() if channel.platform == platform)
    return here or next(same, None) or next(iter(channels), None)


async def refusal(env: Environment, told: Told) -> Reply | None:
    """What somebody is told who may not change the channel; None for whoever may.

    The `managers` of its settings always may. Besides them those whom the platform names, or everybody if the platform
    cannot tell and the settings name nobody.
    """
    channel = env.channel(told.channel)
    if told.request.person in channel.managers:
        return None
    platform: object = env.platforms.get(channel.platform)
    may = not channel.managers
    if isinstance(platform, KnowsManagers):
        try:
            may = await platform.manages(channel.id, told.request.person)
        except PlatformError as error:
            logger.warning("whether somebody manages %s could not be asked: %s", told.channel, error)
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
