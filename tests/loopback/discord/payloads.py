"""Discord's objects as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.loopback.discord.world import (
    BOT_USER,
    HAS_THREAD,
    REPLY,
    THREAD_STARTER,
    Channel,
    Guild,
    Message,
    Reaction,
    World,
)

JSON = dict[str, Any]


def moment(seconds: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def made_at(snowflake: str) -> float:
    """When an id was made, in seconds since the epoch."""
    return ((int(snowflake) >> 22) + 1_420_070_400_000) / 1000


def emoji_json(emoji: str) -> JSON:
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name, **({"animated": False} if emoji_id else {})}


class Payloads:
    """Makes JSON of what the world holds."""

    def __init__(self, world: World) -> None:
        self.world = world

    def user(self, person: str) -> JSON:
        known = self.world.people[person]
        return {
            "id": known.id, "username": known.name, "global_name": None if known.is_bot else known.name.title(),
            "discriminator": "0", "avatar": None, "bot": known.is_bot, "public_flags": 0, "flags": 0,
            "accent_color": None, "banner": None, "avatar_decoration_data": None, "clan": None, "primary_guild": None,
        }  # fmt: skip

    def member(self, guild: Guild, person: str, *, with_user: bool = True) -> JSON:
        shown: JSON = {
            "roles": list(guild.members.get(person, ())), "nick": None, "avatar": None, "banner": None,
            "joined_at": moment(guild.joined_at.get(person, 0.0)), "premium_since": None, "deaf": False, "mute": False,
            "flags": 0, "pending": False, "communication_disabled_until": None,
        }  # fmt: skip
        return {**shown, "user": self.user(person)} if with_user else shown

    def roles(self, guild: Guild) -> list[JSON]:
        return [
            {
                "id": role.id, "name": role.name, "permissions": str(role.permissions), "position": role.position,
                "color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                "hoist": False, "managed": role.is_managed, "mentionable": role.is_mentionable, "flags": 0,
                "icon": None, "unicode_emoji": None,
                **({"tags": {"bot_id": BOT_USER}} if role.is_managed else {}),
            }
            for role in guild.roles.values()
        ]  # fmt: skip

    def guild(self, guild: Guild, *, counts: bool = False) -> JSON:
        """A guild as REST shows it."""
        shown: JSON = {
            "id": guild.id, "name": guild.name, "owner_id": guild.owner, "icon": None, "description": None,
            "splash": None, "discovery_splash": None, "banner": None, "features": [], "emojis": [], "stickers": [],
            "roles": self.roles(guild), "afk_channel_id": None, "afk_timeout": 300, "system_channel_id": None,
            "system_channel_flags": 0, "rules_channel_id": None, "public_updates_channel_id": None,
            "verification_level": 1, "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0,
            "nsfw_level": 0, "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US",
            "vanity_url_code": None, "max_members": 500_000, "application_id": None, "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None, "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
        }  # fmt: skip
        if counts:
            shown |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
        return shown

    def guild_create(self, guild: Guild) -> JSON:
        """A guild as the gateway announces it to a bot without the presence intent: the bot is its only member."""
        channels = [self.channel(self.world.channels[one]) for one in guild.channels]
        threads = [
            self.channel(thread)
            for one in guild.channels
            for thread in self.world.threads_of(one)
            if not thread.is_archived and self.world.sees(BOT_USER, thread)
        ]
        return {
            **self.guild(guild), "joined_at": moment(guild.joined_at[BOT_USER]), "large": False,
            "member_count": len(guild.members), "voice_states": [], "members": [self.member(guild, BOT_USER)],
            "channels": channels, "threads": threads, "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip

    def channel(self, channel: Channel) -> JSON:
        last = max(channel.messages, key=int, default=None)
        shown: JSON = {"id": channel.id, "type": channel.type, "last_message_id": last, "flags": 0}
        if channel.is_direct:
            return {**shown, "recipients": [self.user(str(channel.recipient))]}
        shown |= {"guild_id": channel.guild, "name": channel.name, "parent_id": channel.parent}
        if channel.is_thread:
            return {**shown, **self._thread(channel)}
        overwrites = [
            {"id": who, "type": 0 if self._is_role(channel, who) else 1, "allow": str(allow), "deny": str(deny)}
            for who, (allow, deny) in channel.overwrites.items()
        ]
        return {
            **shown, "position": channel.position, "permission_overwrites": overwrites, "topic": None, "nsfw": False,
            "rate_limit_per_user": 0, "last_pin_timestamp": None, "default_thread_rate_limit_per_user": 0,
        }  # fmt: skip

    def _is_role(self, channel: Channel, who: str) -> bool:
        return who in self.world.guilds[str(channel.guild)].roles

    def _thread(self, thread: Channel) -> JSON:
        metadata = {
            "archived": thread.is_archived, "auto_archive_duration": thread.archive_minutes,
            "archive_timestamp": moment(thread.archived_at or thread.created_at), "locked": thread.is_locked,
            "create_timestamp": moment(thread.created_at),
        }  # fmt: skip
        shown = {
            "owner_id": thread.owner, "rate_limit_per_user": 0, "thread_metadata": metadata,
            "message_count": sum(one.type != THREAD_STARTER for one in thread.public()),
            "member_count": len(thread.members), "total_message_sent": thread.total_sent,
        }  # fmt: skip
        if BOT_USER in thread.members:
            shown["member"] = self.thread_member(thread, BOT_USER)
        return shown

    def thread_member(self, thread: Channel, person: str) -> JSON:
        return {"id": thread.id, "user_id": person, "join_timestamp": moment(thread.created_at), "flags": 0}

    def message(self, message: Message, *, with_content: bool = True, with_nonce: bool = False) -> JSON:
        """A message; without the right to read content its text, embeds, files and components are empty."""
        shown: JSON = {
            "id": message.id, "type": message.type, "channel_id": message.channel, "author": self.user(message.author),
            "content": message.content if with_content else "",
            "embeds": message.embeds if with_content else [],
            "components": message.components if with_content else [],
            "attachments": message.attachments if with_content else [],
            "timestamp": moment(made_at(message.id)),
            "edited_timestamp": moment(message.edited_at) if message.edited_at else None,
            "tts": False, "pinned": False, "mention_everyone": message.mention_everyone,
            "mentions": [self.user(one) for one in message.mentions if one in self.world.people],
            "mention_roles": list(message.mention_roles), "flags": message.flags,
        }  # fmt: skip
        if message.reactions:
            shown["reactions"] = [self.reaction(one) for one in message.reactions.values()]
        if message.nonce is not None and with_nonce:
            shown["nonce"] = message.nonce
        if message.type in {REPLY, THREAD_STARTER} and message.reply_to:
            shown |= self._referenced(message)
        if message.interaction is not None:
            shown |= {"interaction_metadata": message.interaction, "application_id": BOT_USER, "webhook_id": BOT_USER}
        if message.flags & HAS_THREAD and message.id in self.world.channels:
            shown["thread"] = self.channel(self.world.channels[message.id])
        return shown

    def _referenced(self, message: Message) -> JSON:
        channel = self.world.channels[message.channel]
        home = channel.parent if message.type == THREAD_STARTER else channel.id
        target = self.world.channels[str(home)].messages.get(str(message.reply_to))
        reference = {"type": 0, "message_id": message.reply_to, "channel_id": home, "guild_id": channel.guild}
        return {"message_reference": reference, "referenced_message": self.message(target) if target else None}

    def reaction(self, reaction: Reaction) -> JSON:
        return {
            "emoji": emoji_json(reaction.emoji), "count": len(reaction.users), "me": BOT_USER in reaction.users,
            "me_burst": False, "burst_me": False, "burst_count": 0, "burst_colors": [],
            "count_details": {"burst": 0, "normal": len(reaction.users)},
        }  # fmt: skip
