"""A chat platform that misbehaves on command. Its own transcript, which outlives the bot, is the judge of what was posted."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from bot.errors import PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import Finding, MessageRef, PlatformStatus, Post, PostKey, RecentMessage, Vote
from bot.ports import Inbox

JSON = Mapping[str, Any]
_LONG_POLL_S = 0.1


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


@dataclass(slots=True)
class ChatMessage:
    """One message as the platform has it; a deleted one keeps what it was."""

    message: str
    place: str
    thread: str | None
    key: str
    text: str
    posted_at: datetime
    reactions: dict[tuple[str, str], None] = field(default_factory=dict)  # (person, emoji)
    is_deleted: bool = False

    @property
    def subject(self) -> str:
        """The arxiv_id of a paper's message, "" for a header."""
        parsed = PostKey.parse(self.key)
        return parsed.subject if parsed else ""


class Chat:
    """The platform itself: messages, reactions, and the events it still owes the bot. Thread-safe.

    `on_stored` is called with each message right after it was stored; what it returns is ignored.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.RLock()
        self.messages: dict[str, ChatMessage] = {}
        self.owed: dict[str, JSON] = {}  # events not acknowledged, by event id
        self.postponed: list[JSON] = []
        self.on_stored: Callable[[ChatMessage], None] = lambda message: None
        self.on_owed: Callable[[], None] = lambda: None
        self._events = 0

    def standing(self, place: str | None = None) -> list[ChatMessage]:
        """The messages not deleted, oldest first."""
        with self._lock:
            return [m for m in self.messages.values() if not m.is_deleted and place in (None, m.place)]

    def obey(self, method: str, body: JSON) -> Any:
        """Do what a call asks for; the answer is plain JSON."""
        with self._lock:
            return getattr(self, f"_{method}")(body)

    def postpone(self, body: JSON) -> None:
        """Take a post that will land when `land` is called."""
        with self._lock:
            self.postponed.append(body)

    def land(self, key: str | None = None) -> None:
        """Store the postponed posts of this key (of every key if None)."""
        with self._lock:
            due = [body for body in self.postponed if key in (None, body["key"])]
            self.postponed = [body for body in self.postponed if body not in due]
            for body in due:
                self._post(body)

    def react(self, message: str, person: str, emoji: str, *, added: bool, missed: bool = False) -> bool:
        """A reader adds or removes an emoji; the bot is told unless `missed`. False if that changes nothing."""
        with self._lock:
            target = self.messages[message]
            if target.is_deleted or ((person, emoji) in target.reactions) is added:
                return False
            if added:
                target.reactions[person, emoji] = None
            else:
                del target.reactions[person, emoji]
            if not missed:
                self._owe(target, person, emoji, added)
            return True

    def lose_events(self) -> None:
        """Forget what is owed, as when nobody was connected."""
        with self._lock:
            self.owed.clear()

    def _owe(self, target: ChatMessage, person: str, emoji: str, added: bool) -> None:
        self._events += 1
        at = self._now()
        self.owed[f"event-{self._events}"] = {
            "event_id": f"event-{self._events}", "place": target.place, "message": target.message,
            "thread": target.thread, "person": person, "emoji": emoji, "added": added,
            "at": at.isoformat(), "order": at.timestamp() + self._events * 1e-6,
        }  # fmt: skip
        self.on_owed()

    def _post(self, body: JSON) -> JSON:
        message = ChatMessage(
            f"m{len(self.messages) + 1}", body["place"], body["thread"], body["key"], body["text"], self._now()
        )
        self.messages[message.message] = message
        self.on_stored(message)
        return {"message": message.message}

    def _delete(self, body: JSON) -> JSON:
        if found := self.messages.get(body["message"]):
            found.is_deleted = True
        return {}

    def _find(self, body: JSON) -> JSON:
        since = datetime.fromisoformat(body["since"])
        found = [
            {"message": m.message, "thread": m.thread}
            for m in self.standing(body["place"])
            if m.key == body["key"] and m.posted_at >= since and body["thread"] in (None, m.thread)
        ]
        return {"messages": found}

    def _recent(self, body: JSON) -> JSON:
        since = datetime.fromisoformat(body["since"])
        return {
            "messages": [
                {"message": m.message, "thread": m.thread, "key": m.key, "posted_at": m.posted_at.isoformat(),
                 "reactions": [list(one) for one in m.reactions]}
                for m in self.standing(body["place"]) if m.posted_at >= since
            ]
        }  # fmt: skip

    def _events_owed(self, body: JSON) -> JSON:
        return {"events": list(self.owed.values())}

    def _acknowledge(self, body: JSON) -> JSON:
        self.owed.pop(body["event_id"], None)
        return {}


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
        self.heard: int = 0

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
                self.heard += 1
        finally:
            self._connected = False

    def _vote(self, event: JSON) -> Vote:
        ref = MessageRef(self.name, event["place"], event["message"], event["thread"])
        at = datetime.fromisoformat(event["at"])
        return Vote(event["event_id"], ref, event["person"], event["emoji"], event["added"], at, event["order"])

    async def post(self, place: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        body = {"place": place, "key": str(key), "text": post.text, "thread": thread.message if thread else None}
        try:
            answer = await self._wire.call("post", body)
        except CallFailed as error:
            if error.fault is Fault.REFUSED:
                raise PostRefused(f"{key}: refused") from error
            if error.fault in {Fault.DELAYED, Fault.UNREACHABLE}:
                raise PostDelayed(f"{key}: {error.fault}", error.retry_after_s) from error
            raise PostUncertain(f"{key}: {error.fault}") from error
        return MessageRef(self.name, place, answer["message"], body["thread"])

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        raise PlatformError("this chat edits nothing")

    async def delete(self, ref: MessageRef) -> None:
        await self._ask("delete", {"message": ref.message, "key": ""})

    async def find(
        self, place: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        body = {"place": place, "key": str(key), "since": since.isoformat()}
        answer = await self._ask("find", {**body, "thread": thread.message if thread else None})
        return tuple(MessageRef(self.name, place, m["message"], m["thread"]) for m in answer["messages"])

    async def recent(self, place: str, since: datetime) -> tuple[RecentMessage, ...]:
        answer = await self._ask("recent", {"place": place, "since": since.isoformat()})
        return tuple(self._recent_message(place, message) for message in answer["messages"])

    def _recent_message(self, place: str, message: JSON) -> RecentMessage:
        reactions: dict[str, tuple[str, ...]] = {}
        for person, emoji in message["reactions"]:
            reactions[emoji] = (*reactions.get(emoji, ()), person)
        ref = MessageRef(self.name, place, message["message"], message["thread"])
        return RecentMessage(ref, message["key"], datetime.fromisoformat(message["posted_at"]), reactions)

    async def notify(self, target: str, text: str) -> None:
        """Nobody listens."""

    async def upload(self, place: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
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


class ChatServer:
    """The chat on a loopback port, in threads of this process: `with ChatServer(chat) as server: server.url`.

    `faults` says how the n-th call (1-based) of a method goes wrong; `pause_s` delays the answer of every post.
    """

    def __init__(self, chat: Chat, *, pause_s: float = 0.0) -> None:
        self.chat = chat
        self.pause_s = pause_s
        self.faults: dict[tuple[str, int], Fault] = {}
        self.counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ChatServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def reset_counts(self) -> None:
        """Count calls from 1 again."""
        with self._lock:
            self.counts.clear()

    def take(self, method: str) -> Fault | None:
        """Count a call and say what goes wrong with it."""
        with self._lock:
            self.counts[method] = self.counts.get(method, 0) + 1
            return self.faults.pop((method, self.counts[method]), None)

    def serve(self, method: str, body: JSON) -> tuple[int, Any]:
        """Status and answer of a call; status 0 closes the connection without one."""
        fault = self.take(method)
        if fault is Fault.DELAYED:
            return 429, {}
        if fault is Fault.REFUSED:
            return 403, {}
        if fault is Fault.BROKEN:
            return 500, {}
        if fault in {Fault.SILENT, Fault.LATE}:
            if fault is Fault.LATE:
                self.chat.postpone(body)
            self._closing.wait(30)
            return 0, None
        if method == "events_owed":
            self._wait_for_events()
        answer = self.chat.obey(method, body)
        if fault is Fault.KILLS_CALLER:
            os.kill(body["pid"], signal.SIGKILL)
        if method == "post" and self.pause_s:
            self._closing.wait(self.pause_s)
        if fault in {Fault.LOST, Fault.KILLS_CALLER}:
            return 0, None
        return (500 if fault is Fault.BROKEN_STORED else 200), answer

    def _wait_for_events(self) -> None:
        deadline = time.monotonic() + _LONG_POLL_S
        while not self.chat.owed and time.monotonic() < deadline and not self._closing.wait(0.02):
            pass


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = server.serve(self.path.strip("/"), body)
            if not status:
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            with suppress(OSError):  # the caller may be dead by now
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    return Handler


def true_now() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


if TYPE_CHECKING:
    from bot.ports import ChatPlatform

    _platform: ChatPlatform = FaultyPlatform(HttpWire(""))
