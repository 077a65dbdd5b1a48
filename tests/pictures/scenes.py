"""Two mornings of the real bot with the bundled sample, and what readers saw of them on each platform."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bot.app.resident import Resident
from bot.app.wiring import opened
from bot.clock import SystemClock
from bot.models import PostRole, Vote
from bot.platforms.console import ConsolePlatform
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord._permissions import NEEDED
from bot.platforms.slack import SlackPlatform
from bot.ports import ChatPlatform
from bot.settings import ChannelSettings, ScorerName, Settings, TimingSettings
from handlers.environment import Environment
from handlers.morning import post_morning
from handlers.reaction import record_votes
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.transcript import transcript as discord_transcript
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.transcript import transcript
from tests.loopback.slack.workspace import BOT_USER

ROOT = Path(__file__).resolve().parents[2]
DAYS = (date(2025, 5, 6), date(2025, 5, 7))
OPINIONS = {"👍": ("inference", "precision", "cache", "prun", "compress"), "👎": ("fine-tuning",)}
CHANNEL = "reading"
_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)


class MovedClock(SystemClock):
    """A clock that goes on from where it is put."""

    def go_to(self, moment: datetime) -> None:
        self._shift = moment - datetime.now(UTC)


def morning_of(day: date) -> datetime:
    """Just after nine."""
    return datetime(day.year, day.month, day.day, 9, 0, 1, tzinfo=UTC)


def settings_for(name: str, channel_id: str, folder: Path) -> Settings:
    """One small channel on the bundled sample."""
    channel = ChannelSettings(
        platform=name, id=channel_id, topics=ROOT / "prompts" / "topics.example.md", papers=3, more=2,
        categories=("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.IR"),
    )  # fmt: skip
    return Settings(
        data_dir=folder, source="sample", scorer=ScorerName.LOCAL, channels={CHANNEL: channel},
        timing=TimingSettings(learn_s=0),
    )  # fmt: skip


class Chat:
    """Where the mornings happen: a platform, a place on it, and a reader who votes."""

    platform: ChatPlatform
    channel_id: str
    clock: MovedClock

    async def vote(self, message: str, emoji: str) -> None:
        """The reader reacts to a message; returns once the bot was told."""
        raise NotImplementedError


async def live(chat: Chat, name: str, folder: Path) -> None:
    """Two mornings; after the first the reader votes on what was posted, by its title."""
    settings = settings_for(name, chat.channel_id, folder)
    for number, day in enumerate(DAYS, start=1):
        chat.clock.go_to(morning_of(day))
        with opened(settings, clock=chat.clock, platforms={str(name): chat.platform}) as env:
            resident = Resident(env)
            life = asyncio.create_task(resident.run())
            await asyncio.wait_for(resident.started.wait(), 120)
            await _vote(chat, env, number)
            resident.stop()
            await life


async def _vote(chat: Chat, env: Environment, number: int) -> None:
    async for vote in _votes(env, number):
        await chat.vote(vote.ref.message, vote.emoji)


async def _votes(env: Environment, number: int) -> AsyncIterator[Vote]:
    """What the reader thinks of a morning's papers in the channel, by their titles; most leave them cold."""
    for intent in await env.store.ledger.intents(CHANNEL, number):
        if intent.key.role is not PostRole.PAPER or intent.in_thread or intent.ref is None:
            continue
        title = intent.post.title.lower()
        for emoji, words in OPINIONS.items():
            if any(word in title for word in words):
                now = env.clock.now()
                yield Vote(f"{intent.key}", intent.ref, "ada", emoji, True, now, now.timestamp())


class SlackChat(Chat):
    """A loopback Slack."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.clock.go_to(morning_of(DAYS[0]))
        self.slack = LoopbackSlack(now=lambda: self.clock.now().timestamp())
        self.reader = self.slack.workspace.add_person("ada")
        self.channel_id = self.slack.workspace.add_channel("reading", self.reader, [BOT_USER])

    async def vote(self, message: str, emoji: str) -> None:
        name = {"👍": "+1", "👎": "-1"}[emoji]
        delivery = self.slack.people.react(self.reader, self.channel_id, message, name)
        assert delivery is not None
        await delivery.done.wait()


async def on_slack(folder: Path) -> str:
    """The channel's transcript on Slack."""
    chat = SlackChat()
    async with chat.slack:
        chat.platform = SlackPlatform(
            chat.clock, bot_token=SecretStr(chat.slack.bot_token), app_token=SecretStr(chat.slack.app_token),
            api_url=chat.slack.api_url,
        )  # fmt: skip
        await live(chat, "slack", folder)
        return transcript(chat.slack.workspace)


class DiscordChat(Chat):
    """A loopback Discord."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.clock.go_to(morning_of(DAYS[0]))
        self.discord = LoopbackDiscord(now=lambda: self.clock.now().timestamp(), pace=0.0)
        world = self.discord.world
        self.reader = world.add_person("ada")
        guild = world.add_guild("Reading group", self.reader, [], bot_permissions=NEEDED.value)
        self.channel_id = world.add_channel(guild, "reading")

    async def vote(self, message: str, emoji: str) -> None:
        self.discord.people.react(self.reader, self.channel_id, message, emoji)
        await self.discord.people.settle()


async def on_discord(folder: Path) -> str:
    """The channel's transcript on Discord."""
    chat = DiscordChat()
    async with chat.discord:
        chat.platform = DiscordPlatform(
            chat.clock, token=SecretStr(chat.discord.token), api_url=chat.discord.api_url
        )  # fmt: skip
        await live(chat, "discord", folder)
        return discord_transcript(chat.discord.world, ())


async def on_terminal(folder: Path) -> str:
    """The second morning as the terminal shows it, as an SVG."""
    clock = MovedClock()
    screen = Console(record=True, width=100, force_terminal=True, file=io.StringIO(), highlight=False, markup=False)
    platform = ConsolePlatform(clock, screen=screen, interactive=False)
    with opened(settings_for("console", "terminal", folder), clock=clock, platforms={"console": platform}) as env:
        for number, day in enumerate(DAYS, start=1):
            clock.go_to(morning_of(day))
            screen.export_text()  # forget the morning before
            await post_morning(env, CHANNEL, clock.now())
            await record_votes(env, [vote async for vote in _votes(env, number)])
    svg = screen.export_svg(title="paperlark run, in a terminal")
    return _FONT.sub("", svg)  # a picture fetches nothing
