"""What is said to the bot: mentions, replies that mention it, and direct messages.

That is all the talk whose words Discord shows to a bot without a privileged intent.
"""

from __future__ import annotations

import discord

from bot.models import PostRole, Reply, Request, TopicsOffer
from bot.platforms.discord._answers import Answers, Audience, ChannelAudience, patiently
from bot.platforms.discord._api import PLATFORM, DiscordApi
from bot.platforms.discord._channels import Channels
from bot.platforms.discord._custom_ids import key_of
from bot.platforms.discord._files import text_file
from bot.platforms.discord._guilds import SharedChannels, places_beside
from bot.platforms.discord._replies import MOST_FORM, contents
from bot.platforms.discord._text import as_typed
from bot.ports import Inbox
from bot.query import COMMANDS, parse_line

_SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
_PERSONAL = frozenset({"saved", "forget", "remember"})


class Talk:
    """Take what is said for topics where they are waited for, else for a command or a question."""

    def __init__(self, inbox: Inbox, api: DiscordApi, channels: Channels, shared: SharedChannels) -> None:
        self._inbox = inbox
        self._answers = Answers(inbox)
        self._api = api
        self._channels = channels
        self._shared = shared

    async def heard(self, message: discord.Message, client: discord.Client) -> None:
        """Somebody wrote something; what is not said to the bot is none of its business."""
        if message.author.bot or message.type not in _SPOKEN or client.user is None:
            return
        if message.guild is not None and client.user.id not in {user.id for user in message.mentions}:
            return
        audience = ChannelAudience(self._api, str(message.channel.id), str(message.id))
        await self._answers.safely(audience, "a message", self._heed(audience, message, client))

    async def _heed(self, audience: Audience, message: discord.Message, client: discord.Client) -> None:
        channel_id = (await self._channels.of(message.channel.id)).channel_id
        person, text = str(message.author.id), as_typed(message.content)
        is_named = message.guild is None or _is_named(message, client)
        if message.guild is not None and await self._offered(audience, message, channel_id, text, is_named=is_named):
            return
        if not is_named:
            return  # people talk about a paper by replying to its post, which mentions the bot by itself
        if message.guild is not None and (name := parse_line(text, message.created_at.date()).name) in _PERSONAL:
            await audience.show(contents(_between_us(name)))
            return
        beside = places_beside(message.author)
        if beside is None:
            beside = await self._shared.places_of(person, client.guilds)
        request = Request(PLATFORM, channel_id, person, "papers", text, form_room=MOST_FORM, beside=beside)
        await self._answers.all_of(audience, request)

    async def _offered(
        self, audience: Audience, message: discord.Message, channel_id: str, text: str, *, is_named: bool
    ) -> bool:
        """Hand in what may be a topics text; whether somebody was told something about it."""
        person = str(message.author.id)
        is_meant = bool(message.attachments) and (is_named or _answers_a_notice(message))
        # A file among talk, or of somebody whose topics are not awaited, stays unread.
        is_awaited = is_meant and await self._inbox.topics_awaited(PLATFORM, channel_id, person)
        offered = (await text_file(message.attachments) if is_awaited else None) or text
        offer = TopicsOffer(PLATFORM, channel_id, person, offered)
        reply = await patiently(audience, self._inbox.topics_offered(offer))
        if reply is not None:
            await audience.show(contents(reply))
        return reply is not None


def _between_us(name: str) -> Reply:
    """What is said instead of an answer that is nobody else's business."""
    words = COMMANDS[name].usage
    return Reply("That is between you and me.", (f"Use /papers {words}, which only you see, or write to me directly.",))


def _is_named(message: discord.Message, client: discord.Client) -> bool:
    """Whether the bot's name stands in the words, and not only above a reply."""
    return client.user is not None and client.user.id in message.raw_mentions


def _answers_a_notice(message: discord.Message) -> bool:
    """Whether this is a reply to a message of ours that concerns the channel, such as the one asking for topics."""
    replied = message.reference.resolved if message.reference else None
    if not isinstance(replied, discord.Message):
        return False
    key = key_of({"components": [component.to_dict() for component in replied.components]})
    return key is not None and key.role is PostRole.NOTICE
