"""Find the channel a request is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import Request
from handlers.environment import Environment


@dataclass(frozen=True, slots=True)
class CommandContext:
    """A request and the channel it is about. `is_elsewhere`: it came from elsewhere, such as a direct message."""

    request: Request
    channel: str
    is_elsewhere: bool = False

    @property
    def aside(self) -> tuple[str, ...]:
        """What the answer must add where the channel does not go without saying."""
        return (f"This is about the channel {self.channel}.",) if self.is_elsewhere else ()


def channel_at(env: Environment, platform: str, channel_id: str) -> str | None:
    """The key of the channel with this id at its platform."""
    for key, channel in env.settings.channels.items():
        if (channel.platform, channel.id) == (platform, channel_id):
            return key
    return None


def channel_for(env: Environment, platform: str, channel_id: str, beside: Sequence[str] | None = None) -> str | None:
    """The channel with that id, else the first one of its platform, else the first of all; None if there is none.

    With `beside` only those channels: other people's are none of their business.
    """
    here = channel_at(env, platform, channel_id)
    channels = env.settings.channels
    if beside is not None:
        return here or next((key for one in beside if (key := channel_at(env, platform, one))), None)
    same = (key for key, channel in channels.items() if channel.platform == platform)
    return here or next(same, None) or next(iter(channels), None)
