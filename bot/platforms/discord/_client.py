"""discord.py's client: every event of Discord that the bot listens to arrives here."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord._api import NOBODY, DiscordApi
from bot.platforms.discord._buttons import ITEMS
from bot.platforms.discord._conversation import Conversation
from bot.platforms.discord._listeners import Listeners
from bot.platforms.discord._sync import synchronise
from bot.platforms.discord._talk import Talk
from bot.platforms.discord._wire import RestClient, Wire

logger = logging.getLogger(__name__)

# None of these is privileged: they need no switch in the developer portal and no review.
INTENTS = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True, dm_messages=True)

_STILL_S = 0.5  # after so long without another server, those that are there are all; later ones are told of as well


class ConnectionEvents:
    """Told by the client how its connection is."""

    def alive(self) -> None:
        """It is connected: events arrive."""

    def lost(self) -> None:
        """It is not connected any more."""


class PaperClient(RestClient):
    """One login. It keeps no messages and no members: what is needed is asked for.

    `conversation` answers people, `listeners` tell the inbox of the rest, `commands` are the slash commands.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        api: DiscordApi,
        listeners: Listeners,
        conversation: Conversation,
        talk: Talk,
        commands: Callable[[], app_commands.Group],
        events: ConnectionEvents,
    ) -> None:
        self._wire = wire
        super().__init__(
            wire.endpoint,
            intents=INTENTS,
            allowed_mentions=NOBODY,
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=_STILL_S,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.conversation = conversation
        self.tree: app_commands.CommandTree[PaperClient] = app_commands.CommandTree(self)
        self._api = api
        self._event_listeners = listeners
        self._talk = talk
        self._events = events
        self.tree.add_command(commands())
        self.add_dynamic_items(*ITEMS)

    async def setup_hook(self) -> None:
        """See Client: logged in, not connected yet."""
        self._wire.connected = self
        await synchronise(self._api, self.tree, int(self.application_id or 0))

    async def close(self) -> None:
        """See Client; servers that are still to come are not waited for."""
        if (waiting := self._connection._ready_task) is not None:  # noqa: SLF001 - it would outlive the client
            waiting.cancel()
        await super().close()

    async def on_connect(self) -> None:
        """A new session has begun; servers follow."""
        self._events.alive()

    async def on_ready(self) -> None:
        """The servers of a new session are there, for the first time or again."""
        await self._event_listeners.greeted()
        for guild in list(self.guilds):
            await self._event_listeners.guilds.survey(guild)

    async def on_resumed(self) -> None:
        """The session goes on."""
        self._events.alive()
        await self._event_listeners.greeted()

    async def on_disconnect(self) -> None:
        """The connection is gone; discord.py opens another."""
        self._events.lost()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there, at the start or after an outage."""
        await self._event_listeners.guilds.survey(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Somebody let the bot in."""
        await self._event_listeners.guilds.survey(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Somebody put the bot out, or the server is no more."""
        await self._event_listeners.guilds.left(guild)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was made."""
        await self._event_listeners.guilds.survey(channel.guild)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel's permissions may have changed."""
        del before
        await self._event_listeners.guilds.survey(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is no more."""
        await self._event_listeners.guilds.closed(channel)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role's permissions may have changed."""
        if before.permissions != after.permissions:
            await self._event_listeners.guilds.survey(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role is no more."""
        await self._event_listeners.guilds.survey(role.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """The bot itself may have got or lost a role; of others it is not told."""
        del before
        if self.user is not None and after.id == self.user.id:
            await self._event_listeners.guilds.survey(after.guild)

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread is no more."""
        self._event_listeners.thread_gone(event.thread_id)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody put an emoji under a message."""
        await self._event_listeners.reacted(event, self._own())

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody took an emoji back, or a moderator did."""
        await self._event_listeners.reacted(event, self._own())

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator removed all reactions of a message."""
        await self._event_listeners.cleared(event)

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator removed one emoji of a message."""
        await self._event_listeners.cleared(event)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        await self._talk.heard(message, self)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Buttons and commands find their way by themselves; a window is not remembered, so it is read here."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.conversation.sent(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """See Client: one event must not end the listening, and its content is not logged."""
        del args, kwargs
        logger.error("an event from Discord could not be dealt with: %s", event_method, exc_info=sys.exc_info())

    def _own(self) -> int:
        return self.user.id if self.user else 0
