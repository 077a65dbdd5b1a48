"""Points at which a process can be killed: around what it says to the outside world, and around schema steps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx2

from bot.models import MessageRef, Post, PostKey, RecentMessage
from bot.store.schema import migrations
from tests.loopback.discord.routes import ROUTES
from tests.loopback.faulty import FaultyPlatform, Wire

LLM_CALL = "llm completions"

_Tap = Callable[[str, str], None]
_PATTERNS = [(verb, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), name) for verb, path, name in ROUTES]


class TappedPlatform(FaultyPlatform):
    """The faulty platform with a point before and after each call that does something."""

    def __init__(self, wire: Wire, tap: _Tap) -> None:
        super().__init__(wire)
        self._tap = tap

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        self._tap("before", "chat.post")
        ref = await super().post(channel_id, post, key, thread)
        self._tap("after", "chat.post")
        return ref

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        self._tap("before", "chat.find")
        found = await super().find(channel_id, key, since, thread)
        self._tap("after", "chat.find")
        return found

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        self._tap("before", "chat.recent")
        messages = await super().recent(channel_id, since)
        self._tap("after", "chat.recent")
        return messages

    async def delete(self, ref: MessageRef) -> None:
        self._tap("before", "chat.delete")
        await super().delete(ref)
        self._tap("after", "chat.delete")


def tap_migrations(tap: _Tap) -> None:
    """A point before and after every step of the schema."""
    for migration in migrations._migrations:
        tapped = migration.fn

        def step(db: Any, fn: Any = tapped, name: str = migration.name) -> None:
            tap("before", f"migration {name}")
            fn(db)
            tap("after", f"migration {name}")

        migration.fn = step


def tap_wire(tap: _Tap, servers: Mapping[str, str]) -> None:
    """A point before and after every request that an SDK sends by aiohttp to one of the servers, by their addresses.

    The request itself goes out as the SDK makes it; "after" is when the answer has begun to arrive. What is said over a
    WebSocket has its points as well, as far as something depends on it.
    """
    request, say = aiohttp.ClientSession._request, aiohttp.ClientWebSocketResponse.send_str

    def server(url: Any) -> str:
        return next((name for base, name in servers.items() if str(url).startswith(base)), "")

    async def tapped_request(self: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> Any:
        what = f"{server(url)} {_what(method, urlsplit(str(url)).path)}" if server(url) else ""
        return await _tapped(tap, what, request(self, method, url, **options))

    async def tapped_say(self: aiohttp.ClientWebSocketResponse, data: str, *more: Any) -> Any:
        # Slack's WebSocket is on the server of its Web API.
        name = server(str(self._response.url).replace("ws:", "http:", 1))
        return await _tapped(tap, f"{name} {_said(data)}" if _said(data) else "", say(self, data, *more))

    vars(aiohttp)["ClientSession"]._request = tapped_request
    vars(aiohttp)["ClientWebSocketResponse"].send_str = tapped_say


def tap_llm(tap: _Tap, url: str) -> None:
    """A point before and after every request that the OpenAI SDK sends by httpx2 to this address."""
    send = httpx2.AsyncClient.send

    async def tapped_send(self: httpx2.AsyncClient, request: httpx2.Request, **options: Any) -> Any:
        what = LLM_CALL if str(request.url).startswith(url) else ""
        return await _tapped(tap, what, send(self, request, **options))

    vars(httpx2)["AsyncClient"].send = tapped_send


async def _tapped(tap: _Tap, what: str, doing: Coroutine[Any, Any, Any]) -> Any:
    if not what:
        return await doing
    tap("before", what)
    answer = await doing
    tap("after", what)
    return answer


def _what(method: str, path: str) -> str:
    """What a request is for: Slack's method, Discord's operation, or where else it goes."""
    inside = path.removeprefix("/api/v10")
    if inside != path:
        return next(name for verb, pattern, name in _PATTERNS if verb == method and pattern.fullmatch(inside))
    parts = [part for part in path.split("/") if part]
    return parts[-1] if parts[:1] == ["api"] else parts[0]


def _said(data: str) -> str:
    """What is said over a WebSocket, as far as something depends on it."""
    payload = json.loads(data)
    if "envelope_id" in payload:
        return "ack"
    return {2: "identify", 6: "resume"}.get(payload.get("op"), "")
