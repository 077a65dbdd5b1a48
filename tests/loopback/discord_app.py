"""An app without any SDK at a loopback Discord, so that neither hides the other's mistakes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.loopback.discord import TOKEN, LoopbackDiscord
from tests.loopback.discord.intents import INTENTS

QUIET = {"allowed_mentions": {"parse": []}}
AGENT = {"User-Agent": "DiscordBot (https://example.org, 1)"}
USUAL = sum(INTENTS[name] for name in ("guilds", "guild_messages", "guild_message_reactions", "direct_messages"))


class Time:
    """The world's time and the ticks beside it, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 1_746_687_600.0

    def __call__(self) -> float:
        return self.seconds


class App:
    """One guild with a channel and two people, and the app's calls."""

    def __init__(self, discord: LoopbackDiscord, time: Time) -> None:
        self.discord = discord
        self.people = discord.people
        self.time = time
        self.ada = discord.world.add_person("ada")
        self.ben = discord.world.add_person("ben")
        self.guild = discord.world.add_guild("readers", self.ada, [self.ben])
        self.channel_id = discord.world.add_channel(self.guild, "papers")
        self.http: aiohttp.ClientSession
        self._sent = 0

    async def call(self, method: str, path: str, body=None, *, token: str = TOKEN, status: int | None = None, **more):
        """The JSON of an answer, None without one; with `status` the answer must have it."""
        headers = {**AGENT, **({"Authorization": f"Bot {token}"} if token else {})}
        sent = {"json": body} if body is not None else {}
        async with self.http.request(method, self.discord.api_url + path, headers=headers, **sent, **more) as answer:
            shown = await answer.json() if answer.status != 204 else None
            assert status in {None, answer.status}, shown
            return shown

    async def post(self, channel: str | None = None, *, status: int | None = 200, **body):
        self._sent += 1
        self.time.seconds += 2  # within every limit
        body = {"nonce": f"n{self._sent}", "enforce_nonce": True, **QUIET, **body}
        return await self.call("POST", f"/channels/{channel or self.channel_id}/messages", body, status=status)

    async def socket(self, **query) -> aiohttp.ClientWebSocketResponse:
        gateway = await self.call("GET", "/gateway", token="")
        socket = await self.http.ws_connect(gateway["url"], params={"v": "10", "encoding": "json", **query})
        assert query.get("compress") or (await socket.receive_json())["op"] == 10
        return socket

    async def session(self, intents: int = USUAL) -> tuple[aiohttp.ClientWebSocketResponse, dict]:
        """An identified connection and its READY; the guilds are read away."""
        socket = await self.socket()
        await socket.send_json(an_identify(intents))
        ready = await event(socket, "READY")
        await event(socket, "GUILD_CREATE")
        return socket, ready

    async def answer(self, asked: dict, body: dict, *, status: int | None = 200):
        path = f"/interactions/{asked['d']['id']}/{asked['d']['token']}/callback"
        return await self.call("POST", path, body, token="", params={"with_response": "1"}, status=status)


def an_identify(intents: int = USUAL, token: str = TOKEN, **more) -> dict:
    properties = {"os": "linux", "browser": "none", "device": "none"}
    return {"op": 2, "d": {"token": token, "intents": intents, "properties": properties, **more}}


async def event(socket: aiohttp.ClientWebSocketResponse, name: str) -> dict:
    """The next event of this name; what comes before is skipped."""
    while True:
        payload = await socket.receive_json(timeout=60)
        if payload["t"] == name:
            return payload


async def names_until_beat(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    """The names of the events that come before the answer to a heartbeat, all sent so far."""
    await asyncio.sleep(0.05)
    await socket.send_json({"op": 1, "d": None})
    names = []
    while (payload := await socket.receive_json(timeout=60))["op"] != 11:
        names.append(payload["t"])
    return names


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code that a connection is closed with, whatever comes before."""
    async for _ in socket:
        pass
    return socket.close_code


@asynccontextmanager
async def an_app() -> AsyncIterator[App]:
    """The app at a running server."""
    time = Time()
    async with LoopbackDiscord(now=time, ticks=time) as discord, aiohttp.ClientSession() as http:
        app = App(discord, time)
        app.http = http
        yield app


def a_button(number: int = 1, **changes) -> dict:
    return {"type": 2, "style": 1, "label": "go", "custom_id": f"b{number}", **changes}


def a_row(*components: dict) -> dict:
    return {"type": 1, "components": list(components) or [a_button()]}


A_MENU = {"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "1"}]}
