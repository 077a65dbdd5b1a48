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
from discord.http import HTTPClient, Ratelimit, Route
from discord.webhook.async_ import AsyncWebhookAdapter
from pydantic import SecretStr

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_ME = "/users/@me"
_TICK_S = 0.01
_FIRST_ANSWER_S = 30.0  # until the first call of a bucket has told how many there are


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


class Bucket(Ratelimit):
    """A rate limit that is one only when nothing is left in its window.

    discord.py refuses a call as soon as the window is longer than the wait allowed, although 49 of 50 calls are left in
    it; and it sleeps out a window, however long, before it returns the answer that used the last call.
    """

    __slots__ = ("_longest_wait_s",)

    def __init__(self, longest_wait_s: float) -> None:
        super().__init__(None)
        self._longest_wait_s = longest_wait_s

    async def acquire(self) -> None:
        """See Ratelimit.

        Raises:
            discord.RateLimited: nothing is left, and the window ends too late to be waited for.
        """
        self._last_request = self._loop.time()
        while (opens_in_s := self._opens_in_s()) > 0:
            if opens_in_s > self._longest_wait_s:
                raise discord.RateLimited(opens_in_s)
            turn = self._loop.create_future()
            self._pending_requests.append(turn)
            try:
                await asyncio.wait([turn], timeout=opens_in_s)
                if not turn.done():
                    await self._refresh()
            except BaseException:
                turn.cancel()
                if self.remaining > 0:
                    self._wake_next()
                raise
        self.remaining -= 1
        self.outgoing += 1

    def _opens_in_s(self) -> float:
        """How long it may take until a call is left; 0 where one is."""
        if self.is_expired():
            self.reset()  # type: ignore[no-untyped-call]
        if self.remaining > 0:
            return 0.0
        return max(_TICK_S, self.expires - self._loop.time()) if self.expires is not None else _FIRST_ANSWER_S

    async def _refresh(self) -> None:
        if self.reset_after <= self._longest_wait_s:
            await super()._refresh()
        else:  # a long window is slept out by nobody: whoever waits for it is refused
            self._wake(len(self._pending_requests))


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

    def get_ratelimit(self, key: str) -> Ratelimit:
        """See HTTPClient."""
        if key not in self._buckets:
            self._buckets[key] = Bucket(self._endpoint.longest_wait_s)
        return super().get_ratelimit(key)

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


class RestClient(discord.Client):
    """A client at an endpoint; by itself it asks and never listens."""

    def __init__(self, endpoint: Endpoint, **options: Any) -> None:
        self._endpoint = endpoint
        super().__init__(**options)

    def _get_state(self, **options: Any) -> Any:
        """See Client: the REST client is ours before discord.py hands it on."""
        self.http = Http(self._endpoint)
        return super()._get_state(**options)


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
        self._own: RestClient | None = None
        self._users = 0
        self._opening = asyncio.Lock()

    @property
    def token(self) -> str:
        """The bot's token, for logging in."""
        return self._token.get_secret_value().strip()

    @asynccontextmanager
    async def http(self) -> AsyncIterator[HTTPClient]:
        """The REST client of `client`."""
        async with self.client() as client:
            yield client.http

    @asynccontextmanager
    async def client(self) -> AsyncIterator[discord.Client]:
        """A client that is logged in.

        Raises:
            discord.LoginFailure, discord.HTTPException, OSError, aiohttp.ClientError: it cannot log in.
        """
        if self.connected is not None:
            yield self.connected
            return
        async with self._opening:
            self._own = self._own or RestClient(self.endpoint, intents=discord.Intents(guilds=True))
            http = self._own.http
            assert isinstance(http, Http)  # noqa: S101 - made by RestClient
            if self._users == 0:
                try:
                    await http.static_login(self.token)
                except BaseException:
                    await http.leave()
                    raise
            self._users += 1
        try:
            yield self._own
        finally:
            async with self._opening:
                self._users -= 1
                if self._users == 0:
                    await http.leave()


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
