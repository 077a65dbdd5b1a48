"""Know every channel: those of the settings, and those that were started or left in chat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.models import ChannelRecord, ChannelState
from bot.settings import ChannelSettings
from handlers.commands import channel_at
from handlers.environment import Environment

_LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class Roster:
    """The channels whose story stands in the database, as last read."""

    records: tuple[ChannelRecord, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """The keys of channels that wait for their topics."""
        return tuple(record.key for record in self.records if record.state is ChannelState.INVITED)


async def read_roster(env: Environment) -> Roster:
    """What the database says now."""
    return Roster(await env.store.channels.all())


def with_roster(base: Environment, roster: Roster) -> Environment:
    """The environment of the settings with the channels started in chat, and without those the bot was removed from.

    A channel that stands in the settings is what they say, whatever was said in chat.
    """
    channels = dict(base.settings.channels)
    for record in roster.records:
        configured = channel_at(base, record.platform, record.channel_id)
        if configured is not None and record.state is ChannelState.REMOVED:
            channels.pop(configured, None)
        elif configured is None and record.state is ChannelState.ACTIVE and record.platform in base.platforms:
            channels.setdefault(record.key, settings_of(base, record))
    return replace(base, settings=base.settings.model_copy(update={"channels": channels}))


def with_every_channel(base: Environment, roster: Roster) -> Environment:
    """The environment for one command: the channels of the settings, and every one that was started in chat.

    Where platforms are at hand only those on one of them that the bot is still in. A command without platforms only
    reads, and may read what a channel holds that the bot was removed from.
    """
    channels = dict(base.settings.channels)
    for record in roster.records:
        reachable = record.state is ChannelState.ACTIVE and record.platform in base.platforms
        readable = not base.platforms and record.state is not ChannelState.INVITED
        if (reachable or readable) and channel_at(base, record.platform, record.channel_id) is None:
            channels.setdefault(record.key, settings_of(base, record))
    return replace(base, settings=base.settings.model_copy(update={"channels": channels}))


def settings_of(env: Environment, record: ChannelRecord) -> ChannelSettings:
    """The settings of a channel started in chat: the defaults, in the zone of the person who started it."""
    defaults = env.settings.channel_defaults
    own_zone = bool(record.timezone) and "timezone" not in defaults.model_fields_set
    return defaults.model_copy(
        update={
            "platform": record.platform,
            "id": record.channel_id,
            "timezone": record.timezone if own_zone else defaults.timezone,
        }
    )


def key_at(platform: str, channel_id: str) -> str:
    """The key of a channel that the settings do not name."""
    return f"{platform}-{channel_id}"[:_LONGEST_KEY]
