"""The bot's side of the faulty chat: a ChatPlatform on a wire."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from bot.errors import PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import Finding, MessageRef, PlatformStatus, Post, PostKey, RecentMessage, Vote
from bot.ports import Inbox
from tests.loopback.faulty.chat import JSON


class Fault(StrEnum):
    """How one call goes wrong."""

    DELAYED = "429 with Retry-After"  # certainly not stored
    REFUSED = "403"  # certainly not stored, and never will be
    UNREACHABLE = "no connection"  # certainly not stored
    BROKEN = "500"  # not stored, but the caller cannot know
    BROKEN_STORED = "500 although stored"
    LOST = "stored, answer lost"
    SILENT = "time-out"  # not stored, never answered
    LATE = "time-out, lands late"  # never answered, stored when `land` is called
    KILLS_CALLER = "stored, caller killed"  # SIGKILL between storing and answering


class CallFailed(Exception):
    """A call brought no answer that can be used: `fault` says how."""

    def __init__(self, fault: Fault, retry_after_s: float | None = None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.retry_after_s = retry_after_s


class Wire(Protocol):
    """How a bot reaches the chat."""

    async def call(self, method: str, body: JSON) -> Any:
        """The answer, plain JSON; raises CallFailed."""
        ...


class FaultyPlatform:
    """`ChatPlatform` on a wire. It never repeats a post, and tells certain failures from uncertain ones."""

    def __init__(self, wire: Wire, name: str = "console") -> None:
        self._wire = wire
        self._name = name
        self._connected = False
        self.polled = asyncio.Event()  # set after every look for events

    @property
    def name(self) -> str:
        return self._name

    async def run(self, inbox: Inbox) -> None:
        """Hand every event in and acknowledge it once it is stored; one that fails comes again."""
        try:
            self._connected = True
            await inbox.reconnected(self.name)
            while True:
                for event in (await self._ask("events_owed", {}))["events"]:
                    await inbox.vote(self._vote(event))
                    await self._ask("acknowledge", {"event_id": event["event_id"]})
                self.polled.set()
        finally:
            self._connected = False

    def _vote(self, event: JSON) -> Vote:
        ref = MessageRef(self.name, event["channel_id"], event["message"], event["thread"])
        at = datetime.fromisoformat(event["at"])
        return Vote(event["event_id"], ref, event["person"], event["emoji"], event["added"], at, event["order"])

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        body = {
            "channel_id": channel_id,
            "key": str(key),
            "text": post.text,
            "thread": thread.message if thread else None,
        }
        try:
            answer = await self._wire.call("post", body)
        except CallFailed as error:
            if error.fault is Fault.REFUSED:
                raise PostRefused(f"{key}: refused") from error
            if error.fault in {Fault.DELAYED, Fault.UNREACHABLE}:
                raise PostDelayed(f"{key}: {error.fault}", error.retry_after_s) from error
            raise PostUncertain(f"{key}: {error.fault}") from error
        return MessageRef(self.name, channel_id, answer["message"], body["thread"])

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        raise PlatformError("this chat edits nothing")

    async def delete(self, ref: MessageRef) -> None:
        await self._ask("delete", {"message": ref.message, "key": ""})

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        body = {"channel_id": channel_id, "key": str(key), "since": since.isoformat()}
        answer = await self._ask("find", {**body, "thread": thread.message if thread else None})
        return tuple(MessageRef(self.name, channel_id, m["message"], m["thread"]) for m in answer["messages"])

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        answer = await self._ask("recent", {"channel_id": channel_id, "since": since.isoformat()})
        return tuple(self._recent_message(channel_id, message) for message in answer["messages"])

    def _recent_message(self, channel_id: str, message: JSON) -> RecentMessage:
        reactions: dict[str, tuple[str, ...]] = {}
        for person, emoji in message["reactions"]:
            reactions[emoji] = (*reactions.get(emoji, ()), person)
        ref = MessageRef(self.name, channel_id, message["message"], message["thread"])
        return RecentMessage(ref, message["key"], datetime.fromisoformat(message["posted_at"]), reactions)

    async def notify(self, target: str, text: str) -> None:
        """Nobody listens."""

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        raise PlatformError("this chat takes no files")

    async def check(self) -> tuple[Finding, ...]:
        return ()

    def status(self) -> PlatformStatus:
        return PlatformStatus(self._connected)

    async def _ask(self, method: str, body: JSON) -> Any:
        try:
            return await self._wire.call(method, body)
        except CallFailed as error:
            raise PlatformError(f"{method}: {error.fault}") from error


class HttpWire:
    """Calls over loopback HTTP, each on a connection of its own."""

    def __init__(self, url: str, timeout_s: float = 5.0) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def call(self, method: str, body: JSON) -> Any:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(f"{self._url}/{method}", json={**body, "pid": os.getpid()}) as response,
            ):
                answer = await response.json()
        except aiohttp.ClientConnectorError as error:
            raise CallFailed(Fault.UNREACHABLE) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CallFailed(Fault.SILENT) from error
        if response.status == 429:
            raise CallFailed(Fault.DELAYED, float(response.headers["Retry-After"]))
        if response.status != 200:
            raise CallFailed(Fault.REFUSED if response.status == 403 else Fault.BROKEN)
        return answer


if TYPE_CHECKING:
    from bot.ports import ChatPlatform

    _platform: ChatPlatform = FaultyPlatform(HttpWire(""))
