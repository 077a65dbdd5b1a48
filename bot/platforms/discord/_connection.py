"""The connection to Discord's gateway, kept open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import discord
from discord.webhook.async_ import async_context

from bot.errors import PlatformError, TokenRefused
from bot.models import PlatformStatus
from bot.platforms._core.calls import CallError
from bot.platforms.discord._api import translating
from bot.platforms.discord._client import ConnectionEvents, PaperClient
from bot.platforms.discord._refusals import REMEDIES, TOKEN_REFUSED
from bot.platforms.discord._wire import Adapter, Wire

logger = logging.getLogger(__name__)

_TOKEN_REFUSED = 4004
_CLOSED_FOR_GOOD = {
    _TOKEN_REFUSED: f"DISCORD_TOKEN is not accepted; {REMEDIES['401']}",
    4013: "Discord does not know the intents that are asked for; a newer Paperlark may",
    4014: "Discord does not allow the intents that are asked for, although none is privileged; look at the app's page",
}


class Connection(ConnectionEvents):
    """One bot's connection. discord.py brings it back by itself; if it stays away it is opened afresh.

    Time here is the machine's own, whatever the bot's clock: it is about a live connection.
    """

    def __init__(
        self, wire: Wire, client: Callable[[ConnectionEvents], PaperClient], *, patience_s: float, identify_gap_s: float
    ) -> None:
        self._wire = wire
        self._client = client
        self._patience_s = patience_s
        self._identify_gap_s = identify_gap_s
        self._is_alive = False
        self._changed = asyncio.Event()
        self._detail = "not started"

    def status(self) -> PlatformStatus:
        """Whether a connection is open now."""
        return PlatformStatus(connected=self._is_alive, detail=self._detail)

    def alive(self) -> None:
        """See ConnectionEvents."""
        if not self._is_alive:
            logger.info("connected to Discord")
        self._tell("connected", is_alive=True)

    def lost(self) -> None:
        """See ConnectionEvents."""
        if self._is_alive:
            logger.warning("the connection to Discord is lost")
            self._tell("connection lost", is_alive=False)

    async def run(self) -> None:
        """Stay connected until cancelled.

        Raises:
            TokenRefused: the token is not accepted.
            PlatformError: Discord cannot be reached for a while.
        """
        async_context.set(Adapter(self._wire.endpoint))  # seen by every task that the client starts
        try:
            while True:
                self._tell("connecting", is_alive=False)
                await self._live_once()
                logger.warning("the connection to Discord did not come back by itself and is opened afresh")
                await asyncio.sleep(self._identify_gap_s)
        except CallError as error:
            raise (TokenRefused if error.status == TOKEN_REFUSED else PlatformError)(str(error)) from error
        finally:
            self._tell("stopped", is_alive=False)

    async def _live_once(self) -> None:
        """One login, until its connection stays away for too long."""
        client = self._client(self)
        connecting: asyncio.Task[None] | None = None
        try:
            with translating("logging in to Discord"):
                await client.login(self._wire.token)
            connecting = asyncio.create_task(client.connect())
            watching = asyncio.create_task(self._until_lost())
            try:
                await asyncio.wait({connecting, watching}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                watching.cancel()
            if connecting.done():
                await _outcome(connecting)
        finally:
            self._wire.connected = None
            if connecting is not None:
                connecting.cancel()
            with suppress(Exception):  # whatever closing meets, the connection is given up
                await client.close()

    async def _until_lost(self) -> None:
        while True:
            self._changed.clear()
            if self._is_alive:
                await self._changed.wait()
                continue
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._changed.wait()
            except TimeoutError:
                return

    def _tell(self, detail: str, *, is_alive: bool) -> None:
        self._detail = detail
        if is_alive is not self._is_alive:
            self._is_alive = is_alive
            self._changed.set()


async def _outcome(connecting: asyncio.Task[None]) -> None:
    """Raise what ended the connection in our own words; an end without reason is a loss."""
    try:
        with translating("the connection to Discord"):
            await connecting
    except discord.ConnectionClosed as error:
        reason = _CLOSED_FOR_GOOD.get(error.code or 0, f"Discord closed the connection with code {error.code}")
        raise (TokenRefused if error.code == _TOKEN_REFUSED else PlatformError)(reason) from error
    except discord.PrivilegedIntentsRequired as error:
        raise PlatformError(_CLOSED_FOR_GOOD[4014]) from error
