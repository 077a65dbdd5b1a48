"""What people do on Discord, and what the app hears of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.loopback.discord.asking import Asking
from tests.loopback.discord.contents import mentioned_in
from tests.loopback.discord.emoji import is_emoji, key_of
from tests.loopback.discord.events import Events
from tests.loopback.discord.interactions import Interaction, Window
from tests.loopback.discord.journal import Journal
from tests.loopback.discord.messages import MOST_REACTIONS, Messages
from tests.loopback.discord.posting import Posting
from tests.loopback.discord.rights import bits
from tests.loopback.discord.sessions import Delivery
from tests.loopback.discord.world import BOT_USER, DEFAULT, REPLY, Channel, Message, Reaction


class People:
    """Acts as persons.

    Every act returns what was sent to the app, or None where the app hears nothing. An interaction that the app does not
    answer in time is a violation.

    Raises:
        KeyError: what it acts on is not there.
        ValueError: Discord would not let this person do it.
    """

    def __init__(self, asking: Asking, messages: Messages, posting: Posting, journal: Journal) -> None:
        self.asking = asking
        self.world = asking.world
        self.events: Events = asking.events
        self.journal = journal
        self.interactions: list[Interaction] = []
        self._messages = messages
        self._posting = posting
        self._waiting: set[asyncio.Task[None]] = set()

    # Messages and reactions

    def say(
        self,
        user: str,
        channel_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        ping: bool = True,
        files: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Write a message, perhaps with files, perhaps as a reply; `ping` is what the reply's @ says."""
        channel = self._place(user, channel_id)
        self._need(user, channel, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
        named = mentioned_in(text)
        users = [one for one in named.users if one in self.world.people]
        target = channel.messages[reply_to] if reply_to else None
        if target is not None and ping and target.author not in users:
            users.append(target.author)
        message = Message(
            self.world.snowflake(), channel_id, user, text, mentions=tuple(users), mention_roles=named.roles,
            mention_everyone=bool(named.everyone) and self.world.may(user, channel, "MENTION_EVERYONE"),
            reply_to=reply_to, type=REPLY if reply_to else DEFAULT,
            attachments=[self._posting.store_file(name, content) for name, content in (files or {}).items()],
        )  # fmt: skip
        if channel.is_archived:
            self.events.set_archived(channel, archived=False)
        self.world.put(message)
        self.events.message("MESSAGE_CREATE", message)
        return message

    def tell(self, user: str, text: str, **more: Any) -> Message:
        """Write to the app in the direct conversation with it."""
        return self.say(user, self.world.direct_channel(user).id, text, **more)

    def rewrite(self, user: str, channel_id: str, message_id: str, text: str) -> Delivery | None:
        """Edit one's own message."""
        message = self._seen(user, channel_id, message_id)
        if message.author != user:
            raise ValueError("people edit only their own messages")
        message.content, message.edited_at = text, self.world.now()
        self.world.remember(message)
        return self.events.message("MESSAGE_UPDATE", message)

    def delete(self, user: str, channel_id: str, message_id: str) -> Delivery | None:
        """Delete a message; somebody else's only with Manage Messages."""
        message = self._seen(user, channel_id, message_id)
        if message.author != user:
            self._need(user, self.world.channels[channel_id], "MANAGE_MESSAGES")
        del self.world.channels[channel_id].messages[message_id]
        return self.events.deleted(message)

    def react(self, user: str, channel_id: str, message_id: str, emoji: str) -> Delivery | None:
        """Add a reaction: a sign with or without skin tone, or `name:id` of a guild's own."""
        message = self._seen(user, channel_id, message_id)
        if message.only_for is not None:
            raise ValueError("what only one person sees takes no reactions")
        if not is_emoji(emoji):
            raise ValueError(f"{emoji!r} is no emoji")
        if key_of(emoji) not in message.reactions:
            self._need(user, self.world.channels[channel_id], "ADD_REACTIONS", "READ_MESSAGE_HISTORY")
            if len(message.reactions) >= MOST_REACTIONS:
                raise ValueError(f"a message takes {MOST_REACTIONS} different reactions")
        reaction = message.reactions.setdefault(key_of(emoji), Reaction(emoji))
        if user in reaction.users:
            return None
        reaction.users.append(user)
        return self.events.reaction("MESSAGE_REACTION_ADD", message, reaction.emoji, user)

    def unreact(self, user: str, channel_id: str, message_id: str, emoji: str) -> Delivery | None:
        """Take a reaction back."""
        found: Delivery | None = self._messages.take_back(self._seen(user, channel_id, message_id), emoji, user)
        return found

    def clear(self, user: str, channel_id: str, message_id: str, emoji: str | None = None) -> Delivery | None:
        """Remove all reactions of a message, or all with one emoji."""
        message = self._seen(user, channel_id, message_id)
        self._need(user, self.world.channels[channel_id], "MANAGE_MESSAGES")
        if emoji is None:
            message.reactions.clear()
            return self.events.cleared(message)
        return self.events.cleared(message, message.reactions.pop(key_of(emoji)).emoji)

    # Interactions

    def press(self, user: str, channel_id: str, message_id: str, label: str) -> Interaction:
        """Press the button with this label under a message."""
        return self._asked(self.asking.press(user, self._seen(user, channel_id, message_id), label))

    def pick(self, user: str, channel_id: str, message_id: str, values: Sequence[str]) -> Interaction:
        """Pick from the menu under a message, by label or value."""
        return self._asked(self.asking.pick(user, self._seen(user, channel_id, message_id), values))

    def slash(self, user: str, channel_id: str, path: str, **options: Any) -> Interaction:
        """Send a slash command: `slash(ada, place, "papers ask", text="…")`; a file is given as a `File`."""
        self._place(user, channel_id)
        return self._asked(self.asking.slash(user, channel_id, path.lstrip("/"), options))

    def complete(
        self, user: str, channel_id: str, path: str, option: str, typed: str = "", **options: Any
    ) -> Interaction:
        """Type into an option of a slash command; the answer's `choices` are what is offered."""
        self._place(user, channel_id)
        return self._asked(self.asking.complete(user, channel_id, path.lstrip("/"), option, typed, options))

    def window_of(self, user: str) -> Window | None:
        """The modal this person sees."""
        return next((one for one in self.asking.interactions.windows.values() if one.user == user), None)

    def submit(self, user: str, window_id: str, values: Mapping[str, str] | None = None) -> Interaction:
        """Send a modal off, with these texts by the custom ids of its fields."""
        window = self.asking.interactions.windows[window_id]
        if window.user != user:
            raise ValueError("somebody else sees that window")
        return self._asked(self.asking.submit(window, values or {}))

    def close(self, user: str, window_id: str) -> None:
        """Close a modal; the app does not hear of it."""
        if self.asking.interactions.windows.pop(window_id).user != user:
            raise ValueError("somebody else sees that window")

    # Guilds

    def invite(self, guild_id: str, permissions: Iterable[str] | int = 0) -> Delivery | None:
        """Bring the app into a guild."""
        self.world.join_bot(guild_id, permissions)
        guild = self.world.guilds[guild_id]
        # A guild that was joined, unlike one that is there again, does not say whether it is available.
        return self.events.guild("GUILD_CREATE", guild, self.events.payloads.guild_create(guild))

    def kick(self, guild_id: str) -> Delivery | None:
        """Remove the app from a guild."""
        guild = self.world.guilds[guild_id]
        delivery = self.events.guild("GUILD_DELETE", guild, {"id": guild_id})
        for role in guild.members.pop(BOT_USER):
            guild.roles.pop(role, None)
        return delivery

    def lose(self, guild_id: str) -> Delivery | None:
        """An outage of Discord takes a guild away for a while."""
        guild = self.world.guilds[guild_id]
        guild.is_available = False
        return self.events.guild("GUILD_DELETE", guild, {"id": guild_id, "unavailable": True})

    def restore(self, guild_id: str) -> Delivery | None:
        """The outage is over."""
        guild = self.world.guilds[guild_id]
        guild.is_available = True
        shown = {**self.events.payloads.guild_create(guild), "unavailable": False}
        return self.events.guild("GUILD_CREATE", guild, shown)

    def make_channel(self, guild_id: str, name: str, **more: Any) -> str:
        """A new channel while the app is there; its id."""
        channel = self.world.add_channel(guild_id, name, **more)
        self.events.channel("CHANNEL_CREATE", self.world.channels[channel])
        return channel

    def drop_channel(self, channel_id: str) -> Delivery | None:
        """Delete a channel or thread."""
        channel = self.world.channels[channel_id]
        delivery = self.events.channel("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)
        for one in [*self.world.threads_of(channel_id), channel]:
            del self.world.channels[one.id]
        if not channel.is_thread:
            self.world.guilds[str(channel.guild)].channels.remove(channel_id)
        return delivery

    def permit(
        self, channel_id: str, who: str, *, allow: Iterable[str] | int = 0, deny: Iterable[str] | int = 0
    ) -> Delivery | None:
        """Set what a role or person may do in a channel."""
        channel = self.world.channels[channel_id]
        channel.overwrites[who] = (bits(allow), bits(deny))
        return self.events.channel("CHANNEL_UPDATE", channel)

    def bot_role(self, guild_id: str) -> str:
        """The role that came with the app's invitation."""
        guild = self.world.guilds[guild_id]
        return next(role for role in guild.members[BOT_USER] if guild.roles[role].is_managed)

    # Waiting

    async def settle(self) -> None:
        """Return when the app has heard everything so far, and every interaction is answered or given up."""
        await self.events.gateway.settle()
        while self._waiting:
            await asyncio.wait(self._waiting)

    async def stop(self) -> None:
        """Wait for no answer any more."""
        for task in self._waiting:
            task.cancel()

    def _asked(self, interaction: Interaction) -> Interaction:
        self.interactions.append(interaction)
        task = asyncio.ensure_future(self._wait_for(interaction))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return interaction

    async def _wait_for(self, interaction: Interaction) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(interaction.done.wait(), self.asking.interactions.answer_s)
        if not interaction.is_answered:
            # Whoever is not there any more is not to blame.
            heard_by = interaction.delivery.sequences if interaction.delivery else ()
            is_there = any(self.events.gateway.is_present(session) for session in heard_by)
            kind = "violation" if interaction.is_live and is_there else "missed"
            self.journal.note(kind, f"the application did not respond to an interaction of type {interaction.kind}")
        interaction.done.set()

    def _place(self, user: str, channel_id: str) -> Channel:
        channel = self.world.channels[channel_id]
        if not self.world.sees(user, channel):
            raise ValueError(f"this person does not see #{channel.name}")
        return channel

    def _need(self, user: str, channel: Channel, *names: str) -> None:
        if not self.world.may(user, channel, *names):
            raise ValueError(f"this person may not {', '.join(names)} in #{channel.name}")

    def _seen(self, user: str, channel_id: str, message_id: str) -> Message:
        message = self._place(user, channel_id).messages[message_id]
        if message.only_for not in {None, user}:
            raise ValueError("this person does not see the message")
        return message
