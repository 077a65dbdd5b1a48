"""The way to Discord, or to a server that speaks like it: each instance goes to its own address.

discord.py keeps its two addresses in class attributes, one set for a whole process. Here they stay as they are: every
request is turned round on its way out, so that two bots of one process can talk to different servers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter
from pydantic import SecretStr

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_ME = "/users/@me"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Discord is, and how patient to be with it.

    One request may take `timeout_s`; a rate limit that asks for more than `longest_wait_s` is not waited for.
    """

    api_url: str
    timeout_s: float
    longest_wait_s: float

    @property
    def proxy(self) -> str | None:
        """The proxy that the environment (`HTTPS_PROXY`, `NO_PROXY`) names for it; none on this machine."""
        address = urlsplit(self.api_url)
        host = address.hostname or ""
        if host in _THIS_MACHINE or proxy_bypass(host):
            return None
        return getproxies().get(address.scheme)

    def of(self, route: Route) -> Route:
        """The same route on this endpoint."""
        if route.url.startswith(Route.BASE):
            route.url = self.api_url + route.url.removeprefix(Route.BASE)
        return route


class Http(HTTPClient):
    """discord.py's REST client at an endpoint. Who the bot is it asks once."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(
            asyncio.get_running_loop(),
            max_ratelimit_timeout=endpoint.longest_wait_s,
            proxy=endpoint.proxy,
        )
        self._endpoint = endpoint
        self._me: Any = None

    async def request(self, route: Route, **arguments: Any) -> Any:
        """See HTTPClient."""
        asks_who = route.method == "GET" and route.path == _ME
        if asks_who and self._me is not None:
            return self._me
        timeout = aiohttp.ClientTimeout(total=self._endpoint.timeout_s)
        answer = await super().request(self._endpoint.of(route), timeout=timeout, **arguments)
        if asks_who:
            self._me = answer
        return answer

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """See HTTPClient. The gateway is where the endpoint says; a session is resumed where the gateway said."""
        wanted = yarl.URL(url)
        if wanted.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            given = yarl.URL((await self.request(Route("GET", "/gateway")))["url"])
            wanted = given.with_query(wanted.query)
        return await super().ws_connect(str(wanted), compress=compress)

    async def leave(self) -> None:
        """Close the session; logging in opens another."""
        await self.close()
        self.clear()
        self.connector = discord.utils.MISSING


class Adapter(AsyncWebhookAdapter):
    """discord.py's client for answers to interactions, at an endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._endpoint = endpoint

    async def request(self, route: Route, session: aiohttp.ClientSession, **arguments: Any) -> Any:
        """See AsyncWebhookAdapter."""
        return await super().request(self._endpoint.of(route), session, **arguments)


class Wire:
    """A REST client for whoever needs one: the connected client's, or one that is opened for the while.

    `connected` is set by the connection while it lives.
    """

    def __init__(self, token: SecretStr, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.connected: discord.Client | None = None
        self._token = token
        self._own: Http | None = None
        self._users = 0
        self._opening = asyncio.Lock()

    @property
    def token(self) -> str:
        """The bot's token, for logging in."""
        return self._token.get_secret_value().strip()

    @asynccontextmanager
    async def http(self) -> AsyncIterator[HTTPClient]:
        """A client that is logged in.

        Raises:
            discord.LoginFailure, discord.HTTPException, OSError, aiohttp.ClientError: it cannot log in.
        """
        if self.connected is not None:
            yield self.connected.http
            return
        async with self._opening:
            if self._users == 0:
                self._own = self._own or Http(self.endpoint)
                try:
                    await self._own.static_login(self.token)
                except BaseException:
                    await self._own.leave()
                    raise
            self._users += 1
        assert self._own is not None  # noqa: S101 - opened above
        try:
            yield self._own
        finally:
            async with self._opening:
                self._users -= 1
                if self._users == 0:
                    await self._own.leave()


def quiet() -> None:
    """Let discord.py speak only of what is wrong, and never of voice, of payloads or of tokens."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


# A lost connection is told by the connection itself, in one line instead of a traceback for each try.
_LEVELS: Mapping[str, int] = {
    "discord": logging.WARNING,
    "discord.client": logging.CRITICAL,
    "discord.gateway": logging.ERROR,
    "discord.http": logging.ERROR,
}
