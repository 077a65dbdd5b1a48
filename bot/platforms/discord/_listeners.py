"""What Discord tells the bot of reactions, channels and servers, handed to the inbox."""

from __future__ import annotations

import logging

import discord

from bot.emoji import normalise
from bot.models import MessageRef, Vote
from bot.platforms._core.calls import CallError
from bot.platforms.discord._api import PLATFORM, DiscordApi
from bot.platforms.discord._channels import Channels
from bot.platforms.discord._guilds import Guilds
from bot.platforms.discord._history import History
from bot.platforms.discord._threads import Threads
from bot.platforms.discord._vote_order import VoteOrder
from bot.ports import Inbox

logger = logging.getLogger(__name__)

_Cleared = discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent


class Listeners:
    """Turn Discord's events into calls of the inbox."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        api: DiscordApi,
        channels: Channels,
        history: History,
        threads: Threads,
        vote_order: VoteOrder,
    ) -> None:
        self.guilds = Guilds(inbox)
        self._inbox = inbox
        self._api = api
        self._channels = channels
        self._history = history
        self._threads = threads
        self._vote_order = vote_order
        self._bots: set[int] = set()
        self._reconciling = False
        self._missed_more = False

    async def reacted(self, event: discord.RawReactionActionEvent, own: int) -> None:
        """Somebody added or removed an emoji. What is not on a message of ours costs nothing, where Discord says so."""
        added = event.event_type == "REACTION_ADD"
        if event.guild_id is None or event.user_id == own or event.message_author_id not in {None, own}:
            return
        if event.member is not None and event.member.bot:
            self._bots.add(event.user_id)
        if event.user_id in self._bots:
            return
        at, order = self._vote_order.stamp()  # before anything is awaited: they count in the order of their arrival
        message, emoji = str(event.message_id), normalise(reported(event.emoji))
        self._history.forget(message)
        spot = await self._channels.of(event.channel_id)
        vote = Vote(
            event_id=f"{PLATFORM}:{message}:{event.user_id}:{order!r}",
            ref=MessageRef(PLATFORM, spot.channel_id, message, spot.thread),
            person=str(event.user_id),
            emoji=emoji,
            added=added,
            at=at,
            order=order,
        )
        await self._inbox.vote(vote)

    async def cleared(self, event: _Cleared) -> None:
        """A moderator removed everybody's reactions. Whose they were is not told, so it is looked up what is left."""
        message = event.message_id
        self._history.forget(str(message))
        if event.guild_id is None or not await self._is_own(event.channel_id, message):
            return
        spot = await self._channels.of(event.channel_id)
        await self._inbox.reconnected(PLATFORM, spot.channel_id)

    async def _is_own(self, channel: int, message: int) -> bool:
        try:
            found = await self._api.read("reading a message", lambda http: http.get_message(channel, message))
        except CallError as error:
            if error.status != 404:
                logger.warning("reactions were cleared on a message that cannot be read: %s", error)
            return False
        return str(found["author"]["id"]) == await self._api.me()

    async def greeted(self) -> None:
        """After every connection, new or resumed: events may have been missed. Two at a time are as good as many."""
        self._history.forget()
        if self._reconciling:
            self._missed_more = True
            return
        self._reconciling = True
        try:
            await self._inbox.reconnected(PLATFORM)
            while self._missed_more:
                self._missed_more = False
                await self._inbox.reconnected(PLATFORM)
        finally:
            self._reconciling = False

    def thread_gone(self, thread: int) -> None:
        """A thread was deleted; what is still to be posted in it gets a new one if it can."""
        self._threads.gone(str(thread))


def reported(emoji: discord.PartialEmoji) -> str:
    """An emoji as `bot.emoji` reads it; a custom one that was deleted has no name any more."""
    return f"<:{emoji.name or 'emoji'}:{emoji.id}>" if emoji.id else str(emoji.name)
