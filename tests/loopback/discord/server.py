"""A real HTTP and WebSocket server that speaks Discord on this machine, strictly, with a journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Self

from aiohttp import web

from tests.loopback.discord import hands
from tests.loopback.discord.asking import Asking
from tests.loopback.discord.events import Events
from tests.loopback.discord.faults import Fault
from tests.loopback.discord.gateway import Gateway
from tests.loopback.discord.interactions import Interaction, Interactions
from tests.loopback.discord.journal import Journal
from tests.loopback.discord.limits import Limits
from tests.loopback.discord.messages import Messages
from tests.loopback.discord.payloads import Payloads
from tests.loopback.discord.people import People
from tests.loopback.discord.posting import Posting
from tests.loopback.discord.registered import Registered
from tests.loopback.discord.rest import Rest
from tests.loopback.discord.transcript import notification, read_message, read_window, transcript
from tests.loopback.discord.world import THREAD_STARTER, Message, World

TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.loopback.1"
LONGEST_BODY = 30_000_000


class LoopbackDiscord:
    """All of Discord that one app can see, on 127.0.0.1, as an async context manager.

    `now` tells the world's time in seconds since the epoch, `ticks` are seconds that only grow, `pace` multiplies every
    limit and wait. `privileged` names the privileged intents that are switched on; a right app needs none.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        pace: float = 1.0,
        privileged: Iterable[str] = (),
        heartbeat_s: float = 41.25,
        port: int = 0,
    ) -> None:
        self._port = port
        self.token = TOKEN
        self.world = World(now)
        self.journal = Journal()
        self.payloads = Payloads(self.world)
        self.gateway = Gateway(
            self.payloads, self.journal, ticks=ticks, token=lambda: self.token,
            url=lambda: f"ws://127.0.0.1:{self._port}/gateway", privileged=set(privileged), heartbeat_s=heartbeat_s,
            identify_gap_s=5.0 * pace,
        )  # fmt: skip
        self.events = Events(self.payloads, self.gateway)
        self.posting = Posting(self.events, self.journal, lambda: self.base)
        self.messages_api = Messages(self.posting, self.gateway, self.journal)
        self.registered = Registered(self.world)
        self.interactions = Interactions(self.posting, ticks)
        self.limits = Limits(ticks, now, pace)
        self.people = People(
            Asking(self.interactions, self.registered, self.events, self.posting.store_file), self.messages_api,
            self.posting, self.journal,
        )  # fmt: skip
        self._rest = Rest(
            (self.messages_api, self.registered, self.interactions), self.limits, self.journal, lambda: self.token,
            before=self._before,
        )  # fmt: skip

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What DISCORD_API_URL should be."""
        return f"{self.base}/api/v10"

    def fault(self, kind: str, operation: str = "create_message", **options: Any) -> Fault:
        """Let something go wrong, once unless told otherwise; see `Fault`."""
        made = Fault(kind, operation, **options)
        self._rest.faults.append(made)
        return made

    async def land(self) -> None:
        """Let the calls that are late and wait for this be done now."""
        await self._rest.land()

    def transcript(self) -> str:
        """Every channel as a person would read it now."""
        return transcript(self.world, self.interactions.windows.values())

    def shown(self) -> str:
        """Everything readers were ever shown, in order: messages, edits, and what popped up on their phones; windows."""
        messages = [
            f"{read_message(self.world, message)}\n{notification(self.world, message)}"
            for message in self.world.shown
            if message.type != THREAD_STARTER
        ]
        return "\n".join([*messages, *map(read_window, self.interactions.windows.values())])

    def messages(self, channel: str) -> list[Message]:
        """The messages of a channel that everybody sees, oldest first, those in its threads included."""
        channels = [self.world.channels[channel], *self.world.threads_of(channel)]
        found = [one for channel in channels for one in channel.public() if one.type != THREAD_STARTER]
        return sorted(found, key=lambda one: int(one.id))

    def whispers(self, user: str) -> list[str]:
        """What only this person was shown and still sees, oldest first."""
        found = [
            message
            for channel in self.world.channels.values()
            for message in channel.messages.values()
            if message.only_for == user
        ]
        return [read_message(self.world, message) for message in sorted(found, key=lambda one: int(one.id))]

    def answers(self, interaction: Interaction) -> list[str]:
        """What was shown in answer to an interaction, as its person reads it now."""
        return [read_message(self.world, message) for message in interaction.messages]

    async def outage(self) -> None:
        """The gateway is gone: connections break off, new ones fail, what happens meanwhile is never told."""
        self.gateway.is_down = True
        self.gateway.cut()
        self.gateway.forget_sessions()

    def recover(self) -> None:
        """The gateway is there again."""
        self.gateway.is_down = False

    async def start(self) -> None:
        app = web.Application(client_max_size=LONGEST_BODY)
        self._rest.route(app, "/api/v10")
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{file}/{name}", self._download)
        hands.route(app, self)
        app.router.add_route("*", "/{path:.*}", self._rest.nothing)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        await self.gateway.start()

    async def stop(self) -> None:
        await self.people.stop()
        await self._rest.stop()
        await self.gateway.stop()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _before(self) -> None:
        """What time has done since the last call."""
        self.events.archive_due()

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.world.files.get(request.match_info["file"])
        if stored is None or stored[0]["filename"] != request.match_info["name"]:
            return web.Response(status=404, text="This content is no longer available.")
        shown, content = stored
        kind = str(shown.get("content_type", "application/octet-stream")).partition(";")[0]
        return web.Response(body=content, content_type=kind)
