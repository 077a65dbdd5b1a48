"""The servers the bot is on: where it may write and introduces itself, and which channels a person shares with it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import discord

from bot.clock import Clock
from bot.platforms._core.calls import CallError
from bot.platforms._core.remembered import Remembered
from bot.platforms.discord._api import PLATFORM, DiscordApi
from bot.ports import Inbox

logger = logging.getLogger(__name__)

_FRESH_S = 600.0
_REMEMBERED = 500
_MOST_ASKED = 100
NOT_FOUND = 404


class Guilds:
    """Keep the channels of every server in which the bot may write."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._writable: dict[int, frozenset[str]] = {}

    async def survey(self, guild: discord.Guild) -> None:
        """Tell the inbox of the channels won and lost since the last look at a server; harmless to repeat."""
        if guild.unavailable or guild.me is None:
            return
        everywhere = frozenset(str(channel.id) for channel in guild.text_channels)
        now = frozenset(str(channel.id) for channel in guild.text_channels if may_write(channel))
        before = self._writable.get(guild.id)
        self._writable[guild.id] = now
        for channel_id in sorted((everywhere if before is None else before) - now):
            await self._inbox.removed(PLATFORM, channel_id)
        first = _welcoming(guild)
        if first is not None and now - (before or frozenset()):
            await self._inbox.invited(PLATFORM, str(first.id), sorted(now))

    async def left(self, guild: discord.Guild) -> None:
        """The bot was removed from the server, or the server was deleted."""
        self._writable.pop(guild.id, None)
        for channel in guild.text_channels:
            await self._inbox.removed(PLATFORM, str(channel.id))

    async def closed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        known = self._writable.get(channel.guild.id, frozenset())
        self._writable[channel.guild.id] = known - {str(channel.id)}
        await self._inbox.removed(PLATFORM, str(channel.id))


class SharedChannels:
    """Ask which channels a person shares with the bot, for questions in direct messages."""

    def __init__(self, api: DiscordApi, clock: Clock) -> None:
        self._api = api
        self._known: Remembered[str, discord.Member] = Remembered(clock, kept_s=_FRESH_S, most=_REMEMBERED)

    async def places_of(self, person: str, guilds: Iterable[discord.Guild]) -> tuple[str, ...]:
        """The text channels of the servers where this person is a member, as far as they may read them."""
        found: list[str] = []
        for guild in list(guilds)[:_MOST_ASKED]:
            member = await self._member(person, guild)
            if member is not None:
                found += readable_by(member)
        return tuple(found)

    async def _member(self, person: str, guild: discord.Guild) -> discord.Member | None:
        """The person as a member there; None if they are none or it cannot be asked."""

        async def ask() -> discord.Member:
            return await self._api.read("asking for a member", lambda _: guild.fetch_member(int(person)))

        try:
            return await self._known.get(f"{guild.id}/{person}", ask)
        except CallError as error:
            if error.status != NOT_FOUND:
                logger.warning("whether somebody is on a server could not be asked: %s", error)
            return None


def may_write(channel: discord.TextChannel) -> bool:
    """Whether the bot may read and write there."""
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.view_channel and allowed.send_messages


def places_beside(person: discord.Member | discord.User) -> tuple[str, ...] | None:
    """The text channels that somebody can read on the server where they do something; None outside of one."""
    return readable_by(person) if isinstance(person, discord.Member) else None


def readable_by(member: discord.Member) -> tuple[str, ...]:
    """The text channels of a server that a member may read."""
    channels = member.guild.text_channels
    return tuple(str(channel.id) for channel in channels if channel.permissions_for(member).view_channel)


def _welcoming(guild: discord.Guild) -> discord.TextChannel | None:
    """Where the bot introduces itself: where members are welcomed, else where everybody talks, else anywhere."""
    possible = [channel for channel in guild.text_channels if may_write(channel)]
    if guild.system_channel in possible:
        return guild.system_channel
    talk = [one for one in possible if one.permissions_for(guild.default_role).send_messages and not one.is_news()]
    return next(iter(talk or possible), None)
