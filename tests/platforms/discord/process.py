"""A loopback Discord beside a loopback arXiv, and `paperlark run` as a process between them."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.platforms.discord._custom_ids import key_in
from bot.platforms.discord._permissions import NEEDED
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.interactions import Interaction
from tests.loopback.discord.world import Message
from tests.platforms.posts import until
from tests.platforms.processes import PATIENCE_S, TOPICS, BotBetween

SETTINGS = """
platform = "discord"
topics = "topics.md"
categories = ["cs.CL", "cs.LG", "cs.AI", "cs.CV"]
time = "09:00"
[channels.reading]
id = "{channel_id}"
[timing]
settle_s = 1.0
"""
# What a bot needs beyond this its invitation must bring.
WHAT_READERS_MAY = (
    "VIEW_CHANNEL",
    "READ_MESSAGE_HISTORY",
    "SEND_MESSAGES",
    "ADD_REACTIONS",
    "USE_APPLICATION_COMMANDS",
)
NOON = datetime(2025, 5, 7, 12, 0, tzinfo=UTC)
JUST_BEFORE_NINE = datetime(2025, 5, 8, 8, 59, 57, tzinfo=UTC)


class Servers(BotBetween):
    """A Discord with one server of two readers, which the bot is not on yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, NOON.timestamp() - time.time())  # before anything is made: ids are times
        self.discord = LoopbackDiscord(now=lambda: time.time() + self.shift, pace=0.1)
        self.people = self.discord.people
        world = self.discord.world
        self.ada, self.ben = world.add_person("ada"), world.add_person("ben")
        self.guild = world.add_guild("readers", self.ada, [self.ben], with_bot=False, everyone=WHAT_READERS_MAY)
        self.channel_id = world.add_channel(self.guild, "reading")

    def configure(self) -> None:
        """The bot is on the server, and its settings name the channel."""
        self.discord.world.join_bot(self.guild, NEEDED.value)
        (self.folder / "topics.md").write_text(TOPICS, encoding="utf-8")
        (self.folder / "paperlark.toml").write_text(SETTINGS.format(channel_id=self.channel_id), encoding="utf-8")

    def bot(self, *, sessions: int = 1, **more: str):
        """`paperlark run` with Discord's token, until SIGTERM; `more` of an environment may come on top."""
        tokens = {"DISCORD_TOKEN": self.discord.token, "DISCORD_API_URL": self.discord.api_url, **more}
        return self.running(tokens, self.discord.gateway.wait_for_sessions, sessions)

    def messages(self, start: str = "") -> list[Message]:
        """The app's messages in the channel and its threads whose notification begins so."""
        found = self.discord.messages(self.channel_id)
        return [one for one in found if one.is_bots and one.content.startswith(start)]

    def keys(self) -> Counter:
        """How many messages carry each key of the ledger."""
        carried = [next(filter(None, map(key_in, one.custom_ids)), None) for one in self.messages()]
        return Counter(str(key) for key in carried if key)

    async def voted(self, *votes: tuple[str, str]) -> None:
        """Return once these votes stand and no others."""
        await until(lambda: self.votes() == sorted(votes), PATIENCE_S)

    async def told(self, person: str, words: str) -> None:
        """Return once only this person was shown these words."""
        await until(lambda: any(words in text for text in self.discord.whispers(person)), PATIENCE_S)

    async def answered(self, asked: Interaction, words: str) -> None:
        """Return once these words were shown in answer."""
        try:
            await until(lambda: any(words in text for text in self.discord.answers(asked)), PATIENCE_S)
        except TimeoutError:
            pytest.fail(f"{words!r} is in none of {self.discord.answers(asked)}\n{self.log()}")


async def said(world: Servers, words: str, times: int = 1) -> None:
    """Return once the log says this so often."""
    await until(lambda: world.log().count(words) >= times, PATIENCE_S)
