"""The Socket Mode connection, kept open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import PlatformError
from bot.models import PlatformStatus
from bot.platforms.slack._api import SlackApi

logger = logging.getLogger(__name__)

_PING_S = 5.0
_CHECK_S = 1.0
_PATIENCE_S = 30.0  # how long the SDK may try by itself before it is started afresh


# The SDK tells of a lost connection with a traceback for each try; one line of ours says it once.
_TOLD_ALREADY = (
    "Failed to check the current session", "Failed to connect", "Failed to retrieve WSS URL",
    "Failed to close the old session", "Failed to send a ping",
)  # fmt: skip
_sdk_logger = logging.getLogger("slack_sdk.socket_mode.connection")
_sdk_logger.addFilter(lambda record: not record.getMessage().startswith(_TOLD_ALREADY))


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler that begins one event in each turn of the loop: a burst must not keep everything else waiting."""

    def __init__(self, app: AsyncApp, token: str, **options: Any) -> None:
        super().__init__(app, token, **options)
        self._door = asyncio.Lock()

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        """See AsyncSocketModeHandler."""
        async with self._door:
            await asyncio.sleep(0)
        await super().handle(client, req)


class Connection:
    """One app's connection. `greeted` is awaited after every hello: what happened in between may be lost.

    A connection that is away for `patience_s`, although the SDK tries to bring it back, is opened afresh.

    Time here is the machine's own, whatever the bot's clock: it is about a live connection.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        greeted: Callable[[], Awaitable[None]],
        *,
        ping_s: float = _PING_S,
        check_s: float = _CHECK_S,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._ping_s, self._check_s, self._patience_s = ping_s, check_s, patience_s
        self._client = client
        self._greeted = greeted
        self._handler: AsyncSocketModeHandler | None = None
        self._detail = "not started"
        self._tasks: set[asyncio.Future[None]] = set()

    def status(self) -> PlatformStatus:
        """Whether a connection is open now."""
        return PlatformStatus(connected=self._is_open(), detail=self._detail)

    async def run(self, app: AsyncApp, api: SlackApi) -> None:
        """Stay connected until cancelled.

        Raises:
            PlatformError: the app token is not accepted, or Slack cannot be reached for a while.
        """
        try:
            while True:
                await self._live_once(app, api)
        finally:
            self._detail = "stopped"
            for task in self._tasks:
                task.cancel()

    async def _live_once(self, app: AsyncApp, api: SlackApi) -> None:
        # Asked for here, because the SDK would repeat a refused request for ever.
        address = (await api.read("apps.connections.open"))["url"]
        handler = _Handler(
            app, str(self._client.token), logger=_sdk_logger, web_client=self._client, ping_interval=self._ping_s
        )
        handler.client.wss_uri = address
        handler.client.message_listeners.append(self._heard)
        self._handler = handler
        self._detail = "connecting"
        try:
            connecting = asyncio.ensure_future(handler.client.connect())  # type: ignore[no-untyped-call]
            await asyncio.wait({connecting}, timeout=self._patience_s)
            if not connecting.done():
                connecting.cancel()
                raise PlatformError("slack: the Socket Mode connection cannot be opened; a firewall may forbid it")
            await connecting
            await self._until_lost()
        finally:
            await handler.client.close()  # type: ignore[no-untyped-call]

    async def _until_lost(self) -> None:
        lost_s = 0.0
        while lost_s < self._patience_s:
            await asyncio.sleep(self._check_s)
            lost_s = 0.0 if self._is_open() else lost_s + self._check_s
            if lost_s == self._check_s:
                self._detail = "connection lost"
                logger.warning("the connection to Slack is lost")
        logger.warning("the connection to Slack did not come back by itself and is opened afresh")

    async def _heard(self, _client: Any, message: dict[str, Any], _raw: str | None = None) -> None:
        if message.get("type") == "hello":
            self._detail = "connected"
            logger.info("connected to Slack")
            task = asyncio.ensure_future(self._greeted())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _is_open(self) -> bool:
        session = self._handler.client.current_session if self._handler else None
        return session is not None and not session.closed
