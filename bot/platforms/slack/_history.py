"""Own messages found again in channels and threads, with the reactions they have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bot.emoji import normalise
from bot.errors import HistoryHidden
from bot.models import MessageRef, PostKey, RecentMessage
from bot.platforms._core.calls import CallError
from bot.platforms.slack._api import PLATFORM, SlackApi
from bot.platforms.slack._blocks import EVENT_TYPE
from bot.platforms.slack._people import People

_HIDING = {
    "missing_scope": "a history scope (channels:history, groups:history)",
    "not_in_channel": "its membership of the channel",
    "channel_not_found": "its membership of the channel",
}
Message = Mapping[str, Any]


class History:
    """Find messages of ours, and who reacted to them, in what Slack keeps; `own_user` is the bot's own user id."""

    def __init__(self, api: SlackApi, people: People) -> None:
        self._api = api
        self._people = people

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None, own_user: str
    ) -> tuple[MessageRef, ...]:
        """Our messages with this key, oldest first: in the channel itself, and in a thread if one is given.

        Raises:
            HistoryHidden: the bot may not look there.
            CallError: it could not be looked.
        """
        with _looking():
            messages = [message async for message in self._top_level(channel_id, since)]
            if thread is not None:
                messages += [message async for message in self._replies(channel_id, thread.message, since)]
        ours = [one for one in messages if one.get("user") == own_user and key_of(one) == str(key)]
        return tuple(ref_of(channel_id, one) for one in sorted(ours, key=lambda one: float(one["ts"])))

    async def recent(self, channel_id: str, since: datetime, own_user: str) -> tuple[RecentMessage, ...]:
        """Our messages, threads included, oldest first; one call for many, and another where reactions are cut short.

        Raises:
            HistoryHidden: the bot may not look there.
            CallError: it could not be looked.
        """
        with _looking():
            found = [message async for message in self._all(channel_id, since) if message.get("user") == own_user]
        recent = [
            RecentMessage(
                ref_of(channel_id, message),
                key,
                _moment(message),
                await self._reactions(channel_id, message, own_user),
                str(message.get("text", "")).partition("\n")[0],
            )
            for message in sorted(found, key=lambda message: float(message["ts"]))
            if (key := key_of(message))
        ]
        return tuple(recent)

    async def key_at(self, channel_id: str, message: str) -> str:
        """The key of the message at the head of a thread; "" if it carries none.

        Raises:
            CallError: it could not be looked.
        """
        answer = await self._api.read(
            "conversations.replies", channel=channel_id, ts=message, limit=1, include_all_metadata=1
        )
        return next((key_of(one) for one in answer.get("messages") or () if one["ts"] == message), "")

    async def _all(self, channel_id: str, since: datetime) -> AsyncIterator[Message]:
        async for message in self._top_level(channel_id, since):
            yield message
            if message.get("reply_count"):
                async for reply in self._replies(channel_id, message["ts"], since):
                    yield reply

    async def _top_level(self, channel_id: str, since: datetime) -> AsyncIterator[Message]:
        async for message in self._api.pages(
            "conversations.history",
            "messages",
            channel=channel_id,
            oldest=_stamp(since),
            inclusive=1,
            include_all_metadata=1,
        ):
            yield message

    async def _replies(self, channel_id: str, thread: str, since: datetime) -> AsyncIterator[Message]:
        """The messages of a thread; none where its head was deleted."""
        try:
            async for message in self._api.pages(
                "conversations.replies",
                "messages",
                channel=channel_id,
                ts=thread,
                oldest=_stamp(since),
                inclusive=1,
                include_all_metadata=1,
            ):
                if message["ts"] != thread:  # the parent leads every page
                    yield message
        except CallError as error:
            if error.code != "thread_not_found":
                raise

    async def _reactions(self, channel_id: str, message: Message, own_user: str) -> dict[str, tuple[str, ...]]:
        shown = message.get("reactions") or ()
        if any(len(reaction.get("users", ())) < reaction.get("count", 0) for reaction in shown):
            full = await self._api.read("reactions.get", channel=channel_id, timestamp=message["ts"], full=1)
            shown = full["message"].get("reactions") or ()
        people: dict[str, dict[str, None]] = {}
        for reaction in shown:
            emoji = people.setdefault(normalise(str(reaction.get("name", ""))), {})
            for user in reaction.get("users", ()):
                if user != own_user and not (await self._people.get(user)).is_bot:
                    emoji[user] = None
        return {emoji: tuple(users) for emoji, users in people.items() if users}


@contextmanager
def _looking() -> Iterator[None]:
    """Raise what keeps the bot from seeing anything as HistoryHidden: nothing found would prove nothing."""
    try:
        yield
    except CallError as error:
        if error.code not in _HIDING:
            raise
        raise HistoryHidden(str(error), _HIDING[error.code]) from error


def key_of(message: Message) -> str:
    """The text of the PostKey a message carries in its metadata or in a block's id; "" if it carries none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == EVENT_TYPE:
        return str((metadata.get("event_payload") or {}).get("key", ""))
    ids = (str(block.get("block_id", "")) for block in message.get("blocks") or ())
    return next((block_id for block_id in ids if PostKey.parse(block_id)), "")


def ref_of(channel_id: str, message: Message) -> MessageRef:
    """Where a message stands; the head of a thread is not in it."""
    thread = message.get("thread_ts")
    return MessageRef(PLATFORM, channel_id, message["ts"], thread if thread != message["ts"] else None)


def _moment(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message["ts"]), UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
