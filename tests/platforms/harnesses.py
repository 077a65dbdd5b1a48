"""How the contract test reaches each platform: one harness a platform, by the name the registry uses."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr
from rich.console import Console

from bot.models import MessageRef
from bot.platforms.console import ConsolePlatform
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord._permissions import NEEDED
from bot.platforms.slack import SlackPlatform
from bot.ports import ChatPlatform
from bot.settings import DiscordSettings, SlackSettings
from tests.fakes import FakeClock, FakeInbox
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.posts import until


class Harness(Protocol):
    """A platform that runs with a FakeInbox, and a reader who uses it.

    `dangers` are strings that must never reach the platform unescaped: what would ping, run or format there.
    """

    platform: ChatPlatform
    channel_id: str
    inbox: FakeInbox
    clock: FakeClock
    dangers: tuple[str, ...]

    async def vote(self, ref: MessageRef, emoji: str, *, added: bool) -> None:
        """A reader adds or removes an emoji; returns once the platform has dealt with it."""
        ...

    def sent(self) -> str:
        """Everything the platform has sent so far."""
        ...


class TypedLines:
    """A LineReader whose lines a test types; `type` returns once the platform asks for the next one."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._taken = False

    async def __call__(self) -> str | None:
        if self._taken:
            self._queue.task_done()
        self._taken = False
        line = await self._queue.get()
        self._taken = True
        return line

    async def type(self, line: str) -> None:
        self._queue.put_nowait(line)
        await self._queue.join()

    def end(self) -> None:
        self._queue.put_nowait(None)


class ConsoleHarness:
    """The terminal, with a person who types."""

    platform: ChatPlatform
    channel_id = "terminal"
    dangers: tuple[str, ...] = ("\x1b", "\u202e", "\x07")

    def __init__(self, folder: Path) -> None:
        self.inbox = FakeInbox()
        self.clock = FakeClock()
        self.lines = TypedLines()
        self._output = io.StringIO()
        self.platform = ConsolePlatform(
            self.clock,
            screen=Console(file=self._output, width=80),
            lines=self.lines,
            transcript=folder / "terminal.jsonl",
            folder=folder / "files",
        )

    async def vote(self, ref: MessageRef, emoji: str, *, added: bool) -> None:
        await self.lines.type(f"{emoji} {ref.message}" if added else "undo")

    def sent(self) -> str:
        return self._output.getvalue()


@asynccontextmanager
async def console_harness(folder: Path) -> AsyncIterator[Harness]:
    harness = ConsoleHarness(folder)
    running = asyncio.create_task(harness.platform.run(harness.inbox))
    await asyncio.sleep(0)
    try:
        yield harness
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class SlackHarness:
    """A loopback Slack in the fake clock's time, with one channel and one reader."""

    platform: ChatPlatform
    dangers: tuple[str, ...] = ("⟦PING", "⟦bold *b*", "⟦code", "\x1b", "\u202e")
    names: Mapping[str, str] = {"👍": "+1", "👎": "-1", "❤️": "heart"}

    def __init__(self) -> None:
        self.inbox = FakeInbox()
        self.clock = FakeClock()
        self.slack = LoopbackSlack(now=lambda: self.clock.now().timestamp())
        self.reader = self.slack.workspace.add_person("ada")
        self.channel_id = self.slack.workspace.add_channel("papers", self.reader, [BOT_USER])

    def connect(self, settings: SlackSettings | None) -> None:
        """Make the platform, once the server has its address."""
        self.platform = SlackPlatform(
            self.clock,
            bot_token=SecretStr(self.slack.bot_token),
            app_token=SecretStr(self.slack.app_token),
            api_url=self.slack.api_url,
            settings=settings,
        )

    async def vote(self, ref: MessageRef, emoji: str, *, added: bool) -> None:
        act = self.slack.people.react if added else self.slack.people.unreact
        delivery = act(self.reader, ref.channel_id, ref.message, self.names[emoji])
        assert delivery is not None
        await delivery.done.wait()

    def sent(self) -> str:
        return self.slack.shown()


@asynccontextmanager
async def slack_harness(folder: Path, settings: SlackSettings | None = None) -> AsyncIterator[SlackHarness]:
    harness = SlackHarness()
    async with harness.slack:
        harness.connect(settings)
        running = asyncio.create_task(harness.platform.run(harness.inbox))
        await asyncio.wait_for(harness.slack.sockets.wait_for_sockets(), 60)
        while not harness.inbox.invitations:  # noqa: ASYNC110 - the fake inbox has no event for it
            await asyncio.sleep(0)
        try:
            yield harness
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    assert harness.slack.journal.violations == []


class DiscordHarness:
    """A loopback Discord in the fake clock's time, with one server, one channel and one reader."""

    platform: ChatPlatform
    dangers: tuple[str, ...] = ("⟦PING", "⟦mention", "⟦bold *b*", "⟦code", "\x1b", "\u202e")

    def __init__(self) -> None:
        self.inbox = FakeInbox()
        self.clock = FakeClock()
        self.discord = LoopbackDiscord(now=lambda: self.clock.now().timestamp(), pace=0.0)
        world = self.discord.world
        self.owner = world.add_person("olga")
        self.reader = world.add_person("ada")
        self.guild = world.add_guild("Reading group", self.owner, [self.reader], bot_permissions=NEEDED.value)
        self.channel_id = world.add_channel(self.guild, "papers")

    def connect(self, settings: DiscordSettings | None) -> None:
        """Make the platform, once the server has its address."""
        self.platform = DiscordPlatform(
            self.clock,
            token=SecretStr(self.discord.token),
            api_url=self.discord.api_url,
            settings=settings,
            channel_ids={"reading-group": self.channel_id},
        )

    async def vote(self, ref: MessageRef, emoji: str, *, added: bool) -> None:
        before = len(self.inbox.votes)
        act = self.discord.people.react if added else self.discord.people.unreact
        assert act(self.reader, ref.thread or ref.channel_id, ref.message, emoji) is not None
        await until(lambda: len(self.inbox.votes) > before)

    def sent(self) -> str:
        return self.discord.shown()


@asynccontextmanager
async def discord_harness(folder: Path, settings: DiscordSettings | None = None) -> AsyncIterator[DiscordHarness]:
    harness = DiscordHarness()
    async with harness.discord:
        harness.connect(settings)
        running = asyncio.create_task(harness.platform.run(harness.inbox))
        await until(lambda: harness.inbox.reconnections and harness.inbox.invitations)
        try:
            yield harness
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    assert harness.discord.journal.violations == []


HARNESSES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Harness]]] = {
    "console": console_harness,
    "slack": slack_harness,
    "discord": discord_harness,
}
