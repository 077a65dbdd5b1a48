"""Messages and reactions over REST, as strict as Discord."""

from __future__ import annotations

from typing import Any

from tests.loopback.discord.asked import Answer, Asked
from tests.loopback.discord.contents import check_nonce, read_content
from tests.loopback.discord.emoji import is_emoji, key_of
from tests.loopback.discord.payloads import made_at
from tests.loopback.discord.places import Places
from tests.loopback.discord.refusals import Complaints, Refused, as_snowflake
from tests.loopback.discord.world import (
    BOT_USER,
    COMPONENTS_V2,
    DIRECT,
    PUBLIC_THREAD,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    TEXT,
    THREAD_STARTER,
    Channel,
    Message,
    Reaction,
)

MOST_REACTIONS = 20
TWO_WEEKS_S = 14 * 86_400


class Messages(Places):
    """Each method answers the operation of its name. `nonce_s` is how long Discord remembers a nonce."""

    nonce_s = 180.0

    def create_message(self, asked: Asked) -> Answer:
        channel = self.channel(asked, "VIEW_CHANNEL")
        if channel.type not in {TEXT, DIRECT, PUBLIC_THREAD, 5}:
            raise Refused(50008)
        self._check_may_send(channel)
        content = read_content(asked.body, asked.files, SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2)
        found = Complaints()
        check_nonce(asked.body, found)
        found.raise_if_any()
        self._check_may_hold(channel, has_embeds=bool(content.embeds), has_files=bool(asked.files))
        reply = self._reply(channel, asked.body)
        nonce = asked.body.get("nonce")
        if asked.body.get("enforce_nonce") and nonce is not None:
            if (first := self._first_with(nonce)) is not None:
                if first.channel != channel.id or first.content != content.text:
                    self.journal.note("violation", f"nonce {nonce} was used for two different messages")
                return 200, self.payloads.message(first, with_nonce=True)
        else:
            self.journal.note("violation", "a message without an enforced nonce: a repetition would show twice")
        if channel.is_archived:
            self.events.set_archived(channel, archived=False)
        message = self.posting.create(
            channel, content, asked.files, nonce=nonce, reply_to=reply, type=REPLY if reply else 0
        )
        return 200, self.payloads.message(message, with_nonce=True)

    def _check_may_send(self, channel: Channel) -> None:
        if channel.is_direct:
            recipient = self.world.people[str(channel.recipient)]
            together = any({BOT_USER, recipient.id} <= set(guild.members) for guild in self.world.guilds.values())
            if recipient.is_bot or not recipient.takes_direct_messages or not together:
                raise Refused(50007)
            return
        self.need(channel, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
        if channel.is_locked and not self.world.may(BOT_USER, channel, "MANAGE_THREADS"):
            raise Refused(160005)

    def _check_may_hold(self, channel: Channel, *, has_embeds: bool, has_files: bool) -> None:
        if has_embeds:
            self.need(channel, "EMBED_LINKS")
        if has_files:
            self.need(channel, "ATTACH_FILES")

    def _reply(self, channel: Channel, body: dict[str, Any]) -> str | None:
        reference = body.get("message_reference")
        if not reference or reference.get("type", 0) != 0:
            return None
        if not self.world.may(BOT_USER, channel, "READ_MESSAGE_HISTORY"):
            raise Refused(160002)
        target = str(reference.get("message_id"))
        if target in channel.messages and channel.messages[target].only_for is None:
            return target
        if reference.get("fail_if_not_exists", True):
            found = Complaints()
            found.add(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
            found.raise_if_any()
        return None

    def _first_with(self, nonce: str | int) -> Message | None:
        oldest = self.world.now() - self.nonce_s
        for channel in self.world.channels.values():
            for message in channel.messages.values():
                if message.nonce is not None and str(message.nonce) == str(nonce) and made_at(message.id) >= oldest:
                    return message
        return None

    def edit_message(self, asked: Asked) -> Answer:
        channel, message = self._message(asked)
        if not message.is_bots:
            raise Refused(50005)
        if message.type in {THREAD_STARTER, 18}:
            raise Refused(50021)
        if channel.is_archived:
            raise Refused(50083)
        body = asked.body if isinstance(asked.body, dict) else {}
        flags = int(body.get("flags") or 0) | message.flags & COMPONENTS_V2
        content = read_content({**body, "flags": flags}, asked.files, SUPPRESS_EMBEDS | COMPONENTS_V2)
        self._check_may_hold(channel, has_embeds=bool(content.embeds), has_files=bool(asked.files))
        return 200, self.payloads.message(self.posting.update(message, content, asked.files))

    def delete_message(self, asked: Asked) -> Answer:
        channel, message = self._message(asked, history=False)
        if not message.is_bots:
            self.need(channel, "MANAGE_MESSAGES")
        if channel.is_archived:
            raise Refused(50083)
        del channel.messages[message.id]
        self.events.deleted(message)
        return 204, None

    def bulk_delete(self, asked: Asked) -> Answer:
        channel = self.channel(asked, "VIEW_CHANNEL", "MANAGE_MESSAGES", "READ_MESSAGE_HISTORY")
        ids = [str(one) for one in (asked.body or {}).get("messages", [])]
        if not 2 <= len(ids) <= 100 or len(set(ids)) < len(ids):
            raise Refused(50016)
        if any(made_at(one) < self.world.now() - TWO_WEEKS_S for one in ids):
            raise Refused(50034)
        gone = [one for one in ids if channel.messages.pop(one, None) is not None]
        self.events.deleted_in_bulk(channel, gone)
        return 204, None

    def get_message(self, asked: Asked) -> Answer:
        _, message = self._message(asked)
        return 200, self._as_read(message)

    def get_messages(self, asked: Asked) -> Answer:
        channel = self.channel(asked, "VIEW_CHANNEL")
        limit = asked.number("limit", 50, 1, 100)
        before, after, around = (asked.snowflake(name) for name in ("before", "after", "around"))
        if sum(one is not None for one in (before, after, around)) > 1:
            self.journal.note("violation", "before, after and around exclude each other")
        # Who may not read the history is told that there is none.
        readable = self.world.may(BOT_USER, channel, "READ_MESSAGE_HISTORY")
        messages = list(reversed(channel.public())) if readable else []
        if around is not None:
            newer = [one for one in messages if int(one.id) > around][-(limit // 2) :] if limit > 1 else []
            older = [one for one in messages if int(one.id) <= around][: limit - len(newer)]
            messages = newer + older
        elif after is not None:
            messages = [one for one in messages if int(one.id) > after][-limit:]
        elif before is not None:
            messages = [one for one in messages if int(one.id) < before]
        return 200, [self._as_read(one) for one in messages[:limit]]

    def typing(self, asked: Asked) -> Answer:
        self._check_may_send(self.channel(asked, "VIEW_CHANNEL"))
        return 204, None

    def add_reaction(self, asked: Asked) -> Answer:
        channel, message = self._message(asked)
        emoji = asked.ids["emoji"]
        if channel.is_archived:
            raise Refused(50083)
        if not is_emoji(emoji):
            raise Refused(10014)
        reaction = message.reactions.get(key_of(emoji))
        if reaction is None:
            self.need(channel, "ADD_REACTIONS")
            if len(message.reactions) >= MOST_REACTIONS:
                raise Refused(30010)
            reaction = message.reactions.setdefault(key_of(emoji), Reaction(emoji))
        if BOT_USER not in reaction.users:
            reaction.users.append(BOT_USER)
            self.events.reaction("MESSAGE_REACTION_ADD", message, reaction.emoji, BOT_USER)
        return 204, None

    def remove_own_reaction(self, asked: Asked) -> Answer:
        _, message = self._message(asked)
        return self._take_back(message, asked.ids["emoji"], BOT_USER)

    def remove_reaction(self, asked: Asked) -> Answer:
        channel, message = self._message(asked)
        if asked.ids["user"] != BOT_USER:
            self.need(channel, "MANAGE_MESSAGES")
        return self._take_back(message, asked.ids["emoji"], asked.ids["user"])

    def _take_back(self, message: Message, emoji: str, user: str) -> Answer:
        if not is_emoji(emoji):
            raise Refused(10014)
        self.take_back(message, emoji, user)
        return 204, None

    def take_back(self, message: Message, emoji: str, user: str) -> Any:
        """One reaction of one person goes; None if there was none, else what the app hears."""
        reaction = message.reactions.get(key_of(emoji))
        if reaction is None or user not in reaction.users:
            return None
        reaction.users.remove(user)
        if not reaction.users:
            del message.reactions[key_of(emoji)]
        return self.events.reaction("MESSAGE_REACTION_REMOVE", message, reaction.emoji, user)

    def get_reactions(self, asked: Asked) -> Answer:
        _, message = self._message(asked)
        if not is_emoji(asked.ids["emoji"]):
            raise Refused(10014)
        limit = asked.number("limit", 25, 1, 100)
        after = asked.snowflake("after") or 0
        is_burst = asked.number("type", 0, 0, 1) == 1  # super reactions, which nobody here gives
        reaction = message.reactions.get("" if is_burst else key_of(asked.ids["emoji"]), Reaction(""))
        users = sorted((one for one in reaction.users if int(one) > after), key=int)
        return 200, [self.payloads.user(one) for one in users[:limit]]

    def clear_reactions(self, asked: Asked) -> Answer:
        channel, message = self._message(asked)
        self.need(channel, "MANAGE_MESSAGES")
        message.reactions.clear()
        self.events.cleared(message)
        return 204, None

    def clear_emoji(self, asked: Asked) -> Answer:
        channel, message = self._message(asked)
        self.need(channel, "MANAGE_MESSAGES")
        if (reaction := message.reactions.pop(key_of(asked.ids["emoji"]), None)) is not None:
            self.events.cleared(message, reaction.emoji)
        return 204, None

    def _message(self, asked: Asked, *, history: bool = True) -> tuple[Channel, Message]:
        channel = self.channel(asked, "VIEW_CHANNEL")
        if history:
            self.need(channel, "READ_MESSAGE_HISTORY")
        message = channel.messages.get(str(as_snowflake(asked.ids["message"])))
        if message is None or message.only_for is not None:
            raise Refused(10008)
        return channel, message

    def _as_read(self, message: Message) -> dict[str, Any]:
        allowed = "message_content" in self.gateway.privileged
        return self.payloads.message(message, with_content=self.events.is_open_to_app(message, content_allowed=allowed))
