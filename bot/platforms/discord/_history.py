"""Own messages found again in channels and threads, with the reactions they have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import discord
from discord.http import HTTPClient

from bot.emoji import normalise
from bot.errors import HistoryHidden
from bot.models import MessageRef, PostKey, RecentMessage
from bot.platforms._core.calls import CallError
from bot.platforms.discord._api import PLATFORM, Answer, DiscordApi
from bot.platforms.discord._custom_ids import key_of
from bot.platforms.discord._permissions import LABELS
from bot.platforms.discord._refusals import MISSING_ACCESS, UNKNOWN_CHANNEL

_HAS_THREAD = 1 << 5
_Kind = Literal[0, 1]  # normal and super reactions
_NORMAL: _Kind = 0
_BURST: _Kind = 1
_PAGE = 100

_Known = dict[tuple[str, int], tuple[int, frozenset[str]]]  # (emoji, type): how many had it, and which people


class History:
    """Find messages of ours, and who reacted to them, in what Discord keeps.

    Who reacted costs a call for each emoji of each message, so it is remembered, and asked again only where the number
    differs or an event has told of a change. Whoever may have missed events calls `forget`.
    """

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._reactions: dict[str, _Known] = {}

    def forget(self, message: str | None = None) -> None:
        """Ask again who reacted, to this message or to all."""
        if message is None:
            self._reactions.clear()
        else:
            self._reactions.pop(message, None)

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """Our messages with this key, oldest first: in the channel itself, and in a thread if one is given.

        Raises:
            HistoryHidden: the bot may not look there.
            CallError: it could not be looked.
        """
        if not channel_id.isdecimal():
            return ()
        own = await self._api.me()
        found: list[tuple[str | None, Answer]] = [
            (None, message) for message in await self._messages(channel_id, since)
        ]
        if thread is not None:
            found += [(thread.message, message) for message in await self._messages(thread.message, since)]
        if not found:
            await self._refuse_blindness(channel_id, own)
        return tuple(
            MessageRef(PLATFORM, channel_id, str(message["id"]), inside)
            for inside, message in sorted(found, key=lambda pair: int(pair[1]["id"]))
            if _author(message) == own and key_of(message) == key
        )

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """Our messages, threads included, oldest first.

        Raises:
            HistoryHidden: the bot may not look there.
            CallError: it could not be looked.
        """
        own = await self._api.me()
        found: list[tuple[Answer, str | None]] = []
        messages = await self._messages(channel_id, since)
        if not messages:
            await self._refuse_blindness(channel_id, own)
        for message in messages:
            if _author(message) != own:
                continue
            found.append((message, None))
            if message.get("thread") or int(message.get("flags") or 0) & _HAS_THREAD:
                thread = str(message["id"])
                found += [(one, thread) for one in await self._messages(thread, since) if _author(one) == own]
        self._drop_older(since)
        found.sort(key=lambda pair: int(pair[0]["id"]))
        return tuple(
            [
                RecentMessage(
                    MessageRef(PLATFORM, channel_id, str(message["id"]), thread),
                    str(key),
                    moment_of(message),
                    await self._people(thread or channel_id, message, own),
                    str(message.get("content") or "").partition("\n")[0],
                )
                for message, thread in found
                if (key := key_of(message))
            ]
        )

    async def _messages(self, channel: str, since: datetime) -> Sequence[Answer]:
        """The messages of a channel or thread since then; none where there is no such thing."""
        try:
            return await self._api.history(channel, since)
        except CallError as error:
            if error.code == UNKNOWN_CHANNEL:
                return ()
            if error.code == MISSING_ACCESS:
                raise HistoryHidden(str(error), LABELS["view_channel"]) from error
            raise

    async def _refuse_blindness(self, channel_id: str, own: str) -> None:
        """Make sure that an empty page means something: without the right to read Discord shows one, and no error."""
        try:
            allowed = await self._api.permissions(channel_id, own)
        except CallError as error:
            if error.code == UNKNOWN_CHANNEL:  # what is gone has no messages
                return
            raise
        if not allowed.read_message_history:
            right = LABELS["read_message_history"]
            said = f"the bot may not see what stands in channel {channel_id}: allow it {right}"
            raise HistoryHidden(said, right)

    async def _people(self, channel: str, message: Answer, own: str) -> Mapping[str, tuple[str, ...]]:
        """Who has which emoji there, bots left out; every skin tone is the same emoji."""
        people: dict[str, dict[str, None]] = {}
        before = self._reactions.get(str(message["id"]), {})
        after: _Known = {}
        for reaction in message.get("reactions") or ():
            emoji = reaction["emoji"]
            for kind, count in _counts(reaction):
                name = f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
                known = before.get((name, kind))
                if known is None or known[0] != count:
                    known = (count, await self._who(channel, str(message["id"]), name, kind))
                after[name, kind] = known
                there = people.setdefault(normalise(_reported(emoji)), {})
                there.update(dict.fromkeys(sorted(known[1] - {own})))
        self._reactions[str(message["id"])] = after
        return {emoji: tuple(users) for emoji, users in people.items() if users}

    async def _who(self, channel: str, message: str, emoji: str, kind: _Kind) -> frozenset[str]:
        """The people, not bots, who have this emoji on the message."""
        found: list[Answer] = []
        last: int | None = None
        while True:
            page = await self._api.read("reading reactions", _users(channel, message, emoji, kind, last))
            found += page
            if len(page) < _PAGE:
                return frozenset(str(user["id"]) for user in found if not user.get("bot"))
            last = int(page[-1]["id"])

    def _drop_older(self, since: datetime) -> None:
        first = discord.utils.time_snowflake(since)
        for message in [message for message in self._reactions if int(message) < first]:
            del self._reactions[message]


def moment_of(message: Answer) -> datetime:
    """When a message was posted: its id says so."""
    return discord.utils.snowflake_time(int(message["id"])).astimezone(UTC)


def _users(
    channel: str, message: str, emoji: str, kind: _Kind, last: int | None
) -> Callable[[HTTPClient], Awaitable[Sequence[Answer]]]:
    return lambda http: http.get_reaction_users(int(channel), int(message), emoji, _PAGE, after=last, type=kind)


def _counts(reaction: Answer) -> list[tuple[_Kind, int]]:
    """How many have it the normal way, and how many as a super reaction."""
    total = int(reaction.get("count") or 0)
    burst = int((reaction.get("count_details") or {}).get("burst") or 0)
    counts: list[tuple[_Kind, int]] = [(_NORMAL, total - burst), (_BURST, burst)]
    return [(kind, count) for kind, count in counts if count > 0]


def _reported(emoji: Answer) -> str:
    return f"<:{emoji.get('name') or 'emoji'}:{emoji['id']}>" if emoji.get("id") else str(emoji["name"])


def _author(message: Answer) -> str:
    return str((message.get("author") or {}).get("id"))
