"""What the app is told of, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.loopback.discord.emoji import key_of
from tests.loopback.discord.gateway import Gateway
from tests.loopback.discord.payloads import Payloads, emoji_json
from tests.loopback.discord.sessions import Delivery, Session
from tests.loopback.discord.world import BOT_USER, Channel, Guild, Message, Reaction

JSON = dict[str, Any]


class Events:
    """Makes gateway events of what happens. What the bot may not see it does not hear of."""

    def __init__(self, payloads: Payloads, gateway: Gateway) -> None:
        self.payloads = payloads
        self.world = payloads.world
        self.gateway = gateway

    def is_open_to_app(self, message: Message, *, content_allowed: bool) -> bool:
        """Whether the app may read what stands in a message: its own, one to it, or with the content intent."""
        named = BOT_USER in message.mentions
        return content_allowed or message.is_bots or named or self.world.channels[message.channel].is_direct

    def message(self, event: str, message: Message) -> Delivery | None:
        """MESSAGE_CREATE or MESSAGE_UPDATE."""
        if message.only_for is not None:
            return None

        def make(session: Session) -> JSON:
            allowed = self.is_open_to_app(message, content_allowed=self.gateway.can_read(session))
            shown = self.payloads.message(message, with_content=allowed, with_nonce=event == "MESSAGE_CREATE")
            guild = self._guild_of(message.channel)
            if guild is not None:
                shown |= {"guild_id": guild.id}
                if message.author in guild.members:
                    shown |= {"member": self.payloads.member(guild, message.author, with_user=False)}
            return shown

        return self._tell(event, self.world.channels[message.channel], make)

    def deleted(self, message: Message) -> Delivery | None:
        return self._tell_plainly("MESSAGE_DELETE", message.channel, {"id": message.id})

    def deleted_in_bulk(self, channel: Channel, ids: list[str]) -> Delivery | None:
        return self._tell_plainly("MESSAGE_DELETE_BULK", channel.id, {"ids": ids})

    def reaction(self, event: str, message: Message, emoji: str, user: str) -> Delivery | None:
        """MESSAGE_REACTION_ADD or _REMOVE."""
        shown: JSON = {
            "user_id": user, "message_id": message.id, "emoji": emoji_json(emoji), "burst": False, "type": 0,
        }  # fmt: skip
        guild = self._guild_of(message.channel)
        if event == "MESSAGE_REACTION_ADD":
            shown |= {"message_author_id": message.author, "burst_colors": []}
            if guild is not None and user in guild.members:
                shown["member"] = self.payloads.member(guild, user)
        return self._tell_plainly(event, message.channel, shown)

    def cleared(self, message: Message, emoji: str | None = None) -> Delivery | None:
        """All reactions of a message were removed, or all with one emoji."""
        if emoji is None:
            return self._tell_plainly("MESSAGE_REACTION_REMOVE_ALL", message.channel, {"message_id": message.id})
        shown = {"message_id": message.id, "emoji": emoji_json(emoji)}
        return self._tell_plainly("MESSAGE_REACTION_REMOVE_EMOJI", message.channel, shown)

    def channel(self, event: str, channel: Channel) -> Delivery | None:
        """CHANNEL_CREATE, _UPDATE, _DELETE, THREAD_CREATE, _UPDATE, _DELETE. Bots hear of channels they cannot see."""
        shown = self.payloads.channel(channel)
        if event == "THREAD_CREATE":
            shown["newly_created"] = True
        if event == "THREAD_DELETE":
            shown = {name: shown[name] for name in ("id", "guild_id", "parent_id", "type")}
        if event.startswith("THREAD") and not self.world.sees(BOT_USER, channel):
            return None
        return self._about_guild(event, self.world.guilds[str(channel.guild)], shown)

    def guild(self, event: str, guild: Guild, shown: JSON) -> Delivery | None:
        return self._about_guild(event, guild, shown)

    def archive_due(self) -> None:
        """Archive the threads in which nobody wrote for long enough."""
        now = self.world.now()
        for thread in list(self.world.channels.values()):
            if not thread.is_thread or thread.is_archived:
                continue
            if now - max(thread.active_at, thread.created_at) >= thread.archive_minutes * 60:
                self.set_archived(thread, archived=True)

    def set_archived(self, thread: Channel, *, archived: bool) -> Delivery | None:
        thread.is_archived, thread.archived_at = archived, self.world.now()
        thread.active_at = self.world.now()
        return self.channel("THREAD_UPDATE", thread)

    def _tell_plainly(self, event: str, channel_id: str, shown: JSON) -> Delivery | None:
        channel = self.world.channels[channel_id]
        shown["channel_id"] = channel_id
        if channel.guild is not None:
            shown["guild_id"] = channel.guild
        return self._tell(event, channel, lambda _: shown)

    def _tell(self, event: str, channel: Channel, make: Callable[[Session], JSON]) -> Delivery | None:
        guild = self._guild_of(channel.id)
        if guild is not None and not guild.is_available:
            return None
        if not self.world.sees(BOT_USER, channel):
            return None
        return self.gateway.dispatch(event, make, direct=channel.is_direct)

    def _about_guild(self, event: str, guild: Guild, shown: JSON) -> Delivery | None:
        if BOT_USER not in guild.members:
            return None
        return self.gateway.dispatch(event, lambda _: shown)

    def _guild_of(self, channel_id: str) -> Guild | None:
        guild = self.world.channels[channel_id].guild
        return self.world.guilds[guild] if guild else None


def reaction_of(message: Message, emoji: str) -> Reaction | None:
    """What stands under an emoji, however it is spelled."""
    return message.reactions.get(key_of(emoji))
