"""A loopback arXiv and a loopback Discord in one simulated time, and `paperlark run` as a process between them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bot.platforms.discord._keys import key_in
from bot.platforms.discord._permissions import NEEDED
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.interactions import Interaction
from tests.loopback.discord.world import Message
from tests.platforms.posts import until

ROOT = Path(__file__).resolve().parents[2]
TOPICS = """1. Quantization of language models
2. The KV cache and long contexts
3. Fine-tuning and distillation of language models
4. Pruning and low-rank compression
5. Reasoning and agents
"""
SETTINGS = """
platform = "discord"
topics = "topics.md"
categories = ["cs.CL", "cs.LG", "cs.AI", "cs.CV"]
time = "09:00"
[channels.reading]
id = "{place}"
[timing]
settle_s = 1.0
"""
PATIENCE_S = 30.0
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


class Servers:
    """Both servers in one simulated time, and the process between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shift = NOON.timestamp() - time.time()  # before anything is made: ids are times
        self.discord = LoopbackDiscord(now=lambda: time.time() + self.shift, pace=0.1)
        self.people = self.discord.people
        lines = files("bot.sources").joinpath("sample_papers.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        self.arxiv = LoopbackArxiv([{**row, "date": row["listing_day"]} for row in rows], moving=True, held=0.0)
        world = self.discord.world
        self.ada, self.ben = world.add_person("ada"), world.add_person("ben")
        self.guild = world.add_guild("readers", self.ada, [self.ben], with_bot=False, everyone=WHAT_READERS_MAY)
        self.place = world.add_channel(self.guild, "reading")

    def configure(self) -> None:
        """The bot is on the server, and its settings name the channel."""
        self.discord.world.join_bot(self.guild, NEEDED.value)
        (self.folder / "topics.md").write_text(TOPICS, encoding="utf-8")
        (self.folder / "paperlark.toml").write_text(SETTINGS.format(place=self.place), encoding="utf-8")

    def go_to(self, moment: datetime) -> None:
        """Let it be another time for both servers and for the next process."""
        self.shift = moment.timestamp() - time.time()
        self.arxiv.set_now(moment)

    @asynccontextmanager
    async def bot(self, *, sessions: int = 1, **more: str):
        """`paperlark run` with Discord's token, until SIGTERM; `more` of an environment may come on top."""
        moment = datetime.fromtimestamp(time.time() + self.shift, UTC)
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment |= {
            "PYTHONPATH": str(ROOT),
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "ARXIV_API_URL": self.arxiv.api_url,
            "ARXIV_RSS_URL": self.arxiv.rss_url,
            "PAPERLARK_NOW": moment.isoformat(),
            "PAPERLARK_ARXIV__INTERVAL_S": "0",
            "PAPERLARK_SCORER": "local",
            "PAPERLARK_HEALTH__ENABLED": "false",
            "PAPERLARK_TIMING__SETTLE_S": "1",
            "PAPERLARK_TIMING__LOOK_GAP_S": "0.5",
            **more,
        }
        command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
        with (self.folder / "log.txt").open("ab") as log:
            process = await asyncio.create_subprocess_exec(*command, cwd=self.folder, env=environment, stderr=log)
        try:
            await asyncio.wait_for(self.discord.gateway.wait_for_sessions(sessions), PATIENCE_S)
            yield process
            if process.returncode is not None:
                return
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 15) == 0, self.log()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await asyncio.wait_for(self.discord.gateway.wait_for_sessions(0), 10)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def messages(self, start: str = "") -> list[Message]:
        """The app's messages in the channel and its threads whose notification begins so."""
        found = self.discord.messages(self.place)
        return [one for one in found if one.is_bots and one.content.startswith(start)]

    def keys(self) -> Counter:
        """How many messages carry each key of the ledger."""
        carried = [next(filter(None, map(key_in, one.custom_ids)), None) for one in self.messages()]
        return Counter(str(key) for key in carried if key)

    def votes(self) -> list[tuple[str, str]]:
        """(emoji, person) of every vote that stands in the database."""
        with sqlite3.connect(f"file:{self.folder}/data/paperlark.db?mode=ro", uri=True) as database:
            return sorted(database.execute("SELECT emoji, person FROM current_votes").fetchall())

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
